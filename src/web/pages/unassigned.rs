//! What has no unit yet, to be given to units and standards, many at once.

use std::sync::Arc;

use axum::extract::{Query, State};
use maud::{Markup, html};

use crate::domain::evidence::Evidence;
use crate::web::error::Refused;
use crate::web::pages::cards::{Extra, card, pager};
use crate::web::pages::shell::{Shell, Tab};
use crate::web::pages::units::Turn;
use crate::web::pages::{forms, links};
use crate::web::site::Site;
use crate::web::visitor::Visitor;

const A_PAGE: usize = 100;

/// Returns whether a piece has no unit, or nothing it proves: either is to be said by a person.
pub(in crate::web) fn is_lost(it: &Evidence) -> bool {
    it.unit.is_none() || it.claims.is_empty()
}

/// The list, as one form.
pub(in crate::web) async fn page(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Query(turn): Query<Turn>,
) -> Result<Markup, Refused> {
    let fold = site.archive.fold().await?;
    let scheme = fold.current_schemes().next().map(|it| &it.id);
    let found: Vec<&Arc<Evidence>> = visitor.seen(&fold).rev().filter(|it| is_lost(it)).collect();
    let item = |it: &Arc<Evidence>| {
        let mark = html! { input type="checkbox" name="evidence" value=(it.id) aria-label=(it.title); };
        let path = it.sightings.first().map_or("", |it| &it.path);
        card(
            &fold,
            &visitor,
            it,
            Extra { mark: Some(mark), below: Some(html! { p.path { (path) } }), ..Extra::default() },
        )
    };
    let body = html! {
        h1 { (visitor.say("未归属的材料", "Unassigned material")) " " span.n { (found.len()) } }
        @if found.is_empty() {
            p.empty { (visitor.say("全部材料都已有单位和标准。", "All material has a unit and a standard.")) }
        } @else {
            p { (visitor.say("勾选同一单位、同一标准的材料，一次指定。", "Mark what belongs to one unit and one standard and assign it at once.")) }
            (forms::form(&visitor, "assign", "/unassigned", html! {
                div.bar {
                    (forms::assigning(&visitor, &fold, scheme))
                    button.main { (visitor.say("指定选中的材料", "Assign what is marked")) }
                    label.all hidden { input type="checkbox" data-all="evidence"; " " (visitor.say("全选本页", "Mark all on this page")) }
                }
                ul.cards { @for it in found.iter().skip(turn.offset).take(A_PAGE) { (item(it)) } }
            }))
            (pager(&visitor, found.len(), (turn.offset, A_PAGE), &|n| links::with("/unassigned", &[("offset", &n.to_string())])))
        }
    };
    let title = format!("{} · {}", visitor.say("未归属", "Unassigned"), found.len());
    Ok(Shell::new(&site, &visitor, &fold, Tab::Unassigned, title).page(body))
}
