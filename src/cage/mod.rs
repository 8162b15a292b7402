//! The cage: a child process of our own binary that reads foreign bytes, locked down before it reads.
//!
//! Read [`job`] for what a job is given and gives back, then `keeper` for how a child is started, held to its budget
//! and buried, then `child` and `walls` for what happens inside, and `program` for a child that becomes a program which
//! is not ours.
//!
//! **Invariant:** a child has no file system, no network, no other program, and a budget of memory, time and output;
//! it is given an open file, and its death is a result ([`Outcome`]), never an error of the caller. One that becomes
//! another program may read that program's libraries besides.
//! **Invariant:** a fresh child for every job, so nothing one file did reaches the next.

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub mod job;

#[cfg(debug_assertions)]
pub mod trial;

mod frame;

#[cfg(target_os = "linux")]
pub mod child;

#[cfg(target_os = "linux")]
mod keeper;

#[cfg(target_os = "linux")]
mod program;

#[cfg(target_os = "linux")]
mod walls;

#[cfg(not(target_os = "linux"))]
mod elsewhere;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::{Frames, Keeper, child};
pub use job::{Job, Output, Task};
#[cfg(target_os = "linux")]
pub use keeper::{Frames, Keeper};

/// What one job may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Address space of the child.
    pub memory_bytes: u64,
    /// Processor time, whole seconds.
    pub cpu: Duration,
    /// Time spent waiting for the child; the time the reader takes between frames is not counted.
    pub wall: Duration,
    /// Bytes the child may send back.
    pub output_bytes: u64,
}

impl Default for Budget {
    /// 512 MiB, 20 s of processor, 60 s of waiting, 64 MiB of output: measured to lose nothing on real documents.
    fn default() -> Self {
        Self {
            memory_bytes: 512 << 20,
            cpu: Duration::from_secs(20),
            wall: Duration::from_secs(60),
            output_bytes: 64 << 20,
        }
    }
}

/// One piece of what a child sends back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A small JSON value.
    Note(Vec<u8>),
    /// Bytes; a long run of them comes in several frames.
    Bytes(Vec<u8>),
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It came to its end.
    Done(T),
    /// The job itself says the material cannot be read, and why.
    Refused(String),
    /// It used up its processor or waiting time.
    Timeout,
    /// It used up its memory.
    OutOfMemory,
    /// It sent more than it may.
    TooMuch,
    /// It died; the particulars are for the log.
    Crash(String),
}

impl<T> Outcome<T> {
    /// Changes what a job that came to its end gives.
    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Done(it) => Outcome::Done(with(it)),
            Self::Refused(why) => Outcome::Refused(why),
            Self::Timeout => Outcome::Timeout,
            Self::OutOfMemory => Outcome::OutOfMemory,
            Self::TooMuch => Outcome::TooMuch,
            Self::Crash(how) => Outcome::Crash(how),
        }
    }
}

/// What the cage really holds on this machine, for `status`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holds {
    /// Address space is limited.
    pub memory: bool,
    /// Processor and waiting time are limited.
    pub time: bool,
    /// The Landlock ABI in force, which shuts off the file system; 0 where the kernel has none.
    pub landlock: u32,
    /// System calls are filtered: no opening, no network, no other program.
    pub seccomp: bool,
}
