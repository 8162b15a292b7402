//! What a dossier would hold, what it lacks and what is held back.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::id::{Digest, EntryId};
use crate::dossier::layout::Layout;
use crate::dossier::manifest::Withheld;
use crate::dossier::preview::preview;

/// The plan of a dossier.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = DossierPlan)]
pub struct Plan {
    /// The name of the zip.
    pub file: String,
    /// Its exact length.
    pub bytes: u64,
    /// The digest of the sworn list, which fixes every byte.
    pub seal: Digest,
    /// The title on the cover.
    pub title: String,
    /// Pieces accepted for all they are in for.
    pub accepted: usize,
    /// Pieces with a pending proof, which are marked.
    pub pending: usize,
    /// Files.
    pub files: usize,
    /// Pieces of each kind, by its word.
    pub kinds: BTreeMap<String, usize>,
    /// Duties still open.
    pub open: usize,
    /// Pieces still to be accepted for them.
    pub gap: u64,
    /// What is held back, and why.
    pub withheld: Vec<Withheld>,
    /// The entry of the ledger it was planned at.
    pub entry: EntryId,
}

impl From<&Layout> for Plan {
    fn from(layout: &Layout) -> Self {
        let (manifest, it) = (layout.manifest(), preview(layout.manifest()));
        Self {
            file: layout.file_name(),
            bytes: layout.total_bytes(),
            seal: *layout.seal(),
            title: manifest.title.clone(),
            accepted: it.accepted,
            pending: it.pending,
            files: it.files,
            kinds: it.kinds,
            open: it.open,
            gap: it.gap,
            withheld: manifest.withheld.clone(),
            entry: manifest.entry,
        }
    }
}

/// The plan of a dossier with where it is downloaded.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = DossierDownload)]
pub struct Download {
    /// The plan.
    #[serde(flatten)]
    pub plan: Plan,
    /// The instant it is of; the same instant gives the same bytes.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The path of the zip on this server; any range of it may be asked for.
    pub download: String,
}
