//! Search.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::index;
use crate::search::{self as searching, Question};
use crate::web::api::{Answer, Page};
use crate::web::shapes::{Chip, Facet, Found, Refusal, Searched, Suggested, Suggestion};
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// What is searched for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// What would be typed: words, “phrases”, -words not wanted, `a | b`, parentheses, and filters such as `指标:Ⅱ-3`,
    /// `unit:教育局` or `size:>10M`.
    q: String,
    /// The order of the hits.
    #[param(inline)]
    sort: Sort,
}

/// The order of hits.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Sort {
    #[default]
    Relevance,
    Date,
    Filed,
    Size,
}

/// What is typed so far.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Typed {
    /// What stands in the search box.
    q: String,
}

/// Suggests how to go on: units, standards, document numbers and titles that the last word may mean.
#[utoipa::path(get, path = "/suggest", tag = "search", params(Typed),
    responses((status = 200, description = "What was asked for", body = Suggested), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn suggest(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Query(typed): Query<Typed>,
) -> Answer<Suggested> {
    const LONGEST: usize = 200;
    let typed: String = typed.q.chars().take(LONGEST).collect();
    let found = searching::suggest::suggest(&site.archive, &visitor.act.scope, &typed).await?;
    Ok(Json(Suggested { suggestions: found.iter().map(Suggestion::from).collect() }))
}

/// Searches titles, names, captions and texts, in simplified and traditional script alike.
#[utoipa::path(get, path = "/search", tag = "search", params(Asked, Page),
    responses((status = 200, description = "What was asked for", body = Searched), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn search(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
    Query(page): Query<Page>,
) -> Answer<Searched> {
    let sort = match asked.sort {
        Sort::Relevance => index::Sort::Relevance,
        Sort::Date => index::Sort::Date,
        Sort::Filed => index::Sort::Filed,
        Sort::Size => index::Sort::Size,
    };
    let (offset, limit, now) = (page.offset(), page.limit(), visitor.act.now);
    let question = Question { typed: asked.q, offset, limit, sort, now };
    let answer = searching::search(&site.archive, &visitor.act.scope, &question).await?;
    let fold = site.archive.fold().await?;
    Ok(Json(Searched {
        found: Found::of(&fold, &answer),
        facets: answer.facets.iter().map(Facet::from).collect(),
        chips: answer.chips.iter().map(Chip::from).collect(),
    }))
}
