//! Submissions: what was offered at the door, by whom, and what came of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::evidence::{Claim, Evidence, Standing};
use crate::domain::finding::Finding;
use crate::domain::id::{Digest, EntryId, IndicatorPath, SchemeId, SubmissionId};

/// One offer at the door: a folder, some files, an upload. Its files are not kept until they are filed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Submission {
    /// Its number.
    pub id: SubmissionId,
    /// What was offered, as named by who offered it.
    pub offered: Vec<String>,
    /// Who offered it.
    pub by: String,
    /// When it was opened.
    #[schemars(with = "String")]
    pub opened_at: Timestamp,
    /// The containers found in it.
    pub containers: Vec<Container>,
    /// What was turned away at the door, in order, at most [`Submission::MOST_TURNED_AWAY`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turned_away: Vec<TurnedAway>,
    /// What came of it; none while it runs, or where it was broken off.
    pub receipt: Option<Receipt>,
}

impl Submission {
    /// How many files turned away are written down one by one; the receipt counts all of them.
    pub const MOST_TURNED_AWAY: usize = 1_000;

    /// Returns whether something here names a path it came with: what was offered by its own name, or a container.
    pub fn names(&self, path: &str) -> bool {
        self.offered.iter().any(|it| it == path) || self.containers.iter().any(|it| it.holds(path))
    }

    /// Forgets what names a path: its own name, the containers it came in, and their names.
    pub fn forget(&mut self, path: &str) {
        let containers = std::mem::take(&mut self.containers);
        let (holding, others): (Vec<_>, Vec<_>) = containers.into_iter().partition(|it| it.holds(path));
        self.containers = others;
        self.offered.retain(|it| it != path && holding.iter().all(|whole| whole.path != *it));
        self.turned_away.retain(|it| !holding.iter().any(|whole| whole.holds(&it.path)));
        self.forget_turned_away(path);
    }

    /// Returns whether a file with this path was turned away.
    pub fn turned_away(&self, path: &str) -> bool {
        self.turned_away.iter().any(|it| it.path == path)
    }

    /// Takes out the files that were turned away with this path: it may be the same file that came well another time.
    pub fn forget_turned_away(&mut self, path: &str) {
        if self.turned_away(path) {
            self.turned_away.retain(|it| it.path != path);
            self.offered.retain(|it| it != path);
        }
    }
}

/// A zip or mail: never counted as material; its bytes are kept when a member failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Container {
    /// The path it came with.
    pub path: String,
    /// Its digest.
    pub sha256: Digest,
    /// Its size.
    pub bytes: u64,
    /// The names of its members as shown; where not UTF-8 the raw bytes in base64 follow in `raw`.
    pub members: Vec<Member>,
    /// Whether its bytes were kept.
    pub kept: bool,
    /// What is amiss with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
}

impl Container {
    /// Returns whether a path of the submission lies in this container.
    pub fn holds(&self, path: &str) -> bool {
        path.strip_prefix(&self.path).is_some_and(|it| it.starts_with('/'))
    }
}

/// A file that became no piece, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TurnedAway {
    /// The path it came with.
    pub path: String,
    /// The raw bytes of the path in base64, where they are not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// What came of it.
    pub filing: Filing,
    /// What is amiss with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
}

/// A member of a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    /// Its name, decoded.
    pub name: String,
    /// The raw bytes of the name in base64, where they are not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

/// What came of one file at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Filing {
    /// Filed as new evidence.
    Filed,
    /// Already known from the same unit; the sighting and any new claim were added.
    Known,
    /// Filed as evidence of its own, though another unit filed the same bytes; they are stored once.
    FiledAgain,
    /// A container, whose members were filed.
    Container,
    /// A temporary file of some program, not filed.
    Junk,
    /// No bytes, not filed.
    Empty,
    /// Could not be read, not filed.
    Unreadable,
    /// Refused, with a finding that says why.
    Refused,
}

impl Filing {
    /// Every outcome, in order.
    pub const ALL: [Self; 8] = [
        Self::Filed,
        Self::Known,
        Self::FiledAgain,
        Self::Container,
        Self::Junk,
        Self::Empty,
        Self::Unreadable,
        Self::Refused,
    ];

    /// Returns the one English word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Filed => "filed",
            Self::Known => "known",
            Self::FiledAgain => "filed_again",
            Self::Container => "container",
            Self::Junk => "junk",
            Self::Empty => "empty",
            Self::Unreadable => "unreadable",
            Self::Refused => "refused",
        }
    }

    /// Returns the word of the screen in Chinese or English.
    pub fn label(self, english: bool) -> &'static str {
        match (self, english) {
            (Self::Filed, false) => "已归档",
            (Self::Known, false) => "已有",
            (Self::FiledAgain, false) => "他单位已报，另立一件",
            (Self::Container, false) => "压缩包、邮件",
            (Self::Junk, false) => "临时文件",
            (Self::Empty, false) => "空文件",
            (Self::Unreadable, false) => "无法读取",
            (Self::Refused, false) => "拒收",
            (Self::Filed, true) => "filed",
            (Self::Known, true) => "already known",
            (Self::FiledAgain, true) => "filed (also sent by another unit)",
            (Self::Container, true) => "container",
            (Self::Junk, true) => "junk, not filed",
            (Self::Empty, true) => "empty, not filed",
            (Self::Unreadable, true) => "unreadable, not filed",
            (Self::Refused, true) => "refused",
        }
    }

    /// Returns whether the archive holds the file after this outcome.
    pub fn is_kept(self) -> bool {
        matches!(self, Self::Filed | Self::Known | Self::FiledAgain)
    }
}

/// A claim that had been returned when the same bytes came again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SentBack {
    /// The scheme of its standard.
    pub scheme: SchemeId,
    /// The standard.
    pub indicator: IndicatorPath,
    /// Why it was returned.
    pub reason: String,
    /// Whether it is pending again; where the standard was not said again it stays returned.
    pub reopened: bool,
}

impl SentBack {
    /// Returns what had been returned of a piece whose bytes came again with some claims.
    pub fn of(piece: &Evidence, again: &[Claim]) -> Vec<Self> {
        let returned = piece.claims.iter().filter_map(|it| match &it.standing {
            Standing::Returned { reason, .. } => Some((it, reason)),
            Standing::Pending | Standing::Accepted | Standing::Withdrawn { .. } => None,
        });
        let told = returned.map(|(it, reason)| Self {
            scheme: it.scheme.clone(),
            indicator: it.indicator.clone(),
            reason: reason.clone(),
            reopened: again.iter().any(|new| new.is_on(&it.scheme, &it.indicator)),
        });
        told.collect()
    }

    /// Returns the sentence for who sent it, with the code of the standard.
    pub fn sentence(&self, code: &str, english: bool) -> String {
        let reason = if self.reason.is_empty() { "—" } else { &self.reason };
        match (english, self.reopened) {
            (false, true) => {
                format!("文件与退回的内容完全相同（{code} 退回原因：{reason}）；已重新列为待审。")
            }
            (false, false) => {
                format!("文件与退回的内容完全相同（{code} 退回原因：{reason}）；仍为退回，请改正后报送。")
            }
            (true, true) => {
                format!("The same bytes were returned ({code}, because: {reason}); they are pending again.")
            }
            (true, false) => format!(
                "The same bytes were returned ({code}, because: {reason}) and still are; correct them, then send them."
            ),
        }
    }
}

/// What a submission brought about, as told to who sent it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// How many files had each outcome.
    pub counts: BTreeMap<Filing, u64>,
    /// Bytes of the files the archive holds now.
    pub bytes: u64,
    /// How many of those have no unit yet.
    pub unassigned: u64,
    /// SHA-256 over the digests of the files held, in the order filed, each as 64 hex digits and a line break.
    pub list_sha256: Option<Digest>,
    /// Whether it was broken off before its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub broken_off: bool,
}

/// The end of the chain: the number and hash of the last entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number of the last entry; 0 for an empty ledger.
    pub entry: EntryId,
    /// Its hash; all zero for an empty ledger.
    pub hash: Digest,
}
