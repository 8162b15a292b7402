//! The embedded engine: tantivy in a folder of the archive.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tantivy::collector::{Count, DocSetCollector, TopDocs};
use tantivy::directory::error::LockError;
use tantivy::query::{AllQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, IndexReader, Order, ReloadPolicy, Searcher, Term};

use crate::domain::finding::Code;
use crate::domain::id::{EntryId, EvidenceId};
use crate::error::{Error, Kind, Result};
use crate::index::analyzer::{self, Analyzer};
use crate::index::document::{Asked, Facet, Found, Hit, Sort};
use crate::index::facets::Facets;
use crate::index::fields::{Fields, schema};
use crate::index::matching::{Maker, Weights};

/// The file that names what was committed last.
const META: &str = "meta.json";

/// What is said of an index that cannot be read.
const DAMAGED: &str =
    "The index is damaged; a running server makes it again, or run `juanzong rebuild` while none runs.";
const DAMAGED_ZH: &str =
    "索引已损坏：运行中的服务会重新建立，请稍后刷新；没有服务运行时，请运行 juanzong rebuild。";

/// An index that can be asked.
pub struct Index {
    pub(super) engine: tantivy::Index,
    reader: IndexReader,
    pub(super) fields: Fields,
    pub(super) analyzer: Analyzer,
    folder: PathBuf,
    loaded: Mutex<Loaded>,
}

/// The commit that the reader has loaded.
struct Loaded {
    meta: Vec<u8>,
    reached: EntryId,
    facets: Facets,
}

/// A commit, to be asked.
pub(super) struct Commit {
    pub(super) searcher: Searcher,
    reached: EntryId,
    pub(super) facets: Facets,
}

/// What was found where an index should be.
pub enum Opened {
    /// An index of this program and dictionary.
    Ready(Box<Index>),
    /// None.
    Missing,
    /// One of another version or dictionary; it is to be made again.
    Stale,
    /// One that cannot be read, and why; it is to be made again.
    Broken(String),
}

/// The payload of a commit.
#[derive(Serialize, Deserialize)]
pub(super) struct Reached {
    pub(super) entry: i64,
    pub(super) dictionary: String,
}

impl Index {
    /// Opens the index in a folder, whose dictionary must hold just these words.
    pub fn open(folder: &Path, words: &[String]) -> Opened {
        if !Self::lies_in(folder) {
            return Opened::Missing;
        }
        let analyzer = Analyzer::new(words);
        let (schema, fields) = schema();
        let index = match tantivy::Index::open_in_dir(folder) {
            Ok(index) => index,
            Err(fault) => return Opened::Broken(fault.to_string()),
        };
        if index.schema() != schema {
            return Opened::Stale;
        }
        let opened = Self::ready(index, fields, analyzer, folder);
        match opened.map(|it| (it.payload(), it)) {
            Err(fault) => Opened::Broken(fault.to_string()),
            Ok((Ok(Some(reached)), it)) if reached.dictionary == it.analyzer.dictionary() => {
                Opened::Ready(Box::new(it))
            }
            Ok((Ok(_), _)) => Opened::Stale,
            Ok((Err(error), _)) => Opened::Broken(error.message().to_owned()),
        }
    }

    /// Makes an empty index in a folder, in place of whatever is there.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create(folder: &Path, words: &[String]) -> Result<Self> {
        clear(folder)?;
        std::fs::create_dir_all(folder).map_err(|it| Error::io("making the folder", folder, it))?;
        let (schema, fields) = schema();
        let index = tantivy::Index::create_in_dir(folder, schema).map_err(fault_of)?;
        Self::ready(index, fields, Analyzer::new(words), folder).map_err(fault_of)
    }

    fn ready(
        mut index: tantivy::Index,
        fields: Fields,
        analyzer: Analyzer,
        folder: &Path,
    ) -> tantivy::Result<Self> {
        analyzer.register(&index);
        // Segments are searched side by side: what takes long is words that most pieces hold.
        index.set_multithread_executor(std::thread::available_parallelism().map_or(1, usize::from).min(4))?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let loaded = Mutex::new(Loaded { meta: vec![], reached: EntryId(0), facets: Facets::default() });
        Ok(Self { engine: index, reader, fields, analyzer, folder: folder.to_owned(), loaded })
    }

    fn payload(&self) -> Result<Option<Reached>> {
        let payload = self.engine.load_metas().map_err(fault_of)?.payload;
        Ok(payload.and_then(|it| serde_json::from_str(&it).ok()))
    }

    /// Returns the folder it lies in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns whether an index lies in a folder, whatever it is worth.
    pub fn lies_in(folder: &Path) -> bool {
        folder.join(META).is_file()
    }

    /// Returns whether every file of it is as it was written. All of them are read.
    pub fn is_sound(&self) -> bool {
        // Another process may write meanwhile, and take away files that it wrote anew.
        const TRIES: usize = 5;
        let meta = || std::fs::read(self.folder.join(META)).unwrap_or_default();
        for _ in 0..TRIES {
            let before = meta();
            if matches!(self.engine.validate_checksum(), Ok(damaged) if damaged.is_empty()) {
                return true;
            }
            if before == meta() {
                return false;
            }
        }
        true
    }

    /// Returns whether it still lies in its folder and knows just these words.
    pub fn is_in_place(&self, words: &[String]) -> bool {
        Self::lies_in(&self.folder) && self.analyzer.dictionary() == analyzer::dictionary(words)
    }

    /// Returns the last entry it knows; 0 where it is empty.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn reached(&self) -> Result<EntryId> {
        Ok(EntryId(self.payload()?.map_or(0, |it| it.entry)))
    }

    /// Returns how many pieces it holds.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn count(&self) -> Result<u64> {
        Ok(self.loaded()?.searcher.num_docs())
    }

    /// Returns the numbers of the pieces it holds.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn ids(&self) -> Result<Vec<EvidenceId>> {
        Ok(self.found(&AllQuery)?.into_iter().collect())
    }

    /// Returns the pieces on which a finding is open, as they were indexed.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn bearing(&self, code: Code) -> Result<BTreeSet<EvidenceId>> {
        let code = Term::from_field_text(self.fields.finding, code.as_str());
        self.found(&TermQuery::new(code, IndexRecordOption::Basic))
    }

    fn found(&self, query: &dyn Query) -> Result<BTreeSet<EvidenceId>> {
        let searcher = self.loaded()?.searcher;
        let found = searcher.search(query, &DocSetCollector).map_err(fault_of)?;
        // Opened once each: there may be as many of them as there are pieces.
        let columns: tantivy::Result<Vec<_>> =
            searcher.segment_readers().iter().map(|it| it.fast_fields().i64("evidence")).collect();
        let columns = columns.map_err(fault_of)?;
        let id = |it: DocAddress| columns.get(it.segment_ord as usize)?.first(it.doc_id).map(EvidenceId);
        found.into_iter().map(|it| id(it).ok_or_else(damaged)).collect()
    }

    /// Returns the last commit, of whatever process, and the entry it reached.
    pub(super) fn loaded(&self) -> Result<Commit> {
        // Loading opens every segment anew, so it waits for the small file that names them to change. One that
        // cannot be read is told by the loading.
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let meta = std::fs::read(self.folder.join(META)).unwrap_or_default();
        if meta.is_empty() || loaded.meta != meta {
            self.reader.reload().map_err(fault_of)?;
            let reached = EntryId(self.payload()?.map_or(0, |it| it.entry));
            let facets = Facets::of(&self.reader.searcher(), &loaded.facets).map_err(fault_of)?;
            *loaded = Loaded { meta, reached, facets };
        }
        Ok(Commit {
            searcher: self.reader.searcher(),
            reached: loaded.reached,
            facets: loaded.facets.clone(),
        })
    }

    /// Searches: `limit` hits from `offset` on, with counts over all. Where fewer than ten are as asked, those that are
    /// near to it follow.
    ///
    /// # Errors
    /// Those of the engine; nothing that is asked is an error.
    pub fn search(&self, asked: &Asked, page: (usize, usize), sort: Sort) -> Result<Found> {
        self.weighed(asked, page, sort, Weights::default())
    }

    /// Returns how many pieces are as asked, with or without those that are near to it.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn count_of(&self, asked: &Asked, near: bool) -> Result<usize> {
        let commit = self.loaded()?;
        let maker = self.maker(&commit, Weights::default());
        let exact = maker.query(asked);
        let count = |query: &dyn Query| commit.searcher.search(query, &Count).map_err(fault_of);
        let n_exact = count(exact.as_ref())?;
        if !near {
            return Ok(n_exact);
        }
        Ok(n_exact + count(&Maker { near: true, ..maker }.others(asked, exact))?)
    }

    pub(super) fn maker<'a>(&'a self, commit: &'a Commit, weights: Weights) -> Maker<'a> {
        let (fields, analyzer, searcher) = (&self.fields, &self.analyzer, &commit.searcher);
        Maker { fields, analyzer, searcher, weights, near: false }
    }

    /// As [`search`](Self::search), with other weights, to measure them.
    ///
    /// # Errors
    /// As [`search`](Self::search).
    pub fn weighed(
        &self,
        asked: &Asked,
        (offset, limit): (usize, usize),
        sort: Sort,
        weights: Weights,
    ) -> Result<Found> {
        const FEW: usize = 10;
        let commit = self.loaded()?;
        let maker = self.maker(&commit, weights);
        let exact = maker.query(asked);
        let mut found = run(&commit, exact.as_ref(), (offset, limit), sort)?;
        let loosens = asked.want.sought().iter().any(|it| !it.exact && it.field.is_none());
        if found.total < FEW && loosens {
            let others = Maker { near: true, ..maker }.others(asked, exact);
            let page = (offset.saturating_sub(found.total), limit.saturating_sub(found.hits.len()));
            let more = run(&commit, &others, page, sort)?;
            found.near = more.total;
            found.hits.extend(more.hits.into_iter().map(|it| Hit { near: true, ..it }));
            add(&mut found.facets, more.facets);
        }
        found.entry = Some(commit.reached);
        Ok(found)
    }
}

fn run(
    Commit { searcher, facets, .. }: &Commit,
    query: &dyn Query,
    (offset, limit): (usize, usize),
    sort: Sort,
) -> Result<Found> {
    // The engine makes room for as many as are asked for.
    let n_all = usize::try_from(searcher.num_docs()).unwrap_or(usize::MAX);
    let top = TopDocs::with_limit(limit.clamp(1, n_all.max(1))).and_offset(offset.min(n_all));
    let (total, facets, hits) = match sort {
        Sort::Relevance => {
            searcher.search(query, &(Count, facets.clone(), top.order_by_score())).map_err(fault_of)?
        }
        Sort::Date | Sort::Filed => {
            let field = if sort == Sort::Date { "date" } else { "evidence" };
            let newest = top.order_by_fast_field::<i64>(field, Order::Desc);
            let (total, facets, hits) =
                searcher.search(query, &(Count, facets.clone(), newest)).map_err(fault_of)?;
            (total, facets, hits.into_iter().map(|(_, at)| (0.0, at)).collect())
        }
        Sort::Size => {
            let largest = top.order_by_fast_field::<u64>("bytes", Order::Desc);
            let (total, facets, hits) =
                searcher.search(query, &(Count, facets.clone(), largest)).map_err(fault_of)?;
            (total, facets, hits.into_iter().map(|(_, at)| (0.0, at)).collect())
        }
    };
    let hit = |(score, at): (f32, DocAddress)| Ok(Hit { evidence: id_of(searcher, at)?, score, near: false });
    let hits = hits.into_iter().take(limit).map(hit).collect::<Result<_>>()?;
    Ok(Found { total, near: 0, entry: None, hits, facets })
}

/// Adds the counts of hits that are none of the others.
fn add(facets: &mut [Facet], more: Vec<Facet>) {
    for (facet, other) in facets.iter_mut().zip(more) {
        for (value, n) in other.counts {
            match facet.counts.iter_mut().find(|it| it.0 == value) {
                Some(known) => known.1 += n,
                None => facet.counts.push((value, n)),
            }
        }
        facet.counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    }
}

pub(super) fn id_of(searcher: &Searcher, at: DocAddress) -> Result<EvidenceId> {
    let column = searcher.segment_reader(at.segment_ord).fast_fields().i64("evidence").map_err(fault_of)?;
    let id = column.first(at.doc_id);
    id.map(EvidenceId).ok_or_else(damaged)
}

/// What is told where an index cannot be read.
pub fn damaged() -> Error {
    Error::corrupt(DAMAGED).zh(DAMAGED_ZH)
}

/// Puts a new index in the place of an old one. Who has the old one open goes on reading it.
///
/// # Errors
/// Those of the file system.
pub fn swap_in(new: &Path, place: &Path) -> Result<()> {
    let old = place.with_extension("old");
    clear(&old)?;
    if place.try_exists().map_err(|it| Error::io("looking for", place, it))? {
        std::fs::rename(place, &old).map_err(|it| Error::io("moving away", place, it))?;
    }
    std::fs::rename(new, place).map_err(|it| Error::io("putting in place", new, it))?;
    clear(&old)
}

fn clear(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io("clearing", folder, fault))
        }
        _ => Ok(()),
    }
}

pub(super) fn fault_of(fault: tantivy::TantivyError) -> Error {
    use tantivy::TantivyError as Fault;
    let (kind, message, zh) = match &fault {
        Fault::LockFailure(LockError::LockBusy, _) => (
            Kind::Unavailable,
            "Another process is writing to the index; try again.",
            "另一个进程正在写索引，请稍后再试。",
        ),
        Fault::LockFailure(..) => (
            Kind::Unavailable,
            "The index is not in its place; a running server makes it again, or run `juanzong rebuild`.",
            "索引不在原处：运行中的服务会重新建立，请稍后刷新；没有服务运行时，请运行 juanzong rebuild。",
        ),
        Fault::DataCorruption(_) | Fault::OpenReadError(_) => (Kind::Corrupt, DAMAGED, DAMAGED_ZH),
        Fault::IoError(_) | Fault::OpenWriteError(_) => (
            Kind::Unavailable,
            "The index could not be read or written; is the disk full? If it is not, make the index again: start \
             the server anew, or run `juanzong rebuild` while none runs.",
            "索引读写失败，请检查磁盘是否已满；如未满，请重启服务，或在服务停止时运行 juanzong rebuild 重建索引。",
        ),
        _ => (Kind::Internal, "The index could not be asked.", "检索出错。"),
    };
    Error::new(kind, message).zh(zh).with_source(fault)
}
