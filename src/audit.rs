//! Audit: holds the archive against itself. It repairs nothing; every finding names the thing and what to do.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::archive::Archive;
use crate::domain::id::{Digest, EvidenceId};
use crate::domain::verdict::Verdict;
use crate::error::{Error, Kind, Result};
use crate::ledger::fold::Fold;

/// One check and what it found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked, a stable word: `chain`, `projections`, `blobs`, `orphans`, `read`, `derived`, `index`.
    pub check: &'static str,
    /// What came of it.
    pub verdict: Verdict,
    /// How many things were looked at.
    pub n_checked: u64,
    /// What is wrong, a sentence each, with what to do.
    pub faults: Vec<String>,
}

/// How many differing rows are named; the rest goes the same way.
const MOST_ROWS: usize = 100;

impl Check {
    fn of(check: &'static str, n_checked: u64, faults: Vec<String>, bad: Verdict) -> Self {
        let verdict = if faults.is_empty() { Verdict::Pass } else { bad };
        Self { check, verdict, n_checked, faults }
    }
}

/// Audits an archive: the chain, the tables against the entries, every blob re-hashed, blobs nobody names, blobs not
/// read yet, texts that are gone, the index against the pieces. `progress` is told how many blobs of how many were hashed.
///
/// # Errors
/// Those that keep a check from being made; what is wrong with the archive is a fault of a check.
pub async fn audit(archive: &Arc<Archive>, mut progress: impl FnMut(u64, u64) + Send) -> Result<Vec<Check>> {
    let mut res = vec![chain(archive).await?, projections(archive).await?];
    let fold = archive.ledger().fold().await?;
    let named = fold.blobs();
    res.push(blobs(archive, &named, &mut progress).await?);
    res.push(orphans(archive, &named).await?);
    let unread: Vec<String> = named
        .iter()
        .filter(|it| fold.holders_of(it).next().is_some() && !fold.readings.contains_key(it))
        .map(|it| format!("The file {it} was not read yet; run `juanzong rebuild` or start the server."))
        .collect();
    res.push(Check::of("read", count(named.len()), unread, Verdict::Warn));
    res.push(derived(archive, &fold)?);
    res.push(index(archive, &fold).await?);
    Ok(res)
}

/// What was read must have its text beside it. It can be made again, so nothing is lost where it has not.
fn derived(archive: &Archive, fold: &Fold) -> Result<Check> {
    let mut faults = Vec::new();
    for blob in fold.readings.keys() {
        if !archive.has_text(blob)? && archive.store().size(blob)?.is_some() {
            faults.push(format!("The text of the file {blob} is gone; run `juanzong rebuild`."));
        }
    }
    faults.sort_unstable();
    Ok(Check::of("derived", count(fold.readings.len()), faults, Verdict::Warn))
}

/// The index must hold just the pieces of the archive, but for those that entries since its last one changed.
async fn index(archive: &Archive, fold: &Fold) -> Result<Check> {
    let index = match archive.index().await {
        Ok(index) => index,
        Err(error) if error.kind() == Kind::Unavailable => {
            let faults = vec![error.message().to_owned()];
            return Ok(Check { check: "index", verdict: Verdict::Unchecked, n_checked: 0, faults });
        }
        Err(error) => return Err(error),
    };
    let (reached, indexed) = (index.reached()?, index.ids()?);
    let mut faults = Vec::new();
    if fold.head.is_some_and(|it| it.entry < reached) {
        faults.push(format!(
            "The index knows entry {reached}, which the ledger has not; run `juanzong rebuild`."
        ));
    }
    let coming: BTreeSet<EvidenceId> = archive.ledger().touched_since(reached).await?.into_iter().collect();
    let n_indexed = count(indexed.len());
    let twice = indexed.windows(2).filter(|it| it[0] == it[1]).map(|it| it[0]);
    faults.extend(twice.map(|it| format!("The index holds #{it} twice; run `juanzong rebuild`.")));
    let indexed: BTreeSet<EvidenceId> = indexed.iter().copied().filter(|it| !coming.contains(it)).collect();
    let there: BTreeSet<EvidenceId> =
        fold.evidence.keys().copied().filter(|it| !coming.contains(it)).collect();
    let lacking = there.difference(&indexed);
    faults.extend(lacking.map(|it| format!("Evidence #{it} is not in the index; run `juanzong rebuild`.")));
    let foreign = indexed.difference(&there);
    faults.extend(
        foreign.map(|it| format!("The index holds #{it}, which is not filed; run `juanzong rebuild`.")),
    );
    Ok(Check::of("index", n_indexed, faults, Verdict::Fail))
}

async fn chain(archive: &Archive) -> Result<Check> {
    let faults = archive.ledger().chain_faults().await?;
    let head = archive.ledger().head().await?;
    let sentence = |it: &crate::ledger::ChainFault| {
        format!("Entry {} {}; compare with a backup and restore it.", it.entry, it.fault)
    };
    let n_checked = u64::try_from(head.entry.0).unwrap_or(0);
    Ok(Check::of("chain", n_checked, faults.iter().map(sentence).collect(), Verdict::Fail))
}

/// The tables must tell what the entries tell.
async fn projections(archive: &Archive) -> Result<Check> {
    let tables = archive.ledger().fold().await?;
    let entries = match archive.ledger().fold_until(jiff::Timestamp::MAX).await {
        Ok(entries) => entries,
        Err(error) => {
            let fault = format!("{} The tables could not be compared.", error.message());
            return Ok(Check::of("projections", 0, vec![fault], Verdict::Fail));
        }
    };
    let n_checked = count(entries.evidence.len());
    let rows = archive.ledger().column_faults(&entries).await?;
    // Another process appended in between; what differs may just be that.
    let moved = tables.head != entries.head || entries.head != Some(archive.ledger().head().await?);
    if moved || (tables == entries && rows.is_empty()) {
        let mut check = Check::of("projections", n_checked, vec![], Verdict::Fail);
        check.verdict = if moved { Verdict::Unchecked } else { Verdict::Pass };
        return Ok(check);
    }
    let mut faults: Vec<String> = Vec::new();
    let ids: BTreeSet<_> = tables.evidence.keys().chain(entries.evidence.keys()).collect();
    for id in ids.into_iter().filter(|it| tables.evidence.get(it) != entries.evidence.get(it)) {
        faults.push(format!(
            "The table row of evidence #{id} differs from its entries; run `juanzong rebuild --ledger`."
        ));
    }
    let row =
        |it: &String| format!("The row “{it}” differs from its entries; run `juanzong rebuild --ledger`.");
    faults.extend(rows.iter().take(MOST_ROWS).map(row));
    if faults.is_empty() {
        faults.push("The tables differ from the entries; run `juanzong rebuild --ledger`.".into());
    }
    Ok(Check::of("projections", n_checked, faults, Verdict::Fail))
}

async fn blobs(
    archive: &Arc<Archive>,
    named: &BTreeSet<Digest>,
    progress: &mut (impl FnMut(u64, u64) + Send),
) -> Result<Check> {
    let n_named = count(named.len());
    let (sender, mut results) = tokio::sync::mpsc::channel(16);
    let (hashing, digests) = (Arc::clone(archive), named.clone());
    let thread = tokio::task::spawn_blocking(move || {
        for digest in digests {
            if sender.blocking_send((digest, hashing.store().rehash(&digest))).is_err() {
                return;
            }
        }
    });
    let (mut faults, mut n_done) = (Vec::new(), 0);
    while let Some((digest, found)) = results.recv().await {
        n_done += 1;
        progress(n_done, n_named);
        match found {
            Ok(found) if found == digest => {}
            Ok(_) => {
                faults.push(format!("The bytes of {digest} were changed; restore this file from a backup."));
            }
            Err(error) => faults.push(error.message().to_owned()),
        }
    }
    thread.await.map_err(|it| Error::internal("The audit's thread ended unexpectedly.").with_source(it))?;
    Ok(Check::of("blobs", n_named, faults, Verdict::Fail))
}

/// Blobs no entry names are left by an intake that was killed between its steps, and used when it is run again; or by a
/// disposal that was, and then they must go.
async fn orphans(archive: &Archive, named: &BTreeSet<Digest>) -> Result<Check> {
    let disposed: BTreeSet<Digest> = archive.ledger().removals().await?.into_iter().collect();
    let (digests, strangers) = archive.store().digests()?;
    let n_checked = count(digests.len() + strangers.len());
    let still = |it: &Digest| {
        format!(
            "The file {it} belongs to a piece that was disposed of and was not removed yet; run `juanzong status`, which \
             removes it, with an account that may delete it."
        )
    };
    let mut faults: Vec<String> = disposed.iter().map(still).collect();
    let verdict = if faults.is_empty() { Verdict::Warn } else { Verdict::Fail };
    let lost = digests.iter().filter(|it| !named.contains(it) && !disposed.contains(it));
    faults.extend(
        lost.map(|it| format!("No entry names the file {it}; run the intake that was broken off again.")),
    );
    let stray = |it: &std::path::PathBuf| format!("{} does not belong here; move it away.", it.display());
    faults.extend(strangers.iter().map(stray));
    Ok(Check::of("orphans", n_checked, faults, verdict))
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
