//! Pieces as typed on the command line: numbers and ranges.

use clap::Args;

use crate::domain::id::EvidenceId;
use crate::error::{Error, Result};
use crate::ledger::fold::Fold;

/// Pieces, as numbers or ranges.
#[derive(Debug, Args)]
pub(super) struct Pieces {
    /// Numbers of evidence, such as 12 or '#12', or ranges such as 12-15
    #[arg(required = true, value_name = "EVIDENCE")]
    pub(super) pieces: Vec<String>,
}

impl Pieces {
    /// The numbers, ranges written out.
    pub(super) fn ids(&self) -> Result<Vec<EvidenceId>> {
        let mut res = Vec::new();
        for text in self.pieces.iter().flat_map(|it| it.split(',')).filter(|it| !it.is_empty()) {
            match text.split_once('-') {
                None => res.push(text.parse()?),
                Some((from, to)) => {
                    let (from, to): (EvidenceId, EvidenceId) = (from.parse()?, to.parse()?);
                    if from > to || to.0 - from.0 > 100_000 {
                        return Err(Error::invalid(format!("“{text}” is not a range such as 12-15.")));
                    }
                    res.extend((from.0..=to.0).map(EvidenceId));
                }
            }
        }
        Ok(res)
    }

    /// The numbers; of a range only those that are evidence.
    pub(super) fn among(&self, fold: &Fold) -> Result<Vec<EvidenceId>> {
        let ids = self.ids()?;
        let ranged = self.pieces.iter().any(|it| it.contains('-'));
        let known: Vec<EvidenceId> =
            ids.iter().copied().filter(|it| !ranged || fold.evidence.contains_key(it)).collect();
        if known.is_empty() {
            return Err(Error::not_found(
                "There is no evidence with these numbers; look it up with `juanzong search`.",
            ));
        }
        Ok(known)
    }
}
