//! Pieces: in a list, whole with everything known of them, and their text and history.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::evidence::{Claim, Dated, Evidence};
use crate::domain::id::{Digest, EntryId, EvidenceId, KindCode, UnitId};
use crate::domain::reading::{Facts, Reading as Read};
use crate::domain::tag::Tag;
use crate::extract;
use crate::findings::told;
use crate::ledger::entry::Entry;
use crate::ledger::fold::Fold;
use crate::web::shapes::doubts::{Amiss, Finding, Judged, findings};

/// A piece in a few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Brief {
    /// Its number.
    pub evidence: EvidenceId,
    /// The digest of its first part.
    pub sha256: Option<Digest>,
    /// Its title.
    pub title: String,
    /// The file name of its first part.
    pub name: Option<String>,
    /// The unit it is from; none while unassigned.
    pub unit: Option<UnitId>,
    /// The codes of the standards it is said to prove, from the root down, as printed.
    pub standards: Vec<String>,
    /// The word of the standing of each claim.
    pub state: Vec<&'static str>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

impl Brief {
    /// Tells of a piece.
    pub fn of(fold: &Fold, it: &Evidence) -> Self {
        let code = |it: &Claim| fold.scheme(&it.scheme).map(|scheme| scheme.full_code(&it.indicator));
        Self {
            evidence: it.id,
            sha256: it.first().map(|it| it.blob.sha256),
            title: it.title.clone(),
            name: it.first().map(|it| it.name.clone()),
            unit: it.unit.clone(),
            standards: it.claims.iter().filter_map(code).collect(),
            state: it.claims.iter().map(|it| it.standing.word()).collect(),
            tags: it.tags.iter().cloned().collect(),
        }
    }
}

/// A piece in a list, with where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Listed {
    /// The piece.
    #[serde(flatten)]
    pub brief: Brief,
    /// Its kind.
    pub kind: KindCode,
    /// The path it first came with.
    pub path: String,
    /// When it was filed.
    #[schema(value_type = String, format = DateTime)]
    pub filed_at: Timestamp,
    /// Who filed it.
    pub filed_by: String,
}

impl Listed {
    /// Tells of a piece.
    pub fn of(fold: &Fold, it: &Evidence) -> Self {
        Self {
            brief: Brief::of(fold, it),
            kind: it.kind.clone(),
            path: it.sightings.first().map(|it| it.path.clone()).unwrap_or_default(),
            filed_at: it.filed_at,
            filed_by: it.filed_by.clone(),
        }
    }
}

/// A page of a list of pieces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pieces {
    /// How many there are in all.
    pub total: usize,
    /// The page.
    pub pieces: Vec<Listed>,
}

impl Pieces {
    /// Tells of all of them.
    pub fn all(fold: &Fold, pieces: &[Arc<Evidence>]) -> Self {
        Self { total: pieces.len(), pieces: pieces.iter().map(|it| Listed::of(fold, it)).collect() }
    }
}

/// What the bytes of a part say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reading {
    /// How the reading ended: `ok`, `partial`, `encrypted`, `corrupt`, `unsupported`, `timeout`, `oom` or `crash`.
    pub status: &'static str,
    /// What was read.
    pub facts: Facts,
    /// What is amiss.
    pub findings: Vec<Finding>,
}

impl Reading {
    fn of(it: &Read, english: bool) -> Self {
        Self { status: it.status.word(), facts: it.facts.clone(), findings: findings(&it.findings, english) }
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Entry)]
pub struct OneEntry {
    /// The number of the entry.
    pub entry: EntryId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// What was done.
    pub verb: String,
}

impl From<&Entry> for OneEntry {
    fn from(it: &Entry) -> Self {
        Self { entry: it.id, at: it.at, actor: it.actor.clone(), verb: it.verb.clone() }
    }
}

/// Something that happened, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ToldEntry)]
pub struct Told {
    /// The entry.
    #[serde(flatten)]
    pub entry: OneEntry,
    /// The rest of a sentence that begins with the actor, in the language asked for.
    pub told: String,
}

/// What happened to a piece, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct History {
    /// The piece.
    pub evidence: EvidenceId,
    /// How many entries in all.
    pub total: usize,
    /// A page of them.
    pub entries: Vec<Told>,
}

/// A piece with everything known of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Piece {
    /// The piece as it is kept.
    pub evidence: Evidence,
    /// Every date known of it, said, named or read.
    pub dates: Vec<Dated>,
    /// What was read of its parts.
    pub readings: Vec<Reading>,
    /// What is amiss with it, and what was decided about that.
    pub findings: Vec<Judged>,
    /// What happened to it, oldest first.
    pub history: Vec<OneEntry>,
}

impl Piece {
    /// Tells all of a piece.
    pub fn of(fold: &Fold, it: &Evidence, history: &[Entry], english: bool) -> Self {
        Self {
            evidence: it.clone(),
            dates: fold.dates_of(it),
            readings: fold.readings_of(it).map(|it| Reading::of(it.1, english)).collect(),
            findings: told(fold, it).iter().map(|it| Judged::of(it, english)).collect(),
            history: history.iter().map(OneEntry::from).collect(),
        }
    }
}

/// Where a part of a piece is found on this server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct File {
    /// Which part, counted from 1.
    pub part: usize,
    /// Its name.
    pub name: String,
    /// Its media type, as read, or before that as the name ends.
    pub media_type: String,
    /// The path of its bytes; any range of them may be asked for.
    pub bytes: String,
    /// The path of its thumbnail, where it is an image.
    pub thumbnail: Option<String>,
    /// The path of its text.
    pub text: String,
}

/// A piece with everything known of it, how it stands against the duties, and where its files are.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = WholePiece)]
pub struct Whole {
    /// The piece.
    #[serde(flatten)]
    pub piece: Piece,
    /// Where its files are.
    pub files: Vec<File>,
    /// What is amiss with its claims, seen against the duties.
    pub amiss: Vec<Amiss>,
    /// Other pieces that hold one of its files.
    pub same: Vec<EvidenceId>,
}

/// The text of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Text {
    /// The piece.
    pub evidence: EvidenceId,
    /// Which part, counted from 1.
    pub part: usize,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// The text; empty where none was read.
    pub text: String,
    /// Its pages, slides or sheets, where it has any.
    pub sections: Vec<Section>,
}

/// A page, slide or sheet within a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Section {
    /// Its own name, such as that of a sheet.
    pub label: Option<String>,
    /// Its first byte within the text as UTF-8.
    pub from: usize,
    /// The byte after its last.
    pub to: usize,
}

impl From<extract::Section> for Section {
    fn from(it: extract::Section) -> Self {
        Self { label: it.label, from: it.range.start, to: it.range.end }
    }
}
