//! What the styles of an OpenDocument text say of its lists, and of words that are not to be seen (ISO/IEC 26300-1,
//! 16.31, 16.34, 19.499, 19.500 and 20.328).

use std::collections::{BTreeMap, HashMap, HashSet};

use office_oxide::docx::NumberFormat;

use crate::extract::xml::{self, Mark, Tag};

/// How many levels lists have at most.
pub(super) const LEVELS: usize = 10;

/// The list of headings; no other is so named by those who write these files.
pub(super) const OUTLINE: &str = "Outline";

/// Nobody's document has more styles.
const MOST: usize = 100_000;

/// No number is longer than a line; what stands around it may be.
const LONGEST: usize = 100;

/// How many styles are followed from one to the next that it is like.
const FARTHEST: usize = 20;

/// How a level of a list is numbered.
pub(super) struct Level {
    pub(super) start: u32,
    pub(super) format: NumberFormat,
    pub(super) pattern: Vec<Piece>,
}

/// A piece of what is drawn: words, or the number of a level.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    Words(String),
    Number(usize),
}

/// The style of a paragraph: what it is like, and its list; one without a name is none.
#[derive(Default)]
struct Paragraph {
    parent: Option<String>,
    list: Option<String>,
}

#[derive(Default)]
pub(super) struct Styles {
    hiding: HashSet<String>,
    lists: Vec<BTreeMap<usize, Level>>,
    by_name: HashMap<String, usize>,
    paragraphs: HashMap<String, Paragraph>,
}

impl Styles {
    /// Reads the styles of these parts; of those with one name the last is meant.
    pub(super) fn of(parts: &[&str]) -> Self {
        let mut styles = Self::default();
        for xml in parts {
            let mut style = None;
            let _broken = xml::marks(xml, |mark| {
                match mark {
                    Mark::Open(tag) => styles.open(&tag, &mut style),
                    Mark::Close("style") => style = None,
                    Mark::Words(_) | Mark::Close(_) => {}
                }
                Ok(())
            });
        }
        styles
    }

    fn open(&mut self, tag: &Tag<'_>, style: &mut Option<String>) {
        let is_full = self.paragraphs.len() + self.lists.len() >= MOST;
        match tag.name() {
            "style" => {
                *style = tag.get("name");
                if let Some(name) = style.clone().filter(|_| !is_full)
                    && tag.get("family").as_deref() == Some("paragraph")
                {
                    let (parent, list) = (tag.get("parent-style-name"), tag.get("list-style-name"));
                    self.paragraphs.insert(name, Paragraph { parent, list });
                }
            }
            "text-properties" | "properties" if tag.get("display").as_deref() == Some("none") => {
                self.hiding.extend(style.take());
            }
            "list-style" | "outline-style" if !is_full => {
                let is_outline = tag.name() == "outline-style";
                let name = if is_outline { Some(OUTLINE.into()) } else { tag.get("name") };
                self.by_name.extend(name.map(|it| (it, self.lists.len())));
                self.lists.push(BTreeMap::new());
            }
            "list-level-style-number" | "outline-level-style" => {
                let level = tag.get("level").and_then(|it| it.parse::<usize>().ok()?.checked_sub(1));
                if let Some((level, levels)) = level.filter(|it| *it < LEVELS).zip(self.lists.last_mut()) {
                    levels.insert(level, Level::of(tag, level));
                }
            }
            _ => {}
        }
    }

    /// The words under this style are not to be seen.
    pub(super) fn hides(&self, style: &str) -> bool {
        self.hiding.contains(style)
    }

    /// Finds a list style by its name.
    pub(super) fn list(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Returns the levels of a list style that have numbers.
    pub(super) fn levels(&self, list: usize) -> Option<&BTreeMap<usize, Level>> {
        self.lists.get(list)
    }

    /// Returns the name of the list that a style puts its paragraphs in, which may be empty.
    pub(super) fn list_of(&self, style: &str) -> Option<&str> {
        let mut style = self.paragraphs.get(style)?;
        for _ in 0..FARTHEST {
            if let Some(list) = &style.list {
                return Some(list);
            }
            style = self.paragraphs.get(style.parent.as_ref()?)?;
        }
        None
    }
}

impl Level {
    fn of(tag: &Tag<'_>, level: usize) -> Self {
        let words = |name: &str| tag.get(name).unwrap_or_default().chars().take(LONGEST).collect::<String>();
        let number = |name: &str| tag.get(name).and_then(|it| it.parse::<u32>().ok());
        let pattern = match tag.get("num-list-format") {
            Some(pattern) => pieces(&pattern),
            None => {
                let shown = number("display-levels").map_or(1, |it| it as usize).clamp(1, level + 1);
                let mut pattern = vec![Piece::Words(words("num-prefix"))];
                for above in level + 1 - shown..level {
                    pattern.extend([Piece::Number(above), Piece::Words(".".into())]);
                }
                pattern.extend([Piece::Number(level), Piece::Words(words("num-suffix"))]);
                pattern
            }
        };
        let format = format_of(&tag.get("num-format").unwrap_or_default());
        Self { start: number("start-value").unwrap_or(1), format, pattern }
    }
}

/// Reads a pattern such as `第%1%章`, in which levels stand for their numbers (OpenDocument 1.4, `style:num-list-format`).
fn pieces(pattern: &str) -> Vec<Piece> {
    let short: String = pattern.chars().take(LONGEST).collect();
    let (mut pieces, mut rest) = (Vec::new(), short.as_str());
    while let Some((words, after)) = rest.split_once('%') {
        pieces.push(Piece::Words(words.into()));
        let level =
            after.split_once('%').and_then(|(level, after)| Some((level.parse::<usize>().ok()?, after)));
        match level {
            Some((level @ 1..=LEVELS, after)) => {
                pieces.push(Piece::Number(level - 1));
                rest = after;
            }
            _ => {
                pieces.push(Piece::Words("%".into()));
                rest = after;
            }
        }
    }
    pieces.push(Piece::Words(rest.into()));
    pieces
}

/// Names a number format as ECMA-376 part 1, 17.18.59 does. Those of other scripts are known by the signs for one and two.
fn format_of(name: &str) -> NumberFormat {
    let mut signs = name.split(", ");
    let name = match (signs.next().unwrap_or_default(), signs.next()) {
        ("", _) => return NumberFormat::None,
        ("a", _) => return NumberFormat::LowerLetter,
        ("A", _) => return NumberFormat::UpperLetter,
        ("i", _) => return NumberFormat::LowerRoman,
        ("I", _) => return NumberFormat::UpperRoman,
        ("一", _) => "chineseCountingThousand",
        ("壹", Some("贰")) => "chineseLegalSimplified",
        ("壹", _) => "ideographLegalTraditional",
        ("甲", _) => "ideographTraditional",
        ("子", _) => "ideographZodiac",
        ("①", _) => "decimalEnclosedCircle",
        ("⑴", _) => "decimalEnclosedParen",
        ("⒈", _) => "decimalEnclosedFullstop",
        ("㊀", _) => "ideographEnclosedCircle",
        ("１", _) => "decimalFullWidth",
        ("01", _) => "decimalZero",
        _ => return NumberFormat::Decimal,
    };
    NumberFormat::Other(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_words_and_levels() {
        let of = |words: &str| Piece::Words(words.into());
        assert_eq!(pieces("第%1%章"), [of("第"), Piece::Number(0), of("章")]);
        assert_eq!(pieces("%3%.%4%"), [of(""), Piece::Number(2), of("."), Piece::Number(3), of("")]);
        let odd = pieces("5% %99%%");
        let words = odd.iter().map(|it| if let Piece::Words(it) = it { it } else { "?" });
        assert_eq!(words.collect::<String>(), "5% %99%%");
    }

    #[test]
    fn a_style_is_in_the_list_of_what_it_is_like() {
        let xml = "<x><style family='paragraph' name='A' list-style-name='L'/><style family='paragraph' name='B' parent-style-name='A'/>\
            <style family='paragraph' name='C' parent-style-name='B' list-style-name=''/><style family='paragraph' name='D' parent-style-name='D'/></x>";
        let styles = Styles::of(&[xml]);
        assert_eq!(
            ["A", "B", "C", "D", "E"].map(|it| styles.list_of(it)),
            [Some("L"), Some("L"), Some(""), None, None]
        );
    }
}
