//! Submissions: what was offered at the door, by whom, and what was filed of it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};

use crate::domain::id::SubmissionId;
use crate::error::Error;
use crate::web::api::evidence::listed;
use crate::web::api::{Answer, Page};
use crate::web::shapes::{OneSubmission, Refusal, SubmissionRow, Submissions};
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// Every submission, the latest first.
#[utoipa::path(get, path = "/submissions", tag = "submissions", params(Page),
    responses((status = 200, description = "What was asked for", body = Submissions), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn submissions(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Query(page): Query<Page>,
) -> Answer<Submissions> {
    let fold = site.archive.fold().await?;
    let all = visitor.submissions(&fold);
    let submissions = page.of(&all).map(|it| SubmissionRow::from(it.as_ref())).collect();
    Ok(Json(Submissions { total: all.len(), submissions }))
}

/// One submission: what came of it and what was filed of it.
#[utoipa::path(get, path = "/submissions/{id}", tag = "submissions", params(("id" = SubmissionId, Path), Page),
    responses((status = 200, description = "What was asked for", body = OneSubmission), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn submission(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<SubmissionId>,
    Query(page): Query<Page>,
) -> Answer<OneSubmission> {
    let fold = site.archive.fold().await?;
    let missing = || Error::not_found(format!("There is no submission #{id}."));
    let (it, found) = visitor.submission(&fold, id).ok_or_else(missing)?;
    Ok(Json(OneSubmission { submission: it.into_owned(), filed: listed(&fold, found, page) }))
}
