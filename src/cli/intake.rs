//! Commands that bring material in: intake, and extract, which files nothing.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;
use serde_json::{Value, json};

use crate::archive::filing::{self, Filed, Line, Offering};
use crate::archive::processing::Told;
use crate::archive::turned::Turned;
use crate::archive::{Archive, Processing};
use crate::cli::Desk;
use crate::cli::output::{Tone, plain};
use crate::domain::finding::{Finding, Severity};
use crate::domain::id::EvidenceId;
use crate::domain::media::size;
use crate::domain::submission::Filing;
use crate::error::{Error, Result};
use crate::extract as reading;
use crate::intake::folder;
use crate::ledger::fold::Fold;
use crate::web::shapes;

/// What `intake` takes.
#[derive(Debug, Args)]
#[command(long_about = "\
Files folders, files, archives (zip, 7z, rar, tar) and mails.

Unit and standard are recognised from folder names (any alias, any spelling of the code), the kind from folder and
file names. What is not recognised is filed as unassigned and listed. Running it again is safe: a file that is known
is not filed twice.

Example: juanzong intake /media/usb/住建局 --standard 'Ⅱ-3 2)'")]
pub(super) struct Intake {
    /// Folders, files, archives, mails
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The unit all of it is from: id, name or alias
    #[arg(long, value_name = "U")]
    unit: Option<String>,
    /// The standard all of it proves, in any spelling
    #[arg(long, value_name = "CODE")]
    standard: Option<String>,
    /// The kind of all of it, such as 照片 or photo
    #[arg(long, value_name = "K")]
    kind: Option<String>,
    /// Say what would be filed and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not wait for the files to be read
    #[arg(long)]
    no_wait: bool,
}

/// What `extract` takes.
#[derive(Debug, Args)]
pub(super) struct ExtractArgs {
    /// The files
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub(super) async fn intake(desk: &Desk, args: Intake) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let fold = archive.fold().await?;
    let offering = offering(desk, &fold, &args)?;
    let survey = folder::survey(&offering.paths)?;
    let bar = desk.output.progress(survey.bytes);
    let stop = stop_on_interrupt();
    let (output, units) = (desk.output.clone(), Arc::clone(&fold));
    let (mut failed, mut unassigned) = (None, None);
    let mut pieces: Vec<EvidenceId> = Vec::new();
    let mut n_files = 0_u64;
    let turned = Arc::new(Mutex::new(Turned::default()));
    let mut tell = {
        let (bar, turned) = (bar.clone(), Arc::clone(&turned));
        move |line: Line| {
            n_files += 1;
            bar.inc(line.bytes);
            bar.set_message(format!("{n_files}/{}", survey.files));
            output.json(&shapes::Line::of(&line, output.english))?;
            let tells = turned.lock().unwrap_or_else(PoisonError::into_inner).tells(&line, || ());
            if tells { bar.suspend(|| show_line(&output, &units, &line)) } else { Ok(()) }
        }
    };
    let act = desk.act();
    if args.dry_run {
        let rehearsed = filing::rehearse(&archive, &act, &offering, move |line| drop(tell(line))).await;
        bar.finish_and_clear();
        rehearsed?;
        show_sums(&desk.output, &turned)?;
        let said = desk.output.either("试运行:什么也没有归档。", "Dry run: nothing was filed.");
        desk.output.line(said)?;
        return Ok(ExitCode::SUCCESS);
    }
    let filed = filing::file(&archive, &act, &offering, &stop, |line| {
        let kept = line.evidence.filter(|_| line.filing.is_kept());
        pieces.extend(kept);
        unassigned = unassigned.or(kept.filter(|_| line.unit.is_none()));
        if let Err(error) = tell(line) {
            // Nobody reads the lines any more; what is begun is kept and the rest left.
            failed.get_or_insert(error);
        }
    })
    .await;
    bar.finish_and_clear();
    let filed = filed?;
    if let Some(error) = failed {
        return Err(error);
    }
    show_sums(&desk.output, &turned)?;
    if !args.no_wait {
        read_or_wait(desk, &archive, &pieces, &stop).await?;
    }
    show_receipt(desk, &archive, &filed, unassigned)?;
    let stopped = stop.load(Ordering::Relaxed);
    if stopped && !filed.receipt.broken_off {
        let zh = "已按要求中止读取:文件都已归档,其余文字在下次检索或归档时读取。";
        let en = "The reading was broken off: all is filed; the next search or intake reads the rest.";
        desk.output.line(desk.output.either(zh, en))?;
    }
    Ok(ExitCode::from(if stopped { 130 } else { 0 }))
}

fn offering(desk: &Desk, fold: &Fold, args: &Intake) -> Result<Offering> {
    let unit = args.unit.as_ref().map(|it| fold.unit_named(it)).transpose()?;
    let standard =
        args.standard.as_ref().map(|it| fold.standard_named(desk.common.scheme.as_ref(), it)).transpose()?;
    let kind = args.kind.as_ref().map(|it| fold.kind_named(it)).transpose()?;
    Ok(Offering { paths: args.paths.clone(), shown: vec![], unit, standard, kind })
}

/// The first Ctrl-C ends the intake after the batch at hand; the second ends the program.
pub(super) fn stop_on_interrupt() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            flag.store(true, Ordering::Relaxed);
        }
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    });
    stop
}

fn show_line(output: &crate::cli::Output, fold: &Fold, line: &Line) -> Result<()> {
    let tone = match line.filing {
        Filing::Filed | Filing::FiledAgain => Tone::Good,
        Filing::Known | Filing::Container | Filing::Junk => Tone::Quiet,
        Filing::Empty => Tone::Warn,
        Filing::Unreadable | Filing::Refused => Tone::Bad,
    };
    let number = line.evidence.map(|it| format!(" #{it}")).unwrap_or_default();
    let unit = line.unit.as_ref().map(|it| format!("  {}", fold.units.label(it))).unwrap_or_default();
    let code = line.standard.as_ref().and_then(|(s, i)| Some(fold.scheme(s)?.full_code(i)));
    let code = code.map(|it| format!("  {it}")).unwrap_or_default();
    let label = output.toned(tone, line.label(output.english));
    output.line(format!("{label}{number}  {}{unit}{code}", plain(&line.path)))?;
    for it in &line.sent_back {
        let sentence = it.sentence(&fold.code_of(&it.scheme, &it.indicator), output.english);
        output.line(format!("    {}", output.toned(Tone::Warn, &plain(&sentence))))?;
    }
    show_findings(output, &line.findings)
}

/// What was turned away too often to be told line by line.
fn show_sums(output: &crate::cli::Output, turned: &Mutex<Turned<()>>) -> Result<()> {
    for sum in turned.lock().unwrap_or_else(PoisonError::into_inner).sums() {
        let label = output.toned(Tone::Warn, sum.filing.label(output.english));
        output.line(format!("{label}  {}", sum.sentence(output.english)))?;
    }
    Ok(())
}

pub(super) fn show_findings(output: &crate::cli::Output, findings: &[Finding]) -> Result<()> {
    for finding in findings {
        let tone = match finding.code.severity() {
            Severity::Error => Tone::Bad,
            Severity::Warn => Tone::Warn,
            Severity::Info => Tone::Quiet,
        };
        output.line(format!("    {}", output.toned(tone, &plain(&finding.line(output.english)))))?;
    }
    Ok(())
}

/// Reads all that is unread and indexes it, with a bar; returns how many files were read.
pub(super) async fn read_all(desk: &Desk, processing: &Processing) -> Result<usize> {
    process(desk, processing, false, &Arc::default()).await
}

/// As [`read_all`], the index made again where that is asked; `stop` ends it after the files at hand.
pub(super) async fn process(
    desk: &Desk,
    processing: &Processing,
    remake: bool,
    stop: &Arc<AtomicBool>,
) -> Result<usize> {
    let bar = desk.output.counter(0);
    bar.set_message(desk.output.either("读取文字", "reading").to_owned());
    let mut n_all = 0;
    loop {
        let mut failed = Ok(());
        let n_read = processing
            .read_until(desk.now, stop, |told| {
                bar.set_length(bar.position() + 1 + u64::try_from(told.n_left).unwrap_or(0));
                bar.inc(1);
                let shown = bar.suspend(|| show_reading(desk, &told));
                if failed.is_ok() {
                    failed = shown;
                }
            })
            .await?;
        failed?;
        n_all += n_read;
        if stop.load(Ordering::Relaxed) {
            // The index is brought up by whoever reads the rest.
            bar.finish_and_clear();
            return Ok(n_all);
        }
        if n_read == 0 {
            break;
        }
    }
    bar.set_message(desk.output.either("建立索引", "indexing").to_owned());
    let indexing = bar.clone();
    let ticks = move |n, of| {
        indexing.set_length(u64::try_from(of).unwrap_or(0));
        indexing.set_position(u64::try_from(n).unwrap_or(0));
    };
    match remake {
        true => processing.remake_index(ticks).await?,
        false => processing.index_all(ticks).await?,
    };
    bar.finish_and_clear();
    Ok(n_all)
}

/// Reads and indexes what was filed; where a server does that already, waits for it and tells what it read.
async fn read_or_wait(
    desk: &Desk,
    archive: &Arc<Archive>,
    pieces: &[EvidenceId],
    stop: &Arc<AtomicBool>,
) -> Result<()> {
    let mut waiting: BTreeSet<EvidenceId> = pieces.iter().copied().collect();
    let bar = desk.output.counter(u64::try_from(waiting.len()).unwrap_or(0));
    bar.set_message(desk.output.either("等待服务读取", "waiting for the server to read").to_owned());
    loop {
        // The server may end meanwhile, and leave the rest to us.
        if let Some(processing) = Processing::lock(archive)? {
            bar.finish_and_clear();
            process(desk, &processing, false, stop).await?;
            return Ok(());
        }
        let fold = archive.fold().await?;
        let read = |id: &EvidenceId| {
            let piece = fold.current(*id);
            piece.is_none_or(|it| it.parts.iter().all(|it| fold.readings.contains_key(&it.blob.sha256)))
        };
        for id in waiting.extract_if(.., |it| read(it)).collect::<Vec<_>>() {
            bar.inc(1);
            for (part, reading) in fold.current(id).into_iter().flat_map(|it| fold.readings_of(it)) {
                let told = Told {
                    blob: part.blob.sha256,
                    evidence: vec![id],
                    reading: Arc::clone(reading),
                    n_left: waiting.len(),
                };
                bar.suspend(|| show_reading(desk, &told))?;
            }
        }
        if waiting.is_empty() || stop.load(Ordering::Relaxed) {
            bar.finish_and_clear();
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

pub(super) fn show_reading(desk: &Desk, told: &Told) -> Result<()> {
    for id in &told.evidence {
        let found = shapes::findings(&told.reading.findings, desk.output.english);
        desk.output
            .json(&json!({ "evidence": id, "status": told.reading.status.word(), "findings": found }))?;
        if told.reading.findings.iter().any(|it| it.code.severity() != Severity::Info) {
            desk.output.line(format!("#{id}  {}", told.reading.status.label(desk.output.english)))?;
            show_findings(&desk.output, &told.reading.findings)?;
        }
    }
    Ok(())
}

fn show_receipt(desk: &Desk, archive: &Archive, filed: &Filed, unassigned: Option<EvidenceId>) -> Result<()> {
    let receipt = &filed.receipt;
    desk.output.json(&json!({ "receipt": shapes::Received::from(filed) }))?;
    let en = desk.output.english;
    let counts: Vec<String> = receipt.counts.iter().map(|(it, n)| format!("{} {n}", it.label(en))).collect();
    let (counts, bytes) = (counts.join(if en { ", " } else { "," }), size(receipt.bytes));
    let digest = receipt.list_sha256.map(|it| it.short()).unwrap_or_default();
    desk.output.line(match en {
        false => format!(
            "回执 #{}:{counts};共 {bytes};未归属 {} 件;清单摘要 {digest};记录到第 {} 条。",
            filed.submission, receipt.unassigned, filed.head.entry
        ),
        true => format!(
            "Receipt #{}: {counts}; {bytes} in all; {} unassigned; list {digest}; ledger at entry {}.",
            filed.submission, receipt.unassigned, filed.head.entry
        ),
    })?;
    if receipt.broken_off {
        let zh = "已按要求中止:上面列出的都已归档,再次运行会从中断处继续。";
        desk.output.line(
            desk.output.either(zh, "It was broken off: what is listed is kept; run it again to go on."),
        )?;
    }
    let root = quoted(&archive.root().display().to_string());
    let next = match unassigned {
        None => format!("juanzong --archive {root} check"),
        Some(id) => {
            let what = desk.output.either("--unit 单位 --standard 指标", "--unit UNIT --standard STANDARD");
            format!("juanzong --archive {root} assign {id} {what}")
        }
    };
    desk.output.line(format!("{} {next}", desk.output.either("下一步:", "Next:")))
}

/// Returns a word as a shell takes it for one word.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@%,".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

pub(super) fn extract(desk: &Desk, args: ExtractArgs) -> Result<ExitCode> {
    let mut worst = ExitCode::SUCCESS;
    for path in &args.files {
        let file = match std::fs::File::open(path) {
            Ok(file) => file,
            Err(fault) => {
                desk.output.error(&Error::io("opening", path, fault));
                worst = ExitCode::from(3);
                continue;
            }
        };
        let (shown, path_raw) = folder::shown(path);
        let bytes = file.metadata().map_or(0, |it| it.len());
        let name = shown.rsplit('/').next().unwrap_or(&shown);
        let it = reading::extract(&desk.keeper, &file, name, reading::budget(bytes))?;
        let mut json = json!({
            "path": shown, "status": it.reading.status.word(),
            "extractor": format!("{}/{}", it.reading.extractor, it.reading.version), "text": it.text,
            "facts": it.reading.facts, "findings": shapes::findings(&it.reading.findings, desk.output.english),
        });
        if let (Some(raw), Some(object)) = (path_raw, json.as_object_mut()) {
            object.insert("path_raw".into(), Value::String(raw));
        }
        desk.output.json(&json)?;
        let label = it.reading.status.label(desk.output.english);
        desk.output.line(format!("{}  {label}  {}", plain(&shown), it.reading.facts.media_type))?;
        show_findings(&desk.output, &it.reading.findings)?;
        desk.output.line(&it.text)?;
    }
    Ok(worst)
}
