//! Verdicts: what a check found. Nothing unchecked is ever shown as passed.

use serde::{Deserialize, Serialize};

/// The result of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Checked and in order.
    Pass,
    /// Not checked.
    Unchecked,
    /// Checked; something should be looked at.
    Warn,
    /// Checked and not in order.
    Fail,
}

impl Verdict {
    /// Returns the one English word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Unchecked => "unchecked",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    /// Returns the word of the screen in Chinese or English.
    pub fn label(self, english: bool) -> &'static str {
        match (self, english) {
            (Self::Pass, false) => "合格",
            (Self::Unchecked, false) => "未检",
            (Self::Warn, false) => "提示",
            (Self::Fail, false) => "不合格",
            (_, true) => self.word(),
        }
    }
}
