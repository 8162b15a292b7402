//! The server: pages for people and JSON for programs, over one archive, on the machine it runs on.
//!
//! Read this page for every URL, `site` for what a handler works with, `visitor` for who asks, `guard` for what is
//! turned away before a handler sees it, `stream` for bytes with ranges, `work` for what goes on in the background.
//! A handler takes typed extractors, calls one verb of the library and shows the result; `pages` and `api` hold them,
//! `shapes` what is told of things as JSON.
//!
//! **Invariant:** until accounts exist it listens on loopback only. **Invariant:** every write is checked for Host and
//! Origin. **Invariant:** bytes of evidence are never served as a page of ours.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;

mod api;

mod error;

mod files;

mod guard;

mod pages;

mod serve;

pub mod shapes;

mod site;

mod stream;

mod upload;

mod verbs;

mod visitor;

mod work;

pub use api::openapi;
pub use serve::{Serving, serve};
pub use site::Site;

use pages::{
    assets, dossier, duties, evidence, help, indicators, overview, review, saved, search, submissions,
    unassigned, units,
};

/// Returns the router of a site: every URL there is.
pub fn router(site: &Arc<Site>) -> Router {
    let pages = Router::new()
        .route("/", get(overview::front))
        .route("/s/{scheme}", get(overview::page))
        .route("/s/{scheme}/gaps.csv", get(duties::csv))
        .route("/s/{scheme}/duties", get(duties::list))
        .route("/s/{scheme}/duties/{requirement}/{unit}/{period}", get(duties::page))
        .route("/s/{scheme}/units", get(units::list))
        .route("/s/{scheme}/units/{unit}", get(units::page))
        .route("/s/{scheme}/indicators", get(indicators::tree))
        .route("/s/{scheme}/indicators/{path}", get(indicators::page))
        .route("/s/{scheme}/review", get(review::page))
        .route("/s/{scheme}/dossier", get(dossier::page))
        .route("/s/{scheme}/dossier.zip", get(dossier::zip))
        .route("/search", get(search::page))
        .route("/search.csv", get(saved::csv))
        .route("/search.json", get(saved::json))
        .route("/search.xlsx", get(saved::xlsx))
        .route("/searches", post(saved::keep))
        .route("/searches/forget", post(saved::forget))
        .route("/evidence/{id}", get(evidence::page))
        .route("/evidence/{id}/parts/{n}", get(files::part))
        .route("/evidence/{id}/parts/{n}/thumbnail", get(files::thumbnail))
        .route("/unassigned", get(unassigned::page))
        .route("/submissions", get(submissions::list))
        .route("/submissions/{id}", get(submissions::page))
        .route("/upload", get(upload::form))
        .route("/upload", post(upload::take).layer(DefaultBodyLimit::disable()))
        .route("/verbs/{verb}", post(verbs::act))
        .route("/help", get(help::page))
        .route("/lang/{language}", get(pages::language));
    let plain = Router::new()
        .route("/healthz", get(assets::health))
        .route("/style.css", get(assets::style))
        .route("/script.js", get(assets::script))
        .route("/seal.svg", get(assets::seal));
    pages
        .merge(plain)
        .merge(api::router())
        .method_not_allowed_fallback(error::no_such_method)
        .fallback(error::no_such_page)
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(from_fn(error::shown))
        .layer(from_fn_with_state(Arc::clone(site), guard::guard))
        .layer(TraceLayer::new_for_http().make_span_with(guard::span).on_response(guard::answered))
        .with_state(Arc::clone(site))
}
