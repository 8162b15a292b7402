//! PDF, page by page.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_oxide::document::PdfDocument;
use pdf_oxide::error::Error;

use crate::extract::embedded;
use crate::extract::found::{Found, Trouble};
use crate::extract::text::Text;

pub(super) fn read(mut input: impl Read, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let document = guarded(|| PdfDocument::from_bytes(bytes))?;
    // A locked document would come back as an empty one.
    if document.is_encrypted() && !document.authenticate(b"").unwrap_or(false) && !document.is_authenticated()
    {
        return Err(Trouble::Encrypted);
    }
    let pages = guarded(|| document.page_count())?;
    let (mut failed, mut pictures) = (Vec::new(), 0_u32);
    for page in 0..pages {
        text.section(None)?;
        // A page that makes the reader panic costs that page only.
        match catch_unwind(AssertUnwindSafe(|| document.extract_text(page))) {
            Ok(Ok(words)) => {
                pictures += u32::from(words.trim().is_empty() && shows_a_picture(&document, page));
                text.push(&legible(words))?;
            }
            _ => failed.push((page + 1).to_string()),
        }
    }
    if pages == 0 {
        return Err(Trouble::Corrupt("没有页面".into()));
    }
    if failed.len() == pages {
        return Err(Trouble::Corrupt("所有页面都无法读取".into()));
    }
    // An electronic invoice holds its own figures, a portfolio all of its files.
    let files = catch_unwind(AssertUnwindSafe(|| document.extract_embedded_files()));
    let files = files.ok().and_then(Result::ok).unwrap_or_default();
    let unread = embedded::read_all(files, text)?;
    let mut found = Found { missing: missing(&failed).or(unread), ..Found::default() };
    found.facts.picture_pages = Some(pictures).filter(|it| *it > 0);
    found.facts.pages = u32::try_from(pages).ok();
    Ok(found)
}

/// Takes a panic of the reader, which damaged structure leads to, for the damage it is.
fn guarded<T>(read: impl FnOnce() -> Result<T, Error>) -> Result<T, Trouble> {
    match catch_unwind(AssertUnwindSafe(read)) {
        // Some say only when they are looked into that they are locked.
        Ok(Err(Error::EncryptedPdf)) => Err(Trouble::Encrypted),
        Ok(read) => read.map_err(|e| Trouble::Corrupt(e.to_string())),
        Err(_) => Err(Trouble::Corrupt("文件结构混乱".into())),
    }
}

/// A font that does not say which characters it draws gives controls; they are shown as what they are, illegible.
fn legible(words: String) -> String {
    let illegible = |c: char| c.is_control() && !c.is_whitespace();
    if words.contains(illegible) { words.replace(illegible, "\u{fffd}") } else { words }
}

/// A page without words may be blank, which is nothing amiss, or a scan.
fn shows_a_picture(document: &PdfDocument, page: usize) -> bool {
    catch_unwind(AssertUnwindSafe(|| document.page_image_handles(page).is_ok_and(|it| !it.is_empty())))
        .unwrap_or(false)
}

/// Says which pages could not be read.
fn missing(failed: &[String]) -> Option<String> {
    const NAMED: usize = 5;
    let named = failed.get(..NAMED).unwrap_or(failed).join("、");
    let more = if failed.len() > NAMED { "等" } else { "" };
    (!failed.is_empty()).then(|| format!("第 {named} 页{more}"))
}
