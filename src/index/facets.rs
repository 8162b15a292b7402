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

const FIELDS: [&str; 6] = ["unit", "kind", "year", "state", "indicator", "finding"];

/// Values of one field that are told.
const VALUES: usize = 500;

/// What the pieces of a segment have in one field.
#[derive(Default)]
struct Property {
    names: Vec<String>,
    /// The values of all pieces in a row, as places in `names`.
    values: Vec<u32>,
    /// Where those of a piece begin; those of the next one begin where they end.
    starts: Vec<u32>,
}

impl Property {
    fn of(field: &str, segment: &SegmentReader) -> tantivy::Result<Self> {
        let mut res = Self::default();
        let Some(column) = segment.fast_fields().str(field)? else { return Ok(res) };
        let all: Vec<u64> = (0..column.num_terms() as u64).collect();
        let name = |value: &[u8]| res.names.push(String::from_utf8_lossy(value).into_owned());
        column.dictionary().sorted_ords_to_term_cb(&all, name)?;
        for doc in 0..segment.max_doc() {
            res.starts.push(res.values.len() as u32);
            res.values.extend(column.term_ords(doc).map(|it| it as u32));
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

type Properties = Arc<Vec<Property>>;

/// Counts every hit in each of the fields.
#[derive(Clone, Default)]
pub(super) struct Facets(Arc<HashMap<SegmentId, Properties>>);

impl Facets {
    /// Lays out the segments of a searcher; those known already are kept.
    pub(super) fn of(searcher: &Searcher, known: &Self) -> tantivy::Result<Self> {
        let laid_out = |segment: &SegmentReader| {
            let id = segment.segment_id();
            if let Some(known) = known.0.get(&id) {
                return Ok((id, Arc::clone(known)));
            }
            let properties = FIELDS.iter().map(|field| Property::of(field, segment));
            Ok((id, Arc::new(properties.collect::<tantivy::Result<_>>()?)))
        };
        let all: tantivy::Result<_> = searcher.segment_readers().iter().map(laid_out).collect();
        Ok(Self(Arc::new(all?)))
    }
}

/// The counts of one segment: of each field, how many hits have each value.
pub(super) struct Counting {
    properties: Properties,
    counts: Vec<Vec<u64>>,
}

impl Collector for Facets {
    type Fruit = Vec<Facet>;
    type Child = Counting;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<Counting> {
        let properties = self.0.get(&segment.segment_id()).map(Arc::clone).unwrap_or_default();
        let counts = properties.iter().map(|it| vec![0; it.names.len()]).collect();
        Ok(Counting { properties, counts })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Counting>) -> tantivy::Result<Vec<Facet>> {
        let facet = |(n, field): (usize, &'static str)| {
            let mut all: HashMap<&str, u64> = HashMap::new();
            for segment in &segments {
                let Some((property, counts)) = segment.properties.get(n).zip(segment.counts.get(n)) else {
                    continue;
                };
                for (name, n_hits) in property.names.iter().zip(counts).filter(|it| *it.1 > 0) {
                    *all.entry(name).or_default() += n_hits;
                }
            }
            let mut counts: Vec<(&str, u64)> = all.into_iter().collect();
            counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            counts.truncate(VALUES);
            Facet { field, counts: counts.into_iter().map(|(name, n)| (name.to_owned(), n)).collect() }
        };
        Ok(FIELDS.into_iter().enumerate().map(facet).collect())
    }
}

impl SegmentCollector for Counting {
    type Fruit = Self;

    fn collect(&mut self, doc: DocId, _: Score) {
        for (property, counts) in self.properties.iter().zip(&mut self.counts) {
            for value in property.of_piece(doc) {
                counts[*value as usize] += 1;
            }
        }
    }

    fn harvest(self) -> Self {
        self
    }
}
