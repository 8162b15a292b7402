//! The inbox of reviews: what awaits a decision, oldest first; a decision leads to the next.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use maud::{Markup, html};

use crate::domain::evidence::{Evidence, Standing};
use crate::domain::id::SchemeId;
use crate::web::error::Refused;
use crate::web::pages::cards::{Extra, card, pager};
use crate::web::pages::links;
use crate::web::pages::shell::{Shell, Tab, known};
use crate::web::pages::units::Turn;
use crate::web::site::Site;
use crate::web::visitor::Visitor;

const A_PAGE: usize = 50;

/// What awaits review under a scheme.
pub(in crate::web) async fn page(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<SchemeId>,
    Query(turn): Query<Turn>,
) -> Result<Markup, Refused> {
    let fold = site.archive.fold().await?;
    let scheme = known(&fold, &id)?;
    let waits = |it: &&Arc<Evidence>| {
        it.unit.is_some() && it.claims.iter().any(|it| it.scheme == id && it.standing == Standing::Pending)
    };
    let found: Vec<&Arc<Evidence>> = visitor.seen(&fold).filter(waits).collect();
    let queue = |it: &Evidence| links::with(&links::evidence(it.id), &[("queue", "1")]);
    let item = |it: &Arc<Evidence>| {
        let open = html! { p { a href=(queue(it)) { (visitor.say("打开审核", "Open and decide")) } } };
        card(&fold, &visitor, it, Extra { below: Some(open), ..Extra::default() })
    };
    let body = html! {
        h1 { (visitor.say("待审", "Awaiting review")) " " span.n { (found.len()) } }
        @match found.first() {
            None => p.empty { (visitor.say("没有待审的材料。", "Nothing awaits review.")) },
            Some(first) => p.actions { a.button.main href=(queue(first)) { (visitor.say("从最早的一件开始", "Begin with the oldest")) } },
        }
        ul.cards { @for it in found.iter().skip(turn.offset).take(A_PAGE) { (item(it)) } }
        (pager(&visitor, found.len(), (turn.offset, A_PAGE), &|n| links::with(&links::within(&id, "review"), &[("offset", &n.to_string())])))
    };
    let title = format!("{} · {}", visitor.say("待审", "Review"), found.len());
    Ok(Shell::new(&site, &visitor, &fold, Tab::Review, title).under(scheme).page(body))
}
