//! Which list each paragraph is in, as its style and the paragraph itself say ([MS-DOC] 2.4.6.1, 2.6.1, 2.6.2).

use std::collections::HashSet;
use std::ops::Range;

use crate::extract::numbers::{u16_at, u32_at};
use crate::extract::office::word97::pieces::Piece;
use crate::extract::office::word97::{PARAGRAPHS, RUNS, STYLES, part};

/// More paragraphs than any document has.
const MOST: usize = 1 << 20;

/// How many styles lie below one another.
const DEEPEST: usize = 20;

/// A paragraph in a list.
pub(super) struct Listed {
    /// Its first character.
    pub(super) start: u32,
    pub(super) list: u32,
    pub(super) level: u8,
}

/// What is said of lists; what is not said holds as before.
#[derive(Clone, Copy, Default)]
struct Said {
    list: Option<i16>,
    level: Option<u8>,
    style: Option<u16>,
    /// It is no paragraph but the end of a row.
    ends_row: bool,
    /// Nobody sees it: hidden, or taken away by a tracked change.
    unseen: bool,
}

impl Said {
    fn of(properties: &[u8]) -> Self {
        let mut said = Self::default();
        for (code, operand) in modifiers(properties) {
            let [first, second] = [0, 1].map(|n| operand.get(n).copied().unwrap_or(0));
            let both = u16::from_le_bytes([first, second]);
            match code {
                0x260A => said.level = Some(first),
                0x460B => said.list = Some(both as i16),
                0x4600 => said.style = Some(both),
                0x2417 => said.ends_row = first != 0,
                0x0800 | 0x083C => said.unseen |= first == 1,
                _ => {}
            }
        }
        said
    }
}

/// Returns the paragraphs that are in lists, in the order of the text; `None` where they make no sense.
pub(super) fn in_lists(main: &[u8], table: &[u8], pieces: &[Piece]) -> Option<Vec<Listed>> {
    let mut entries = entries(main, part(main, table, PARAGRAPHS)?, 13);
    entries.sort_by_key(|it| it.0.end);
    let styles = part(main, table, STYLES).and_then(styles).unwrap_or_default();
    let unseen = unseen(main, part(main, table, RUNS).unwrap_or_default());
    let (mut start, mut n, mut listed) = (0, 0_usize, Vec::new());
    for piece in pieces {
        let (bytes, width) = piece.bytes();
        let first = entries.partition_point(|it| u64::from(it.0.end) <= bytes.start);
        for (characters, properties) in entries.iter().skip(first) {
            let end = u64::from(characters.end);
            if end > bytes.end {
                break;
            }
            n += 1;
            if !ends_paragraph(main, end, width) {
                continue;
            }
            let at = start;
            start = piece.text.start + u32::try_from((end - bytes.start) / width).ok()?;
            let is_seen = !holds(&unseen, characters.end.saturating_sub(1));
            let place = place(properties, &styles).filter(|_| is_seen);
            listed.extend(place.map(|(list, level)| Listed { start: at, list, level }));
        }
        if n > MOST {
            return None;
        }
    }
    Some(listed)
}

/// Returns whether a paragraph, a cell or a section ends here ([MS-DOC] 2.4.2); what some files tell is no end of any.
fn ends_paragraph(main: &[u8], end: u64, width: u64) -> bool {
    let mark = usize::try_from(end).ok().zip(usize::try_from(width).ok());
    let mark = mark.and_then(|(end, width)| main.get(end.checked_sub(width)?..end));
    matches!(mark, Some([0x07 | 0x0C | 0x0D] | [0x07 | 0x0C | 0x0D, 0]))
}

/// Returns list and level of a paragraph ([MS-DOC] 2.9.176): a style, and what differs from it.
fn place(properties: &[u8], styles: &[Said]) -> Option<(u32, u8)> {
    let double = match properties.first()? {
        0 => usize::from(*properties.get(1)?) * 2 + 2,
        n => usize::from(*n) * 2,
    };
    let from = if properties.first() == Some(&0) { 2 } else { 1 };
    let own = properties.get(from..double.min(properties.len()))?;
    let said = Said::of(own.get(2..).unwrap_or_default());
    let style = said.style.or(u16_at(own, 0))?;
    let style = styles.get(usize::from(style)).copied().unwrap_or_default();
    // Below zero is a list the paragraph was taken out of.
    let list = said.list.or(style.list).filter(|it| *it > 0 && !said.ends_row)?;
    Some((u32::try_from(list).ok()?, said.level.or(style.level).unwrap_or(0)))
}

/// Returns what each style says of lists, or the one it is based on ([MS-DOC] 2.9.271, 2.9.258).
fn styles(sheet: &[u8]) -> Option<Vec<Said>> {
    let header = usize::from(u16_at(sheet, 0)?);
    let (n, width) = (u16_at(sheet, 2)?, usize::from(u16_at(sheet, 4)?));
    let (mut own, mut at) = (Vec::new(), 2 + header);
    for _ in 0..n {
        let Some(length) = u16_at(sheet, at).map(usize::from) else { break };
        let style = sheet.get(at + 2..).and_then(|it| it.get(..length)).unwrap_or_default();
        own.push(style_of(style, width).unwrap_or_default());
        at += 2 + length.next_multiple_of(2);
    }
    let whole = |(base, said): &(usize, Said)| {
        let (mut res, mut base) = (*said, *base);
        for _ in 0..DEEPEST {
            let Some((next, said)) = own.get(base) else { break };
            res.list = res.list.or(said.list);
            res.level = res.level.or(said.level);
            base = *next;
        }
        res
    };
    Some(own.iter().map(whole).collect())
}

/// Returns the style one is based on, and what it says itself.
fn style_of(style: &[u8], width: usize) -> Option<(usize, Said)> {
    const PARAGRAPH: u16 = 1;
    let kind = u16_at(style, 2)?;
    let base = usize::from(kind >> 4);
    // The name has its length before it and a zero behind it.
    let at = (width + 2 + 2 * usize::from(u16_at(style, width)?) + 2).next_multiple_of(2);
    let properties = u16_at(style, at).filter(|_| kind & 0xF == PARAGRAPH);
    let properties = properties.and_then(|n| style.get(at + 2..)?.get(..usize::from(n))?.get(2..));
    Some((base, properties.map(Said::of).unwrap_or_default()))
}

/// Returns the characters nobody sees, in order.
fn unseen(main: &[u8], plc: &[u8]) -> Vec<Range<u32>> {
    let is_unseen = |properties: &[u8]| {
        let own = properties.split_first().and_then(|(n, rest)| rest.get(..usize::from(*n)));
        own.is_some_and(|it| Said::of(it).unseen)
    };
    let mut unseen: Vec<_> =
        entries(main, plc, 1).into_iter().filter(|it| is_unseen(it.1)).map(|it| it.0).collect();
    unseen.sort_by_key(|it| it.end);
    unseen
}

fn holds(ranges: &[Range<u32>], at: u32) -> bool {
    ranges.get(ranges.partition_point(|it| it.end <= at)).is_some_and(|it| it.contains(&at))
}

/// Returns the entries of all pages of properties ([MS-DOC] 2.9.174, 2.9.33): bytes of the main stream, and what stands in
/// the page from where their properties begin.
fn entries<'a>(main: &'a [u8], plc: &[u8], width: usize) -> Vec<(Range<u32>, &'a [u8])> {
    const PAGE: usize = 512;
    let n = plc.len().saturating_sub(4) / 8;
    let (mut seen, mut entries) = (HashSet::new(), Vec::new());
    for number in (0..n).filter_map(|it| u32_at(plc, (n + 1) * 4 + it * 4)) {
        let start = (number & 0x3F_FFFF) as usize * PAGE;
        let Some(page) = main.get(start..start + PAGE).filter(|_| seen.insert(start)) else { continue };
        let n_entries = page.last().map_or(0, |it| usize::from(*it));
        for n in 0..n_entries {
            let places = (u32_at(page, n * 4), u32_at(page, n * 4 + 4));
            let (Some(start), Some(end)) = places else { break };
            let at = page.get((n_entries + 1) * 4 + n * width).map_or(0, |it| usize::from(*it) * 2);
            // Without properties of their own they are as their style is.
            let properties = if at == 0 { &[] } else { page.get(at..PAGE - 1).unwrap_or_default() };
            entries.push((start..end, properties));
        }
    }
    entries
}

/// Returns the modifiers of properties and their operands ([MS-DOC] 2.2.5.1).
fn modifiers(mut rest: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let code = u16_at(rest, 0)?;
        let first = rest.get(2).map_or(0, |it| usize::from(*it));
        let length = match code {
            // The definition of a table tells its length in two bytes, one too high.
            0xD608 => usize::from(u16_at(rest, 2)?) + 1,
            // Tabs that are too many to tell: nothing behind them is looked for.
            0xC615 if first == 255 => return None,
            _ => match code >> 13 {
                0 | 1 => 1,
                2 | 4 | 5 => 2,
                3 => 4,
                7 => 3,
                _ => first + 1,
            },
        };
        let operand = rest.get(2..)?;
        let (operand, behind) = operand.split_at(length.min(operand.len()));
        rest = behind;
        Some((code, operand))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modifiers_are_passed_over_by_their_length() {
        let bytes = [
            [0x0D, 0xC6, 2, 9, 9].as_slice(),
            &[0x08, 0xD6, 3, 0, 1, 1],
            &[0x0A, 0x26, 1],
            &[0x0B, 0x46, 2, 0],
            &[0x17],
        ];
        let said = Said::of(&bytes.concat());
        assert_eq!((said.list, said.level, said.ends_row), (Some(2), Some(1), false));
    }

    #[test]
    fn a_paragraph_says_more_than_its_style() {
        let style = Said { list: Some(3), level: Some(2), ..Said::default() };
        let of = |own: &[u8]| {
            let length = [(own.len() / 2) as u8 + 1];
            place(&[&[0], length.as_slice(), &[1, 0], own].concat(), &[Said::default(), style])
        };
        assert_eq!(of(&[]), Some((3, 2)));
        assert_eq!(of(&[0x0B, 0x46, 1, 0]), Some((1, 2)));
        assert_eq!(of(&[0x0B, 0x46, 0, 0]), None, "taken out");
        assert_eq!(of(&[0x0B, 0x46, 0xFF, 0xFF]), None, "was in a list once");
        assert_eq!(of(&[0x00, 0x46, 0, 0]), None, "of another style");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read(mut bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..700)) {
            styles(&bytes);
            place(&bytes, &[]);
            modifiers(&bytes).for_each(drop);
            // One page, and a list of pages that leads to it again and again.
            bytes.resize(512, 7);
            for width in [1, 13] {
                proptest::prop_assert!(entries(&bytes, &[0; 100], width).len() <= 255);
            }
        }
    }
}
