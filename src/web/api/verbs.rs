//! The verbs: what is done to evidence, claims and duties.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use crate::web::api::Answer;
use crate::web::shapes::Refusal;
use crate::web::site::Site;
use crate::web::verbs::{Order, perform};
use crate::web::visitor::Visitor;

/// Does what is ordered: assign, tag, edit, describe, join, split, accept, return, withdraw, reopen, object or waive.
///
/// Answers with what came of it: `assigned`, `tagged`, `edited`, `described`, `evidence`, `judged`, or `duties`.
#[utoipa::path(post, path = "/verbs/{verb}", tag = "verbs",
    params(("verb" = String, Path, description = "assign, tag, edit, describe, join, split, accept, return, withdraw, \
        reopen (evidence, or a duty where none is named), object or waive")),
    request_body = Order,
    responses((status = 200, description = "What was asked for", body = Value), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn verb(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(verb): Path<String>,
    Json(order): Json<Order>,
) -> Answer<Value> {
    Ok(Json(perform(&site, &visitor, &verb, &order).await?))
}
