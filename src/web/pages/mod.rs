//! What people see: one file a page, `shell` around each, `links` for where things are.

use axum::extract::{Path, Query};
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

pub(super) mod assets;

pub(super) mod cards;

pub(super) mod dossier;

pub(in crate::web) mod doubts;

pub(super) mod duties;

pub(super) mod evidence;

mod facets;

pub(super) mod forms;

pub(super) mod help;

pub(super) mod history;

pub(super) mod indicators;

pub(super) mod links;

pub(super) mod overview;

pub(super) mod review;

pub(super) mod saved;

pub(super) mod search;

pub(super) mod shell;

pub(super) mod submissions;

pub(super) mod unassigned;

pub(super) mod units;

pub(super) mod viewer;

use crate::web::visitor::LANGUAGE;

/// Where to go back to.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    back: String,
}

/// Keeps the language chosen in a cookie and goes back.
pub(super) async fn language(Path(language): Path<String>, Query(to): Query<Back>) -> Response {
    let chosen = if language == "en" { "en" } else { "zh" };
    let cookie = format!("{LANGUAGE}={chosen}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    ([(SET_COOKIE, cookie)], Redirect::to(links::back(&to.back))).into_response()
}
