//! The query language: total, so that nothing typed is an error.
//!
//! Terms set apart by spaces must all be found; `"…"` “…” 「…」 《…》 are exact; `-` or `－` excludes; `指标: 单位: 类型: 日期: 状态:`
//! filter, with a colon of either width and English names. What is not known as a filter is text.

use std::ops::Range;

use jiff::civil::Date;

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Text to be found or excluded.
    pub terms: Vec<Term>,
    /// Filters, their values as typed.
    pub filters: Vec<Filter>,
}

/// Text to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The text.
    pub text: String,
    /// Whether just this must be found, by quotes.
    pub exact: bool,
    /// Whether it must not be found.
    pub exclude: bool,
    /// Where it stands in what was typed.
    pub place: Range<usize>,
}

/// What a filter looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// 指标: the standard proved, or one above it.
    Indicator,
    /// 单位: whose it is.
    Unit,
    /// 类型: its kind.
    Kind,
    /// 日期: its date.
    Date,
    /// 状态: how its claim stands.
    State,
    /// 问题: what is amiss with it.
    Finding,
}

impl Field {
    /// Every field with the words for it, the first being that of the screen.
    pub const NAMES: [(Self, &'static [&'static str]); 6] = [
        (Self::Indicator, &["指标", "indicator", "standard", "标准"]),
        (Self::Unit, &["单位", "unit"]),
        (Self::Kind, &["类型", "kind", "type"]),
        (Self::Date, &["日期", "date"]),
        (Self::State, &["状态", "state", "status"]),
        (Self::Finding, &["问题", "finding", "疑点"]),
    ];
}

/// A filter as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// What it looks at.
    pub field: Field,
    /// The value, without quotes.
    pub value: String,
    /// Whether what it holds for is left out.
    pub exclude: bool,
    /// Where it stands in what was typed.
    pub place: Range<usize>,
}

const QUOTES: [(char, char); 6] =
    [('"', '"'), ('“', '”'), ('「', '」'), ('『', '』'), ('《', '》'), ('‘', '’')];

/// Reads what was typed.
pub fn parse(typed: &str) -> Query {
    let mut res = Query::default();
    let mut at = 0;
    while let Some(c) = typed[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let start = at;
        let exclude = matches!(c, '-' | '\u{ff0d}' | '−')
            && typed[at + c.len_utf8()..].starts_with(|c: char| !c.is_whitespace());
        if exclude {
            at += c.len_utf8();
        }
        let field = field_at(&typed[at..]);
        if let Some((_, length)) = field {
            at += length;
        }
        let (text, exact, length) = value_at(&typed[at..]);
        at += length;
        let place = start..at;
        match field {
            Some((field, _)) => res.filters.push(Filter { field, value: text, exclude, place }),
            None if text.is_empty() && !exact => {}
            None => res.terms.push(Term { text, exact, exclude, place }),
        }
    }
    res
}

/// The field whose name and colon stand here, with their length, where a value follows.
fn field_at(text: &str) -> Option<(Field, usize)> {
    let (at, colon) = text.char_indices().take(12).find(|it| matches!(it.1, ':' | '\u{ff1a}'))?;
    let name = text[..at].to_lowercase();
    let field = Field::NAMES.iter().find(|it| it.1.contains(&name.as_str()))?.0;
    let length = at + colon.len_utf8();
    text[length..].starts_with(|c: char| !c.is_whitespace()).then_some((field, length))
}

/// The value that stands here: quoted, or up to the next space. Returns it, whether it was quoted, and its length.
fn value_at(text: &str) -> (String, bool, usize) {
    if let Some(first) = text.chars().next()
        && let Some((_, close)) = QUOTES.iter().find(|it| it.0 == first)
    {
        let inner = &text[first.len_utf8()..];
        return match inner.find(*close) {
            Some(end) => (inner[..end].to_owned(), true, first.len_utf8() + end + close.len_utf8()),
            None => (inner.to_owned(), true, text.len()),
        };
    }
    let end = text
        .char_indices()
        .skip(1)
        .find(|(_, c)| c.is_whitespace() || QUOTES.iter().any(|it| it.0 == *c && *c != '‘'));
    let end = end.map_or(text.len(), |it| it.0);
    (text[..end].to_owned(), false, end)
}

/// Reads the value of a date filter: `2023`, `2023-05`, `2023-05-01`, `2023-01..2023-06`, `>=2023-05`, `<=…`. Returns
/// the first and last day, either open.
pub fn dates(value: &str) -> Option<(Option<Date>, Option<Date>)> {
    if let Some((from, to)) = value.split_once("..") {
        let from = if from.is_empty() { None } else { Some(span(from)?.0) };
        let to = if to.is_empty() { None } else { Some(span(to)?.1) };
        return Some((from, to));
    }
    if let Some(from) = value.strip_prefix(">=") {
        return Some((Some(span(from)?.0), None));
    }
    if let Some(to) = value.strip_prefix("<=") {
        return Some((None, Some(span(to)?.1)));
    }
    let (from, to) = span(value)?;
    Some((Some(from), Some(to)))
}

fn span(text: &str) -> Option<(Date, Date)> {
    let tidy: String =
        text.trim().chars().map(|c| if matches!(c, '/' | '.' | '年' | '月') { '-' } else { c }).collect();
    let numbers: Option<Vec<i16>> =
        tidy.trim_end_matches(['日', '-']).split('-').map(|it| it.parse().ok()).collect();
    match *numbers?.as_slice() {
        [year] => Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?)),
        [year, month] => {
            let first = Date::new(year, i8::try_from(month).ok()?, 1).ok()?;
            Some((first, first.last_of_month()))
        }
        [year, month, day] => {
            let day = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
            Some((day, day))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(typed: &str, expected: &str) {
        let query = parse(typed);
        let sign = |it: bool| if it { "-" } else { "" };
        let terms = query
            .terms
            .iter()
            .map(|it| format!("{}{}{}", sign(it.exclude), it.text, if it.exact { "!" } else { "" }));
        let filters =
            query.filters.iter().map(|it| format!("{}{:?}={}", sign(it.exclude), it.field, it.value));
        assert_eq!(terms.chain(filters).collect::<Vec<_>>().join(" "), expected, "{typed}");
    }

    #[test]
    fn terms_quotes_exclusions_filters() {
        check("志愿服务 空巢老人", "志愿服务 空巢老人");
        check("“志愿服务” -《市民手册》 －草稿", "志愿服务! -市民手册! -草稿");
        check(
            "指标:Ⅱ-3 unit:zjj 状态:已通过 -类型:\"活动 照片\"",
            "Indicator=Ⅱ-3 Unit=zjj State=已通过 -Kind=活动 照片",
        );
        check("http://a 时间:下午 单位: -", "http://a 时间:下午 单位: -");
        check("a\"b c\"d \"open", "a b c! d open!");
        check("", "");
    }

    #[test]
    fn dates_in_every_form() {
        let shown = |it: &str| {
            dates(it).map(|(a, b)| {
                format!(
                    "{}..{}",
                    a.map_or("".into(), |it| it.to_string()),
                    b.map_or("".into(), |it| it.to_string())
                )
            })
        };
        assert_eq!(shown("2023").unwrap(), "2023-01-01..2023-12-31");
        assert_eq!(shown("2023-02").unwrap(), "2023-02-01..2023-02-28");
        assert_eq!(shown("2023年5月3日").unwrap(), "2023-05-03..2023-05-03");
        assert_eq!(shown("2023-01..2023-06").unwrap(), "2023-01-01..2023-06-30");
        assert_eq!(shown(">=2023-05").unwrap(), "2023-05-01..");
        assert_eq!(shown("昨天"), None);
        assert_eq!(shown("2023-13"), None);
    }

    proptest! {
        #[test]
        fn nothing_typed_is_an_error(typed in "\\PC{0,60}") {
            for it in parse(&typed).terms {
                prop_assert!(typed.get(it.place).is_some());
            }
            dates(&typed);
        }
    }
}
