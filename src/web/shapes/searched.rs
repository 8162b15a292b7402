//! What a search finds, what it can be narrowed by, and how one may go on typing.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::id::EntryId;
use crate::index;
use crate::ledger::fold::Fold;
use crate::search::place::{self, Kind};
use crate::search::{self, Answer, Shown};
use crate::web::shapes::pieces::Brief;

/// One hit of a search.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Hit {
    /// The piece.
    #[serde(flatten)]
    pub brief: Brief,
    /// How well it fits.
    pub score: f32,
    /// The stretch of text that answers.
    pub snippet: String,
    /// Whether it is only near to what was asked.
    pub near: bool,
    /// The part of the piece that it is of, counted from 1.
    pub part: usize,
    /// Where it stands in that part, where that has pages, slides, sheets or letters.
    pub place: Option<Passage>,
}

/// Where in a file a passage stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Passage {
    /// `page`, `slide`, `sheet` or `letter`.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// Which, counted from 1.
    pub number: usize,
    /// The name of a sheet.
    pub name: Option<String>,
    /// The row of a sheet, counted from 1; rows that hold nothing are not counted.
    pub row: Option<usize>,
}

impl From<&place::Place> for Passage {
    fn from(it: &place::Place) -> Self {
        Self { kind: it.kind, number: it.number, name: it.name.clone(), row: it.row }
    }
}

impl Hit {
    fn of(fold: &Fold, it: &Shown) -> Self {
        Self {
            brief: Brief::of(fold, &it.evidence),
            score: it.score,
            near: it.near,
            snippet: it.snippet.text.clone(),
            part: it.part,
            place: it.place.as_ref().map(Passage::from),
        }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Found {
    /// How many pieces are as asked.
    pub total: usize,
    /// How many more are near to it, listed after those; none where enough are as asked.
    pub near: usize,
    /// The last entry of the ledger that the index knows.
    pub entry: Option<EntryId>,
    /// The page of hits.
    pub hits: Vec<Hit>,
}

impl Found {
    /// Tells what a search found.
    pub fn of(fold: &Fold, answer: &Answer) -> Self {
        let hits = answer.hits.iter().map(|it| Hit::of(fold, it)).collect();
        Self { total: answer.total, entry: answer.entry, near: answer.near, hits }
    }
}

/// Counts of one property over all hits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Facet {
    /// `unit`, `kind`, `year`, `state`, `indicator`, `finding`, `format` or `tag`.
    pub field: &'static str,
    /// The values, most first.
    pub counts: Vec<Count>,
}

/// How many hits have a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Count {
    /// The value; `-` for none.
    pub value: String,
    /// How many.
    pub n: u64,
}

impl From<&index::Facet> for Facet {
    fn from(it: &index::Facet) -> Self {
        let counts = it.counts.iter().map(|(value, n)| Count { value: value.clone(), n: *n });
        Self { field: it.field, counts: counts.collect() }
    }
}

/// A part of the question as understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Chip {
    /// The part.
    pub shown: String,
    /// The question without it.
    pub without: String,
}

impl From<&search::Chip> for Chip {
    fn from(it: &search::Chip) -> Self {
        Self { shown: it.shown.clone(), without: it.without.clone() }
    }
}

/// What was found, with what to narrow it by.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Searched {
    /// What was found.
    #[serde(flatten)]
    pub found: Found,
    /// Counts over all hits.
    pub facets: Vec<Facet>,
    /// The question as understood.
    pub chips: Vec<Chip>,
}

/// One way to go on typing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Suggestion {
    /// `unit`, `indicator`, `tag`, `number` or `title`.
    pub kind: &'static str,
    /// What stands in the search box once it is taken.
    pub typed: String,
    /// What is shown.
    pub shown: String,
}

impl From<&search::suggest::Suggestion> for Suggestion {
    fn from(it: &search::suggest::Suggestion) -> Self {
        Self { kind: it.kind, typed: it.typed.clone(), shown: it.shown.clone() }
    }
}

/// Ways to go on typing, the likeliest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Suggested {
    /// The ways.
    pub suggestions: Vec<Suggestion>,
}
