//! Finding what most pieces hold: laid out as one bit a piece, which is faster to go through than lists side by side.

use tantivy::query::{
    BitSetDocSet, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::{BitSet, DocId, Score, SegmentReader, TantivyError, Term};

/// Finds what any of some queries finds, and does not rank.
#[derive(Debug)]
pub(super) struct Dense(pub(super) Vec<Box<dyn Query>>);

impl Clone for Dense {
    fn clone(&self) -> Self {
        Self(self.0.iter().map(|it| it.box_clone()).collect())
    }
}

impl Query for Dense {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let quiet = match scoring {
            EnableScoring::Enabled { searcher, .. } => EnableScoring::disabled_from_searcher(searcher),
            disabled @ EnableScoring::Disabled { .. } => disabled,
        };
        let any: tantivy::Result<_> = self.0.iter().map(|it| it.weight(quiet)).collect();
        Ok(Box::new(Bits(any?)))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.0.iter().for_each(|it| it.query_terms(visitor));
    }
}

struct Bits(Vec<Box<dyn Weight>>);

impl Weight for Bits {
    fn scorer(&self, segment: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut found = BitSet::with_max_value(segment.max_doc());
        for weight in &self.0 {
            let insert = &mut |docs: &[DocId]| {
                for doc in docs {
                    found.insert(*doc);
                }
            };
            weight.for_each_no_score(segment, insert)?;
        }
        if found.len() == 0 {
            return Ok(Box::new(EmptyScorer));
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), 0.0)))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut found = self.scorer(segment, 1.0)?;
        if found.doc() <= doc && found.seek(doc) == doc {
            return Ok(Explanation::new("any of several", 0.0));
        }
        Err(TantivyError::InvalidArgument(format!("document {doc} is not found")))
    }
}
