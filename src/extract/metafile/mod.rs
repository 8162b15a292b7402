//! The words drawn in a Windows metafile, old (WMF, [MS-WMF]) or enhanced (EMF and EMF+, [MS-EMF], [MS-EMFPLUS]): the
//! picture that stands for an object in a document, a chart or a drawing that was pasted.
//!
//! `emf` and `wmf` read the records, `canvas` knows where a run of characters lies on the page, and `lines` makes lines
//! of the runs.

use std::io::Read;

use flate2::read::GzDecoder;

use crate::extract::found::{Found, Trouble};
use crate::extract::text::Text;
use crate::extract::{code_pages, plain};
use crate::intake::encoding;

mod canvas;
mod emf;
mod lines;
mod wmf;

/// No picture is longer when unpacked: it would be one of pixels, and hold few words.
pub(super) const LONGEST: u64 = 16 << 20;

/// Reads a metafile that is a file of its own; one without words is a picture that nobody reads yet.
pub(super) fn read(input: impl Read, to: &mut Text<'_>) -> Result<Found, Trouble> {
    let (bytes, cut) = plain::bytes(input)?;
    let words = text(&bytes).filter(|it| !it.is_empty()).ok_or(Trouble::Unsupported)?;
    to.push(&words)?;
    Ok(Found { missing: cut.then(|| "只读取了前一部分".into()), ..Found::default() })
}

/// Returns the words of a metafile, line by line in the order they were drawn; `None` where it is none.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    if bytes.starts_with(&[0x1F, 0x8B]) {
        let mut unpacked = Vec::new();
        // What was unpacked before the damage is worth reading.
        GzDecoder::new(bytes).take(LONGEST).read_to_end(&mut unpacked).unwrap_or_default();
        return unpacked_text(&unpacked);
    }
    unpacked_text(bytes)
}

fn unpacked_text(bytes: &[u8]) -> Option<String> {
    if emf::is(bytes) { Some(emf::text(bytes)) } else { wmf::records(bytes).map(wmf::text) }
}

/// A number of 16 bits, signed.
fn short_at(bytes: &[u8], at: usize) -> Option<f64> {
    bytes.get(at..)?.first_chunk().map(|it| f64::from(i16::from_le_bytes(*it)))
}

/// A number of 32 bits, signed.
fn long_at(bytes: &[u8], at: usize) -> Option<f64> {
    bytes.get(at..)?.first_chunk().map(|it| f64::from(i32::from_le_bytes(*it)))
}

fn float_at(bytes: &[u8], at: usize) -> Option<f64> {
    bytes.get(at..)?.first_chunk().map(|it| f64::from(f32::from_le_bytes(*it)))
}

/// Decodes bytes in the code page of a font; one of no code page draws in that of the writer's machine.
fn narrow(bytes: &[u8], charset: u8) -> String {
    match code_pages::of_charset(charset.into()) {
        Some(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        None => encoding::decode(bytes, None),
    }
}

/// Decodes UTF-16.
fn wide(bytes: &[u8]) -> String {
    encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned()
}

#[cfg(test)]
mod tests;
