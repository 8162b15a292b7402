//! Search: from what a person typed to pieces with the place that answers, within what they may see.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::archive::Archive;
use crate::archive::processing::TEXT;
use crate::domain::actor::Scope;
use crate::domain::code::{self, Resolved};
use crate::domain::evidence::Evidence;
use crate::domain::finding::Code;
use crate::domain::id::{EntryId, EvidenceId, IndicatorPath, SchemeId};
use crate::error::{Error, Result};
use crate::index::highlight::{self, Snippet};
use crate::index::query::{self, Field, Filter, Query, Term};
use crate::index::{Asked, Facet, Narrowing, Sort};
use crate::ledger::fold::Fold;

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// What was typed.
    pub typed: String,
    /// Hits to pass over.
    pub offset: usize,
    /// Hits to return.
    pub limit: usize,
    /// Their order.
    pub sort: Sort,
}

/// A part of the question as understood, and the question without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// The part as understood.
    pub shown: String,
    /// What is typed once it is taken away.
    pub without: String,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// How many pieces in all.
    pub total: usize,
    /// The last entry the index knows.
    pub entry: Option<EntryId>,
    /// The page of hits.
    pub hits: Vec<Shown>,
    /// Counts over all hits.
    pub facets: Vec<Facet>,
    /// The parts of the question as understood.
    pub chips: Vec<Chip>,
    /// Whether nothing holds what was typed and these are the nearest.
    pub near: bool,
}

/// One hit with the place that answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The piece.
    pub evidence: Arc<Evidence>,
    /// How well it fits.
    pub score: f32,
    /// Where what was asked stands in the title, in bytes.
    pub title_marks: Vec<std::ops::Range<usize>>,
    /// The stretch of text that answers.
    pub snippet: Snippet,
    /// The page it stands on, counted from 1, where the text has pages.
    pub page: Option<usize>,
    /// The date it is sorted by.
    pub date: Option<Date>,
}

/// Characters of a query, and terms and filters in it: what is longer is a mistake, and costs without bound.
const LONGEST: usize = 1_000;
const MOST_TERMS: usize = 48;

/// Hits of one answer at most.
const MOST_HITS: usize = 1000;

/// Characters of a stretch of text.
const STRETCH: usize = 110;

/// Searches what an actor may see. Nothing typed is an error but what is longer than any question.
///
/// # Errors
/// `Invalid` for more characters or terms than a question has; /// `Unavailable` where the index is not ready; those of the store.
pub async fn search(archive: &Arc<Archive>, scope: &Scope, question: &Question) -> Result<Answer> {
    let query = query::parse(&question.typed);
    if question.typed.chars().count() > LONGEST || query.terms.len() + query.filters.len() > MOST_TERMS {
        let message = format!("A query has at most {LONGEST} characters and {MOST_TERMS} terms; write less.");
        return Err(
            Error::invalid(message).zh(format!("检索条件最多 {LONGEST} 个字、{MOST_TERMS} 项，请写短一些。"))
        );
    }
    let fold = archive.fold().await?;
    let index = archive.index().await?;
    let asked = resolve(&fold, &query, scope);
    let (page, sort, archive) =
        ((question.offset, question.limit.min(MOST_HITS)), question.sort, Arc::clone(archive));
    let typed = question.typed.clone();
    let work = move || -> Result<Answer> {
        let found = index.search(&asked, page, sort)?;
        let asked = Sought { terms: asked.terms, reach: if found.near { NEAR } else { usize::MAX } };
        let hits = found.hits.iter().filter_map(|hit| {
            // A piece that went since the index was written is not shown.
            let evidence = fold.current(hit.evidence)?;
            Some(shown(&archive, &fold, evidence, hit.score, &asked))
        });
        Ok(Answer {
            total: found.total,
            entry: found.entry,
            hits: hits.collect::<Result<_>>()?,
            facets: found.facets,
            chips: chips(&typed, &query),
            near: found.near,
        })
    };
    let gone = |it| Error::internal("The searching thread ended unexpectedly.").with_source(it);
    tokio::task::spawn_blocking(work).await.map_err(gone)?
}

/// What is sought in the texts of hits.
struct Sought {
    terms: Vec<Term>,
    /// How far a text is read that may hold none of it.
    reach: usize,
}

/// The reach in a text that is only near to what was asked.
const NEAR: usize = 128 << 10;

/// Returns every piece that a query finds, for what is made of all of them.
///
/// # Errors
/// As [`search`]; `TooLarge` where there are more than a thousand.
pub async fn every(archive: &Arc<Archive>, scope: &Scope, typed: &str) -> Result<Vec<EvidenceId>> {
    let question = Question { typed: typed.to_owned(), offset: 0, limit: MOST_HITS, sort: Sort::Relevance };
    let answer = search(archive, scope, &question).await?;
    if answer.total > answer.hits.len() {
        let message = "The query finds more than 1000 pieces; narrow it, or cut by indicator.";
        return Err(Error::too_large(message).zh("检索结果超过 1000 件，请缩小范围，或按指标制作。"));
    }
    Ok(answer.hits.iter().map(|it| it.evidence.id).collect())
}

fn shown(
    archive: &Archive,
    fold: &Fold,
    evidence: &Arc<Evidence>,
    score: f32,
    sought: &Sought,
) -> Result<Shown> {
    let (mut snippet, mut page) = (Snippet::default(), None);
    for part in &evidence.parts {
        let Some(text) = archive.store().open_derived(&part.blob.sha256, TEXT)? else { continue };
        let failed = |it| Error::unavailable("A text of the archive could not be read.").with_source(it);
        let found = highlight::find(text, &sought.terms, STRETCH, sought.reach).map_err(failed)?;
        if snippet.text.is_empty() || (snippet.marks.is_empty() && !found.marks.is_empty()) {
            let sections = archive.sections(&part.blob.sha256)?;
            let at = found.at + found.marks.first().map_or(0, |it| it.start);
            page = sections
                .iter()
                .position(|it| it.range.contains(&at))
                .filter(|_| sections.len() > 1)
                .map(|it| it + 1);
            snippet = found;
        }
        if !snippet.marks.is_empty() {
            break;
        }
    }
    Ok(Shown {
        title_marks: highlight::marks(&evidence.title, &sought.terms),
        date: crate::archive::indexing::date_of(fold, evidence),
        evidence: Arc::clone(evidence),
        score,
        snippet,
        page,
    })
}

/// Resolves what was typed: names of units and codes of indicators to ids. What means nothing is text.
fn resolve(fold: &Fold, query: &Query, scope: &Scope) -> Asked {
    let mut asked = Asked { terms: query.terms.clone(), ..Asked::default() };
    if let Scope::Units(units) = scope {
        asked.scope = Some(units.iter().map(|it| it.as_str().to_owned()).collect());
    }
    // Filters of one field widen each other, those of different fields narrow: 指标 and 状态 mean the same claim.
    let mut within: BTreeMap<Field, Narrowing> = BTreeMap::new();
    for filter in &query.filters {
        match narrowing(fold, filter) {
            None => asked.terms.push(Term {
                text: filter.value.clone(),
                exact: true,
                exclude: filter.exclude,
                place: filter.place.clone(),
            }),
            Some(one) if filter.exclude => asked.without.push(one),
            Some(one) => widen(within.entry(filter.field).or_default(), one),
        }
    }
    let claim = Narrowing {
        indicators: within.remove(&Field::Indicator).and_then(|it| it.indicators),
        states: within.remove(&Field::State).and_then(|it| it.states),
        ..Narrowing::default()
    };
    if claim != Narrowing::default() {
        asked.within.push(claim);
    }
    asked.within.extend(within.into_values());
    asked
}

fn widen(narrowing: &mut Narrowing, more: Narrowing) {
    fn list<T>(known: &mut Option<Vec<T>>, more: Option<Vec<T>>) {
        if let Some(more) = more {
            known.get_or_insert_default().extend(more);
        }
    }
    list(&mut narrowing.indicators, more.indicators);
    list(&mut narrowing.states, more.states);
    list(&mut narrowing.units, more.units);
    list(&mut narrowing.kinds, more.kinds);
    list(&mut narrowing.findings, more.findings);
    narrowing.dates = more.dates.or(narrowing.dates);
}

fn narrowing(fold: &Fold, filter: &Filter) -> Option<Narrowing> {
    let value = filter.value.trim();
    let mut res = Narrowing::default();
    match filter.field {
        Field::Indicator => res.indicators = Some(indicators(fold, value)).filter(|it| !it.is_empty()),
        Field::Unit => res.units = Some(units(fold, value)).filter(|it| !it.is_empty()),
        Field::Kind => res.kinds = fold.kinds().named(value).map(|it| vec![it.code.as_str().to_owned()]),
        Field::State => res.states = state(value).map(|it| vec![it.to_owned()]),
        Field::Date => res.dates = query::dates(value),
        Field::Finding => res.findings = Some(codes(value)).filter(|it| !it.is_empty()),
    }
    (res != Narrowing::default()).then_some(res)
}

fn indicators(fold: &Fold, value: &str) -> Vec<(SchemeId, IndicatorPath)> {
    let mut res = Vec::new();
    for scheme in fold.schemes.values().map(|it| &it.scheme) {
        let found = match code::resolve(scheme, value) {
            Resolved::One(one) => vec![one],
            Resolved::Several(several) => several,
            Resolved::Unknown => vec![],
        };
        res.extend(found.into_iter().map(|it| (scheme.id.clone(), it.path.clone())));
    }
    res
}

fn units(fold: &Fold, value: &str) -> Vec<String> {
    if matches!(value, "-" | "未归属" | "unassigned") {
        return vec!["-".into()];
    }
    let today = Date::MAX;
    let named = fold.units.expand(value, today);
    let all = named.iter().flat_map(|it| fold.units.with_departments(&it.id));
    all.map(|it| it.as_str().to_owned()).collect()
}

/// The codes a word means: one of them, `有` for any, or words of what they say.
fn codes(value: &str) -> Vec<String> {
    let means = |it: &&Code| {
        it.as_str().eq_ignore_ascii_case(value)
            || matches!(value, "有" | "any")
            || (value.chars().nth(1).is_some() && it.sentence(false).contains(value))
    };
    Code::ALL.iter().filter(means).map(|it| it.as_str().to_owned()).collect()
}

fn state(value: &str) -> Option<&'static str> {
    Some(match value.to_lowercase().as_str() {
        "pending" | "待审" => "pending",
        "accepted" | "已通过" | "通过" => "accepted",
        "returned" | "退回" | "已退回" => "returned",
        "withdrawn" | "撤回" | "已撤回" => "withdrawn",
        _ => return None,
    })
}

fn chips(typed: &str, query: &Query) -> Vec<Chip> {
    let places = query.terms.iter().map(|it| &it.place).chain(query.filters.iter().map(|it| &it.place));
    let mut places: Vec<_> = places.cloned().collect();
    places.sort_by_key(|it| it.start);
    let chip = |place: &std::ops::Range<usize>| {
        let without = format!("{} {}", typed[..place.start].trim(), typed[place.end..].trim());
        Chip { shown: typed[place.clone()].trim().to_owned(), without: without.trim().to_owned() }
    };
    places.iter().map(chip).collect()
}
