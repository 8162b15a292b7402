//! The numbers drawn before paragraphs and headings, which stand in no text of the file (ISO/IEC 26300-1, 5.1.2 and 5.3).

use std::collections::HashMap;

use office_oxide::docx::NumberFormat;

use crate::extract::odf::styles::{LEVELS, OUTLINE, Piece, Styles};
use crate::extract::office::numbering;
use crate::extract::xml::Tag;

/// How many lists are counted apart.
const MOST: usize = 20_000;

/// Frames within frames.
const DEEPEST: usize = 30;

/// Elements whose paragraphs are in none of the lists around them.
const APART: &[&str] = &["text-box", "note-body", "annotation", "table-cell", "covered-table-cell"];

/// How far every list has counted, and which are open.
pub(super) struct Lists<'a> {
    styles: &'a Styles,
    /// The last number of each level.
    counted: Vec<[Option<u32>; LEVELS]>,
    by_id: HashMap<String, usize>,
    /// The last list of each style, and the last of all.
    by_style: HashMap<usize, usize>,
    last: Option<usize>,
    here: Place,
    around: Vec<Place>,
    /// Elements set apart beyond the deepest.
    n_beyond: u32,
}

/// The lists around a paragraph, and how many more than there are levels.
#[derive(Default)]
struct Place {
    open: Vec<Open>,
    n_beyond: u32,
}

struct Open {
    list: usize,
    style: Option<usize>,
    level: usize,
    /// The number of the next paragraph; the others beside it have none.
    next: Option<Next>,
}

/// A number not drawn yet: where it begins anew, and a style of its own.
struct Next {
    anew: Option<u32>,
    style: Option<usize>,
}

impl<'a> Lists<'a> {
    pub(super) fn new(styles: &'a Styles) -> Self {
        Self {
            styles,
            counted: Vec::new(),
            by_id: HashMap::new(),
            by_style: HashMap::new(),
            last: None,
            here: Place::default(),
            around: Vec::new(),
            n_beyond: 0,
        }
    }

    /// Sees an element begin.
    pub(super) fn open(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "list" | "ordered-list" | "unordered-list" => self.begin(tag),
            "numbered-paragraph" => {
                self.begin(tag);
                self.next(tag);
                let level = number(tag, "level").unwrap_or(1).saturating_sub(1) as usize;
                if let Some(open) = self.here.open.last_mut() {
                    open.level = level.min(LEVELS - 1);
                }
            }
            "list-item" => self.next(tag),
            "list-header" => self.end_next(),
            name if APART.contains(&name) => match self.around.len() {
                ..DEEPEST => self.around.push(std::mem::take(&mut self.here)),
                _ => self.n_beyond += 1,
            },
            _ => {}
        }
    }

    /// Sees an element end.
    pub(super) fn close(&mut self, name: &str) {
        match name {
            "list" | "ordered-list" | "unordered-list" | "numbered-paragraph" => match self.here.n_beyond {
                0 => drop(self.here.open.pop()),
                _ => self.here.n_beyond -= 1,
            },
            "list-item" => self.end_next(),
            name if APART.contains(&name) => match self.n_beyond {
                0 => self.here = self.around.pop().unwrap_or_default(),
                _ => self.n_beyond -= 1,
            },
            _ => {}
        }
    }

    fn next(&mut self, tag: &Tag<'_>) {
        if let Some(open) = self.here.open.last_mut().filter(|_| self.here.n_beyond == 0) {
            let style = tag.get("style-override").and_then(|it| self.styles.list(&it));
            open.next = Some(Next { anew: number(tag, "start-value"), style });
        }
    }

    fn end_next(&mut self) {
        if let Some(open) = self.here.open.last_mut().filter(|_| self.here.n_beyond == 0) {
            open.next = None;
        }
    }

    /// Begins a list: a new one, one that goes on, or a level of the one it lies in.
    fn begin(&mut self, tag: &Tag<'_>) {
        if self.here.open.len() >= LEVELS {
            self.here.n_beyond += 1;
            return;
        }
        let named = tag.get("style-name").filter(|it| !it.is_empty());
        let named = named.map(|it| self.styles.list(&it));
        let open = match self.here.open.last() {
            Some(outer) => {
                let (list, level) = (outer.list, (outer.level + 1).min(LEVELS - 1));
                let style = named.unwrap_or(outer.style);
                if style != outer.style
                    && let Some(counted) = self.counted.get_mut(list)
                {
                    counted.iter_mut().skip(level).for_each(|it| *it = None);
                }
                Open { list, style, level, next: None }
            }
            None => {
                let style = named.flatten();
                let list = self.gone_on(tag, style).unwrap_or_else(|| self.new_list());
                // One whose numbers are of no use to others is not kept.
                if let Some(id) =
                    tag.get("list-id").or_else(|| tag.get("id")).filter(|_| self.by_id.len() < MOST)
                {
                    self.by_id.insert(id, list);
                }
                self.by_style.extend(style.map(|it| (it, list)));
                self.last = Some(list);
                Open { list, style, level: 0, next: None }
            }
        };
        self.here.open.push(open);
    }

    /// Finds the list that goes on in one that begins. Some writers say of every part of a list that it goes on, whatever
    /// lists stand between.
    fn gone_on(&self, tag: &Tag<'_>, style: Option<usize>) -> Option<usize> {
        let named = tag.get("continue-list").or_else(|| tag.get("list-id"));
        let goes_on = tag.get("continue-numbering").as_deref() == Some("true");
        let last = || style.map_or(self.last, |it| self.by_style.get(&it).copied());
        named.and_then(|it| self.by_id.get(&it).copied()).or_else(|| goes_on.then(last)?)
    }

    fn new_list(&mut self) -> usize {
        if self.counted.len() >= MOST {
            self.counted.pop();
        }
        self.counted.push([None; LEVELS]);
        self.counted.len() - 1
    }

    /// Returns the number of a paragraph or heading that begins; `None` where nothing is drawn.
    pub(super) fn label(&mut self, tag: &Tag<'_>) -> Option<String> {
        let styles = self.styles;
        let own = tag.get("style-name");
        let own = own.as_deref().and_then(|it| styles.list_of(it));
        if let Some(open) = self.here.open.last_mut() {
            let next = open.next.take().filter(|_| self.here.n_beyond == 0)?;
            let (list, level) = (open.list, open.level);
            let style = next.style.or(open.style).or_else(|| styles.list(own?))?;
            return self.count(list, style, level, next.anew);
        }
        let says = |name: &str| tag.get(name).as_deref() == Some("true");
        if tag.name() != "h" || says("is-list-header") {
            return None;
        }
        let style = styles.list(own.unwrap_or(OUTLINE))?;
        let level = number(tag, "outline-level").or_else(|| number(tag, "level")).unwrap_or(1);
        let level = (level.saturating_sub(1) as usize).min(LEVELS - 1);
        let list = self.by_style.get(&style).copied().unwrap_or_else(|| self.new_list());
        self.by_style.insert(style, list);
        let anew = || number(tag, "start-value").or(Some(styles.levels(style)?.get(&level)?.start));
        self.count(list, style, level, says("restart-numbering").then(anew).flatten())
    }

    fn count(&mut self, list: usize, style: usize, level: usize, anew: Option<u32>) -> Option<String> {
        let levels = self.styles.levels(style)?;
        let counted = self.counted.get_mut(list)?;
        numbering::count(counted, level, anew, |it| levels.get(&it).map(|it| it.start))?;
        let (mut label, mut is_passed) = (String::new(), false);
        for piece in &levels.get(&level)?.pattern {
            match piece {
                Piece::Words(words) => label.extend((!is_passed).then_some(words.as_str())),
                Piece::Number(n) => {
                    let format = levels.get(n).map_or(&NumberFormat::None, |it| &it.format);
                    // A level above that has no number draws nothing behind it either.
                    is_passed = *n != level && *format == NumberFormat::None;
                    label
                        .push_str(&numbering::drawn(counted.get(*n).copied().flatten().unwrap_or(1), format));
                }
            }
        }
        numbering::closed(&label).filter(|it| it.contains(char::is_alphanumeric))
    }
}

fn number(tag: &Tag<'_>, name: &str) -> Option<u32> {
    tag.get(name)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::extract::xml::{self, Mark};

    const STYLES: &str = "<x><list-style name='L'><list-level-style-number level='1' num-format='1'/>\
        <list-level-style-number level='10' num-list-format='%1%.%9%.%10%' num-format='A'/></list-style></x>";

    /// Returns the numbers of what begins in this text.
    fn labels(body: &str) -> (Vec<Option<String>>, usize) {
        let styles = Styles::of(&[STYLES]);
        let (mut lists, mut labels, mut most) = (Lists::new(&styles), Vec::new(), 0);
        let _broken = xml::marks(body, |mark| {
            match mark {
                Mark::Open(tag) if ["p", "h"].contains(&tag.name()) => labels.push(lists.label(&tag)),
                Mark::Open(tag) => lists.open(&tag),
                Mark::Close(name) => lists.close(name),
                Mark::Words(_) => {}
            }
            most = most.max(lists.here.open.len() + lists.around.len());
            Ok(())
        });
        (labels, most)
    }

    #[test]
    fn lists_are_as_deep_as_they_have_levels() {
        let deep = |n: usize| {
            let (open, close) =
                ("<list style-name='L'><list-item>".repeat(n), "</list-item></list>".repeat(n));
            format!("{open}<p/>{close}{open}<p/>{close}")
        };
        // Of a level in between that says nothing, nothing is drawn.
        let of = |label: &str| Some(label.to_owned());
        assert_eq!(labels(&deep(10)).0, [of("1.A"), of("1.A")].map(|it| it.map(|it| format!("{it} "))));
        assert_eq!(labels(&deep(11)).0, [None, None]);
        assert_eq!(labels(&format!("{}{}", deep(90), deep(1))).0[2..], [of("1 "), of("1 ")]);
    }

    proptest! {
        #[test]
        fn any_elements_are_counted(names in prop::collection::vec((0_usize..10, 0_u8..3), 0..300)) {
            const NAMES: [&str; 10] = [
                "list style-name='L'", "list continue-list='a' id='b'", "list-item start-value='4294967295'", "list-header",
                "numbered-paragraph level='4294967295' list-id='a'", "text-box", "table-cell", "p", "h outline-level='0'", "list",
            ];
            let body: String = names
                .iter()
                .map(|(name, how)| match (NAMES[*name], how) {
                    (name, 0) => format!("</{}>", name.split(' ').next().unwrap_or_default()),
                    (name, _) => format!("<{name}>"),
                })
                .collect();
            let (_, most) = labels(&body);
            prop_assert!(most <= LEVELS + DEEPEST, "{most}");
        }
    }
}
