//! What is amiss with a piece by itself: its dates, numbers and names held against each other and against its unit.
//!
//! Each rule looks at the piece, at what was read of it, and at most at the pieces that came in beside it, because it is
//! asked of every piece when the index is built.

use crate::domain::evidence::{Evidence, Provenance};
use crate::domain::finding::Finding;
use crate::domain::id::EvidenceId;
use crate::extract;
use crate::ledger::fold::Fold;

mod days;
mod names;
mod papers;
mod pictures;
mod rows;
mod units;

#[cfg(test)]
mod world;

pub(super) use papers::by_names;

pub(super) fn findings(fold: &Fold, evidence: &Evidence) -> Vec<Finding> {
    let mut res = Vec::new();
    names::findings(evidence, &mut res);
    res.extend(named(evidence));
    res.extend(units::findings(fold, evidence));
    days::findings(fold, evidence, &mut res);
    papers::findings(fold, evidence, &mut res);
    pictures::findings(fold, evidence, &mut res);
    res.extend(rows::gap(fold, evidence));
    res
}

/// Returns what its title, its caption and the names of its files give away, which stand in every list.
pub(super) fn named(evidence: &Evidence) -> Vec<Finding> {
    let names = evidence.parts.iter().map(|it| &it.name);
    let mut res: Vec<Finding> = names
        .chain([&evidence.title])
        .chain(evidence.caption.values())
        .flat_map(|it| extract::given_away(it))
        .collect();
    res.sort_by(|a, b| (a.code, &a.detail).cmp(&(b.code, &b.detail)));
    res.dedup();
    res
}

/// Returns the pieces filed just before and after one that tell of what lies beside them: attachments that are missing,
/// pages that are.
pub(super) fn leaning<'a>(fold: &'a Fold, evidence: &'a Evidence) -> impl Iterator<Item = EvidenceId> {
    let leans = |it: &&Evidence| papers::names_attachments(fold, it) || rows::is_in_one(it);
    beside(fold, evidence).filter(leans).map(|it| it.id)
}

/// Returns the pieces of the same unit that were filed just before and after, nearest first on each side.
fn beside<'a>(fold: &'a Fold, evidence: &'a Evidence) -> impl Iterator<Item = &'a Evidence> {
    const EACH_SIDE: usize = 60;
    let before = fold.evidence.before(evidence.id).take(EACH_SIDE);
    let after = fold.evidence.from(evidence.id).skip_while(|it| *it.0 == evidence.id).take(EACH_SIDE);
    before.chain(after).map(|it| it.1.as_ref()).filter(|it| it.unit == evidence.unit)
}

/// Whether a person has said a date of the piece, and with it decided what others contradict.
fn is_decided(evidence: &Evidence) -> bool {
    evidence.dates.iter().any(|it| it.provenance == Provenance::Person)
}
