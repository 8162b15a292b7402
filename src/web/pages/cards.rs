//! Pieces in a list: thumbnail, title, what it is, how its claims stand.

use maud::{Markup, html};

use crate::archive::indexing::date_of;
use crate::domain::evidence::Evidence;
use crate::ledger::fold::Fold;
use crate::web::pages::{forms, links, shell};
use crate::web::visitor::Visitor;

/// What may stand before and below a card.
#[derive(Default)]
pub(in crate::web) struct Extra<'a> {
    /// A box to mark it with.
    pub mark: Option<Markup>,
    /// In place of the plain title.
    pub title: Option<Markup>,
    /// Below the line of facts.
    pub below: Option<Markup>,
    /// What was searched for, to be marked in its text.
    pub typed: &'a str,
    /// The part that answers, counted from 1; 0 for the first.
    pub part: usize,
}

/// One piece as an item of a list.
pub(in crate::web) fn card(fold: &Fold, visitor: &Visitor, it: &Evidence, extra: Extra<'_>) -> Markup {
    html! {
        li.card {
            @let part = if extra.part > 1 { extra.part.to_string() } else { String::new() };
            @if let Some(mark) = extra.mark { (mark) }
            (shell::thumbnail(fold, it))
            div {
                p.title { a href=(links::with(&links::evidence(it.id), &[("part", &part), ("q", extra.typed)])) {
                    @match extra.title { Some(title) => (title), None => (it.title) }
                } }
                p.meta { (facts(fold, visitor, it)) }
                @for claim in &it.claims {
                    @let code = fold.scheme(&claim.scheme).map(|s| s.full_code(&claim.indicator)).unwrap_or_default();
                    span.claim { a href=(links::indicator(&claim.scheme, &claim.indicator)) { (code) } " " (shell::standing(&claim.standing, visitor.english)) }
                }
                @for tag in &it.tags { a.chip href=(links::search(&forms::filter(tag))) { (tag) } }
                @if let Some(below) = extra.below { (below) }
            }
        }
    }
}

/// What a piece is, on one line.
pub(in crate::web) fn facts(fold: &Fold, visitor: &Visitor, it: &Evidence) -> Markup {
    let number = it.document_number.as_deref();
    let read = fold.readings_of(it).find_map(|(_, it)| it.facts.document_number.as_deref());
    let unit = it.unit.as_ref().map_or(visitor.say("未归属", "unassigned"), |id| fold.units.label(id));
    let kinds = fold.kinds();
    html! {
        "#" (it.id) " · "
        @if let Some(number) = number.or(read) { (number) " · " }
        (unit) " · " (kinds.label(&it.kind, visitor.english))
        @if let Some(day) = date_of(fold, it) { " · " time datetime=(day) { (day) } }
        @if it.parts.len() > 1 {
            " · " (it.parts.len()) (visitor.say(" 个文件", " files"))
        }
    }
}

/// Links to the pages of a list: the one before, the one after.
pub(in crate::web) fn pager(
    visitor: &Visitor,
    total: usize,
    (offset, limit): (usize, usize),
    to: &dyn Fn(usize) -> String,
) -> Markup {
    if total <= limit && offset == 0 {
        return html! {};
    }
    let last = offset.saturating_add(limit).min(total);
    html! {
        nav.pager aria-label=(visitor.say("翻页", "Pages")) {
            @if offset > 0 { a rel="prev" href=(to(offset.saturating_sub(limit))) { "← " (visitor.say("上一页", "Previous")) } }
            span { (offset.saturating_add(1).min(last)) "–" (last) " / " (total) }
            @if last < total { a rel="next" href=(to(last)) { (visitor.say("下一页", "Next")) " →" } }
        }
    }
}
