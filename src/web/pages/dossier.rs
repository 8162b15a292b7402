//! The dossier: choose what is handed over, see what it holds and lacks, and download it while it streams.

use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use crate::domain::actor::Act;
use crate::domain::id::SchemeId;
use crate::domain::media::size;
use crate::dossier::layout::Layout;
use crate::dossier::plan::{Handover, Selection, held_since, opener, plan};
use crate::dossier::preview::{Preview, preview};
use crate::error::{Error, Result};
use crate::ledger::fold::Fold;
use crate::search;
use crate::web::error::Refused;
use crate::web::pages::shell::{Shell, Tab, known};
use crate::web::pages::{forms, links};
use crate::web::site::Site;
use crate::web::stream::{Sent, send};
use crate::web::visitor::Visitor;

/// What a dossier is cut from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Cut {
    /// An indicator, in any spelling.
    #[serde(default)]
    pub indicator: String,
    /// A unit: id, name or alias.
    #[serde(default)]
    pub unit: String,
    /// What a query finds.
    #[serde(default)]
    pub query: String,
    /// The pieces that the query found when it was planned, so that the address keeps its bytes.
    #[serde(default)]
    pub pieces: String,
    /// Who hands it over.
    #[serde(default)]
    pub organization: String,
    /// The instant it is of; the same instant gives the same bytes.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// Whether all of the scheme is asked for.
    #[serde(default)]
    pub whole: String,
}

impl Cut {
    fn is_chosen(&self) -> bool {
        [&self.indicator, &self.unit, &self.query, &self.whole].iter().any(|it| !it.trim().is_empty())
    }

    /// Where the zip of an instant is downloaded.
    /// Returns the cut with what its query found, so that its address means the same whatever is filed later.
    pub(in crate::web) fn pinned(&self, layout: &Layout) -> Self {
        let mut res = self.clone();
        if !self.query.trim().is_empty() {
            let manifest = layout.manifest();
            let held = manifest.withheld.iter().map(|it| it.evidence);
            let found = manifest.pieces.iter().map(|it| it.evidence).chain(held);
            res.pieces = found.map(|it| it.to_string()).collect::<Vec<_>>().join(",");
        }
        res
    }

    pub(in crate::web) fn to(&self, scheme: &SchemeId, at: Timestamp) -> String {
        let at = at.to_string();
        let all = [
            ("indicator", &*self.indicator),
            ("unit", &self.unit),
            ("query", &self.query),
            ("pieces", &self.pieces),
            ("organization", &self.organization),
            ("at", &at),
            ("whole", &self.whole),
        ];
        links::with(&links::within(scheme, "dossier.zip"), &all)
    }
}

/// Lays out the dossier of a cut, or finds the layout where it was planned lately.
///
/// A download that is gone on with after a restart is planned again from the entries up to its instant, so that it
/// goes on with the same bytes.
pub(in crate::web) async fn laid_out(
    site: &Site,
    visitor: &Visitor,
    scheme: &SchemeId,
    cut: &Cut,
) -> Result<Arc<Layout>> {
    let at = cut.at.unwrap_or(visitor.act.now);
    if at > visitor.act.now {
        return Err(Error::invalid("A dossier is of an instant that is past; leave out `at`.")
            .zh("迎检档案的时点不能晚于现在，请去掉 at。"));
    }
    // What one may see is part of what was planned.
    let keyed = |cut: &Cut| format!("{:?} {}", visitor.act.scope, cut.to(scheme, at));
    let key = keyed(cut);
    if let Some(known) = site.layout(&key)? {
        return current(site, known).await;
    }
    let fold = match cut.at {
        None => site.archive.fold().await?,
        Some(at) => Arc::new(site.archive.ledger().fold_until(at).await?),
    };
    let selection = selection(site, &fold, scheme, cut, &visitor.act).await?;
    let handover = Handover {
        organization: cut.organization.trim().to_owned(),
        made_by: visitor.act.actor.clone(),
        made_at: at,
        scope: visitor.act.scope.clone(),
    };
    let (archive, scheme) = (Arc::clone(&site.archive), scheme.clone());
    let work = move || Layout::new(plan(&archive, &fold, &scheme, &selection, &handover)?);
    let gone = |it| Error::internal("The planning thread ended unexpectedly.").with_source(it);
    let layout = Arc::new(tokio::task::spawn_blocking(work).await.map_err(gone)??);
    site.keep_layout(keyed(&cut.pinned(&layout)), &layout)?;
    current(site, layout).await
}

/// A dossier of an instant that is past holds nothing that is kept back by now.
async fn current(site: &Site, layout: Arc<Layout>) -> Result<Arc<Layout>> {
    match held_since(site.archive.fold().await?.as_ref(), layout.manifest()) {
        None => Ok(layout),
        Some(id) => Err(Error::conflict(format!(
            "Evidence #{id} is in this dossier and may not be handed over any more; make the dossier anew."
        ))
        .zh(format!("这份迎检档案里的 #{id} 已不得编入，请重新制作。"))),
    }
}

async fn selection(site: &Site, fold: &Fold, scheme: &SchemeId, cut: &Cut, act: &Act) -> Result<Selection> {
    let given = |it: &str| Some(it.trim().to_owned()).filter(|it| !it.is_empty());
    if let Some(code) = given(&cut.indicator) {
        return Ok(Selection::Indicator(fold.standard_named(Some(scheme), &code)?.1));
    }
    if let Some(unit) = given(&cut.unit) {
        return Ok(Selection::Unit(fold.unit_named(&unit)?));
    }
    let Some(query) = given(&cut.query) else { return Ok(Selection::Whole) };
    if let Some(pieces) = given(&cut.pieces) {
        let pieces: Result<Vec<_>> = pieces.split(',').map(str::parse).collect();
        return Ok(Selection::Pieces(pieces?, query));
    }
    Selection::found(&search::every(&site.archive, &act.scope, &query, act.now).await?, query)
}

/// The page to choose on, with the plan of what was chosen.
pub(in crate::web) async fn page(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<SchemeId>,
    Query(cut): Query<Cut>,
) -> std::result::Result<Markup, Refused> {
    let fold = site.archive.fold().await?;
    let scheme = known(&fold, &id)?;
    let planned = if cut.is_chosen() {
        let layout = laid_out(&site, &visitor, &id, &cut).await?;
        Some((preview(layout.manifest()), layout))
    } else {
        None
    };
    let body = html! {
        h1 { (visitor.say("迎检档案", "Dossier")) }
        p { (visitor.say(
            "一个压缩包：在任何电脑上离线打开，按指标浏览、检索，并可逐个文件核对。",
            "One zip that opens offline on any computer, browses by indicator, searches, and can be checked file by file.",
        )) }
        (chooser(&fold, &id, &cut, &visitor))
        @if let Some((it, layout)) = &planned { (shown(&visitor, &id, &cut, it, layout)) }
    };
    let title = visitor.say("迎检档案", "Dossier");
    Ok(Shell::new(&site, &visitor, &fold, Tab::Dossier, title).under(scheme).page(body))
}

fn chooser(fold: &Fold, id: &SchemeId, cut: &Cut, visitor: &Visitor) -> Markup {
    html! {
        form.choose {
            p.meta { (visitor.say("填其中一项，或选全部：", "Fill in one of these, or take all:")) }
            label { (visitor.say("指标及其下级", "Indicator and all below")) " " input name="indicator" list="indicators" value=(cut.indicator); }
            label { (visitor.say("单位", "Unit")) " " input name="unit" list="units" value=(cut.unit); }
            label { (visitor.say("检索条件", "Query")) " " input name="query" value=(cut.query); }
            label { (visitor.say("报送机构", "Handed over by")) " " input name="organization" value=(cut.organization); }
            button.main { (visitor.say("预览", "Preview")) }
            button name="whole" value="1" { (visitor.say("全部材料", "All of the scheme")) }
            (forms::lists(fold, Some(id)))
            datalist #indicators { @if let Some(scheme) = fold.scheme(id) { @for it in &scheme.indicators {
                option value=(it.path) { (scheme.full_code(&it.path)) " " (it.title) }
            } } }
        }
    }
}

/// Bytes of a DVD, which many inspections still ask for.
const DISC: u64 = 4_700_000_000;

fn shown(visitor: &Visitor, id: &SchemeId, cut: &Cut, it: &Preview, layout: &Layout) -> Markup {
    let manifest = layout.manifest();
    let href = cut.pinned(layout).to(id, manifest.made_at);
    let discs = layout.total_bytes().div_ceil(DISC);
    html! {
        section.plan {
            h2 { (manifest.title) }
            ul.plain {
                li { (visitor.say("材料 ", "Pieces ")) b.n { (it.accepted + it.pending) } " — " (visitor.say("已通过 ", "accepted ")) (it.accepted) " · " (visitor.say("待审（有标记）", "pending (marked) ")) (it.pending) }
                li { (visitor.say("文件 ", "Files ")) b.n { (it.files) } " · " (size(layout.total_bytes())) " · " (visitor.say("约合 DVD ", "DVDs ")) (discs) (visitor.say(" 张", "")) }
                li { @for (kind, n) in &it.kinds { (kind) " " (n) " · " } }
                li { @if it.open > 0 {
                    (visitor.say("未报齐 ", "Open duties ")) b.n { (it.open) } (visitor.say(" 项，缺 ", ", missing ")) (it.gap) (visitor.say(" 件（完整性表会如实写明）", " (the completeness sheet says so)"))
                } @else if manifest.duties.is_empty() {
                    (visitor.say("没有核查完整性", "Completeness was not checked"))
                } @else { (visitor.say("应报材料全部已通过", "All that is owed is accepted")) } }
            }
            p.actions { a.button.main href=(href) download { (visitor.say("下载", "Download")) " " (layout.file_name()) } }
            p.meta { (visitor.say("原件清单摘要 ", "Seal ")) code { (layout.seal()) } " · " (visitor.say("依据操作记录第 ", "entry ")) (manifest.entry) }
            p.meta { (visitor.say("下载可以中断后续传；核对：", "A broken download can be gone on with. Check it: ")) code { "juanzong dossier verify " (layout.file_name()) } }
            @if !manifest.withheld.is_empty() {
                h3 { (visitor.say("不予装入", "Held back")) " " span.n { (manifest.withheld.len()) } }
                ul.plain { @for held in &manifest.withheld { li { a href=(links::evidence(held.evidence)) { "#" (held.evidence) " " (held.title) } " — " (held.unit) " — " (held.why) } } }
            }
        }
    }
}

/// The zip, whole or any range of it.
pub(in crate::web) async fn zip(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<SchemeId>,
    Query(cut): Query<Cut>,
    headers: HeaderMap,
) -> std::result::Result<Response, Refused> {
    if !cut.is_chosen() {
        return Err(Error::invalid("Say what the dossier is cut from: indicator, unit, query, or whole=1.")
            .zh("请说明按什么制作：指标、单位、检索条件，或 whole=1 表示全部。")
            .into());
    }
    let layout = laid_out(&site, &visitor, &id, &cut).await?;
    let name = layout.file_name();
    let tag = layout.etag().to_string();
    let sent =
        Sent { total: layout.total_bytes(), tag, media_type: "application/zip", name: &name, inline: false };
    let (archive, streamed) = (Arc::clone(&site.archive), Arc::clone(&layout));
    let write =
        move |range: Range<u64>, out: &mut dyn Write| streamed.read_range(range, &opener(&archive), out);
    Ok(send(&headers, &sent, write))
}
