//! JSON for programs under `/api/v1`, with the field names of the command line.
//!
//! Each handler takes typed extractors, calls one verb of the library and answers with a shape; its `utoipa::path`
//! says so to programs. What `routes` lists is all there is, and `openapi` describes just that.

#![expect(unused_qualifications, reason = "what utoipa::path makes of its parameters is qualified")]

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, OpenApi};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::error::{Error, Result};
use crate::web::error::Refused;
use crate::web::shapes::words;
use crate::web::site::Site;

mod archive;

mod dossier;

mod duties;

mod evidence;

mod intake;

mod search;

mod submissions;

mod verbs;

/// What a handler answers.
type Answer<T> = std::result::Result<Json<T>, Refused>;

#[derive(OpenApi)]
#[openapi(info(
    title = "juanzong",
    description = "Evidence archive for inspections. Every path answers in JSON; an act that did not happen answers \
        with `error`, whose message says what to do. Texts for people come in the language of Accept-Language, \
        Chinese first."
))]
struct Described;

/// The page of a long list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Page {
    /// How many to return: 100 where it is not said, 1000 at most.
    limit: Option<usize>,
    /// How many to pass over.
    offset: Option<usize>,
}

impl Page {
    fn limit(self) -> usize {
        self.limit.unwrap_or(100).min(1000)
    }

    fn offset(self) -> usize {
        self.offset.unwrap_or(0)
    }

    /// Returns the stretch of a list that is asked for.
    fn of<T>(self, all: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        all.into_iter().skip(self.offset()).take(self.limit())
    }
}

fn routes() -> OpenApiRouter<Arc<Site>> {
    let all = OpenApiRouter::new()
        .routes(routes!(document))
        .routes(routes!(archive::status))
        .routes(routes!(archive::schemes))
        .routes(routes!(archive::scheme))
        .routes(routes!(duties::matrix))
        .routes(routes!(duties::duties))
        .routes(routes!(duties::duty))
        .routes(routes!(duties::gaps))
        .routes(routes!(evidence::review))
        .routes(routes!(dossier::dossier))
        .routes(routes!(archive::units))
        .routes(routes!(archive::unit))
        .routes(routes!(evidence::evidence))
        .routes(routes!(evidence::history))
        .routes(routes!(evidence::text))
        .routes(routes!(evidence::unassigned))
        .routes(routes!(search::search))
        .routes(routes!(search::suggest))
        .routes(routes!(submissions::submissions))
        .routes(routes!(submissions::submission))
        .routes(routes!(intake::intake).layer(DefaultBodyLimit::disable()))
        .routes(routes!(verbs::verb));
    OpenApiRouter::with_openapi(Described::openapi()).nest("/api/v1", all)
}

/// Returns the routes of the API.
pub(super) fn router() -> Router<Arc<Site>> {
    routes().split_for_parts().0
}

/// Returns the description of the API (OpenAPI 3.1).
///
/// # Errors
/// `Internal` where it cannot be written as JSON.
pub fn openapi() -> Result<Value> {
    let (_, described) = routes().split_for_parts();
    let odd = |it| Error::internal("The description of the API cannot be written as JSON.").with_source(it);
    let mut document = serde_json::to_value(described).map_err(odd)?;
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        schemas.extend(words::definitions());
    }
    Ok(document)
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "archive", responses((status = 200, description = "What was asked for", body = Value)))]
async fn document() -> Answer<Value> {
    Ok(Json(openapi()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where both describe a thing under one name, one of them would be lost.
    #[test]
    fn shapes_and_words_of_the_domain_have_names_of_their_own() {
        let (_, described) = routes().split_for_parts();
        let described = serde_json::to_value(described).unwrap();
        let place = serde_json::to_value(utoipa::openapi::Schema::default()).unwrap();
        for name in words::definitions().keys() {
            let shape = described.pointer(&format!("/components/schemas/{name}"));
            assert!(shape.is_none_or(|it| *it == place), "{name} is described twice");
        }
    }
}
