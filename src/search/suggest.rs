//! Suggestions while somebody types: units, standards, document numbers and titles that the last word may mean.

use std::collections::BTreeSet;

use crate::domain::actor::Scope;
use crate::domain::evidence::Evidence;
use crate::domain::id::{IndicatorPath, SchemeId, UnitId};
use crate::domain::pinyin;
use crate::domain::scheme::Indicator;
use crate::domain::tag::Tag;
use crate::index::fold::folded;
use crate::ledger::fold::Fold;

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// `unit`, `indicator`, `tag`, `number` or `title`.
    pub kind: &'static str,
    /// What stands in the search box once it is taken.
    pub typed: String,
    /// What is shown.
    pub shown: String,
}

/// Of each kind at most.
const MOST: usize = 5;

/// Returns ways to go on from what is typed so far. Only what may be seen is suggested.
pub fn suggest(fold: &Fold, scope: &Scope, typed: &str) -> Vec<Suggestion> {
    let start = typed.rmatch_indices(char::is_whitespace).next().map_or(0, |(at, space)| at + space.len());
    let (before, word) = typed.split_at(start);
    let (field, value) = match word.split_once([':', '\u{ff1a}']) {
        Some((field, value)) => (Some(field), value),
        None => (None, word),
    };
    let needle = folded(value);
    if needle.is_empty() {
        return vec![];
    }
    let asked = Asked { fold, scope, before: before.trim_start(), value, needle };
    let wanted = |names: &[&str]| field.is_none_or(|it| names.contains(&it.to_lowercase().as_str()));
    let mut res = Vec::new();
    if wanted(&["单位", "unit", "dw", "danwei"]) {
        asked.units(&mut res);
    }
    if wanted(&["指标", "标准", "indicator", "standard", "zb", "zhibiao"]) {
        asked.indicators(&mut res);
    }
    if wanted(&["标签", "tag", "bq", "biaoqian"]) {
        asked.tags(&mut res);
    }
    let longer = asked.needle.chars().count() > 1;
    if longer && wanted(&["文号", "number", "wh", "wenhao"]) {
        asked.pieces("number", &mut res);
    }
    if longer && wanted(&["标题", "title", "bt", "biaoti"]) {
        asked.pieces("title", &mut res);
    }
    res
}

struct Asked<'a> {
    fold: &'a Fold,
    scope: &'a Scope,
    before: &'a str,
    value: &'a str,
    needle: String,
}

impl Asked<'_> {
    fn suggestion(&self, kind: &'static str, word: &str, shown: String) -> Suggestion {
        Suggestion { kind, typed: format!("{}{word} ", self.before), shown }
    }

    fn holds(&self, name: &str) -> bool {
        folded(name).contains(&self.needle) || pinyin::begins(name, self.value)
    }

    fn units(&self, res: &mut Vec<Suggestion>) {
        let seen = self.fold.units.0.iter().filter(|it| self.scope.holds(Some(&it.id)));
        let found = seen.filter(|it| it.names().any(|name| self.holds(name) || pinyin::is(name, self.value)));
        res.extend(found.take(MOST).map(|it| {
            let shown =
                if it.label() == it.name { it.name.clone() } else { format!("{} {}", it.label(), it.name) };
            self.suggestion("unit", &format!("单位:{}", quoted(it.label())), shown)
        }));
    }

    fn indicators(&self, res: &mut Vec<Suggestion>) {
        for scheme in self.fold.current_schemes() {
            let fits = |code: &str, title: &str| folded(code).contains(&self.needle) || self.holds(title);
            let found = scheme.indicators.iter().filter_map(|it| {
                let code = scheme.full_code(&it.path);
                fits(&code, &it.title).then(|| {
                    let shown = format!("{code} {}", it.title);
                    self.suggestion("indicator", &format!("指标:{}", it.path), shown)
                })
            });
            res.extend(found.take(MOST));
        }
    }

    fn tags(&self, res: &mut Vec<Suggestion>) {
        let seen = self.fold.evidence.values().filter(|it| self.scope.sees(it));
        let all: BTreeSet<&Tag> = seen.flat_map(|it| &it.tags).collect();
        let found = all.into_iter().filter(|it| self.holds(it.as_str()));
        let tag = |it: &Tag| self.suggestion("tag", &format!("标签:{}", quoted(it.as_str())), it.to_string());
        res.extend(found.take(MOST).map(tag));
    }

    /// Document numbers or titles of pieces, newest first, each once.
    fn pieces(&self, kind: &'static str, res: &mut Vec<Suggestion>) {
        let mut known: Vec<String> = Vec::new();
        // The number of a piece is that of its filing.
        let newest =
            self.fold.evidence.values().rev().filter(|it: &&std::sync::Arc<Evidence>| self.scope.sees(it));
        for piece in newest {
            let read = || self.fold.readings_of(piece).find_map(|(_, it)| it.facts.document_number.clone());
            let text = match kind {
                "number" => piece.document_number.clone().or_else(read),
                _ => Some(piece.title.clone()),
            };
            let Some(text) = text.filter(|it| folded(it).contains(&self.needle) && !known.contains(it))
            else {
                continue;
            };
            let word =
                if kind == "number" { format!("文号:{}", quoted(&text)) } else { format!("“{text}”") };
            res.push(self.suggestion(kind, &word, text.clone()));
            known.push(text);
            if known.len() == MOST {
                return;
            }
        }
    }
}

/// A value that a space or a parenthesis would end is quoted.
pub fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '〔' | '〕' | '.');
    if value.chars().all(plain) { value.to_owned() } else { format!("\"{value}\"") }
}

/// Returns the units whose name has these initials, where letters are no name.
pub(super) fn units_by_initials(fold: &Fold, letters: &str) -> Vec<UnitId> {
    if letters.chars().count() < 2 || !letters.chars().all(|c| c.is_ascii_alphanumeric()) {
        return vec![];
    }
    let found = fold.units.0.iter().filter(|it| it.names().skip(1).any(|name| pinyin::is(name, letters)));
    let all = found.flat_map(|it| fold.units.with_departments(&it.id)).cloned();
    all.collect()
}

/// Returns the indicators of current schemes whose title has these initials.
pub(super) fn indicators_by_initials(fold: &Fold, letters: &str) -> Vec<(SchemeId, IndicatorPath)> {
    if letters.chars().count() < 3 || !letters.chars().all(|c| c.is_ascii_alphabetic()) {
        return vec![];
    }
    let schemes = fold.current_schemes();
    let titled = |it: &&Indicator| pinyin::is(&it.title, letters);
    schemes
        .flat_map(|scheme| {
            scheme
                .indicators
                .iter()
                .filter(titled)
                .map(|it| (scheme.id.clone(), it.path.clone()))
                .collect::<Vec<_>>()
        })
        .collect()
}
