//! The sketch of a text, by which its renditions, its reprints and last year's version of it are found.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

use crate::domain::likeness::Sketch;

/// A passage of so many characters is compared.
const PASSAGE: usize = 5;

/// A text with fewer different passages says too little to be compared.
const FEWEST: usize = 96;

/// Sketches a text; none of a short one, or of one that repeats itself. Spaces, punctuation and numbers do not count,
/// nor do script and case: they differ between renditions, and between the years of a document that is sent again.
pub(super) fn of(text: &str) -> Option<Sketch> {
    let simple = fast2s::convert(text);
    let letters: Vec<char> = simple
        .nfkc()
        .filter(|it| it.is_alphabetic() && !is_number(*it))
        .flat_map(char::to_lowercase)
        .collect();
    let mut least = [u64::MAX; 64];
    let mut seen = HashSet::new();
    for passage in letters.windows(PASSAGE) {
        let hash = passage.iter().fold(0, |hash, it| mix(hash ^ u64::from(u32::from(*it))));
        if seen.len() < FEWEST {
            seen.insert(hash);
        }
        for (n, least) in (1_u64..).zip(&mut least) {
            // An order of its own for each place: a mixed number times an odd one.
            *least = (*least).min(hash.wrapping_mul(mix(n) | 1));
        }
    }
    // The upper bits of a product are the well mixed ones, but those of a least one are mostly zero.
    (seen.len() >= FEWEST).then(|| Sketch(least.map(|it| (mix(it) >> 48) as u16)))
}

fn is_number(letter: char) -> bool {
    "〇零一二三四五六七八九十百千万".contains(letter)
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the result hangs on every bit given.
const fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter of several paragraphs about a subject, of a year.
    fn letter(subject: &str, year: u32) -> String {
        (1..=8)
            .map(|n| {
                let point = char::from_u32(0x4e00 + subject.chars().map(u32::from).sum::<u32>() % 500 + n * 37);
                let point = point.unwrap_or('甲');
                format!(
                    "{year}年{n}月,{subject}工作按照既定方案推进{point}项任务,各责任单位{point}落实到位,形成{subject}长效{point}机制。\n"
                )
            })
            .collect()
    }

    fn shared(one: &str, other: &str) -> u32 {
        of(one).unwrap().shared(&of(other).unwrap())
    }

    #[test]
    fn a_new_date_another_layout_or_script_changes_nothing() {
        let text = letter("道德讲堂", 2017);
        let laid_out = text.replace("工作", "工 作\n").replace(',', "\u{ff0c}");
        assert_eq!(shared(&text, &laid_out), 64);
        assert_eq!(shared(&text, &letter("道德讲堂", 2016)), 64);
        assert_eq!(shared(&text.replace("讲", "講"), &text), 64);
        let signed = format!("示例市文明办\n{text}二〇一七年三月十五日");
        assert!(shared(&signed, &text) >= 55);
    }

    #[test]
    fn other_texts_are_far() {
        let text = letter("道德讲堂", 2017);
        assert!(shared(&text, &letter("志愿服务", 2017)) < Sketch::NEAR);
    }

    #[test]
    fn what_says_little_has_no_sketch() {
        assert_eq!(of(""), None);
        assert_eq!(of("关于召开会议的通知"), None);
        assert_eq!(of(&"创建文明城市工作材料\n".repeat(1000)), None);
        assert_eq!(of(&"2017 12 31 ".repeat(1000)), None);
    }
}
