//! Mails read as documents, where they were not taken apart, and web pages saved in the form of a mail.

use std::io::{BufReader, Read, Seek};

use jiff::civil::Date;

use crate::domain::evidence::{DateKind, Dated, Provenance};
use crate::extract::embedded::{self, Teller, objects};
use crate::extract::found::{Found, Trouble};
use crate::extract::text::Text;
use crate::extract::{html, plain, rtf};
use crate::intake::mail::{self, Body, Enclosure, Form, Letter};

/// Reads a mail: its heading, its text, the names of what is attached, and what that says.
pub(super) fn read(input: impl Read + Seek, form: Form, text: &mut Text<'_>) -> Result<Found, Trouble> {
    if form == Form::Box {
        return read_box(input, text);
    }
    let letter = mail::read(input, form).ok_or_else(|| Trouble::Corrupt("邮件无法打开".into()))?;
    let mut found = Found::default();
    found.facts.title = Some(letter.subject.trim().to_owned()).filter(|it| !it.is_empty());
    found.facts.dates.extend(written(&letter));
    found.missing = embedded::kept(push(&letter, 0, text))?;
    Ok(found)
}

/// Reads the page of a web page that was saved in the form of a mail.
pub(super) fn read_page(input: impl Read, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let (bytes, _) = plain::bytes(input)?;
    let page = mail::page(&bytes).ok_or_else(|| Trouble::Corrupt("其中没有网页".into()))?;
    html::read_page(&page, text)
}

/// Reads every mail of a mailbox as a section of its own.
fn read_box(input: impl Read, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let mut found = Found::default();
    for bytes in mail::letters(BufReader::new(input)) {
        let letter = bytes?.and_then(|it| mail::read_bytes(&it));
        match letter {
            Some(letter) => {
                text.section(Some(letter.subject.trim()).filter(|it| !it.is_empty()))?;
                let missing = push(&letter, 0, text)?;
                found.missing = found.missing.or(missing);
            }
            None => found.missing = Some("其中有邮件无法打开".into()),
        }
    }
    Ok(found)
}

/// Mails within mails.
const DEEPEST: u8 = 5;

/// Sends what a mail says, and the mails attached to it; returns what of it could not be read.
fn push(letter: &Letter, depth: u8, text: &mut Text<'_>) -> Result<Option<String>, Trouble> {
    text.push(&letter.text())?;
    let mut missing = match &letter.body {
        Body::Plain(_) => None,
        Body::Html(page) => html::read_page(page, text)?.missing,
        Body::Rich(rich) => rtf::read_bytes(rich, false, text)?.missing,
    };
    if !letter.enclosures.is_empty() {
        text.push("\n附件：\n")?;
        for enclosure in &letter.enclosures {
            text.push(&enclosure.name)?;
            text.push("\n")?;
        }
    }
    let is_mail = |it: &Enclosure| it.name.ends_with(".eml") || it.name.ends_with(".msg");
    let (letters, others): (Vec<_>, Vec<_>) = letter.enclosures.iter().partition(|it| is_mail(it));
    let mut teller = Teller::new(text);
    for enclosure in others.into_iter().filter(|it| it.bytes.len() as u64 <= objects::LONGEST) {
        teller.document(&enclosure.name, enclosure.bytes.clone(), 1)?;
    }
    for enclosure in letters.into_iter().filter(|_| depth < DEEPEST) {
        if let Some(inner) = mail::read_bytes(&enclosure.bytes) {
            text.turn_within()?;
            let lost = push(&inner, depth + 1, text)?;
            missing = missing.or(lost);
        }
    }
    Ok(missing)
}

/// The day on the clock of its writer; one that is told in UTC may be another.
fn written(letter: &Letter) -> Option<Dated> {
    let day: Date = letter.clock.get(..10)?.parse().ok().filter(|_| !letter.clock.ends_with("UTC"))?;
    Some(Dated { kind: DateKind::Made, from: day, to: day, provenance: Provenance::Document })
}
