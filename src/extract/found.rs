//! What readers give: text piece by piece, and at the end what they found, or why they read nothing.

use serde::{Deserialize, Serialize};

use crate::domain::finding::Finding;
use crate::domain::reading::{Facts, Status};

/// What the job sends between the bytes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Note {
    /// What it is; sent first, so that it is known even if the reader dies.
    Known { extractor: String, media_type: String },
    /// A page, slide or sheet begins here in the text.
    Section { label: Option<String> },
    /// The document's own text ends here and is safe; what comes is of what nobody sees, and of what lies within it.
    OwnEnds,
    /// What is amiss with it whatever its text is; sent before it is read.
    Amiss { findings: Vec<Finding> },
    /// The bytes from here on are the thumbnail.
    Thumbnail,
    /// How it ended; sent last.
    Read { status: Status, facts: Box<Facts>, findings: Vec<Finding> },
}

/// What a family found besides the text it sent.
#[derive(Default)]
pub(super) struct Found {
    /// Only part of it could be read, and why.
    pub(super) missing: Option<String>,
    pub(super) facts: Facts,
    /// What is amiss besides.
    pub(super) findings: Vec<Finding>,
    pub(super) thumbnail: Option<Vec<u8>>,
}

impl Found {
    /// Everything that is text was read as text.
    pub(super) fn is_whole(&self) -> bool {
        self.missing.is_none() && self.facts.picture_pages.is_none()
    }
}

/// Why a family read nothing.
pub(super) enum Trouble {
    Encrypted,
    Corrupt(String),
    Unsupported,
    OutOfMemory,
    /// There is more text than is kept of one file.
    Enough,
    /// The keeper has gone; nothing more can be said.
    CutOff(crate::error::Error),
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::OutOfMemory => Self::OutOfMemory,
            _ => Self::Corrupt(error.to_string()),
        }
    }
}
