//! Inside the cage: finds out what the file is, reads it, and sends what it finds as it goes.

use std::fs::File;
use std::io::{Read, Seek};

use serde::{Deserialize, Serialize};

use crate::cage::{Output, Task};
use crate::domain::finding::{Code, Finding};
use crate::domain::reading::Status;
use crate::error::{Result, in_chinese};
use crate::extract::found::{Found, Note, Trouble};
use crate::extract::office::{self, old_powerpoint, old_word};
use crate::extract::sniff::{self, Family, Sniffed};
use crate::extract::text::{self, Text};
use crate::extract::{html, mail, markup, metafile, odf, ofd, pdf, photo, plain, rtf, status_detail, video};

/// The name of the job.
pub const JOB: &str = "extract";

/// What the job is told.
#[derive(Serialize, Deserialize)]
pub struct Orders {
    /// The file name, for its extension.
    pub name: String,
}

/// Does the job.
pub fn child(mut task: Task, output: &mut Output) -> Result<()> {
    let orders: Orders = task.args()?;
    let sniffed = sniff::sniff(&mut task.input, &orders.name);
    let (extractor, media_type) = (sniffed.family.extractor().to_owned(), sniffed.media_type.clone());
    output.note(&Note::Known { extractor, media_type: media_type.clone() })?;
    let mut amiss = sniffed.findings();
    amiss.extend(beside(&mut task.input, sniffed.family));
    output.note(&Note::Amiss { findings: amiss })?;
    let mut findings = Vec::new();
    let mut text = Text::new(output);
    let read = read(task.input, &sniffed, &mut text).map(|found| unread(found, text.within.n_unread));
    let (status, mut found) = match read {
        Ok(found) if found.is_whole() => (Status::Ok, found),
        Ok(found) => (Status::Partial, found),
        Err(Trouble::CutOff(error)) => return Err(error),
        Err(Trouble::Enough) => {
            (Status::Partial, Found { missing: Some(text::CUT.into()), ..Found::default() })
        }
        Err(trouble) => {
            let (status, finding) = named(trouble);
            findings.push(finding);
            (status, Found::default())
        }
    };
    findings.append(&mut found.findings);
    findings.extend(found.missing.map(|what| Finding::new(Code::W27, in_chinese(&what))));
    if let Some(pictures) = found.facts.picture_pages {
        let pages = found.facts.pages.unwrap_or(pictures);
        findings.push(Finding::new(Code::W33, format!("{pages} 页中有 {pictures} 页")));
    }
    found.facts.media_type = media_type;
    if let Some(thumbnail) = found.thumbnail {
        output.note(&Note::Thumbnail)?;
        output.bytes(&thumbnail)?;
    }
    output.note(&Note::Read { status, facts: Box::new(found.facts), findings })
}

/// Says of a document that some of what lies within it was passed over.
fn unread(mut found: Found, n_unread: u32) -> Found {
    let told = || format!("内含的文件或图片有 {n_unread} 个没有读取");
    found.missing = found.missing.or_else(|| (n_unread > 0).then(told));
    found
}

/// Returns what is amiss with a document whatever its text is.
fn beside(input: &mut File, family: Family) -> Vec<Finding> {
    let findings = match family {
        Family::Office(_) | Family::Odf | Family::Encrypted => office::beside(input),
        _ => Vec::new(),
    };
    // Where it cannot be wound back, whoever reads on says so.
    input.rewind().unwrap_or_default();
    findings
}

fn read(input: File, sniffed: &Sniffed, text: &mut Text<'_>) -> Result<Found, Trouble> {
    match sniffed.family {
        Family::Empty => Err(Trouble::Corrupt("0 字节".into())),
        Family::Office(format) => office::read(input, format, text),
        Family::Photo => photo::read(input, &sniffed.media_type),
        Family::Video => video::read(input, &sniffed.media_type),
        Family::Torn => Err(Trouble::Corrupt(format!("内容已不是完整的 {} 文件", sniffed.extension))),
        Family::Encrypted => office::read_locked(input, text),
        family => read_words(input, family, text),
    }
}

/// Reads what is nothing but words, in a file of its own or within another.
pub(super) fn read_words(
    input: impl Read + Seek,
    family: Family,
    text: &mut Text<'_>,
) -> Result<Found, Trouble> {
    match family {
        Family::Plain => plain::read(input, text),
        Family::Json => markup::read_json(input, text),
        Family::Xml => markup::read(input, text),
        Family::Html => html::read(input, text),
        Family::Mail(form) => mail::read(input, form, text),
        Family::SavedPage => mail::read_page(input, text),
        Family::Rtf => rtf::read(input, text),
        Family::Odf => odf::read(input, text),
        Family::Ofd => ofd::read(input, text),
        Family::OldWord => old_word::read(input, text),
        Family::OldPowerPoint => old_powerpoint::read(input, text),
        Family::Pdf => pdf::read(input, text),
        Family::Metafile => metafile::read(input, text),
        Family::Empty
        | Family::Office(_)
        | Family::Photo
        | Family::Video
        | Family::Torn
        | Family::Encrypted
        | Family::Other => Err(Trouble::Unsupported),
    }
}

fn named(trouble: Trouble) -> (Status, Finding) {
    match trouble {
        Trouble::Encrypted => (Status::Encrypted, Finding::new(Code::E03, "")),
        Trouble::Corrupt(how) => (Status::Corrupt, Finding::new(Code::E02, in_chinese(&how))),
        Trouble::OutOfMemory => (Status::Oom, Finding::new(Code::E02, status_detail(Status::Oom))),
        Trouble::Unsupported | Trouble::Enough | Trouble::CutOff(_) => {
            (Status::Unsupported, Finding::new(Code::I04, ""))
        }
    }
}
