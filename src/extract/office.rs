//! Documents, sheets and slides of Microsoft Office and WPS, old and new.

use std::fs::File;

use office_oxide::options::{OnIncomplete, ParseOptions};
use office_oxide::{Document, DocumentFormat, DocumentIR, OfficeError};

use crate::extract::child::{Found, Trouble};
use crate::extract::text::Text;

pub(super) fn read(input: File, format: DocumentFormat, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let mut options = ParseOptions::strict();
    // Half a document is worth more than none, as long as it says so.
    options.on_incomplete = OnIncomplete::Report;
    let document = Document::from_reader_with(input, format, &options).map_err(trouble)?;
    let lost: Vec<_> = document.damage().into_iter().filter(|it| it.is_loss()).collect();
    let missing = lost.first().map(|first| format!("{first}{}", more(lost.len())));
    let mut found = Found { missing, ..Found::default() };
    match format {
        DocumentFormat::Docx | DocumentFormat::Doc => text.push(&document.plain_text())?,
        _ => found.facts.pages = Some(sections(document.to_ir(), text)?),
    }
    Ok(found)
}

/// Sends each sheet or slide with its notes, and returns their number.
fn sections(whole: DocumentIR, text: &mut Text<'_>) -> Result<u32, Trouble> {
    let mut n = 0;
    for section in whole.sections {
        text.section(section.title.as_deref())?;
        let alone = DocumentIR { metadata: whole.metadata.clone(), sections: vec![section] };
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
    } else {
        Trouble::Corrupt(words)
    }
}
