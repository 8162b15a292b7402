//! The dossier: its plan, and where it is downloaded.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::id::SchemeId;
use crate::web::api::Answer;
use crate::web::pages::dossier::{Cut, laid_out};
use crate::web::pages::shell::known;
use crate::web::shapes::{Download, Plan, Refusal};
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// What a dossier is cut from: the first of `indicator`, `unit` and `query` that is given, else all of the scheme.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// An indicator and all below it, in any spelling.
    indicator: String,
    /// The material of a unit: id, name or alias.
    unit: String,
    /// What a query finds.
    query: String,
    /// Who hands it over.
    organization: String,
    /// The instant it is of; now where none is given.
    #[param(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
}

/// What a dossier would hold, what it lacks and what is held back.
#[utoipa::path(get, path = "/schemes/{scheme}/dossier", tag = "dossier",
    params(("scheme" = SchemeId, Path), Asked),
    responses((status = 200, description = "What was asked for", body = Download), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn dossier(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<SchemeId>,
    Query(asked): Query<Asked>,
) -> Answer<Download> {
    known(site.archive.fold().await?.as_ref(), &id)?;
    let Asked { indicator, unit, query, organization, at } = asked;
    let cut = Cut { indicator, unit, query, organization, at, pieces: String::new(), whole: String::new() };
    let layout = laid_out(&site, &visitor, &id, &cut).await?;
    let at = layout.manifest().made_at;
    Ok(Json(Download { plan: Plan::from(layout.as_ref()), at, download: cut.pinned(&layout).to(&id, at) }))
}
