//! Reads dates out of names and text, as they are really written.

use jiff::ToSpan;
use jiff::civil::Date;

/// Returns the days a file or folder name speaks of: `20170315`, `2017-03-15`, `2017年3月15日`, a whole month
/// for `2017年3月` and `2017-03`, a quarter or half for `2017年第二季度` and `2017年上半年`. A lone year says too little and gives none.
pub fn in_name(name: &str) -> Option<(Date, Date)> {
    let chars = folded(name);
    (0..chars.len()).filter(|&at| starts_number(&chars, at)).find_map(|at| {
        written_out(&chars, at)
            .or_else(|| separated(&chars, at))
            .map(|(span, _)| span)
            .or_else(|| compact(&chars, at))
    })
}

/// Labels of the day on which a paper was made.
const MADE: [&str; 4] = ["成文日期", "成文时间", "发文日期", "发文时间"];

/// Labels of the day on which a form was filled in, or a paper printed, as an attachment or imprint of another has them
/// too. 报告时间 and 报送时间 are those of a lecture, and of a deadline.
const FILLED: [&str; 16] = [
    "印发日期",
    "印发时间",
    "制定日期",
    "制定时间",
    "签发日期",
    "签发时间",
    "填报日期",
    "填报时间",
    "填表日期",
    "填表时间",
    "制表日期",
    "制表时间",
    "报告日期",
    "报送日期",
    "开票日期",
    "开票时间",
];

/// Returns 成文日期, the day a document was made: the last date that stands on a line of its own (GB/T 9704-2012), behind
/// the name of who signs, behind a label that says so, or in brackets under the title; where there is none, that of a
/// form. A date in running text or before 印发 is not it.
pub fn made(text: &str) -> Option<Date> {
    let signed = text.lines().rev().find_map(|line| signed(line).map(|it| it.1));
    signed.or_else(|| text.lines().rev().find_map(|line| labelled(bare(line)?, &FILLED)))
}

/// Returns a line without brackets around it, unless it is too long to hold nothing but a day.
fn bare(line: &str) -> Option<&str> {
    const LONGEST: usize = 64;
    let line = line.trim().trim_matches(|c| "()（）[]〔〕".contains(c)).trim();
    (line.len() <= LONGEST * 3).then_some(line)
}

/// Returns who signs, where that stands there, and the day of a line that holds no more, or that ends in a day with its
/// label.
pub fn signed(line: &str) -> Option<(&str, Date)> {
    let line = bare(line)?;
    if let Some(day) = labelled(line, &MADE) {
        return Some(("", day));
    }
    let chars = folded(line);
    let at = (0..chars.len()).find(|&at| starts_number(&chars, at) && year(&chars, at).is_some())?;
    let day = alone(&chars, written_out(&chars, at)?)?;
    let before = line.char_indices().nth(at).and_then(|it| line.get(..it.0))?;
    let gap = before.ends_with(char::is_whitespace);
    let body = before.chars().all(|c| c.is_alphabetic() || c.is_whitespace());
    (before.is_empty() || (gap && body)).then_some((before.trim_end(), day))
}

/// Reads `成文日期：2017年3月5日` and, of forms, `填报单位：某局　填报时间：2017-03-05`.
fn labelled(line: &str, labels: &[&str]) -> Option<Date> {
    let colon = |c| [':', '：'].contains(&c);
    let (before, day) = line.rsplit_once(colon)?;
    let label = before.rsplit(char::is_whitespace).next()?;
    let chars = folded(day.trim());
    let read = || written_out(&chars, 0).or_else(|| separated(&chars, 0));
    if labels.contains(&label) && !chars.is_empty() { alone(&chars, read()?) } else { None }
}

/// Returns the day that was read where it is a single one and nothing stands behind it.
fn alone(chars: &[char], ((from, to), end): (Span, usize)) -> Option<Date> {
    (from == to && blank(chars, end) == chars.len()).then_some(from)
}

type Span = (Date, Date);

/// Turns full-width letters, digits and signs into ASCII, one character for one.
pub(super) fn folded(text: &str) -> Vec<char> {
    text.chars()
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            '\u{3000}' => ' ',
            _ => c,
        })
        .collect()
}

fn starts_number(chars: &[char], at: usize) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || numeral(c).is_some();
    is_digit(chars[at]) && (at == 0 || !is_digit(chars[at - 1]))
}

/// Reads `2017年3月15日`, `2017 年 3 月`, `二〇一七年三月十五日`; returns the span and where it ends.
fn written_out(chars: &[char], at: usize) -> Option<(Span, usize)> {
    let (year, next) = year(chars, at)?;
    let next = mark(chars, next, &['年'])?;
    if let Some(found) = part_of_year(chars, blank(chars, next), year) {
        return Some(found);
    }
    let (month, next) = small(chars, blank(chars, next))?;
    let month_end = mark(chars, next, &['月'])?;
    let day = small(chars, blank(chars, month_end))
        .and_then(|(day, next)| Some((day, mark(chars, next, &['日', '号'])?)));
    match day {
        Some((day, end)) => single(year, month, day).map(|span| (span, end)),
        None => whole_month(year, month).map(|span| (span, month_end)),
    }
}

/// Reads `第二季度`, `2季度`, `上半年` and `下半年` after a year.
fn part_of_year(chars: &[char], at: usize, year: i16) -> Option<(Span, usize)> {
    let span = |first: i16, last: i16| Some((whole_month(year, first)?.0, whole_month(year, last)?.1));
    for (half, first) in [('上', 1), ('下', 7)] {
        if chars.get(at..at + 3) == Some(&[half, '半', '年']) {
            return Some((span(first, first + 5)?, at + 3));
        }
    }
    let at = mark(chars, at, &['第']).unwrap_or(at);
    let (quarter, next) = small(chars, at).filter(|it| (1..=4).contains(&it.0))?;
    let end = mark(chars, mark(chars, next, &['季'])?, &['度'])?;
    Some((span(quarter * 3 - 2, quarter * 3)?, end))
}

/// Reads `2017-03-15`, `2017.3.15`, `2017_03_15`, and `2017-03` as a month.
fn separated(chars: &[char], at: usize) -> Option<(Span, usize)> {
    let (year, next) = digits(chars, at, 4)?;
    let sign = *chars.get(next).filter(|c| "-./_".contains(**c))?;
    let (month, next) = digits(chars, next + 1, 2).or_else(|| digits(chars, next + 1, 1))?;
    if chars.get(next) == Some(&sign)
        && let Some((day, end)) = digits(chars, next + 1, 2).or_else(|| digits(chars, next + 1, 1))
    {
        return single(year, month, day).map(|span| (span, end));
    }
    whole_month(year, month).map(|span| (span, next))
}

/// Reads `20170315`, `20170315120000` and `201703`.
fn compact(chars: &[char], at: usize) -> Option<Span> {
    let run = chars[at..].iter().take_while(|c| c.is_ascii_digit()).count();
    let number = |from: usize, n: usize| {
        chars[at + from..at + from + n].iter().try_fold(0, |sum, c| Some(sum * 10 + c.to_digit(10)? as i16))
    };
    match run {
        8 | 14 | 17 => single(number(0, 4)?, number(4, 2)?, number(6, 2)?),
        6 => whole_month(number(0, 4)?, number(4, 2)?),
        _ => None,
    }
}

fn single(year: i16, month: i16, day: i16) -> Option<Span> {
    let day = Date::new(plausible(year)?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some((day, day))
}

fn whole_month(year: i16, month: i16) -> Option<Span> {
    let first = Date::new(plausible(year)?, i8::try_from(month).ok()?, 1).ok()?;
    Some((first, first.checked_add(1.month()).ok()?.yesterday().ok()?))
}

/// Returns the first and last day of a year.
pub fn whole_year(year: i16) -> Option<(Date, Date)> {
    Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?))
}

/// A number that merely looks like a year is not one.
pub(super) fn plausible(year: i16) -> Option<i16> {
    (1949..=2099).contains(&year).then_some(year)
}

fn year(chars: &[char], at: usize) -> Option<(i16, usize)> {
    if let Some(found) = digits(chars, at, 4) {
        return Some(found);
    }
    let four = chars.get(at..at + 4)?;
    numeral(four[0])?;
    let year = four.iter().try_fold(0, |sum, c| Some(sum * 10 + ones(*c)?))?;
    Some((year, at + 4))
}

/// Reads a figure of a year; a nought is typed as a letter or a digit where the input method has no `〇`.
fn ones(c: char) -> Option<i16> {
    match c {
        '0' | 'O' | 'o' => Some(0),
        _ => numeral(c).filter(|it| *it < 10),
    }
}

/// Reads exactly `n` digits that no further digit follows.
fn digits(chars: &[char], at: usize, n: usize) -> Option<(i16, usize)> {
    let run = chars.get(at..)?.iter().take(n + 1).take_while(|c| c.is_ascii_digit()).count();
    let value = |c: &[char]| c.iter().try_fold(0, |sum, c| Some(sum * 10 + c.to_digit(10)? as i16));
    (run == n).then(|| value(&chars[at..at + n]))?.map(|it| (it, at + n))
}

/// Reads a month or day: `3`, `03`, `三`, `十五`, `二十三`, `廿三`, and `元` for the first month.
fn small(chars: &[char], at: usize) -> Option<(i16, usize)> {
    if let Some(found) = digits(chars, at, 2).or_else(|| digits(chars, at, 1)) {
        return Some(found);
    }
    if chars.get(at..at + 2) == Some(&['元', '月']) {
        return Some((1, at + 1));
    }
    let twenties = [('廿', 20), ('卄', 20), ('卅', 30)].iter().find(|it| chars.get(at) == Some(&it.0));
    if let Some((_, tens)) = twenties {
        let more = chars.get(at + 1).and_then(|c| numeral(*c)).filter(|it| (1..10).contains(it));
        return Some((tens + more.unwrap_or(0), at + 1 + usize::from(more.is_some())));
    }
    let run: Vec<i16> = chars.get(at..)?.iter().take(3).map_while(|c| numeral(*c)).collect();
    let value = match run.as_slice() {
        [10] => 10,
        [ones] if *ones > 0 => *ones,
        [10, ones] if *ones < 10 => 10 + ones,
        [tens, 10] if *tens < 10 => tens * 10,
        [tens, 10, ones] if *tens < 10 && *ones < 10 => tens * 10 + ones,
        _ => return None,
    };
    Some((value, at + run.len()))
}

fn numeral(c: char) -> Option<i16> {
    "〇一二三四五六七八九十".chars().position(|it| it == c).map(|it| it as i16).or(match c {
        '零' | '○' | 'Ο' | 'О' | '◯' => Some(0),
        _ => None,
    })
}

pub(super) fn blank(chars: &[char], at: usize) -> usize {
    at + chars[at.min(chars.len())..].iter().take_while(|c| c.is_whitespace()).count()
}

fn mark(chars: &[char], at: usize, marks: &[char]) -> Option<usize> {
    let at = blank(chars, at);
    chars.get(at).filter(|c| marks.contains(c)).map(|_| at + 1)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn names_say_days_and_months() {
        let day = |y, m, d| Some((date(y, m, d), date(y, m, d)));
        assert_eq!(in_name("IMG_20170315_120000.jpg"), day(2017, 3, 15));
        assert_eq!(in_name("道德讲堂2017-03-15.docx"), day(2017, 3, 15));
        assert_eq!(in_name("2017.3.5道德讲堂"), day(2017, 3, 5));
        assert_eq!(in_name("关于2017年3月15日活动的报告.pdf"), day(2017, 3, 15));
        assert_eq!(in_name("二〇一七年三月十五日通知"), day(2017, 3, 15));
        assert_eq!(in_name("2017年12月31日"), day(2017, 12, 31));
        let month = Some((date(2017, 2, 1), date(2017, 2, 28)));
        for name in ["2017年2月报表.xlsx", "2017-02", "201702报表", "2017.2 月报", "二○一七年二月"]
        {
            assert_eq!(in_name(name), month, "{name}");
        }
        let quarter = Some((date(2017, 4, 1), date(2017, 6, 30)));
        for name in ["2017年第二季度台账.xlsx", "2017年2季度", "二〇一七年二季度报表"] {
            assert_eq!(in_name(name), quarter, "{name}");
        }
        assert_eq!(in_name("2017年上半年"), Some((date(2017, 1, 1), date(2017, 6, 30))));
        assert_eq!(in_name("2017年下半年总结"), Some((date(2017, 7, 1), date(2017, 12, 31))));
        for name in [
            "mmexport1489561234567.jpg",
            "2017年工作总结",
            "2017年第五季度",
            "第3号",
            "20171315",
            "180032.jpg",
            "",
        ] {
            assert_eq!(in_name(name), None, "{name}");
        }
    }

    #[test]
    fn the_day_of_signing_stands_alone() {
        let text = "关于开展道德讲堂的通知\n各单位:\n定于2017年4月1日召开。\n\n  市文明办\n  2017年3月15日  \n抄送:市委办\n市文明办 2017年3月16日印发\n";
        assert_eq!(made(text), Some(date(2017, 3, 15)));
        assert_eq!(made("讲话\n(二〇一七年三月十五日)\n同志们:\n"), Some(date(2017, 3, 15)));
        for (line, day) in [
            ("2017 年 3 月 5 日", date(2017, 3, 5)),
            ("（二〇一七年三月五日）", date(2017, 3, 5)),
            ("濮阳市文明办  二○一七年三月廿一日", date(2017, 3, 21)),
            ("二OO八年元月卅日", date(2008, 1, 30)),
            ("二0一七年十月三十一日", date(2017, 10, 31)),
            ("成文日期:2017年3月5日", date(2017, 3, 5)),
            ("开票日期：2020年08月05日", date(2020, 8, 5)),
            ("填报单位：示例市教育局　填报时间：2017-03-05", date(2017, 3, 5)),
            ("填表日期：２０１７．３．５", date(2017, 3, 5)),
        ] {
            assert_eq!(made(line), Some(day), "{line}");
        }
        for line in [
            "活动时间:2017年3月15日",
            "截至2017年3月15日",
            "开票日期：",
            "签发日期：2017年3月",
            "主讲人：张三　报告时间：2017年3月15日",
            "报送时间：2017年3月31日",
            "会议日期：2017年3月15日",
            "填表日期：2017-03-15，逾期不候",
            "市文明办 2017年3月16日印发",
            "会议于 2017年3月15日,",
        ] {
            assert_eq!(made(line), None, "{line}");
        }
        let signed = "通知\n市文明办\n2017年3月15日\n";
        for behind in ["附件：申报表\n填表日期：2016年12月1日", "市文明办　印发时间：2017年3月16日"]
        {
            assert_eq!(made(&format!("{signed}{behind}")), Some(date(2017, 3, 15)), "{behind}");
        }
        assert_eq!(made("定于2017年4月1日召开。"), None);
        assert_eq!(made("2017年3月"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_a_fall(text in "[0-9〇一二十廿年月日号第〔〕\\[\\](). \n发办a-c-]{0,40}") {
            let days = in_name(&text);
            proptest::prop_assert!(days.is_none_or(|(from, to)| from <= to));
            let _any = made(&text);
        }

        #[test]
        fn every_day_is_found_in_every_spelling(days in 0..18_000_i32) {
            let day = date(1990, 1, 1).checked_add(days.days()).unwrap();
            let (y, m, d) = (day.year(), day.month(), day.day());
            for name in [
                format!("活动{y}{m:02}{d:02}"),
                format!("{y}-{m}-{d} 活动"),
                format!("活动({y}年{m}月{d}日).jpg"),
            ] {
                proptest::prop_assert_eq!(in_name(&name), Some((day, day)), "{}", name);
            }
        }
    }
}
