//! Intake: files of a form, filed through the one door.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Multipart, State};
use axum::http::HeaderMap;
use utoipa::ToSchema;

use crate::web::api::Answer;
use crate::web::shapes::{self, Line, Received, Refusal};
use crate::web::site::Site;
use crate::web::upload::received;
use crate::web::visitor::Visitor;

/// What is sent. Any field but the files may be left out; what is not said is recognised from names where it can be.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the form, which is read as it streams in")]
pub(super) struct Offer {
    /// The unit all of it is from: id, name or alias.
    unit: Option<String>,
    /// The scheme, where several are current.
    scheme: Option<String>,
    /// The standard all of it proves, in any spelling.
    standard: Option<String>,
    /// The kind of all of it.
    kind: Option<String>,
    /// The files; containers such as zip are opened.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<u8>,
}

/// Files what is sent; sending the same again is safe.
#[utoipa::path(post, path = "/intake", tag = "submissions",
    request_body(content = inline(Offer), content_type = "multipart/form-data"),
    responses((status = 200, description = "What was asked for", body = shapes::Intake), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn intake(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Multipart,
) -> Answer<shapes::Intake> {
    let (lines, filed) = received(&site, &visitor, &headers, form).await?;
    let lines = lines.iter().map(|it| Line::of(it, visitor.english)).collect();
    Ok(Json(shapes::Intake { lines, receipt: Received::from(&filed) }))
}
