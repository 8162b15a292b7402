//! What goes on in the background: reading what is new and bringing the index up, one process at a time.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, watch};

use crate::archive::Processing;
use crate::domain::id::EntryId;
use crate::error::Result;
use crate::web::site::Site;

/// What the server is doing besides answering.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Doing {
    /// All is read and indexed.
    #[default]
    Nothing,
    /// Another process reads and indexes this archive.
    Elsewhere,
    /// Reading; at least so many files are left.
    Reading(usize),
    /// Indexing so many pieces of so many.
    Indexing(usize, usize),
    /// It failed and is tried again.
    Failed,
}

/// The work and the bell that wakes it.
#[derive(Debug)]
pub(super) struct Work {
    bell: Notify,
    doing: watch::Sender<Doing>,
}

impl Default for Work {
    fn default() -> Self {
        Self { bell: Notify::new(), doing: watch::Sender::new(Doing::Nothing) }
    }
}

/// How often the ledger is looked at for what other processes appended.
const LOOK: Duration = Duration::from_millis(500);

/// The longest that a fault is waited out before the next try.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// How often all files of the index are looked through for damage.
const LOOK_THROUGH: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// How long to wait after looking through them failed.
const REST: jiff::SignedDuration = jiff::SignedDuration::from_mins(1);

impl Work {
    /// Wakes the work: something was filed or decided.
    pub(super) fn wake(&self) {
        self.bell.notify_one();
    }

    /// Returns what is being done.
    pub(super) fn doing(&self) -> Doing {
        self.doing.borrow().clone()
    }
}

/// Reads and indexes whatever is new until the server stops. A fault is logged and tried again.
pub(super) async fn work(site: Arc<Site>, mut stopping: watch::Receiver<bool>) {
    let mut turns = Turns::default();
    let mut swept = Timestamp::MIN;
    while !*stopping.borrow() {
        // What a process that was killed left behind is old enough only after a while.
        if turns.held.is_some() && now().duration_since(swept) > jiff::SignedDuration::from_mins(10) {
            swept = now();
            if let Err(error) = site.archive.store().sweep(swept) {
                tracing::warn!("sweeping: {error:#}");
            }
        }
        let done = tokio::select! {
            it = turn(&site, &mut turns) => it,
            _ = stopping.changed() => return,
        };
        let wait = match done {
            Ok(()) => {
                turns.n_failed = 0;
                LOOK
            }
            Err(error) => {
                tracing::error!("reading and indexing: {error:#}");
                site.work.doing.send_replace(Doing::Failed);
                turns.n_failed += 1;
                LONGEST_WAIT.min(LOOK * 2_u32.pow(turns.n_failed.min(10)))
            }
        };
        tokio::select! {
            () = site.work.bell.notified() => {}
            () = tokio::time::sleep(wait) => {}
            _ = stopping.changed() => return,
        }
    }
}

/// What is known from one turn to the next.
#[derive(Default)]
struct Turns {
    /// The right to read and index, once this process has it.
    held: Option<Processing>,
    /// The last entry that was read and indexed.
    reached: Option<EntryId>,
    /// When the files of the index were last looked through.
    looked_through: Option<LookedThrough>,
    /// How many turns in a row failed.
    n_failed: u32,
}

/// When the files of the index were looked through, and how long no doubt is a reason to do so again: twenty times as
/// long as it took.
struct LookedThrough {
    at: Timestamp,
    rest: jiff::SignedDuration,
}

/// One turn: takes the lock where it is free, reads what is unread, indexes what was appended since the last turn.
async fn turn(site: &Site, turns: &mut Turns) -> Result<()> {
    let tell = |doing: Doing| {
        site.work.doing.send_replace(doing);
    };
    let indexing = |n, of| tell(Doing::Indexing(n, of));
    if turns.held.is_none() {
        turns.held = Processing::lock(&site.archive)?;
    }
    let Some(processing) = &turns.held else {
        tell(Doing::Elsewhere);
        return Ok(());
    };
    let head = site.archive.ledger().head().await?.entry;
    // The engine does not look for damage by itself, and what it cannot find it does not miss.
    let is_due = match &turns.looked_through {
        None => true,
        Some(last) => {
            let age = now().duration_since(last.at);
            age > LOOK_THROUGH || (age > last.rest && site.archive.take_doubt())
        }
    };
    if is_due {
        let since = now();
        // Where it fails it is not tried at every turn.
        turns.looked_through = Some(LookedThrough { at: since, rest: REST });
        processing.mend_index(indexing).await?;
        let rest = now().duration_since(since).saturating_mul(20);
        turns.looked_through = Some(LookedThrough { at: now(), rest });
        tell(Doing::Nothing);
    }
    if turns.reached == Some(head) && processing.has_index() {
        return Ok(());
    }
    // What was filed is found by its name at once, and by its text soon after that is read, whatever takes long.
    let is_read = Notify::new();
    let reading = async {
        let done = read(processing, &tell).await;
        is_read.notify_one();
        done
    };
    let indexing_meanwhile = async {
        loop {
            processing.index_new(indexing).await?;
            tokio::select! {
                () = is_read.notified() => break Ok(()),
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    };
    let (read, indexed): (Result<()>, Result<()>) = tokio::join!(reading, indexing_meanwhile);
    read.and(indexed)?;
    processing.index_new(indexing).await?;
    // What came in since then is for the next turn, what was read just now among it.
    turns.reached = Some(head);
    tell(Doing::Nothing);
    Ok(())
}

/// Reads until nothing is unread.
async fn read(processing: &Processing, tell: &(impl Fn(Doing) + Sync)) -> Result<()> {
    while processing.read_some(now(), |it| tell(Doing::Reading(it.n_left))).await? > 0 {}
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the web looks at the clock for work nobody asked for")]
fn now() -> Timestamp {
    Timestamp::now()
}
