//! Search: from what a person typed to pieces with the place that answers, within what they may see.
//!
//! [`search`] is the one way to ask; `resolve` turns names of units, codes and words for kinds into what the index knows.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::archive::Archive;
use crate::archive::processing::TEXT;
use crate::domain::actor::Scope;
use crate::domain::evidence::Evidence;
use crate::domain::id::EntryId;
use crate::domain::media;
use crate::error::{Error, Result};
use crate::index::highlight::{self, Snippet};
use crate::index::query::{self, Field, Query, Term};
use crate::index::{self, Facet, Hit, Sort};
use crate::ledger::fold::Fold;

mod counts;

pub mod export;

pub mod place;

mod resolve;

pub mod similar;

pub mod suggest;

use place::Place;
pub use resolve::indicators;
use resolve::resolve;

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
    /// The instant that 近30天 is counted from.
    pub now: Timestamp,
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
    /// How many pieces are as asked.
    pub total: usize,
    /// How many more are near to it.
    pub near: usize,
    /// The last entry the index knows.
    pub entry: Option<EntryId>,
    /// The page of hits.
    pub hits: Vec<Shown>,
    /// Counts over all hits.
    pub facets: Vec<Facet>,
    /// The parts of the question as understood.
    pub chips: Vec<Chip>,
}

/// One hit with the place that answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The piece.
    pub evidence: Arc<Evidence>,
    /// How well it fits.
    pub score: f32,
    /// Whether it is only near to what was asked.
    pub near: bool,
    /// Where what was asked stands in the title, in bytes.
    pub title_marks: Vec<std::ops::Range<usize>>,
    /// The stretch of text that answers.
    pub snippet: Snippet,
    /// The part whose text it is of, counted from 1.
    pub part: usize,
    /// Where it stands in that part, where that has pages, slides, sheets or letters.
    pub place: Option<Place>,
    /// The date it is sorted by.
    pub date: Option<Date>,
}

/// Characters of a query, and terms and filters in it: what is longer is a mistake, and costs without bound.
const LONGEST: usize = 1_000;
const MOST_TERMS: usize = 48;

/// Terms of a query that may have a wrong character: each is looked for in some twenty forms in each field.
const MOST_SLACK: usize = 4;

/// Hits of one answer at most.
const MOST_HITS: usize = 1000;

/// Characters of a stretch of text.
const STRETCH: usize = 110;

/// Searches what an actor may see. Nothing typed is an error but what is longer than any question.
///
/// # Errors
/// `Invalid` for more characters or terms than a question has; `Unavailable` where the index is not ready; those of the store.
pub async fn search(archive: &Arc<Archive>, scope: &Scope, question: &Question) -> Result<Answer> {
    let query = understood(&question.typed)?;
    let fold = archive.fold().await?;
    let index = archive.index().await?;
    let asked = resolve(&fold, &query, scope, fold.today(question.now));
    let (page, sort, asking) =
        ((question.offset, question.limit.min(MOST_HITS)), question.sort, Arc::clone(archive));
    let (typed, scope) = (question.typed.clone(), scope.clone());
    let work = move || -> Result<Answer> {
        let mut found = index.search(&asked, page, sort)?;
        counts::of_claims(&index, &asked, &mut found)?;
        counts::of_tags(&mut found);
        let terms = asked.want.sought();
        if found.total == 0 && !terms.is_empty() {
            asking.doubt();
        }
        let hits = found.hits.iter().filter_map(|hit| {
            // A piece that went since the index was written is not shown, nor one that was given to others.
            let evidence = fold.current(hit.evidence).filter(|it| scope.sees(it))?;
            Some(shown(&asking, &fold, evidence, hit, &terms))
        });
        Ok(Answer {
            total: found.total,
            near: found.near,
            entry: found.entry,
            hits: hits.collect::<Result<_>>()?,
            facets: found.facets,
            chips: chips(&typed, &query),
        })
    };
    archive.asking(work).await
}

/// The reach in a text that is only near to what was asked.
const NEAR: usize = 64 << 10;

/// Returns every piece that is as a query asks, best first, for what is made of all of them. What is only near is none.
///
/// # Errors
/// As [`search`].
pub async fn every(
    archive: &Arc<Archive>,
    scope: &Scope,
    typed: &str,
    now: Timestamp,
) -> Result<Vec<Arc<Evidence>>> {
    let query = understood(typed)?;
    let fold = archive.fold().await?;
    let index = archive.index().await?;
    let asked = resolve(&fold, &query, scope, fold.today(now));
    let scope = scope.clone();
    let work = move || -> Result<Vec<Arc<Evidence>>> {
        let found = index.search(&asked, (0, usize::MAX), Sort::Relevance)?;
        let exact = found.hits.iter().filter(|it| !it.near);
        let seen = exact.filter_map(|it| fold.current(it.evidence)).filter(|it| scope.sees(it));
        Ok(seen.cloned().collect())
    };
    archive.asking(work).await
}

/// Returns the terms of a query that are questions: what holds only parts of them is found too.
pub fn questions(typed: &str) -> Vec<String> {
    let query = query::parse(typed);
    query.root.sought().into_iter().filter(|it| index::is_question(it)).map(|it| it.text.clone()).collect()
}

/// Understands what was typed, unless it is longer than any question.
fn understood(typed: &str) -> Result<Query> {
    let query = query::parse(typed);
    if typed.chars().count() > LONGEST || query.n_leaves > MOST_TERMS {
        let message = format!("A query has at most {LONGEST} characters and {MOST_TERMS} terms; write less.");
        return Err(
            Error::invalid(message).zh(format!("检索条件最多 {LONGEST} 个字、{MOST_TERMS} 项，请写短一些。"))
        );
    }
    if query.root.sought().iter().filter(|it| it.slack).count() > MOST_SLACK {
        let message = format!("A query has at most {MOST_SLACK} terms with a wrong character; write less.");
        return Err(Error::invalid(message).zh(format!("~“…”最多用 {MOST_SLACK} 次，请写短一些。")));
    }
    Ok(query)
}

fn shown(
    archive: &Archive,
    fold: &Fold,
    evidence: &Arc<Evidence>,
    hit: &Hit,
    terms: &[&Term],
) -> Result<Shown> {
    // Where only the file name or the caption was asked for, a text shows its beginning.
    let in_text = |it: &&&Term| it.field.is_none_or(|field| field == Field::Body);
    let read: Vec<&Term> = terms.iter().filter(in_text).copied().collect();
    let in_title = |it: &&&Term| it.field.is_none_or(|field| matches!(field, Field::Title | Field::FileName));
    let named: Vec<&Term> = terms.iter().filter(in_title).copied().collect();
    let reach = if hit.near { NEAR } else { usize::MAX };
    let (mut snippet, mut n_part, mut place) = (Snippet::default(), 1, None);
    for (n, part) in (1..).zip(&evidence.parts) {
        let text = || archive.store().open_derived(&part.blob.sha256, TEXT);
        let Some(read_once) = text()? else { continue };
        let failed = |it| Error::unavailable("A text of the archive could not be read.").with_source(it);
        let found = highlight::find(read_once, &read, STRETCH, reach).map_err(failed)?;
        if snippet.text.is_empty() || (snippet.marks.is_empty() && !found.marks.is_empty()) {
            let sections = archive.sections(&part.blob.sha256)?;
            let at = found.at + found.marks.first().map_or(0, |it| it.start);
            let format = media::format_of(fold.media_type(part), &part.name);
            place = place::of(&format, &sections, text()?, at).map_err(failed)?;
            (snippet, n_part) = (found, n);
        }
        if !snippet.marks.is_empty() {
            break;
        }
    }
    Ok(Shown {
        title_marks: highlight::marks(&evidence.title, &named),
        date: crate::archive::indexing::date_of(fold, evidence),
        evidence: Arc::clone(evidence),
        score: hit.score,
        near: hit.near,
        snippet,
        part: n_part,
        place,
    })
}

fn chips(typed: &str, query: &Query) -> Vec<Chip> {
    let chip = |place: &std::ops::Range<usize>| {
        let without = format!("{} {}", typed[..place.start].trim(), typed[place.end..].trim());
        Chip { shown: typed[place.clone()].trim().to_owned(), without: without.trim().to_owned() }
    };
    query.parts.iter().map(chip).collect()
}
