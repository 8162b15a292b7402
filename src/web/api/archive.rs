//! The archive as a whole: how it is, its schemes and units.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};

use crate::domain::evidence::Evidence;
use crate::domain::id::{SchemeId, UnitId};
use crate::domain::scheme::Scheme;
use crate::domain::unit::Unit;
use crate::error::Error;
use crate::web::api::{Answer, Page};
use crate::web::pages::shell::known;
use crate::web::shapes::{
    Listed, OneUnit, Pieces, Refusal, SchemeRow, Schemes, Serving, Status, Tally, Units,
};
use crate::web::site::Site;
use crate::web::visitor::Visitor;
use crate::web::work::Doing;

/// What the archive holds and what the server is doing.
#[utoipa::path(get, path = "/status", tag = "archive",
    responses((status = 200, description = "What was asked for", body = Serving), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn status(State(site): State<Arc<Site>>, visitor: Visitor) -> Answer<Serving> {
    let fold = site.archive.fold().await?;
    let head = site.archive.ledger().head().await?;
    let status = Status::of(&fold, head, &visitor.act.scope, site.archive.store().free_bytes());
    let (doing, left) = match site.work.doing() {
        Doing::Nothing => ("nothing", Some(0)),
        Doing::Elsewhere => ("elsewhere", None),
        Doing::Reading(left) => ("reading", Some(left)),
        Doing::Indexing(n, of) => ("indexing", Some(of.saturating_sub(n))),
        Doing::Failed => ("failed", None),
    };
    Ok(Json(Serving { status, doing, left }))
}

/// Every scheme, current or retired.
#[utoipa::path(get, path = "/schemes", tag = "schemes",
    responses((status = 200, description = "What was asked for", body = Schemes), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn schemes(State(site): State<Arc<Site>>) -> Answer<Schemes> {
    let fold = site.archive.fold().await?;
    let schemes: Vec<SchemeRow> = fold.schemes.values().map(SchemeRow::from).collect();
    Ok(Json(Schemes { total: schemes.len(), schemes }))
}

/// A scheme with all its indicators and requirements.
#[utoipa::path(get, path = "/schemes/{scheme}", tag = "schemes", params(("scheme" = SchemeId, Path)),
    responses((status = 200, description = "What was asked for", body = Scheme), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn scheme(State(site): State<Arc<Site>>, Path(id): Path<SchemeId>) -> Answer<Scheme> {
    let fold = site.archive.fold().await?;
    Ok(Json(known(&fold, &id)?.clone()))
}

/// The units.
#[utoipa::path(get, path = "/units", tag = "units", params(Page),
    responses((status = 200, description = "What was asked for", body = Units), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn units(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Query(page): Query<Page>,
) -> Answer<Units> {
    let fold = site.archive.fold().await?;
    let seen: Vec<&Unit> = fold.units.0.iter().filter(|it| visitor.act.scope.holds(Some(&it.id))).collect();
    let units = page.of(seen.iter().map(|&it| it.clone())).collect();
    Ok(Json(Units { total: seen.len(), units }))
}

/// A unit: who it is, how it stands, what it sent.
#[utoipa::path(get, path = "/units/{unit}", tag = "units", params(("unit" = UnitId, Path), Page),
    responses((status = 200, description = "What was asked for", body = OneUnit), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn unit(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<UnitId>,
    Query(page): Query<Page>,
) -> Answer<OneUnit> {
    let fold = site.archive.fold().await?;
    let scope = &visitor.act.scope;
    let missing = || Error::not_found(format!("There is no unit {id}."));
    let unit = fold.units.get(&id).filter(|it| scope.holds(Some(&it.id))).ok_or_else(missing)?;
    let mut duties = Vec::new();
    for scheme in fold.current_schemes() {
        let (_, all) = site.completeness(&scheme.id, None, &visitor.act).await?;
        duties.push(Tally::of(&all, Some(&id)));
    }
    let sent: Vec<&Arc<Evidence>> =
        visitor.seen(&fold).rev().filter(|it| it.unit.as_ref() == Some(&id)).collect();
    let pieces = page.of(&sent).map(|it| Listed::of(&fold, it)).collect();
    let departments = fold.units.0.iter().filter(|it| it.parent.as_ref() == Some(&id));
    let departments = departments.map(|it| it.id.clone()).collect();
    let sent = Pieces { total: sent.len(), pieces };
    Ok(Json(OneUnit { unit: unit.clone(), departments, duties, sent }))
}
