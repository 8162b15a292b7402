//! The shell: what stands around every page, and the small pieces that pages share.

use axum::http::StatusCode;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::domain::duty::State;
use crate::domain::evidence::{Evidence, Standing};
use crate::domain::finding::{Finding, Severity};
use crate::domain::id::SchemeId;
use crate::domain::scheme::Scheme;
use crate::ledger::fold::Fold;
use crate::web::files::is_shown;
use crate::web::pages::{forms, links, unassigned};
use crate::web::site::Site;
use crate::web::visitor::Visitor;
use crate::web::work::Doing;

pub(in crate::web) const SEAL: &str = include_str!("../seal.svg");

/// The places of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum Tab {
    Overview,
    Indicators,
    Units,
    Unassigned,
    Review,
    Dossier,
    Upload,
    Search,
    Help,
    None,
}

/// What the shell needs to know of a page.
pub(in crate::web) struct Shell<'a> {
    pub site: &'a Site,
    pub visitor: &'a Visitor,
    pub fold: &'a Fold,
    /// The scheme in the URL, or else the one to go on with.
    pub scheme: Option<&'a Scheme>,
    pub tab: Tab,
    /// The page and its number.
    pub title: String,
    /// What stands in the search box.
    pub typed: &'a str,
}

impl<'a> Shell<'a> {
    /// Makes the shell of a page that stands under no scheme: the newest current one is gone on with.
    pub(in crate::web) fn new(
        site: &'a Site,
        visitor: &'a Visitor,
        fold: &'a Fold,
        tab: Tab,
        title: impl Into<String>,
    ) -> Self {
        let scheme = fold.current_schemes().next().map(AsRef::as_ref);
        Self { site, visitor, fold, scheme, tab, title: title.into(), typed: "" }
    }

    /// Says which scheme the page stands under.
    pub(in crate::web) fn under(mut self, scheme: &'a Scheme) -> Self {
        self.scheme = Some(scheme);
        self
    }

    /// Puts a page into the shell.
    pub(in crate::web) fn page(&self, body: Markup) -> Markup {
        let it = self.visitor;
        html! {
            (DOCTYPE)
            html lang=(it.say("zh-CN", "en")) {
                (head(&self.title))
                body {
                    a.skip href="#main" { (it.say("跳到正文", "Skip to content")) }
                    header.top {
                        a.mark href="/" aria-label=(it.say("卷宗，首页", "juanzong, front page")) { (PreEscaped(SEAL)) }
                        (self.schemes())
                        nav aria-label=(it.say("主导航", "Main")) { (self.tabs()) }
                        form.find action="/search" role="search" {
                            input #find type="search" name="q" value=(self.typed) autocomplete="off"
                                placeholder=(it.say("搜索：人、事、文号、指标… Ctrl+K", "Search … Ctrl+K"))
                                role="combobox" aria-expanded="false" aria-controls="suggestions" aria-autocomplete="list"
                                aria-label=(it.say("搜索", "Search"));
                            ul #suggestions role="listbox" hidden aria-label=(it.say("建议", "Suggestions"))
                                data-unit=(it.say("单位", "unit")) data-indicator=(it.say("指标", "standard"))
                                data-number=(it.say("文号", "number")) data-title=(it.say("题名", "title"))
                                data-lately=(it.say("最近", "lately")) {}
                        }
                        (self.right())
                    }
                    (self.doing())
                    main #main { (forms::done(it)) (body) }
                    script src="/script.js" defer {}
                }
            }
        }
    }

    fn schemes(&self) -> Markup {
        let current: Vec<_> = self.fold.current_schemes().collect();
        html! {
            @if let Some(scheme) = self.scheme {
                @if current.len() > 1 {
                    details.schemes {
                        summary { (scheme.title) }
                        ul { @for it in current { li { a href=(links::scheme(&it.id)) { (it.title) } } } }
                    }
                } @else {
                    a.schemes href=(links::scheme(&scheme.id)) { (scheme.title) }
                }
            }
        }
    }

    fn tabs(&self) -> Markup {
        let it = self.visitor;
        let tab = |tab: Tab, href: String, zh: &str, en: &str| {
            html! { a href=(href) aria-current=[(self.tab == tab).then_some("page")] { (it.say(zh, en)) } }
        };
        let n_unassigned = it.seen(self.fold).filter(|it| unassigned::is_lost(it)).count();
        html! {
            @if let Some(id) = self.scheme.map(|it| &it.id) {
                (tab(Tab::Overview, links::scheme(id), "总览", "Overview"))
                (tab(Tab::Indicators, links::within(id, "indicators"), "指标", "Indicators"))
                (tab(Tab::Units, links::within(id, "units"), "单位", "Units"))
                (tab(Tab::Review, links::within(id, "review"), "审核", "Review"))
                (tab(Tab::Dossier, links::within(id, "dossier"), "迎检档案", "Dossier"))
            }
            @if n_unassigned > 0 || self.tab == Tab::Unassigned {
                a href="/unassigned" aria-current=[(self.tab == Tab::Unassigned).then_some("page")] {
                    (it.say("未归属", "Unassigned")) " " b.n { (n_unassigned) }
                }
            }
        }
    }

    fn right(&self) -> Markup {
        let it = self.visitor;
        let other = if it.english { "zh" } else { "en" };
        html! {
            a.button href="/upload" aria-current=[(self.tab == Tab::Upload).then_some("page")] { (it.say("报送", "Send")) }
            a href="/help" aria-label=(it.say("帮助", "Help")) { "?" }
            a href=(links::with(&format!("/lang/{other}"), &[("back", &it.here)])) lang=(other) {
                (it.say("EN", "中文"))
            }
        }
    }

    /// Tells of work in the background only while there is some.
    fn doing(&self) -> Markup {
        let it = self.visitor;
        let text = match self.site.work.doing() {
            Doing::Nothing => return html! {},
            Doing::Elsewhere => {
                it.say("另一进程正在读取和索引本档案。", "Another process reads and indexes this archive.").to_owned()
            }
            Doing::Reading(n) => match it.english {
                false => format!("正在读取新材料，还有至少 {n} 个文件。可以继续工作。"),
                true => format!("Reading new material, at least {n} files left. You can go on working."),
            },
            Doing::Indexing(n, of) => match it.english {
                false => format!("正在建立索引：{n} / {of} 件。"),
                true => format!("Indexing: {n} of {of} pieces."),
            },
            Doing::Failed => it
                .say(
                    "后台读取或索引失败，正在重试；材料已归档，详情见服务日志。",
                    "Reading or indexing failed and is tried again; material is kept. See the log of the server.",
                )
                .to_owned(),
        };
        html! { p.doing role="status" { (text) } }
    }
}

fn head(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) " · 卷宗" }
            link rel="stylesheet" href="/style.css";
            link rel="icon" type="image/svg+xml" href="/seal.svg";
        }
    }
}

/// The page of a refusal: what happened, what was kept, where to go on.
pub(in crate::web) fn refusal(english: bool, status: StatusCode, message: &str) -> Markup {
    let say = |zh: &'static str, en: &'static str| if english { en } else { zh };
    let what = match status.as_u16() {
        404 => say("没有找到", "Not found"),
        403 => say("不能这样做", "This may not be done"),
        409 => say("与现状不符，没有改动", "It does not fit what is there; nothing was changed"),
        413 => say("太大，没有接收", "Too large; it was not taken"),
        500.. => say("没有完成", "It was not done"),
        _ => say("填写有误，没有改动", "Something is wrong with what was sent; nothing was changed"),
    };
    html! {
        (DOCTYPE)
        html lang=(say("zh-CN", "en")) {
            (head(what))
            body {
                header.top { a.mark href="/" { (PreEscaped(SEAL)) } }
                main #main.refusal {
                    h1 { (what) }
                    p { (message) }
                    p.meta { (say("已归档的材料不受影响。请返回上一页修改，或从这里继续：", "What was filed is not touched. Go back and correct it, or go on from here:")) }
                    p { a.button href="/" { (say("首页", "Front page")) } }
                    form action="/search" role="search" {
                        input type="search" name="q" aria-label=(say("搜索", "Search")) placeholder=(say("搜索", "Search"));
                        button { (say("搜索", "Search")) }
                    }
                }
            }
        }
    }
}

/// The way down to a page.
pub(in crate::web) fn crumbs(steps: &[(String, String)]) -> Markup {
    html! {
        nav.crumbs { @for (n, (href, text)) in steps.iter().enumerate() {
            @if n > 0 { " › " }
            a href=(href) { (text) }
        } }
    }
}

/// A state as glyph and word, in its colour.
pub(in crate::web) fn state(state: State, english: bool) -> Markup {
    html! { span.state.(class(state)) { (state.glyph()) " " (state.label(english)) } }
}

/// The class of a state in the style sheet.
pub(in crate::web) fn class(state: State) -> &'static str {
    match state {
        State::Accepted => "s-accepted",
        State::Partial => "s-partial",
        State::Missing => "s-missing",
        State::Pending => "s-pending",
        State::Returned => "s-returned",
        State::Objected => "s-objected",
        State::Waived | State::NotYet => "s-grey",
    }
}

/// The standing of a claim as glyph and word.
pub(in crate::web) fn standing(it: &Standing, english: bool) -> Markup {
    let state = match it {
        Standing::Pending => State::Pending,
        Standing::Accepted => State::Accepted,
        Standing::Returned { .. } => State::Returned,
        Standing::Withdrawn { .. } => State::Waived,
    };
    html! { span.state.(class(state)) { (state.glyph()) " " (it.label(english)) } }
}

/// A finding: what is amiss and what to do.
pub(in crate::web) fn finding(it: &Finding, english: bool) -> Markup {
    let weight = match it.code.severity() {
        Severity::Error => "f-error",
        Severity::Warn => "f-warn",
        Severity::Info => "f-info",
    };
    html! {
        span.finding.(weight) {
            b { (it.code.as_str()) } " " (it.code.sentence(english))
            @if !it.detail.is_empty() { " " span.meta { "[" (it.detail) "]" } }
            " " (it.code.remedy(english))
        }
    }
}

/// The thumbnail of a piece, its place kept where there is none.
pub(in crate::web) fn thumbnail(fold: &Fold, evidence: &Evidence) -> Markup {
    let drawn = |it: &str| it.starts_with("image/") && is_shown(it);
    let pictured = evidence.parts.iter().position(|it| drawn(fold.media_type(it)));
    let media = evidence.first().map_or("", |it| fold.media_type(it));
    html! {
        a.thumb href=(links::evidence(evidence.id)) tabindex="-1" aria-hidden="true" {
            @match pictured {
                Some(n) => img src=(links::thumbnail(evidence.id, n + 1)) alt="" width="72" height="72" loading="lazy";,
                None => span.kind { (ending(media)) },
            }
        }
    }
}

fn ending(media_type: &str) -> &'static str {
    let known = [
        ("pdf", "PDF"),
        ("word", "DOC"),
        ("sheet", "XLS"),
        ("excel", "XLS"),
        ("presentation", "PPT"),
        ("powerpoint", "PPT"),
        ("csv", "CSV"),
        ("html", "HTML"),
        ("video/", "▶"),
        ("audio/", "♪"),
        ("text/", "TXT"),
        ("ofd", "OFD"),
    ];
    known.iter().find(|it| media_type.contains(it.0)).map_or("…", |it| it.1)
}

/// An instant as people of the archive's time zone write it.
pub(in crate::web) fn instant(fold: &Fold, at: Timestamp) -> String {
    fold.zone().to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The scheme of a page's URL.
pub(in crate::web) fn known<'a>(fold: &'a Fold, id: &SchemeId) -> crate::error::Result<&'a Scheme> {
    let missing =
        || crate::error::Error::not_found(format!("There is no scheme {id}.")).zh(format!("没有体系 {id}。"));
    fold.scheme(id).map(AsRef::as_ref).ok_or_else(missing)
}
