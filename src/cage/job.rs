//! What a job in the cage is given, and how it gives back.

use std::fs::File;
use std::io::{self, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cage::frame::{self, Kind};
use crate::error::{Error, Result};

/// The body of a job: reads the task, writes to the output. An error is a refusal of the material, with its reason.
pub type Job = fn(Task, &mut Output) -> Result<()>;

/// What a job is given.
pub struct Task {
    /// The foreign bytes, read-only, at their beginning.
    pub input: File,
    pub(in crate::cage) args: serde_json::Value,
}

impl Task {
    /// Gives a task to a job that is run without a cage.
    #[cfg(fuzzing)]
    pub fn of(input: File, args: serde_json::Value) -> Self {
        Self { input, args }
    }

    /// Returns the arguments in the shape the job expects.
    pub fn args<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_value(self.args.clone())
            .map_err(|e| Error::internal("The job was given arguments it does not know.").with_source(e))
    }
}

/// The way back to the keeper. As a `Write` it gathers bytes into frames of 64 KiB.
pub struct Output {
    to: Box<dyn Write + Send>,
    gathered: Vec<u8>,
}

impl Output {
    const FRAME: usize = 64 << 10;

    /// Sends frames to a writer; jobs are given theirs.
    pub fn new(to: impl Write + Send + 'static) -> Self {
        Self { to: Box::new(to), gathered: Vec::with_capacity(Self::FRAME) }
    }

    /// Sends a small JSON value, after the bytes written before it.
    pub fn note(&mut self, note: &impl Serialize) -> Result<()> {
        let note = serde_json::to_vec(note)
            .map_err(|e| Error::internal("A note could not be written as JSON.").with_source(e))?;
        self.send(Kind::Note, &note).map_err(cut_off)
    }

    /// Sends bytes now.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.write_all(bytes).and_then(|()| self.flush()).map_err(cut_off)
    }

    pub(in crate::cage) fn end(&mut self) -> Result<()> {
        self.send(Kind::End, &[]).map_err(cut_off)
    }

    pub(in crate::cage) fn refuse(&mut self, reason: &str) -> Result<()> {
        self.send(Kind::Refusal, reason.as_bytes()).map_err(cut_off)
    }

    fn send(&mut self, kind: Kind, payload: &[u8]) -> io::Result<()> {
        self.flush()?;
        frame::write(&mut self.to, kind, payload)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(Self::FRAME - self.gathered.len());
        self.gathered.extend_from_slice(&bytes[..taken]);
        if self.gathered.len() == Self::FRAME {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.gathered.is_empty() {
            frame::write(&mut self.to, Kind::Bytes, &self.gathered)?;
            self.gathered.clear();
        }
        Ok(())
    }
}

fn cut_off(source: io::Error) -> Error {
    Error::unavailable("The keeper of the cage no longer listens.").with_source(source)
}
