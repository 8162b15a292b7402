//! From what was typed to tokens, each with its place.

use std::ops::Range;

use crate::index::query::fields::Field;
use crate::index::query::{Filter, Term};

/// One piece of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    Or,
    Not,
    Term(Term),
    Filter(Filter),
}

const QUOTES: [(char, char); 6] =
    [('"', '"'), ('“', '”'), ('「', '」'), ('『', '』'), ('《', '》'), ('‘', '’')];

/// Cuts what was typed into tokens.
pub(super) struct Lexer<'a> {
    typed: &'a str,
    at: usize,
    /// Groups that are open, so that a closing parenthesis elsewhere is text.
    depth: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(typed: &'a str) -> Self {
        Self { typed, at: 0, depth: 0 }
    }

    fn rest(&self) -> &'a str {
        &self.typed[self.at..]
    }

    fn token(&mut self, c: char) -> Option<Token> {
        let next = self.rest()[c.len_utf8()..].chars().next();
        let sign = match c {
            '(' | '\u{ff08}' => Some(Token::Open),
            ')' | '\u{ff09}' if self.depth > 0 => Some(Token::Close),
            '|' | '\u{ff5c}' => Some(Token::Or),
            '-' | '\u{ff0d}' | '−' if next.is_some_and(|it| !it.is_whitespace()) => Some(Token::Not),
            _ => None,
        };
        if let Some(sign) = sign {
            self.at += c.len_utf8();
            match sign {
                Token::Open => self.depth += 1,
                Token::Close => self.depth -= 1,
                _ => {}
            }
            return Some(sign);
        }
        let slack = matches!(c, '~' | '\u{ff5e}') && next.is_some_and(|it| QUOTES.iter().any(|q| q.0 == it));
        if slack {
            self.at += c.len_utf8();
        }
        let field = if slack { None } else { Field::at(self.rest()) };
        if let Some((_, length)) = field {
            self.at += length;
        }
        let (text, exact, length) = value_at(self.rest(), self.depth > 0);
        self.at += length;
        if let Some((field, _)) = field {
            return Some(Token::Filter(Filter { field, value: text, exact }));
        }
        Some(match text.as_str() {
            "OR" | "或" if !exact => Token::Or,
            _ => Token::Term(Term { text, exact, slack, field: None }),
        })
    }
}

impl Iterator for Lexer<'_> {
    type Item = (Token, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let c = self.rest().chars().next()?;
            if c.is_whitespace() {
                self.at += c.len_utf8();
                continue;
            }
            let start = self.at;
            match self.token(c)? {
                Token::Term(term) if term.text.is_empty() && !term.exact => {
                    // Nothing was taken: the sign is passed over.
                    self.at = self.at.max(start + c.len_utf8());
                }
                token => return Some((token, start..self.at)),
            }
        }
    }
}

/// The value that stands here: quoted, or up to a space, a bar, a quote, or the end of the group it stands in. Returns
/// it, whether it was quoted, and its length.
fn value_at(text: &str, grouped: bool) -> (String, bool, usize) {
    if let Some(first) = text.chars().next()
        && let Some((_, close)) = QUOTES.iter().find(|it| it.0 == first)
    {
        let inner = &text[first.len_utf8()..];
        return match inner.find(*close) {
            Some(end) => (inner[..end].to_owned(), true, first.len_utf8() + end + close.len_utf8()),
            None => (inner.to_owned(), true, text.len()),
        };
    }
    let mut open = 0_usize;
    let end = text.char_indices().find(|(at, c)| match c {
        '(' | '\u{ff08}' => {
            open += 1;
            false
        }
        // A parenthesis closes the one within the word before it closes the group.
        ')' | '\u{ff09}' if open > 0 => {
            open -= 1;
            false
        }
        ')' | '\u{ff09}' => grouped,
        '|' | '\u{ff5c}' => true,
        '‘' => false,
        c => c.is_whitespace() || (*at > 0 && QUOTES.iter().any(|it| it.0 == *c)),
    });
    let end = end.map_or(text.len(), |it| it.0);
    (text[..end].to_owned(), false, end)
}
