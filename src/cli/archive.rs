//! Commands on the archive as a whole: init, status, rebuild, audit, backup, restore, dispose.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::archive::{Archive, Processing, backup as copies};
use crate::audit as auditing;
use crate::cage::Holds;
use crate::cli::Desk;
use crate::cli::output::Tone;
use crate::domain::actor::Scope;
use crate::domain::id::{EvidenceId, SchemeId};
use crate::domain::media::size;
use crate::domain::verdict::Verdict;
use crate::error::{Error, Result};
use crate::web::shapes::Status;

/// What `init` takes.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The time zone that dates belong to
    #[arg(long, default_value = "Asia/Shanghai", value_name = "ZONE")]
    timezone: String,
}

/// What `rebuild` takes.
#[derive(Debug, Args)]
pub(super) struct Rebuild {
    /// Fold the tables of the ledger again from its entries first
    #[arg(long)]
    ledger: bool,
}

/// What `backup` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "`juanzong --archive DIR audit` checks a backup by itself, without the archive it was taken of."
)]
pub(super) struct Backup {
    /// An empty or new folder, or one that holds an earlier backup of this archive
    dir: PathBuf,
    /// Read again what the backup holds already, and replace what was damaged there
    #[arg(long)]
    verify: bool,
}

/// What `restore` takes.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The folder of the backup; the archive is made at --archive
    dir: PathBuf,
}

/// What `dispose` takes.
#[derive(Debug, Args)]
pub(super) struct Dispose {
    /// The piece
    evidence: EvidenceId,
    /// By what right, without naming the content; it stays in the ledger
    #[arg(long)]
    reason: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(super) async fn init(desk: &Desk, args: Init) -> Result<ExitCode> {
    Archive::create(&desk.root, &args.timezone, &desk.act()).await?;
    desk.output.json(&json!({ "archive": desk.root, "timezone": args.timezone }))?;
    let root = desk.root.display();
    desk.output.line(match desk.output.english {
        false => format!("档案库已建在 {root}。下一步:juanzong unit import 单位.toml,再 juanzong scheme import 体系.toml"),
        true => format!("The archive is at {root}. Next: juanzong unit import UNITS.toml, juanzong scheme import SCHEME.toml"),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What `status` tells: what the archive holds, where it lies, and what the cage holds on this machine.
#[derive(Serialize)]
struct Here<'a> {
    archive: &'a Path,
    #[serde(flatten)]
    status: &'a Status,
    cage: Option<Holds>,
}

pub(super) async fn status(desk: &Desk) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let fold = archive.fold().await?;
    let head = archive.ledger().head().await?;
    let it = Status::of(&fold, head, &Scope::All, archive.store().free_bytes());
    let cage = archive.keeper().holds().ok();
    desk.output.json(&Here { archive: &desk.root, status: &it, cage })?;
    let en = desk.output.english;
    let row = |zh: &str, english: &str, value: String| vec![if en { english } else { zh }.to_owned(), value];
    let schemes: Vec<&str> = it.schemes.iter().map(SchemeId::as_str).collect();
    let rows = [
        row("档案库", "Archive", desk.root.display().to_string()),
        row("体系", "Schemes", schemes.join(", ")),
        row("单位", "Units", it.units.to_string()),
        row("材料", "Evidence", format!("{} ({})", it.evidence, size(it.bytes))),
        row("未归属", "Unassigned", it.unassigned.to_string()),
        row("已读取", "Read", format!("{} / {}", it.read, it.blobs)),
        row("操作记录", "Ledger", format!("#{} {}", it.entry, it.hash)),
        row("可用空间", "Free", it.free_bytes.map_or_else(|| "?".into(), size)),
        row("读取隔离", "Cage", cage.map_or_else(|| "–".into(), |it| format!("{it:?}"))),
    ];
    desk.output.table(&["", ""], &rows)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn rebuild(desk: &Desk, args: Rebuild) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    if args.ledger {
        archive.ledger().refold().await?;
    }
    let Some(processing) = Processing::lock(&archive)? else {
        return Err(Error::unavailable(
            "Another process reads and indexes this archive, or it cannot be written; stop that one or let it do the work.",
        )
        .zh("另一个进程正在读取和索引此档案库，或档案库不可写；请停止那个进程，或由它完成。"));
    };
    let n_read = crate::cli::intake::process(desk, &processing, true, &std::sync::Arc::default()).await?;
    desk.output.json(&json!({ "read": n_read }))?;
    desk.output.line(match desk.output.english {
        false => format!("读取了 {n_read} 个文件。"),
        true => format!("{n_read} files were read."),
    })?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn audit(desk: &Desk) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let n_blobs = u64::try_from(archive.fold().await?.blobs().len()).unwrap_or(0);
    let bar = desk.output.counter(n_blobs);
    let checks = auditing::audit(&archive, |n, _| bar.set_position(n)).await?;
    bar.finish_and_clear();
    for check in &checks {
        desk.output.json(check)?;
        let tone = match check.verdict {
            Verdict::Pass => Tone::Good,
            Verdict::Fail => Tone::Bad,
            Verdict::Warn | Verdict::Unchecked => Tone::Warn,
        };
        let label = desk.output.toned(tone, check.verdict.label(desk.output.english));
        desk.output.line(format!("{label}  {}  {}", check.label(desk.output.english), check.n_checked))?;
        for fault in check.faults_in(desk.output.english) {
            desk.output.line(format!("    {fault}"))?;
        }
    }
    let failed = checks.iter().any(|it| it.verdict == Verdict::Fail);
    Ok(ExitCode::from(u8::from(failed)))
}

pub(super) async fn backup(desk: &Desk, args: Backup) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let copied = copies::backup(&archive, &args.dir, args.verify).await?;
    told_copy(desk, &copied, &args.dir)
}

pub(super) async fn restore(desk: &Desk, args: Restore) -> Result<ExitCode> {
    let copied = copies::restore(&args.dir, &desk.root).await?;
    told_copy(desk, &copied, &desk.root)
}

fn told_copy(desk: &Desk, copied: &copies::Copied, to: &Path) -> Result<ExitCode> {
    desk.output.json(&json!({
        "entry": copied.head.entry, "hash": copied.head.hash, "blobs": copied.blobs,
        "new_blobs": copied.new_blobs, "new_bytes": copied.new_bytes,
        "mended": copied.mended,
    }))?;
    let (to, bytes) = (to.display(), size(copied.new_bytes));
    desk.output.line(match desk.output.english {
        false => format!(
            "{to} 现有文件 {} 个,本次新增 {} 个({bytes}),记录到第 {} 条。",
            copied.blobs, copied.new_blobs, copied.head.entry
        ),
        true => format!(
            "{to} holds {} files, {} of them new ({bytes}), up to entry {}.",
            copied.blobs, copied.new_blobs, copied.head.entry
        ),
    })?;
    if copied.mended > 0 {
        let n = copied.mended;
        desk.output.line(match desk.output.english {
            false => format!("其中 {n} 个原已损坏，现已更换；请检查该磁盘。"),
            true => format!("{n} of these were damaged there and were replaced; look to that disk."),
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn dispose(desk: &Desk, args: Dispose) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let id = args.evidence;
    if !args.yes {
        let fold = archive.fold().await?;
        let piece = fold.evidence.get(&id);
        let title = piece.map(|it| it.title.clone()).ok_or_else(|| {
            Error::not_found(format!("There is no evidence #{id}; look it up with `juanzong search`."))
                .zh(format!("没有 #{id} 这件材料，请先检索。"))
        })?;
        if !confirmed(desk, id, &title)? {
            return Err(Error::invalid(
                "Nothing was disposed of: it was not confirmed. Say --yes to do it unasked.",
            )
            .zh("没有确认，什么也没有处置；要不经确认直接处置，请加 --yes。"));
        }
    }
    let n_blobs = archive.dispose(&desk.act(), id, &args.reason).await?;
    // Where a server runs it brings the index up itself; where there is no index there is no word in it.
    if archive.index().await.is_ok()
        && let Some(processing) = Processing::lock(&archive)?
    {
        processing.index_all(|_, _| ()).await?;
    }
    desk.output.json(&json!({ "disposed": id, "blobs": n_blobs }))?;
    desk.output.line(match desk.output.english {
        false => format!("已处置 #{id},删除文件 {n_blobs} 个;操作记录链仍可校验。备份中的副本请另行处置。"),
        true => format!("#{id} was disposed of, {n_blobs} files removed; the chain still verifies. See to copies in backups."),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn confirmed(desk: &Desk, id: EvidenceId, title: &str) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    let title = crate::cli::output::plain(title);
    desk.output.note(&match desk.output.english {
        false => format!("将永久删除 #{id}「{title}」的内容。请输入编号 {id} 确认:"),
        true => format!("This removes #{id} “{title}” for good. Type its number {id} to confirm:"),
    });
    let mut typed = String::new();
    let failed = |it| Error::invalid("The answer could not be read.").with_source(it);
    std::io::stderr().flush().map_err(failed)?;
    std::io::stdin().read_line(&mut typed).map_err(failed)?;
    Ok(typed.trim().trim_start_matches('#') == id.to_string())
}
