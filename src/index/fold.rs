//! Folding: one form for all the ways a character is written, with the place in the original kept.
//!
//! Per character: NFKC, lower case, then the class of traditional and variant forms (`fold.tsv`, 4,146 characters
//! derived from OpenCC 1.4.2, Apache-2.0). Punctuation, spaces and line breaks are dropped, so that a fragment is found
//! however its lines were broken.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

static CLASSES: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let pair = |line: &str| {
        let (from, to) = line.split_once('\t')?;
        Some((from.chars().next()?, to.chars().next()?))
    };
    include_str!("fold.tsv").lines().filter(|it| !it.starts_with('#')).filter_map(pair).collect()
});

/// What stands in [`PLANE`] for a character that folds to several; none of them is a character of its own.
const SEVERAL: u32 = u32::MAX;

/// What each character of the basic plane folds to: one, `0` for nothing, or [`SEVERAL`].
///
/// Nearly every character of a text folds to one, and looking it up is ten times faster than normalising it.
static PLANE: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let one = |n: u32| match char::from_u32(n).map(|c| folded_char(c).collect::<Vec<char>>()).as_deref() {
        None | Some([]) => 0,
        Some([only]) => u32::from(*only),
        Some(_) => SEVERAL,
    };
    (0..0x1_0000).map(one).collect()
});

/// A folded text: its characters, each with the bytes of the original it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// The folded characters.
    pub chars: Vec<char>,
    /// For each, where the original character stands.
    pub places: Vec<Range<usize>>,
}

/// Folds a text, leaving out ranges of bytes (sorted, not overlapping).
pub fn fold(text: &str, without: &[Range<usize>]) -> Folded {
    let n_chars = text.len() / 3;
    let mut res = Folded { chars: Vec::with_capacity(n_chars), places: Vec::with_capacity(n_chars) };
    let plane = PLANE.as_slice();
    let mut skip = without.iter().peekable();
    for (at, c) in text.char_indices() {
        while skip.peek().is_some_and(|it| it.end <= at) {
            skip.next();
        }
        if skip.peek().is_some_and(|it| it.contains(&at)) {
            continue;
        }
        let place = at..at + c.len_utf8();
        match plane.get(c as usize).copied() {
            Some(0) => {}
            Some(only) if only != SEVERAL => {
                res.chars.extend(char::from_u32(only));
                res.places.push(place);
            }
            _ => {
                for folded in folded_char(c) {
                    res.chars.push(folded);
                    res.places.push(place.clone());
                }
            }
        }
    }
    res
}

fn folded_char(c: char) -> impl Iterator<Item = char> {
    std::iter::once(c)
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter(|it| it.is_alphanumeric())
        .map(|it| CLASSES.get(&it).copied().unwrap_or(it))
        .collect::<Vec<char>>()
        .into_iter()
}

/// Folds a text where nobody asks for the places.
pub fn folded_chars(text: &str) -> Vec<char> {
    let mut res = Vec::with_capacity(text.len() / 3);
    let plane = PLANE.as_slice();
    for c in text.chars() {
        match plane.get(c as usize).copied() {
            Some(0) => {}
            Some(only) if only != SEVERAL => res.extend(char::from_u32(only)),
            _ => res.extend(folded_char(c)),
        }
    }
    res
}

/// For each folded character those that fold to it, alone or among others.
static VARIANTS: LazyLock<HashMap<char, Vec<char>>> = LazyLock::new(|| {
    let mut res: HashMap<char, Vec<char>> = HashMap::new();
    // Of the rare ideographs only compatibility forms and those of the classes fold to anything but themselves.
    let rare = CLASSES.keys().copied().filter(|c| *c >= '\u{20000}' && *c < '\u{2f800}');
    for c in ('\0'..'\u{20000}').chain('\u{2f800}'..'\u{2fa20}').chain(rare) {
        for folded in folded_chars(c.encode_utf8(&mut [0; 4])) {
            if folded != c {
                res.entry(folded).or_default().push(c);
            }
        }
    }
    res
});

/// Returns the characters that a folded one may stand for in a text, itself among them.
pub(super) fn variants(folded: char) -> impl Iterator<Item = char> {
    std::iter::once(folded).chain(VARIANTS.get(&folded).into_iter().flatten().copied())
}

/// Folds a short text, such as a query.
pub fn folded(text: &str) -> String {
    folded_chars(text).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_up_equals_normalising() {
        for c in ('\0'..='\u{2ffff}').filter(|c| !c.is_control()) {
            let folded = fold(&c.to_string(), &[]);
            assert_eq!(folded.chars, folded_chars(&c.to_string()));
            assert_eq!(folded.chars, folded_char(c).collect::<Vec<char>>(), "{c}");
            assert!(folded.places.iter().all(|it| *it == (0..c.len_utf8())));
        }
    }

    #[test]
    fn whatever_folds_to_a_character_is_a_variant_of_it() {
        for c in ('\0'..='\u{2ffff}').filter(|c| !c.is_control()) {
            for folded in folded_chars(&c.to_string()) {
                assert!(variants(folded).any(|it| it == c), "{c} {folded}");
            }
        }
    }

    #[test]
    fn scripts_widths_and_breaks_fold_together() {
        for (a, b) in
            [("創建", "创建"), ("ABC1", "abc1"), ("志愿\n服务", "志願服務"), ("Ⅱ-3", "II3"), ("臺灣", "台湾")]
        {
            assert_eq!(folded(a), folded(b), "{a} {b}");
        }
        let text = "創(chuàng)建";
        let folded = fold(text, std::slice::from_ref(&(3..12)));
        assert_eq!(folded.chars.len(), 2);
        assert_eq!(&text[folded.places[1].clone()], "建");
    }
}
