//! What is like something: other material like a piece, and material that may answer a duty that is still open.

use std::sync::Arc;

use crate::archive::Archive;
use crate::domain::actor::Scope;
use crate::domain::evidence::{Evidence, Standing};
use crate::domain::id::{IndicatorPath, SchemeId};
use crate::domain::scheme::{Requirement, Scheme};
use crate::error::Result;
use crate::index::query::Term;
use crate::index::{Asked, Narrowing, Sort, Want};
use crate::ledger::fold::Fold;
use crate::search::resolve::seen;

/// Characters of a text that are taken for what it is about.
const ABOUT: usize = 240;

/// Returns the pieces most like one, likest first.
///
/// # Errors
/// `Unavailable` where the index is not ready; those of the store.
pub async fn like(
    archive: &Arc<Archive>,
    scope: &Scope,
    piece: &Arc<Evidence>,
    limit: usize,
) -> Result<Vec<Arc<Evidence>>> {
    let (own, texts) = (piece.id, (Arc::clone(archive), Arc::clone(piece)));
    let read = move || -> Result<String> {
        let (archive, piece) = texts;
        let mut about = piece.title.clone();
        for part in &piece.parts {
            let text = archive.text(&part.blob.sha256)?;
            about.push(' ');
            about.extend(text.chars().take(ABOUT.saturating_sub(about.chars().count())));
        }
        Ok(about)
    };
    let about = archive.asking(read).await?;
    let asked = Asked { want: Want::Text(question(about)), scope: seen(scope) };
    let mut found = find(archive, asked, limit + 1).await?;
    found.retain(|it| it.id != own && scope.sees(it));
    found.truncate(limit);
    Ok(found)
}

/// An open duty that something may answer.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The scheme.
    pub scheme: &'a Scheme,
    /// The standard.
    pub indicator: &'a IndicatorPath,
    /// What it asks for.
    pub requirement: &'a Requirement,
    /// The units whose material may count, as ids.
    pub units: &'a [crate::domain::id::UnitId],
}

/// Returns material that may answer a duty, likeliest first by the standard's own words: of the kinds it asks for, from the
/// units that owe it or not yet given to any, and not said to prove the standard already.
///
/// # Errors
/// As [`like`].
pub async fn answering(
    archive: &Arc<Archive>,
    scope: &Scope,
    wanted: Wanted<'_>,
    limit: usize,
) -> Result<Vec<Arc<Evidence>>> {
    let Wanted { scheme, indicator, requirement, units } = wanted;
    let standard = scheme.indicator(indicator);
    let words = standard.map(|it| format!("{} {}", it.title, it.text)).unwrap_or_default();
    let about = format!("{} {words}", requirement.title);
    let mut owners: Vec<String> = units.iter().map(|it| it.as_str().to_owned()).collect();
    owners.push("-".into());
    let fits = Narrowing {
        units: Some(owners),
        kinds: Some(requirement.kinds.iter().map(|it| it.as_str().to_owned()).collect())
            .filter(|it: &Vec<String>| !it.is_empty()),
        ..Narrowing::default()
    };
    let claimed =
        Narrowing { indicators: Some(vec![(scheme.id.clone(), indicator.clone())]), ..Narrowing::default() };
    let want = Want::All(vec![
        Want::Text(question(about)),
        Want::In(Box::new(fits)),
        Want::Not(Box::new(Want::In(Box::new(claimed)))),
    ]);
    let mut found = find(archive, Asked { want, scope: seen(scope) }, limit * 4).await?;
    found.retain(|it| scope.sees(it) && !is_taken_back(it, &scheme.id, indicator));
    found.truncate(limit);
    Ok(found)
}

/// What was taken back from a standard is not offered for it again.
fn is_taken_back(piece: &Evidence, scheme: &SchemeId, indicator: &IndicatorPath) -> bool {
    piece.claim(scheme, indicator).is_some_and(|it| matches!(it.standing, Standing::Withdrawn { .. }))
}

/// A text as a question: found in part, ranked by how much of it is found.
fn question(about: String) -> Term {
    Term { text: about.chars().take(ABOUT).collect(), ..Term::default() }
}

async fn find(archive: &Arc<Archive>, asked: Asked, limit: usize) -> Result<Vec<Arc<Evidence>>> {
    let fold: Arc<Fold> = archive.fold().await?;
    let index = archive.index().await?;
    let work = move || -> Result<Vec<Arc<Evidence>>> {
        let found = index.search(&asked, (0, limit), Sort::Relevance)?;
        Ok(found.hits.iter().filter_map(|it| fold.current(it.evidence).cloned()).collect())
    };
    archive.asking(work).await
}
