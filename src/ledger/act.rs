//! Acting: one transaction that reads what it touches, decides, records and commits.

use jiff::Timestamp;

use crate::domain::id::{Digest, EntryId, EvidenceId, SubmissionId};
use crate::domain::submission::Head;
use crate::error::{Error, Result};
use crate::ledger::entry::{self, Entry, Row};
use crate::ledger::event::Event;
use crate::ledger::fold::{Changed, Fold};
use crate::ledger::pool::{Ledger, fault_of};
use crate::ledger::tables;

/// What an act will look at or change. Units and schemes are always at hand.
#[derive(Clone, Debug, Default)]
pub struct Touches {
    /// Pieces by number.
    pub evidence: Vec<EvidenceId>,
    /// Blobs, with every piece that holds one.
    pub blobs: Vec<Digest>,
    /// Submissions by number.
    pub submissions: Vec<SubmissionId>,
    /// Whether the decisions on duties are looked at.
    pub standings: bool,
}

impl Touches {
    /// Touches some pieces.
    pub fn evidence(ids: impl IntoIterator<Item = EvidenceId>) -> Self {
        Self { evidence: ids.into_iter().collect(), ..Self::default() }
    }
}

/// Where an act decides: the state it touches, and the pen.
#[derive(Debug)]
pub struct Desk {
    fold: Fold,
    head: Head,
    now: Timestamp,
    actor: String,
    rows: Vec<(Row, Vec<EvidenceId>, Option<Digest>)>,
    entries: Vec<Entry>,
    changed: Changed,
}

impl Desk {
    pub(super) fn new(fold: Fold, head: Head, now: Timestamp, actor: &str) -> Self {
        let (rows, entries) = (Vec::new(), Vec::new());
        // Entries keep microseconds; what is decided must not know more than what is replayed.
        let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        Self { fold, head, now, actor: actor.to_owned(), rows, entries, changed: Changed::default() }
    }

    /// Returns the state as it stands, with what was recorded so far.
    pub fn fold(&self) -> &Fold {
        &self.fold
    }

    /// Returns the instant of the act.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Records an event and applies it; returns the number of its entry.
    ///
    /// # Errors
    /// `Internal` where it cannot be written.
    pub fn record(&mut self, event: Event) -> Result<EntryId> {
        let row = entry::write(self.head, self.now, &self.actor, &event)?;
        let id = EntryId(row.entry_id);
        let pieces = event.speaks_of(EvidenceId(id.0));
        let blob = event.blob();
        let entry = Entry {
            id,
            at: self.now,
            actor: self.actor.clone(),
            verb: row.verb.clone(),
            event: Some(event),
            hash: row.hash,
        };
        self.head = Head { entry: id, hash: row.hash };
        self.rows.push((row, pieces, blob));
        let changed = self.fold.apply(&entry);
        self.changed.add(changed);
        self.entries.push(entry);
        Ok(id)
    }

    /// Returns a piece that the act touches.
    ///
    /// # Errors
    /// `NotFound`, with a hint where it became part of another or was disposed of.
    pub fn piece(&self, id: EvidenceId) -> Result<&std::sync::Arc<crate::domain::evidence::Evidence>> {
        if let Some(piece) = self.fold.evidence.get(&id) {
            return Ok(piece);
        }
        Err(match (self.fold.absorbed.get(&id), self.fold.disposed.get(&id)) {
            (Some(into), _) => {
                Error::not_found(format!("Evidence #{id} became part of #{into}; use that number."))
                    .zh(format!("#{id} 已并入 #{into}，请用那个编号。"))
            }
            (_, Some(_)) => Error::not_found(format!("Evidence #{id} was disposed of."))
                .zh(format!("#{id} 已按规定处置。")),
            _ => Error::not_found(format!("There is no evidence #{id}; look it up with `juanzong search`."))
                .zh(format!("没有 #{id} 这件材料，请先检索。")),
        })
    }
}

impl Changed {
    fn add(&mut self, other: Self) {
        self.evidence.extend(other.evidence);
        self.readings.extend(other.readings);
        self.standings.extend(other.standings);
        self.units.extend(other.units);
        self.schemes.extend(other.schemes);
        self.submissions.extend(other.submissions);
        self.archive |= other.archive;
    }
}

/// A transaction that holds the pen of the chain.
pub(super) type Transaction = sqlx::Transaction<'static, sqlx::Sqlite>;

impl Ledger {
    /// Acts: loads what is touched, lets `decide` look and record, and commits it all or nothing.
    ///
    /// Between the load and the commit nobody else appends, so what `decide` saw still holds when it is written.
    ///
    /// # Errors
    /// What `decide` refuses with; `Unavailable` where the database is busy or the disk full. Nothing is kept then.
    pub async fn act<T: Send>(
        &self,
        now: Timestamp,
        actor: &str,
        touches: Touches,
        decide: impl FnOnce(&mut Desk) -> Result<T> + Send,
    ) -> Result<(T, Vec<Entry>)> {
        let mut transaction = self.begin().await?;
        let mut fold = Fold::default();
        tables::load_ground(&mut transaction, &mut fold).await?;
        for id in &touches.evidence {
            tables::load_evidence(&mut transaction, &mut fold, *id).await?;
        }
        for blob in &touches.blobs {
            tables::load_holders(&mut transaction, &mut fold, blob).await?;
        }
        for id in &touches.submissions {
            tables::load_submission(&mut transaction, &mut fold, id.0).await?;
        }
        if touches.standings {
            tables::load_standings(&mut transaction, &mut fold).await?;
        }
        let head = tables::head(&mut transaction).await?;
        let mut desk = Desk::new(fold, head, now, actor);
        let decided = decide(&mut desk)?;
        let entries = keep(&mut transaction, desk).await?;
        transaction.commit().await.map_err(fault_of)?;
        Ok((decided, entries))
    }

    pub(super) async fn begin(&self) -> Result<Transaction> {
        self.pool.begin_with("begin immediate").await.map_err(fault_of)
    }
}

/// Writes what a desk recorded.
pub(super) async fn keep(transaction: &mut Transaction, desk: Desk) -> Result<Vec<Entry>> {
    for (row, pieces, blob) in &desk.rows {
        tables::append(transaction, row, pieces, *blob).await?;
    }
    tables::store(transaction, &desk.fold, &desk.changed).await?;
    Ok(desk.entries)
}
