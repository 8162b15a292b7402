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
    #[serde(skip)]
    zh: Vec<String>,
}

/// How many faults of a check are named; the rest goes the same way.
const MOST_FAULTS: usize = 20;

/// A sentence in English, and in Chinese.
type Said = (String, String);

impl Check {
    fn of(check: &'static str, n_checked: u64, mut faults: Vec<Said>, bad: Verdict) -> Self {
        let verdict = if faults.is_empty() { Verdict::Pass } else { bad };
        let n_more = faults.len().saturating_sub(MOST_FAULTS);
        if n_more > 0 {
            faults.truncate(MOST_FAULTS);
            faults.push((format!("and {n_more} more"), format!("另有 {n_more} 条")));
        }
        let (faults, zh) = faults.into_iter().unzip();
        Self { check, verdict, n_checked, faults, zh }
    }

    /// Returns what is wrong in English or in Chinese.
    pub fn faults_in(&self, english: bool) -> &[String] {
        if english { &self.faults } else { &self.zh }
    }

    /// Returns the name of the check for the screen.
    pub fn label(&self, english: bool) -> &'static str {
        match (self.check, english) {
            ("chain", false) => "操作记录链",
            ("projections", false) => "数据表",
            ("blobs", false) => "文件",
            ("orphans", false) => "无主文件",
            ("read", false) => "读取",
            ("derived", false) => "文本",
            ("index", false) => "索引",
            (word, _) => word,
        }
    }
}

/// Audits an archive: the chain, the tables against the entries, every blob re-hashed, blobs nobody names, blobs not
/// read yet, texts that are gone, the index against the pieces. `progress` is told how many blobs of how many were hashed.
///
/// # Errors
/// Those that keep a check from being made; what is wrong with the archive is a fault of a check.
pub async fn audit(archive: &Arc<Archive>, mut progress: impl FnMut(u64, u64) + Send) -> Result<Vec<Check>> {
    let chain = chain(archive).await?;
    let holds = chain.verdict == Verdict::Pass;
    let mut res = vec![chain, projections(archive, holds).await?];
    let fold = archive.ledger().fold().await?;
    let named = fold.blobs();
    res.push(blobs(archive, &named, &mut progress).await?);
    res.push(orphans(archive, &named).await?);
    let unread: Vec<Said> = named
        .iter()
        .filter(|it| fold.holders_of(it).next().is_some() && !fold.readings.contains_key(it))
        .map(|it| {
            (
                format!("The file {it} was not read yet; run `juanzong rebuild` or start the server."),
                format!("文件 {it} 尚未读取；请运行 juanzong rebuild 或启动服务。"),
            )
        })
        .collect();
    res.push(Check::of("read", count(named.len()), unread, Verdict::Warn));
    res.push(derived(archive, &fold)?);
    res.push(index(archive, &fold).await?);
    Ok(res)
}

/// What was read must have its text beside it. It can be made again, so nothing is lost where it has not. Whether a
/// text still says what was read would take reading the file again, so texts that are there are not passed.
fn derived(archive: &Archive, fold: &Fold) -> Result<Check> {
    let mut faults = Vec::new();
    for blob in fold.readings.keys() {
        if !archive.has_text(blob)? && archive.store().size(blob)?.is_some() {
            faults.push((
                format!("The text of the file {blob} is gone; run `juanzong rebuild`."),
                format!("文件 {blob} 的文本不在了；请运行 juanzong rebuild。"),
            ));
        }
    }
    faults.sort_unstable();
    let verdict = if faults.is_empty() { Verdict::Unchecked } else { Verdict::Warn };
    if faults.is_empty() && !fold.readings.is_empty() {
        faults.push((
            "Every text is there; whether each still says what was read of its file was not checked.".into(),
            "文本都在；其内容是否仍与所读文件一致，未检查。".into(),
        ));
    }
    Ok(Check::of("derived", count(fold.readings.len()), faults, verdict))
}

/// The index must hold just the pieces of the archive, but for those that entries since its last one changed.
async fn index(archive: &Archive, fold: &Fold) -> Result<Check> {
    let index = match archive.index().await {
        Ok(index) => index,
        Err(error) if error.kind() == Kind::Unavailable => {
            return Ok(Check::of("index", 0, vec![said(&error)], Verdict::Unchecked));
        }
        Err(error) if error.kind() == Kind::Corrupt => {
            return Ok(Check::of("index", 0, vec![said(&error)], Verdict::Fail));
        }
        Err(error) => return Err(error),
    };
    let whole = Arc::clone(&index);
    let sound = archive.asking(move || Ok(whole.is_sound())).await?;
    let rebuild = |en: String, zh: String| {
        (format!("{en}; run `juanzong rebuild`."), format!("{zh}；请运行 juanzong rebuild。"))
    };
    let mut faults: Vec<Said> = Vec::new();
    if !sound {
        // What it says of itself is worth nothing then.
        faults.push(rebuild("A file of the index is damaged".to_owned(), "索引文件已损坏".to_owned()));
        return Ok(Check::of("index", 0, faults, Verdict::Fail));
    }
    let (reached, indexed) = (index.reached()?, index.ids()?);
    if fold.head.is_some_and(|it| it.entry < reached) {
        faults.push((
            format!(
                "The index knows entry {reached}, which the ledger has not: either entries were lost, then restore a \
                 backup; or an older ledger was put in place on purpose, then run `juanzong rebuild`."
            ),
            format!(
                "索引已到第 {reached} 条记录，操作记录却没有这一条：如系记录丢失，请从备份恢复；如系有意换回旧记录，请运行 juanzong rebuild。"
            ),
        ));
    }
    let coming = archive.ledger().touched_since(reached).await?;
    let n_indexed = count(indexed.len());
    let twice = indexed.windows(2).filter(|it| it[0] == it[1]).map(|it| it[0]);
    faults.extend(
        twice.map(|it| rebuild(format!("The index holds #{it} twice"), format!("索引中 #{it} 重复"))),
    );
    let indexed: BTreeSet<EvidenceId> = indexed.iter().copied().filter(|it| !coming.contains(it)).collect();
    let there: BTreeSet<EvidenceId> =
        fold.evidence.keys().copied().filter(|it| !coming.contains(it)).collect();
    let lacking = there.difference(&indexed);
    faults.extend(lacking.map(|it| {
        rebuild(format!("Evidence #{it} is not in the index"), format!("索引中没有 #{it} 这件材料"))
    }));
    let foreign = indexed.difference(&there);
    faults.extend(foreign.map(|it| {
        rebuild(format!("The index holds #{it}, which is not filed"), format!("索引中有 #{it}，但并未入档"))
    }));
    Ok(Check::of("index", n_indexed, faults, Verdict::Fail))
}

fn said(error: &Error) -> Said {
    (error.message().to_owned(), error.message_in(false).into_owned())
}

async fn chain(archive: &Archive) -> Result<Check> {
    let faults = archive.ledger().chain_faults().await?;
    let sentence = |it: &crate::ledger::ChainFault| {
        (
            format!("Entry {} {}; compare with a backup and restore it.", it.entry, it.fault),
            format!("第 {} 条记录有误（{}）；请与备份比对并恢复。", it.entry, it.fault),
        )
    };
    let mut faults: Vec<Said> = faults.iter().map(sentence).collect();
    let told = archive.ledger().told_of().await?;
    // Read last: others may append meanwhile.
    let head = archive.ledger().head().await?.entry;
    if told > head {
        faults.push((
            format!(
                "The tables tell of entry {told}, but the chain ends with entry {head}: entries at its end are missing. \
                 Restore a backup; folding the tables again would lose what they still tell."
            ),
            format!(
                "数据表提到第 {told} 条记录，而记录链止于第 {head} 条：末尾的记录缺失。请从备份恢复；重建数据表会丢掉其中尚存的内容。"
            ),
        ));
    }
    Ok(Check::of("chain", u64::try_from(head.0).unwrap_or(0), faults, Verdict::Fail))
}

/// The tables must tell what the entries tell. Where the chain does not hold, the entries are not what to go by.
async fn projections(archive: &Archive, chain_holds: bool) -> Result<Check> {
    let tables = archive.ledger().fold().await?;
    let entries = match archive.ledger().fold_until(jiff::Timestamp::MAX).await {
        Ok(entries) => entries,
        Err(error) => {
            let (en, zh) = said(&error);
            let fault = (format!("{en} The tables could not be compared."), format!("{zh}数据表无法比对。"));
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
    let advised = |en: String, zh: String| match chain_holds {
        true => (
            format!("{en}; run `juanzong rebuild --ledger`."),
            format!("{zh}；请运行 juanzong rebuild --ledger。"),
        ),
        false => (
            format!("{en}; the chain does not hold, so restore a backup."),
            format!("{zh}；记录链本身有误，请从备份恢复。"),
        ),
    };
    let mut faults: Vec<Said> = Vec::new();
    let ids: BTreeSet<_> = tables.evidence.keys().chain(entries.evidence.keys()).collect();
    for id in ids.into_iter().filter(|it| tables.evidence.get(it) != entries.evidence.get(it)) {
        let en = format!("The table row of evidence #{id} differs from its entries");
        faults.push(advised(en, format!("材料 #{id} 在数据表中的内容与操作记录不符")));
    }
    let row = |it: &String| {
        advised(format!("The row “{it}” differs from its entries"), format!("数据行“{it}”与操作记录不符"))
    };
    faults.extend(rows.iter().map(row));
    if faults.is_empty() {
        let en = "The tables differ from the entries".to_owned();
        faults.push(advised(en, "数据表与操作记录不符".into()));
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
                faults.push((
                    format!("The bytes of {digest} were changed; restore this file from a backup."),
                    format!("文件 {digest} 的内容被改动；请从备份恢复该文件。"),
                ));
            }
            Err(error) => faults.push(said(&error)),
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
        (
            format!(
                "The file {it} belongs to a piece that was disposed of and was not removed yet; run `juanzong status`, \
                 which removes it, with an account that may delete it."
            ),
            format!(
                "文件 {it} 属于已处置的材料，尚未删除；请用有删除权限的账号运行 juanzong status，届时会删除。"
            ),
        )
    };
    let mut faults: Vec<Said> = disposed.iter().map(still).collect();
    let verdict = if faults.is_empty() { Verdict::Warn } else { Verdict::Fail };
    let lost = digests.iter().filter(|it| !named.contains(it) && !disposed.contains(it));
    faults.extend(lost.map(|it| {
        (
            format!("No entry names the file {it}; run the intake that was broken off again."),
            format!("没有记录提到文件 {it}；请重新运行中断的收件。"),
        )
    }));
    faults.extend(strangers.iter().map(|it| {
        let it = it.display();
        (format!("{it} does not belong here; move it away."), format!("{it} 不该在这里；请移走。"))
    }));
    Ok(Check::of("orphans", n_checked, faults, verdict))
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
