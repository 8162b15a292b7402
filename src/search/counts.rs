//! Counts that one piece alone cannot tell: how claims on a standard stand, where a piece claims several.

use std::collections::BTreeMap;

use crate::domain::evidence::Standing;
use crate::error::Result;
use crate::index::fold::folded;
use crate::index::{Asked, Facet, Found, Index, Narrowing, Want};

/// Counts tags that are spelled alike but for script and width as one, by the spelling most pieces have: a filter on any
/// of them finds all.
pub(super) fn of_tags(found: &mut Found) {
    let Some(facet) = found.facets.iter_mut().find(|it| it.field == "tag") else { return };
    let mut counts: BTreeMap<String, (String, u64)> = BTreeMap::new();
    // Most first, so that the first spelling met is the one to keep.
    for (tag, n_hits) in std::mem::take(&mut facet.counts) {
        counts.entry(folded(&tag)).or_insert((tag, 0)).1 += n_hits;
    }
    let mut counts: Vec<(String, u64)> = counts.into_values().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    facet.counts = counts;
}

/// Counts states anew where hits are narrowed to standards: a state then means that of a claim on one of these, as it
/// does once it is asked for too.
pub(super) fn of_claims(index: &Index, asked: &Asked, found: &mut Found) -> Result<()> {
    let Want::All(wants) = &asked.want else { return Ok(()) };
    let claims = wants.iter().find_map(|it| match it {
        Want::In(narrowing) if narrowing.indicators.is_some() => Some(narrowing),
        _ => None,
    });
    let Some(claims) = claims else { return Ok(()) };
    let chosen = |state: &&str| claims.states.as_ref().is_none_or(|it| it.iter().any(|it| it == state));
    let mut counts: Vec<(String, u64)> = Vec::new();
    for state in Standing::all_words().into_iter().filter(chosen) {
        let standing = Narrowing {
            indicators: claims.indicators.clone(),
            states: Some(vec![state.to_owned()]),
            ..Narrowing::default()
        };
        let want = Want::All(vec![asked.want.clone(), Want::In(Box::new(standing))]);
        let n_hits = index.count_of(&Asked { want, scope: asked.scope.clone() }, found.near > 0)?;
        if n_hits > 0 {
            counts.push((state.to_owned(), n_hits as u64));
        }
    }
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    if let Some(facet) = found.facets.iter_mut().find(|it: &&mut Facet| it.field == "state") {
        facet.counts = counts;
    }
    Ok(())
}
