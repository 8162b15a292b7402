//! What a check of a dossier found, and the words for it.

use serde::{Deserialize, Serialize};

use crate::domain::id::Digest;
use crate::domain::verdict::Verdict;

/// The result of checking a dossier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What is not as it should be; empty where everything was checked and is in order.
    pub checks: Vec<Check>,
    /// How many more there are than are listed.
    pub n_more: u64,
    /// How many files are as the lists say.
    pub n_passed: u64,
    /// The bytes that were hashed.
    pub n_bytes: u64,
    /// The SHA-256 of the list of originals, as printed on every sheet: whoever changed both files and lists changed it.
    pub seal: Option<Digest>,
    /// The title of the dossier.
    pub title: String,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was found.
    pub what: What,
    /// The path in the bag, empty where it concerns the whole.
    pub subject: String,
    /// Particulars.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It is no zip, or it is cut off.
    Unreadable,
    /// It is a zip, but no bag.
    NoBag,
    /// It would unpack to more than is believable.
    TooMuch,
    /// A file has other bytes than its list says.
    Differs,
    /// A file has another size than the manifest says.
    Size,
    /// A file is listed and not there.
    Missing,
    /// A file is there and not listed.
    Extra,
    /// A line of a list cannot be read, or names a file twice.
    Line,
    /// The sums in bag-info.txt are not those of the files.
    Sums,
    /// Every file may be right, but the zip around them was made or changed by another program.
    Repacked,
    /// manifest.json could not be read, so that sizes were not held against it.
    NoManifest,
    /// The check did not come to its end.
    Stopped,
}

impl What {
    /// Returns how much it weighs.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Repacked => Verdict::Warn,
            Self::NoManifest | Self::Stopped => Verdict::Unchecked,
            _ => Verdict::Fail,
        }
    }

    /// Returns the sentence in Chinese or English.
    pub fn sentence(self, english: bool) -> &'static str {
        let (zh, en) = match self {
            Self::Unreadable => (
                "文件无法打开：不是压缩包，或传输中被截断。",
                "It cannot be opened: no zip, or cut off on the way.",
            ),
            Self::NoBag => ("压缩包内不是迎检档案。", "The zip holds no dossier."),
            Self::TooMuch => (
                "解压后的大小不可信，已停止核对。",
                "It would unpack to an unbelievable size; the check was stopped.",
            ),
            Self::Differs => {
                ("内容与清单不符，已被改动或损坏。", "Its bytes are not those listed: changed or damaged.")
            }
            Self::Size => ("大小与著录不符。", "Its size is not the one recorded."),
            Self::Missing => ("清单中有，包内没有。", "It is listed, but not there."),
            Self::Extra => ("包内有，清单中没有。", "It is there, but not listed."),
            Self::Line => {
                ("清单中有一行无法辨认或重复。", "A line of the list cannot be read or stands twice.")
            }
            Self::Sums => (
                "文件数或总字节数与 bag-info.txt 不符。",
                "Number or bytes of the files are not those in bag-info.txt.",
            ),
            Self::Repacked => (
                "压缩包的外壳不是本系统原样（可能重新压缩过）。",
                "The zip around the files is not as it was made; it may have been packed again.",
            ),
            Self::NoManifest => (
                "manifest.json 无法读取，未核对著录的大小。",
                "manifest.json cannot be read; sizes were not held against it.",
            ),
            Self::Stopped => ("核对未能完成。", "The check did not come to its end."),
        };
        if english { en } else { zh }
    }
}

impl Check {
    /// Returns it as one line: path, sentence, particulars.
    pub fn line(&self, english: bool) -> String {
        let subject = if self.subject.is_empty() { String::new() } else { format!("{} ", self.subject) };
        let detail = if self.detail.is_empty() { String::new() } else { format!(" [{}]", self.detail) };
        format!("{subject}{}{detail}", self.what.sentence(english))
    }
}

impl Report {
    /// Returns the whole as one verdict: the worst of all checks.
    pub fn verdict(&self) -> Verdict {
        self.checks.iter().map(|it| it.what.verdict()).max().unwrap_or(Verdict::Pass)
    }

    pub(super) fn note(&mut self, what: What, subject: &str, detail: impl Into<String>) {
        const MOST: usize = 1_000;
        if self.checks.len() < MOST || (what.verdict() > self.verdict()) {
            self.checks.push(Check { what, subject: subject.to_owned(), detail: detail.into() });
        } else {
            self.n_more += 1;
        }
    }
}
