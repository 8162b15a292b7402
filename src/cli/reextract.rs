//! Reading again what was read: where a reader got better, or one wants to see what it does now.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use crate::archive::Processing;
use crate::cli::Desk;
use crate::domain::finding::Code;
use crate::domain::id::Digest;
use crate::domain::reading::Reading;
use crate::error::{Error, Result};
use crate::ledger::fold::Fold;

/// What `reextract` takes.
#[derive(Debug, Args)]
#[command(long_about = "\
Reads files again. Each --where narrows what is meant; all of them must hold:

  status=partial           how the reading ended: ok partial encrypted corrupt unsupported timeout oom crash
  extractor=pdf            the reader
  media=application/pdf    how the media type begins
  version<2                read by an older reader; also version=1
  finding=W09              with this finding

What was read before stays in the ledger, and its text beside the file; where the new reading fails the earlier
result stands.")]
pub(super) struct Reextract {
    /// What is to be read again, such as status=partial
    #[arg(long = "where", required = true, value_name = "CONDITION")]
    conditions: Vec<Condition>,
    /// Say what would be read and read nothing
    #[arg(long)]
    dry_run: bool,
}

/// One condition on a reading.
#[derive(Clone, Debug)]
enum Condition {
    Status(String),
    Extractor(String),
    Media(String),
    Version(u32),
    Below(u32),
    Finding(Code),
}

impl std::str::FromStr for Condition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        const STATUSES: [&str; 8] =
            ["ok", "partial", "encrypted", "corrupt", "unsupported", "timeout", "oom", "crash"];
        let bad = || {
            Error::invalid(format!(
                "“{text}” is not a condition; write one such as status=partial, extractor=pdf, media=application/pdf, \
                 version<2 or finding=W09."
            ))
            .zh(format!("“{text}”不是条件，请写成 status=partial、extractor=pdf、version<2 或 finding=W09 这样。"))
        };
        let number = |it: &str| it.trim().parse::<u32>().map_err(|_| bad());
        if let Some(version) = text.strip_prefix("version<") {
            return number(version).map(Self::Below);
        }
        let (key, value) = text.split_once('=').ok_or_else(bad)?;
        Ok(match (key.trim(), value.trim()) {
            ("status", it) if STATUSES.contains(&it) => Self::Status(it.to_owned()),
            ("extractor", it) if !it.is_empty() => Self::Extractor(it.to_owned()),
            ("media", it) if !it.is_empty() => Self::Media(it.to_owned()),
            ("version", it) => Self::Version(number(it)?),
            ("finding", it) => Self::Finding(it.parse()?),
            _ => return Err(bad()),
        })
    }
}

impl Condition {
    fn holds(&self, reading: &Reading) -> bool {
        match self {
            Self::Status(it) => reading.status.word() == it,
            Self::Extractor(it) => reading.extractor == *it,
            Self::Media(it) => reading.facts.media_type.starts_with(it.as_str()),
            Self::Version(it) => reading.version == *it,
            Self::Below(it) => reading.version < *it,
            Self::Finding(it) => reading.findings.iter().any(|finding| finding.code == *it),
        }
    }
}

pub(super) async fn reextract(desk: &Desk, args: Reextract) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let fold = archive.fold().await?;
    let meant = meant(&fold, &args.conditions);
    let n = meant.len();
    if args.dry_run {
        desk.output.json(&json!({ "would_read": n }))?;
        desk.output.line(match desk.output.english {
            false => format!("将重新读取 {n} 个文件。"),
            true => format!("{n} files would be read again."),
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(processing) = Processing::lock(&archive)? else {
        return Err(Error::unavailable(
            "Another process reads and indexes this archive, or it cannot be written; stop that one first.",
        )
        .zh("另一个进程正在读取和索引此档案库，或档案库不可写；请先停止那个进程。"));
    };
    // A reading held while it is replaced would make each entry copy the whole state.
    drop(fold);
    let bar = desk.output.counter(u64::try_from(n).unwrap_or(0));
    let mut failed = Ok(());
    let tell = |told| {
        bar.inc(1);
        let shown = bar.suspend(|| crate::cli::intake::show_reading(desk, &told));
        if failed.is_ok() {
            failed = shown;
        }
    };
    let n_read = processing.read_these(meant, desk.now, &Arc::default(), tell).await?;
    bar.finish_and_clear();
    failed?;
    crate::cli::intake::read_all(desk, &processing).await?;
    desk.output.json(&json!({ "read": n_read }))?;
    desk.output.line(match desk.output.english {
        false => format!("重新读取了 {n_read} 个文件。"),
        true => format!("{n_read} files were read again."),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The blobs whose reading meets every condition, each once, with a name.
fn meant(fold: &Fold, conditions: &[Condition]) -> Vec<(Digest, String)> {
    let mut res: Vec<(Digest, String)> = fold
        .evidence
        .values()
        .flat_map(|it| &it.parts)
        .filter(|part| {
            let reading = fold.readings.get(&part.blob.sha256);
            reading.is_some_and(|it| conditions.iter().all(|condition| condition.holds(it)))
        })
        .map(|it| (it.blob.sha256, it.name.clone()))
        .collect();
    res.sort();
    res.dedup_by_key(|it| it.0);
    res
}
