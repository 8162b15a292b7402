//! The cage on platforms that lack it: everything is refused with a sentence, and material is filed all the same.

use std::fs::File;
use std::path::PathBuf;

use serde::Serialize;

use crate::cage::{Budget, Frame, Holds, Outcome};
use crate::error::{Error, Result};

/// Starts no children here.
#[derive(Clone, Debug)]
pub struct Keeper {
    /// The program that would be started.
    pub program: PathBuf,
}

impl Keeper {
    /// Makes the keeper.
    pub fn of(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into() }
    }

    /// Passes over the folders: no program is started here.
    pub fn with_programs_of(self, _: Vec<PathBuf>) -> Self {
        self
    }

    /// Finds none.
    pub fn find(&self, _: &str) -> Option<PathBuf> {
        None
    }

    /// Refuses.
    pub fn run_program(&self, _: PathBuf, _: &[&str], _: &File, _: Budget) -> Result<Outcome<Vec<u8>>> {
        Err(refusal())
    }

    /// Refuses.
    pub fn run(&self, _: &str, _: &File, _: &impl Serialize, _: Budget) -> Result<Outcome<Vec<u8>>> {
        Err(refusal())
    }

    /// Refuses.
    pub fn stream(&self, _: &str, _: &File, _: &impl Serialize, _: Budget) -> Result<Frames> {
        Err(refusal())
    }

    /// Holds nothing.
    pub fn holds(&self) -> Result<Holds> {
        Ok(Holds::default())
    }
}

/// Never made here.
#[derive(Debug)]
pub struct Frames(());

impl Iterator for Frames {
    type Item = Frame;

    fn next(&mut self) -> Option<Frame> {
        None
    }
}

impl Frames {
    /// Says that there was no cage.
    pub fn ending(self) -> Outcome<()> {
        Outcome::Refused(refusal().message().to_owned())
    }
}

/// The side of the child, of which there is none here.
pub mod child {
    use std::ffi::OsString;
    use std::process::ExitCode;

    use crate::cage::Job;

    /// Lets the program go on: no child is ever started here.
    pub fn enter(_: impl IntoIterator<Item = OsString>, _: &[(&str, Job)]) -> Option<ExitCode> {
        None
    }
}

fn refusal() -> Error {
    Error::unsupported("Foreign files are opened only on Linux; the material is filed, but not read here.")
}
