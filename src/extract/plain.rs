//! Plain text.

use std::io::Read;

use crate::extract::found::{Found, Trouble};
use crate::extract::text::Text;
use crate::intake::encoding::decode;

/// Longer text is cut: it is a log or a dump, and nobody's document.
const LONGEST: u64 = 48 << 20;

pub(super) fn read(input: impl Read, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let (bytes, cut) = bytes(input)?;
    text.push(&decode(&bytes, None))?;
    let missing = cut.then(|| format!("只读取了前 {} MiB", LONGEST >> 20));
    Ok(Found { missing, ..Found::default() })
}

/// Reads the file up to the limit; says whether there was more.
pub(super) fn bytes(input: impl Read) -> Result<(Vec<u8>, bool), Trouble> {
    let mut bytes = Vec::new();
    input.take(LONGEST + 1).read_to_end(&mut bytes)?;
    let cut = bytes.len() as u64 > LONGEST;
    bytes.truncate(usize::try_from(LONGEST).unwrap_or(usize::MAX));
    Ok((bytes, cut))
}
