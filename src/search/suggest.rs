//! Suggestions while somebody types: units, standards, document numbers and titles that the last word may mean.

use crate::archive::Archive;
use crate::domain::actor::Scope;
use crate::domain::id::{IndicatorPath, SchemeId, UnitId};
use crate::domain::pinyin;
use crate::domain::scheme::Indicator;
use crate::error::{Kind, Result};
use crate::index::fold::folded;
use crate::index::query::{Field, Term};
use crate::index::{Asked, Index, Want};
use crate::ledger::fold::Fold;
use crate::search::resolve::seen;

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

/// Returns ways to go on from what is typed so far. Only what may be seen is suggested; of pieces, what the index knows.
///
/// # Errors
/// Those of the ledger and the index.
pub async fn suggest(archive: &Archive, scope: &Scope, typed: &str) -> Result<Vec<Suggestion>> {
    let fold = archive.fold().await?;
    let index = match archive.index().await {
        Ok(index) => Some(index),
        Err(error) if error.kind() == Kind::Unavailable => None,
        Err(error) => return Err(error),
    };
    let (scope, typed) = (scope.clone(), typed.to_owned());
    let work = move || ways_on(&fold, index.as_deref(), &scope, &typed);
    archive.asking(work).await
}

fn ways_on(fold: &Fold, index: Option<&Index>, scope: &Scope, typed: &str) -> Result<Vec<Suggestion>> {
    let start = typed.rmatch_indices(char::is_whitespace).next().map_or(0, |(at, space)| at + space.len());
    let (before, word) = typed.split_at(start);
    let (field, value) = match word.split_once([':', '\u{ff1a}']) {
        Some((field, value)) => (Some(field), value),
        None => (None, word),
    };
    let needle = folded(value);
    if needle.is_empty() {
        return Ok(vec![]);
    }
    let asked = Typed { fold, scope, before: before.trim_start(), value, needle };
    let wanted = |names: &[&str]| field.is_none_or(|it| names.contains(&it.to_lowercase().as_str()));
    let mut res = Vec::new();
    if wanted(&["单位", "unit", "dw", "danwei"]) {
        asked.units(&mut res);
    }
    if wanted(&["指标", "标准", "indicator", "standard", "zb", "zhibiao"]) {
        asked.indicators(&mut res);
    }
    let Some(index) = index else { return Ok(res) };
    if wanted(&["标签", "tag", "bq", "biaoqian"]) {
        asked.tags(index, &mut res)?;
    }
    let longer = asked.needle.chars().count() > 1;
    if longer && wanted(&["文号", "number", "wh", "wenhao"]) {
        asked.pieces(index, Field::Number, &mut res)?;
    }
    if longer && wanted(&["标题", "title", "bt", "biaoti"]) {
        asked.pieces(index, Field::Title, &mut res)?;
    }
    Ok(res)
}

/// What is typed so far, its last word as what is meant.
struct Typed<'a> {
    fold: &'a Fold,
    scope: &'a Scope,
    before: &'a str,
    value: &'a str,
    needle: String,
}

impl Typed<'_> {
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

    fn tags(&self, index: &Index, res: &mut Vec<Suggestion>) -> Result<()> {
        let found = index.tags(seen(self.scope), |it| self.holds(it))?;
        let tag = |it: String| self.suggestion("tag", &format!("标签:{}", quoted(&it)), it.clone());
        res.extend(found.into_iter().take(MOST).map(|it| tag(it.0)));
        Ok(())
    }

    /// Document numbers or titles of pieces, newest first, each once.
    fn pieces(&self, index: &Index, field: Field, res: &mut Vec<Suggestion>) -> Result<()> {
        // Some have it in a title that was read, or many bear the same.
        const AMONG: usize = 50;
        let term = Term { text: self.value.to_owned(), exact: true, slack: false, field: Some(field) };
        let asked = Asked { want: Want::Text(term), scope: seen(self.scope) };
        let mut known: Vec<String> = Vec::new();
        for id in index.newest(&asked, AMONG)? {
            let Some(piece) = self.fold.current(id).filter(|it| self.scope.sees(it)) else {
                continue;
            };
            let read = || self.fold.readings_of(piece).find_map(|(_, it)| it.facts.document_number.clone());
            let titles = || {
                let read = self.fold.readings_of(piece).filter_map(|(_, it)| it.facts.title.as_ref());
                std::iter::once(&piece.title).chain(read).find(|it| folded(it).contains(&self.needle))
            };
            let text = match field {
                Field::Number => piece.document_number.clone().or_else(read),
                _ => titles().cloned(),
            };
            let Some(text) = text.filter(|it| folded(it).contains(&self.needle) && !known.contains(it))
            else {
                continue;
            };
            let (kind, word) = match field {
                Field::Number => ("number", format!("文号:{}", quoted(&text))),
                _ => ("title", within_quotes(&text)),
            };
            res.push(self.suggestion(kind, &word, text.clone()));
            known.push(text);
            if known.len() == MOST {
                break;
            }
        }
        Ok(())
    }
}

/// A value that a space or a parenthesis would end is quoted.
pub fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '〔' | '〕' | '.');
    match value {
        it if it.chars().all(plain) => it.to_owned(),
        it if !it.contains('"') => format!("\"{it}\""),
        it => within_quotes(it),
    }
}

/// Sets a value in quotes that do not stand in it; where all of them do, what stands before the last kind.
fn within_quotes(value: &str) -> String {
    let kinds = [('“', '”'), ('「', '」'), ('『', '』'), ('"', '"')];
    let fits = kinds.into_iter().find(|it| !value.contains(it.1));
    let (open, close) = fits.unwrap_or(kinds[0]);
    let inner = value.split(close).next().unwrap_or_default();
    format!("{open}{inner}{close}")
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
