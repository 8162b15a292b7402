//! Duties: the list behind every number, one duty explained, and the gap list as a table for a spreadsheet.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use maud::{Markup, html};
use serde::Deserialize;

use crate::completeness::{Assessed, Completeness};
use crate::domain::duty::{DutyKey, DutyStanding, State as DutyState};
use crate::domain::evidence::{DateKind, Evidence};
use crate::domain::finding::Severity;
use crate::domain::id::{EvidenceId, IndicatorPath, RequirementId, SchemeId, UnitId};
use crate::error::Error;
use crate::ledger::fold::Fold;
use crate::search::similar::{self, Wanted};
use crate::web::error::Refused;
use crate::web::pages::cards::{Extra, card, pager};
use crate::web::pages::shell::{Shell, Tab, crumbs, finding, known, state};
use crate::web::pages::{doubts, forms, links, overview};
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// Which duties are listed.
#[derive(Clone, Debug, Default, Deserialize)]
pub(in crate::web) struct Which {
    #[serde(default)]
    pub unit: String,
    #[serde(default)]
    pub indicator: String,
    /// `open`, or the word of a state.
    #[serde(default)]
    pub state: String,
    #[serde(default)]
    pub as_of: String,
    #[serde(default)]
    pub offset: usize,
}

impl Which {
    /// Returns the duties meant, those due first first.
    pub(in crate::web) fn among<'a>(
        &self,
        fold: &Fold,
        all: &'a Completeness,
    ) -> Result<Vec<&'a Assessed>, Error> {
        let unit =
            Some(self.unit.trim()).filter(|it| !it.is_empty()).map(|it| fold.unit_named(it)).transpose()?;
        let path = Some(self.indicator.as_str()).filter(|it| !it.is_empty());
        let path = path.map(str::parse::<IndicatorPath>).transpose()?;
        if let Some(path) = path.as_ref().filter(|it| all.scheme.indicator(it).is_none()) {
            let id = &all.scheme.id;
            return Err(Error::not_found(format!("Scheme {id} has no indicator {path}."))
                .zh(format!("体系 {id} 没有指标 {path}。")));
        }
        let known = |it: &str| matches!(it, "" | "open") || DutyState::ALL.iter().any(|s| s.word() == it);
        if !known(&self.state) {
            return Err(Error::invalid(format!(
                "“{}” is no state of a duty; choose one from the list.",
                self.state
            ))
            .zh("没有这种状态，请从列表中选择。"));
        }
        let fits = |it: &&Assessed| {
            let state = it.assessment.state;
            unit.as_ref().is_none_or(|id| it.duty.key.unit == *id)
                && path.as_ref().is_none_or(|above| it.duty.indicator.is_within(above))
                && match self.state.as_str() {
                    "" => true,
                    "open" => state.is_open(),
                    word => state.word() == word,
                }
        };
        let mut res: Vec<&Assessed> = all.duties.iter().filter(fits).collect();
        res.sort_by_key(|it| (!it.assessment.state.is_open(), it.duty.deadline.is_none(), it.duty.deadline));
        Ok(res)
    }

    fn to(&self, scheme: &SchemeId, state: &str, offset: usize) -> String {
        let offset = if offset == 0 { String::new() } else { offset.to_string() };
        let all = [
            ("unit", &*self.unit),
            ("indicator", &self.indicator),
            ("state", state),
            ("as_of", &self.as_of),
            ("offset", &offset),
        ];
        links::with(&links::within(scheme, "duties"), &all)
    }
}

/// As many duties stand on a page.
const A_PAGE: usize = 200;

/// The list behind a number of the matrix.
pub(in crate::web) async fn list(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<SchemeId>,
    Query(which): Query<Which>,
) -> Result<Markup, Refused> {
    let (fold, all) = site.completeness(&id, overview::day(&which.as_of)?, &visitor.act).await?;
    let scheme = known(&fold, &id)?;
    let found = which.among(&fold, &all)?;
    let shown = &found[which.offset.min(found.len())..which.offset.saturating_add(A_PAGE).min(found.len())];
    let body = html! {
        h1 { (heading(&fold, &all, &which, &visitor)) }
        (states(&which, &id, &visitor))
        @if found.is_empty() { p.empty { (visitor.say("没有这样的应报材料。", "No such duty.")) } }
        (table(&visitor, &fold, &all, shown))
        (pager(&visitor, found.len(), (which.offset, A_PAGE), &|n| which.to(&id, &which.state, n)))
    };
    let title = format!("{} · {}", visitor.say("应报材料", "Duties"), found.len());
    Ok(Shell::new(&site, &visitor, &fold, Tab::Overview, title).under(scheme).page(body))
}

fn heading(fold: &Fold, all: &Completeness, which: &Which, visitor: &Visitor) -> String {
    let unit =
        which.unit.parse().map_or_else(|_| which.unit.clone(), |it: UnitId| fold.units.label(&it).to_owned());
    let indicator = which.indicator.parse().ok().and_then(|it| all.scheme.indicator(&it));
    let indicator =
        indicator.map(|it| format!("{} {}", all.scheme.full_code(&it.path), it.title)).unwrap_or_default();
    let past = if which.as_of.is_empty() { String::new() } else { format!("({})", which.as_of) };
    let words = [visitor.say("应报材料", "Duties"), &unit, &indicator, &past];
    words.iter().filter(|it| !it.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}

fn states(which: &Which, id: &SchemeId, visitor: &Visitor) -> Markup {
    let mut choices =
        vec![("", visitor.say("全部", "All").to_owned()), ("open", visitor.say("未完成", "Open").to_owned())];
    choices.extend(
        DutyState::ALL.iter().map(|it| (it.word(), format!("{} {}", it.glyph(), it.label(visitor.english)))),
    );
    html! {
        nav.choices aria-label=(visitor.say("按状态筛选", "Filter by state")) {
            @for (word, shown) in choices {
                a href=(which.to(id, word, 0)) aria-current=[(which.state == word).then_some("true")] { (shown) }
            }
        }
    }
}

/// Duties as a table: state, what is asked, what there is, until when.
pub(in crate::web) fn table(
    visitor: &Visitor,
    fold: &Fold,
    all: &Completeness,
    duties: &[&Assessed],
) -> Markup {
    if duties.is_empty() {
        return html! {};
    }
    html! {
        div.scroll { table.duties {
            thead { tr {
                th { (visitor.say("状态", "State")) } th { (visitor.say("已通过/应报", "Accepted")) }
                th { (visitor.say("材料要求", "Requirement")) } th { (visitor.say("单位", "Unit")) }
                th { (visitor.say("时段", "Period")) } th { (visitor.say("截止", "Deadline")) } th { }
            } }
            tbody { @for it in duties { (row(visitor, fold, all, it)) } }
        } }
    }
}

fn row(visitor: &Visitor, fold: &Fold, all: &Completeness, it: &Assessed) -> Markup {
    // Of a past day nothing is sent any more.
    let today = all.as_of >= fold.today(visitor.act.now);
    let (a, key) = (&it.assessment, &it.duty.key);
    let requirement = all.requirement(&it.duty);
    let measure = requirement.map_or("", |it| it.measure.label(visitor.english));
    html! {
        tr {
            td { a href=(links::duty(key)) { (state(a.state, visitor.english)) } }
            td.n { (a.accepted) "/" (a.need) " " (measure) @if a.pending > 0 { small { " +" (a.pending) " " (DutyState::Pending.label(visitor.english)) } } }
            td { a href=(links::duty(key)) { (requirement.map_or("", |it| &it.title)) }
                span.under { a href=(links::indicator(&key.scheme, &it.duty.indicator)) { (all.scheme.full_code(&it.duty.indicator)) } } }
            td { a href=(links::unit(&key.scheme, &key.unit)) { (fold.units.label(&key.unit)) } }
            td.n { @if key.period != "once" { (key.period) } }
            td.n { @if let Some(at) = it.duty.deadline { (at.strftime("%Y-%m-%d %H:%M").to_string()) } }
            td { @if a.state.is_open() && today { (forms::sending(visitor, &key.unit, &key.scheme, &it.duty.indicator)) } }
        }
    }
}

/// One duty, explained: what is asked, what counts, what does not and why.
pub(in crate::web) async fn page(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path((id, requirement, unit, period)): Path<(SchemeId, RequirementId, UnitId, String)>,
) -> Result<Markup, Refused> {
    let (fold, all) = site.completeness(&id, None, &visitor.act).await?;
    let scheme = known(&fold, &id)?;
    let key = DutyKey { scheme: id, requirement, unit, period };
    let found = all.duties.iter().find(|it| it.duty.key == key);
    let it = found.ok_or_else(|| {
        Error::not_found("There is no such duty; the scheme or its groups may have changed.")
            .zh("没有这项应报材料；体系或分组可能已经调整。")
    })?;
    let title = all.requirement(&it.duty).map_or("", |it| &it.title);
    let steps = [
        (links::unit(&key.scheme, &key.unit), fold.units.label(&key.unit).to_owned()),
        (links::indicator(&key.scheme, &it.duty.indicator), scheme.full_code(&it.duty.indicator)),
    ];
    let standing = fold.standings.get(&key).cloned().unwrap_or_default();
    let offered = offered(&site, &visitor, &all, it).await;
    let body = html! {
        (crumbs(&steps))
        h1 { (title) @if key.period != "once" { " · " (key.period) } }
        p.answer { (state(it.assessment.state, visitor.english)) " " (counts(&all, it, &visitor)) }
        (decided(&standing, &visitor))
        p { (rule(&all, it, &visitor)) }
        @if it.assessment.state.is_open() { (forms::sending(&visitor, &key.unit, &key.scheme, &it.duty.indicator)) }
        (Explained { visitor: &visitor, fold: &fold, all: &all, it }.lists())
        (may_answer(&fold, &visitor, &offered))
        h2 { (visitor.say("处理", "Decide")) }
        (forms::deciding(&visitor, &key, &standing))
    };
    Ok(Shell::new(&site, &visitor, &fold, Tab::Overview, title).under(scheme).page(body))
}

/// Material that may answer an open duty; none while there is no index to look in.
async fn offered(site: &Site, visitor: &Visitor, all: &Completeness, it: &Assessed) -> Vec<Arc<Evidence>> {
    const OFFERED: usize = 5;
    let Some(requirement) = all.requirement(&it.duty).filter(|_| it.assessment.state.is_open()) else {
        return vec![];
    };
    let units = it.duty.providers.as_slice();
    let wanted = Wanted { scheme: &all.scheme, indicator: &it.duty.indicator, requirement, units };
    let found = similar::answering(&site.archive, &visitor.act.scope, wanted, OFFERED).await;
    found.unwrap_or_default()
}

/// Offers them, each with a button that says that it proves this standard.
fn may_answer(fold: &Fold, visitor: &Visitor, found: &[Arc<Evidence>]) -> Markup {
    html! {
        @if !found.is_empty() {
            h2 { (visitor.say("可能可用的材料", "Material that may answer")) }
            p.meta { (visitor.say("按本标准的文字查找，尚未对应到本标准；合适的请打开后指定。", "Found by the words of the standard, and not yet said to prove it; open what fits and assign it.")) }
            ul.cards { @for it in found { (card(fold, visitor, it, Extra::default())) } }
        }
    }
}

/// What there is, in words: 需 7 件,已通过 6 件,待审 1 件,还缺 1 件。
fn counts(all: &Completeness, it: &Assessed, visitor: &Visitor) -> String {
    let a = &it.assessment;
    let measure = all.requirement(&it.duty).map_or("", |it| it.measure.label(visitor.english));
    match visitor.english {
        false => {
            format!("需 {} {measure}，已通过 {}，待审 {}，还缺 {}。", a.need, a.accepted, a.pending, a.gap())
        }
        true => format!(
            "{} {measure} asked, {} accepted, {} pending, {} missing.",
            a.need,
            a.accepted,
            a.pending,
            a.gap()
        ),
    }
}

/// Which date is looked at, within what window.
fn rule(all: &Completeness, it: &Assessed, visitor: &Visitor) -> String {
    let date = match (all.requirement(&it.duty).map(|it| it.date), visitor.english) {
        (Some(DateKind::Activity), false) => "活动日期",
        (Some(DateKind::Publication), false) => "刊播日期",
        (Some(DateKind::Covered), false) => "所属时段",
        (_, false) => "成文日期",
        (Some(DateKind::Activity), true) => "the day of the activity",
        (Some(DateKind::Publication), true) => "the day of publication",
        (Some(DateKind::Covered), true) => "the time covered",
        (_, true) => "the day it was made",
    };
    let period = &it.duty.period;
    match (period.is_bounded(), visitor.english) {
        (false, false) => "不限日期。".to_owned(),
        (false, true) => "Any date serves.".to_owned(),
        (true, false) => format!("看{date}，须在 {} 内。", period.dates().replace("..", " 至 ")),
        (true, true) => format!("Looks at {date}, within {}.", period.dates()),
    }
}

fn decided(standing: &DutyStanding, visitor: &Visitor) -> Markup {
    html! {
        @match standing {
            DutyStanding::Open => {},
            DutyStanding::Objected { reason } => p.note { (visitor.say("异议：", "Objected: ")) (reason) },
            DutyStanding::Waived { reason, by } => p.note { (visitor.say("免报：", "Waived: ")) (reason) " (" (by) ")" },
        }
    }
}

struct Explained<'a> {
    visitor: &'a Visitor,
    fold: &'a Fold,
    all: &'a Completeness,
    it: &'a Assessed,
}

impl Explained<'_> {
    fn lists(&self) -> Markup {
        let (it, say) = (self.it, |zh, en| self.visitor.say(zh, en));
        let of = |word: &str| -> Vec<EvidenceId> {
            it.assessment.counted.iter().filter(|it| it.1 == word).map(|it| it.0).collect()
        };
        html! {
            (self.list(say("已通过，计入", "Accepted and counted"), &of("accepted")))
            (self.list(say("待审", "Awaiting review"), &of("pending")))
            (self.list(say("退回", "Returned"), &of("returned")))
            (self.list(say("重复，只计一次", "The same again, counted once"), &it.assessment.duplicates))
            (self.amiss())
        }
    }

    fn list(&self, heading: &str, pieces: &[EvidenceId]) -> Markup {
        let found: Vec<_> = pieces.iter().filter_map(|it| self.fold.current(*it)).collect();
        html! {
            @if !found.is_empty() {
                h2 { (heading) " " span.n { (found.len()) } }
                ul.cards { @for it in found {
                    @let below = doubts::open(self.visitor, self.fold, it, Severity::Warn);
                    (card(self.fold, self.visitor, it, Extra { below, ..Extra::default() }))
                } }
            }
        }
    }

    /// What the units sent for this standard that counts for none of its requirements, each with the reason.
    fn amiss(&self) -> Markup {
        let of = |it: &&crate::completeness::Amiss| {
            it.counts_not
                && it.indicator == self.it.duty.indicator
                && it.unit.as_ref().is_some_and(|it| self.it.duty.providers.contains(it))
        };
        let found: Vec<_> = self.all.amiss.iter().filter(of).collect();
        html! {
            @if !found.is_empty() {
                h2 { (self.visitor.say("本标准下不计入的材料", "Filed under this standard, not counted")) }
                ul.cards { @for it in found {
                    @if let Some(piece) = self.fold.current(it.evidence) {
                        (card(self.fold, self.visitor, piece, Extra { below: Some(html! { p { (finding(&it.finding, self.visitor.english)) } }), ..Extra::default() }))
                    }
                } }
            }
        }
    }
}

/// The gap list as CSV.
pub(in crate::web) async fn csv(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<SchemeId>,
    Query(which): Query<Which>,
) -> Result<impl IntoResponse, Refused> {
    let (fold, all) = site.completeness(&id, overview::day(&which.as_of)?, &visitor.act).await?;
    let unit =
        Some(which.unit.trim()).filter(|it| !it.is_empty()).map(|it| fold.unit_named(it)).transpose()?;
    let below = Some(which.indicator.as_str()).filter(|it| !it.is_empty()).map(str::parse).transpose()?;
    let text = crate::completeness::gap_list::csv(&fold, &all, (unit.as_ref(), below.as_ref()))?;
    let name = links::escaped(format!("缺项清单-{}.csv", all.as_of));
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
    ];
    Ok((headers, text))
}
