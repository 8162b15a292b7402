//! What the bytes of a blob say, as values: how the reading ended, the facts, and what is amiss.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::evidence::Dated;
use crate::domain::finding::Finding;
use crate::domain::id::KindCode;

/// How a reading ended. Every blob ends in one of these; none is an error of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Everything the reader knows how to read was read.
    Ok,
    /// Some of it was read.
    Partial,
    /// It is locked with a password.
    Encrypted,
    /// It is damaged.
    Corrupt,
    /// Text in this format is not read; facts may be known.
    Unsupported,
    /// Reading took longer than the budget.
    Timeout,
    /// Reading took more memory than the budget.
    Oom,
    /// The reader died of it.
    Crash,
}

impl Status {
    /// Returns the one English word used in JSON, SQL and the index.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Partial => "partial",
            Self::Encrypted => "encrypted",
            Self::Corrupt => "corrupt",
            Self::Unsupported => "unsupported",
            Self::Timeout => "timeout",
            Self::Oom => "oom",
            Self::Crash => "crash",
        }
    }

    /// Returns the word of the screen in Chinese or English.
    pub fn label(self, english: bool) -> &'static str {
        match (self, english) {
            (Self::Ok, false) => "已读取",
            (Self::Partial, false) => "部分读取",
            (Self::Encrypted, false) => "已加密",
            (Self::Corrupt, false) => "已损坏",
            (Self::Unsupported, false) => "不读文字",
            (Self::Timeout, false) => "读取超时",
            (Self::Oom, false) => "内存超限",
            (Self::Crash, false) => "读取失败",
            (_, true) => self.word(),
        }
    }
}

/// A place on the earth in millionths of a degree, north and east positive (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// Latitude × 1,000,000.
    pub latitude_e6: i32,
    /// Longitude × 1,000,000.
    pub longitude_e6: i32,
}

/// Where something was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// A newspaper: 报纸, 日期, 版次, 标题, 记者.
    Newspaper,
    /// Radio or television: 频道, 栏目, 时间, 时长.
    Broadcast,
    /// A web page: 媒体, 网址, 发布时间, 标题.
    Web,
    /// Text messages: 发送单位, 时间, 条数.
    Sms,
}

/// A publication as its text or caption tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Publication {
    /// Where.
    pub medium: Medium,
    /// Its fields by name, those of [`Medium`].
    pub fields: BTreeMap<String, String>,
}

/// A kind proposed from the content, with what speaks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProposedKind {
    /// The kind.
    pub kind: KindCode,
    /// What speaks for it, as shown to people.
    pub reason: String,
}

/// Facts read from the bytes; what is not known is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Facts {
    /// The media type by content, such as `application/pdf`.
    pub media_type: String,
    /// Width in pixels, as displayed (after EXIF rotation).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels, as displayed (after EXIF rotation).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Pages, slides or sheets; of a Word document the pages of its last layout by Word, where it holds them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// Playing time in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// When the camera took it, by the camera's own clock.
    #[schemars(with = "Option<String>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub captured_at: Option<DateTime>,
    /// Where the camera took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The title the document gives itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// 发文字号, normalised to `机关代字〔年〕n号`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    /// The issuing body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The attachments that the text names and does not itself hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
    /// The cities at prefecture level that the text speaks of, such as `濮阳市`, the most frequent first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// The mark of secrecy as written, such as `机密★1年`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrecy: Option<String>,
    /// Where it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publication: Option<Publication>,
    /// The kind its content speaks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ProposedKind>,
    /// Pages that are only pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture_pages: Option<u32>,
    /// Characters that cannot be read as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub garbled_characters: Option<u64>,
    /// The look of a picture as 256 bits in hexadecimal, near for pictures that look alike; of a video those of some
    /// of its pictures, one after another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look: Option<String>,
    /// A sketch of the text in hexadecimal, of which as large a share is equal in two texts as they share of their wording.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sketch: Option<String>,
    /// Dates with where each came from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<Dated>,
    /// Characters of text read, spaces not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub characters: Option<u64>,
}

impl Facts {
    /// Returns the pixels on the longer side of a picture.
    pub fn longer_side(&self) -> Option<u32> {
        self.width.max(self.height).filter(|_| self.media_type.starts_with("image/"))
    }

    /// Returns the day the camera took it.
    pub fn captured_on(&self) -> Option<Date> {
        self.captured_at.map(DateTime::date)
    }
}

/// The part of an extraction that the ledger keeps; text and thumbnails are derived and lie in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The reader, such as `office` or `pdf`.
    pub extractor: String,
    /// Its version; a better version reads again.
    pub version: u32,
    /// How it ended.
    pub status: Status,
    /// What was read.
    pub facts: Facts,
    /// What is amiss.
    pub findings: Vec<Finding>,
}
