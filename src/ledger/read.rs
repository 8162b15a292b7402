//! Reading the ledger: the state now, the state at a past date, history, and the check of the chain.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::Row as _;

use crate::domain::id::{Digest, EntryId, EvidenceId};
use crate::domain::submission::Head;
use crate::error::{Error, Result};
use crate::ledger::entry::{Entry, GENESIS};
use crate::ledger::event::Event;
use crate::ledger::fold::Fold;
use crate::ledger::pool::{Ledger, fault_of};
use crate::ledger::tables;

/// How many entries are read at a time.
const STRETCH: i64 = 2_000;

/// The entries that speak of one piece, oldest first; an emptied one has no event.
pub type History = Vec<Entry>;

/// Where the chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainFault {
    /// The entry.
    pub entry: EntryId,
    /// What is wrong with it, as the rest of a sentence that begins with the entry.
    pub fault: String,
}

impl Ledger {
    /// Returns the end of the chain.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn head(&self) -> Result<Head> {
        let mut db = self.pool.acquire().await.map_err(fault_of)?;
        tables::head(&mut db).await
    }

    /// Returns whether the chain passed through what was the end of one, so that it is the same chain, gone on.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn passed(&self, head: Head) -> Result<bool> {
        let query = sqlx::query("select hash from entry where entry_id = $1").bind(head.entry.0);
        let row = query.fetch_optional(&self.pool).await.map_err(fault_of)?;
        Ok(head == GENESIS || row.is_some_and(|it| it.get::<String, _>(0) == head.hash.to_string()))
    }

    /// Returns the state now, from the projections, in one snapshot.
    ///
    /// # Errors
    /// Those of the database; `Corrupt` where a row cannot be read.
    pub async fn fold(&self) -> Result<Fold> {
        let mut transaction = self.pool.begin().await.map_err(fault_of)?;
        tables::load_all(&mut transaction).await
    }

    /// Returns the state that the entries up to an instant tell, folded from the first on.
    ///
    /// # Errors
    /// Those of the database; `Corrupt` where an entry cannot be read.
    pub async fn fold_until(&self, until: Timestamp) -> Result<Fold> {
        let mut fold = Fold { head: Some(GENESIS), ..Fold::default() };
        self.each_entry(GENESIS.entry, |entry| {
            if entry.at <= until {
                fold.apply(&entry);
            }
            Ok(())
        })
        .await?;
        Ok(fold)
    }

    /// Brings a state up to the end of the chain. Returns whether anything was new.
    ///
    /// # Errors
    /// Those of the database; `Corrupt` where an entry cannot be read.
    pub async fn catch_up(&self, fold: &mut Fold) -> Result<bool> {
        let before = fold.head.unwrap_or(GENESIS).entry;
        self.each_entry(before, |entry| {
            fold.apply(&entry);
            Ok(())
        })
        .await?;
        Ok(fold.head.unwrap_or(GENESIS).entry != before)
    }

    /// Calls `look` for each entry after one, in order.
    ///
    /// # Errors
    /// Those of the database and of `look`.
    pub async fn each_entry(
        &self,
        after: EntryId,
        mut look: impl FnMut(Entry) -> Result<()> + Send,
    ) -> Result<()> {
        let mut after = after;
        loop {
            let mut db = self.pool.acquire().await.map_err(fault_of)?;
            let rows = tables::entries(&mut db, after, STRETCH).await?;
            drop(db);
            let Some(last) = rows.last() else { return Ok(()) };
            after = EntryId(last.entry_id);
            for row in &rows {
                look(row.entry()?)?;
            }
        }
    }

    /// Returns the entries that speak of a piece, and those that tell what was read of its parts.
    ///
    /// # Errors
    /// Those of the database; `Corrupt` where an entry cannot be read.
    pub async fn history(&self, id: EvidenceId) -> Result<History> {
        let query = sqlx::query(
            "select entry_id, at_us, actor, verb, salt, payload, payload_digest, hash from entry where entry_id in \
             (select entry_id from entry_evidence where evidence_id = $1 \
              union select entry_id from entry_blob where sha256 in (select sha256 from part where evidence_id = $1)) \
             order by entry_id",
        );
        let rows = query.bind(id.0).fetch_all(&self.pool).await.map_err(fault_of)?;
        rows.iter().map(|it| tables::entry_row(it)?.entry()).collect()
    }

    /// Returns the pieces that entries after one changed, were it only by a reading of one of their blobs.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn touched_since(&self, after: EntryId) -> Result<BTreeSet<EvidenceId>> {
        // Said so that both sides begin at what came since, and not at all there is.
        let query = sqlx::query(
            "select evidence_id from entry_evidence where entry_id > $1 \
             union all select evidence_id from part \
             where sha256 in (select sha256 from entry_blob where entry_id > $1)",
        );
        let rows = query.bind(after.0).fetch_all(&self.pool).await.map_err(fault_of)?;
        Ok(rows.iter().map(|it| EvidenceId(it.get(0))).collect())
    }

    /// Returns whether entries after one set a unit.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn has_set_units_since(&self, after: EntryId) -> Result<bool> {
        let query = sqlx::query("select 1 from entry where entry_id > $1 and verb = $2 limit 1");
        let query = query.bind(after.0).bind(Event::UNIT_SET);
        Ok(query.fetch_optional(&self.pool).await.map_err(fault_of)?.is_some())
    }

    /// Returns the blobs of some pieces.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn blobs_of(&self, pieces: &[EvidenceId]) -> Result<Vec<Digest>> {
        let mut res = Vec::new();
        for id in pieces {
            let query = sqlx::query("select sha256 from part where evidence_id = $1").bind(id.0);
            for row in query.fetch_all(&self.pool).await.map_err(fault_of)? {
                res.push(row.get::<String, _>(0).parse()?);
            }
        }
        Ok(res)
    }

    /// Returns blobs that no reader of a version has read, of pieces that entries after one speak of, oldest piece first,
    /// each with a name it came under.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn unread(&self, version: u32, after: EntryId, limit: i64) -> Result<Vec<(Digest, String)>> {
        let query = sqlx::query(
            "select part.sha256, part.name from part left join reading on reading.sha256 = part.sha256 \
             where part.evidence_id in (select evidence_id from entry_evidence where entry_id > $1) \
             and (reading.sha256 is null or reading.version < $2) \
             order by part.evidence_id, part.position limit $3",
        );
        let query = query.bind(after.0).bind(i64::from(version)).bind(limit);
        let rows = query.fetch_all(&self.pool).await.map_err(fault_of)?;
        let mut known = BTreeSet::new();
        let read = |it: &sqlx::sqlite::SqliteRow| Ok((it.get::<String, _>(0).parse()?, it.get(1)));
        let all: Result<Vec<(Digest, String)>> = rows.iter().map(read).collect();
        Ok(all?.into_iter().filter(|it| known.insert(it.0)).collect())
    }

    /// Checks the whole chain: numbers without gaps, hashes, payload digests. Never stops at the first fault.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn chain_faults(&self) -> Result<Vec<ChainFault>> {
        let mut res = Vec::new();
        let mut before = GENESIS;
        loop {
            let mut db = self.pool.acquire().await.map_err(fault_of)?;
            let rows = tables::entries(&mut db, before.entry, STRETCH).await?;
            if rows.is_empty() {
                return Ok(res);
            }
            for row in rows {
                if let Some(fault) = row.fault(&before) {
                    res.push(ChainFault { entry: EntryId(row.entry_id), fault: fault.to_owned() });
                }
                before = Head { entry: EntryId(row.entry_id), hash: row.hash };
            }
        }
    }

    /// Drops every projection and folds it again from the entries, in one transaction; so are the links from entries to
    /// what they speak of.
    ///
    /// # Errors
    /// Those of the database; `Corrupt` where an entry cannot be read. The tables are as they were then.
    pub async fn refold(&self) -> Result<()> {
        let mut transaction = self.begin().await?;
        for statement in [
            "delete from part",
            "delete from evidence",
            "delete from reading",
            "delete from duty_standing",
            "delete from absorption",
            "delete from disposal",
            "delete from submission",
            "delete from scheme",
            "delete from unit",
            "delete from archive",
            // The links of emptied entries are told by nothing else.
            "delete from entry_evidence where entry_id in (select entry_id from entry where payload is not null)",
            "delete from entry_blob where entry_id in (select entry_id from entry where payload is not null)",
        ] {
            sqlx::query(statement).execute(&mut *transaction).await.map_err(fault_of)?;
        }
        let mut fold = Fold { head: Some(GENESIS), ..Fold::default() };
        let mut after = GENESIS.entry;
        loop {
            let rows = tables::entries(&mut transaction, after, STRETCH).await?;
            let Some(last) = rows.last() else { break };
            after = EntryId(last.entry_id);
            for row in &rows {
                let entry = row.entry()?;
                let changed = fold.apply(&entry);
                tables::store(&mut transaction, &fold, &changed).await?;
                if let Some(event) = &entry.event {
                    let pieces = event.speaks_of(EvidenceId(entry.id.0));
                    tables::link(&mut transaction, entry.id, &pieces, event.blob()).await?;
                }
            }
        }
        transaction.commit().await.map_err(fault_of)
    }

    /// Copies the ledger, as of one instant, into a new file; others may go on writing.
    ///
    /// # Errors
    /// `Invalid` where the path is not UTF-8; those of the database.
    pub async fn copy_to(&self, path: &std::path::Path) -> Result<()> {
        let Some(path) = path.to_str() else {
            return Err(Error::invalid("The backup's path must be UTF-8; choose another folder."));
        };
        sqlx::query("vacuum into $1").bind(path.to_owned()).execute(&self.pool).await.map_err(fault_of)?;
        Ok(())
    }
}
