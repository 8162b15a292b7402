//! What the bytes say: text, facts and findings of any file, read by a child of the cage.
//!
//! Read [`extract`] for the whole, `child` for what happens inside the cage and `found` for what a reader gives, then
//! `sniff` and one file or folder a family: `plain`, `markup`, `html`, `mail`, `rtf`, `office`, `odf`, `ofd`, `pdf`,
//! `photo`, `metafile`, `video`. A new family is one of these and one line in `child`. `embedded` reads what lies within
//! a document, `unseen` tells what nobody sees on its pages, and `facts` is what the whole text says.
//!
//! **Invariant:** extraction is total: any bytes give an [`Extraction`]; a child that was killed is a status.

use std::fs::File;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::cage::{Budget, Frame, Keeper, Outcome};
use crate::domain::finding::{Code, Finding};
use crate::domain::media::is_container;
use crate::domain::reading::{Facts, Reading, Status};
use crate::error::{Kind, Result, in_chinese};

pub mod child;
pub mod clean;

pub mod look;

#[cfg(fuzzing)]
pub mod fuzzing;

mod code_pages;
mod embedded;
mod facts;
mod found;
mod html;
mod mail;
mod markup;
mod media;
mod metafile;
mod numbers;
mod odf;
mod ofd;
mod office;
mod package;
mod pdf;
mod photo;
mod plain;
mod rtf;
mod sketch;
mod sniff;
mod text;
mod unseen;
mod video;
mod xml;

pub use facts::given_away;

use found::Note;

/// The version of the readers; a higher one reads again what a lower one read.
pub const VERSION: u32 = 6;

/// The label of the section that holds the text of what lies within a file: other files, pictures of words.
pub const WITHIN: &str = "内含文件";

/// What was read from one blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extraction {
    /// How it ended, the facts, and what is amiss: the part the ledger keeps.
    pub reading: Reading,
    /// The text, clean: lines end in `\n`, no other control characters but tabs.
    pub text: String,
    /// Where each page, slide or sheet stands in the text.
    pub sections: Vec<Section>,
    /// A JPEG of at most 320 pixels a side, upright.
    pub thumbnail: Option<Vec<u8>>,
}

/// One page, slide or sheet within the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its own name, such as that of a sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its bytes within the text.
    pub range: Range<usize>,
}

/// Returns the budget for a file of this size: large documents are held in memory, some of them twice.
pub fn budget(bytes: u64) -> Budget {
    let usual = Budget::default();
    let memory_bytes = (usual.memory_bytes + bytes.saturating_mul(3)).min(2 << 30);
    Budget { memory_bytes, ..usual }
}

/// Reads a file under its name. Any bytes give an extraction, and so does a platform without a cage.
///
/// # Errors
///
/// Only when no child could be started, which says nothing about the file; it is to be read again later.
pub fn extract(keeper: &Keeper, file: &File, name: &str, budget: Budget) -> Result<Extraction> {
    let mut gathered = Gathered::default();
    let orders =
        child::Orders { name: name.chars().rev().take(255).collect::<Vec<_>>().iter().rev().collect() };
    let outcome = match keeper.stream(child::JOB, file, &orders, budget) {
        Ok(mut frames) => {
            frames.by_ref().for_each(|frame| gathered.take(frame));
            frames.ending()
        }
        Err(error) if error.kind() == Kind::Unsupported => Outcome::Refused(error.message().into()),
        Err(error) => return Err(error),
    };
    let mut extraction = gathered.finish(outcome);
    media::complete(keeper, file, &mut extraction)?;
    Ok(extraction)
}

/// What came out of the cage so far; a child that dies leaves what it had sent.
#[derive(Default)]
struct Gathered {
    extractor: String,
    status: Option<Status>,
    facts: Facts,
    findings: Vec<Finding>,
    text: Vec<u8>,
    marks: Vec<(usize, Option<String>)>,
    /// Where the text of the document itself ends, if something lies within it.
    own: Option<usize>,
    thumbnail: Option<Vec<u8>>,
}

impl Gathered {
    fn take(&mut self, frame: Frame) {
        match (frame, &mut self.thumbnail) {
            // The child stops by itself; one that was taken over by what it reads does not.
            (Frame::Bytes(bytes), None) => {
                let room = text::MOST.saturating_sub(self.text.len());
                self.text.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
            (Frame::Bytes(bytes), Some(thumbnail)) => thumbnail.extend_from_slice(&bytes),
            (Frame::Note(note), _) => match serde_json::from_slice(&note) {
                Ok(Note::Known { extractor, media_type }) => {
                    self.extractor = extractor;
                    self.facts.media_type = media_type;
                }
                Ok(Note::Section { label }) => self.marks.push((self.text.len(), label)),
                Ok(Note::OwnEnds) => self.own = self.own.or(Some(self.text.len())),
                Ok(Note::Amiss { findings }) => self.findings = findings,
                Ok(Note::Thumbnail) => self.thumbnail = Some(Vec::new()),
                Ok(Note::Read { status, facts, findings }) => {
                    self.status = Some(status);
                    self.facts = *facts;
                    self.findings.extend(findings);
                }
                // Only our own child writes notes; one that is not ours says nothing.
                Err(_) => {}
            },
        }
    }

    fn finish(mut self, outcome: Outcome<()>) -> Extraction {
        let is_beyond = self.own.is_some();
        let killed = |status| match status_detail(status) {
            // The document itself had been read.
            how if is_beyond => {
                (Status::Partial, Some(Finding::new(Code::W27, format!("正文之外的内容{how}"))))
            }
            how => (status, Some(Finding::new(Code::E02, how))),
        };
        let (status, finding) = match outcome {
            Outcome::Done(()) => (self.status.unwrap_or(Status::Crash), None),
            Outcome::Timeout => killed(Status::Timeout),
            Outcome::OutOfMemory => killed(Status::Oom),
            Outcome::TooMuch => (Status::Partial, Some(Finding::new(Code::W27, "文字过多,超出部分未读取"))),
            Outcome::Refused(why) => (Status::Unsupported, Some(Finding::new(Code::I04, in_chinese(&why)))),
            Outcome::Crash(how) => {
                tracing::warn!(how, media_type = self.facts.media_type, "a reader died");
                killed(Status::Crash)
            }
        };
        self.findings.extend(finding);
        if status == Status::Unsupported && is_container(&self.facts.media_type) {
            // It was filed as it came: what could be opened was filed by what lies in it.
            self.findings.retain(|it| it.code != Code::I04);
            self.findings.push(Finding::new(Code::E12, "没有展开"));
        }
        let text = text::sound(self.text);
        let own = &text[..text.floor_char_boundary(self.own.unwrap_or(text.len()))];
        // A document may be nothing but what lies within it.
        let own = if own.trim().is_empty() { &text } else { own };
        facts::from_text(&text, own, status, &mut self.facts, &mut self.findings);
        self.facts.sketch = sketch::of(own).map(|it| it.to_string());
        let ends = self.marks.iter().skip(1).map(|(at, _)| *at).chain([text.len()]).collect::<Vec<_>>();
        let starts = self.marks.into_iter().map(|(at, label)| (at.min(text.len()), label));
        let sections =
            starts.zip(ends).map(|((start, label), end)| Section { label, range: start..end.max(start) });
        Extraction {
            reading: Reading {
                extractor: self.extractor,
                version: VERSION,
                status,
                facts: self.facts,
                findings: self.findings,
            },
            sections: sections.collect(),
            text,
            thumbnail: self.thumbnail.filter(|it| !it.is_empty()),
        }
    }
}

fn status_detail(status: Status) -> &'static str {
    match status {
        Status::Timeout => "读取超时",
        Status::Oom => "读取所需内存过大",
        _ => "读取时出错",
    }
}
