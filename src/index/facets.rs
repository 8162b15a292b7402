//! Facets: counts of all hits by what they are, taken by number of the value and named at the end.
//!
//! A search may hit every piece there is, so what a segment says of its pieces is laid out once, when it is loaded: two
//! numbers a piece, of the combinations of values it has, and only those are added up hit by hit.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::index::SegmentId;
use tantivy::{DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

use crate::index::document::Facet;

const FIELDS: [&str; 8] = ["unit", "kind", "year", "state", "indicator", "finding", "format", "tag"];

/// Values of one field that are told.
const MOST_VALUES: usize = 500;

/// Fields whose values are counted together, by their places: many pieces have all of them in common.
const GROUPS: [&[usize]; 2] = [&[0, 1, 2, 6], &[3, 4, 5, 7]];

/// What the pieces of a segment have in the fields.
#[derive(Default)]
struct Properties {
    /// Each value with the place of its field.
    names: Vec<(usize, String)>,
    groups: [Combinations; GROUPS.len()],
}

/// The combinations of values that pieces have in the fields of a group.
#[derive(Default)]
struct Combinations {
    /// Each combination, as places in the names.
    all: Vec<Vec<u32>>,
    /// Which of them each piece has.
    of_pieces: Vec<u32>,
}

impl Properties {
    fn of(segment: &SegmentReader) -> tantivy::Result<Self> {
        let (mut names, mut columns) = (Vec::new(), Vec::new());
        for (place, field) in FIELDS.iter().enumerate() {
            let Some(column) = segment.fast_fields().str(field)? else { continue };
            let first = names.len() as u64;
            let all: Vec<u64> = (0..column.num_terms() as u64).collect();
            let name = |it: &[u8]| names.push((place, String::from_utf8_lossy(it).into_owned()));
            column.dictionary().sorted_ords_to_term_cb(&all, name)?;
            columns.push((place, column, first));
        }
        let groups = GROUPS.map(|group| {
            let (mut res, mut known) = (Combinations::default(), HashMap::new());
            let columns: Vec<_> = columns.iter().filter(|it| group.contains(&it.0)).collect();
            for doc in 0..segment.max_doc() {
                let values = columns
                    .iter()
                    .flat_map(|(_, column, first)| column.term_ords(doc).map(move |it| (first + it) as u32));
                let values: Vec<u32> = values.collect();
                let combination = known.entry(values).or_insert_with_key(|values| {
                    res.all.push(values.clone());
                    res.all.len() as u32 - 1
                });
                res.of_pieces.push(*combination);
            }
            res
        });
        Ok(Self { names, groups })
    }
}

/// Counts every hit in each of the fields.
#[derive(Clone, Default)]
pub(super) struct Facets {
    segments: Arc<HashMap<SegmentId, Arc<Properties>>>,
    /// Whether the values that are rare among many are told too.
    rare: bool,
}

impl Facets {
    /// Lays out the segments of a searcher; those known already are kept.
    pub(super) fn of(searcher: &Searcher, known: &Self) -> tantivy::Result<Self> {
        let laid_out = |segment: &SegmentReader| {
            let id = segment.segment_id();
            if let Some(known) = known.segments.get(&id) {
                return Ok((id, Arc::clone(known)));
            }
            Ok((id, Arc::new(Properties::of(segment)?)))
        };
        let all: tantivy::Result<_> = searcher.segment_readers().iter().map(laid_out).collect();
        Ok(Self { segments: Arc::new(all?), rare: false })
    }

    /// Returns the same, that tells the rare values too.
    pub(super) fn with_rare(&self) -> Self {
        Self { rare: true, ..self.clone() }
    }

    /// Returns every value of a field, also of pieces that are gone.
    pub(super) fn values(&self, field: &str) -> BTreeSet<&str> {
        let names = self.segments.values().flat_map(|it| &it.names);
        names.filter(|it| FIELDS[it.0] == field).map(|it| it.1.as_str()).collect()
    }
}

/// The counts of one segment: how many hits have each combination.
pub(super) struct Counting {
    properties: Arc<Properties>,
    counts: [Vec<u64>; GROUPS.len()],
}

impl Counting {
    /// Returns how many hits have each value.
    fn by_value(&self) -> Vec<u64> {
        let mut res = vec![0; self.properties.names.len()];
        for (group, counts) in self.properties.groups.iter().zip(&self.counts) {
            for (combination, n_hits) in group.all.iter().zip(counts).filter(|it| *it.1 > 0) {
                combination.iter().for_each(|it| res[*it as usize] += n_hits);
            }
        }
        res
    }
}

impl Collector for Facets {
    type Fruit = Vec<Facet>;
    type Child = Counting;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<Counting> {
        let properties = self.segments.get(&segment.segment_id()).map(Arc::clone).unwrap_or_default();
        let counts = std::array::from_fn(|it| vec![0; properties.groups[it].all.len()]);
        Ok(Counting { properties, counts })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Counting>) -> tantivy::Result<Vec<Facet>> {
        let mut all: Vec<HashMap<&str, u64>> = vec![HashMap::new(); FIELDS.len()];
        for segment in &segments {
            let counts = segment.by_value();
            let counted = segment.properties.names.iter().zip(&counts).filter(|it| *it.1 > 0);
            for ((place, name), n_hits) in counted {
                *all[*place].entry(name).or_default() += n_hits;
            }
        }
        let facet = |(field, counts): (&'static str, HashMap<&str, u64>)| {
            let mut counts: Vec<(&str, u64)> = counts.into_iter().collect();
            counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            counts.truncate(if self.rare { usize::MAX } else { MOST_VALUES });
            Facet { field, counts: counts.into_iter().map(|(name, n)| (name.to_owned(), n)).collect() }
        };
        Ok(FIELDS.into_iter().zip(all).map(facet).collect())
    }
}

impl SegmentCollector for Counting {
    type Fruit = Self;

    fn collect(&mut self, doc: DocId, _: Score) {
        for (group, counts) in self.properties.groups.iter().zip(&mut self.counts) {
            // A piece that a segment did not have when it was laid out cannot be hit.
            if let Some(combination) = group.of_pieces.get(doc as usize) {
                counts[*combination as usize] += 1;
            }
        }
    }

    fn harvest(self) -> Self {
        self
    }
}
