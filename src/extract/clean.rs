//! Dirty text: pinyin injected after characters, and spans that are not readable.
//!
//! Both are found in texts of template sites: simplified text turned traditional with the pronunciation left behind
//! (`創(chuàng)建`), and runs of GBK text read half a character off (`！耙圆鸫俳ā保逡磺巴瓿扇`).

use std::ops::Range;

use encoding_rs::GBK;

/// Returns the byte ranges of pinyin in brackets right behind a Chinese character, brackets included.
pub fn pinyin_injections(text: &str) -> Vec<Range<usize>> {
    // Brackets are rare in a text and looked for faster than its characters are.
    let opened = text.match_indices('(').chain(text.match_indices('\u{ff08}'));
    let mut res: Vec<Range<usize>> = opened
        .filter_map(|(at, bracket)| {
            let inner = &text[at + bracket.len()..];
            let behind = text[..at].chars().next_back().is_some_and(is_han);
            let end = inner.char_indices().take(9).find(|it| matches!(it.1, ')' | '\u{ff09}'))?;
            let injected = behind && is_syllable(&inner[..end.0]);
            injected.then(|| at..at + bracket.len() + end.0 + end.1.len_utf8())
        })
        .collect();
    res.sort_unstable_by_key(|it| it.start);
    res
}

/// Returns whether letters are one syllable of pinyin with its tone marked.
fn is_syllable(letters: &str) -> bool {
    const TONES: &str = "āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜü";
    let marked = letters.chars().filter(|c| TONES.contains(*c)).count();
    let latin = letters.chars().all(|c| c.is_ascii_lowercase() || TONES.contains(c));
    latin && marked == 1 && letters.chars().count() <= 6
}

/// Returns how many characters a text has, spaces not counted.
pub fn n_characters(text: &str) -> u64 {
    text.chars().filter(|c| !c.is_whitespace()).count() as u64
}

/// Returns the byte ranges that are not readable text: replacement characters, bytes read in a wrong encoding, runs of
/// rare characters such as a shift by half a character leaves.
pub fn garbled(text: &str) -> Vec<Range<usize>> {
    let injected = pinyin_injections(text);
    let mut skip = injected.iter().peekable();
    let mut chars: Vec<(usize, char)> = Vec::new();
    for (at, c) in text.char_indices() {
        while skip.peek().is_some_and(|it| it.end <= at) {
            skip.next();
        }
        if !skip.peek().is_some_and(|it| it.contains(&at)) {
            chars.push((at, c));
        }
    }
    let mut res: Vec<Range<usize>> = Vec::new();
    let mut n = 0;
    while n < chars.len() {
        match run(&chars[n..]) {
            0 => n += 1,
            length => {
                let (last, c) = chars[n + length - 1];
                let span = chars[n].0..last + c.len_utf8();
                match res.last_mut() {
                    Some(before) if span.start <= before.end + 6 => before.end = span.end,
                    _ => res.push(span),
                }
                n += length;
            }
        }
    }
    res
}

/// How many characters from here on are garbled; 0 where the text is readable here.
fn run(chars: &[(usize, char)]) -> usize {
    let wrong = |c: char| strangeness(c) >= 2;
    let Some(&(_, first)) = chars.first() else { return 0 };
    if first == '\u{fffd}' {
        return chars.iter().take_while(|it| it.1 == '\u{fffd}').count();
    }
    if strangeness(first) == 0 {
        return 0;
    }
    // A window that begins strangely and stays so: three strange among ten, or four letters of a wrong code page.
    let window = chars.iter().take(10).take_while(|it| !it.1.is_ascii_alphanumeric() && it.1 != '\n').count();
    let strange: usize = chars[..window].iter().map(|it| strangeness(it.1)).sum();
    let kinds: std::collections::HashSet<char> =
        chars[..window].iter().map(|it| it.1).filter(|c| strangeness(*c) > 0).collect();
    if strange < 4 || kinds.len() < 3 || !chars[..window].iter().any(|it| wrong(it.1)) {
        return 0;
    }
    if is_listed(chars[..window].iter().map(|it| it.1).filter(|c| strangeness(*c) > 0)) {
        return 0;
    }
    chars[..window].iter().rposition(|it| strangeness(it.1) > 0).map_or(0, |it| it + 1)
}

/// A table of characters runs upwards, as text that was read wrongly does not.
fn is_listed(strange: impl Iterator<Item = char>) -> bool {
    let strange: Vec<char> = strange.collect();
    let upwards = strange.windows(2).filter(|it| it[0] < it[1]).count();
    strange.len() >= 3 && upwards * 10 >= (strange.len() - 1) * 7
}

/// 2 for what Chinese text does not contain, 1 for a character beyond the 6,763 of common print, 0 for the rest.
fn strangeness(c: char) -> usize {
    match c {
        '\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\u{80}'..='\u{9f}' => 2,
        'ā' | 'á' | 'ǎ' | 'à' | 'ō' | 'ó' | 'ǒ' | 'ò' | 'ē' | 'ě' | 'è' | 'ī' | 'í' | 'ǐ' | 'ì' | 'ū'
        | 'ú' | 'ǔ' | 'ù' => 2,
        '·' | '°' | '×' | '÷' | '§' | '±' | 'é' => 0,
        '\u{a0}'..='\u{bf}' => 1,
        '\u{c0}'..='\u{2af}' => 2,
        '锟' | '烫' | '屯' => 1,
        _ if is_han(c) && is_rare(c) => 1,
        _ => 0,
    }
}

fn is_rare(c: char) -> bool {
    let mut buffer = [0; 4];
    let text: &str = c.encode_utf8(&mut buffer);
    let simple = fast2s::convert(text);
    let (bytes, _, lossy) = GBK.encode(&simple);
    // GB 2312 level 1 has the lead bytes B0 to D7; level 2 and what GBK added are rare.
    lossy || !matches!(bytes.as_ref(), [0xb0..=0xd7, 0xa1..=0xfe])
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{2ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut<'a>(text: &'a str, ranges: &[Range<usize>]) -> Vec<&'a str> {
        ranges.iter().map(|it| &text[it.clone()]).collect()
    }

    #[test]
    fn injected_pinyin_is_found_and_nothing_else() {
        let text = "創(chuàng)建全國(guó)文明城市服務(wù)(一)市民(群)ABC(abc)";
        assert_eq!(cut(text, &pinyin_injections(text)), ["(chuàng)", "(guó)", "(wù)"]);
    }

    #[test]
    fn a_shift_by_half_a_character_is_garbled_and_plain_text_is_not() {
        let text = "亮化提升！耙圆鸫俳ā保逡磺巴瓿扇1150万平方米拆迁任务";
        let found = garbled(text);
        assert!(
            !found.is_empty() && found.iter().all(|it| text[it.clone()].chars().count() < 20),
            "{:?}",
            cut(text, &found)
        );
        for plain in [
            "創(chuàng)建文明城市,優(yōu)化環(huán)境",
            "志愿服务进社区,关爱空巢老人。",
            "鸿鹄之志",
            "濮阳市 café",
        ] {
            assert_eq!(cut(plain, &garbled(plain)), [""; 0], "{plain}");
        }
        assert_eq!(cut("好\u{fffd}\u{fffd}好", &garbled("好\u{fffd}\u{fffd}好")), ["\u{fffd}\u{fffd}"]);
        assert!(!garbled("Ã¦Ã©Â«ÃºÃ±Ã¶Ã¼").is_empty());
        assert!(!garbled("¹ØÓÚ¿ªÕ¹µÀµÂ½²ÌÃ»î¶¯µÄÍ¨Öª").is_empty());
        assert!(!garbled("\u{e123}\u{e077}\u{e0a1}\u{e120}").is_empty());
        assert!(garbled("\u{f0b7} 一、组织领导 \u{f0b7} 二、志愿服务").is_empty());
        assert!(garbled("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ").is_empty());
    }
}
