//! Evidence: one piece (件) of material from one unit, its parts, its dates, and what it claims to prove.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::finding::Code;
use crate::domain::id::{
    Digest, EvidenceId, IndicatorPath, KindCode, RequirementId, SchemeId, SubmissionId, UnitId,
};
use crate::domain::submission::SentBack;
use crate::domain::tag::Tag;
use crate::domain::unit::Units;

/// Immutable bytes, named by their SHA-256. CRC-32 and size are kept because a dossier is laid out from them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Blob {
    /// The name of the bytes.
    pub sha256: Digest,
    /// Their number.
    pub bytes: u64,
    /// The CRC-32 (IEEE) that a zip header carries.
    pub crc32: u32,
}

/// What a part is within its evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The document itself.
    Main,
    /// One page of several that make the piece, in order.
    Page,
    /// Something that belongs to the main part.
    Attachment,
    /// The same content in another format.
    Rendition,
}

/// One blob within an evidence, under the name it came with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// The bytes.
    pub blob: Blob,
    /// What it is within the evidence.
    pub role: Role,
    /// The file name as shown, decoded.
    pub name: String,
    /// The raw bytes of the name in base64, where they are not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_raw: Option<String>,
}

/// Which date of a piece is meant; a requirement says which one it looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateKind {
    /// 成文日期, the day the document was made.
    Made,
    /// The day of the activity shown or reported.
    Activity,
    /// The day of publication.
    Publication,
    /// The time the content covers, such as a monthly table.
    Covered,
}

impl DateKind {
    /// Returns which date of a piece a name or caption speaks of, given the kind of the piece.
    pub fn spoken_of(kind: &KindCode, from: Date, to: Date) -> Self {
        match kind.as_str() {
            "photo" | "video" | "audio" | "meeting" => Self::Activity,
            "press" => Self::Publication,
            "table" | "roster" if from != to => Self::Covered,
            _ => Self::Made,
        }
    }
}

/// Where a fact came from, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// A person said so.
    Person,
    /// The form or flag of the submission said so.
    Form,
    /// The caption says so.
    Caption,
    /// The file or folder name says so.
    Name,
    /// The camera wrote it (EXIF, video header).
    Capture,
    /// The document's own text or properties say so.
    Document,
    /// The file's own time, the weakest; alone it never puts material into a window.
    FileTime,
}

/// A date with its kind and where it came from. A single day has `from == to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Dated {
    /// Which date it is.
    pub kind: DateKind,
    /// The first day.
    #[schemars(with = "String")]
    pub from: Date,
    /// The last day.
    #[schemars(with = "String")]
    pub to: Date,
    /// Where it came from.
    pub provenance: Provenance,
}

/// The standing of a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Standing {
    /// Sent and not yet judged.
    Pending,
    /// Accepted as proof.
    Accepted,
    /// Returned to the unit.
    Returned {
        /// Why, as told to the unit.
        reason: String,
        /// Until when it is to be sent again.
        #[schemars(with = "Option<String>")]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline: Option<Date>,
    },
    /// Taken back by the unit.
    Withdrawn {
        /// Why it was taken back.
        reason: String,
    },
}

impl Standing {
    /// The words of each standing: that of URLs, the index and JSON; that of the screen in Chinese; others people type.
    const WORDS: [(&str, &str, &[&str]); 4] = [
        ("pending", "待审", &[]),
        ("accepted", "已通过", &["通过"]),
        ("returned", "退回", &["已退回"]),
        ("withdrawn", "已撤回", &["撤回"]),
    ];

    fn words(&self) -> (&'static str, &'static str) {
        let [pending, accepted, returned, withdrawn] = Self::WORDS.map(|it| (it.0, it.1));
        match self {
            Self::Pending => pending,
            Self::Accepted => accepted,
            Self::Returned { .. } => returned,
            Self::Withdrawn { .. } => withdrawn,
        }
    }

    /// Returns the one English word used in URLs, the index and JSON.
    pub fn word(&self) -> &'static str {
        self.words().0
    }

    /// Returns the word of the screen in Chinese or English.
    pub fn label(&self, english: bool) -> &'static str {
        if english { self.words().0 } else { self.words().1 }
    }

    /// Returns the words of all standings, as [`word`](Self::word) gives them.
    pub fn all_words() -> [&'static str; 4] {
        Self::WORDS.map(|it| it.0)
    }

    /// Returns the word of the standing that something typed means, and its word on the screen in Chinese.
    pub fn named(typed: &str) -> Option<(&'static str, &'static str)> {
        let typed = typed.to_lowercase();
        let means =
            |it: &&(&str, &str, &[&str])| it.0 == typed || it.1 == typed || it.2.contains(&typed.as_str());
        Self::WORDS.iter().find(means).map(|it| (it.0, it.1))
    }
}

/// “This evidence proves this indicator.” Its key is the evidence, the scheme and the indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Claim {
    /// The scheme the indicator belongs to.
    pub scheme: SchemeId,
    /// The standard it is said to prove.
    pub indicator: IndicatorPath,
    /// The requirement a person pinned it to; else the duty is derived from kind and date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<RequirementId>,
    /// 印证说明, one line on what it proves.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The pages or passage meant.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pages: String,
    /// Where it stands.
    pub standing: Standing,
}

impl Claim {
    /// Makes a pending claim.
    pub fn new(scheme: SchemeId, indicator: IndicatorPath) -> Self {
        Self {
            scheme,
            indicator,
            requirement: None,
            note: String::new(),
            pages: String::new(),
            standing: Standing::Pending,
        }
    }

    /// Returns whether it is the claim on this indicator of this scheme.
    pub fn is_on(&self, scheme: &SchemeId, indicator: &IndicatorPath) -> bool {
        self.scheme == *scheme && self.indicator == *indicator
    }
}

/// What a person decided about something amiss with a piece.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ruling {
    /// The code of the findings decided on.
    pub code: Code,
    /// Their particulars as they were then; a finding with others is a new one.
    pub details: Vec<String>,
    /// Whether the piece may be handed over all the same.
    pub fit: bool,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub by: String,
}

/// One time a digest came through the door for an evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sighting {
    /// The submission it came with.
    pub submission: SubmissionId,
    /// The path it had there, decoded; members of containers as `a.zip/b/c.jpg`.
    pub path: String,
    /// When it was filed.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// What its unit was recognised by, where that is another name of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<Alias>,
    /// What had been returned of the evidence when its bytes came again; left out where nothing had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent_back: Vec<SentBack>,
}

/// A unit recognised by an alias or a former name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Alias {
    /// The unit that was recognised.
    pub unit: UnitId,
    /// The name by which it was.
    pub name: String,
}

impl Alias {
    /// Returns which name stands for which unit, as a finding tells it.
    pub fn told(&self, units: &Units) -> String {
        format!("{} → {}", self.name, units.get(&self.unit).map_or(self.unit.as_str(), |it| it.name.as_str()))
    }
}

impl Sighting {
    /// Returns whether the path ends with the name of one of some parts.
    pub fn is_of(&self, parts: &[Part]) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        parts.iter().any(|it| it.name == name)
    }
}

/// How the kind of a piece became known; what a person says is not overwritten by what is guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KindSource {
    /// A flag, a form or a person said so.
    Said,
    /// A folder or file name says so.
    Name,
    /// Proposed from the media type.
    Proposed,
    /// Its content speaks for it, as told with the reading of its first part.
    Content,
}

/// One piece of material from one unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Its number.
    pub id: EvidenceId,
    /// The unit it is from; none while unassigned.
    pub unit: Option<UnitId>,
    /// Its kind.
    pub kind: KindCode,
    /// How the kind became known.
    pub kind_source: KindSource,
    /// Its title, at first taken from the file name.
    pub title: String,
    /// 发文字号, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    /// The issuing body, where it differs from the unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Caption elements by field name, such as 时间, 地点, 人物, 事由.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub caption: BTreeMap<String, String>,
    /// Dates said or named at the door; those read from the bytes stand with the reading of the blob.
    pub dates: Vec<Dated>,
    /// Its parts in order.
    pub parts: Vec<Part>,
    /// What it is said to prove.
    pub claims: Vec<Claim>,
    /// What was decided about things amiss with it, at most once a code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rulings: Vec<Ruling>,
    /// Free words that people put on it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<Tag>,
    /// When and how it was seen at the door.
    pub sightings: Vec<Sighting>,
    /// When it was filed.
    #[schemars(with = "String")]
    pub filed_at: Timestamp,
    /// Who filed it.
    pub filed_by: String,
}

impl Evidence {
    /// Returns its claim on a standard.
    pub fn claim(&self, scheme: &SchemeId, indicator: &IndicatorPath) -> Option<&Claim> {
        self.claims.iter().find(|it| it.is_on(scheme, indicator))
    }

    /// Returns the first part, which every evidence has.
    pub fn first(&self) -> Option<&Part> {
        self.parts.first()
    }

    /// Returns the sum of the sizes of its parts.
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|it| it.blob.bytes).sum()
    }
}
