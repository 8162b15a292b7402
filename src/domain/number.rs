//! Reads document numbers (发文字号) as they are really written, and says how they are written by the standard.
//!
//! GB/T 9704-2012: the issuer's short name, the year in full in `〔〕`, a serial number without 第 and without leading
//! zeros, and 号.

use std::iter::once;

use crate::domain::dates::{blank, folded, plausible};

/// A 发文字号 as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// As `机关代字〔年〕n号`; none where year or serial number are masked or left out.
    pub number: Option<String>,
    /// As it stands there.
    pub written: String,
}

impl Written {
    /// Returns whether it is written as the standard asks. Blanks and the width of digits are the reader's doing.
    pub fn is_standard(&self) -> bool {
        let plain = |c: char| match c {
            '０'..='９' => folded(&c.to_string()).first().copied().unwrap_or(c),
            '號' => '号',
            '﹝' => '〔',
            '﹞' => '〕',
            _ => c,
        };
        let written: String = self.written.chars().filter(|c| !c.is_whitespace()).map(plain).collect();
        self.number.as_ref().is_some_and(|it| it.chars().map(plain).eq(written.chars()))
    }
}

/// Returns the document's own number: one that begins a line near the top and ends it, or is followed by a gap. Numbers
/// cited in running text are not the document's own, and neither is one of a list.
pub fn own(text: &str) -> Option<Written> {
    const HEAD: usize = 25;
    let head = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(HEAD);
    let mut listed = Vec::new();
    for line in head {
        let Some((number, rest)) = begins(line) else { continue };
        if rest.is_empty() || rest.starts_with("签发人") || rest.starts_with('★') {
            return Some(number);
        }
        listed.push(number);
    }
    if listed.len() == 1 { listed.pop() } else { None }
}

/// Returns a free-standing 发文字号 in any wild spelling as `机关代字〔年〕n号`; a masked year (`201*`) gives none.
pub fn normalise(written: &str) -> Option<String> {
    let chars: Vec<char> = written.trim().chars().collect();
    at_start(&chars).filter(|(_, end)| *end == chars.len()).and_then(|it| it.0.number)
}

/// Returns the year of a normalised number.
pub fn year(number: &str) -> Option<i16> {
    number.split_once('〔')?.1.split_once('〕')?.0.parse().ok()
}

/// Reads the number a line begins with, behind a label or a red head; returns also what follows.
fn begins(line: &str) -> Option<(Written, String)> {
    const LONGEST: usize = 120;
    const LABELS: &[&str] = &["发文字号", "发文号", "文件编号", "公文编号", "文号", "文件号"];
    let chars: Vec<char> = line.chars().take(LONGEST).collect();
    let line: String = chars.iter().collect();
    let enclosed = |open: char, close: char| line.strip_prefix(open)?.strip_suffix(close);
    let label = |it: &&str| line.strip_prefix(*it)?.trim_start().strip_prefix([':', '：']);
    let red_head = || line.split_once("文件").map(|it| it.1).filter(|it| it.starts_with(char::is_whitespace));
    let spellings = once(Some(line.as_str()))
        .chain([enclosed('(', ')'), enclosed('（', '）')])
        .chain(once(LABELS.iter().find_map(label)))
        .chain(once(red_head()));
    spellings.flatten().find_map(|spelling| {
        let chars: Vec<char> = spelling.trim().chars().collect();
        let (number, end) = at_start(&chars)?;
        let rest: String = chars.get(end..)?.iter().collect();
        let apart = rest.is_empty() || rest.starts_with(char::is_whitespace) || rest.starts_with("签发人");
        apart.then(|| (number, rest.trim().to_owned()))
    })
}

/// Reads a number from the first character on; returns it and where it ends.
fn at_start(written: &[char]) -> Option<(Written, usize)> {
    const OPEN: &str = "〔[【(「『〈《〖{﹝";
    const CLOSE: &str = "〕]】)」』〉》〗}﹞";
    let chars = folded(&written.iter().collect::<String>());
    let (name, at) = name(&chars)?;
    let at = blank(&chars, at);
    let bracketed = chars.get(at).is_some_and(|c| OPEN.contains(*c));
    let at = if bracketed { blank(&chars, at + 1) } else { at };
    let (year, at) = year_at(&chars, at)?;
    let mut at = blank(&chars, at);
    if bracketed {
        at = blank(&chars, if chars.get(at) == Some(&'年') { at + 1 } else { at });
        chars.get(at).filter(|c| CLOSE.contains(**c))?;
        at = blank(&chars, at + 1);
    } else if year.is_none() || is_address(&name) {
        return None;
    }
    at = blank(&chars, if chars.get(at) == Some(&'第') { at + 1 } else { at });
    let (serial, at) = serial_at(&chars, at);
    // Without brackets only digits tell that it is a number at all.
    if !bracketed && serial.is_none() {
        return None;
    }
    let at = blank(&chars, at);
    chars.get(at).filter(|c| matches!(c, '号' | '號'))?;
    let number = year.zip(serial).map(|(year, serial)| format!("{name}〔{year}〕{serial}号"));
    let written = written.get(..=at)?.iter().collect();
    Some((Written { number, written }, at + 1))
}

/// Reads the short name of the issuer, such as 濮文明办, also where its characters stand apart.
fn name(chars: &[char]) -> Option<(String, usize)> {
    const LONGEST: usize = 16;
    let is_name = |at: usize| chars.get(at).is_some_and(|c| ('\u{4E00}'..='\u{9FFF}').contains(c));
    let run = (0..=LONGEST).take_while(|&at| is_name(at)).count();
    let mut end = run;
    if run == 1 {
        while is_name(blank(chars, end)) && blank(chars, end) > end && end <= 2 * LONGEST {
            end = blank(chars, end) + 1;
        }
    }
    let name: String = chars.get(..end)?.iter().filter(|c| !c.is_whitespace()).collect();
    (1..=LONGEST).contains(&name.chars().count()).then_some((name, end))
}

/// Reads a year in full, also with blanks between its digits; one that is masked (`201*`, `20XX`) is none.
fn year_at(chars: &[char], at: usize) -> Option<(Option<i16>, usize)> {
    let mut figures = Vec::new();
    let mut end = at;
    while figures.len() < 4 {
        let c = *chars.get(blank(chars, end)).filter(|c| c.is_ascii_digit() || is_mask(**c))?;
        figures.push(c);
        end = blank(chars, end) + 1;
    }
    if figures.iter().any(|c| is_mask(*c)) {
        return Some((None, end));
    }
    let year = figures.iter().try_fold(0, |sum, c| Some(sum * 10 + c.to_digit(10)? as i16));
    Some((Some(plausible(year?)?), end))
}

/// Reads a serial number of up to four digits; one that is masked or left out is none.
fn serial_at(chars: &[char], at: usize) -> (Option<u32>, usize) {
    let rest = chars.get(at..).unwrap_or_default();
    let masked = rest.iter().take(6).take_while(|c| is_mask(**c) || **c == '_').count();
    if masked > 0 {
        return (None, at + masked);
    }
    let mut digits = String::new();
    let mut end = at;
    while let Some(c) = chars.get(blank(chars, end)).filter(|c| c.is_ascii_digit() && digits.len() < 5) {
        digits.push(*c);
        end = blank(chars, end) + 1;
    }
    match digits.parse() {
        Ok(n) if n > 0 && digits.len() < 5 => (Some(n), end),
        // Not a number at all: where it ends no 号 may be found.
        Ok(_) => (None, chars.len()),
        Err(_) => (None, at),
    }
}

fn is_mask(c: char) -> bool {
    matches!(c, '*' | '×' | 'x' | 'X' | '╳' | '某')
}

/// Without brackets `解放路201831号` reads like a number; an issuer's short name does not end so.
fn is_address(name: &str) -> bool {
    name.ends_with(['号', '號', '第', '室', '楼', '路', '栋', '幢', '弄', '巷', '街', '线', '证', '编', '约'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_the_wild_are_normalised() {
        for (wild, normal, standard) in [
            ("吉县创文字〔2017〕2号", "吉县创文字〔2017〕2号", true),
            ("邹创城办〔2017〕1号", "邹创城办〔2017〕1号", true),
            ("赣文明发电[2017]72号", "赣文明发电〔2017〕72号", false),
            ("石创卫办发【2015】3号", "石创卫办发〔2015〕3号", false),
            ("天文明办201831号", "天文明办〔2018〕31号", false),
            ("沪〔2001〕01号", "沪〔2001〕1号", false),
            ("国发(2017)第5号", "国发〔2017〕5号", false),
            ("国发（２０１７）５号", "国发〔2017〕5号", false),
            ("国发〔２０１７〕５号", "国发〔2017〕5号", true),
            ("国发 〔2017〕 12 号", "国发〔2017〕12号", true),
            ("濮 文 明 办 〔 2 0 1 7 〕 1 2 号", "濮文明办〔2017〕12号", true),
            ("濮文明「2017」12号", "濮文明〔2017〕12号", false),
            ("濮文明〈2017〉12号", "濮文明〔2017〕12号", false),
            ("濮文明［2017］12号", "濮文明〔2017〕12号", false),
            ("濮文明﹝2017﹞12号", "濮文明〔2017〕12号", true),
            ("濮创建〔2017〕2號", "濮创建〔2017〕2号", true),
            ("濮號令〔2017〕2号", "濮號令〔2017〕2号", true),
            ("濮文明〔2017年〕12号", "濮文明〔2017〕12号", false),
            ("濮文明2017第12号", "濮文明〔2017〕12号", false),
        ] {
            assert_eq!(normalise(wild).as_deref(), Some(normal), "{wild}");
            let chars: Vec<char> = wild.chars().collect();
            assert_eq!(at_start(&chars).unwrap().0.is_standard(), standard, "{wild}");
        }
        for wild in [
            "濮创建〔201*〕2号",
            "〔2017〕2号",
            "国发〔2017〕号",
            "国发〔2017〕123456号",
            "国发〔2017〕0号",
            "解放路201831号",
            "老門號201831号",
            "通知",
            "濮阳市文明办号",
            "濮阳市第3号",
        ] {
            assert_eq!(normalise(wild), None, "{wild}");
        }
    }

    #[test]
    fn a_masked_number_is_found_and_is_none() {
        for wild in ["濮创建〔201*〕2号", "濮文明〔20××〕×号", "濮文明办〔2017〕 号", "院发〔XXXX〕XX号"]
        {
            let found = own(&format!("关于创建的通知\n{wild}\n各单位:")).unwrap();
            assert_eq!((found.number.as_deref(), found.is_standard()), (None, false), "{wild}");
            assert_eq!(found.written, wild);
        }
    }

    #[test]
    fn a_cited_number_is_not_the_documents_own() {
        let number = |text: &str| own(text).and_then(|it| it.number);
        for (text, own) in [
            (
                "中共吉县县委文件\n吉县创文字〔2017〕2号   签发人:王某\n关于通知\n根据国发〔2016〕1号\n",
                Some("吉县创文字〔2017〕2号"),
            ),
            ("关于通知\n(濮政〔2017〕3号)\n各县:", Some("濮政〔2017〕3号")),
            ("发文字号：濮政〔2017〕3号\n标题", Some("濮政〔2017〕3号")),
            ("濮阳市人民政府文件  濮政〔2017〕3号\n", Some("濮政〔2017〕3号")),
            ("濮政〔2017〕3号  关于通知", Some("濮政〔2017〕3号")),
            ("关于通知\n根据国发〔2016〕1号文件精神\n", None),
            ("关于通知\n国发〔2016〕1号文件要求\n", None),
            ("文件目录\n濮政〔2017〕3号  关于甲的通知\n濮政〔2017〕4号  关于乙的通知\n", None),
        ] {
            assert_eq!(number(text).as_deref(), own, "{text}");
        }
        let late = format!("{}国发〔2016〕1号\n", "正文\n".repeat(30));
        assert_eq!(number(&late), None);
    }

    #[test]
    fn the_year_of_a_number_is_known() {
        assert_eq!(year("国发〔2017〕12号"), Some(2017));
        assert_eq!(year("第12号"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_a_fall(text in "[0-9年号號第〔〕\\[\\]()（）*× \n发办证a-c-]{0,40}") {
            let _any = own(&text);
            if let Some(number) = normalise(&text) {
                proptest::prop_assert_eq!(normalise(&number), Some(number.clone()));
            }
        }

        #[test]
        fn every_number_is_read_back(year in 1949..2099_i16, serial in 1..9999_u32, wild in 0..5_usize) {
            let spelling = [
                format!("濮文明办〔{year}〕{serial}号"), format!("濮文明办（{year}）第{serial}号"),
                format!("濮文明办【{year}】{serial:04}号"), format!("濮文明办 [{year}] {serial} 号"),
                format!("濮文明办{year}{serial}号"),
            ];
            let meant = Some(format!("濮文明办〔{year}〕{serial}号"));
            proptest::prop_assert_eq!(normalise(&spelling[wild]), meant);
        }
    }
}
