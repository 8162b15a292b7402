//! Highlighting: where what was asked stands in a text, found on folded characters and told in bytes of the original.

use std::ops::Range;

use crate::extract::clean;
use crate::index::analyzer;
use crate::index::fold::{Folded, fold};
use crate::index::query::Term;

/// A stretch of a text with what was asked marked in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The stretch.
    pub text: String,
    /// What was asked, as bytes of the stretch.
    pub marks: Vec<Range<usize>>,
    /// Where the stretch begins in the text, in bytes.
    pub at: usize,
}

/// Returns where the terms stand in a text, sorted and not overlapping. Of a question its pieces of two characters or
/// more are marked, of a fragment the whole.
pub fn marks(text: &str, terms: &[Term]) -> Vec<Range<usize>> {
    let plain = fold(text, &[]);
    let injected = clean::pinyin_injections(text);
    let cleaned = if injected.is_empty() { Folded::default() } else { fold(text, &injected) };
    let mut res: Vec<Range<usize>> = Vec::new();
    for term in terms.iter().filter(|it| !it.exclude) {
        let needle = analyzer::plain(&term.text).chars;
        let n_before = res.len();
        for folded in [&plain, &cleaned] {
            occurrences(folded, &needle, &mut res);
        }
        if res.len() == n_before && !term.exact && needle.len() > 2 {
            for folded in [&plain, &cleaned] {
                shared_runs(folded, &needle, &mut res);
            }
        }
    }
    merged(res)
}

fn occurrences(text: &Folded, needle: &[char], res: &mut Vec<Range<usize>>) {
    if needle.is_empty() || needle.len() > text.chars.len() {
        return;
    }
    let mut n = 0;
    while n + needle.len() <= text.chars.len() {
        if text.chars[n..n + needle.len()] == *needle {
            res.push(text.places[n].start..text.places[n + needle.len() - 1].end);
            n += needle.len();
        } else {
            n += 1;
        }
    }
}

/// Marks the longest runs of two characters or more that the text shares with a question.
fn shared_runs(text: &Folded, needle: &[char], res: &mut Vec<Range<usize>>) {
    let pairs: std::collections::HashSet<[char; 2]> = needle.windows(2).map(|it| [it[0], it[1]]).collect();
    let shared = |n: usize| n + 1 < text.chars.len() && pairs.contains(&[text.chars[n], text.chars[n + 1]]);
    let mut n = 0;
    while n < text.chars.len() {
        let start = n;
        while shared(n) {
            n += 1;
        }
        if n > start {
            res.push(text.places[start].start..text.places[n].end);
        }
        n += 1;
    }
}

fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|it| (it.start, it.end));
    let mut res: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match res.last_mut() {
            Some(before) if range.start <= before.end => before.end = before.end.max(range.end),
            _ => res.push(range),
        }
    }
    res
}

/// Returns a stretch of about so many characters around the place with most of what was asked.
pub fn snippet(text: &str, terms: &[Term], n_chars: usize) -> Snippet {
    let marks = marks(text, terms);
    let reach = n_chars * 3;
    let dense = |it: &&Range<usize>| {
        let within = marks.iter().filter(|other| other.start >= it.start && other.end <= it.start + reach);
        within.map(|it| it.len()).sum::<usize>()
    };
    // The first of the densest.
    let best = marks.iter().take(200).rev().max_by_key(dense).map_or(0, |it| it.start);
    let lead: usize =
        text[..best].chars().rev().take(n_chars / 4).take_while(|c| *c != '\n').map(char::len_utf8).sum();
    let from = best - lead;
    let to = from + text[from..].chars().take(n_chars).map(char::len_utf8).sum::<usize>();
    let inside = marks.into_iter().filter(|it| it.start >= from && it.end <= to);
    Snippet {
        text: text[from..to].to_owned(),
        marks: inside.map(|it| it.start - from..it.end - from).collect(),
        at: from,
    }
}
