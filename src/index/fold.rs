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
    let mut res = Folded::default();
    let mut skip = without.iter().peekable();
    for (at, c) in text.char_indices() {
        while skip.peek().is_some_and(|it| it.end <= at) {
            skip.next();
        }
        if skip.peek().is_some_and(|it| it.contains(&at)) {
            continue;
        }
        let place = at..at + c.len_utf8();
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                res.chars.push(c.to_ascii_lowercase());
                res.places.push(place);
            }
            continue;
        }
        for folded in folded_char(c) {
            res.chars.push(folded);
            res.places.push(place.clone());
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

/// Folds a short text, such as a query.
pub fn folded(text: &str) -> String {
    fold(text, &[]).chars.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
