//! Matching: from what is asked to a query of the engine.

use std::ops::Bound;

use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query, RangeQuery,
    RegexQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term as Token};

use crate::index::analyzer::{self, Analyzer, SENTINEL};
use crate::index::document::{Asked, Narrowing};
use crate::index::fields::Fields;
use crate::index::query::Term;

/// Up to so many folded characters an unquoted term must be found just as typed; longer ones are questions.
const FRAGMENT: usize = 8;

/// Weights beside BM25 over words, which has 1. Measured on the questions of `benches/search.rs`.
const BIGRAMS: f32 = 0.5;
const TITLE: f32 = 1.5;

type Clause = (Occur, Box<dyn Query>);

/// One in so many documents: what more of them hold does not by itself answer a question.
const COMMON: u64 = 10;

/// In an index of fewer documents nothing is common.
const MANY: u64 = 5_000;

/// What a query is made with.
pub(super) struct Maker<'a> {
    pub(super) fields: &'a Fields,
    pub(super) analyzer: &'a Analyzer,
    pub(super) searcher: &'a Searcher,
}

impl Maker<'_> {
    /// Returns whether so many documents hold a token that it only ranks what others find. It costs most to look at.
    fn is_common(&self, field: Field, text: &str) -> bool {
        let n_holding = self.searcher.doc_freq(&Token::from_field_text(field, text)).unwrap_or(0);
        n_holding * COMMON > self.searcher.num_docs().max(MANY)
    }
}

/// Makes the query of what is asked; `near` lets any term be found in part.
pub(super) fn query(asked: &Asked, maker: &Maker, near: bool) -> Box<dyn Query> {
    let fields = maker.fields;
    let mut clauses: Vec<Clause> = Vec::new();
    let mut void = false;
    for term in &asked.terms {
        if term.exclude {
            clauses.push((Occur::MustNot, substring(&term.text, fields)));
        } else if let Some(query) = text(term, maker, near) {
            clauses.push((Occur::Must, query));
        } else {
            void = true;
        }
    }
    clauses.extend(asked.within.iter().map(|it| (Occur::Must, narrowed(it, fields))));
    // Signs that are not indexed are passed over beside what is; by themselves they must not mean everything.
    if void && !clauses.iter().any(|it| it.0 == Occur::Must) {
        return Box::new(EmptyQuery);
    }
    clauses.extend(asked.without.iter().map(|it| (Occur::MustNot, narrowed(it, fields))));
    if let Some(units) = &asked.scope {
        clauses.push((Occur::Must, silent(any_of(fields.unit, units))));
    }
    if !clauses.iter().any(|it| it.0 == Occur::Must) {
        clauses.push((Occur::Must, Box::new(AllQuery)));
    }
    Box::new(BooleanQuery::new(clauses))
}

/// Returns whether a term is a question rather than a fragment.
fn is_question(term: &Term, n_chars: usize) -> bool {
    !term.exact && n_chars > FRAGMENT
}

/// The query of one term: what must be found, and what ranks. None where it has no character to find.
fn text(term: &Term, maker: &Maker, near: bool) -> Option<Box<dyn Query>> {
    let fields = maker.fields;
    let chars = analyzer::plain(&term.text).chars;
    if chars.is_empty() {
        return None;
    }
    let words = maker.analyzer.words(&term.text);
    let pairs: Vec<String> = analyzer::bigrams(&chars).filter(|it| !it.ends_with(SENTINEL)).collect();
    let words = words.into_iter().map(|it| (fields.words, fields.title_words, it, 1.0));
    let pairs = pairs.into_iter().map(|it| (fields.bigrams, fields.title_bigrams, it, BIGRAMS));
    let loose = is_question(term, chars.len()) || (near && !term.exact);
    // What finds, and what only ranks: everything but the term as a whole, and of a question what is common.
    let (mut finds, mut ranks): (Vec<Clause>, Vec<Clause>) = (Vec::new(), Vec::new());
    for (field, title, text, weight) in words.chain(pairs) {
        let to = if loose && !maker.is_common(field, &text) { &mut finds } else { &mut ranks };
        to.push((Occur::Should, boosted(token(field, &text), weight)));
        to.push((Occur::Should, boosted(token(title, &text), weight * TITLE)));
    }
    let found = substring(&term.text, fields);
    if !loose {
        ranks.push((Occur::Must, silent(found)));
        return Some(Box::new(BooleanQuery::new(ranks)));
    }
    if finds.is_empty() {
        std::mem::swap(&mut finds, &mut ranks);
    }
    finds.push((Occur::Should, Box::new(ConstScoreQuery::new(found, 8.0))));
    ranks.push((Occur::Must, Box::new(BooleanQuery::new(finds))));
    Some(Box::new(BooleanQuery::new(ranks)))
}

/// What holds a fragment: as it stands, or with injected pinyin folded away.
fn substring(text: &str, fields: &Fields) -> Box<dyn Query> {
    let chars = analyzer::plain(text).chars;
    let either = [fields.bigrams, fields.clean].map(|it| (Occur::Should, in_field(&chars, it)));
    Box::new(BooleanQuery::new(either.into()))
}

/// What holds folded characters in a row: one begins a bigram, two are one, more are a phrase of every second bigram.
fn in_field(chars: &[char], field: Field) -> Box<dyn Query> {
    match chars {
        [] => Box::new(EmptyQuery),
        // Folded characters are letters and digits, so none of them means anything to a pattern.
        [only] => match RegexQuery::from_pattern(&format!("{only}(.|\n)"), field) {
            Ok(query) => Box::new(query),
            Err(_) => Box::new(EmptyQuery),
        },
        [a, b] => token(field, &[*a, *b].iter().collect::<String>()),
        _ => {
            let n_pairs = chars.len() - 1;
            let places = (0..n_pairs).filter(|n| n % 2 == 0 || n + 1 == n_pairs);
            let term =
                |n: usize| (n, Token::from_field_text(field, &chars[n..n + 2].iter().collect::<String>()));
            Box::new(PhraseQuery::new_with_offset(places.map(term).collect()))
        }
    }
}

fn narrowed(narrowing: &Narrowing, fields: &Fields) -> Box<dyn Query> {
    let mut clauses: Vec<Clause> = Vec::new();
    let states = narrowing.states.as_deref();
    match (&narrowing.indicators, states) {
        (None, None) => {}
        (indicators, states) => {
            let all = vec!["*".to_owned()];
            let indicators: Vec<String> = indicators
                .as_ref()
                .map_or(all.clone(), |it| it.iter().map(|(s, p)| format!("{s}|{p}")).collect());
            let states = states.unwrap_or(&all);
            let keys = indicators.iter().flat_map(|i| states.iter().map(move |s| joined(i, s)));
            clauses.push((Occur::Must, any_of(fields.joined, &keys.collect::<Vec<_>>())));
        }
    }
    let lists = [
        (fields.unit, &narrowing.units),
        (fields.kind, &narrowing.kinds),
        (fields.finding, &narrowing.findings),
    ];
    for (field, values) in lists {
        if let Some(values) = values {
            clauses.push((Occur::Must, any_of(field, values)));
        }
    }
    if let Some((from, to)) = narrowing.dates {
        let bound = |it: Option<jiff::civil::Date>| match it {
            Some(day) => Bound::Included(Token::from_field_i64(fields.date, day_number(day))),
            None => Bound::Unbounded,
        };
        // A piece without a date lies in no span.
        let from = match bound(from) {
            Bound::Unbounded => Bound::Included(Token::from_field_i64(fields.date, 1)),
            bound => bound,
        };
        clauses.push((Occur::Must, Box::new(RangeQuery::new(from, bound(to)))));
    }
    silent(Box::new(BooleanQuery::new(clauses)))
}

/// The key of what filters combine: a standard, or `*`, and a standing, or `*`, of one and the same claim.
pub(super) fn joined(indicator: &str, state: &str) -> String {
    format!("{indicator}|{state}")
}

/// A day as the number yyyymmdd.
pub(super) fn day_number(day: jiff::civil::Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

fn any_of(field: Field, values: &[String]) -> Box<dyn Query> {
    Box::new(TermSetQuery::new(values.iter().map(|it| Token::from_field_text(field, it))))
}

fn token(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Token::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

fn boosted(query: Box<dyn Query>, boost: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, boost))
}

/// A query that selects and does not rank.
fn silent(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
