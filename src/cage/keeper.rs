//! The side of the keeper: starts a child, reads its frames, holds it to its budget, and buries it.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::fd::AsRawFd;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use serde::Serialize;

use crate::cage::child::{NO_MEMORY, Orders, SIGN, WALLS};
use crate::cage::frame::{self, Kind};
use crate::cage::{Budget, Frame, Holds, Outcome};
use crate::error::{Error, Result};

/// Starts children of the cage.
#[derive(Clone, Debug)]
pub struct Keeper {
    /// Our own binary. `/proc/self/exe` stays right when the file is replaced while the program runs.
    pub program: PathBuf,
    /// The folders in which other programs are looked for; none are found where there are none.
    pub folders: Vec<PathBuf>,
}

impl Keeper {
    /// Makes the keeper that starts a binary of ours, and knows of no other program.
    pub fn of(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), folders: vec![] }
    }

    /// Adds the folders in which other programs are looked for.
    pub fn with_programs_of(self, folders: Vec<PathBuf>) -> Self {
        Self { folders, ..self }
    }

    /// Runs a job over a file and returns all bytes it gives; notes are passed over.
    pub fn run(
        &self,
        job: &str,
        input: &File,
        args: &impl Serialize,
        budget: Budget,
    ) -> Result<Outcome<Vec<u8>>> {
        let mut frames = self.stream(job, input, args, budget)?;
        let mut bytes = Vec::new();
        for frame in &mut frames {
            if let Frame::Bytes(more) = frame {
                bytes.extend_from_slice(&more);
            }
        }
        Ok(frames.ending().map(|()| bytes))
    }

    /// Starts a job over a file and returns its frames as they come. The file is opened anew, read-only, so the
    /// caller's position does not move and the child can change nothing. Arguments are small: they travel on the
    /// command line.
    ///
    /// # Errors
    ///
    /// Only when no child could be started; what the child does afterwards is an [`Outcome`].
    pub fn stream(&self, job: &str, input: &File, args: &impl Serialize, budget: Budget) -> Result<Frames> {
        self.start(job, input, args, budget)
    }

    pub(super) fn start(
        &self,
        job: &str,
        input: &File,
        args: &impl Serialize,
        budget: Budget,
    ) -> Result<Frames> {
        const LONGEST_ARGUMENT: usize = 100_000;
        let failed =
            |e: io::Error| Error::unavailable("The reading process could not be started.").with_source(e);
        let input = File::open(format!("/proc/self/fd/{}", input.as_raw_fd())).map_err(failed)?;
        let args = serde_json::to_value(args).map_err(|e| failed(e.into()))?;
        let orders = Orders {
            keeper: rustix::process::getpid().as_raw_nonzero().get(),
            memory_bytes: budget.memory_bytes,
            cpu_seconds: budget.cpu.as_secs().max(1),
            args,
        };
        let orders = serde_json::to_string(&orders).map_err(|e| failed(e.into()))?;
        if orders.len() > LONGEST_ARGUMENT {
            return Err(Error::internal("The arguments of a caged job are too long."));
        }
        let mut command = Command::new(&self.program);
        // One arena: each further one would reserve 64 MiB of the address space that is limited.
        command.args([SIGN, job, &orders]).env_clear().env("MALLOC_ARENA_MAX", "1");
        command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
        Frames::start(command, budget).map_err(failed)
    }

    /// Returns what the cage holds on this machine, as a child finds it.
    pub fn holds(&self) -> Result<Holds> {
        let nothing =
            File::open("/dev/null").map_err(|e| Error::internal("No null device.").with_source(e))?;
        let mut frames = self.stream(WALLS, &nothing, &(), Budget::default())?;
        let note = frames.by_ref().last();
        match (note, frames.ending()) {
            (Some(Frame::Note(note)), Outcome::Done(())) => serde_json::from_slice(&note)
                .map_err(|e| Error::internal("The cage did not say what it holds.").with_source(e)),
            (_, ending) => {
                Err(Error::unavailable(format!("The reading process could not be started: {ending:?}")))
            }
        }
    }
}

/// What a running job sends, in order. Dropping it ends the child.
#[derive(Debug)]
pub struct Frames {
    pub(super) from: BufReader<ChildStdout>,
    pub(super) left: u64,
    beats: Option<Sender<Beat>>,
    warden: Option<JoinHandle<io::Result<Burial>>>,
    complaints: Option<JoinHandle<String>>,
    ended: Option<Outcome<()>>,
}

/// What the reader tells the warden, so that only waiting counts as time of the child.
#[derive(Debug)]
pub(super) enum Beat {
    Waiting,
    Busy,
}

#[derive(Debug)]
pub(super) struct Burial {
    pub(super) status: ExitStatus,
    pub(super) late: bool,
}

impl Frames {
    fn start(command: Command, budget: Budget) -> io::Result<Self> {
        let (beats, heard) = channel();
        let (report, pipes) = channel();
        let warden = std::thread::Builder::new()
            .name("cage".into())
            .spawn(move || warden(command, &report, &heard, budget.wall))?;
        let (stdout, stderr) = match pipes.recv() {
            Ok(started) => started?,
            Err(_) => return Err(io::Error::other("the warden ended before the child began")),
        };
        let complaints =
            std::thread::Builder::new().name("cage-log".into()).spawn(move || complaints(stderr))?;
        Ok(Self {
            from: BufReader::with_capacity(64 << 10, stdout),
            left: budget.output_bytes,
            beats: Some(beats),
            warden: Some(warden),
            complaints: Some(complaints),
            ended: None,
        })
    }

    /// Returns how the job ended. Asked before the last frame was read, it ends the child first.
    pub fn ending(mut self) -> Outcome<()> {
        self.ended.take().unwrap_or_else(|| Outcome::Crash("It was ended before it was done.".into()))
    }

    fn read(&mut self) -> io::Result<Option<(Kind, Vec<u8>)>> {
        self.beat(Beat::Waiting);
        let frame = frame::read(&mut self.from);
        self.beat(Beat::Busy);
        frame
    }

    pub(super) fn beat(&self, beat: Beat) {
        if let Some(to) = &self.beats {
            // A warden who is gone has ended the child, and the stream ends by itself.
            to.send(beat).unwrap_or_default();
        }
    }

    /// Lets the warden end and reap the child; returns how it died.
    pub(super) fn bury(&mut self) -> (Option<Burial>, String) {
        self.beats = None;
        let burial = self.warden.take().and_then(|it| it.join().ok()).and_then(io::Result::ok);
        let said = self.complaints.take().and_then(|it| it.join().ok()).unwrap_or_default();
        (burial, said)
    }

    /// Tells how a child died by what was left of it and by what it said.
    pub(super) fn death(burial: Option<Burial>, said: &str) -> Outcome<()> {
        let Some(Burial { status, late }) = burial else {
            return Outcome::Crash("The child was lost.".into());
        };
        let died_of = |signal: Signal| status.signal() == Some(signal.as_raw());
        if late || died_of(Signal::XCPU) {
            Outcome::Timeout
        } else if died_of(Signal::KILL) || said.contains("memory allocation of") || said.contains(NO_MEMORY) {
            // The words of the Rust runtime when an allocation fails; or killed by the kernel for want of memory.
            Outcome::OutOfMemory
        } else {
            Outcome::Crash(format!("{status}: {}", said.trim()))
        }
    }
}

impl Iterator for Frames {
    type Item = Frame;

    fn next(&mut self) -> Option<Frame> {
        if self.ended.is_some() {
            return None;
        }
        let ended = match self.read() {
            Ok(Some((kind, payload))) => {
                let within = self.left.checked_sub(payload.len() as u64);
                match (kind, within) {
                    (Kind::End, _) => Outcome::Done(()),
                    (Kind::Refusal, _) => Outcome::Refused(String::from_utf8_lossy(&payload).into_owned()),
                    (_, None) => Outcome::TooMuch,
                    (Kind::Note, Some(left)) => {
                        self.left = left;
                        return Some(Frame::Note(payload));
                    }
                    (Kind::Bytes, Some(left)) => {
                        self.left = left;
                        return Some(Frame::Bytes(payload));
                    }
                }
            }
            Ok(None) => {
                let (burial, said) = self.bury();
                Self::death(burial, &said)
            }
            Err(e) => Outcome::Crash(e.to_string()),
        };
        self.bury();
        self.ended = Some(ended);
        None
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        self.bury();
    }
}

/// Starts the child, ends it when its time is up or nobody listens any more, and reaps it. The child dies with the
/// thread that started it, so this thread lives as long as the child.
fn warden(
    mut command: Command,
    report: &Sender<io::Result<(ChildStdout, ChildStderr)>>,
    heard: &Receiver<Beat>,
    wall: Duration,
) -> io::Result<Burial> {
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(e) => {
            report.send(Err(io::Error::new(e.kind(), e.to_string()))).unwrap_or_default();
            return Err(e);
        }
    };
    if let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) {
        report.send(Ok((out, err))).unwrap_or_default();
    }
    let late = wait(heard, wall);
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // Before it has its own session there is no such group, and after its death neither.
        rustix::process::kill_process_group(group, Signal::KILL).unwrap_or_default();
    }
    child.kill().unwrap_or_default();
    Ok(Burial { status: child.wait()?, late })
}

/// Waits until the reader lets go, or until its waiting adds up to the limit; returns whether it was the limit.
fn wait(heard: &Receiver<Beat>, wall: Duration) -> bool {
    let mut left = wall;
    loop {
        match heard.recv() {
            Ok(Beat::Busy) => continue,
            Ok(Beat::Waiting) => {}
            Err(_) => return false,
        }
        let since = Instant::now();
        match heard.recv_timeout(left) {
            Ok(_) => left = left.saturating_sub(since.elapsed()),
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// Keeps the beginning of what the child writes for the log, and drains the rest so that it never blocks.
fn complaints(mut from: ChildStderr) -> String {
    const KEPT: u64 = 8 << 10;
    let mut kept = Vec::new();
    // A read that fails ends the log, not the job.
    from.by_ref().take(KEPT).read_to_end(&mut kept).unwrap_or_default();
    io::copy(&mut from, &mut io::sink()).unwrap_or_default();
    String::from_utf8_lossy(&kept).into_owned()
}
