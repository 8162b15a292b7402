//! Highlighting: where what was asked stands in a text, found on folded characters and told in bytes of the original.
//!
//! A text of a hit is looked at window by window, and no further than to the place that answers.

use std::borrow::Cow;
use std::io::{self, Read};
use std::ops::Range;

use memchr::memmem::Finder;

use crate::extract::clean;
use crate::index::analyzer;
use crate::index::fold::{Folded, fold, folded, variants};
use crate::index::matching::FRAGMENT;
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
pub fn marks(text: &str, terms: &[&Term]) -> Vec<Range<usize>> {
    let plain = fold(text, &[]);
    let injected = clean::pinyin_injections(text);
    let cleaned = if injected.is_empty() { Folded::default() } else { fold(text, &injected) };
    let mut res: Vec<Range<usize>> = Vec::new();
    for term in terms {
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
    let Some(first) = needle.first() else { return };
    let mut n = 0;
    while let Some(found) = text.chars[n..].iter().position(|it| it == first) {
        n += found;
        if text.chars[n..].starts_with(needle) {
            res.push(text.places[n].start..text.places[n + needle.len() - 1].end);
            n += needle.len();
        } else {
            n += 1;
        }
    }
}

/// Marks the longest runs of two characters or more that the text shares with a question.
fn shared_runs(text: &Folded, needle: &[char], res: &mut Vec<Range<usize>>) {
    // Most characters of a text begin no pair of the question; one bit of 64 tells most of them.
    let bit = |c: char| 1_u64 << (u32::from(c) % 64);
    let begins = needle.iter().fold(0, |bits, c| bits | bit(*c));
    let shared = |n: usize| {
        let Some(pair) = text.chars.get(n..n + 2) else { return false };
        begins & bit(pair[0]) != 0 && needle.windows(2).any(|it| it == pair)
    };
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
pub fn snippet(text: &str, terms: &[&Term], n_chars: usize) -> Snippet {
    let marks = marks(text, terms);
    let reach = n_chars * 3;
    let dense = |n: &usize| {
        let within = marks[*n..].iter().take_while(|it| it.end <= marks[*n].start + reach);
        within.map(|it| it.len()).sum::<usize>()
    };
    // The first of the densest.
    let best = (0..marks.len().min(200)).rev().max_by_key(dense).map_or(0, |n| marks[n].start);
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

/// Bytes of a text that are looked at together.
const WINDOW: usize = 16 << 10;

/// Bytes at the end of a window that are looked at again with what follows: more than any stretch has.
const OVERLAP: usize = 2 << 10;

/// How far a text is read where a stretch holds a whole term, and where one holds pieces of a question.
const BETTER: usize = 32 << 10;
const PIECES: usize = 512 << 10;

/// Reads a text up to the first stretch that holds all that was asked, or not much further than to one that holds
/// some of it, and returns the one that holds most. Where nothing is found it is read for `reach` bytes; without end
/// where it is known to hold what was asked.
///
/// # Errors
/// Those of the reader.
pub fn find(mut text: impl Read, terms: &[&Term], n_chars: usize, reach: usize) -> io::Result<Snippet> {
    let sought: Vec<Sought> = terms.iter().map(|it| Sought::of(it, reach)).collect();
    let (mut best, mut most, mut n_whole) = (Snippet::default(), None, 0);
    let (mut window, mut at) = (Vec::with_capacity(WINDOW), 0);
    loop {
        let wanted = WINDOW - window.len();
        text.by_ref().take(wanted as u64).read_to_end(&mut window)?;
        let is_last = window.len() < WINDOW;
        // A text that is asked for anything shows its beginning where it has nothing better.
        if most.is_none() || sought.iter().any(|it| it.may_be_in(&window)) {
            let end = if is_last { window.len() } else { boundary(&window, window.len() - 1) };
            let shown = match std::str::from_utf8(&window[..end]) {
                Ok(shown) => Cow::Borrowed(shown),
                Err(_) => String::from_utf8_lossy(&window[..end]),
            };
            let found = snippet(&shown, terms, n_chars);
            let marked = found.marks.iter().map(|it| it.len()).sum::<usize>();
            // A stretch, or a character, that the end of the window cuts is seen whole in the next one.
            let is_cut = !is_last && found.at + found.text.len() >= end;
            if !is_cut && most.is_none_or(|it| marked > it) {
                (best, most) = (Snippet { at: at + found.at, ..found }, Some(marked));
                let shown = folded(&best.text);
                n_whole = sought.iter().filter(|it| shown.contains(it.needle.as_str())).count();
            }
        }
        let far_enough = match n_whole {
            n if n == sought.len() => true,
            0 => at >= if most > Some(0) { PIECES.min(reach / 2) } else { reach },
            _ => at >= BETTER,
        };
        if is_last || far_enough {
            return Ok(best);
        }
        let next = boundary(&window, WINDOW - OVERLAP);
        window.drain(..next);
        at += next;
    }
}

/// A term as it is looked for in a text that is not folded yet.
struct Sought {
    /// The term, folded.
    needle: String,
    /// Whether a part of it is an answer too.
    in_pieces: bool,
    /// What its characters may stand as, for each of them.
    characters: Vec<Vec<Finder<'static>>>,
}

impl Sought {
    fn of(term: &Term, reach: usize) -> Self {
        let mut chars = analyzer::plain(&term.text).chars;
        let needle = chars.iter().collect();
        let is_known = reach == usize::MAX && chars.len() <= FRAGMENT;
        let in_pieces = !term.exact && !is_known && chars.len() > 2;
        chars.sort_unstable();
        chars.dedup();
        let finder = |c: char| Finder::new(c.encode_utf8(&mut [0; 4]).as_bytes()).into_owned();
        let characters = chars.into_iter().map(|it| variants(it).map(finder).collect());
        Self { needle, in_pieces, characters: characters.collect() }
    }

    /// Returns whether a text may hold it. Looking for single characters is far faster than folding what holds none.
    fn may_be_in(&self, text: &[u8]) -> bool {
        let is_there = |forms: &Vec<Finder>| forms.iter().any(|it| it.find(text).is_some());
        self.in_pieces || self.characters.iter().all(is_there)
    }
}

/// The last place at or before one where a character begins.
fn boundary(text: &[u8], at: usize) -> usize {
    (0..=at).rev().find(|n| text.get(*n).is_some_and(|it| it & 0xc0 != 0x80)).unwrap_or(0)
}
