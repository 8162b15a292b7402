//! What is amiss with pieces, what was decided about it, and the forms that decide.

use std::collections::BTreeMap;
use std::sync::Arc;

use maud::{Markup, html};

use crate::domain::evidence::Evidence;
use crate::domain::finding::{Code, Severity};
use crate::findings::{self, Told};
use crate::ledger::fold::Fold;
use crate::web::pages::forms::form;
use crate::web::pages::links;
use crate::web::pages::shell::finding;
use crate::web::visitor::Visitor;

/// Everything amiss with a piece, with the forms that decide on it.
pub(super) fn all(visitor: &Visitor, fold: &Fold, piece: &Evidence) -> Markup {
    let told = findings::told(fold, piece);
    html! { ul.plain { @for it in &told { li { (one(visitor, it)) (deciding(visitor, piece, it)) } } } }
}

/// What is still to be looked at, for below a card; nothing where there is nothing.
pub(in crate::web) fn open(
    visitor: &Visitor,
    fold: &Fold,
    piece: &Evidence,
    least: Severity,
) -> Option<Markup> {
    let told = findings::told(fold, piece);
    let weighs = |it: &&Told| it.is_open() && (it.finding.code.severity() >= least || it.holds());
    let open: Vec<&Told> = told.iter().filter(weighs).collect();
    (!open.is_empty()).then(|| html! { @for it in open { p { (one(visitor, it)) } } })
}

fn one(visitor: &Visitor, it: &Told) -> Markup {
    html! {
        (finding(&it.finding, visitor.english))
        @if let Some(ruling) = it.ruling {
            " " b { @if ruling.fit { (visitor.say("已核定可用：", "Cleared: ")) } @else { (visitor.say("不予编入：", "Withheld: ")) } }
            (ruling.reason) " " span.meta { (ruling.by) }
        } @else if it.holds() {
            " " b { (visitor.say("审核人决定之前不编入迎检档案。", "It stays out of dossiers until a reviewer decides.")) }
        }
    }
}

/// Decides whether a piece may be handed over in spite of a finding.
fn deciding(visitor: &Visitor, piece: &Evidence, it: &Told) -> Markup {
    if it.finding.code.severity() == Severity::Info {
        return html! {};
    }
    let which = html! {
        input type="hidden" name="evidence" value=(piece.id.0);
        input type="hidden" name="code" value=(it.finding.code.as_str());
    };
    let reason = html! { label { (visitor.say("理由", "Reason")) " " input name="reason" required; } };
    html! {
        @if it.ruling.is_some() {
            (form(visitor, "reopen", "", html! { (which) button { (visitor.say("撤销处理", "Undo")) } }))
        } @else {
            details { summary { (visitor.say("处理…", "Decide …")) }
                (form(visitor, "clear", "", html! { (which) (reason) button { (visitor.say("核定可用", "Clear it")) } }))
                (form(visitor, "withhold", "", html! { (which) (reason) button { (visitor.say("不予编入", "Withhold it")) } }))
            }
        }
    }
}

/// How many pieces have which finding, each with a link to just these; `query` narrows the search to where this stands.
pub(super) fn counts(visitor: &Visitor, fold: &Fold, pieces: &[&Arc<Evidence>], query: &str) -> Markup {
    let mut counts: BTreeMap<Code, usize> = BTreeMap::new();
    for piece in pieces {
        let mut codes: Vec<Code> =
            findings::told(fold, piece).iter().filter(|it| it.is_open()).map(|it| it.finding.code).collect();
        codes.dedup();
        codes.into_iter().for_each(|it| *counts.entry(it).or_default() += 1);
    }
    counts.retain(|code, _| code.severity() != Severity::Info);
    let to = |code: &Code| links::with("/search", &[("q", format!("{query} 问题:{}", code.as_str()).trim())]);
    html! {
        @if !counts.is_empty() {
            h2 { (visitor.say("疑点", "Findings")) " " span.n { (counts.values().sum::<usize>()) } }
            ul.plain.doubts { @for (code, n) in &counts {
                li { a href=(to(code)) { b { (code.as_str()) } " " (code.sentence(visitor.english)) " " span.n { (n) } } }
            } }
        }
    }
}
