//! What is asked at each key of somebody who types: nothing is counted that is not shown.

use std::collections::BTreeSet;

use tantivy::Order;
use tantivy::collector::TopDocs;

use crate::domain::id::EvidenceId;
use crate::error::Result;
use crate::index::document::{Asked, Narrowing, Want};
use crate::index::embedded::{Index, fault_of, id_of};
use crate::index::fold::folded;
use crate::index::matching::Weights;

impl Index {
    /// Returns the tags that fit, with the number of pieces that have them among those of some units, or of all; most
    /// first. Only pieces with a tag that fits are gone through.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn tags(
        &self,
        scope: Option<Vec<String>>,
        fits: impl Fn(&str) -> bool,
    ) -> Result<Vec<(String, u64)>> {
        let commit = self.loaded()?;
        let fitting = commit.facets.values("tag").into_iter().filter(|it| fits(it));
        let tags: BTreeSet<String> = fitting.map(folded).collect();
        if tags.is_empty() {
            return Ok(vec![]);
        }
        let narrowing = Narrowing { tags: Some(tags.into_iter().collect()), ..Narrowing::default() };
        let asked = Asked { want: Want::In(Box::new(narrowing)), scope };
        let query = self.maker(&commit, Weights::default()).query(&asked);
        let facets = commit.searcher.search(query.as_ref(), &commit.facets.with_rare()).map_err(fault_of)?;
        let counts = facets.into_iter().filter(|it| it.field == "tag").flat_map(|it| it.counts);
        // What bears one that fits may bear others.
        Ok(counts.filter(|it| fits(&it.0)).collect())
    }

    /// Returns the pieces that are as asked, filed last first, so many at most.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn newest(&self, asked: &Asked, most: usize) -> Result<Vec<EvidenceId>> {
        let commit = self.loaded()?;
        let query = self.maker(&commit, Weights::default()).query(asked);
        let newest = TopDocs::with_limit(most).order_by_fast_field::<i64>("evidence", Order::Desc);
        let found = commit.searcher.search(query.as_ref(), &newest).map_err(fault_of)?;
        found.into_iter().map(|(_, at)| id_of(&commit.searcher, at)).collect()
    }
}
