//! Codes of indicators in every spelling: `Ⅱ-3`, `II-3`, `Ⅱ—3`, `2-3`, `二-3`, `Ⅰ-1/Ⅱ-3/2)`, `1.3.2`.
//!
//! A partial code resolves only where it is unique in its scheme, else its candidates are listed: `Ⅱ-3` recurs
//! under each `Ⅰ`.

use unicode_normalization::UnicodeNormalization;

use crate::domain::id::IndicatorPath;
use crate::domain::scheme::{Indicator, Scheme};

/// One step of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// `Ⅱ-3`: the third of the second level.
    Level(u16, u16),
    /// `2)`: the second at the end.
    Leaf(u16),
    /// A code of another shape, folded.
    Other(String),
}

/// What a spelling of a code means in a scheme.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolved<'a> {
    /// Exactly one indicator.
    One(&'a Indicator),
    /// Several; say more of the code.
    Several(Vec<&'a Indicator>),
    /// None.
    Unknown,
}

/// Resolves a code in any spelling, partial or whole, or the title of an indicator.
pub fn resolve<'a>(scheme: &'a Scheme, spelled: &str) -> Resolved<'a> {
    let (steps, rest) = leading(spelled);
    if let Some(path) = dotted(spelled)
        && let Some(indicator) = scheme.indicator(&path)
    {
        return Resolved::One(indicator);
    }
    let found: Vec<&Indicator> = if steps.is_empty() {
        scheme.indicators.iter().filter(|it| folded(&it.title) == folded(spelled)).collect()
    } else {
        scheme.indicators.iter().filter(|it| ends_with(&chain(scheme, it), &steps)).collect()
    };
    match narrowed(found, &folded(rest)).as_slice() {
        [] => Resolved::Unknown,
        [one] => Resolved::One(one),
        several => Resolved::Several(several.to_vec()),
    }
}

/// Returns the part of a name that stands before its words, if it reads as a code, and the words after it.
pub fn split(name: &str) -> Option<(&str, &str)> {
    let (steps, rest) = leading(name);
    let coded = !steps.is_empty() || dotted(name).is_some();
    let rest = if dotted(name).is_some() {
        name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
    } else {
        rest
    };
    coded.then(|| (&name[..name.len() - rest.len()], rest))
}

/// Several candidates become one where the words after the code are the title of exactly one.
fn narrowed<'a>(found: Vec<&'a Indicator>, words: &str) -> Vec<&'a Indicator> {
    if found.len() < 2 || words.is_empty() {
        return found;
    }
    let titled: Vec<&Indicator> = found
        .iter()
        .copied()
        .filter(|it| {
            let title = folded(&it.title);
            !title.is_empty() && (title.contains(words) || words.contains(&title))
        })
        .collect();
    if titled.len() == 1 { titled } else { found }
}

/// The steps of an indicator from the root down.
fn chain(scheme: &Scheme, indicator: &Indicator) -> Vec<Step> {
    let levels = indicator.path.levels();
    let above =
        (1..=levels.len()).filter_map(|n| scheme.indicator(&IndicatorPath::new(levels[..n].to_vec())));
    above.flat_map(|it| own_steps(&it.code)).collect()
}

fn own_steps(code: &str) -> Vec<Step> {
    let (steps, _) = leading(code);
    if steps.is_empty() { vec![Step::Other(folded(code))] } else { steps }
}

/// Returns whether `asked` runs through `chain` in order and ends where it ends.
fn ends_with(chain: &[Step], asked: &[Step]) -> bool {
    let mut left = chain.iter().rev();
    let mut wanted = asked.iter().rev();
    if left.next() != wanted.next() {
        return false;
    }
    wanted.all(|step| left.any(|it| it == step))
}

/// Reads the steps a name begins with; returns them and what is left.
fn leading(name: &str) -> (Vec<Step>, &str) {
    let mut res = Vec::new();
    let mut rest = name;
    loop {
        let trimmed = rest.trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(fold(c), '/' | '-' | '_' | ',' | '、' | '>' | '·')
        });
        match step(trimmed) {
            Some((step, after)) => {
                res.push(step);
                rest = after;
            }
            None if res.is_empty() => return (res, name),
            None => return (res, trimmed),
        }
    }
}

/// Reads one step: a level with a number, or a number in brackets.
fn step(text: &str) -> Option<(Step, &str)> {
    let open = text.strip_prefix(['(', '\u{ff08}']).unwrap_or(text);
    if let Some((number, after)) = number(open)
        && let Some(after) = after.strip_prefix([')', '\u{ff09}'])
    {
        return Some((Step::Leaf(number), after));
    }
    let (level, after) = roman(text).or_else(|| number(text))?;
    let after = after.trim_start();
    let dash = after.chars().next().filter(|&c| fold(c) == '-')?;
    let (number, after) = number(after[dash.len_utf8()..].trim_start())?;
    // `2017-03` is a date, and so is `3-05-…`: levels are few and their numbers short.
    let plausible =
        (1..=9).contains(&level) && number <= 99 && !after.starts_with(|c: char| c.is_ascii_digit());
    plausible.then_some((Step::Level(level, number), after))
}

/// Reads a roman numeral, as one sign (`Ⅱ`) or in latin letters (`II`, `ii`).
fn roman(text: &str) -> Option<(u16, &str)> {
    let first = text.chars().next()?;
    let sign: String = first.nfkc().collect::<String>().to_lowercase();
    let (word, after) = if first.is_ascii() {
        let end =
            text.find(|c: char| !matches!(c.to_ascii_lowercase(), 'i' | 'v' | 'x')).unwrap_or(text.len());
        (text[..end].to_lowercase(), &text[end..])
    } else {
        (sign, &text[first.len_utf8()..])
    };
    let words = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    let number = words.iter().position(|it| *it == word)?;
    Some((u16::try_from(number + 1).ok()?, after))
}

/// Reads a number in digits of any width, or one Chinese numeral up to ten.
fn number(text: &str) -> Option<(u16, &str)> {
    const CHINESE: &str = "一二三四五六七八九十";
    let first = text.chars().next()?;
    if let Some(n) = CHINESE.chars().position(|c| c == first) {
        return Some((u16::try_from(n + 1).ok()?, &text[first.len_utf8()..]));
    }
    let end = text.find(|c| !fold(c).is_ascii_digit()).unwrap_or(text.len());
    let digits: String = text[..end].chars().map(fold).collect();
    if digits.len() > 3 {
        return None;
    }
    Some((digits.parse().ok()?, &text[end..]))
}

/// Reads a path such as `1.3.2` that stands at the beginning.
fn dotted(text: &str) -> Option<IndicatorPath> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let path = text[..end].trim_end_matches('.');
    if !path.contains('.') && end != text.len() {
        return None;
    }
    path.parse().ok().filter(|it: &IndicatorPath| it.levels().iter().all(|&n| n < 1000))
}

/// Folds width and the many dashes of one character.
fn fold(c: char) -> char {
    match c {
        '—' | '–' | '‐' | '‑' | '−' | '-' => '-',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn folded(text: &str) -> String {
    text.nfkc().map(fold).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme() -> Scheme {
        let indicator = |path: &str, code: &str, title: &str| Indicator {
            path: path.parse().unwrap(),
            code: code.into(),
            title: title.into(),
            text: String::new(),
            methods: vec![],
            points: None,
            veto: false,
            lead: None,
            units: vec![],
            requirements: vec![],
        };
        Scheme {
            id: "2017".parse().unwrap(),
            title: "测评体系".into(),
            levels: vec![],
            test_on: None,
            deadline: None,
            window: Default::default(),
            cycle: None,
            groups_on: None,
            accept_own: false,
            kinds: vec![],
            indicators: vec![
                indicator("1", "Ⅰ-1", "思想道德建设"),
                indicator("1.1", "Ⅱ-1", "学雷锋活动"),
                indicator("1.3", "Ⅱ-3", "志愿服务"),
                indicator("1.3.2", "2)", "关爱空巢老人"),
                indicator("2", "Ⅰ—2", "公共环境"),
                indicator("2.3", "Ⅱ-3", "社区环境"),
                indicator("2.3.2", "2)", "六个一"),
            ],
        }
    }

    fn check(spelled: &str, expected: &[&str]) {
        let scheme = scheme();
        let found = match resolve(&scheme, spelled) {
            Resolved::One(it) => vec![it.path.to_string()],
            Resolved::Several(many) => many.iter().map(|it| it.path.to_string()).collect(),
            Resolved::Unknown => vec![],
        };
        assert_eq!(found, expected, "{spelled}");
    }

    #[test]
    fn every_spelling_is_recognised() {
        for spelled in ["Ⅰ-2", "I-2", "Ⅰ—2", "1-2", "一-2", "ⅰ-2", "I - 2", "1-2", "2"] {
            check(spelled, &["2"]);
        }
        for spelled in [
            "Ⅰ-1 Ⅱ-3 2)",
            "I-1/II-3/2)",
            "1-1/2-3/2)",
            "Ⅰ-1-Ⅱ-3-(2)",
            "1.3.2",
            "Ⅰ-1 2)",
            "1.3.2 关爱空巢老人",
        ] {
            check(spelled, &["1.3.2"]);
        }
    }

    #[test]
    fn a_partial_code_lists_its_candidates() {
        check("Ⅱ-3", &["1.3", "2.3"]);
        check("2)", &["1.3.2", "2.3.2"]);
        check("Ⅱ-1", &["1.1"]);
        check("Ⅱ-3 社区环境", &["2.3"]);
        check("2)关爱空巢老人", &["1.3.2"]);
        check("志愿服务", &["1.3"]);
        check("Ⅱ-9", &[]);
        check("2017-03-05 活动", &[]);
        check("", &[]);
    }

    #[test]
    fn a_name_splits_into_code_and_words() {
        assert_eq!(split("Ⅱ-3 志愿服务"), Some(("Ⅱ-3 ", "志愿服务")));
        assert_eq!(split("1.3.2志愿服务").map(|it| it.1), Some("志愿服务"));
        assert_eq!(split("志愿服务"), None);
    }
}
