//! What can happen: the payloads of entries, a closed list.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::duty::{DutyKey, DutyStanding};
use crate::domain::evidence::{Claim, Dated, Evidence, Ruling, Sighting, Standing};
use crate::domain::finding::Code;
use crate::domain::id::{
    Digest, EvidenceId, IndicatorPath, KindCode, RequirementId, SchemeId, SubmissionId, UnitId,
};
use crate::domain::reading::Reading;
use crate::domain::scheme::Scheme;
use crate::domain::submission::{Container, Receipt, Submission, TurnedAway};
use crate::domain::tag::Tag;
use crate::domain::unit::Unit;

/// One thing that happened. Its JSON is the payload of an entry; a name once written is never changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The archive began.
    ArchiveCreated {
        /// The IANA name of the time zone its dates belong to.
        timezone: String,
    },
    /// A unit was added or changed.
    UnitSet {
        /// The unit as it is from now on.
        unit: Unit,
    },
    /// A scheme was imported, new or as a newer version of the same id.
    SchemeImported {
        /// The whole scheme.
        scheme: Box<Scheme>,
    },
    /// A scheme is no longer current; nothing of it is lost.
    SchemeRetired {
        /// Which.
        scheme: SchemeId,
    },
    /// Something was offered at the door. The submission's number is that of this entry.
    SubmissionOpened {
        /// What was offered, as named by who offered it.
        offered: Vec<String>,
    },
    /// A container came with a submission.
    ContainerReceived {
        /// The submission.
        submission: SubmissionId,
        /// The container.
        container: Container,
    },
    /// Files of a submission were turned away at the door.
    TurnedAway {
        /// The submission.
        submission: SubmissionId,
        /// The files, in order.
        files: Vec<TurnedAway>,
    },
    /// A submission came to its end.
    SubmissionClosed {
        /// Which.
        submission: SubmissionId,
        /// What came of it.
        receipt: Receipt,
    },
    /// A piece was filed. Its number is that of this entry, whatever `evidence.id` says.
    Filed {
        /// The piece as filed.
        evidence: Box<Evidence>,
    },
    /// A piece came in again from the same unit.
    Sighted {
        /// Which.
        evidence: EvidenceId,
        /// Where it was seen.
        sighting: Sighting,
        /// What it is said to prove this time; returned and withdrawn claims become pending again.
        claims: Vec<Claim>,
    },
    /// A blob was read.
    Read {
        /// The blob.
        blob: Digest,
        /// What its bytes say.
        reading: Box<Reading>,
    },
    /// A piece was given to a unit.
    Assigned {
        /// Which piece.
        evidence: EvidenceId,
        /// To whom.
        unit: UnitId,
    },
    /// A piece was said to prove a standard.
    Claimed {
        /// Which piece.
        evidence: EvidenceId,
        /// What it is said to prove.
        claim: Claim,
    },
    /// What is known of a piece was corrected.
    Edited {
        /// Which piece.
        evidence: EvidenceId,
        /// What was corrected.
        edit: Edit,
    },
    /// A claim got another standing.
    Judged {
        /// Which piece.
        evidence: EvidenceId,
        /// The scheme of the claim.
        scheme: SchemeId,
        /// The standard of the claim.
        indicator: IndicatorPath,
        /// Its standing from now on.
        standing: Standing,
    },
    /// Something amiss with a piece was decided on.
    Ruled {
        /// Which piece.
        evidence: EvidenceId,
        /// The code of what is amiss.
        code: Code,
        /// What was decided; none opens it again.
        ruling: Option<Ruling>,
    },
    /// Tags were put on a piece or taken off it.
    Tagged {
        /// Which piece.
        evidence: EvidenceId,
        /// Those it did not have.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        add: BTreeSet<Tag>,
        /// Those it had.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        remove: BTreeSet<Tag>,
    },
    /// A claim was described: pinned to a requirement, given a note or pages.
    Described {
        /// Which piece.
        evidence: EvidenceId,
        /// The scheme of the claim.
        scheme: SchemeId,
        /// The standard of the claim.
        indicator: IndicatorPath,
        /// The requirement it is pinned to, none to derive it again.
        requirement: Option<RequirementId>,
        /// 印证说明.
        note: String,
        /// The pages or passage meant.
        pages: String,
    },
    /// A piece became part of another: pages of one piece joined, or the same bytes assigned to the same unit.
    Absorbed {
        /// The piece that remains.
        evidence: EvidenceId,
        /// The piece that is no longer one of its own.
        absorbed: EvidenceId,
    },
    /// Parts left a piece and became one of their own, whose number is that of this entry.
    SplitOff {
        /// The piece they left.
        evidence: EvidenceId,
        /// The parts that left.
        parts: Vec<Digest>,
    },
    /// A duty itself was decided on.
    DutyDecided {
        /// Which.
        duty: DutyKey,
        /// Its standing from now on.
        standing: DutyStanding,
    },
    /// A piece is written down anew as it stands, so that what was written before may be emptied.
    Restated {
        /// The piece as it stands.
        evidence: Box<Evidence>,
    },
    /// A submission is written down anew without the name of a piece, so that what named it may be emptied.
    SubmissionRestated {
        /// The submission as it stands.
        submission: Box<Submission>,
    },
    /// A piece was disposed of: its entries were emptied, its blobs removed unless another piece needs them.
    Disposed {
        /// Which piece.
        evidence: EvidenceId,
        /// By what right; it must not name what was disposed of.
        reason: String,
        /// How many blobs were removed.
        n_blobs: u64,
    },
}

/// Corrections to a piece; what is none stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<KindCode>,
    /// Its 发文字号; empty takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    /// Its issuing body; empty takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Caption elements; an empty text takes one away.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub caption: BTreeMap<String, String>,
    /// Dates as said by a person; each replaces what was said before of its kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<Dated>,
}

impl Event {
    /// The verb by which entries that set a unit are found.
    pub(super) const UNIT_SET: &'static str = "unit_set";

    /// Returns the verb of the event, as in its JSON.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::ArchiveCreated { .. } => "archive_created",
            Self::UnitSet { .. } => Self::UNIT_SET,
            Self::SchemeImported { .. } => "scheme_imported",
            Self::SchemeRetired { .. } => "scheme_retired",
            Self::SubmissionOpened { .. } => "submission_opened",
            Self::ContainerReceived { .. } => "container_received",
            Self::TurnedAway { .. } => "turned_away",
            Self::SubmissionClosed { .. } => "submission_closed",
            Self::Filed { .. } => "filed",
            Self::Sighted { .. } => "sighted",
            Self::Read { .. } => "read",
            Self::Assigned { .. } => "assigned",
            Self::Claimed { .. } => "claimed",
            Self::Edited { .. } => "edited",
            Self::Judged { .. } => "judged",
            Self::Ruled { .. } => "ruled",
            Self::Tagged { .. } => "tagged",
            Self::Described { .. } => "described",
            Self::Absorbed { .. } => "absorbed",
            Self::SplitOff { .. } => "split_off",
            Self::DutyDecided { .. } => "duty_decided",
            Self::Restated { .. } => "restated",
            Self::SubmissionRestated { .. } => "submission_restated",
            Self::Disposed { .. } => "disposed",
        }
    }

    /// Returns the blob the event tells the reading of.
    pub fn blob(&self) -> Option<Digest> {
        if let Self::Read { blob, .. } = self { Some(*blob) } else { None }
    }

    /// Returns the pieces the event speaks of, given the number of its entry.
    pub fn speaks_of(&self, entry: EvidenceId) -> Vec<EvidenceId> {
        match self {
            Self::Filed { .. } => vec![entry],
            Self::SplitOff { evidence, .. } => vec![*evidence, entry],
            Self::Absorbed { evidence, absorbed } => vec![*evidence, *absorbed],
            Self::Restated { evidence } => vec![evidence.id],
            Self::Sighted { evidence, .. }
            | Self::Assigned { evidence, .. }
            | Self::Claimed { evidence, .. }
            | Self::Edited { evidence, .. }
            | Self::Judged { evidence, .. }
            | Self::Ruled { evidence, .. }
            | Self::Tagged { evidence, .. }
            | Self::Described { evidence, .. }
            | Self::Disposed { evidence, .. } => vec![*evidence],
            Self::ArchiveCreated { .. }
            | Self::UnitSet { .. }
            | Self::SchemeImported { .. }
            | Self::SchemeRetired { .. }
            | Self::SubmissionOpened { .. }
            | Self::ContainerReceived { .. }
            | Self::TurnedAway { .. }
            | Self::SubmissionClosed { .. }
            | Self::SubmissionRestated { .. }
            | Self::Read { .. }
            | Self::DutyDecided { .. } => vec![],
        }
    }
}
