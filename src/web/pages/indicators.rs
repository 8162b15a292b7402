//! Indicators: the tree, and for each its words, who owes what, and the evidence in order.

use std::sync::Arc;

use axum::extract::{Path, State};
use maud::{Markup, html};

use crate::archive::indexing::date_of;
use crate::completeness::{Assessed, Completeness, Sum};
use crate::domain::evidence::Evidence;
use crate::domain::id::{IndicatorPath, RequirementId, SchemeId};
use crate::domain::scheme::{Indicator, Scheme};
use crate::error::Error;
use crate::ledger::fold::Fold;
use crate::web::error::Refused;
use crate::web::pages::cards::{Extra, card};
use crate::web::pages::links;
use crate::web::pages::shell::{Shell, Tab, crumbs, known, state};
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// The whole tree with how each branch stands.
pub(in crate::web) async fn tree(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<SchemeId>,
) -> Result<Markup, Refused> {
    let (fold, all) = site.completeness(&id, None, &visitor.act).await?;
    let scheme = known(&fold, &id)?;
    let n_standards = scheme.standards().count();
    let body = html! {
        h1 { (scheme.title) }
        p.meta { (visitor.say("层级：", "Levels: ")) (scheme.levels.join(" › ")) " · " (n_standards) " " (visitor.say("条测评标准", "standards")) }
        ul.tree { @for it in scheme.indicators.iter().filter(|it| it.path.parent().is_none()) { (branch(&all, it, &visitor)) } }
    };
    let title = format!("{} · {n_standards}", visitor.say("指标", "Indicators"));
    Ok(Shell::new(&site, &visitor, &fold, Tab::Indicators, title).under(scheme).page(body))
}

fn branch(all: &Completeness, it: &Indicator, visitor: &Visitor) -> Markup {
    let below: Vec<&Indicator> = children(&all.scheme, &it.path);
    let line = html! {
        a href=(links::indicator(&all.scheme.id, &it.path)) { (it.code) " " (it.title) }
        @if it.veto { " " span.tag { (visitor.say("否决项", "veto")) } }
        " " (standing(&all.sum_within(&it.path), visitor))
    };
    html! {
        li {
            @if below.is_empty() { (line) } @else {
                details open { summary { (line) } ul.tree { @for it in below { (branch(all, it, visitor)) } } }
            }
        }
    }
}

fn children<'a>(scheme: &'a Scheme, path: &IndicatorPath) -> Vec<&'a Indicator> {
    scheme.indicators.iter().filter(|it| it.path.parent().as_ref() == Some(path)).collect()
}

fn standing(sum: &Sum, visitor: &Visitor) -> Markup {
    html! {
        @if let Some(it) = sum.state() {
            (state(it, visitor.english)) @if sum.owed() > 0 { " " span.n { (sum.accepted) "/" (sum.need) } }
        } @else {
            span.meta { (visitor.say("不需要材料", "asks for no material")) }
        }
    }
}

/// One indicator.
pub(in crate::web) async fn page(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path((id, path)): Path<(SchemeId, IndicatorPath)>,
) -> Result<Markup, Refused> {
    let (fold, all) = site.completeness(&id, None, &visitor.act).await?;
    let scheme = known(&fold, &id)?;
    let missing = || {
        Error::not_found(format!("Scheme {id} has no indicator {path}."))
            .zh(format!("体系 {id} 没有指标 {path}。"))
    };
    let it = scheme.indicator(&path).ok_or_else(missing)?;
    let below = children(scheme, &path);
    let code = scheme.full_code(&path);
    let body = html! {
        (crumbs(&above(scheme, &path, &visitor)))
        h1 { (code) " " (it.title) }
        @if !it.text.is_empty() { blockquote { (it.text) } }
        p.meta {
            @if !it.methods.is_empty() { (it.methods.join("、")) " · " }
            @if let Some(points) = it.points { (points) (visitor.say(" 分", " points")) " · " }
            @if let Some(lead) = &it.lead { (visitor.say("牵头 ", "lead ")) (lead) " · " }
            (it.units.join("、"))
        }
        p.answer { (standing(&all.sum_within(&path), &visitor)) }
        p.actions {
            a.button href=(links::with(&links::within(&id, "dossier"), &[("indicator", &path.to_string())])) { (visitor.say("迎检档案", "Dossier")) }
            a href=(links::search(&format!("指标:{path}"))) { (visitor.say("在其中搜索", "Search in it")) }
        }
        @if !below.is_empty() { ul.tree { @for it in below { (branch(&all, it, &visitor)) } } }
        (requirements(&fold, &all, it, &visitor))
        (proofs(&fold, &id, &path, &visitor))
    };
    Ok(Shell::new(&site, &visitor, &fold, Tab::Indicators, format!("{code} {}", it.title))
        .under(scheme)
        .page(body))
}

fn above(scheme: &Scheme, path: &IndicatorPath, visitor: &Visitor) -> Vec<(String, String)> {
    let mut steps =
        vec![(links::within(&scheme.id, "indicators"), visitor.say("指标", "Indicators").to_owned())];
    for n in 1..path.levels().len() {
        let path = IndicatorPath::new(path.levels()[..n].to_vec());
        let Some(it) = scheme.indicator(&path) else { continue };
        steps.push((links::indicator(&scheme.id, &path), format!("{} {}", it.code, it.title)));
    }
    steps
}

/// What the standard asks, and how each unit that owes it stands.
fn requirements(fold: &Fold, all: &Completeness, it: &Indicator, visitor: &Visitor) -> Markup {
    let of = |id: &RequirementId| -> Vec<&Assessed> {
        all.duties.iter().filter(|it| it.duty.key.requirement == *id).collect()
    };
    let kinds = fold.kinds();
    html! {
        @if !it.requirements.is_empty() { h2 { (visitor.say("材料要求", "Requirements")) } }
        @for requirement in &it.requirements {
            section.requirement {
                h3 { (requirement.title) }
                p.meta {
                    "≥ " (requirement.min) " " (requirement.measure.label(visitor.english))
                    @for kind in &requirement.kinds { " · " (kinds.label(kind, visitor.english)) }
                    @for field in &requirement.fields { " · " (visitor.say("必填 ", "needs ")) (field_word(field, visitor)) }
                }
                p.owing { @for it in of(&requirement.id) {
                    a.chip href=(links::duty(&it.duty.key)) {
                        (fold.units.label(&it.duty.key.unit))
                        @if it.duty.key.period != "once" { " " (it.duty.key.period) }
                        " " (state(it.assessment.state, visitor.english)) " " (it.assessment.accepted) "/" (it.assessment.need)
                        @if it.assessment.pending > 0 { small { "+" (it.assessment.pending) } }
                    }
                } }
            }
        }
    }
}

/// The word of the screen for a field that must be filled.
fn field_word<'a>(field: &'a str, visitor: &Visitor) -> &'a str {
    match (field, visitor.english) {
        ("document_number", false) => "文号",
        ("document_number", true) => "number",
        ("issuer", false) => "责任者",
        (other, _) => other,
    }
}

/// The evidence under an indicator, in the order of standard, unit and date.
fn proofs(fold: &Fold, scheme: &SchemeId, path: &IndicatorPath, visitor: &Visitor) -> Markup {
    let on =
        |it: &&Arc<Evidence>| it.claims.iter().any(|it| it.scheme == *scheme && it.indicator.is_within(path));
    let mut found: Vec<&Arc<Evidence>> = visitor.seen(fold).filter(on).collect();
    let first = |it: &Evidence| {
        it.claims
            .iter()
            .filter(|it| it.scheme == *scheme && it.indicator.is_within(path))
            .map(|it| it.indicator.clone())
            .min()
    };
    found.sort_by_cached_key(|it| (first(it), it.unit.clone(), date_of(fold, it), it.id));
    const MOST: usize = 300;
    html! {
        h2 { (visitor.say("材料", "Evidence")) " " span.n { (found.len()) } }
        @if found.is_empty() { p.empty { (visitor.say("这里还没有材料。", "Nothing is filed here yet.")) } }
        ul.cards { @for it in found.iter().take(MOST) { (card(fold, visitor, it, Extra::default())) } }
        @if found.len() > MOST {
            p { a href=(links::search(&format!("指标:{path}"))) { (visitor.say("查看全部", "See all")) } }
        }
    }
}
