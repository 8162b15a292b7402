//! What the lists of a document look like ([MS-DOC] 2.9.131 to 2.9.134, 2.9.147, 2.9.150, 2.9.151), in the words of its
//! successor, so that one place counts and draws.

use std::collections::{HashMap, HashSet};

use office_oxide::docx::numbering::{AbstractNum, NumberingInstance, NumberingLevel};
use office_oxide::docx::{NumberFormat, NumberingDefinitions};

use crate::extract::numbers::{u16_at, u32_at};

/// Lists have nine levels, simple ones have one.
const LEVELS: u8 = 9;

/// Paragraphs can point to no more ([MS-DOC] 2.6.2, sprmPIlfo).
const MOST: usize = 0x7FE;

/// The lists that paragraphs are in, by their numbers.
pub(super) struct Known {
    pub(super) definitions: NumberingDefinitions,
    /// Lists and levels that draw all numbers in digits.
    pub(super) legal: HashSet<(u32, usize)>,
}

/// A level, whether it draws all numbers in digits, and how long it is.
struct Level {
    level: NumberingLevel,
    is_legal: bool,
    length: usize,
}

/// Reads the lists, and the paragraphs' way to them; `None` where there are none.
pub(super) fn read(lists: &[u8], overrides: &[u8]) -> Option<Known> {
    const LIST: usize = 28;
    let n = usize::from(u16_at(lists, 0)?);
    let mut at = 2 + n * LIST;
    let (mut by_name, mut abstract_nums, mut all_legal) = (HashMap::new(), HashMap::new(), HashMap::new());
    for id in 0..n {
        let Some(list) = lists.get(2 + id * LIST..).and_then(|it| it.get(..LIST)) else { break };
        let is_simple = list.get(26).is_some_and(|it| it & 1 != 0);
        let (mut levels, id) = (HashMap::new(), u32::try_from(id).ok()?);
        for n_level in 0..if is_simple { 1 } else { LEVELS } {
            let Some(read) = lists.get(at..).and_then(level) else { break };
            at += read.length;
            all_legal
                .entry(id)
                .or_insert_with(Vec::new)
                .extend(read.is_legal.then_some(usize::from(n_level)));
            levels.insert(n_level, read.level);
        }
        by_name.entry(u32_at(list, 0)?).or_insert(id);
        abstract_nums.insert(id, AbstractNum { abstract_num_id: id, levels });
    }
    let instances = instances(overrides, &by_name)?;
    let legal = instances.values().flat_map(|it| {
        let levels = all_legal.get(&it.abstract_num_id).into_iter().flatten();
        levels.map(|level| (it.num_id, *level))
    });
    let legal = legal.collect();
    Some(Known { definitions: NumberingDefinitions { abstract_nums, instances }, legal })
}

/// Reads what paragraphs point to: a list, and what is different in it.
fn instances(bytes: &[u8], by_name: &HashMap<u32, u32>) -> Option<HashMap<u32, NumberingInstance>> {
    const OVERRIDE: usize = 16;
    let n = usize::try_from(u32_at(bytes, 0)?).ok()?.min(MOST);
    let (mut at, mut instances) = (4 + n * OVERRIDE, HashMap::new());
    for number in 0..n {
        let head = bytes.get(4 + number * OVERRIDE..)?;
        let (name, n_levels) = (u32_at(head, 0)?, *head.get(12)?);
        let num_id = u32::try_from(number).ok()? + 1;
        let mut instance = NumberingInstance {
            num_id,
            abstract_num_id: by_name.get(&name).copied().unwrap_or(u32::MAX),
            overrides: HashMap::new(),
            start_overrides: HashMap::new(),
        };
        at += 4;
        for _ in 0..n_levels {
            let Some((start, flags)) = u32_at(bytes, at).zip(u32_at(bytes, at + 4)) else { break };
            at += 8;
            let (n_level, starts, is_other) = ((flags & 0xF) as u8, flags & 1 << 4 != 0, flags & 1 << 5 != 0);
            let other = bytes.get(at..).filter(|_| is_other).and_then(level);
            at += other.as_ref().map_or(0, |it| it.length);
            let start = other.as_ref().map_or(start, |it| it.level.start);
            instance.start_overrides.extend(starts.then_some((n_level, start)));
            instance.overrides.extend(other.map(|it| (n_level, it.level)));
        }
        if instance.abstract_num_id != u32::MAX {
            instances.insert(num_id, instance);
        }
    }
    (!instances.is_empty()).then_some(instances)
}

/// Reads a level: how it counts, how its text looks, and what stands between them.
fn level(bytes: &[u8]) -> Option<Level> {
    const HEAD: usize = 28;
    let (start, format, flags) = (u32_at(bytes, 0)?, *bytes.get(4)?, *bytes.get(5)?);
    let at = HEAD + usize::from(*bytes.get(24)?) + usize::from(*bytes.get(25)?);
    let n = usize::from(u16_at(bytes, at)?);
    let units: Option<Vec<u16>> = (0..n).map(|it| u16_at(bytes, at + 2 + it * 2)).collect();
    let mut level_text = String::new();
    for c in char::decode_utf16(units?).flatten() {
        match c {
            // The number of a level stands for its number.
            c if u32::from(c) < u32::from(LEVELS) => level_text.push_str(&format!("%{}", u32::from(c) + 1)),
            c => level_text.push(c),
        }
    }
    Some(Level {
        level: NumberingLevel {
            start: if start > i32::MAX as u32 { 0 } else { start },
            format: format_of(format),
            level_text,
            justification: None,
            indent: None,
        },
        is_legal: flags & 1 << 2 != 0,
        length: at + 2 + n * 2,
    })
}

/// Names a number format ([MS-OSHARED] 2.2.1.3) as ECMA-376 part 1, 17.18.59 does.
fn format_of(code: u8) -> NumberFormat {
    let name = match code {
        0 => return NumberFormat::Decimal,
        1 => return NumberFormat::UpperRoman,
        2 => return NumberFormat::LowerRoman,
        3 => return NumberFormat::UpperLetter,
        4 => return NumberFormat::LowerLetter,
        23 => return NumberFormat::Bullet,
        255 => return NumberFormat::None,
        10 => "ideographDigital",
        11 => "japaneseCounting",
        14 => "decimalFullWidth",
        17 => "japaneseDigitalTenThousand",
        18 => "decimalEnclosedCircle",
        19 => "decimalFullWidth2",
        22 => "decimalZero",
        26 => "decimalEnclosedFullstop",
        27 => "decimalEnclosedParen",
        28 => "decimalEnclosedCircleChinese",
        29 => "ideographEnclosedCircle",
        30 => "ideographTraditional",
        31 => "ideographZodiac",
        33 => "taiwaneseCounting",
        34 => "ideographLegalTraditional",
        35 => "taiwaneseCountingThousand",
        36 => "taiwaneseDigital",
        37 => "chineseCounting",
        38 => "chineseLegalSimplified",
        39 => "chineseCountingThousand",
        _ => "decimal",
    };
    NumberFormat::Other(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A level of a format, flags and a text, in which digits stand for levels.
    fn bytes_of(start: u8, format: u8, flags: u8, text: &str) -> Vec<u8> {
        let mut bytes = vec![0; 28];
        (bytes[0], bytes[4], bytes[5], bytes[24], bytes[25]) = (start, format, flags, 1, 2);
        let units = text.encode_utf16().map(|it| it.checked_sub(0x30).filter(|it| *it < 9).unwrap_or(it));
        bytes.extend([9; 3]);
        bytes.extend((text.chars().count() as u16).to_le_bytes());
        bytes.extend(units.flat_map(u16::to_le_bytes));
        bytes
    }

    #[test]
    fn lists_and_what_differs_from_them_are_read() {
        let mut lists = vec![2, 0];
        for (name, flags) in [(7_u8, 1), (5, 0)] {
            let mut list = [0; 28];
            (list[0], list[26]) = (name, flags);
            lists.extend(list);
        }
        lists.extend(bytes_of(3, 39, 0, "第0条"));
        (0..9).for_each(|_| lists.extend(bytes_of(1, 0, 4, "0.1")));
        let mut overrides = vec![3, 0, 0, 0];
        for (name, n_levels) in [(5, 0), (7, 2), (99, 0)] {
            let mut one = [0; 16];
            (one[0], one[12]) = (name, n_levels);
            overrides.extend(one);
        }
        overrides.extend([0; 8]);
        overrides
            .extend([[8, 0, 0, 0, 1 << 4, 0, 0, 0].as_slice(), &[0, 0, 0, 0, 1 | 3 << 4, 0, 0, 0]].concat());
        overrides.extend(bytes_of(6, 22, 0, "1"));
        let known = read(&lists, &overrides).unwrap();
        let level = |list, level| {
            let it = known.definitions.resolve_level(list, level)?;
            Some((it.start, it.level_text.as_str(), it.format.clone()))
        };
        let other = |name: &str| NumberFormat::Other(name.into());
        assert_eq!(level(1, 8), Some((1, "%1.%2", NumberFormat::Decimal)));
        assert_eq!(level(2, 0).map(|it| (it.1, it.2)), Some(("第%1条", other("chineseCountingThousand"))));
        assert_eq!(level(2, 1).map(|it| (it.1, it.2)), Some(("%2", other("decimalZero"))));
        assert_eq!(known.definitions.instances[&2].start_overrides, HashMap::from([(0, 8), (1, 6)]));
        assert!(!known.definitions.instances.contains_key(&3), "of no list");
        assert_eq!(known.legal, (0..9).map(|it| (1, it)).collect());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read(lists in proptest::collection::vec(0_u8..3, 0..300), overrides in proptest::collection::vec(0_u8..3, 0..100)) {
            if let Some(known) = read(&lists, &overrides) {
                proptest::prop_assert!(known.definitions.instances.len() <= MOST);
            }
        }
    }
}
