//! Keeping searches under a name, forgetting them, and taking away what one finds.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use crate::domain::evidence::Evidence;
use crate::error::Error;
use crate::ledger::SavedSearch;
use crate::ledger::fold::Fold;
use crate::search::{every, export};
use crate::web::error::Refused;
use crate::web::pages::links;
use crate::web::shapes::Pieces;
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// A search to be kept or forgotten, and the page to come back to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Order {
    name: String,
    query: String,
    sort: String,
    back: String,
}

/// Keeps a search.
pub(in crate::web) async fn keep(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Form(order): Form<Order>,
) -> Result<Redirect, Refused> {
    let Order { name, query, sort, back } = order;
    let search = SavedSearch { name, query, sort, by: visitor.act.actor.clone() };
    site.archive.ledger().save_search(visitor.act.now, &search).await?;
    Ok(Redirect::to(links::back(&back)))
}

/// Forgets a search.
pub(in crate::web) async fn forget(
    State(site): State<Arc<Site>>,
    Form(order): Form<Order>,
) -> Result<Redirect, Refused> {
    site.archive.ledger().forget_search(&order.name).await?;
    Ok(Redirect::to(links::back(&order.back)))
}

/// The query whose result is taken away.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    q: String,
}

/// All that a query finds, and the state it is told from.
async fn found(
    site: &Site,
    visitor: &Visitor,
    query: &str,
) -> Result<(Arc<Fold>, Vec<Arc<Evidence>>), Refused> {
    let pieces = every(&site.archive, &visitor.act.scope, query, visitor.act.now).await?;
    Ok((site.archive.fold().await?, pieces))
}

/// The result as CSV.
pub(in crate::web) async fn csv(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Refused> {
    let (fold, pieces) = found(&site, &visitor, &asked.q).await?;
    Ok(attached("csv", "text/csv; charset=utf-8", &fold.today(visitor.act.now), export::csv(&fold, &pieces)?))
}

/// The result as a workbook.
pub(in crate::web) async fn xlsx(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Refused> {
    const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let (fold, pieces) = found(&site, &visitor, &asked.q).await?;
    Ok(attached("xlsx", WORKBOOK, &fold.today(visitor.act.now), export::xlsx(&fold, &pieces)?))
}

/// The result as JSON, whole, each piece as in the lists of the API.
pub(in crate::web) async fn json(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Refused> {
    let (fold, pieces) = found(&site, &visitor, &asked.q).await?;
    let listed = Pieces::all(&fold, &pieces);
    let failed = |it| Error::internal("The result could not be written.").with_source(it);
    let bytes = serde_json::to_vec_pretty(&listed).map_err(failed)?;
    Ok(attached("json", "application/json", &fold.today(visitor.act.now), bytes))
}

fn attached(ending: &str, media_type: &str, day: &jiff::civil::Date, bytes: Vec<u8>) -> Response {
    let name = links::escaped(format!("检索结果-{day}.{ending}"));
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
    ];
    (headers, bytes).into_response()
}
