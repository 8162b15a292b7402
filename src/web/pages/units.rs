//! Units: the list of all, and for each what it owes, what came back and why, and everything it sent.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use crate::completeness::{Amiss, Completeness};
use crate::domain::evidence::{Evidence, Standing};
use crate::domain::finding::Severity;
use crate::domain::id::{SchemeId, UnitId};
use crate::domain::unit::Unit;
use crate::error::Error;
use crate::ledger::fold::Fold;
use crate::web::error::Refused;
use crate::web::pages::cards::{Extra, card, pager};
use crate::web::pages::overview::{open, sentence};
use crate::web::pages::shell::{Shell, Tab, finding, known, state};
use crate::web::pages::{doubts, duties, links};
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// The page of a long list.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct Turn {
    #[serde(default)]
    pub offset: usize,
}

/// As many pieces stand on a page.
const A_PAGE: usize = 50;

/// Every unit with how much of what it owes is open.
pub(in crate::web) async fn list(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<SchemeId>,
) -> Result<Markup, Refused> {
    let (fold, all) = site.completeness(&id, None, &visitor.act).await?;
    let scheme = known(&fold, &id)?;
    let mut rows: Vec<(&Unit, crate::completeness::Sum)> =
        fold.units.0.iter().map(|it| (it, all.sum(Some(&it.id)))).collect();
    rows.sort_by_key(|it| std::cmp::Reverse((it.1.open(), it.1.gap())));
    let body = html! {
        h1 { (visitor.say("责任单位", "Units")) " " span.n { (fold.units.0.len()) } }
        div.scroll { table {
            thead { tr {
                th { (visitor.say("单位", "Unit")) } th { (visitor.say("状态", "State")) } th { (visitor.say("未完成", "Open")) }
                th { (visitor.say("应报", "Owed")) } th { (visitor.say("缺", "Missing")) } th { (visitor.say("联系人", "Contact")) }
            } }
            tbody { @for (unit, sum) in rows { tr {
                th scope="row" { a href=(links::unit(&id, &unit.id)) { (unit.label()) }
                    span.under { @if let Some(above) = &unit.parent { (fold.units.label(above)) " · " } (unit.name) } }
                td { @if let Some(it) = sum.state() { (state(it, visitor.english)) } }
                td.n { (sum.open()) } td.n { (sum.owed()) } td.n { (sum.gap()) }
                td { (contact(unit)) }
            } } }
        } }
    };
    let title = format!("{} · {}", visitor.say("单位", "Units"), fold.units.0.len());
    Ok(Shell::new(&site, &visitor, &fold, Tab::Units, title).under(scheme).page(body))
}

fn contact(unit: &Unit) -> String {
    unit.contacts.last().map(|it| format!("{} {}", it.name, it.phone)).unwrap_or_default()
}

/// One unit.
pub(in crate::web) async fn page(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path((id, unit)): Path<(SchemeId, UnitId)>,
    Query(turn): Query<Turn>,
) -> Result<Markup, Refused> {
    let (fold, all) = site.completeness(&id, None, &visitor.act).await?;
    let scheme = known(&fold, &id)?;
    let missing = || Error::not_found(format!("There is no unit {unit}.")).zh(format!("没有单位 {unit}。"));
    let it = fold.units.get(&unit).ok_or_else(missing)?;
    let gaps = all.gaps(Some(&unit));
    let sent: Vec<&Arc<Evidence>> =
        visitor.seen(&fold).rev().filter(|it| it.unit.as_ref() == Some(&unit)).collect();
    let shown = sent.iter().skip(turn.offset).take(A_PAGE);
    let to =
        |n: usize| format!("{}#sent", links::with(&links::unit(&id, &unit), &[("offset", &n.to_string())]));
    let body = html! {
        h1 { (it.name) }
        (names(&fold, it, &id, &visitor))
        p.answer { (sentence(&all, (Some(&unit), None), visitor.english)) }
        p.actions {
            a.button href=(links::with(&links::within(&id, "gaps.csv"), &[("unit", unit.as_str())])) { (visitor.say("缺项清单 CSV", "Gap list CSV")) }
            a.button href=(links::with(&links::within(&id, "dossier"), &[("unit", unit.as_str())])) { (visitor.say("迎检档案", "Dossier")) }
            a href=(links::with(&links::within(&id, "duties"), &[("unit", unit.as_str())])) { (visitor.say("全部应报材料", "All duties")) }
        }
        @if !gaps.is_empty() {
            h2 { (visitor.say("还缺什么", "What is missing")) " " span.n { (gaps.len()) } }
            (duties::table(&visitor, &fold, &all, &gaps))
        }
        (doubts::counts(&visitor, &fold, &sent, &format!("单位:\"{}\"", it.name)))
        (trouble(&visitor, &fold, &all, &sent))
        h2 #sent { (visitor.say("已报送", "Sent")) " " span.n { (sent.len()) } }
        @if sent.is_empty() {
            p.empty { (visitor.say("还没有报送材料。在上面的应报材料里点“报送”，或把文件夹交给创建办归档。", "Nothing was sent yet. Use “Send” beside a duty above.")) }
        }
        ul.cards { @for it in shown { (card(&fold, &visitor, it, Extra::default())) } }
        (pager(&visitor, sent.len(), (turn.offset, A_PAGE), &to))
    };
    let title = format!("{} · {}", it.label(), open(all.sum(Some(&unit)), visitor.english));
    Ok(Shell::new(&site, &visitor, &fold, Tab::Units, title).under(scheme).page(body))
}

/// What a unit is called, what it belongs to, who is called.
fn names(fold: &Fold, it: &Unit, scheme: &SchemeId, visitor: &Visitor) -> Markup {
    let others: Vec<&str> = it.names().skip(2).filter(|name| *name != it.name).collect();
    let departments: Vec<&Unit> =
        fold.units.0.iter().filter(|other| other.parent.as_ref() == Some(&it.id)).collect();
    html! {
        p.meta {
            (it.id)
            @if !others.is_empty() { " · " (visitor.say("又名 ", "also ")) (others.join("、")) }
            @if let Some(above) = &it.parent { " · " (visitor.say("隶属 ", "part of ")) a href=(links::unit(scheme, above)) { (fold.units.label(above)) } }
            @for group in &it.groups { " · " (group.name) }
            @for contact in &it.contacts { " · " (contact.duty) " " (contact.name) " " (contact.phone) }
        }
        @if !departments.is_empty() {
            p.meta { (visitor.say("科室：", "Departments: ")) @for other in departments { a href=(links::unit(scheme, &other.id)) { (other.label()) } " " } }
        }
    }
}

/// What came back, and what is wrong with what was sent.
fn trouble(visitor: &Visitor, fold: &Fold, all: &Completeness, sent: &[&Arc<Evidence>]) -> Markup {
    let of = |it: &Evidence| {
        let returned: Vec<&Standing> = it
            .claims
            .iter()
            .map(|it| &it.standing)
            .filter(|it| matches!(it, Standing::Returned { .. }))
            .collect();
        let amiss: Vec<&Amiss> = all.amiss.iter().filter(|known| known.evidence == it.id).collect();
        let read = doubts::open(visitor, fold, it, Severity::Error);
        let any = !(returned.is_empty() && amiss.is_empty() && read.is_none());
        any.then(|| {
            html! {
                @for it in returned { (back(it, visitor)) }
                @for it in amiss { p { (finding(&it.finding, visitor.english)) } }
                @if let Some(read) = read { (read) }
            }
        })
    };
    let troubled: Vec<_> = sent.iter().filter_map(|it| Some((it, of(it)?))).collect();
    html! {
        @if !troubled.is_empty() {
            h2 { (visitor.say("退回与疑点", "Returned or doubtful")) " " span.n { (troubled.len()) } }
            ul.cards { @for (it, below) in troubled { (card(fold, visitor, it, Extra { below: Some(below), ..Extra::default() })) } }
        }
    }
}

/// Why something was returned, and until when it is wanted.
pub(in crate::web) fn back(it: &Standing, visitor: &Visitor) -> Markup {
    html! {
        @if let Standing::Returned { reason, deadline } = it {
            p.note {
                (visitor.say("退回：", "Returned: ")) (reason)
                @if let Some(day) = deadline { " " (visitor.say("补报期限 ", "send again by ")) (day) }
            }
        }
    }
}
