//! JSON for programs under `/api/v1`, with the field names of the command line.

use std::sync::Arc;

use axum::Router;

use crate::web::site::Site;

/// Returns the routes of the API.
pub(super) fn router() -> Router<Arc<Site>> {
    Router::new()
}

/// Returns the description of the API (OpenAPI 3.1).
pub fn openapi() -> utoipa::openapi::OpenApi {
    utoipa::openapi::OpenApi::default()
}
