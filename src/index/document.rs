//! What goes into the index and what is asked of it, as plain values.

use jiff::civil::Date;

use crate::domain::id::{EntryId, EvidenceId, IndicatorPath, SchemeId};
use crate::index::query::Term;

/// One piece as indexed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its number.
    pub evidence: i64,
    /// The id of its unit; none while unassigned.
    pub unit: Option<String>,
    /// The code of its kind.
    pub kind: String,
    /// What names it: title, document number, issuer, file names, caption. A hit here weighs more.
    pub titles: Vec<String>,
    /// The texts of its parts.
    pub texts: Vec<String>,
    /// The date it is sorted and filtered by.
    pub date: Option<Date>,
    /// What it is said to prove: scheme, standard, and the word of the standing.
    pub claims: Vec<(SchemeId, IndicatorPath, String)>,
    /// Codes of findings on it.
    pub findings: Vec<String>,
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
    /// First and last day, either open.
    pub dates: Option<(Option<Date>, Option<Date>)>,
}

/// A question with its filters resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Text to be found or excluded.
    pub terms: Vec<Term>,
    /// What all hits fit.
    pub within: Vec<Narrowing>,
    /// What no hit fits.
    pub without: Vec<Narrowing>,
    /// The units whose material the asker may see; none for all. It is part of the query itself.
    pub scope: Option<Vec<String>>,
}

/// The order of hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best first.
    #[default]
    Relevance,
    /// Newest first; undated last.
    Date,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// How many pieces in all.
    pub total: usize,
    /// The last entry the index knows.
    pub entry: Option<EntryId>,
    /// The page of hits asked for.
    pub hits: Vec<Hit>,
    /// Counts of all hits by what they are.
    pub facets: Vec<Facet>,
    /// Whether nothing was found as typed and these are the nearest.
    pub near: bool,
}

/// One hit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The piece.
    pub evidence: EvidenceId,
    /// How well it fits; 0 where hits are sorted by date.
    pub score: f32,
}

/// Counts of one property.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facet {
    /// `unit`, `kind`, `year`, `state`, `indicator` or `finding`.
    pub field: &'static str,
    /// Values with how many hits have them, most first.
    pub counts: Vec<(String, u64)>,
}
