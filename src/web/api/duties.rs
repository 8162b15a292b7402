//! How a scheme stands: the matrix, duties, one duty explained, the gap list.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::duty::{DutyKey, State as DutyState};
use crate::domain::id::{IndicatorPath, RequirementId, SchemeId, UnitId};
use crate::error::{Error, Result};
use crate::web::api::{Answer, Page};
use crate::web::pages::duties::Which;
use crate::web::pages::overview::{day, fitting};
use crate::web::shapes::{Amiss, Duties, Duty, Explained, Gaps, Matrix, Refusal, Tally};
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// What the matrix shows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Across {
    /// The depth of the columns in the tree, from 1; else the deepest that fits a screen, or just below `below`.
    level: Option<usize>,
    /// The path of the indicator whose children are the columns.
    below: String,
    /// As it stood at the end of a day.
    as_of: String,
}

/// Which duties are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Among {
    /// Only this unit's: id, name or alias.
    unit: String,
    /// The path of an indicator: its duties and those of all below it.
    indicator: String,
    /// `open`, or the word of a state.
    state: String,
    /// As it stood at the end of a day.
    as_of: String,
}

/// Whose gaps are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Whose {
    /// Only this unit's: id, name or alias.
    unit: String,
    /// As it stood at the end of a day.
    as_of: String,
}

/// Units down, indicators across, a sum in each cell.
#[utoipa::path(get, path = "/schemes/{scheme}/matrix", tag = "schemes",
    params(("scheme" = SchemeId, Path), Across),
    responses((status = 200, description = "What was asked for", body = Matrix), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn matrix(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<SchemeId>,
    Query(across): Query<Across>,
) -> Answer<Matrix> {
    let (fold, all) = site.completeness(&id, day(&across.as_of)?, &visitor.act).await?;
    let below = Some(across.below.as_str()).filter(|it| !it.is_empty());
    let below = below.map(str::parse::<IndicatorPath>).transpose()?;
    if let Some(path) = below.as_ref().filter(|it| all.scheme.indicator(it).is_none()) {
        return Err(Error::not_found(format!("Scheme {id} has no indicator {path}.")).into());
    }
    let usual = || below.as_ref().map_or_else(|| fitting(&all), |it| it.levels().len() + 1);
    let level = across.level.unwrap_or_else(usual).clamp(1, all.scheme.levels.len().max(1));
    Ok(Json(Matrix::of(&fold, &all, level, below)))
}

/// Duties: the list behind every number.
#[utoipa::path(get, path = "/schemes/{scheme}/duties", tag = "schemes",
    params(("scheme" = SchemeId, Path), Among, Page),
    responses((status = 200, description = "What was asked for", body = Duties), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn duties(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<SchemeId>,
    Query(among): Query<Among>,
    Query(page): Query<Page>,
) -> Answer<Duties> {
    let (fold, all) = site.completeness(&id, day(&among.as_of)?, &visitor.act).await?;
    let which = which(among)?;
    let found = which.among(&fold, &all)?;
    let duties = page.of(&found).map(|it| Duty::of(&fold, &all, it)).collect();
    Ok(Json(Duties { total: found.len(), as_of: all.as_of, duties }))
}

fn which(it: Among) -> Result<Which> {
    let known = |word: &str| matches!(word, "" | "open") || DutyState::ALL.iter().any(|it| it.word() == word);
    if !known(&it.state) {
        let words: Vec<&str> = DutyState::ALL.iter().map(|it| it.word()).collect();
        let message = format!("“{}” is no state; write open, {}.", it.state, words.join(", "));
        return Err(Error::invalid(message));
    }
    Ok(Which { unit: it.unit, indicator: it.indicator, state: it.state, as_of: it.as_of, offset: 0 })
}

/// One duty explained: what is asked, what counts, what does not and why.
#[utoipa::path(get, path = "/schemes/{scheme}/duties/{requirement}/{unit}/{period}", tag = "schemes",
    params(("scheme" = SchemeId, Path), ("requirement" = RequirementId, Path), ("unit" = UnitId, Path),
        ("period" = String, Path, description = "`once`, or a label such as `2017-03`")),
    responses((status = 200, description = "What was asked for", body = Explained), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn duty(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path((scheme, requirement, unit, period)): Path<(SchemeId, RequirementId, UnitId, String)>,
) -> Answer<Explained> {
    let (fold, all) = site.completeness(&scheme, None, &visitor.act).await?;
    let key = DutyKey { scheme, requirement, unit, period };
    let found = all.duties.iter().find(|it| it.duty.key == key);
    let missing = || Error::not_found("There is no such duty; the scheme or its groups may have changed.");
    Ok(Json(Explained::of(&fold, &all, found.ok_or_else(missing)?, visitor.english)))
}

/// What is still owed, and what was sent and has something amiss: the lines of `check --json` as one object.
#[utoipa::path(get, path = "/schemes/{scheme}/gaps", tag = "schemes",
    params(("scheme" = SchemeId, Path), Whose, Page),
    responses((status = 200, description = "What was asked for", body = Gaps), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn gaps(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<SchemeId>,
    Query(whose): Query<Whose>,
    Query(page): Query<Page>,
) -> Answer<Gaps> {
    let (fold, all) = site.completeness(&id, day(&whose.as_of)?, &visitor.act).await?;
    let unit = Some(whose.unit.trim()).filter(|it| !it.is_empty());
    let unit = unit.map(|it| fold.unit_named(it)).transpose()?;
    let gaps = all.gaps(unit.as_ref());
    let amiss: Vec<_> =
        all.amiss.iter().filter(|it| unit.is_none() || it.unit.as_ref() == unit.as_ref()).collect();
    Ok(Json(Gaps {
        tally: Tally::of(&all, unit.as_ref()),
        total: gaps.len(),
        gaps: page.of(&gaps).map(|it| Duty::of(&fold, &all, it)).collect(),
        amiss_total: amiss.len(),
        amiss: page.of(amiss).map(|it| Amiss::of(it, visitor.english)).collect(),
    }))
}
