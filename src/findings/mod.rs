//! What is amiss with a piece: what its bytes say, held against what is known of it
//! and against the rest of the archive.
//!
//! [`of`] is the one answer to "what is wrong with this?", for the index, the pages, the lists and the dossier. What a
//! claim lacks when it is held against the duties is told where completeness is counted.

use crate::domain::evidence::Evidence;
use crate::domain::finding::Finding;
use crate::ledger::fold::Fold;

mod likeness;

mod own;

/// Returns what is amiss with a piece: errors first, then by code, each finding once.
pub fn of(fold: &Fold, evidence: &Evidence) -> Vec<Finding> {
    let read = fold.readings_of(evidence).flat_map(|(_, it)| it.findings.iter().cloned());
    let mut res: Vec<Finding> = read.collect();
    res.extend(own::findings(fold, evidence));
    res.extend(likeness::findings(fold, evidence));
    res.sort_by(|a, b| a.code.cmp(&b.code).then_with(|| a.detail.cmp(&b.detail)));
    res.dedup();
    res
}
