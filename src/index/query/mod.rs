//! The query language: total, so that nothing typed is an error.
//!
//! What stands side by side must all be found; `|`, `OR` or `或` between two means either; parentheses group; `"…"` “…” 「…」
//! 《…》 are exact; `~"…"` allows one wrong character; `-` or `－` excludes; `字段:值` looks in one field, with a colon of
//! either width. What is not known as a field is text.
//!
//! Read [`parse`] for the whole, [`fields`] for the fields and their names, [`values`] for dates and sizes.

use std::ops::Range;

pub mod fields;

pub mod values;

mod lexer;

pub use fields::Field;
use lexer::{Lexer, Token};

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Text to be found.
    Term(Term),
    /// A field and its value.
    Filter(Filter),
    /// All of these.
    All(Vec<Self>),
    /// At least one of these.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
}

/// Text to be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// The text.
    pub text: String,
    /// Whether just this must be found, by quotes.
    pub exact: bool,
    /// Whether one of its characters may be another.
    pub slack: bool,
    /// The field it must stand in; none for anywhere.
    pub field: Option<Field>,
}

/// A filter as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// What it looks at.
    pub field: Field,
    /// The value, without quotes.
    pub value: String,
    /// Whether it was quoted.
    pub exact: bool,
}

/// What was typed, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// What was asked.
    pub root: Node,
    /// Where each part of it stands in what was typed: what must all hold, side by side.
    pub parts: Vec<Range<usize>>,
    /// How many terms and filters there are.
    pub n_leaves: usize,
}

/// Groups within groups: what is deeper is read as if its parentheses were not there.
const DEEPEST: usize = 16;

/// Reads what was typed.
pub fn parse(typed: &str) -> Query {
    let mut parser = Parser { tokens: Lexer::new(typed).collect(), at: 0, n_leaves: 0, parts: Vec::new() };
    let mut sides = Vec::new();
    // A parenthesis that closes nothing ends no question.
    while parser.at < parser.tokens.len() {
        sides.push(parser.either(0));
        parser.at += usize::from(parser.peek() == Some(&Token::Close));
    }
    if parser.n_leaves == 0 && !typed.trim().is_empty() {
        // Signs alone are no question; as text they find nothing, where no question at all finds everything.
        sides = vec![Node::Term(Term { text: typed.trim().to_owned(), ..Term::default() })];
        parser.parts = std::iter::once(0..typed.len()).collect();
    }
    let root = if sides.len() == 1 { sides.remove(0) } else { Node::All(sides) };
    let root = if matches!(root, Node::All(_)) { root } else { Node::All(vec![root]) };
    Query { root, parts: parser.parts, n_leaves: parser.n_leaves }
}

/// Returns what is typed to narrow a question by a filter: behind it; before it where a quotation or an `或` is left open
/// at its end; beside it in parentheses where it says either of two.
pub fn narrow(typed: &str, filter: &str) -> String {
    let sides = |it: &str| match parse(it).root {
        Node::All(nodes) => nodes,
        node => vec![node],
    };
    let (asked, more) = (sides(typed), sides(filter));
    let behind = format!("{typed} {filter}").trim().to_owned();
    if sides(&behind) == [asked.clone(), more.clone()].concat() {
        return behind;
    }
    let before = format!("{filter} {typed}");
    if sides(&before) == [more, asked].concat() { before } else { format!("{filter} ({typed})") }
}

struct Parser {
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    n_leaves: usize,
    parts: Vec<Range<usize>>,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|it| &it.0)
    }

    /// Sides set apart by `|`, each of which is all of what stands side by side.
    fn either(&mut self, depth: usize) -> Node {
        let (from, n_before) = (self.at, self.parts.len());
        let mut sides = vec![self.all(depth)];
        while self.peek() == Some(&Token::Or) {
            self.at += 1;
            sides.push(self.all(depth));
        }
        sides.retain(|it| *it != Node::All(vec![]));
        if sides.len() < 2 {
            return sides.pop().unwrap_or(Node::All(vec![]));
        }
        // Either of two is one part of the question.
        self.parts.truncate(n_before);
        if depth == 0 {
            self.parts.push(self.span(from));
        }
        Node::Any(sides)
    }

    /// Everything up to a bar, a closing parenthesis or the end.
    fn all(&mut self, depth: usize) -> Node {
        let mut all = Vec::new();
        while let Some(token) = self.peek() {
            if matches!(token, Token::Or | Token::Close) {
                break;
            }
            let from = self.at;
            all.extend(self.one(depth));
            if depth == 0 {
                self.parts.push(self.span(from));
            }
        }
        if all.len() == 1 && !matches!(all[0], Node::Not(_)) { all.remove(0) } else { Node::All(all) }
    }

    /// One term, filter or group, perhaps excluded. Not not is nothing said, and a row of them is no deeper than one.
    fn one(&mut self, depth: usize) -> Option<Node> {
        let mut excluded = false;
        while self.peek() == Some(&Token::Not) {
            self.at += 1;
            excluded = !excluded;
        }
        let node = self.bare(depth)?;
        Some(if excluded { Node::Not(Box::new(node)) } else { node })
    }

    /// One term, filter or group; a sign that ends a side is left to who looks for it.
    fn bare(&mut self, depth: usize) -> Option<Node> {
        let token = self.peek().filter(|it| !matches!(it, Token::Not | Token::Close | Token::Or))?.clone();
        self.at += 1;
        match token {
            Token::Open => {
                let inner = if depth < DEEPEST { self.either(depth + 1) } else { return None };
                self.at += usize::from(self.peek() == Some(&Token::Close));
                Some(inner).filter(|it| *it != Node::All(vec![]))
            }
            Token::Term(term) => {
                self.n_leaves += 1;
                Some(Node::Term(term))
            }
            Token::Filter(filter) => {
                self.n_leaves += 1;
                Some(Node::Filter(filter))
            }
            Token::Not | Token::Close | Token::Or => None,
        }
    }

    /// Where the tokens since one stand in what was typed.
    fn span(&self, from: usize) -> Range<usize> {
        let start = self.tokens.get(from).map_or(0, |it| it.1.start);
        let end = self.at.checked_sub(1).and_then(|n| self.tokens.get(n)).map_or(start, |it| it.1.end);
        start..end.max(start)
    }
}

impl Node {
    /// Returns the terms that are to be found, wherever they stand; what is excluded is none of them.
    pub fn sought(&self) -> Vec<&Term> {
        match self {
            Self::Term(term) => vec![term],
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().flat_map(Self::sought).collect(),
            Self::Filter(_) | Self::Not(_) => vec![],
        }
    }
}

#[cfg(test)]
mod tests;
