//! Writing: pieces are put in and taken out by one writer, and what it committed is seen.
//!
//! The engine merges what was committed beside the writing. Whoever writes again and again keeps the writer open, so that
//! nobody waits for a merge; [`Writer::finish`] is for whoever goes away.

use std::sync::Arc;

use tantivy::indexer::{LogMergePolicy, NoMergePolicy};
use tantivy::{IndexWriter, Term};

use crate::domain::id::{EntryId, EvidenceId};
use crate::error::{Error, Result};
use crate::index::document::Document;
use crate::index::embedded::{Index, Reached, fault_of};

/// The one writer of an index.
pub struct Writer {
    index: Arc<Index>,
    writer: IndexWriter,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("folder", &self.index.folder()).finish_non_exhaustive()
    }
}

impl Writer {
    /// Opens the one writer of an index.
    ///
    /// # Errors
    /// `Unavailable` where another process has it.
    pub fn open(index: Arc<Index>) -> Result<Self> {
        const MEMORY: usize = 64 << 20;
        let writer: IndexWriter = index.engine.writer_with_num_threads(1, MEMORY).map_err(fault_of)?;
        let mut merging = LogMergePolicy::default();
        merging.set_del_docs_ratio_before_merge(0.3);
        writer.set_merge_policy(Box::new(merging));
        Ok(Self { index, writer })
    }

    /// Returns the index it writes to.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Takes pieces out and puts pieces in; one put in takes the place of itself.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn apply(&mut self, gone: &[EvidenceId], coming: &[Document]) -> Result<()> {
        let id = self.index.fields.id;
        for evidence in gone.iter().map(|it| it.0).chain(coming.iter().map(|it| it.evidence)) {
            self.writer.delete_term(Term::from_field_i64(id, evidence));
        }
        for document in coming {
            self.writer.add_document(self.index.fields.document(document)).map_err(fault_of)?;
        }
        Ok(())
    }

    /// Makes what was applied durable and seen, as the state of an entry.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn commit(&mut self, reached: EntryId) -> Result<()> {
        let payload = Reached { entry: reached.0, dictionary: self.index.analyzer.dictionary().to_owned() };
        let payload = serde_json::to_string(&payload).map_err(|it| {
            Error::internal("The state of the index cannot be written as JSON.").with_source(it)
        })?;
        let mut prepared = self.writer.prepare_commit().map_err(fault_of)?;
        prepared.set_payload(&payload);
        prepared.commit().map(drop).map_err(fault_of)
    }

    /// Writes anew the segments that pieces were taken out of, so that nothing of them stays on the disk.
    ///
    /// # Errors
    /// Those of the engine; `Unavailable` where another process has the writer.
    pub fn purge(self) -> Result<()> {
        let index = Arc::clone(&self.index);
        // A segment that is being merged cannot be merged once more.
        self.finish()?;
        let mut writer = Self::open(Arc::clone(&index))?.writer;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        let segments = index.engine.searchable_segment_metas().map_err(fault_of)?;
        let touched: Vec<_> =
            segments.iter().filter(|it| it.num_deleted_docs() > 0).map(|it| it.id()).collect();
        drop(segments);
        if !touched.is_empty() {
            writer.merge(&touched).wait().map_err(fault_of)?;
        }
        // Files are kept for as long as a reader has them open.
        drop(index.loaded()?);
        writer.garbage_collect_files().wait().map_err(fault_of)?;
        writer.wait_merging_threads().map_err(fault_of)
    }

    /// Waits for what is being merged, before the index is moved or the process ends.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn finish(self) -> Result<()> {
        self.writer.wait_merging_threads().map_err(fault_of)
    }
}
