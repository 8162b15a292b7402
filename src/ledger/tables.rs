//! The tables: reading parts of the state from the projections, and writing back what changed.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{Row as _, SqliteConnection};

use crate::domain::duty::{DutyKey, DutyStanding};
use crate::domain::evidence::Evidence;
use crate::domain::id::{Digest, EntryId, EvidenceId};
use crate::domain::submission::Head;
use crate::error::{Error, Result};
use crate::ledger::entry::{GENESIS, Row};
use crate::ledger::fold::{Changed, Fold, Imported};
use crate::ledger::pool::fault_of;

type Db<'a> = &'a mut SqliteConnection;

const HEAD: &str = "select entry_id, hash from entry order by entry_id desc limit 1";

pub(super) async fn head(db: Db<'_>) -> Result<Head> {
    let row = sqlx::query(HEAD).fetch_optional(db).await.map_err(fault_of)?;
    let Some(row) = row else { return Ok(GENESIS) };
    Ok(Head { entry: EntryId(row.get(0)), hash: row.get::<String, _>(1).parse()? })
}

const ENTRIES: &str = "select entry_id, at_us, actor, verb, salt, payload, payload_digest, hash from entry \
    where entry_id > $1 order by entry_id limit $2";

pub(super) async fn entries(db: Db<'_>, after: EntryId, limit: i64) -> Result<Vec<Row>> {
    let rows = sqlx::query(ENTRIES).bind(after.0).bind(limit).fetch_all(db).await.map_err(fault_of)?;
    rows.iter().map(entry_row).collect()
}

pub(super) fn entry_row(row: &sqlx::sqlite::SqliteRow) -> Result<Row> {
    Ok(Row {
        entry_id: row.get(0),
        at_us: row.get(1),
        actor: row.get(2),
        verb: row.get(3),
        salt: row.get(4),
        payload: row.get(5),
        payload_digest: row.get::<String, _>(6).parse()?,
        hash: row.get::<String, _>(7).parse()?,
    })
}

const APPEND: &str = "insert into entry (entry_id, at_us, actor, verb, salt, payload, payload_digest, hash) \
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
const APPEND_EVIDENCE: &str =
    "insert into entry_evidence (evidence_id, entry_id) values ($1, $2) on conflict do nothing";
const APPEND_BLOB: &str = "insert into entry_blob (sha256, entry_id) values ($1, $2) on conflict do nothing";

pub(super) async fn append(db: Db<'_>, row: &Row, pieces: &[EvidenceId], blob: Option<Digest>) -> Result<()> {
    let query = sqlx::query(APPEND).bind(row.entry_id).bind(row.at_us).bind(&row.actor).bind(&row.verb);
    let query = query.bind(&row.salt).bind(&row.payload);
    let query = query.bind(row.payload_digest.to_string()).bind(row.hash.to_string());
    query.execute(&mut *db).await.map_err(fault_of)?;
    link(db, EntryId(row.entry_id), pieces, blob).await
}

/// Links an entry to the pieces and the blob it speaks of.
pub(super) async fn link(
    db: Db<'_>,
    entry: EntryId,
    pieces: &[EvidenceId],
    blob: Option<Digest>,
) -> Result<()> {
    for piece in pieces {
        sqlx::query(APPEND_EVIDENCE).bind(piece.0).bind(entry.0).execute(&mut *db).await.map_err(fault_of)?;
    }
    if let Some(blob) = blob {
        sqlx::query(APPEND_BLOB).bind(blob.to_string()).bind(entry.0).execute(db).await.map_err(fault_of)?;
    }
    Ok(())
}

/// Loads what every act may need: time zone, units, schemes. They are few.
pub(super) async fn load_ground(db: Db<'_>, fold: &mut Fold) -> Result<()> {
    let zone =
        sqlx::query("select timezone from archive").fetch_optional(&mut *db).await.map_err(fault_of)?;
    fold.timezone = zone.map(|it| it.get(0)).unwrap_or_default();
    let rows =
        sqlx::query("select body from unit order by position").fetch_all(&mut *db).await.map_err(fault_of)?;
    let units: Result<Vec<_>> = rows.iter().map(|it| from_json(it.get(0))).collect();
    Arc::make_mut(&mut fold.units).0 = units?;
    let rows = sqlx::query("select body, retired from scheme").fetch_all(db).await.map_err(fault_of)?;
    for row in rows {
        let scheme: crate::domain::scheme::Scheme = from_json(row.get(0))?;
        let retired = row.get::<i64, _>(1) != 0;
        fold.schemes.insert(scheme.id.clone(), Imported { scheme: Arc::new(scheme), retired });
    }
    Ok(())
}

/// Loads one piece and what was read of its parts; nothing happens where there is none.
pub(super) async fn load_evidence(db: Db<'_>, fold: &mut Fold, id: EvidenceId) -> Result<()> {
    if fold.evidence.contains_key(&id) {
        return Ok(());
    }
    let row = sqlx::query("select body from evidence where evidence_id = $1").bind(id.0);
    let Some(row) = row.fetch_optional(&mut *db).await.map_err(fault_of)? else {
        return load_absence(db, fold, id).await;
    };
    let evidence: Evidence = from_json(row.get(0))?;
    for part in &evidence.parts {
        load_reading(&mut *db, fold, &part.blob.sha256).await?;
    }
    fold.put(id, Some(Arc::new(evidence)));
    Ok(())
}

async fn load_absence(db: Db<'_>, fold: &mut Fold, id: EvidenceId) -> Result<()> {
    let row = sqlx::query("select into_id from absorption where evidence_id = $1").bind(id.0);
    if let Some(row) = row.fetch_optional(&mut *db).await.map_err(fault_of)? {
        fold.absorbed.insert(id, EvidenceId(row.get(0)));
    }
    let row = sqlx::query("select body from disposal where evidence_id = $1").bind(id.0);
    if let Some(row) = row.fetch_optional(db).await.map_err(fault_of)? {
        fold.disposed.insert(id, from_json(row.get(0))?);
    }
    Ok(())
}

/// Loads every piece that holds a blob, and its reading.
pub(super) async fn load_holders(db: Db<'_>, fold: &mut Fold, blob: &Digest) -> Result<()> {
    let query = sqlx::query("select distinct evidence_id from part where sha256 = $1").bind(blob.to_string());
    let rows = query.fetch_all(&mut *db).await.map_err(fault_of)?;
    for row in rows {
        load_evidence(&mut *db, fold, EvidenceId(row.get(0))).await?;
    }
    load_reading(db, fold, blob).await
}

async fn load_reading(db: Db<'_>, fold: &mut Fold, blob: &Digest) -> Result<()> {
    let query = sqlx::query("select body from reading where sha256 = $1").bind(blob.to_string());
    if let Some(row) = query.fetch_optional(db).await.map_err(fault_of)? {
        fold.read(*blob, Some(Arc::new(from_json(row.get(0))?)));
    }
    Ok(())
}

/// Loads a submission.
pub(super) async fn load_submission(db: Db<'_>, fold: &mut Fold, id: i64) -> Result<()> {
    let query = sqlx::query("select body from submission where submission_id = $1").bind(id);
    if let Some(row) = query.fetch_optional(db).await.map_err(fault_of)? {
        fold.submissions.insert(crate::domain::id::SubmissionId(id), Arc::new(from_json(row.get(0))?));
    }
    Ok(())
}

/// Loads all submissions.
pub(super) async fn load_submissions(db: Db<'_>, fold: &mut Fold) -> Result<()> {
    for row in all(db, "select body from submission").await? {
        let submission: crate::domain::submission::Submission = from_json(row.get(0))?;
        fold.submissions.insert(submission.id, Arc::new(submission));
    }
    Ok(())
}

/// Loads the decisions on all duties; they are few.
pub(super) async fn load_standings(db: Db<'_>, fold: &mut Fold) -> Result<()> {
    let query = sqlx::query("select scheme_id, requirement_id, unit_id, period, body from duty_standing");
    for row in query.fetch_all(db).await.map_err(fault_of)? {
        let text = |n: usize| row.get::<String, _>(n);
        let key = DutyKey {
            scheme: text(0).parse()?,
            requirement: text(1).parse()?,
            unit: text(2).parse()?,
            period: text(3),
        };
        fold.standings.insert(key, from_json::<DutyStanding>(row.get(4))?);
    }
    Ok(())
}

/// Loads the whole state.
pub(super) async fn load_all(db: Db<'_>) -> Result<Fold> {
    let mut fold = Fold { head: Some(head(&mut *db).await?), ..Fold::default() };
    load_ground(&mut *db, &mut fold).await?;
    load_standings(&mut *db, &mut fold).await?;
    load_submissions(&mut *db, &mut fold).await?;
    for row in all(&mut *db, "select body from evidence").await? {
        let evidence: Evidence = from_json(row.get(0))?;
        fold.put(evidence.id, Some(Arc::new(evidence)));
    }
    for row in all(&mut *db, "select body, sha256 from reading").await? {
        fold.read(row.get::<String, _>(1).parse()?, Some(Arc::new(from_json(row.get(0))?)));
    }
    for row in all(&mut *db, "select evidence_id, into_id from absorption").await? {
        fold.absorbed.insert(EvidenceId(row.get(0)), EvidenceId(row.get(1)));
    }
    for row in all(db, "select evidence_id, body from disposal").await? {
        fold.disposed.insert(EvidenceId(row.get(0)), from_json(row.get(1))?);
    }
    Ok(fold)
}

async fn all(db: Db<'_>, query: &'static str) -> Result<Vec<sqlx::sqlite::SqliteRow>> {
    sqlx::query(query).fetch_all(db).await.map_err(fault_of)
}

/// Writes what changed. Rows of what is gone are deleted.
pub(super) async fn store(db: Db<'_>, fold: &Fold, changed: &Changed) -> Result<()> {
    if changed.archive {
        let query =
            sqlx::query("insert into archive (archive_id, timezone) values (1, $1)").bind(&fold.timezone);
        query.execute(&mut *db).await.map_err(fault_of)?;
    }
    for id in &changed.evidence {
        store_evidence(&mut *db, fold, *id).await?;
    }
    for blob in &changed.readings {
        store_reading(&mut *db, fold, blob).await?;
    }
    store_ground(&mut *db, fold, changed).await?;
    for id in &changed.submissions {
        let body = fold.submissions.get(id).map(|it| to_json(it.as_ref())).transpose()?;
        let query = sqlx::query(
            "insert into submission (submission_id, body) values ($1, $2) \
             on conflict (submission_id) do update set body = excluded.body",
        );
        query.bind(id.0).bind(body).execute(&mut *db).await.map_err(fault_of)?;
    }
    for key in &changed.standings {
        let body = fold.standings.get(key).map(to_json).transpose()?;
        let query = sqlx::query(
            "insert into duty_standing (scheme_id, requirement_id, unit_id, period, body) values ($1, $2, $3, $4, $5) \
             on conflict (scheme_id, requirement_id, unit_id, period) do update set body = excluded.body",
        );
        let query = query.bind(key.scheme.as_str()).bind(key.requirement.as_str()).bind(key.unit.as_str());
        query.bind(&key.period).bind(body).execute(&mut *db).await.map_err(fault_of)?;
    }
    Ok(())
}

async fn store_ground(db: Db<'_>, fold: &Fold, changed: &Changed) -> Result<()> {
    for id in &changed.units {
        let Some(position) = fold.units.0.iter().position(|it| it.id == *id) else { continue };
        let query = sqlx::query(
            "insert into unit (unit_id, position, body) values ($1, $2, $3) \
             on conflict (unit_id) do update set body = excluded.body",
        );
        let place = i64::try_from(position).unwrap_or(i64::MAX);
        let query = query.bind(id.as_str()).bind(place).bind(to_json(&fold.units.0[position])?);
        query.execute(&mut *db).await.map_err(fault_of)?;
    }
    for id in &changed.schemes {
        let Some(imported) = fold.schemes.get(id) else { continue };
        let query = sqlx::query(
            "insert into scheme (scheme_id, retired, body) values ($1, $2, $3) \
             on conflict (scheme_id) do update set retired = excluded.retired, body = excluded.body",
        );
        let query = query
            .bind(id.as_str())
            .bind(i64::from(imported.retired))
            .bind(to_json(imported.scheme.as_ref())?);
        query.execute(&mut *db).await.map_err(fault_of)?;
    }
    Ok(())
}

async fn store_evidence(db: Db<'_>, fold: &Fold, id: EvidenceId) -> Result<()> {
    if let Some(into) = fold.absorbed.get(&id) {
        let query = sqlx::query(
            "insert into absorption (evidence_id, into_id) values ($1, $2) on conflict do nothing",
        );
        query.bind(id.0).bind(into.0).execute(&mut *db).await.map_err(fault_of)?;
    }
    if let Some(disposal) = fold.disposed.get(&id) {
        let query =
            sqlx::query("insert into disposal (evidence_id, body) values ($1, $2) on conflict do nothing");
        query.bind(id.0).bind(to_json(disposal)?).execute(&mut *db).await.map_err(fault_of)?;
    }
    sqlx::query("delete from part where evidence_id = $1")
        .bind(id.0)
        .execute(&mut *db)
        .await
        .map_err(fault_of)?;
    let Some(evidence) = fold.evidence.get(&id) else {
        let query = sqlx::query("delete from evidence where evidence_id = $1").bind(id.0);
        query.execute(db).await.map_err(fault_of)?;
        return Ok(());
    };
    let query = sqlx::query(
        "insert into evidence (evidence_id, unit_id, body) values ($1, $2, $3) \
         on conflict (evidence_id) do update set unit_id = excluded.unit_id, body = excluded.body",
    );
    let unit = evidence.unit.as_ref().map(|it| it.as_str());
    query
        .bind(id.0)
        .bind(unit)
        .bind(to_json(evidence.as_ref())?)
        .execute(&mut *db)
        .await
        .map_err(fault_of)?;
    for (position, part) in (0_i64..).zip(&evidence.parts) {
        let query =
            sqlx::query("insert into part (evidence_id, position, sha256, name) values ($1, $2, $3, $4)");
        let query = query.bind(id.0).bind(position).bind(part.blob.sha256.to_string()).bind(&part.name);
        query.execute(&mut *db).await.map_err(fault_of)?;
    }
    Ok(())
}

async fn store_reading(db: Db<'_>, fold: &Fold, blob: &Digest) -> Result<()> {
    let Some(reading) = fold.readings.get(blob) else {
        let query = sqlx::query("delete from reading where sha256 = $1").bind(blob.to_string());
        query.execute(db).await.map_err(fault_of)?;
        return Ok(());
    };
    let query = sqlx::query(
        "insert into reading (sha256, extractor, version, status, body) values ($1, $2, $3, $4, $5) \
         on conflict (sha256) do update set extractor = excluded.extractor, version = excluded.version, \
         status = excluded.status, body = excluded.body",
    );
    let query = query.bind(blob.to_string()).bind(&reading.extractor).bind(i64::from(reading.version));
    let query = query.bind(reading.status.word()).bind(to_json(reading.as_ref())?);
    query.execute(db).await.map_err(fault_of)?;
    Ok(())
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|it| Error::internal("A row cannot be written as JSON.").with_source(it))
}

fn from_json<T: DeserializeOwned>(text: String) -> Result<T> {
    let bad =
        |it| Error::corrupt("A row of the ledger cannot be read; run `juanzong audit`.").with_source(it);
    serde_json::from_str(&text).map_err(bad)
}
