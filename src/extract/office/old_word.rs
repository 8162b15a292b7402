//! Word 2 (1991), whose files are no compound files yet: one run of characters between two offsets of the header.

use std::io::Read;

use crate::extract::found::{Found, Trouble};
use crate::extract::plain;
use crate::extract::text::Text;
use crate::intake::encoding;

/// The first bytes of such a file.
pub(in crate::extract) const SIGN: [u8; 2] = [0xDB, 0xA5];

pub(in crate::extract) fn read(input: impl Read, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let (bytes, _) = plain::bytes(input)?;
    let torn = || Trouble::Corrupt("文件头不完整".into());
    let number = |at: usize| {
        let four = bytes.get(at..at + 4).and_then(|it| <[u8; 4]>::try_from(it).ok());
        four.map(|it| u32::from_le_bytes(it) as usize).ok_or_else(torn)
    };
    let flags = *bytes.get(0x0A).ok_or_else(torn)?;
    let (start, end) = (number(0x18)?, number(0x1C)?);
    let characters = bytes.get(start..end.min(bytes.len())).ok_or_else(torn)?;
    text.push(&words(&encoding::decode(characters, None)))?;
    // Saved "fast", its text lies in pieces, of which the first run is only the oldest.
    let in_pieces = flags & 4 != 0;
    Ok(Found {
        missing: in_pieces.then(|| "快速保存的文件,只读取了主要部分".into()), ..Found::default()
    })
}

/// Drops the instructions of fields, and ends cells with tabs.
fn words(characters: &str) -> String {
    let (mut words, mut n_fields) = (String::new(), 0_u32);
    for c in characters.chars() {
        match c {
            '\u{13}' => n_fields += 1,
            '\u{14}' | '\u{15}' => n_fields = n_fields.saturating_sub(1),
            _ if n_fields > 0 => {}
            '\u{7}' => words.push('\t'),
            c => words.push(c),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_show_their_results_only() {
        assert_eq!(words("第\u{13} PAGE \u{14}3\u{15}页\r甲\u{7}乙\u{7}"), "第3页\r甲\t乙\t");
    }
}
