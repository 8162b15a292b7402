//! The archive as a whole: how it is, its schemes, units and submissions; and what is said of an act that did not happen.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::actor::Scope;
use crate::domain::id::{Digest, EntryId, SchemeId, SubmissionId, UnitId};
use crate::domain::submission::{Head, Receipt, Submission};
use crate::domain::unit::Unit;
use crate::ledger::fold::{Fold, Imported};
use crate::web::pages::unassigned::is_lost;
use crate::web::shapes::duties::Tally;
use crate::web::shapes::pieces::Pieces;

/// An act that did not happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Refusal {
    /// Why.
    pub error: Reason,
}

/// Why an act did not happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reason {
    /// `invalid`, `notfound`, `conflict`, `denied`, `toolarge`, `unsupported`, `corrupt`, `unavailable` or `internal`.
    pub kind: String,
    /// What is wrong and what to do, in words.
    pub message: String,
}

/// What the archive holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Status {
    /// The last entry of the ledger.
    pub entry: EntryId,
    /// Its hash.
    pub hash: Digest,
    /// The IANA name of the time zone its dates belong to.
    pub timezone: String,
    /// The schemes that are current, newest id first.
    pub schemes: Vec<SchemeId>,
    /// How many units.
    pub units: usize,
    /// How many pieces.
    pub evidence: usize,
    /// How many of them have no unit yet, or prove nothing yet.
    pub unassigned: usize,
    /// Bytes of their files.
    pub bytes: u64,
    /// How many files, the same bytes counted once.
    pub blobs: usize,
    /// How many of them were read.
    pub read: usize,
    /// Bytes free on the disk, where it says so.
    pub free_bytes: Option<u64>,
}

impl Status {
    /// Counts what someone may see of an archive.
    pub fn of(fold: &Fold, head: Head, scope: &Scope, free_bytes: Option<u64>) -> Self {
        let seen = || fold.evidence.values().filter(|it| scope.sees(it));
        Self {
            entry: head.entry,
            hash: head.hash,
            timezone: fold.timezone.clone(),
            schemes: fold.current_schemes().map(|it| it.id.clone()).collect(),
            units: fold.units.0.iter().filter(|it| scope.holds(Some(&it.id))).count(),
            evidence: seen().count(),
            unassigned: seen().filter(|it| is_lost(it)).count(),
            bytes: seen().map(|it| it.bytes()).sum(),
            blobs: fold.blobs().len(),
            read: fold.readings.len(),
            free_bytes,
        }
    }
}

/// What the archive holds and what the server is doing besides answering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Serving {
    /// What the archive holds.
    #[serde(flatten)]
    pub status: Status,
    /// `nothing`, `reading`, `indexing`, `elsewhere` where another process does it, or `failed` before it is tried again.
    pub doing: &'static str,
    /// How many files or pieces are left, as far as that is known.
    pub left: Option<usize>,
}

/// A scheme in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SchemeRow {
    /// Its id.
    pub scheme: SchemeId,
    /// Its title.
    pub title: String,
    /// Whether it is current.
    pub current: bool,
    /// How many standards it has.
    pub standards: usize,
}

impl From<&Imported> for SchemeRow {
    fn from(it: &Imported) -> Self {
        Self {
            scheme: it.scheme.id.clone(),
            title: it.scheme.title.clone(),
            current: !it.retired,
            standards: it.scheme.standards().count(),
        }
    }
}

/// Every scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Schemes {
    /// How many there are.
    pub total: usize,
    /// The schemes by id.
    pub schemes: Vec<SchemeRow>,
}

/// A page of the list of units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Units {
    /// How many there are in all.
    pub total: usize,
    /// The page.
    pub units: Vec<Unit>,
}

/// A unit with how it stands and what it sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OneUnit {
    /// The unit.
    pub unit: Unit,
    /// Its departments.
    pub departments: Vec<UnitId>,
    /// How it stands under each current scheme.
    pub duties: Vec<Tally>,
    /// What it sent, the latest first.
    #[serde(flatten)]
    pub sent: Pieces,
}

/// A submission in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubmissionRow {
    /// Its number.
    pub submission: SubmissionId,
    /// What was offered, as named by who offered it.
    pub offered: Vec<String>,
    /// Who offered it.
    pub by: String,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// What came of it; none while it runs, or where it was broken off.
    pub receipt: Option<Receipt>,
}

impl From<&Submission> for SubmissionRow {
    fn from(it: &Submission) -> Self {
        Self {
            submission: it.id,
            offered: it.offered.clone(),
            by: it.by.clone(),
            opened_at: it.opened_at,
            receipt: it.receipt.clone(),
        }
    }
}

/// A page of the list of submissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Submissions {
    /// How many there are in all.
    pub total: usize,
    /// The page, the latest first.
    pub submissions: Vec<SubmissionRow>,
}

/// A submission with what was filed of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OneSubmission {
    /// The submission.
    pub submission: Submission,
    /// What was filed of it.
    #[serde(flatten)]
    pub filed: Pieces,
}
