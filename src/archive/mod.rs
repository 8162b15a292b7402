//! The archive: store, ledger and index of one folder, opened together.
//!
//! Read `filing` for how material comes in, `processing` for how it is read and indexed, `backup` for how a copy
//! is taken. The archive has no verbs of its own beyond these: what people ask stands in the chapters after it.
//!
//! **Invariant:** a blob is durable before an entry names it, and a filing is acknowledged after its entry is.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::tz::TimeZone;
use tokio::sync::Mutex;

use crate::cage::Keeper;
use crate::domain::actor::Act;
use crate::domain::id::{Digest, EvidenceId};
use crate::error::{Error, Result};
use crate::index::Index;
use crate::ledger::event::Event;
use crate::ledger::fold::Fold;
use crate::ledger::{Ledger, Touches};
use crate::store::Store;

pub mod filing;

pub mod turned;

mod reception;

mod records;

pub mod processing;

pub mod indexing;

pub mod backup;

pub use processing::Processing;

/// One archive folder, opened.
pub struct Archive {
    root: PathBuf,
    store: Store,
    ledger: Ledger,
    keeper: Keeper,
    warm: Mutex<Option<Arc<Fold>>>,
    index: std::sync::Mutex<Option<Arc<Index>>>,
    /// Whether what the index answered may come of damage.
    doubted: AtomicBool,
}

/// The file of the ledger within the archive folder.
const LEDGER: &str = "ledger.sqlite";

/// The folder of the index within the archive folder.
const INDEX: &str = "index";

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive").field("root", &self.root).finish_non_exhaustive()
    }
}

impl Archive {
    /// Makes a new archive in an empty or absent folder.
    ///
    /// # Errors
    /// `Invalid` for an unknown time zone; `Conflict` where the folder holds something already.
    pub async fn create(root: &Path, timezone: &str, act: &Act) -> Result<()> {
        if TimeZone::get(timezone).is_err() {
            let message = format!("“{timezone}” is not a time zone; use an IANA name such as Asia/Shanghai.");
            return Err(Error::invalid(message));
        }
        std::fs::create_dir_all(root).map_err(|it| Error::io("making the folder", root, it))?;
        let mut there = std::fs::read_dir(root).map_err(|it| Error::io("reading the folder", root, it))?;
        if there.next().is_some() {
            let message =
                format!("{} is not empty; choose an empty or new folder for the archive.", root.display());
            return Err(Error::conflict(message));
        }
        Store::create(root)?;
        let ledger = Ledger::create(&root.join(LEDGER)).await?;
        let event = Event::ArchiveCreated { timezone: timezone.to_owned() };
        ledger.act(act.now, &act.actor, Touches::default(), |desk| desk.record(event)).await?;
        ledger.close().await;
        Ok(())
    }

    /// Opens an archive folder. What a disposal that was killed left behind is removed then.
    ///
    /// # Errors
    /// `NotFound` where there is none; `Unsupported` where a newer program wrote it.
    pub async fn open(root: &Path, keeper: Keeper) -> Result<Arc<Self>> {
        let ledger = Ledger::open(&root.join(LEDGER)).await?;
        let store = Store::open(root)?;
        let archive = Self {
            root: root.to_owned(),
            store,
            ledger,
            keeper,
            warm: Mutex::new(None),
            index: std::sync::Mutex::new(None),
            doubted: AtomicBool::new(false),
        };
        // Where it cannot be done now there may be work all the same; the audit tells of it until it is.
        if let Err(error) = archive.finish_disposals().await {
            tracing::warn!("files of disposed pieces are still there: {error:#}");
        }
        Ok(Arc::new(archive))
    }

    /// Returns the folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the folder of the index.
    pub fn index_folder(&self) -> PathBuf {
        self.root.join(INDEX)
    }

    /// Returns the store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Returns what starts the children of the cage.
    pub fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    /// Returns the state as of the last entry, kept warm from one call to the next.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn fold(&self) -> Result<Arc<Fold>> {
        let mut warm = self.warm.lock().await;
        let head = self.ledger.head().await?;
        if let Some(fold) = warm.as_ref().filter(|it| it.head == Some(head)) {
            return Ok(Arc::clone(fold));
        }
        let mut fold = match warm.take() {
            Some(fold) => fold,
            None => Arc::new(self.ledger.fold().await?),
        };
        self.ledger.catch_up(Arc::make_mut(&mut fold)).await?;
        *warm = Some(Arc::clone(&fold));
        Ok(fold)
    }

    /// Returns the state at the end of a day in the archive's time zone: the one kept warm where the day is not over.
    ///
    /// # Errors
    /// Those of the ledger; `Invalid` for a day out of the calendar.
    pub async fn fold_as_of(&self, day: jiff::civil::Date, now: jiff::Timestamp) -> Result<Arc<Fold>> {
        let fold = self.fold().await?;
        if day >= fold.today(now) {
            return Ok(fold);
        }
        let odd = |it| Error::invalid(format!("{day} is out of the calendar.")).with_source(it);
        let midnight = day.tomorrow().map_err(odd)?.to_datetime(jiff::civil::Time::midnight());
        let end = fold.zone().to_timestamp(midnight).map_err(odd)?;
        let until = end.checked_sub(jiff::SignedDuration::from_micros(1)).map_err(odd)?;
        Ok(Arc::new(self.ledger.fold_until(until).await?))
    }

    /// Disposes of a piece: empties what the ledger says of it and removes its blobs, what was derived from them, and
    /// its place in the index on the next catching up.
    ///
    /// # Errors
    /// Those of [`Ledger::dispose`] and of the store. Where files could not be removed it is tried again whenever the
    /// archive is opened, and on the next disposal.
    pub async fn dispose(&self, act: &Act, id: EvidenceId, reason: &str) -> Result<usize> {
        self.finish_disposals().await?;
        let blobs = self.ledger.dispose(act.now, &act.actor, id, reason).await?;
        *self.warm.lock().await = None;
        self.remove(&blobs).await.map_err(|it| {
            let message = format!(
                "#{id} was disposed of, but not every file of it could be removed ({it}); it is tried again whenever \
                 the archive is opened."
            );
            let zh = format!(
                "#{id} 已处置，但有文件未能删除（{}）；每次打开档案库时会再次尝试。",
                it.message_in(false)
            );
            Error::new(it.kind(), message).zh(zh).with_source(it)
        })?;
        Ok(blobs.len())
    }

    /// Removes what disposals that were killed left behind.
    async fn finish_disposals(&self) -> Result<()> {
        let left = self.ledger.removals().await?;
        if left.is_empty() {
            return Ok(());
        }
        // The same bytes may have been filed again since.
        let named = self.ledger.fold().await?.blobs();
        let (refiled, left): (Vec<_>, Vec<_>) = left.into_iter().partition(|it| named.contains(it));
        self.ledger.removed(&refiled).await?;
        self.remove(&left).await
    }

    async fn remove(&self, blobs: &[Digest]) -> Result<()> {
        for blob in blobs {
            self.store.remove_derived(blob)?;
            self.store.remove(blob)?;
        }
        if blobs.is_empty() { Ok(()) } else { self.ledger.removed(blobs).await }
    }
}
