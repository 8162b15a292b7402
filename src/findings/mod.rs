//! What is amiss with a piece: what its bytes say, held against what is known of it
//! and against the rest of the archive.
//!
//! [`of`] is the one answer to "what is wrong with this?", for the index, the pages, the lists and the dossier, and
//! [`told`] the same with what people decided about it; [`hold`] says what keeps it out of dossiers. What a claim lacks when it is held against the duties is told
//! where completeness is counted.

use crate::domain::evidence::{Evidence, Ruling};
use crate::domain::finding::Finding;
use crate::ledger::fold::Fold;

mod leaning;

mod likeness;

mod own;

mod pages;

pub use leaning::{BESIDE, BY_NAMES, leaning, leaning_on_names};

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
    let ruled = |finding: &Finding| evidence.rulings.iter().find(|it| is_on(it, finding));
    of(fold, evidence).into_iter().map(|it| Told { ruling: ruled(&it), finding: it }).collect()
}

/// Whether a ruling speaks of a finding: one that frees a piece of just what was found then, one that keeps it back
/// whatever its particulars are by now.
fn is_on(ruling: &Ruling, finding: &Finding) -> bool {
    ruling.code == finding.code && (!ruling.fit || ruling.details.contains(&finding.detail))
}

/// Why a piece is kept out of dossiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hold<'a> {
    /// A person decided so; it stays out until that is taken back.
    Decided(&'a Ruling),
    /// A part of it was not read yet, so nobody knows what stands in it.
    Unread,
    /// Something was found that a person has to decide on.
    Open(Finding),
}

/// Returns why a piece is kept out of dossiers, if it is.
pub fn hold<'a>(fold: &Fold, evidence: &'a Evidence) -> Option<Hold<'a>> {
    if let Some(ruling) = evidence.rulings.iter().find(|it| !it.fit) {
        return Some(Hold::Decided(ruling));
    }
    if evidence.parts.iter().any(|it| !fold.readings.contains_key(&it.blob.sha256)) {
        return Some(Hold::Unread);
    }
    let read = fold.readings_of(evidence).flat_map(|(_, it)| it.findings.iter().cloned());
    let open = |it: &Finding| it.code.holds() && !evidence.rulings.iter().any(|ruling| is_on(ruling, it));
    read.chain(own::named(evidence)).find(open).map(Hold::Open)
}

#[cfg(test)]
mod likeness_tests;
