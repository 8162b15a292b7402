//! XML as text: its words without tags, broken where its kind of document breaks lines; and JSON.

use std::io::Read;

use crate::extract::found::{Found, Trouble};
use crate::extract::plain;
use crate::extract::text::Text;
use crate::extract::xml::{self, Mark};
use crate::intake::encoding;

/// Elements whose words are bytes, commands or styles.
const SILENT: &[&str] =
    &["binData", "binaryData", "script", "style", "instrText", "docSuppl", "fonts", "styles"];

/// Elements of a text within which words go on without a break.
const INLINE: &[&str] = &["t", "r", "run", "span", "a", "b", "i", "u", "em", "strong", "font", "sup", "sub"];

pub(super) fn read(input: impl Read, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let (bytes, cut) = plain::bytes(input)?;
    let mut words = String::new();
    let (mut n_silent, mut n_inline) = (0_u32, 0_u32);
    let broken = xml::marks(&xml::decode(&bytes), |mark| {
        match mark {
            Mark::Open(tag) if SILENT.contains(&tag.name()) => n_silent += 1,
            Mark::Close(name) if SILENT.contains(&name) => n_silent = n_silent.saturating_sub(1),
            Mark::Open(tag) => match tag.name() {
                name if INLINE.contains(&name) => n_inline += 1,
                "tab" => words.push('\t'),
                "br" => words.push('\n'),
                _ => {}
            },
            Mark::Close(name) if INLINE.contains(&name) => n_inline = n_inline.saturating_sub(1),
            Mark::Close("Cell" | "tc" | "td") => {
                words.truncate(words.trim_end().len());
                words.push('\t');
            }
            Mark::Close(name) if !(name.ends_with("Pr") || words.ends_with(['\n', '\t'])) => words.push('\n'),
            Mark::Close("Row" | "tr") => words.push('\n'),
            Mark::Close(_) => {}
            Mark::Words(more) if n_silent == 0 => {
                let blank = n_inline == 0 && more.trim().is_empty();
                words.push_str(if blank { "" } else { &more });
            }
            Mark::Words(_) => {}
        }
        if words.len() > 64 << 10 {
            // The last line may still be joined with what follows.
            let end = words.rfind('\n').map_or(words.len(), |it| it + 1);
            let rest = words.split_off(end);
            text.push(&std::mem::replace(&mut words, rest))?;
        }
        Ok(())
    })?;
    text.push(&words)?;
    let missing = broken.or(cut.then(|| "只读取了前一部分".into()));
    Ok(Found { missing, ..Found::default() })
}

/// JSON is text; one that spells its characters as numbers is written anew.
pub(super) fn read_json(input: impl Read, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let (bytes, cut) = plain::bytes(input)?;
    let mut words = encoding::decode(&bytes, None);
    if words.contains("\\u") {
        let value = serde_json::from_str::<serde_json::Value>(&words);
        words = value.and_then(|it| serde_json::to_string_pretty(&it)).unwrap_or(words);
    }
    text.push(&words)?;
    let missing = cut.then(|| "只读取了前一部分".into());
    Ok(Found { missing, ..Found::default() })
}
