//! Disposal: emptying what was written of one piece, so that the chain still verifies.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::Row as _;

use crate::domain::evidence::Evidence;
use crate::domain::id::{Digest, EntryId, EvidenceId, SubmissionId};
use crate::error::{Error, Result};
use crate::ledger::act::{Desk, Transaction, keep};
use crate::ledger::event::Event;
use crate::ledger::fold::Fold;
use crate::ledger::pool::{Ledger, fault_of};
use crate::ledger::tables;

impl Ledger {
    /// Disposes of a piece: empties the payload and deletes the salt of every entry that speaks of it or of what it
    /// absorbed, and of the readings of blobs that no other piece holds. Pieces that share its history by a split
    /// are restated first, and so are submissions that name it. Returns the blobs that nothing needs any more, for the
    /// store to remove; until [`Ledger::removed`] is told that they are gone, [`Ledger::removals`] names them.
    ///
    /// # Errors
    /// `NotFound` where there is no such piece; `Invalid` without a reason.
    pub async fn dispose(
        &self,
        now: Timestamp,
        actor: &str,
        id: EvidenceId,
        reason: &str,
    ) -> Result<Vec<Digest>> {
        if reason.trim().is_empty() {
            return Err(Error::invalid(
                "A disposal needs a reason: say by what right, without naming the content.",
            ));
        }
        let mut transaction = self.begin().await?;
        let mut fold = Fold::default();
        tables::load_ground(&mut transaction, &mut fold).await?;
        tables::load_evidence(&mut transaction, &mut fold, id).await?;
        let head = tables::head(&mut transaction).await?;
        let piece = Desk::new(fold.clone(), head, now, actor).piece(id)?.as_ref().clone();
        for part in &piece.parts {
            tables::load_holders(&mut transaction, &mut fold, &part.blob.sha256).await?;
        }
        // Any may have turned it away.
        tables::load_submissions(&mut transaction, &mut fold).await?;
        let family = family(&mut transaction, id).await?;
        let kin = kin(&mut transaction, &family).await?;
        for id in &kin {
            tables::load_evidence(&mut transaction, &mut fold, *id).await?;
        }
        let blobs = needless(&fold, &piece);
        let mut emptied = entries_on(&mut transaction, &family, &blobs).await?;
        let naming = naming(&fold, &piece);
        emptied.extend(door_entries(&mut transaction, &naming).await?);

        let mut desk = Desk::new(fold, head, now, actor);
        for id in &kin {
            let restated = desk.fold().evidence.get(id).map(|it| Box::new(it.as_ref().clone()));
            if let Some(mut evidence) = restated {
                // Before they parted they were seen together; where the other was seen goes with it.
                let parts = evidence.parts.clone();
                evidence.sightings.retain(|it| it.is_of(&parts) || !piece.sightings.contains(it));
                desk.record(Event::Restated { evidence })?;
            }
        }
        for id in naming {
            if let Some(known) = desk.fold().submissions.get(&id) {
                let mut submission = Box::new(known.as_ref().clone());
                let sightings = piece.sightings.iter().filter(|it| it.submission == id);
                sightings.for_each(|it| submission.forget(&it.path));
                piece.sightings.iter().for_each(|it| submission.forget_turned_away(&it.path));
                desk.record(Event::SubmissionRestated { submission })?;
            }
        }
        let n_blobs = u64::try_from(blobs.len()).unwrap_or(u64::MAX);
        desk.record(Event::Disposed { evidence: id, reason: reason.trim().to_owned(), n_blobs })?;
        keep(&mut transaction, desk).await?;
        empty(&mut transaction, &family, &emptied, &blobs).await?;
        transaction.commit().await.map_err(fault_of)?;
        self.truncate_log().await?;
        Ok(blobs.into_iter().collect())
    }

    /// Returns the blobs that disposals have yet to remove.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn removals(&self) -> Result<Vec<Digest>> {
        let query = sqlx::query("select sha256 from removal order by 1");
        let rows = query.fetch_all(&self.pool).await.map_err(fault_of)?;
        rows.iter().map(|it| it.get::<String, _>(0).parse()).collect()
    }

    /// Forgets blobs that were removed, digest and all.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn removed(&self, blobs: &[Digest]) -> Result<()> {
        let mut transaction = self.begin().await?;
        for blob in blobs {
            let query = sqlx::query("delete from removal where sha256 = $1").bind(blob.to_string());
            query.execute(&mut *transaction).await.map_err(fault_of)?;
        }
        transaction.commit().await.map_err(fault_of)?;
        self.truncate_log().await
    }

    /// What was emptied must not survive in the write-ahead log either.
    async fn truncate_log(&self) -> Result<()> {
        let query = sqlx::query("pragma wal_checkpoint(truncate)");
        query.execute(&self.pool).await.map_err(fault_of)?;
        Ok(())
    }
}

/// The piece and all it absorbed, directly or not.
async fn family(transaction: &mut Transaction, id: EvidenceId) -> Result<BTreeSet<EvidenceId>> {
    let mut res = BTreeSet::from([id]);
    let mut open = vec![id];
    while let Some(into) = open.pop() {
        let query = sqlx::query("select evidence_id from absorption where into_id = $1").bind(into.0);
        for row in query.fetch_all(&mut **transaction).await.map_err(fault_of)? {
            let absorbed = EvidenceId(row.get(0));
            if res.insert(absorbed) {
                open.push(absorbed);
            }
        }
    }
    Ok(res)
}

/// The living pieces whose entries speak of the family too: what was split off, and what the piece was split from.
async fn kin(transaction: &mut Transaction, family: &BTreeSet<EvidenceId>) -> Result<BTreeSet<EvidenceId>> {
    let mut res = BTreeSet::new();
    for id in family {
        let query = sqlx::query(
            "select distinct other.evidence_id from entry_evidence own join entry_evidence other \
             on other.entry_id = own.entry_id join evidence on evidence.evidence_id = other.evidence_id \
             where own.evidence_id = $1",
        );
        let rows = query.bind(id.0).fetch_all(&mut **transaction).await.map_err(fault_of)?;
        res.extend(rows.iter().map(|it| EvidenceId(it.get(0))).filter(|it| !family.contains(it)));
    }
    Ok(res)
}

/// The blobs that only this piece holds, and kept containers it came in.
fn needless(fold: &Fold, piece: &Evidence) -> BTreeSet<Digest> {
    let own = |blob: &Digest| fold.holders_of(blob).all(|it| it.id == piece.id);
    let mut res: BTreeSet<Digest> = piece.parts.iter().map(|it| it.blob.sha256).filter(own).collect();
    for sighting in &piece.sightings {
        let submission = fold.submissions.get(&sighting.submission);
        let containers = submission.iter().flat_map(|it| &it.containers);
        res.extend(containers.filter(|it| it.kept && it.holds(&sighting.path)).map(|it| it.sha256));
    }
    res
}

async fn entries_on(
    transaction: &mut Transaction,
    family: &BTreeSet<EvidenceId>,
    blobs: &BTreeSet<Digest>,
) -> Result<BTreeSet<EntryId>> {
    let mut res = BTreeSet::new();
    for id in family {
        let query = sqlx::query("select entry_id from entry_evidence where evidence_id = $1").bind(id.0);
        let rows = query.fetch_all(&mut **transaction).await.map_err(fault_of)?;
        res.extend(rows.iter().map(|it| EntryId(it.get(0))));
    }
    for blob in blobs {
        let query = sqlx::query("select entry_id from entry_blob where sha256 = $1").bind(blob.to_string());
        let rows = query.fetch_all(&mut **transaction).await.map_err(fault_of)?;
        res.extend(rows.iter().map(|it| EntryId(it.get(0))));
    }
    Ok(res)
}

/// The submissions that name the piece beyond its own entries: offered by its name, listed in a container, or turned away
/// when it came another time.
fn naming(fold: &Fold, piece: &Evidence) -> BTreeSet<SubmissionId> {
    let named = piece.sightings.iter().filter(|it| {
        fold.submissions.get(&it.submission).is_some_and(|submission| submission.names(&it.path))
    });
    let turned_away = fold.submissions.values();
    let turned_away = turned_away.filter(|it| piece.sightings.iter().any(|seen| it.turned_away(&seen.path)));
    named.map(|it| it.submission).chain(turned_away.map(|it| it.id)).collect()
}

/// The entries that tell what was offered with some submissions: all of them, for the submissions are restated.
async fn door_entries(
    transaction: &mut Transaction,
    submissions: &BTreeSet<SubmissionId>,
) -> Result<BTreeSet<EntryId>> {
    let mut res = BTreeSet::new();
    let Some(first) = submissions.first() else { return Ok(res) };
    let query = sqlx::query(
        "select entry_id, at_us, actor, verb, salt, payload, payload_digest, hash from entry \
         where verb in ('submission_opened', 'container_received', 'turned_away', 'submission_restated') \
         and payload is not null and entry_id >= $1",
    );
    for row in query.bind(first.0).fetch_all(&mut **transaction).await.map_err(fault_of)? {
        let entry = tables::entry_row(&row)?.entry()?;
        let of = match &entry.event {
            Some(Event::SubmissionOpened { .. }) => SubmissionId(entry.id.0),
            Some(Event::ContainerReceived { submission, .. } | Event::TurnedAway { submission, .. }) => {
                *submission
            }
            Some(Event::SubmissionRestated { submission }) => submission.id,
            _ => continue,
        };
        if submissions.contains(&of) {
            res.insert(entry.id);
        }
    }
    Ok(res)
}

async fn empty(
    transaction: &mut Transaction,
    family: &BTreeSet<EvidenceId>,
    entries: &BTreeSet<EntryId>,
    blobs: &BTreeSet<Digest>,
) -> Result<()> {
    for blob in blobs {
        // A digest left behind would tell whoever has the file that it was here.
        let query = sqlx::query("delete from entry_blob where sha256 = $1").bind(blob.to_string());
        query.execute(&mut **transaction).await.map_err(fault_of)?;
        let query = sqlx::query("insert into removal (sha256) values ($1) on conflict do nothing");
        query.bind(blob.to_string()).execute(&mut **transaction).await.map_err(fault_of)?;
    }
    for entry in entries {
        let query =
            sqlx::query("update entry set payload = null, salt = null where entry_id = $1").bind(entry.0);
        query.execute(&mut **transaction).await.map_err(fault_of)?;
    }
    for id in family {
        let query = sqlx::query("delete from absorption where into_id = $1").bind(id.0);
        query.execute(&mut **transaction).await.map_err(fault_of)?;
    }
    Ok(())
}
