//! What can be amiss with material: a closed list of codes, each with its severity, wording and remedy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::finding_words::WORDING;
use crate::error::Error;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, nothing to do.
    Info,
    /// Should be looked at.
    Warn,
    /// The material does not serve as it is.
    Error,
}

/// The stable code of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Code {
    /// Its date lies outside the window.
    E01,
    /// It cannot be read: damaged, or its reading failed.
    E02,
    /// It is encrypted.
    E03,
    /// It has no bytes.
    E04,
    /// It can run: a program, a script, or a document with macros.
    E05,
    /// Its kind is not what the requirement asks.
    E06,
    /// Fewer pieces than are asked.
    E07,
    /// A required field is missing.
    E08,
    /// A policy document without a document number.
    E09,
    /// The unit does not owe this standard.
    E10,
    /// A name in a container escapes its folder.
    E11,
    /// A container is beyond the limits.
    E12,
    /// It carries no date that the window could be checked against.
    E13,
    /// It is no file: a link, a pipe, a device.
    E14,
    /// Its document number is not written as GB/T 9704-2012 asks.
    W01,
    /// The year of its number is not that of its date.
    W02,
    /// It was issued by another body than the unit that sent it.
    W03,
    /// It is a copy; its seal is not seen.
    W04,
    /// The camera says another date than its name or caption.
    W05,
    /// The photo has too few pixels.
    W06,
    /// A near-same photo is filed under another unit or date.
    W07,
    /// The same document is filed in another rendition.
    W08,
    /// Much of the text is garbled.
    W09,
    /// It has no text; a scan waits for OCR.
    W10,
    /// It names an attachment that was not sent.
    W11,
    /// A number is missing in a numbered row of pages.
    W12,
    /// It holds what may be personal data.
    W13,
    /// It bears a mark of secrecy.
    W14,
    /// The report is longer than the scheme allows.
    W15,
    /// The file is larger than the scheme allows.
    W16,
    /// Its name says another type than its content.
    W17,
    /// It is a junk file of some program.
    W18,
    /// Its unit was recognised by another of its names.
    W19,
    /// A format that only some offices can open.
    W20,
    /// Its name is too long or not allowed on Windows.
    W21,
    /// More pieces than the scheme takes.
    W22,
    /// It is last year's document with a new date.
    W23,
    /// Its unit was not recognised.
    W24,
    /// Its standard was not recognised or is not unique.
    W25,
    /// The same bytes were filed by another unit.
    W26,
    /// Only part of it could be read.
    W27,
    /// A name was not UTF-8 and is shown decoded.
    W28,
    /// It is an archive of this program.
    W29,
    /// Placeholders were left unfilled.
    W30,
    /// It speaks of another place.
    W31,
    /// It carries the boilerplate of a template site.
    W32,
    /// Some pages are only pictures.
    W33,
    /// Its dates contradict each other.
    W34,
    /// An archive that other programs show only in part was read whole.
    W35,
    /// It proves several standards.
    I01,
    /// The photo carries no camera facts.
    I02,
    /// Its name says that it is a draft or a copy.
    I03,
    /// Text in this format is not read yet.
    I04,
    /// It seems to be a page of a piece sent as several files.
    I05,
    /// Facts were not read because a program is not installed.
    I06,
}

impl Code {
    /// Every code, in order.
    pub const ALL: &'static [Self] = &[
        Self::E01,
        Self::E02,
        Self::E03,
        Self::E04,
        Self::E05,
        Self::E06,
        Self::E07,
        Self::E08,
        Self::E09,
        Self::E10,
        Self::E11,
        Self::E12,
        Self::E13,
        Self::E14,
        Self::W01,
        Self::W02,
        Self::W03,
        Self::W04,
        Self::W05,
        Self::W06,
        Self::W07,
        Self::W08,
        Self::W09,
        Self::W10,
        Self::W11,
        Self::W12,
        Self::W13,
        Self::W14,
        Self::W15,
        Self::W16,
        Self::W17,
        Self::W18,
        Self::W19,
        Self::W20,
        Self::W21,
        Self::W22,
        Self::W23,
        Self::W24,
        Self::W25,
        Self::W26,
        Self::W27,
        Self::W28,
        Self::W29,
        Self::W30,
        Self::W31,
        Self::W32,
        Self::W33,
        Self::W34,
        Self::W35,
        Self::I01,
        Self::I02,
        Self::I03,
        Self::I04,
        Self::I05,
        Self::I06,
    ];

    /// Returns the code as written, such as `E04`.
    pub fn as_str(self) -> &'static str {
        self.wording().0
    }

    /// Returns the severity, which the first letter of the code says.
    pub fn severity(self) -> Severity {
        match self.as_str().as_bytes().first() {
            Some(b'E') => Severity::Error,
            Some(b'W') => Severity::Warn,
            _ => Severity::Info,
        }
    }

    /// Returns whether it keeps a piece out of dossiers until somebody has decided: personal data and secrecy.
    pub fn holds(self) -> bool {
        matches!(self, Self::W13 | Self::W14)
    }

    /// Returns the sentence that says what is amiss, in Chinese or English.
    pub fn sentence(self, english: bool) -> &'static str {
        self.wording().1[usize::from(english)]
    }

    /// Returns the sentence that says what to do, in Chinese or English.
    pub fn remedy(self, english: bool) -> &'static str {
        self.wording().1[2 + usize::from(english)]
    }

    fn wording(self) -> (&'static str, &'static [&'static str; 4]) {
        // Every code has a row, which a test holds.
        WORDING.iter().find(|it| it.0 == self).map_or(("", &[""; 4]), |it| (it.1, &it.2))
    }
}

impl std::str::FromStr for Code {
    type Err = Error;

    /// Reads a code as written, such as `E04` or `w13`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let known = Self::ALL.iter().find(|it| it.as_str().eq_ignore_ascii_case(text.trim())).copied();
        known.ok_or_else(|| {
            Error::invalid(format!("“{text}” is not the code of a finding; codes are such as E04 or W13."))
                .zh(format!("“{text}”不是疑点代码，代码形如 E04、W13。"))
        })
    }
}

/// One thing amiss: the code, what it concerns, and the particulars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The stable code.
    pub code: Code,
    /// Particulars such as a name, a page or a share; empty when the code says it all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Finding {
    /// Makes a finding with its particulars.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    /// Returns the whole as one line: code, sentence, particulars, remedy.
    pub fn line(&self, english: bool) -> String {
        let detail = if self.detail.is_empty() { String::new() } else { format!(" [{}]", self.detail) };
        format!(
            "{} {}{detail} {}",
            self.code.as_str(),
            self.code.sentence(english),
            self.code.remedy(english)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_words() {
        for code in Code::ALL {
            assert_eq!(format!("{code:?}"), code.as_str());
            assert!(!code.sentence(true).is_empty() && !code.remedy(false).is_empty());
        }
        assert_eq!(Code::ALL.len(), WORDING.len());
    }
}
