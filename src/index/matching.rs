//! Matching: from what is asked to a query of the engine.

use std::ops::Bound;

use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query, RangeQuery,
    RegexQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term as Token};

use crate::domain::number;
use crate::index::analyzer::{self, Analyzer, SENTINEL};
use crate::index::dense::Dense;
use crate::index::document::{Asked, Narrowing, Want};
use crate::index::fields::Fields;
use crate::index::fold::folded_chars;
use crate::index::query::Term;

/// Up to so many folded characters an unquoted term must be found just as typed; longer ones are questions.
pub(super) const FRAGMENT: usize = 8;

/// Terms of so many folded characters are looked for with one of them wrong, in what was recognised in pictures.
const SLACK: std::ops::RangeInclusive<usize> = 4..=24;

/// Weights beside BM25 over words, which has 1. `benches/boosts.rs` measures what each brings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// A bigram.
    pub bigrams: f32,
    /// A word or bigram in what names a piece, beside the same in its text.
    pub head: f32,
    /// The whole term in the title.
    pub title: f32,
    /// The whole term in caption or file name.
    pub caption: f32,
    /// A document number as such.
    pub number: f32,
    /// The whole of a question, or of a term that is near, in one stretch.
    pub whole: f32,
    /// What more than this share of documents hold does not by itself answer a question, and only ranks.
    pub common: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self { bigrams: 0.5, head: 1.5, title: 3.0, caption: 4.0, number: 20.0, whole: 8.0, common: 0.1 }
    }
}

type Clause = (Occur, Box<dyn Query>);

/// What more than this share of documents hold is found as a set of bits.
const DENSE: f32 = 0.02;

/// In an index of fewer documents nothing is common.
const MANY: u64 = 5_000;

/// What a query is made with.
pub(super) struct Maker<'a> {
    pub(super) fields: &'a Fields,
    pub(super) analyzer: &'a Analyzer,
    pub(super) searcher: &'a Searcher,
    pub(super) weights: Weights,
    /// Whether any term may be found in part.
    pub(super) near: bool,
}

impl Maker<'_> {
    /// Makes the query of what is asked.
    pub(super) fn query(&self, asked: &Asked) -> Box<dyn Query> {
        // Signs that are not indexed are passed over beside what is; by themselves they must not mean everything.
        let Some(want) = self.want(&asked.want) else { return Box::new(EmptyQuery) };
        match &asked.scope {
            None => want,
            Some(units) => {
                let seen = silent(any_of(self.fields.unit, units));
                Box::new(BooleanQuery::new(vec![(Occur::Must, want), (Occur::Must, seen)]))
            }
        }
    }

    /// Makes the query of what is near to what is asked and not as asked, which `exact` finds.
    pub(super) fn others(&self, asked: &Asked, exact: Box<dyn Query>) -> BooleanQuery {
        BooleanQuery::new(vec![(Occur::Must, self.query(asked)), (Occur::MustNot, self.apart(exact))])
    }

    /// The query of one node; none where there is nothing in it that could be found.
    fn want(&self, want: &Want) -> Option<Box<dyn Query>> {
        match want {
            Want::Text(term) => self.text(term),
            Want::In(narrowing) => Some(narrowed(narrowing, self.fields)),
            Want::All(wants) => self.all(wants),
            Want::Any(wants) => {
                let some: Vec<Clause> =
                    wants.iter().filter_map(|it| Some((Occur::Should, self.want(it)?))).collect();
                (!some.is_empty()).then(|| Box::new(BooleanQuery::new(some)) as Box<dyn Query>)
            }
            Want::Not(_) => self.all(std::slice::from_ref(want)),
        }
    }

    fn all(&self, wants: &[Want]) -> Option<Box<dyn Query>> {
        let mut clauses: Vec<Clause> = Vec::new();
        let (mut void, mut excludes_nothing) = (false, false);
        for want in wants {
            match want {
                Want::Not(inner) => {
                    // What is excluded is excluded just as typed, and never by what is near to it.
                    let strict = Self { near: false, ..*self };
                    let found = match inner.as_ref() {
                        Want::Text(term) => strict.holds(term),
                        other => strict.want(other),
                    };
                    excludes_nothing |= found.is_none();
                    clauses.extend(found.map(|it| (Occur::MustNot, self.apart(it))));
                }
                // Terms side by side are one list, so that what ranks is gone through once.
                Want::Text(term) => match self.clauses(term) {
                    Some(more) => clauses.extend(more),
                    None => void = true,
                },
                other => match self.want(other) {
                    Some(query) => clauses.push((Occur::Must, query)),
                    None => void = true,
                },
            }
        }
        if !clauses.iter().any(|it| it.0 == Occur::Must) {
            // A sign with nothing behind it, as in `--`, asks for nothing.
            if void || (excludes_nothing && clauses.is_empty()) {
                return None;
            }
            clauses.push((Occur::Must, silent(Box::new(AllQuery))));
        }
        Some(Box::new(BooleanQuery::new(clauses)))
    }

    /// A query that can be excluded. The engine's phrases count on being sought forward only, which an exclusion does not
    /// keep to; a union does not mind, and one with a set that is always empty finds the same.
    fn apart(&self, query: Box<dyn Query>) -> Box<dyn Query> {
        let nothing = TermSetQuery::new([Token::from_field_text(self.fields.unit, "")]);
        Box::new(BooleanQuery::new(vec![(Occur::Should, query), (Occur::Should, Box::new(nothing))]))
    }

    /// Returns the share of documents that hold a token.
    fn share(&self, field: Field, text: &str) -> f32 {
        let n_holding = self.searcher.doc_freq(&Token::from_field_text(field, text)).unwrap_or(0);
        n_holding as f32 / self.searcher.num_docs().max(MANY) as f32
    }

    /// The query of one term. None where it has no character to find.
    fn text(&self, term: &Term) -> Option<Box<dyn Query>> {
        let clauses = self.clauses(term)?;
        Some(Box::new(BooleanQuery::new(clauses)))
    }

    /// What must be found of one term, and what ranks.
    fn clauses(&self, term: &Term) -> Option<Vec<Clause>> {
        let (fields, weights) = (self.fields, self.weights);
        let found = self.holds(term)?;
        let chars = folded_chars(&term.text);
        if term.field.is_some() {
            // One field is narrowed to; what stands in it ranks no higher for standing there.
            return Some(vec![(Occur::Must, found)]);
        }
        let words = self.analyzer.words(&term.text);
        let loose = !term.exact && (is_question(term) || self.near);
        // A bigram that is a word need not be looked at twice where it only ranks: half of what a short term costs.
        let again = |it: &String| !loose && words.contains(it);
        let pairs: Vec<String> =
            analyzer::bigrams(&chars).filter(|it| !it.ends_with(SENTINEL) && !again(it)).collect();
        let words = words.into_iter().map(|it| {
            let weight = if !loose && it.chars().count() == 2 { 1.0 + weights.bigrams } else { 1.0 };
            ([fields.words, fields.head_words, fields.ocr_words], it, weight)
        });
        let pairs = pairs.into_iter().map(|it| ([fields.body, fields.head, fields.ocr], it, weights.bigrams));
        // What finds, and what only ranks: everything but the term as a whole, and of a question what is common.
        let (mut finds, mut ranks): (Vec<Clause>, Vec<Clause>) = (Vec::new(), Vec::new());
        for ([anywhere, head, ocr], text, weight) in words.chain(pairs) {
            // Near to a term is not what holds a single character of it.
            let means = !self.near || text.chars().nth(1).is_some();
            // What many hold only ranks what others find: it costs most to look at.
            let answers = loose && means && self.share(anywhere, &text) <= weights.common;
            let to = if answers { &mut finds } else { &mut ranks };
            to.push((Occur::Should, boosted(token(anywhere, &text), weight)));
            to.push((Occur::Should, boosted(token(head, &text), weight * weights.head)));
            to.push((Occur::Should, boosted(token(ocr, &text), weight)));
        }
        ranks.extend(self.standing_out(term, &chars));
        if !loose {
            ranks.push((Occur::Must, silent(found)));
            return Some(ranks);
        }
        if finds.is_empty() {
            std::mem::swap(&mut finds, &mut ranks);
        }
        finds.push((Occur::Should, Box::new(ConstScoreQuery::new(found, weights.whole))));
        ranks.push((Occur::Must, Box::new(BooleanQuery::new(finds))));
        Some(ranks)
    }

    /// What ranks for where it stands: in the title, the caption, a file name, or as the number of the document.
    fn standing_out(&self, term: &Term, chars: &[char]) -> Vec<Clause> {
        let (fields, weights) = (self.fields, self.weights);
        let mut res: Vec<(Box<dyn Query>, f32)> = vec![
            (in_field(chars, fields.title), weights.title),
            (in_field(chars, fields.caption), weights.caption),
            (in_field(chars, fields.name), weights.caption),
        ];
        if let Some(normal) = number::normalise(&term.text) {
            res.push((token(fields.numbered, &normal), weights.number));
        }
        let clause = |(query, weight)| {
            (Occur::Should, Box::new(ConstScoreQuery::new(query, weight)) as Box<dyn Query>)
        };
        res.into_iter().map(clause).collect()
    }

    /// What holds a term, in its field or anywhere: as it stands, with injected pinyin folded away, as the same document
    /// number in another spelling, with one character wrong where that is allowed. None where there is nothing to hold.
    fn holds(&self, term: &Term) -> Option<Box<dyn Query>> {
        let (fields, chars) = (self.fields, folded_chars(&term.text));
        if chars.is_empty() {
            return None;
        }
        let named = term.field.and_then(|it| fields.of(it));
        if let (None, [only]) = (named, chars.as_slice()) {
            return Some(token(fields.chars, &only.to_string()));
        }
        let within: Vec<Field> = match named {
            Some(field) if field == fields.body => vec![field, fields.ocr],
            Some(field) => vec![field],
            None => vec![fields.body, fields.head, fields.clean, fields.ocr],
        };
        let mut either: Vec<Clause> =
            within.iter().map(|field| (Occur::Should, in_field(&chars, *field))).collect();
        if named.is_none_or(|it| it == fields.number)
            && let Some(normal) = number::normalise(&term.text)
        {
            either.push((Occur::Should, token(fields.numbered, &normal)));
        }
        let slack: &[Field] = match () {
            () if term.slack => &within,
            () if self.near && named.is_none() => &[fields.ocr],
            () => &[],
        };
        if SLACK.contains(&chars.len()) {
            either
                .extend(slack.iter().flat_map(|field| nearly(&chars, *field)).map(|it| (Occur::Should, it)));
        }
        if let ([a, b], None) = (chars.as_slice(), named)
            && self.share(fields.body, &[*a, *b].iter().collect::<String>()) > DENSE
        {
            return Some(Box::new(Dense(either.into_iter().map(|it| it.1).collect())));
        }
        Some(Box::new(BooleanQuery::new(either)))
    }
}

/// Returns whether a term is a question, which is answered by parts of it as well.
pub fn is_question(term: &Term) -> bool {
    let long = || folded_chars(&term.text).len() > FRAGMENT;
    !term.exact && term.field.is_none() && long() && number::normalise(&term.text).is_none()
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
            phrase(chars, field, (0..n_pairs).filter(|n| n % 2 == 0 || n + 1 == n_pairs))
        }
    }
}

/// What holds folded characters in a row but for one, whichever: its bigrams without the two that hold it.
fn nearly(chars: &[char], field: Field) -> impl Iterator<Item = Box<dyn Query>> {
    let n_pairs = chars.len() - 1;
    (0..chars.len()).map(move |wrong| {
        let kept: Vec<usize> = (0..n_pairs).filter(|n| *n != wrong && n + 1 != wrong).collect();
        match kept.as_slice() {
            // A phrase needs two.
            [only] => token(field, &chars[*only..only + 2].iter().collect::<String>()),
            _ => phrase(chars, field, kept.into_iter()),
        }
    })
}

fn phrase(chars: &[char], field: Field, places: impl Iterator<Item = usize>) -> Box<dyn Query> {
    let term = |n: usize| (n, Token::from_field_text(field, &chars[n..n + 2].iter().collect::<String>()));
    Box::new(PhraseQuery::new_with_offset(places.map(term).collect()))
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
        (fields.format, &narrowing.formats),
        (fields.tagged, &narrowing.tags),
    ];
    for (field, values) in lists {
        if let Some(values) = values {
            clauses.push((Occur::Must, any_of(field, values)));
        }
    }
    if let Some((from, to)) = narrowing.dates {
        let day = |it| Token::from_field_i64(fields.date, day_number(it));
        // A piece without a date lies in no span.
        let first = Token::from_field_i64(fields.date, from.map_or(1, |it| day_number(it).max(1)));
        let last = to.map_or(Bound::Unbounded, |it| Bound::Included(day(it)));
        clauses.push((Occur::Must, Box::new(RangeQuery::new(Bound::Included(first), last))));
    }
    if let Some((least, most)) = narrowing.sizes {
        let bytes = |it| Bound::Included(Token::from_field_u64(fields.bytes, it));
        let least = least.unwrap_or(0);
        let query: Box<dyn Query> = match most {
            Some(most) if most < least => Box::new(EmptyQuery),
            most => Box::new(RangeQuery::new(bytes(least), most.map_or(Bound::Unbounded, bytes))),
        };
        clauses.push((Occur::Must, query));
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
