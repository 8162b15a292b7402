//! The demo: a little invented city files its material into an archive of its own, an office reviews it, and it is served.
//!
//! All of `fixtures/demo` is in the program. What the office decides is written there too (`review.toml`) and played
//! through the same verbs that people use.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use include_dir::{Dir, include_dir};
use tempfile::TempDir;

use crate::archive::filing::{self, Offering};
use crate::archive::{Archive, Processing};
use crate::cli::Desk;
use crate::cli::intake::stop_on_interrupt;
use crate::cli::scheme::record;
use crate::cli::serve::{LISTEN, told};
use crate::completeness;
use crate::domain::actor::Scope;
use crate::domain::scheme::Scheme;
use crate::domain::unit::Units;
use crate::error::{Error, Result};
use crate::intake::scheme_file;
use crate::ledger::event::Event;
use crate::ledger::fold::Fold;
use crate::web::{self, Serving};

mod office;

mod story;

/// What the units sent in.
static MATERIAL: Dir = include_dir!("$CARGO_MANIFEST_DIR/fixtures/demo/material");
const UNITS: &str = include_str!("../../../fixtures/demo/units.toml");
const SCHEME: &str = include_str!("../../../fixtures/demo/scheme.toml");

/// The folder the material is offered in.
const OFFERED: &str = "云汀市报送材料";

/// What `demo` takes.
#[derive(Debug, Args)]
#[command(long_about = "\
Shows the program on an invented city: units, a scheme and the material they sent are filed into an archive made for it,
reviewed, and served. The archive is removed at the end, unless a folder is named to keep it in; that folder is served
again when it is named again.

Example: juanzong demo --keep ./yunting")]
pub(super) struct Demo {
    /// Keep the archive in this folder: a new or empty one, or one that an earlier demo made
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = LISTEN)]
    listen: String,
    /// Make the archive and say what is in it, without serving it
    #[arg(long)]
    no_serve: bool,
}

pub(super) async fn demo(desk: &Desk, args: Demo) -> Result<ExitCode> {
    let (root, temporary) = match &args.keep {
        Some(dir) => (dir.clone(), None),
        None => {
            let dir = temporary()?;
            (dir.path().join("archive"), Some(dir))
        }
    };
    let stop = stop_on_interrupt();
    let archive = match opened(desk, &root).await? {
        Some(archive) => archive,
        None => made(desk, &root, &stop).await?,
    };
    if stop.load(Ordering::Relaxed) {
        return Ok(ExitCode::from(130));
    }
    tell(desk, &archive, &args).await?;
    if args.no_serve {
        archive.ledger().close().await;
    } else {
        let serving = Serving::bind(archive, &desk.actor, &args.listen).await?;
        told(desk, &serving)?;
        web::serve(serving).await?;
    }
    if let Some(dir) = temporary {
        dir.close().map_err(|it| Error::io("removing", &root, it))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The archive of an earlier demo in a folder that was kept; none where the folder is new or empty.
async fn opened(desk: &Desk, root: &Path) -> Result<Option<Arc<Archive>>> {
    let mut there = match std::fs::read_dir(root) {
        Ok(there) => there,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(Error::io("reading the folder", root, fault)),
    };
    if there.next().is_none() {
        return Ok(None);
    }
    let other = || {
        let message =
            format!("{} holds something else than a finished demo; name a new folder.", root.display());
        Error::conflict(message)
            .zh(format!("{} 里不是一个完整的演示档案库,没有改动它;请换一个新文件夹。", root.display()))
    };
    let archive = Archive::open(root, desk.keeper.clone()).await.map_err(|it| other().with_source(it))?;
    let fold = archive.fold().await?;
    let (_, scheme) = rules(&fold, desk)?;
    // What the office decides on duties is the last act of the demo: without it the rest was broken off.
    let finished =
        fold.scheme(&scheme.id).is_some_and(|it| it.title == scheme.title) && !fold.standings.is_empty();
    if finished { Ok(Some(archive)) } else { Err(other()) }
}

fn temporary() -> Result<TempDir> {
    let made = tempfile::Builder::new().prefix("juanzong-demo-").tempdir();
    made.map_err(|it| {
        Error::unavailable("No temporary folder could be made; make room or use --keep DIR.")
            .zh("无法建立临时文件夹;请腾出空间,或用 --keep 指定文件夹。")
            .with_source(it)
    })
}

/// The units of the city and its scheme.
fn rules(fold: &Fold, desk: &Desk) -> Result<(Units, Scheme)> {
    let refused = |it: Vec<scheme_file::Problem>| scheme_file::refusal(&it);
    let units = Units(scheme_file::read_units(UNITS, "units.toml").map_err(refused)?);
    let scheme = scheme_file::read_scheme(SCHEME, "scheme.toml", &units, fold.today(desk.now));
    Ok((units, scheme.map_err(refused)?))
}

/// Makes the archive, files the material, has it read, and plays the decisions of the office.
async fn made(desk: &Desk, root: &Path, stop: &Arc<AtomicBool>) -> Result<Arc<Archive>> {
    Archive::create(root, "Asia/Shanghai", &desk.act()).await?;
    let archive = Archive::open(root, desk.keeper.clone()).await?;
    let fold = archive.fold().await?;
    let (Units(units), scheme) = rules(&fold, desk)?;
    let id = scheme.id.clone();
    let set = units.into_iter().map(|unit| Event::UnitSet { unit });
    let imported = Event::SchemeImported { scheme: Box::new(scheme) };
    record(desk, &archive, set.chain([imported]).collect()).await?;
    file(desk, &archive, stop).await?;
    if !stop.load(Ordering::Relaxed) {
        read(desk, &archive).await?;
        office::decide(desk, &archive, &id).await?;
        index(desk, &archive).await?;
    }
    Ok(archive)
}

async fn file(desk: &Desk, archive: &Arc<Archive>, stop: &Arc<AtomicBool>) -> Result<()> {
    let folder = temporary()?;
    let offered = folder.path().join(OFFERED);
    std::fs::create_dir_all(&offered).map_err(|it| Error::io("making the folder", &offered, it))?;
    MATERIAL.extract(&offered).map_err(|it| Error::io("writing the material to", &offered, it))?;
    let bar = desk.output.progress(crate::intake::folder::survey(std::slice::from_ref(&offered))?.bytes);
    bar.set_message(desk.output.either("收件", "filing").to_owned());
    let offering = Offering { paths: vec![offered], ..Offering::default() };
    let filed = filing::file(archive, &desk.act(), &offering, stop, |line| bar.inc(line.bytes)).await;
    bar.finish_and_clear();
    filed.map(drop)
}

async fn read(desk: &Desk, archive: &Arc<Archive>) -> Result<()> {
    let processing = processing(archive)?;
    let bar = desk.output.counter(u64::try_from(archive.fold().await?.blobs().len()).unwrap_or(0));
    bar.set_message(desk.output.either("读取文字", "reading").to_owned());
    while processing.read_some(desk.now, |_| bar.inc(1)).await? > 0 {}
    bar.finish_and_clear();
    Ok(())
}

async fn index(desk: &Desk, archive: &Arc<Archive>) -> Result<()> {
    let bar = desk.output.counter(0);
    bar.set_message(desk.output.either("建立索引", "indexing").to_owned());
    let ticks = bar.clone();
    let count = |n| u64::try_from(n).unwrap_or(0);
    processing(archive)?
        .index_all(move |n, of| {
            ticks.set_length(count(of));
            ticks.set_position(count(n));
        })
        .await?;
    bar.finish_and_clear();
    Ok(())
}

fn processing(archive: &Arc<Archive>) -> Result<Processing> {
    let busy = || {
        Error::unavailable("Another process reads and indexes the archive of the demo; stop it first.")
            .zh("另一个进程正在读取演示档案库;请先停下它。")
    };
    Processing::lock(archive)?.ok_or_else(busy)
}

async fn tell(desk: &Desk, archive: &Archive, args: &Demo) -> Result<()> {
    let fold = archive.fold().await?;
    let scheme = desk.scheme(&fold)?;
    let all = completeness::assess(&fold, &scheme, &Scope::All, fold.today(desk.now))?;
    let story = story::Story::of(&fold, &all);
    desk.output.json(&story.json(archive.root()))?;
    desk.output.line(story.paragraph(desk.output.english))?;
    let root = archive.root().display();
    if args.keep.is_none() {
        let (zh, en) = (
            "档案库在临时文件夹,结束时删除;要留下,请用 --keep 文件夹。",
            "The archive is temporary and removed at the end; --keep DIR keeps one.",
        );
        desk.output.line(desk.output.either(zh, en))?;
    }
    if args.keep.is_none() && args.no_serve {
        return Ok(());
    }
    desk.output.line(desk.output.either("可以试试:", "Try:"))?;
    for next in
        ["check --unit 市一院", "search 志愿服务 空巢老人", "dossier plan --indicator 'Ⅰ-1 Ⅱ-1'", "audit"]
    {
        desk.output.line(format!("  juanzong --archive {root} {next}"))?;
    }
    Ok(())
}
