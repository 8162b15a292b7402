//! Facets: counts of all hits by what they are, taken by number of the value and named at the end.
//!
//! A search may hit every piece there is, so what a segment says of its pieces is laid out once, when it is loaded, for
//! reading and adding up: some 50 bytes a piece.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::index::SegmentId;
use tantivy::{DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

use crate::index::document::Facet;

const FIELDS: [&str; 8] = ["unit", "kind", "year", "state", "indicator", "finding", "format", "tag"];

/// Values of one field that are told.
const VALUES: usize = 500;

/// What the pieces of a segment have in the fields.
#[derive(Default)]
struct Properties {
    /// Each value with the place of its field.
    names: Vec<(usize, String)>,
    /// The values of all pieces in a row, as places in `names`.
    values: Vec<u32>,
    /// Where those of a piece begin; those of the next one begin where they end.
    starts: Vec<u32>,
}

impl Properties {
    fn of(segment: &SegmentReader) -> tantivy::Result<Self> {
        let (mut res, mut columns) = (Self::default(), Vec::new());
        for (place, field) in FIELDS.iter().enumerate() {
            let Some(column) = segment.fast_fields().str(field)? else { continue };
            let first = res.names.len() as u64;
            let all: Vec<u64> = (0..column.num_terms() as u64).collect();
            let name = |it: &[u8]| res.names.push((place, String::from_utf8_lossy(it).into_owned()));
            column.dictionary().sorted_ords_to_term_cb(&all, name)?;
            columns.push((column, first));
        }
        for doc in 0..segment.max_doc() {
            res.starts.push(res.values.len() as u32);
            for (column, first) in &columns {
                res.values.extend(column.term_ords(doc).map(|it| (first + it) as u32));
            }
        }
        res.starts.push(res.values.len() as u32);
        Ok(res)
    }

    fn of_piece(&self, doc: DocId) -> &[u32] {
        match self.starts.get(doc as usize..doc as usize + 2) {
            Some(&[from, to]) => &self.values[from as usize..to as usize],
            _ => &[],
        }
    }
}

/// Counts every hit in each of the fields.
#[derive(Clone, Default)]
pub(super) struct Facets(Arc<HashMap<SegmentId, Arc<Properties>>>);

impl Facets {
    /// Lays out the segments of a searcher; those known already are kept.
    pub(super) fn of(searcher: &Searcher, known: &Self) -> tantivy::Result<Self> {
        let laid_out = |segment: &SegmentReader| {
            let id = segment.segment_id();
            if let Some(known) = known.0.get(&id) {
                return Ok((id, Arc::clone(known)));
            }
            Ok((id, Arc::new(Properties::of(segment)?)))
        };
        let all: tantivy::Result<_> = searcher.segment_readers().iter().map(laid_out).collect();
        Ok(Self(Arc::new(all?)))
    }
}

/// The counts of one segment: how many hits have each value.
pub(super) struct Counting {
    properties: Arc<Properties>,
    counts: Vec<u64>,
}

impl Collector for Facets {
    type Fruit = Vec<Facet>;
    type Child = Counting;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<Counting> {
        let properties = self.0.get(&segment.segment_id()).map(Arc::clone).unwrap_or_default();
        let counts = vec![0; properties.names.len()];
        Ok(Counting { properties, counts })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Counting>) -> tantivy::Result<Vec<Facet>> {
        let mut all: Vec<HashMap<&str, u64>> = vec![HashMap::new(); FIELDS.len()];
        for segment in &segments {
            let counted = segment.properties.names.iter().zip(&segment.counts).filter(|it| *it.1 > 0);
            for ((place, name), n_hits) in counted {
                *all[*place].entry(name).or_default() += n_hits;
            }
        }
        let facet = |(field, counts): (&'static str, HashMap<&str, u64>)| {
            let mut counts: Vec<(&str, u64)> = counts.into_iter().collect();
            counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            counts.truncate(VALUES);
            Facet { field, counts: counts.into_iter().map(|(name, n)| (name.to_owned(), n)).collect() }
        };
        Ok(FIELDS.into_iter().zip(all).map(facet).collect())
    }
}

impl SegmentCollector for Counting {
    type Fruit = Self;

    fn collect(&mut self, doc: DocId, _: Score) {
        for value in self.properties.of_piece(doc) {
            self.counts[*value as usize] += 1;
        }
    }

    fn harvest(self) -> Self {
        self
    }
}
