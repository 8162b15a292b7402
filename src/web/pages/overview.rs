//! The front page: how many duties are open, whose, until when; and the matrix of units and indicators.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use crate::completeness::{Assessed, Completeness, Matrix, MatrixRow, Sum};
use crate::domain::duty::State as DutyState;
use crate::domain::id::{IndicatorPath, SchemeId, UnitId};
use crate::error::Error;
use crate::ledger::fold::Fold;
use crate::web::error::Refused;
use crate::web::pages::links;
use crate::web::pages::shell::{Shell, Tab, class, crumbs, known};
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// What the matrix shows.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct View {
    /// The indicator whose children are the columns.
    #[serde(default)]
    below: String,
    /// `gap` or `unit`.
    #[serde(default)]
    sort: String,
    /// `open` for rows with something open.
    #[serde(default)]
    show: String,
    /// A past day.
    #[serde(default)]
    as_of: String,
}

/// As many columns fit a screen.
const MOST_COLUMNS: usize = 24;

/// Goes to the current scheme, or says what to do first.
pub(in crate::web) async fn front(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
) -> Result<Response, Refused> {
    let fold = site.archive.fold().await?;
    if let Some(scheme) = fold.current_schemes().next() {
        return Ok(Redirect::to(&links::scheme(&scheme.id)).into_response());
    }
    let body = html! {
        @match fold.evidence.len() {
            0 => h1 { (visitor.say("档案库还是空的", "The archive is still empty")) },
            n => {
                h1 { (visitor.say("还没有测评体系", "There is no scheme yet")) }
                p { (visitor.say("已归档 ", "Filed: ")) a href="/search" { (n) } (visitor.say(" 件；有了单位和体系，才知道谁还欠什么。", " pieces; units and a scheme tell what is owed, and by whom.")) }
            }
        }
        p { (visitor.say("第一步，导入责任单位和测评体系（命令行）：", "First import units and a scheme, on the command line:")) }
        pre { "juanzong unit import units.toml\njuanzong scheme template > scheme.toml\njuanzong scheme import scheme.toml" }
        p { (visitor.say("随时可以报送材料：", "Material can be sent at any time:")) " " a.button href="/upload" { (visitor.say("报送", "Send")) } }
    };
    let title = visitor.say("开始", "Begin");
    Ok(Shell::new(&site, &visitor, &fold, Tab::Overview, title).page(body).into_response())
}

/// The matrix of a scheme.
pub(in crate::web) async fn page(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<SchemeId>,
    Query(view): Query<View>,
) -> Result<Markup, Refused> {
    let as_of = day(&view.as_of)?;
    let (fold, all) = site.completeness(&id, as_of, &visitor.act).await?;
    let scheme = known(&fold, &id)?;
    let below = match view.below.as_str() {
        "" => None,
        path => {
            let path: IndicatorPath = path.parse()?;
            let missing = || {
                Error::not_found(format!("Scheme {id} has no indicator {path}."))
                    .zh(format!("体系 {id} 没有指标 {path}。"))
            };
            scheme.indicator(&path).ok_or_else(missing)?;
            Some(path)
        }
    };
    let depth = below.as_ref().map_or_else(|| fitting(&all), |it| it.levels().len() + 1);
    let mut matrix = all.matrix(depth, below.as_ref());
    if view.sort == "unit" {
        let place = |it: &MatrixRow| fold.units.0.iter().position(|unit| unit.id == it.unit);
        matrix.rows.sort_by_key(place);
    }
    if view.show == "open" {
        matrix.rows.retain(|it| it.total.open() > 0);
    }
    let sentence = sentence(&all, (None, below.as_ref()), visitor.english);
    let past = if fold.today(visitor.act.now) == all.as_of { "" } else { view.as_of.as_str() };
    let of = |page: &str, state: &str| {
        let all = [("state", state), ("indicator", view.below.as_str()), ("as_of", past)];
        links::with(&links::within(&id, page), &all)
    };
    let picture = Picture { visitor: &visitor, fold: &fold, all: &all };
    let body = html! {
        @if let Some(below) = &below { (ways_up(&all, below, &visitor)) }
        h1.answer { (sentence) }
        p.actions {
            a.button href=(of("duties", "open")) { (visitor.say("缺项清单", "Gap list")) }
            a.button href=(of("gaps.csv", "")) { (visitor.say("导出 CSV", "Export CSV")) }
        }
        (chooser(&view, &visitor))
        @if matrix.rows.is_empty() {
            p.empty { (visitor.say("没有要显示的单位。", "No units to show.")) }
        } @else {
            (picture.matrix(&matrix))
            (legend(&visitor))
        }
    };
    let title = format!("{} · {}", visitor.say("总览", "Overview"), open(matrix.total, visitor.english));
    Ok(Shell::new(&site, &visitor, &fold, Tab::Overview, title).under(scheme).page(body))
}

/// Reads a day of a form; empty is none.
pub(in crate::web) fn day(typed: &str) -> Result<Option<Date>, Error> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let odd = |it| {
        Error::invalid(format!("“{typed}” is no day; write it as 2017-04-21."))
            .zh(format!("“{typed}”不是日期，请写成 2017-04-21。"))
            .with_source(it)
    };
    typed.trim().parse().map(Some).map_err(odd)
}

/// The deepest level whose columns fit.
pub(in crate::web) fn fitting(all: &Completeness) -> usize {
    let deepest = all.scheme.levels.len().max(1);
    let fits = |depth: &usize| all.matrix(*depth, None).columns.len() <= MOST_COLUMNS;
    (1..deepest).rev().find(fits).unwrap_or(1)
}

/// The answer in words, over all units or of one.
pub(in crate::web) fn sentence(
    all: &Completeness,
    (unit, below): (Option<&UnitId>, Option<&IndicatorPath>),
    english: bool,
) -> String {
    let sum = match below {
        Some(path) => all.sum_within(path),
        None => all.sum(unit),
    };
    let days = all.scheme.deadline.map(|it| (it.date(), all.days_to(it)));
    let due = match (days, english) {
        (None, _) => String::new(),
        (Some((day, n)), false) if n >= 0 => format!("，距截止（{}月{}日）{n} 天", day.month(), day.day()),
        (Some((day, n)), false) => format!("，截止日（{}月{}日）已过 {} 天", day.month(), day.day(), -n),
        (Some((day, n)), true) if n >= 0 => format!(", {n} days to the deadline ({day})"),
        (Some((day, n)), true) => format!(", {} days after the deadline ({day})", -n),
    };
    if sum.owed() == 0 {
        return match english {
            false => "没有应报材料，完整性未核查。".to_owned(),
            true => "Nothing is owed; completeness was not checked.".to_owned(),
        };
    }
    if sum.open() == 0 {
        return match english {
            false => format!("应报 {} 项全部已通过{due}。", sum.owed()),
            true => format!("All {} duties are accepted{due}.", sum.owed()),
        };
    }
    let within = |it: &&&Assessed| below.is_none_or(|path| it.duty.indicator.is_within(path));
    let gaps = all.gaps(unit);
    let mut units: Vec<&UnitId> = gaps.iter().filter(within).map(|it| &it.duty.key.unit).collect();
    units.sort_unstable();
    units.dedup();
    match (english, unit) {
        (false, None) => {
            format!("{} 项未报齐（缺 {} 件），涉及 {} 个单位{due}。", sum.open(), sum.gap(), units.len())
        }
        (false, Some(_)) => format!("{} 项未报齐（缺 {} 件）{due}。", sum.open(), sum.gap()),
        (true, None) => format!(
            "{} duties open ({} pieces missing) at {} units{due}.",
            sum.open(),
            sum.gap(),
            units.len()
        ),
        (true, Some(_)) => format!("{} duties open ({} pieces missing){due}.", sum.open(), sum.gap()),
    }
}

/// How many are open, short enough for a title.
pub(in crate::web) fn open(sum: Sum, english: bool) -> String {
    match english {
        false => format!("{} 项未报齐", sum.open()),
        true => format!("{} open", sum.open()),
    }
}

fn ways_up(all: &Completeness, below: &IndicatorPath, visitor: &Visitor) -> Markup {
    let id = &all.scheme.id;
    let mut steps = vec![(links::scheme(id), visitor.say("总览", "Overview").to_owned())];
    for n in 1..=below.levels().len() {
        let path = IndicatorPath::new(below.levels()[..n].to_vec());
        let Some(indicator) = all.scheme.indicator(&path) else { continue };
        let href = links::with(&links::scheme(id), &[("below", &path.to_string())]);
        steps.push((href, format!("{} {}", indicator.code, indicator.title)));
    }
    crumbs(&steps)
}

fn chooser(view: &View, visitor: &Visitor) -> Markup {
    let option = |value: &str, chosen: &str, zh: &str, en: &str| {
        html! { option value=(value) selected[value == chosen] { (visitor.say(zh, en)) } }
    };
    html! {
        form.chooser {
            @if !view.below.is_empty() { input type="hidden" name="below" value=(view.below); }
            label { (visitor.say("按", "Sort")) " " select name="sort" {
                (option("", &view.sort, "缺口最多", "largest gap")) (option("unit", &view.sort, "单位顺序", "unit"))
            } }
            label { (visitor.say("显示", "Show")) " " select name="show" {
                (option("", &view.show, "全部", "all")) (option("open", &view.show, "只看未报齐", "open only"))
            } }
            label { (visitor.say("截至", "As of")) " " input type="date" name="as_of" value=(view.as_of); }
            button { (visitor.say("显示", "Show")) }
        }
    }
}

fn legend(visitor: &Visitor) -> Markup {
    html! {
        p.legend { @for it in DutyState::ALL { (crate::web::pages::shell::state(it, visitor.english)) " " } }
    }
}

struct Picture<'a> {
    visitor: &'a Visitor,
    fold: &'a Fold,
    all: &'a Completeness,
}

impl Picture<'_> {
    fn matrix(&self, matrix: &Matrix) -> Markup {
        let id = &self.all.scheme.id;
        let whole = self.visitor.say("合计", "All");
        html! {
            div.scroll { table.matrix {
                thead { tr {
                    th scope="col" { (self.visitor.say("单位", "Unit")) }
                    @for path in &matrix.columns { (self.column(path)) }
                    th.sum scope="col" { (whole) }
                } }
                tbody {
                    @for row in &matrix.rows {
                        tr {
                            th scope="row" {
                                a href=(links::unit(id, &row.unit)) { (self.fold.units.label(&row.unit)) }
                                (bar(&row.total))
                            }
                            @for (path, cell) in matrix.columns.iter().zip(&row.cells) {
                                (self.cell(cell, Some(&row.unit), Some(path)))
                            }
                            (self.cell(&row.total, Some(&row.unit), None))
                        }
                    }
                }
                tfoot { tr {
                    th scope="row" { (whole) }
                    @for (path, cell) in matrix.columns.iter().zip(&matrix.bottom) { (self.cell(cell, None, Some(path))) }
                    (self.cell(&matrix.total, None, None))
                } }
            } }
        }
    }

    fn column(&self, path: &IndicatorPath) -> Markup {
        let (scheme, title) = (&self.all.scheme, self.all.scheme.indicator(path).map_or("", |it| &it.title));
        // A standard has no level below it to go down to.
        let href = if scheme.is_standard(path) {
            links::indicator(&scheme.id, path)
        } else {
            links::with(&links::scheme(&scheme.id), &[("below", &path.to_string()), ("as_of", &self.past())])
        };
        html! { th scope="col" title=(title) { a href=(href) { (scheme.full_code(path)) } span.under { (title) } } }
    }

    fn cell(&self, sum: &Sum, unit: Option<&UnitId>, path: Option<&IndicatorPath>) -> Markup {
        let Some(state) = sum.state() else { return html! { td.none {} } };
        let path = path.map(ToString::to_string).unwrap_or_default();
        let unit = unit.map(ToString::to_string).unwrap_or_default();
        let href = links::with(
            &links::within(&self.all.scheme.id, "duties"),
            &[("unit", &unit), ("indicator", &path), ("as_of", &self.past())],
        );
        let title = match self.visitor.english {
            false => format!(
                "{}：应报 {} 项，未报齐 {} 项，缺 {} 件",
                state.label(false),
                sum.owed(),
                sum.open(),
                sum.gap()
            ),
            true => format!(
                "{}: {} owed, {} open, {} missing",
                state.label(true),
                sum.owed(),
                sum.open(),
                sum.gap()
            ),
        };
        html! {
            td.(class(state)) { a href=(href) title=(title) {
                (state.glyph())
                @if sum.owed() > 0 { " " (sum.accepted) "/" (sum.need) }
                @if sum.pending > 0 { small { "+" (sum.pending) } }
            } }
        }
    }

    /// The day shown, where it is not today's: links of a past matrix lead to the past.
    fn past(&self) -> String {
        let today = self.fold.today(self.visitor.act.now);
        if self.all.as_of == today { String::new() } else { self.all.as_of.to_string() }
    }
}

/// How much of what a unit owes is accepted, as a bar for narrow screens.
fn bar(sum: &Sum) -> Markup {
    html! { progress max=(sum.need.max(1)) value=(sum.accepted) aria-hidden="true" {} }
}
