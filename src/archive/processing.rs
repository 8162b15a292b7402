//! Processing: reading blobs that are new, and bringing the index up to the ledger. The only loop of the program.
//!
//! One process at a time holds the lock; a server holds it while it runs, without one a command takes it for its run.

use std::fs::{File, TryLockError};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::Receiver;

use crate::archive::Archive;
use crate::domain::finding::{Code, Finding};
use crate::domain::id::{Digest, EntryId, EvidenceId};
use crate::domain::reading::{Reading, Status};
use crate::error::{Error, Result};
use crate::extract::{self, Extraction, Section};
use crate::index::Writer;
use crate::ledger::Touches;
use crate::ledger::event::Event;
use crate::ledger::fold::Fold;

/// The name under which the text of a blob lies beside it.
pub const TEXT: &str = "text";

/// The name of the table of its pages.
pub const SECTIONS: &str = "sections.json";

/// The name of its thumbnail.
pub const THUMBNAIL: &str = "thumbnail.jpg";

/// The actor of entries that the program itself writes.
const READER: &str = "juanzong";

/// The lock of the one process that reads and indexes.
#[derive(Debug)]
pub struct Processing {
    archive: Arc<Archive>,
    lock: File,
    /// What the index is written with, while it stays open.
    writer: Mutex<Option<Writer>>,
    /// The entry up to which everything was read: what came before need not be gone through again.
    read_up_to: AtomicI64,
}

/// A blob that was read, with the pieces that hold it.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The blob.
    pub blob: Digest,
    /// The pieces that hold it.
    pub evidence: Vec<EvidenceId>,
    /// What it says.
    pub reading: Arc<Reading>,
    /// How many are still unread, at least.
    pub n_left: usize,
}

impl Drop for Processing {
    /// Gives the lock back by name: a child that is being started just now holds the file open too until it runs.
    fn drop(&mut self) {
        if let Err(fault) = self.lock.unlock() {
            tracing::warn!(%fault, "the processing lock could not be given back");
        }
    }
}

impl Processing {
    /// Takes the lock; none where another process holds it, or where nothing can be written: on a read-only disk or in
    /// the folder of another account, which can be searched as far as it was processed.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn lock(archive: &Arc<Archive>) -> Result<Option<Self>> {
        let path = archive.root().join("processing.lock");
        let file = File::options().create(true).append(true).open(&path);
        let file = match file {
            Ok(file) => file,
            Err(fault) if is_denied(&fault) => return Ok(None),
            Err(fault) => return Err(Error::io("opening", &path, fault)),
        };
        match file.try_lock() {
            Ok(()) => Ok(Some(Self {
                archive: Arc::clone(archive),
                lock: file,
                writer: Mutex::default(),
                read_up_to: AtomicI64::new(0),
            })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(fault)) => Err(Error::io("locking", &path, fault)),
        }
    }

    /// Returns the archive that is processed.
    pub fn archive(&self) -> &Arc<Archive> {
        &self.archive
    }

    /// Returns the writer that was kept; whoever takes it keeps it again.
    pub(super) fn kept(&self) -> Option<Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Keeps the writer open for what comes next.
    pub(super) fn keep(&self, writer: Writer) {
        *self.writer.lock().unwrap_or_else(PoisonError::into_inner) = Some(writer);
    }

    /// Reads blobs that no reader of this version has read, some at a time; `tell` is called for each.
    /// Returns how many were read; none means that nothing is left.
    ///
    /// # Errors
    /// Those of ledger and store. What a blob does to its reader is a status, not an error.
    pub async fn read_some(&self, now: jiff::Timestamp, tell: impl FnMut(Told) + Send) -> Result<usize> {
        self.read_until(now, &Arc::default(), tell).await
    }

    /// As [`Processing::read_some`]; `stop` ends it after the blobs at hand, of which each is recorded.
    ///
    /// # Errors
    /// As [`Processing::read_some`].
    pub async fn read_until(
        &self,
        now: jiff::Timestamp,
        stop: &Arc<AtomicBool>,
        tell: impl FnMut(Told) + Send,
    ) -> Result<usize> {
        const AT_A_TIME: i64 = 64;
        let ledger = self.archive.ledger();
        let (after, head) = (EntryId(self.read_up_to.load(Ordering::Relaxed)), ledger.head().await?.entry);
        let unread = ledger.unread(extract::VERSION, after, AT_A_TIME).await?;
        if unread.is_empty() {
            self.read_up_to.store(head.0, Ordering::Relaxed);
        }
        self.read_these(unread, now, stop, tell).await
    }

    /// Reads blobs, those that were read before as well. Where an earlier reader did better its result is kept; else its
    /// text is kept under the number of its version. Returns how many were read.
    ///
    /// # Errors
    /// As [`Processing::read_some`].
    pub async fn read_these(
        &self,
        blobs: Vec<(Digest, String)>,
        now: jiff::Timestamp,
        stop: &Arc<AtomicBool>,
        mut tell: impl FnMut(Told) + Send,
    ) -> Result<usize> {
        let n_unread = blobs.len();
        if n_unread == 0 {
            return Ok(0);
        }
        let fold = self.archive.fold().await?;
        let before = |blob: &Digest| fold.readings.get(blob).cloned();
        let asked = blobs.into_iter().map(|(blob, name)| (before(&blob), blob, name)).collect();
        // Held while entries come it would be copied for them.
        drop(fold);
        let mut results = self.read_all(asked, stop);
        let mut n_left = n_unread;
        while let Some((blob, read)) = results.recv().await {
            let reading = Arc::new(read?);
            let evidence = self.record(now, blob, &reading).await?;
            n_left -= 1;
            tell(Told { blob, evidence, reading, n_left });
        }
        Ok(n_unread - n_left)
    }

    /// Makes again the texts and thumbnails of blobs that were read and whose text is not there, as in an archive
    /// restored from a backup. What the ledger says of them stays. Returns how many were made.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn remake_texts(&self, fold: &Fold) -> Result<usize> {
        let mut gone = Vec::new();
        for part in fold.evidence.values().flat_map(|it| &it.parts) {
            let blob = part.blob.sha256;
            if fold.readings.contains_key(&blob) && !self.archive.has_text(&blob)? {
                gone.push((blob, part.name.clone()));
            }
        }
        gone.sort();
        gone.dedup_by_key(|it| it.0);
        let n_gone = gone.len();
        let gone = gone.into_iter().map(|(blob, name)| (None, blob, name)).collect();
        let mut results = self.read_all(gone, &Arc::default());
        while let Some((_, read)) = results.recv().await {
            read?;
        }
        Ok(n_gone)
    }

    /// Reads blobs on as many threads as there are processors, until it is to stop.
    fn read_all(&self, blobs: Vec<Asked>, stop: &Arc<AtomicBool>) -> Receiver<(Digest, Result<Reading>)> {
        let workers = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        let queue = Arc::new(Mutex::new(blobs));
        let (sender, results) = tokio::sync::mpsc::channel(workers);
        for _ in 0..workers {
            let (archive, queue, sender) = (Arc::clone(&self.archive), Arc::clone(&queue), sender.clone());
            let stop = Arc::clone(stop);
            let next = move || queue.lock().ok().filter(|_| !stop.load(Ordering::Relaxed))?.pop();
            tokio::task::spawn_blocking(move || {
                while let Some((before, blob, name)) = next() {
                    let read = read(&archive, &blob, &name, before.as_deref());
                    if sender.blocking_send((blob, read)).is_err() {
                        return;
                    }
                }
            });
        }
        results
    }

    async fn record(&self, now: jiff::Timestamp, blob: Digest, reading: &Reading) -> Result<Vec<EvidenceId>> {
        let touches = Touches { blobs: vec![blob], ..Touches::default() };
        let event = Event::Read { blob, reading: Box::new(reading.clone()) };
        let decide = |desk: &mut crate::ledger::Desk| {
            let holders: Vec<EvidenceId> = desk.fold().holders_of(&blob).map(|it| it.id).collect();
            // A piece that was disposed of while its blob was read must leave no reading behind.
            if !holders.is_empty() {
                desk.record(event)?;
            }
            Ok(holders)
        };
        let (holders, _) = self.archive.ledger().act(now, READER, touches, decide).await?;
        if holders.is_empty() {
            self.archive.store().remove_derived(&blob)?;
        }
        Ok(holders)
    }
}

/// A blob to be read: what was read of it before, its digest, its name.
type Asked = (Option<Arc<Reading>>, Digest, String);

fn is_denied(fault: &std::io::Error) -> bool {
    use std::io::ErrorKind as Io;
    matches!(fault.kind(), Io::PermissionDenied | Io::ReadOnlyFilesystem)
}

/// Reads one blob in the cage and keeps its text, pages and thumbnail beside it.
fn read(archive: &Archive, blob: &Digest, name: &str, before: Option<&Reading>) -> Result<Reading> {
    let file = match archive.store().open_blob(blob) {
        Ok(file) => file,
        Err(error) => {
            tracing::error!(%blob, "{error:#}");
            return Ok(missing(name));
        }
    };
    let bytes = file.metadata().map_or(0, |it| it.len());
    let Extraction { reading, text, sections, thumbnail } =
        extract::extract(archive.keeper(), &file, name, extract::budget(bytes))?;
    let store = archive.store();
    if let Some(before) = before {
        if is_worse(&reading, before) {
            return Ok(kept(before, &reading));
        }
        let earlier = store.derived(blob, TEXT)?.filter(|it| *it != text.as_bytes());
        if let Some(earlier) = earlier {
            store.put_derived(blob, &format!("{TEXT}.v{}", before.version), &earlier)?;
        }
    }
    store.put_derived(blob, TEXT, text.as_bytes())?;
    if !sections.is_empty() {
        let sections = serde_json::to_vec(&sections)
            .map_err(|it| Error::internal("A table of pages cannot be written as JSON.").with_source(it))?;
        store.put_derived(blob, SECTIONS, &sections)?;
    }
    if let Some(thumbnail) = thumbnail {
        store.put_derived(blob, THUMBNAIL, &thumbnail)?;
    }
    Ok(reading)
}

/// Whether a reader came to nothing where an earlier one had read.
fn is_worse(reading: &Reading, before: &Reading) -> bool {
    let failed = matches!(
        reading.status,
        Status::Corrupt | Status::Unsupported | Status::Timeout | Status::Oom | Status::Crash
    );
    failed && matches!(before.status, Status::Ok | Status::Partial)
}

/// What an earlier reader read, with a word on the one that failed.
fn kept(before: &Reading, failed: &Reading) -> Reading {
    let mut res = Reading { version: failed.version, ..before.clone() };
    let detail = format!("第 {} 版读取：{}，沿用以前的结果", failed.version, failed.status.label(false));
    let finding = Finding::new(Code::W27, detail);
    if !res.findings.contains(&finding) {
        res.findings.push(finding);
    }
    res
}

fn missing(name: &str) -> Reading {
    let facts = crate::domain::reading::Facts {
        media_type: crate::domain::media::by_name(name).to_owned(),
        ..crate::domain::reading::Facts::default()
    };
    let finding = Finding::new(Code::E02, "档案库中找不到原文件");
    Reading {
        extractor: "none".into(),
        version: extract::VERSION,
        status: Status::Corrupt,
        facts,
        findings: vec![finding],
    }
}

impl Archive {
    /// Returns the text of a blob; empty where none was read.
    ///
    /// # Errors
    /// Those of the store.
    pub fn text(&self, blob: &Digest) -> Result<String> {
        let bytes = self.store().derived(blob, TEXT)?.unwrap_or_default();
        Ok(String::from_utf8(bytes).unwrap_or_else(|it| String::from_utf8_lossy(it.as_bytes()).into_owned()))
    }

    /// Returns whether the text of a blob lies beside it, were it an empty one.
    ///
    /// # Errors
    /// Those of the store.
    pub fn has_text(&self, blob: &Digest) -> Result<bool> {
        Ok(self.store().open_derived(blob, TEXT)?.is_some())
    }

    /// Returns where each page of the text of a blob stands.
    ///
    /// # Errors
    /// Those of the store.
    pub fn sections(&self, blob: &Digest) -> Result<Vec<Section>> {
        let bytes = self.store().derived(blob, SECTIONS)?;
        Ok(bytes.and_then(|it| serde_json::from_slice(&it).ok()).unwrap_or_default())
    }
}
