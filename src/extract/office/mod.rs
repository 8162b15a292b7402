//! Documents, sheets and slides of Microsoft Office and WPS, old and new.

use std::fs::File;
use std::io::{Cursor, Seek};
use std::sync::Arc;

use office_oxide::cfb::CfbReader;
use office_oxide::{Document, DocumentFormat, DocumentIR, OfficeError};

use crate::domain::finding::{Code, Finding};
use crate::extract::embedded::{self, Teller};
use crate::extract::found::{Found, Trouble};
use crate::extract::package::Package;
use crate::extract::text::Text;

pub(super) mod numbering;
pub(super) mod old_powerpoint;
pub(super) mod old_word;
pub(super) mod pages;
mod properties;
pub(super) mod rows;
pub(super) mod word97;

pub(super) fn read(mut input: File, format: DocumentFormat, text: &mut Text<'_>) -> Result<Found, Trouble> {
    input.rewind()?;
    let again = input.try_clone()?;
    let marked = match format {
        DocumentFormat::Docx => pages::marked(&mut input),
        DocumentFormat::Doc => word97::numbered(&mut input),
        _ => None,
    };
    let marked = marked.map(Arc::<[u8]>::from);
    input.rewind()?;
    let document = match &marked {
        Some(bytes) => Document::from_reader_with(Cursor::new(bytes.clone()), format, &embedded::options()),
        None => Document::from_reader_with(input, format, &embedded::options()),
    };
    let document = document.map_err(trouble)?;
    let lost: Vec<_> = document.damage().into_iter().filter(|it| it.is_loss()).collect();
    let missing = lost.first().map(|first| format!("{first}{}", more(lost.len())));
    let mut found = Found { missing, ..Found::default() };
    let mut teller = Teller::new(text);
    found.facts.pages = match format {
        DocumentFormat::Docx | DocumentFormat::Doc => {
            let (seen, now) = (embedded::text(&document), document.plain_text());
            // One reading at a time is held: of a long document each takes much memory.
            drop(document);
            let n_pages = pages::send(&seen, &mut teller)?;
            teller.end_own()?;
            match &marked {
                Some(bytes) => teller.unseen(&now, format, || Ok(Cursor::new(bytes.clone())))?,
                None => teller.unseen(&now, format, || rewound(&again))?,
            }
            n_pages
        }
        DocumentFormat::Xlsx | DocumentFormat::Xls => Some(sheets(document, &mut teller)?),
        DocumentFormat::Pptx | DocumentFormat::Ppt => Some(slides(document, &mut teller)?),
    };
    let unread = embedded::kept(teller.parts(again, 0).map(|()| None))?;
    found.missing = found.missing.or(unread);
    Ok(found)
}

fn rewound(input: &File) -> Result<File, Trouble> {
    let mut input = input.try_clone()?;
    input.rewind()?;
    Ok(input)
}

/// Reads a locked package. Some programs lock with a password that everybody knows, only against changes; a package
/// that opens with it is a workbook nearly always.
pub(super) fn read_locked(mut input: File, text: &mut Text<'_>) -> Result<Found, Trouble> {
    for format in [DocumentFormat::Xlsx, DocumentFormat::Docx, DocumentFormat::Pptx] {
        input.rewind()?;
        match read(input.try_clone()?, format, text) {
            Err(Trouble::Encrypted | Trouble::Corrupt(_)) => {}
            other => return other,
        }
    }
    Err(Trouble::Encrypted)
}

/// Returns what a document bears beside its text: macros, and what its properties give away. It is said whatever becomes
/// of the text, which may be cut.
pub(super) fn beside(input: &mut File) -> Vec<Finding> {
    let macros = macros(input).map(|it| Finding::new(Code::E05, format!("宏:{it}")));
    macros.into_iter().chain(properties::given_away(input)).collect()
}

/// Returns the part that holds macros, in a package or in a compound file.
fn macros(input: &mut File) -> Option<String> {
    input.rewind().ok()?;
    if let Ok(package) = Package::open(&mut *input) {
        return package.names().into_iter().find(|it| holds_macros(it)).map(str::to_owned);
    }
    input.rewind().ok()?;
    let compound = CfbReader::new(input).ok()?;
    let of_macros = |name: &str| ["_VBA_PROJECT", "_VBA_PROJECT_CUR", "Macros"].contains(&name);
    compound.entries().iter().map(|it| it.name.as_str()).find(|it| of_macros(it)).map(str::to_owned)
}

fn holds_macros(part: &str) -> bool {
    let is_basic = part.starts_with("basic/") && !part.ends_with("-lc.xml");
    part.ends_with("vbaproject.bin") || is_basic || part.starts_with("scripts/")
}

/// Sends the workbook, in which each sheet's name stands on a line of its own, and returns the number of sheets.
fn sheets(document: Document, text: &mut Teller<'_, '_>) -> Result<u32, Trouble> {
    let new = document.as_xlsx().map(|it| it.worksheets.iter().map(|it| it.name.clone()).collect());
    let old = || document.as_xls().map(|it| it.sheets.iter().map(|it| it.name.clone()).collect());
    let names: Vec<String> = new.or_else(old).unwrap_or_default();
    let whole = document.plain_text();
    drop(document);
    let mut rest = whole.as_str();
    for name in &names {
        // A sheet that is not found begins no section; its text stays with the one before.
        let Some(at) = line_at(rest, name) else { continue };
        text.push(&rest[..at])?;
        text.section(Some(name))?;
        text.push(&rest[at..at + name.len()])?;
        rest = &rest[at + name.len()..];
    }
    text.push(rest)?;
    Ok(names.len() as u32)
}

/// Finds a line that is exactly this.
fn line_at(text: &str, line: &str) -> Option<usize> {
    text.match_indices(line).map(|(at, _)| at).find(|at| {
        let after = &text[at + line.len()..];
        text[..*at].chars().next_back().is_none_or(|c| c == '\n')
            && after.chars().next().is_none_or(|c| c == '\n')
    })
}

/// Sends each slide with its notes, and returns their number. The plain text of old slides lacks the notes.
fn slides(document: Document, text: &mut Teller<'_, '_>) -> Result<u32, Trouble> {
    let whole = document.to_ir();
    drop(document);
    let mut n = 0;
    for slide in whole.sections {
        text.section(slide.title.as_deref())?;
        let alone = DocumentIR { metadata: whole.metadata.clone(), sections: vec![slide] };
        text.push(&alone.plain_text())?;
        n += 1;
    }
    Ok(n)
}

fn more(n: usize) -> String {
    if n > 1 { format!(" (共 {n} 处)") } else { String::new() }
}

fn trouble(error: OfficeError) -> Trouble {
    let words = error.to_string();
    if words.contains("encrypted") || words.contains("password") {
        Trouble::Encrypted
    } else if words.contains("limit exceeded") {
        // A part that unpacks to more than any document has.
        Trouble::OutOfMemory
    } else {
        Trouble::Corrupt(words)
    }
}
