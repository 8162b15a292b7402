//! The command line: what can be typed, and how each command ends.
//!
//! One file a family of commands; each command is one verb of the library, shown by `output`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;

use crate::archive::Archive;
use crate::cage::Keeper;
use crate::config::Environment;
use crate::domain::actor::Act;
use crate::domain::id::SchemeId;
use crate::error::{Error, Kind, Result};
use crate::ledger::fold::Fold;

pub mod output;

mod archive;

mod check;

mod demo;

mod dossier;

mod findings;

mod intake;

mod pieces;

mod reextract;

mod review;

mod scheme;

mod search;

mod serve;

mod show;

mod tag;

pub use output::Output;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  something is owed (check), or a verification failed (audit, dossier verify)
  2  the command line or a file given is wrong
  3  not found
  4  conflict with what is there
  5  denied
  6  too large
  7  not supported
  8  stored bytes are damaged
  9  unavailable; trying again may help
 10  a fault of the program
130  ended by Ctrl-C after what was begun was kept";

/// Evidence archive for inspections: files what units send, finds it, says what is missing, hands over a dossier
#[derive(Debug, Parser)]
#[command(name = "juanzong", version, after_help = EXIT_CODES, max_term_width = 110)]
struct Line {
    #[command(flatten)]
    common: Globals,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Clone, Debug, Args)]
struct Globals {
    /// The archive folder [env: JUANZONG_ARCHIVE] [default: ./juanzong-archive]
    #[arg(long, global = true, value_name = "DIR")]
    archive: Option<PathBuf>,
    /// The scheme, where several are current
    #[arg(long, global = true, value_name = "ID")]
    scheme: Option<SchemeId>,
    /// Print one JSON object a line
    #[arg(long, global = true)]
    json: bool,
    /// The name to write into the ledger [default: your user name]
    #[arg(long = "as", global = true, value_name = "NAME")]
    actor: Option<String>,
    /// The language of the output [default: that of the system, else Chinese]
    #[arg(long = "lang", global = true, value_parser = ["zh", "en"])]
    language: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the program on an invented city
    Demo(demo::Demo),
    /// Make a new archive
    Init(archive::Init),
    /// Show what the archive holds and how it is
    Status,
    /// Check, import, list and show schemes
    #[command(subcommand)]
    Scheme(scheme::SchemeCommand),
    /// Import and list units
    #[command(subcommand)]
    Unit(scheme::UnitCommand),
    /// File folders, files, archives and mails
    Intake(intake::Intake),
    /// Give evidence to a unit, a standard, or both
    Assign(review::Assign),
    /// Put tags on evidence, or take them off
    Tag(tag::TagArgs),
    /// Correct kind, dates, title, caption of evidence
    Edit(review::EditArgs),
    /// Join pieces into one, in the order of their pages
    Join(review::Join),
    /// Split parts off a piece
    Split(review::Split),
    /// Accept evidence as proof
    Accept(review::Judge),
    /// Return evidence to its unit
    Return(review::Return),
    /// Make evidence or a duty open again
    Reopen(review::Reopen),
    /// Take evidence back
    Withdraw(review::Withdraw),
    /// Object to a duty
    Object(review::DutyArgs),
    /// Waive a duty
    Waive(review::DutyArgs),
    /// List what is amiss with material
    Findings(findings::List),
    /// Say that material may be handed over in spite of a finding
    Clear(findings::Decide),
    /// Keep material out of dossiers because of a finding
    Withhold(findings::Decide),
    /// Search everything that was filed
    Search(search::Search),
    /// Show one piece: what it proves, its dates, findings and history; or a submission
    Show(show::Show),
    /// List what is still owed; exit code 1 when something is
    Check(check::Check),
    /// Plan, build and verify dossiers
    #[command(subcommand)]
    Dossier(dossier::Dossier),
    /// Read text and facts of files without filing them
    Extract(intake::ExtractArgs),
    /// Serve the archive in a browser on this machine
    Serve(serve::Serve),
    /// Read files again, those that meet a condition
    Reextract(reextract::Reextract),
    /// Read what is unread and make the index again
    Rebuild(archive::Rebuild),
    /// Check the chain, every file, the tables
    Audit,
    /// Copy the archive into a folder; only what is new is copied
    Backup(archive::Backup),
    /// Make an archive of a backup
    Restore(archive::Restore),
    /// Empty what is written of one piece and remove its bytes, for a privacy demand
    Dispose(archive::Dispose),
}

/// What commands work with.
struct Desk {
    output: Output,
    common: Globals,
    actor: String,
    root: PathBuf,
    keeper: Keeper,
    now: Timestamp,
}

impl Desk {
    fn act(&self) -> Act {
        Act::of(self.actor.clone(), self.now)
    }

    async fn archive(&self) -> Result<Arc<Archive>> {
        Archive::open(&self.root, self.keeper.clone()).await
    }

    /// The scheme named, or the only current one.
    fn scheme(&self, fold: &Fold) -> Result<SchemeId> {
        if let Some(id) = &self.common.scheme {
            return match fold.scheme(id) {
                Some(_) => Ok(id.clone()),
                None => {
                    Err(Error::not_found(format!("There is no scheme {id}; see `juanzong scheme list`.")))
                }
            };
        }
        let current: Vec<SchemeId> = fold.current_schemes().map(|it| it.id.clone()).collect();
        match current.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(Error::not_found(
                "There is no scheme yet; import one with `juanzong scheme import FILE`.",
            )),
            several => {
                let ids: Vec<&str> = several.iter().map(SchemeId::as_str).collect();
                Err(Error::invalid(format!(
                    "Several schemes are current; say --scheme {}.",
                    ids.join(" or --scheme ")
                )))
            }
        }
    }
}

/// Runs a command line and returns how it ended. `now` is the instant of every act of the run.
pub fn run(
    arguments: Vec<OsString>,
    environment: &Environment,
    program: PathBuf,
    now: Timestamp,
) -> ExitCode {
    let line = match Line::try_parse_from(arguments) {
        Ok(line) => line,
        Err(said) => {
            let code = u8::from(said.use_stderr()) * 2;
            // Help that nobody reads is no failure.
            said.print().unwrap_or_default();
            return ExitCode::from(code);
        }
    };
    let Line { common, command } = line;
    let output = Output::new(common.json, common.language.as_deref(), environment);
    let here = || PathBuf::from("juanzong-archive");
    let root = common.archive.clone().or_else(|| environment.archive.clone()).unwrap_or_else(here);
    let actor = common.actor.clone().unwrap_or_else(|| environment.user.clone());
    let keeper = Keeper::of(program).with_programs_of(environment.programs.clone());
    let desk = Desk { output: output.clone(), common, actor, root, keeper, now };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => {
            output.error(&Error::unavailable("The system gives no threads; try again.").with_source(fault));
            return ExitCode::from(code(Kind::Unavailable));
        }
    };
    let ended = runtime.block_on(dispatch(&desk, command));
    match ended {
        Ok(code) => code,
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output.error(&error);
            ExitCode::from(code(error.kind()))
        }
    }
}

async fn dispatch(desk: &Desk, command: Command) -> Result<ExitCode> {
    match command {
        Command::Demo(it) => demo::demo(desk, it).await,
        Command::Init(it) => archive::init(desk, it).await,
        Command::Status => archive::status(desk).await,
        Command::Scheme(it) => scheme::scheme(desk, it).await,
        Command::Unit(it) => scheme::unit(desk, it).await,
        Command::Intake(it) => intake::intake(desk, it).await,
        Command::Assign(it) => review::assign(desk, it).await,
        Command::Tag(it) => tag::tag(desk, it).await,
        Command::Edit(it) => review::edit(desk, it).await,
        Command::Join(it) => review::join(desk, it).await,
        Command::Split(it) => review::split(desk, it).await,
        Command::Accept(it) => review::accept(desk, it).await,
        Command::Return(it) => review::return_(desk, it).await,
        Command::Reopen(it) => review::reopen(desk, it).await,
        Command::Withdraw(it) => review::withdraw(desk, it).await,
        Command::Object(it) => review::object(desk, it).await,
        Command::Waive(it) => review::waive(desk, it).await,
        Command::Findings(it) => findings::list(desk, it).await,
        Command::Clear(it) => findings::clear(desk, it).await,
        Command::Withhold(it) => findings::withhold(desk, it).await,
        Command::Search(it) => search::search(desk, it).await,
        Command::Show(it) => show::show(desk, it).await,
        Command::Check(it) => check::check(desk, it).await,
        Command::Dossier(it) => dossier::dossier(desk, it).await,
        Command::Extract(it) => intake::extract(desk, it),
        Command::Serve(it) => serve::serve(desk, it).await,
        Command::Reextract(it) => reextract::reextract(desk, it).await,
        Command::Rebuild(it) => archive::rebuild(desk, it).await,
        Command::Audit => archive::audit(desk).await,
        Command::Backup(it) => archive::backup(desk, it).await,
        Command::Restore(it) => archive::restore(desk, it).await,
        Command::Dispose(it) => archive::dispose(desk, it).await,
    }
}

/// The exit code of an error: one of the two places that tell kinds apart.
fn code(kind: Kind) -> u8 {
    match kind {
        Kind::Invalid => 2,
        Kind::NotFound => 3,
        Kind::Conflict => 4,
        Kind::Denied => 5,
        Kind::TooLarge => 6,
        Kind::Unsupported => 7,
        Kind::Corrupt => 8,
        Kind::Unavailable => 9,
        Kind::Internal => 10,
    }
}
