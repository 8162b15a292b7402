//! Counts of a plan, for who is about to hand it over.

use std::collections::BTreeMap;

use crate::dossier::manifest::{Manifest, Standing};

/// Counts of a plan, for its preview.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Pieces accepted for all they are in for.
    pub accepted: usize,
    /// Pieces with a pending proof.
    pub pending: usize,
    /// Files.
    pub files: usize,
    /// Pieces of each kind.
    pub kinds: BTreeMap<String, usize>,
    /// Duties still open.
    pub open: usize,
    /// Pieces still to be accepted for them.
    pub gap: u64,
    /// Pieces held back.
    pub withheld: usize,
}

/// Counts a plan.
pub fn preview(manifest: &Manifest) -> Preview {
    let mut res = Preview { withheld: manifest.withheld.len(), ..Preview::default() };
    for piece in &manifest.pieces {
        let pending = piece.proofs.iter().any(|it| it.standing == Standing::Pending);
        *(if pending { &mut res.pending } else { &mut res.accepted }) += 1;
        res.files += piece.parts.len();
        *res.kinds.entry(piece.kind.clone()).or_default() += 1;
    }
    for row in manifest.duties.iter().filter(|it| it.state.is_open()) {
        res.open += 1;
        res.gap += u64::from(row.gap);
    }
    res
}
