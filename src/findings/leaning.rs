//! Which pieces lean on others: what is amiss with them may change when those come, change or go.

use std::collections::BTreeSet;

use crate::domain::evidence::Evidence;
use crate::domain::finding::Code;
use crate::domain::id::EvidenceId;
use crate::findings::{likeness, own, pages};
use crate::ledger::fold::Fold;

/// Findings on a piece that tell of others.
pub const BESIDE: [Code; 7] = [Code::W07, Code::W08, Code::W11, Code::W12, Code::W23, Code::W26, Code::I05];

/// Findings that hang on how units are called, and which is part of which.
pub const BY_NAMES: [Code; 2] = [Code::W03, Code::W31];

/// Returns the pieces of which something else is told since units are called otherwise. `bears` as for [`leaning`].
pub fn leaning_on_names(
    fold: &Fold,
    bears: impl Fn(EvidenceId, Code) -> bool,
) -> impl Iterator<Item = EvidenceId> {
    let differs = move |it: &&std::sync::Arc<Evidence>| {
        let told: BTreeSet<Code> = own::by_names(fold, it).map(|it| it.code).collect();
        BY_NAMES.iter().any(|code| told.contains(code) != bears(it.id, *code))
    };
    fold.evidence.values().filter(differs).map(|it| it.id)
}

/// Of so many that are alike each may owe its finding to any one; of more it has others to owe it to.
const FEW: usize = 20;

/// Returns the pieces beside those touched that may have to be told of anew. `bears` says whether a finding is told of a
/// piece already.
pub fn leaning(
    fold: &Fold,
    touched: &BTreeSet<EvidenceId>,
    bears: impl Fn(EvidenceId, Code) -> bool,
) -> BTreeSet<EvidenceId> {
    let mut res = BTreeSet::new();
    for evidence in touched.iter().filter_map(|it| fold.evidence.get(it)) {
        let groups = [
            (Code::W26, likeness::of_same_bytes(fold, evidence)),
            (Code::W07, likeness::of_same_photos(fold, evidence)),
            (Code::W08, likeness::of_same_texts(fold, evidence)),
        ];
        for (code, others) in groups {
            let few = others.len() <= FEW;
            res.extend(others.into_iter().filter(|it| few || gains(fold, evidence, (*it, code), &bears)));
        }
        res.extend(own::leaning(fold, evidence));
        res.extend(pages::leaning(fold, evidence));
    }
    res.extend(numbered_alike(fold, touched));
    // Whom those that are gone stood beside can no longer be seen.
    let gone = |it: &&EvidenceId| !fold.evidence.contains_key(it);
    if touched.iter().filter(gone).any(|it| BESIDE.iter().any(|code| bears(*it, *code))) {
        let told = fold.evidence.keys().filter(|it| BESIDE.iter().any(|code| bears(**it, *code)));
        res.extend(told.copied());
    }
    res.retain(|it| !touched.contains(it));
    res
}

/// Whether a piece that is not told of for it yet may be now, because of the one beside it.
fn gains(
    fold: &Fold,
    evidence: &Evidence,
    (id, code): (EvidenceId, Code),
    bears: &impl Fn(EvidenceId, Code) -> bool,
) -> bool {
    let Some(other) = fold.evidence.get(&id) else { return false };
    match code {
        Code::W07 => !bears(id, code) && likeness::is_elsewhere(fold, evidence, other),
        Code::W26 => !bears(id, code) && evidence.unit != other.unit,
        _ => !bears(id, Code::W08) && !bears(id, Code::W23),
    }
}

/// Pieces of which a person said the number that one of those touched bears.
fn numbered_alike(fold: &Fold, touched: &BTreeSet<EvidenceId>) -> Vec<EvidenceId> {
    let pieces = touched.iter().filter_map(|it| fold.evidence.get(it));
    let read =
        pieces.flat_map(|it| fold.readings_of(it)).filter_map(|it| it.1.facts.document_number.as_ref());
    let numbers: BTreeSet<&String> = read.collect();
    if numbers.is_empty() {
        return vec![];
    }
    let said =
        |it: &&std::sync::Arc<Evidence>| it.document_number.as_ref().is_some_and(|it| numbers.contains(it));
    fold.evidence.values().filter(said).map(|it| it.id).collect()
}
