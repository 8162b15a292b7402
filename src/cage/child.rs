//! The side of the child: locks itself down, does one job, and ends.

use std::ffi::OsString;
use std::fs::File;
use std::io::Seek;
use std::os::fd::AsFd;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use crate::cage::job::{Job, Output, Task};
use crate::cage::program::{self, PROGRAM};
use crate::cage::walls::Within;
use crate::cage::{Holds, walls};
use crate::error::{Error, Result};

/// The first argument that makes the program a child of the cage.
pub(super) const SIGN: &str = "cage-child";

/// The job that only says what the walls hold.
pub(super) const WALLS: &str = "walls";

/// What a child is told: its keeper, its limits, and the arguments of the job.
#[derive(Serialize, Deserialize)]
pub(super) struct Orders {
    pub(super) keeper: i32,
    pub(super) memory_bytes: u64,
    pub(super) cpu_seconds: u64,
    pub(super) args: serde_json::Value,
}

/// Runs the job named on the command line if the program was started as a child of the cage; else `None`.
/// To be called before the program does anything else, with the whole command line.
pub fn enter(arguments: impl IntoIterator<Item = OsString>, jobs: &[(&str, Job)]) -> Option<ExitCode> {
    let mut arguments = arguments.into_iter().skip(1);
    if arguments.next()? != SIGN {
        return None;
    }
    let name = arguments.next().and_then(|it| it.into_string().ok()).unwrap_or_default();
    let orders = arguments.next().and_then(|it| serde_json::from_str(it.to_str()?).ok());
    let job = jobs.iter().find(|(known, _)| *known == name).map(|(_, job)| *job);
    let code = match orders {
        Some(orders) if name == PROGRAM => program::become_it(&orders),
        Some(orders) if job.is_some() || name == WALLS => live(orders, job),
        _ => Err(Error::internal("The cage was given no job it knows.")),
    };
    Some(match code {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    })
}

/// A parser that recurses deeply is given room to; the stack counts as memory only as far as it is used.
const STACK_BYTES: usize = 64 << 20;

/// What a child complains of that has no room for its stack beside the program itself.
pub(super) const NO_MEMORY: &str = "The child had no memory to begin with.";

fn live(orders: Orders, job: Option<Job>) -> Result<()> {
    let shut = |doing| move |e: std::io::Error| Error::internal(doing).with_source(e);
    let input = std::io::stdin().as_fd().try_clone_to_owned().map_err(shut("There is no input."))?;
    let output = std::io::stdout().as_fd().try_clone_to_owned().map_err(shut("There is no output."))?;
    // What a library prints must not fall between the frames.
    rustix::stdio::dup2_stdout(std::io::stderr()).map_err(|e| shut("Output is not apart.")(e.into()))?;
    // Never closed: the keeper takes the end of the stream for the end of the process, and then ends it.
    std::mem::forget(output.try_clone().map_err(shut("There is no output."))?);
    let mut input = File::from(input);
    let mut output = Output::new(File::from(output));
    let holds = walls::raise(&orders, Within::Job)?;
    // Where the input is a pipe there is nothing to rewind.
    input.rewind().unwrap_or_default();
    let Some(job) = job else {
        return tell(&mut output, holds);
    };
    let work = move || finish(job(Task { input, args: orders.args }, &mut output), &mut output);
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work);
    let worker = worker.map_err(shut(NO_MEMORY))?;
    worker.join().unwrap_or_else(|_| Err(Error::internal("The job panicked.")))
}

fn finish(ended: Result<()>, output: &mut Output) -> Result<()> {
    match ended {
        Ok(()) => output.end(),
        Err(refusal) => {
            complain(&refusal);
            output.refuse(refusal.message())
        }
    }
}

fn tell(output: &mut Output, holds: Holds) -> Result<()> {
    output.note(&holds)?;
    output.end()
}

/// The keeper keeps what is written here for the log.
fn complain(error: &Error) {
    use std::io::Write;
    // There is nobody left to tell when even this fails.
    writeln!(std::io::stderr(), "{error:#}").unwrap_or_default();
}
