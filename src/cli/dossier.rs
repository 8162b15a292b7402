//! Commands on dossiers: plan, build, verify.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use serde_json::json;

use crate::cli::Desk;
use crate::cli::output::{Tone, plain};
use crate::cli::search::all_found;
use crate::domain::actor::Scope;
use crate::domain::media::size;
use crate::domain::verdict::Verdict;
use crate::dossier::layout::Layout;
use crate::dossier::plan::{Handover, Selection, opener, plan};
use crate::dossier::preview::preview;
use crate::dossier::verify;
use crate::error::{Error, Result};
use crate::web::shapes::Plan;

/// The commands on dossiers.
#[derive(Debug, Subcommand)]
pub(super) enum Dossier {
    /// Say what a dossier would hold, what is missing and what is held back
    Plan(Cut),
    /// Build a dossier: a zip that opens, browses, searches and verifies offline
    Build {
        #[command(flatten)]
        cut: Cut,
        /// The file to write [default: the dossier's own name, here]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Check every byte of a dossier and say which file differs; exit code 1 where one does
    Verify {
        /// The zip
        file: PathBuf,
    },
}

/// What a dossier is cut from; all of the scheme where nothing is said.
#[derive(Debug, Args)]
pub(super) struct Cut {
    /// An indicator and all below it, in any spelling
    #[arg(long, value_name = "CODE", conflicts_with_all = ["unit", "query"])]
    indicator: Option<String>,
    /// The material of a unit
    #[arg(long, value_name = "U", conflicts_with = "query")]
    unit: Option<String>,
    /// What a query finds
    #[arg(long, value_name = "QUERY")]
    query: Option<String>,
    /// Who hands it over
    #[arg(long, value_name = "NAME", default_value = "")]
    organization: String,
}

pub(super) async fn dossier(desk: &Desk, command: Dossier) -> Result<ExitCode> {
    match command {
        Dossier::Plan(cut) => {
            let (layout, _) = laid_out(desk, &cut).await?;
            show(desk, &layout)?;
            Ok(ExitCode::SUCCESS)
        }
        Dossier::Build { cut, output } => build(desk, &cut, output).await,
        Dossier::Verify { file } => check(desk, &file),
    }
}

async fn laid_out(desk: &Desk, cut: &Cut) -> Result<(Layout, std::sync::Arc<crate::archive::Archive>)> {
    let archive = desk.archive().await?;
    let found = match &cut.query {
        Some(query) => Some(Selection::found(&all_found(desk, &archive, query).await?, query.clone())?),
        None => None,
    };
    let fold = archive.fold().await?;
    let selection = match (&cut.indicator, &cut.unit, found) {
        (Some(code), _, _) => Selection::Indicator(fold.standard_named(desk.common.scheme.as_ref(), code)?.1),
        (_, Some(unit), _) => Selection::Unit(fold.unit_named(unit)?),
        (_, _, Some(found)) => found,
        _ => Selection::Whole,
    };
    let handover = Handover {
        organization: cut.organization.clone(),
        made_by: desk.actor.clone(),
        made_at: desk.now,
        scope: Scope::All,
    };
    let manifest = plan(&archive, &fold, &desk.scheme(&fold)?, &selection, &handover)?;
    Ok((Layout::new(manifest)?, archive))
}

fn show(desk: &Desk, layout: &Layout) -> Result<()> {
    let (manifest, it) = (layout.manifest(), preview(layout.manifest()));
    desk.output.json(&Plan::from(layout))?;
    let kinds: Vec<String> = it.kinds.iter().map(|(kind, n)| format!("{kind} {n}")).collect();
    let (bytes, kinds) = (size(layout.total_bytes()), kinds.join(" · "));
    desk.output.line(plain(&manifest.title))?;
    desk.output.line(match desk.output.english {
        false => format!(
            "  材料 {} 件(已通过 {},待审 {}),文件 {} 个,{bytes}:{kinds}",
            it.accepted + it.pending,
            it.accepted,
            it.pending,
            it.files
        ),
        true => format!(
            "  {} pieces ({} accepted, {} pending), {} files, {bytes}: {kinds}",
            it.accepted + it.pending,
            it.accepted,
            it.pending,
            it.files
        ),
    })?;
    desk.output.line(match desk.output.english {
        false => format!("  未报齐 {} 项,缺 {} 件;不予装入 {} 件", it.open, it.gap, it.withheld),
        true => format!("  {} duties open, {} pieces missing; {} held back", it.open, it.gap, it.withheld),
    })?;
    for held in &manifest.withheld {
        desk.output.line(format!("    #{} {}  {}", held.evidence, plain(&held.title), plain(&held.why)))?;
    }
    Ok(())
}

async fn build(desk: &Desk, cut: &Cut, output: Option<PathBuf>) -> Result<ExitCode> {
    let (layout, archive) = laid_out(desk, cut).await?;
    let path = output.unwrap_or_else(|| PathBuf::from(layout.file_name()));
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    let io = |it| Error::io("writing", &path, it);
    // It stands under its name only when it is whole.
    let mut temporary = tempfile::Builder::new();
    temporary.prefix(".juanzong-").suffix(".zip");
    // What is handed over is read by others too, as far as the mask of the process allows.
    #[cfg(unix)]
    temporary.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = temporary.tempfile_in(folder).map_err(io)?;
    let bar = desk.output.progress(layout.total_bytes());
    let mut out = Counted { to: std::io::BufWriter::with_capacity(1 << 20, file), bar: bar.clone() };
    layout.write(&opener(&archive), &mut out)?;
    bar.finish_and_clear();
    let file = out.to.into_inner().map_err(|it| io(it.into_error()))?;
    file.as_file().sync_all().map_err(io)?;
    let file = file.persist(&path).map_err(|it| io(it.error))?;
    drop(file);
    show(desk, &layout)?;
    let seal = layout.seal();
    desk.output.json(&json!({ "written": path, "bytes": layout.total_bytes(), "seal": seal }))?;
    desk.output.line(match desk.output.english {
        false => format!(
            "已写入 {}。清单摘要 {seal}。核对:juanzong dossier verify '{}'",
            path.display(),
            path.display()
        ),
        true => format!(
            "Written to {}. Seal {seal}. Check it: juanzong dossier verify '{}'",
            path.display(),
            path.display()
        ),
    })?;
    Ok(ExitCode::SUCCESS)
}

struct Counted<W> {
    to: W,
    bar: ProgressBar,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n_written = self.to.write(bytes)?;
        self.bar.inc(u64::try_from(n_written).unwrap_or(0));
        Ok(n_written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

fn check(desk: &Desk, path: &std::path::Path) -> Result<ExitCode> {
    let file = std::fs::File::open(path).map_err(|it| Error::io("opening", path, it))?;
    let report = verify::check(&desk.keeper, &file)?;
    let verdict = report.verdict();
    desk.output.json(&json!({ "file": path, "verdict": verdict, "report": report }))?;
    for check in &report.checks {
        desk.output.line(plain(&check.line(desk.output.english)))?;
    }
    let tone = if verdict == Verdict::Pass { Tone::Good } else { Tone::Bad };
    let label = desk.output.toned(tone, verdict.label(desk.output.english));
    desk.output.line(match desk.output.english {
        false => format!("{label}:{},核对文件 {} 个,{}", report.title, report.n_passed, size(report.n_bytes)),
        true => {
            format!("{label}: {}, {} files checked, {}", report.title, report.n_passed, size(report.n_bytes))
        }
    })?;
    // Whoever changed files and lists alike changed this number: it is compared with the one on paper.
    if let Some(seal) = report.seal {
        desk.output.line(format!("{} {seal}", desk.output.either("原件清单摘要", "Seal")))?;
    }
    Ok(ExitCode::from(u8::from(matches!(verdict, Verdict::Fail | Verdict::Unchecked))))
}
