//! What pages need besides themselves: style, script, seal; and the sign of life.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use serde_json::json;

use crate::web::error::Refused;
use crate::web::pages::shell::SEAL;
use crate::web::site::Site;

const STYLE: &str = include_str!("../style.css");
const SCRIPT: &str = include_str!("../script.js");

fn asset(media_type: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, media_type), (CACHE_CONTROL, "no-cache")], text)
}

/// Sends the style sheet.
pub(in crate::web) async fn style() -> impl IntoResponse {
    asset("text/css; charset=utf-8", STYLE)
}

/// Sends the script; every page works without it.
pub(in crate::web) async fn script() -> impl IntoResponse {
    asset("text/javascript; charset=utf-8", SCRIPT)
}

/// Sends the seal.
pub(in crate::web) async fn seal() -> impl IntoResponse {
    asset("image/svg+xml; charset=utf-8", SEAL)
}

/// Says that the server answers and its ledger can be read: the last entry.
pub(in crate::web) async fn health(State(site): State<Arc<Site>>) -> Result<impl IntoResponse, Refused> {
    let head = site.archive.ledger().head().await?;
    Ok(Json(json!({ "status": "ok", "entry": head.entry })))
}
