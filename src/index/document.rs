//! What goes into the index and what is asked of it, as plain values.

use jiff::civil::Date;

use crate::domain::id::{EntryId, EvidenceId, IndicatorPath, SchemeId};
use crate::index::query::{Filter, Node, Term, parse};

/// One piece as indexed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its number.
    pub evidence: i64,
    /// The id of its unit; none while unassigned.
    pub unit: Option<String>,
    /// The code of its kind.
    pub kind: String,
    /// Its titles: the one it is kept under, and those its documents give themselves.
    pub titles: Vec<String>,
    /// Its document numbers, as written.
    pub numbers: Vec<String>,
    /// The names of its files.
    pub names: Vec<String>,
    /// Its caption, and who issued it.
    pub captions: Vec<String>,
    /// The paths it came by, and who filed it.
    pub sources: Vec<String>,
    /// Who took its pictures.
    pub photographers: Vec<String>,
    /// Where it was published.
    pub papers: Vec<String>,
    /// The texts of its parts.
    pub texts: Vec<String>,
    /// What was recognised in its pictures, which may have a wrong character.
    pub recognised: Vec<String>,
    /// The date it is sorted and filtered by.
    pub date: Option<Date>,
    /// The sizes of its files together.
    pub bytes: u64,
    /// The formats of its files, such as `pdf`.
    pub formats: Vec<String>,
    /// What it is said to prove: scheme, standard, and the word of the standing.
    pub claims: Vec<(SchemeId, IndicatorPath, String)>,
    /// Codes of findings on it.
    pub findings: Vec<String>,
    /// Its tags.
    pub tags: Vec<String>,
}

impl Document {
    /// Returns what names it. A hit here weighs more than one in the texts.
    pub fn head(&self) -> impl Iterator<Item = &String> {
        self.titles
            .iter()
            .chain(&self.numbers)
            .chain(&self.captions)
            .chain(&self.names)
            .chain(&self.photographers)
            .chain(&self.papers)
            .chain(&self.tags)
    }
}

/// What a search is narrowed to; an empty list narrows to nothing found, none does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// Standards, or nodes above them.
    pub indicators: Option<Vec<(SchemeId, IndicatorPath)>>,
    /// Standings of claims; together with indicators they mean the same claim.
    pub states: Option<Vec<String>>,
    /// Ids of units; `-` is unassigned material.
    pub units: Option<Vec<String>>,
    /// Codes of kinds.
    pub kinds: Option<Vec<String>>,
    /// Codes of findings that are open.
    pub findings: Option<Vec<String>>,
    /// Formats.
    pub formats: Option<Vec<String>>,
    /// Tags, folded.
    pub tags: Option<Vec<String>>,
    /// First and last day, either open.
    pub dates: Option<(Option<Date>, Option<Date>)>,
    /// Least and most bytes, either open.
    pub sizes: Option<(Option<u64>, Option<u64>)>,
}

/// What hits must be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// They hold a text.
    Text(Term),
    /// They fit.
    In(Box<Narrowing>),
    /// They are like all of these; like anything where there is none.
    All(Vec<Self>),
    /// They are like at least one of these.
    Any(Vec<Self>),
    /// They are not like this.
    Not(Box<Self>),
}

impl Want {
    /// Returns the texts that are to be found; what is excluded is none of them.
    pub fn sought(&self) -> Vec<&Term> {
        match self {
            Self::Text(term) => vec![term],
            Self::All(wants) | Self::Any(wants) => wants.iter().flat_map(Self::sought).collect(),
            Self::In(_) | Self::Not(_) => vec![],
        }
    }
}

impl From<&Filter> for Want {
    /// Asks for the value as text: in its field where that holds text, else anywhere.
    fn from(filter: &Filter) -> Self {
        let field = Some(filter.field).filter(|it| it.is_text());
        Self::Text(Term { text: filter.value.clone(), exact: true, slack: false, field })
    }
}

impl From<&Node> for Want {
    /// Asks for what was typed where there are no names to resolve: every filter is text.
    fn from(node: &Node) -> Self {
        let all = |nodes: &[Node]| nodes.iter().map(Self::from).collect();
        match node {
            Node::Term(term) => Self::Text(term.clone()),
            Node::Filter(filter) => filter.into(),
            Node::All(nodes) => Self::All(all(nodes)),
            Node::Any(nodes) => Self::Any(all(nodes)),
            Node::Not(inner) => Self::Not(Box::new(inner.as_ref().into())),
        }
    }
}

/// A question with its filters resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What hits must be like.
    pub want: Want,
    /// The units whose material the asker may see; none for all. It is part of the query itself.
    pub scope: Option<Vec<String>>,
}

impl Default for Asked {
    /// Asks for everything.
    fn default() -> Self {
        Self { want: Want::All(vec![]), scope: None }
    }
}

impl Asked {
    /// Asks for what was typed where there are no names to resolve.
    pub fn typed(text: &str) -> Self {
        Self { want: Want::from(&parse(text).root), scope: None }
    }
}

/// The order of hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best first.
    #[default]
    Relevance,
    /// Newest first; undated last.
    Date,
    /// Filed last first.
    Filed,
    /// Largest first.
    Size,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// How many pieces are as asked.
    pub total: usize,
    /// How many more are near to it; none where enough are as asked.
    pub near: usize,
    /// The last entry the index knows.
    pub entry: Option<EntryId>,
    /// The page of hits asked for: those as asked before those that are near.
    pub hits: Vec<Hit>,
    /// Counts of all hits by what they are.
    pub facets: Vec<Facet>,
}

/// One hit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The piece.
    pub evidence: EvidenceId,
    /// How well it fits; 0 where hits are sorted by anything else.
    pub score: f32,
    /// Whether it is only near to what was asked.
    pub near: bool,
}

/// Counts of one property.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facet {
    /// `unit`, `kind`, `year`, `state`, `indicator`, `finding`, `format` or `tag`.
    pub field: &'static str,
    /// Values with how many hits have them, most first.
    pub counts: Vec<(String, u64)>,
}
