//! What is amiss with a piece by itself: its dates, numbers and names held against each other.

use crate::domain::evidence::Evidence;
use crate::domain::finding::Finding;
use crate::ledger::fold::Fold;

pub(super) fn findings(_: &Fold, _: &Evidence) -> Vec<Finding> {
    vec![]
}
