//! What is amiss: findings with their words, and claims that count for nothing because of them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::completeness;
use crate::domain::evidence::Evidence;
use crate::domain::finding::{self, Code, Severity};
use crate::domain::id::{EvidenceId, IndicatorPath, UnitId};
use crate::findings::Told;

/// One thing amiss, in words, with what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = WordedFinding)]
pub struct Finding {
    /// The stable code.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// What is amiss, in the language asked for.
    pub message: &'static str,
    /// Particulars such as a name, a page or a share; may be empty.
    pub detail: String,
    /// What to do, in the language asked for.
    pub remedy: &'static str,
}

impl Finding {
    /// Puts a finding in words.
    pub fn of(it: &finding::Finding, english: bool) -> Self {
        Self {
            code: it.code,
            severity: it.code.severity(),
            message: it.code.sentence(english),
            detail: it.detail.clone(),
            remedy: it.code.remedy(english),
        }
    }
}

/// Puts findings in words.
pub fn findings<'a>(all: impl IntoIterator<Item = &'a finding::Finding>, english: bool) -> Vec<Finding> {
    all.into_iter().map(|it| Finding::of(it, english)).collect()
}

/// A finding with what was decided about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = JudgedFinding)]
pub struct Judged {
    /// What is amiss.
    #[serde(flatten)]
    pub finding: Finding,
    /// Whether the piece may be handed over all the same, where somebody decided.
    pub fit: Option<bool>,
    /// Why.
    pub reason: Option<String>,
    /// Who decided.
    pub by: Option<String>,
    /// Whether it keeps the piece out of dossiers.
    pub holds: bool,
}

impl Judged {
    /// Puts a finding and its ruling in words.
    pub fn of(it: &Told, english: bool) -> Self {
        Self {
            finding: Finding::of(&it.finding, english),
            fit: it.ruling.map(|it| it.fit),
            reason: it.ruling.map(|it| it.reason.clone()),
            by: it.ruling.map(|it| it.by.clone()),
            holds: it.holds(),
        }
    }
}

/// A piece with what is amiss with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Doubtful {
    /// The piece.
    pub evidence: EvidenceId,
    /// Its unit.
    pub unit: Option<UnitId>,
    /// Its title.
    pub title: String,
    /// What is amiss.
    pub findings: Vec<Judged>,
}

impl Doubtful {
    /// Tells of a piece.
    pub fn of(piece: &Evidence, told: &[Told], english: bool) -> Self {
        Self {
            evidence: piece.id,
            unit: piece.unit.clone(),
            title: piece.title.clone(),
            findings: told.iter().map(|it| Judged::of(it, english)).collect(),
        }
    }
}

/// A claim with something amiss when it is held against the duties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Amiss {
    /// The piece.
    pub evidence: EvidenceId,
    /// Its unit.
    pub unit: Option<UnitId>,
    /// The standard it is said to prove.
    pub standard: IndicatorPath,
    /// Whether it counts for a duty all the same.
    pub counts: bool,
    /// What is amiss.
    pub findings: Vec<Finding>,
}

impl Amiss {
    /// Tells of a claim.
    pub fn of(it: &completeness::Amiss, english: bool) -> Self {
        Self {
            evidence: it.evidence,
            unit: it.unit.clone(),
            standard: it.indicator.clone(),
            counts: !it.counts_not,
            findings: vec![Finding::of(&it.finding, english)],
        }
    }
}
