//! The columns beside the bodies, and the links from entries to what they speak of: rows that are looked up must say
//! what the entries say.

use std::collections::BTreeSet;

use sqlx::Row as _;

use crate::domain::id::{EntryId, EvidenceId};
use crate::error::Result;
use crate::ledger::fold::Fold;
use crate::ledger::pool::{Ledger, fault_of};

impl Ledger {
    /// Compares what is looked up in the tables with a state folded from the entries. Returns a row for each
    /// difference, after the name of its table.
    ///
    /// # Errors
    /// Those of the database; `Corrupt` where an entry cannot be read.
    pub async fn column_faults(&self, fold: &Fold) -> Result<Vec<String>> {
        let mut told = rows_of(fold);
        self.each_entry(EntryId(0), |entry| {
            let Some(event) = &entry.event else { return Ok(()) };
            for piece in event.speaks_of(EvidenceId(entry.id.0)) {
                told.insert(format!("entry_evidence {piece} {}", entry.id));
            }
            if let Some(blob) = event.blob() {
                told.insert(format!("entry_blob {blob} {}", entry.id));
            }
            Ok(())
        })
        .await?;
        let mut found = BTreeSet::new();
        // Links of emptied entries are kept, though nothing tells of them any more.
        for statement in [
            "select 'evidence ' || evidence_id || ' ' || coalesce(unit_id, '-') from evidence",
            "select 'part ' || evidence_id || ' ' || position || ' ' || sha256 || ' ' || name from part",
            "select 'reading ' || sha256 || ' ' || extractor || ' ' || version || ' ' || status from reading",
            "select 'entry_evidence ' || evidence_id || ' ' || entry_id from entry_evidence \
             where entry_id in (select entry_id from entry where payload is not null)",
            "select 'entry_blob ' || sha256 || ' ' || entry_id from entry_blob \
             where entry_id in (select entry_id from entry where payload is not null)",
        ] {
            let rows = sqlx::query(statement).fetch_all(&self.pool).await.map_err(fault_of)?;
            found.extend(rows.iter().map(|it| it.get::<String, _>(0)));
        }
        Ok(told.symmetric_difference(&found).cloned().collect())
    }
}

impl Ledger {
    /// Returns the last entry that the tables tell of, be it there or not.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn told_of(&self) -> Result<EntryId> {
        let query = sqlx::query(
            "select coalesce(max(entry_id), 0) from (select max(entry_id) as entry_id from entry_evidence \
             union all select max(entry_id) from entry_blob union all select max(evidence_id) from evidence \
             union all select max(submission_id) from submission union all select max(evidence_id) from disposal)",
        );
        let row = query.fetch_one(&self.pool).await.map_err(fault_of)?;
        Ok(EntryId(row.get(0)))
    }
}

fn rows_of(fold: &Fold) -> BTreeSet<String> {
    let mut res = BTreeSet::new();
    for evidence in fold.evidence.values() {
        let unit = evidence.unit.as_ref().map_or("-", |it| it.as_str());
        res.insert(format!("evidence {} {unit}", evidence.id));
        for (position, part) in evidence.parts.iter().enumerate() {
            res.insert(format!("part {} {position} {} {}", evidence.id, part.blob.sha256, part.name));
        }
    }
    for (blob, it) in &fold.readings {
        res.insert(format!("reading {blob} {} {} {}", it.extractor, it.version, it.status.word()));
    }
    res
}
