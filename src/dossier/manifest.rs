//! The manifest: the sworn list of a dossier, complete enough that every byte of it follows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::duty::State;
use crate::domain::finding::Code;
use crate::domain::id::{Digest, EntryId, EvidenceId, IndicatorPath, RequirementId, SchemeId, UnitId};
use crate::error::{Error, Result};

/// The version of the manifest format, and of the pages made from it.
pub const VERSION: u32 = 1;

/// What a dossier holds, what it lacks and what was held back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the format.
    pub version: u32,
    /// The title on the cover; the top folder is named after it.
    pub title: String,
    /// Who hands it over.
    pub organization: String,
    /// Who made it (立卷人).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub made_by: String,
    /// When the plan was made.
    #[schemars(with = "String")]
    pub made_at: Timestamp,
    /// The IANA name of the archive's time zone; days are told in it.
    pub timezone: String,
    /// The rulebook.
    pub scheme: Rulebook,
    /// What was chosen, in words.
    pub selection: String,
    /// The entry of the ledger it was planned at.
    #[schemars(with = "i64")]
    pub entry: EntryId,
    /// The hash of that entry, which fixes the whole ledger before it.
    #[schemars(with = "String")]
    pub entry_hash: Digest,
    /// The indicators chosen and those above them, parents before children.
    pub indicators: Vec<Node>,
    /// The units that sent or owe something.
    pub units: Vec<Office>,
    /// The pieces in order; a piece's number in the dossier is its place here, from 1.
    pub pieces: Vec<Piece>,
    /// How the duties stand.
    pub duties: Vec<Row>,
    /// What was left out, and why.
    pub withheld: Vec<Withheld>,
    /// What is amiss with the pieces.
    pub findings: Vec<Doubt>,
}

/// The rulebook a dossier answers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rulebook {
    /// Its id.
    pub id: SchemeId,
    /// Its title in full.
    pub title: String,
}

/// A node of the tree of indicators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Its place in the tree, such as `1.3.2`.
    #[schemars(with = "String")]
    pub path: IndicatorPath,
    /// Its code from the root down, as printed: `Ⅰ-1 Ⅱ-3 2)`.
    pub code: String,
    /// Its short title.
    pub title: String,
    /// The words of the standard.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// How it is tested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
}

/// A unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Its id.
    pub id: UnitId,
    /// Its name on the day of the plan.
    pub name: String,
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    /// Its number in the archive.
    #[schemars(with = "i64")]
    pub evidence: EvidenceId,
    /// The name of its unit.
    pub unit: String,
    /// The word for its kind.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// 发文字号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    /// The issuing body, where it differs from the unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Its date, or the first day of it.
    #[schemars(with = "Option<String>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// The last day, where it is another.
    #[schemars(with = "Option<String>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_to: Option<Date>,
    /// Caption elements by field name, such as 时间, 地点, 人物, 事由.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub caption: BTreeMap<String, String>,
    /// What it proves; its files lie in the folder of the first.
    pub proofs: Vec<Proof>,
    /// Its files in order.
    pub parts: Vec<Part>,
}

/// What a piece proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The indicator.
    #[schemars(with = "String")]
    pub indicator: IndicatorPath,
    /// Whether that was accepted.
    pub standing: Standing,
    /// 印证说明.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The pages or passage meant.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pages: String,
}

/// The standing of a proof; what was returned or withdrawn is not handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Accepted (已通过).
    Accepted,
    /// Sent and not yet judged (待审).
    Pending,
}

impl Standing {
    /// Returns glyph and word as people see them.
    pub fn label(self) -> &'static str {
        match self {
            Self::Accepted => "● 已通过",
            Self::Pending => "◔ 待审",
        }
    }
}

/// One file of a piece.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The name of its bytes.
    #[schemars(with = "String")]
    pub sha256: Digest,
    /// Their number.
    pub bytes: u64,
    /// Their CRC-32 (IEEE).
    pub crc32: u32,
    /// The media type by content.
    pub media_type: String,
    /// The name it was sent under.
    pub name: String,
    /// Its pages, where they were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n_pages: Option<u32>,
    /// A small picture of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<Thumbnail>,
    /// Its path in the bag. The layout sets it; the plan leaves it empty. Files of the same bytes share one.
    #[serde(default)]
    pub member: String,
}

/// A small JPEG of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thumbnail {
    /// The SHA-256 of its bytes.
    #[schemars(with = "String")]
    pub sha256: Digest,
    /// Their number.
    pub bytes: u64,
    /// Their CRC-32 (IEEE).
    pub crc32: u32,
    /// Its path in the bag, set by the layout.
    #[serde(default)]
    pub member: String,
}

/// How one duty stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The indicator.
    #[schemars(with = "String")]
    pub indicator: IndicatorPath,
    /// The requirement.
    pub requirement: RequirementId,
    /// What is wanted, in words.
    pub text: String,
    /// The name of the unit that owes it.
    pub unit: String,
    /// The period in words; empty where it is owed once.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub period: String,
    /// The measure word: 件, 张, 场, 人.
    pub measure: String,
    /// How many are owed.
    pub need: u32,
    /// How many are accepted.
    pub accepted: u32,
    /// How many wait for judgement.
    pub pending: u32,
    /// The state.
    #[schemars(with = "String")]
    pub state: State,
    /// How many are still to be accepted.
    pub gap: u32,
    /// Why it was waived or objected to, or what else is to be said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
}

/// A piece that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    /// Its number in the archive.
    #[schemars(with = "i64")]
    pub evidence: EvidenceId,
    /// Its title, or what may be told of it.
    pub title: String,
    /// The name of its unit.
    pub unit: String,
    /// Why, in words.
    pub why: String,
}

/// Something amiss with a piece that is handed over all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Doubt {
    /// The piece.
    #[schemars(with = "i64")]
    pub evidence: EvidenceId,
    /// The stable code.
    #[schemars(with = "String")]
    pub code: Code,
    /// Particulars.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Manifest {
    /// Returns the manifest as JSON. Equal manifests give equal bytes: fields stand in the order of this file.
    ///
    /// # Errors
    /// `Internal`, where a value cannot be written.
    pub fn json(&self) -> Result<Vec<u8>> {
        serde_json::to_vec_pretty(self)
            .map(|mut it| {
                it.push(b'\n');
                it
            })
            .map_err(|it| Error::internal("The manifest could not be written.").with_source(it))
    }

    /// Reads a manifest back.
    ///
    /// # Errors
    /// `Corrupt` where it is none; `Unsupported` where a newer program made it.
    pub fn parse(json: &[u8]) -> Result<Self> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let bad = |it: serde_json::Error| {
            Error::corrupt("manifest.json cannot be read; ask for the dossier again.").with_source(it)
        };
        let Version { version } = serde_json::from_slice(json).map_err(bad)?;
        if version > VERSION {
            return Err(Error::unsupported("A newer program made this dossier; check it with that one."));
        }
        serde_json::from_slice(json).map_err(bad)
    }

    /// Returns the day of the plan in the archive's time zone.
    pub fn made_on(&self) -> Date {
        self.made().date()
    }

    /// Returns the moment of the plan on the archive's clock.
    pub fn made(&self) -> jiff::civil::DateTime {
        TimeZone::get(&self.timezone).unwrap_or(TimeZone::UTC).to_datetime(self.made_at)
    }

    /// Returns every part of every piece.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.pieces.iter().flat_map(|it| &it.parts)
    }

    /// Returns the indicator at a path.
    pub fn node(&self, path: &IndicatorPath) -> Option<&Node> {
        self.indicators.iter().find(|it| it.path == *path)
    }
}

impl Piece {
    /// Returns whether every file of it is a picture.
    pub fn is_picture(&self) -> bool {
        !self.parts.is_empty() && self.parts.iter().all(|it| it.media_type.starts_with("image/"))
    }

    /// Returns its pages, where all of its files were counted.
    pub fn n_pages(&self) -> Option<u32> {
        self.parts.iter().map(|it| it.n_pages).sum()
    }

    /// Returns whether something it proves still waits for judgement.
    pub fn is_pending(&self) -> bool {
        self.proofs.iter().any(|it| it.standing == Standing::Pending)
    }

    /// Returns who answers for it: the issuing body, or else the unit.
    pub fn author(&self) -> &str {
        self.issuer.as_deref().unwrap_or(&self.unit)
    }

    /// Returns its date in words.
    pub fn days(&self) -> String {
        match (self.date, self.date_to) {
            (Some(from), Some(to)) if from != to => format!("{from} 至 {to}"),
            (Some(day), _) => day.to_string(),
            _ => String::new(),
        }
    }
}
