//! What came of an intake: a line a file, and the receipt.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::archive::filing;
use crate::domain::id::{Digest, EntryId, EvidenceId, SubmissionId, UnitId};
use crate::domain::submission::{Filing, SentBack};
use crate::web::shapes::doubts::{Finding, findings};

/// What came of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IntakeLine)]
pub struct Line {
    /// The path it was offered with; members of containers as `a.zip/b/c.jpg`.
    pub path: String,
    /// What came of it.
    #[schema(value_type = Filing)]
    pub verdict: &'static str,
    /// The piece it is part of.
    pub evidence: Option<EvidenceId>,
    /// The digest of its bytes.
    pub sha256: Option<Digest>,
    /// Their number.
    pub bytes: u64,
    /// The unit recognised.
    pub unit: Option<UnitId>,
    /// The standard recognised, as its path.
    pub standard: Option<String>,
    /// What the intake itself sees amiss.
    pub findings: Vec<Finding>,
    /// What had been returned of the piece when its bytes came again; left out where nothing had.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sent_back: Vec<SentBack>,
    /// The raw bytes of the path in base64, where they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_raw: Option<String>,
}

impl Line {
    /// Tells of one file.
    pub fn of(it: &filing::Line, english: bool) -> Self {
        Self {
            path: it.path.clone(),
            verdict: it.filing.word(),
            evidence: it.evidence,
            sha256: it.sha256,
            bytes: it.bytes,
            unit: it.unit.clone(),
            standard: it.standard.as_ref().map(|it| it.1.to_string()),
            findings: findings(&it.findings, english),
            sent_back: it.sent_back.clone(),
            path_raw: it.path_raw.clone(),
        }
    }
}

/// What a submission brought about, with the end of the ledger that holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IntakeReceipt)]
pub struct Received {
    /// The submission.
    pub submission: SubmissionId,
    /// How many files had each outcome.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub counts: BTreeMap<Filing, u64>,
    /// Bytes of the files the archive holds now.
    pub bytes: u64,
    /// How many of those have no unit yet.
    pub unassigned: u64,
    /// SHA-256 over the digests of the files held, in the order filed, each as 64 hex digits and a line break.
    pub list_sha256: Option<Digest>,
    /// Whether it was broken off before its end.
    pub broken_off: bool,
    /// The last entry of the ledger.
    pub entry: EntryId,
    /// Its hash.
    pub hash: Digest,
}

impl From<&filing::Filed> for Received {
    fn from(filed: &filing::Filed) -> Self {
        let it = &filed.receipt;
        Self {
            submission: filed.submission,
            counts: it.counts.clone(),
            bytes: it.bytes,
            unassigned: it.unassigned,
            list_sha256: it.list_sha256,
            broken_off: it.broken_off,
            entry: filed.head.entry,
            hash: filed.head.hash,
        }
    }
}

/// A whole intake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Intake {
    /// A line a file, in the order filed.
    pub lines: Vec<Line>,
    /// The receipt.
    pub receipt: Received,
}
