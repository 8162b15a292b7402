//! What is amiss with a piece: what its bytes say, held against what is known of it
//! and against the rest of the archive.
//!
//! [`of`] is the one answer to "what is wrong with this?", for the index, the pages, the lists and the dossier, and
//! [`told`] the same with what people decided about it. What a claim lacks when it is held against the duties is told
//! where completeness is counted.

use crate::domain::evidence::{Evidence, Ruling};
use crate::domain::finding::Finding;
use crate::ledger::fold::Fold;

mod leaning;

mod likeness;

mod own;

mod pages;

pub use leaning::{BESIDE, leaning};

/// Returns what is amiss with a piece: errors first, then by code, each finding once.
pub fn of(fold: &Fold, evidence: &Evidence) -> Vec<Finding> {
    let read = fold.readings_of(evidence).flat_map(|(_, it)| it.findings.iter().cloned());
    let mut res: Vec<Finding> = read.collect();
    res.extend(own::findings(fold, evidence));
    res.extend(likeness::findings(fold, evidence));
    res.extend(pages::findings(fold, evidence));
    res.sort_by(|a, b| a.code.cmp(&b.code).then_with(|| a.detail.cmp(&b.detail)));
    res.dedup();
    res
}

/// A finding with what was decided about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told<'a> {
    /// What is amiss.
    pub finding: Finding,
    /// What was decided about just this.
    pub ruling: Option<&'a Ruling>,
}

impl Told<'_> {
    /// Returns whether nobody has said yet that the piece serves all the same.
    pub fn is_open(&self) -> bool {
        self.ruling.is_none_or(|it| !it.fit)
    }

    /// Returns whether it keeps the piece out of dossiers.
    pub fn holds(&self) -> bool {
        match self.ruling {
            Some(ruling) => !ruling.fit,
            None => self.finding.code.holds(),
        }
    }
}

/// Returns what is amiss with a piece, each with what was decided about it. A ruling on other particulars is none: what
/// was found since is decided anew.
pub fn told<'a>(fold: &Fold, evidence: &'a Evidence) -> Vec<Told<'a>> {
    let ruled = |finding: &Finding| {
        let of = |it: &&Ruling| it.code == finding.code && it.details.contains(&finding.detail);
        evidence.rulings.iter().find(of)
    };
    of(fold, evidence).into_iter().map(|it| Told { ruling: ruled(&it), finding: it }).collect()
}

#[cfg(test)]
mod likeness_tests;
