//! One piece: its files to look at, what it proves and how that stands, its dates, doubts, neighbours and history.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use crate::domain::evidence::{Claim, DateKind, Evidence, Provenance};
use crate::domain::finding::Finding;
use crate::domain::id::EvidenceId;
use crate::domain::media::{format_of, size};
use crate::error::Error;
use crate::findings;
use crate::ledger::History;
use crate::ledger::fold::Fold;
use crate::search::similar;
use crate::web::error::Refused;
use crate::web::pages::cards::{Extra, card, facts};
use crate::web::pages::shell::{Shell, Tab, finding, instant, standing};
use crate::web::pages::{doubts, forms, history, links, units, viewer};
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// What of a piece is looked at.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct Look {
    /// The part in the viewer, counted from 1.
    #[serde(default)]
    pub part: usize,
    /// The stretch of text, counted from 1.
    #[serde(default)]
    pub page: usize,
    /// What to mark in the text.
    #[serde(default)]
    pub q: String,
    /// Whether it is looked at in the queue of reviews.
    #[serde(default)]
    pub queue: String,
}

/// The page of a piece.
pub(in crate::web) async fn page(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<EvidenceId>,
    Query(look): Query<Look>,
) -> Result<Markup, Refused> {
    let fold = site.archive.fold().await?;
    let piece = Arc::clone(seen(&fold, &visitor, id)?);
    let told = site.archive.ledger().history(piece.id).await?;
    let text = viewer::text(&site.archive, &piece, &look).await?;
    let amiss = amiss(&site, &visitor, &piece).await?;
    const SIMILAR: usize = 5;
    // Without an index there is nothing to compare it with, and the page shows all the rest.
    let similar = similar::like(&site.archive, &visitor.act.scope, &piece, SIMILAR).await.unwrap_or_default();
    let view = View { visitor: &visitor, fold: &fold, piece: &piece, look: &look };
    let body = html! {
        @if piece.id != id { p.note { "#" (id) (visitor.say(" 已并入 #", " became part of #")) (piece.id) } }
        h1 { (piece.title) }
        p.meta { (facts(&fold, &visitor, &piece)) }
        @if let Some(reason) = fold.reason_of_kind(&piece) { p.meta { (visitor.say("类型依据：", "Its kind: ")) (reason) } }
        (forms::tags(&visitor, &piece))
        div.evidence {
            section.viewer { (viewer::view(&visitor, &fold, &piece, &look, &text)) }
            section.facts {
                (view.claims())
                (view.doubts(&amiss))
                (view.dates())
                (view.caption())
                (view.parts())
                (view.neighbours())
                (view.similar(&similar))
                (view.corrections())
                (view.history(&told))
            }
        }
    };
    let title = format!("{} · #{}", piece.title, piece.id);
    Ok(Shell::new(&site, &visitor, &fold, Tab::None, title).page(body))
}

/// A piece the visitor may see.
pub(in crate::web) fn seen<'a>(
    fold: &'a Fold,
    visitor: &Visitor,
    id: EvidenceId,
) -> Result<&'a Arc<Evidence>, Error> {
    let found = fold.current(id).filter(|it| visitor.act.scope.sees(it));
    found.ok_or_else(|| match fold.disposed.get(&id) {
        Some(gone) => Error::not_found(format!("Evidence #{id} was disposed of: {}.", gone.reason))
            .zh(format!("#{id} 已处置：{}。", gone.reason)),
        None => Error::not_found(format!("There is no evidence #{id}.")).zh(format!("没有 #{id} 这件材料。")),
    })
}

/// What is amiss with the claims of a piece, seen against the duties of each scheme.
async fn amiss(site: &Site, visitor: &Visitor, piece: &Evidence) -> Result<Vec<(Finding, bool)>, Error> {
    let mut schemes: Vec<_> = piece.claims.iter().map(|it| it.scheme.clone()).collect();
    schemes.sort_unstable();
    schemes.dedup();
    let mut res = Vec::new();
    for scheme in schemes {
        let (_, all) = site.completeness(&scheme, None, &visitor.act).await?;
        let own = all.amiss.iter().filter(|it| it.evidence == piece.id);
        for it in own.map(|it| (it.finding.clone(), it.counts_not)) {
            if !res.contains(&it) {
                res.push(it);
            }
        }
    }
    Ok(res)
}

struct View<'a> {
    visitor: &'a Visitor,
    fold: &'a Fold,
    piece: &'a Evidence,
    look: &'a Look,
}

impl View<'_> {
    fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.visitor.say(zh, en)
    }

    fn claims(&self) -> Markup {
        html! {
            h2 { (self.say("印证", "Proves")) }
            @if self.piece.claims.is_empty() { p.empty { (self.say("还没有对应任何测评标准。", "It proves no standard yet.")) } }
            @for it in &self.piece.claims { (self.claim(it)) }
            details open[self.piece.unit.is_none() || self.piece.claims.is_empty()] {
                summary { (self.say("指定单位或标准…", "Assign to a unit or standard …")) }
                (forms::form(self.visitor, "assign", "", html! {
                    input type="hidden" name="evidence" value=(self.piece.id);
                    (forms::assigning(self.visitor, self.fold, self.fold.current_schemes().next().map(|it| &it.id)))
                    button { (self.say("指定", "Assign")) }
                }))
            }
        }
    }

    fn claim(&self, it: &Claim) -> Markup {
        let Some(scheme) = self.fold.scheme(&it.scheme) else { return html! {} };
        let title = scheme.indicator(&it.indicator).map_or("", |it| &it.title);
        // In the queue of reviews a decision leads to the next piece.
        let back = if self.look.queue.is_empty() { "" } else { &links::within(&it.scheme, "review") };
        html! {
            section.claim {
                p { a href=(links::indicator(&it.scheme, &it.indicator)) { (scheme.full_code(&it.indicator)) " " (title) } }
                p { (standing(&it.standing, self.visitor.english)) @if !it.pages.is_empty() { " · " (it.pages) } }
                (units::back(&it.standing, self.visitor))
                @if !it.note.is_empty() { p.note { (it.note) } }
                (forms::judging(self.visitor, self.piece, it, back))
                (forms::describing(self.visitor, scheme, self.piece, it))
            }
        }
    }

    fn doubts(&self, amiss: &[(Finding, bool)]) -> Markup {
        let en = self.visitor.english;
        let found = !findings::of(self.fold, self.piece).is_empty();
        let unread = self.piece.parts.iter().any(|it| !self.fold.readings.contains_key(&it.blob.sha256));
        html! {
            h2 { (self.say("疑点", "Findings")) }
            @if unread { p.meta { (self.say("正在读取，稍后刷新。", "It is being read; reload in a moment.")) } }
            @if !unread && !found && amiss.is_empty() { p.meta { (self.say("没有发现疑点。", "None was found.")) } }
            ul.plain {
                @for (it, counts_not) in amiss { li { (finding(it, en)) @if *counts_not { " " b { (self.say("不计入。", "It is not counted.")) } } } }
            }
            (doubts::all(self.visitor, self.fold, self.piece))
        }
    }

    fn dates(&self) -> Markup {
        let kind = |it: DateKind| match it {
            DateKind::Made => self.say("成文", "made"),
            DateKind::Activity => self.say("活动", "activity"),
            DateKind::Publication => self.say("刊播", "published"),
            DateKind::Covered => self.say("所属时段", "covers"),
        };
        let from = |it: Provenance| match it {
            Provenance::Person => self.say("人工填写", "said by a person"),
            Provenance::Form => self.say("报送时填写", "from the form"),
            Provenance::Caption => self.say("图说", "caption"),
            Provenance::Name => self.say("文件名", "file name"),
            Provenance::Capture => self.say("拍摄信息", "camera"),
            Provenance::Document => self.say("文件内容", "document"),
            Provenance::FileTime => self.say("文件时间，不作依据", "file time, not relied on"),
        };
        let mut dates = self.fold.dates_of(self.piece);
        dates.sort_by_key(|it| (it.provenance, it.from));
        dates.dedup();
        html! {
            h2 { (self.say("日期", "Dates")) }
            @if dates.is_empty() { p.meta { (self.say("没有日期。", "None is known.")) } }
            ul.plain { @for it in dates.iter().take(12) {
                li { (kind(it.kind)) " " span.n { (it.from) @if it.to != it.from { " – " (it.to) } } " " span.meta { (from(it.provenance)) } }
            } }
        }
    }

    fn caption(&self) -> Markup {
        html! {
            @if !self.piece.caption.is_empty() {
                h2 { (self.say("图说", "Caption")) }
                dl { @for (field, text) in &self.piece.caption { dt { (field) } dd { (text) } } }
            }
        }
    }

    fn parts(&self) -> Markup {
        let several = self.piece.parts.len() > 1;
        let list = html! {
            ol.parts { @for (n, part) in (1..).zip(&self.piece.parts) {
                li {
                    @if several { input type="checkbox" name="parts" value=(n) aria-label=(part.name); " " }
                    a href=(links::with(&links::evidence(self.piece.id), &[("part", &n.to_string())])) { (part.name) }
                    " " span.meta title=(self.fold.media_type(part)) { (size(part.blob.bytes)) " · " (format_of(self.fold.media_type(part), &part.name).to_uppercase()) } " "
                    a href=(format!("{}?save=1", links::part(self.piece.id, n))) { (self.say("下载", "Save")) }
                    br; code { (part.blob.sha256) }
                }
            } }
        };
        html! {
            h2 { (self.say("文件", "Files")) }
            @if several {
                (forms::form(self.visitor, "split", "", html! {
                    input type="hidden" name="evidence" value=(self.piece.id);
                    (list)
                    button { (self.say("把选中的文件另立一件", "Make the marked files a piece of their own")) }
                }))
            } @else { (list) }
            (forms::form(self.visitor, "join", "", html! {
                input type="hidden" name="evidence" value=(self.piece.id);
                label { (self.say("并入编号", "Join with number")) " " input name="evidence" required inputmode="numeric" pattern="#?[0-9]+" size="8"; }
                button { (self.say("合为一件", "Make one piece")) }
            }))
        }
    }

    fn similar(&self, found: &[Arc<Evidence>]) -> Markup {
        html! {
            @if !found.is_empty() {
                details { summary { (self.say("相近的材料", "Similar material")) " " span.n { (found.len()) } }
                    ul.cards { @for it in found { (card(self.fold, self.visitor, it, Extra::default())) } }
                }
            }
        }
    }

    /// Pieces of the same bytes: other units', or other pieces of the same unit.
    fn neighbours(&self) -> Markup {
        let mut same: Vec<&Arc<Evidence>> =
            self.piece.parts.iter().flat_map(|it| self.fold.holders_of(&it.blob.sha256)).collect();
        same.retain(|it| it.id != self.piece.id && self.visitor.act.scope.sees(it));
        same.sort_unstable_by_key(|it| it.id);
        same.dedup_by_key(|it| it.id);
        html! {
            @if !same.is_empty() {
                h2 { (self.say("同一文件另见", "The same file elsewhere")) }
                ul.cards { @for it in same { (card(self.fold, self.visitor, it, Extra::default())) } }
            }
        }
    }

    fn corrections(&self) -> Markup {
        let it = self.piece;
        let kinds = self.fold.kinds();
        let field = |name: &str, zh: &str, en: &str, value: &str| {
            html! { label { (self.say(zh, en)) " " input name=(name) value=(value); } }
        };
        let lines: Vec<String> = it.caption.iter().map(|(field, text)| format!("{field}={text}")).collect();
        html! {
            details { summary { (self.say("更正标题、类型、日期、图说…", "Correct title, kind, dates, caption …")) }
                (forms::form(self.visitor, "edit", "", html! {
                    input type="hidden" name="evidence" value=(it.id);
                    (field("title", "标题", "Title", &it.title))
                    label { (self.say("类型", "Kind")) " " select name="kind" { @for kind in kinds.all() {
                        option value=(kind.code) selected[kind.code == it.kind] { (if self.visitor.english { &kind.en } else { &kind.zh }) }
                    } } }
                    (field("document_number", "文号", "Number", it.document_number.as_deref().unwrap_or("")))
                    (field("issuer", "责任者", "Issuer", it.issuer.as_deref().unwrap_or("")))
                    @for (name, zh, en) in [("made", "成文日期", "Made on"), ("activity", "活动日期", "Activity on"), ("publication", "刊播日期", "Published on")] {
                        label { (self.say(zh, en)) " " input type="date" name=(name); }
                    }
                    (field("covered", "所属时段（起..止）", "Covers (FROM..TO)", ""))
                    label { (self.say("图说，每行“要素=内容”", "Caption, one field=text a line")) textarea name="caption" rows="4" { (lines.join("\n")) } }
                    input type="hidden" name="captioned" value=(it.caption.keys().map(String::as_str).collect::<Vec<_>>().join("\n"));
                    button { (self.say("保存", "Save")) }
                }))
            }
        }
    }

    fn history(&self, told: &History) -> Markup {
        html! {
            h2 { (self.say("经过", "History")) }
            ol.history { @for entry in told {
                li { time { (instant(self.fold, entry.at)) } " " b { (entry.actor) } " " (history::sentence(self.fold, entry, self.visitor.english)) " " span.meta { "(" (entry.id) ")" } }
            } }
        }
    }
}
