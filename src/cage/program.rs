//! A foreign program in the cage: the child raises its walls, opens them as far as the program needs its own
//! libraries, and becomes the program. It reads the file as its standard input, and may run nothing else.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::cage::child::Orders;
use crate::cage::keeper::{Beat, Burial, Frames};
use crate::cage::walls::{self, Within};
use crate::cage::{Budget, Keeper, Outcome};
use crate::error::{Error, Result};

/// The job that becomes a program.
pub(super) const PROGRAM: &str = "program";

/// The program to become, and what it is told.
#[derive(Serialize, Deserialize)]
struct Call {
    program: PathBuf,
    args: Vec<String>,
}

/// Becomes the program; returns only where it could not.
pub(super) fn become_it(orders: &Orders) -> Result<()> {
    let bad = |it| Error::internal("The cage was given no program.").with_source(it);
    let call: Call = serde_json::from_value(orders.args.clone()).map_err(bad)?;
    // Passed on, unlike other descriptors, and closed by nobody: a program that closes its output before it ends is not
    // taken to have ended.
    let output = rustix::io::dup(io::stdout());
    std::mem::forget(
        output.map_err(|it| Error::internal("There is no output.").with_source(io::Error::from(it)))?,
    );
    walls::raise(orders, Within::Program)?;
    let fault = Command::new(&call.program).args(&call.args).env_clear().env("LC_ALL", "C").exec();
    Err(Error::unavailable("The program could not be started in the cage.").with_source(fault))
}

impl Keeper {
    /// Returns where a program is installed, in the folders in which programs are looked for.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        self.folders.iter().map(|it| it.join(name)).find(|it| it.is_file())
    }

    /// Runs a program over a file, which it finds under `/dev/stdin`, and returns what it writes. A program that ends
    /// with a code of failure has crashed.
    ///
    /// # Errors
    ///
    /// Only when no child could be started; what the program does is an [`Outcome`].
    pub fn run_program(
        &self,
        program: PathBuf,
        args: &[&str],
        input: &File,
        budget: Budget,
    ) -> Result<Outcome<Vec<u8>>> {
        let args = args.iter().map(|it| (*it).to_owned()).collect();
        Ok(self.start(PROGRAM, input, &Call { program, args }, budget)?.drain())
    }
}

impl Frames {
    /// Takes all that comes as bytes, and not as frames.
    fn drain(mut self) -> Outcome<Vec<u8>> {
        let (mut bytes, mut buffer) = (Vec::new(), vec![0; 64 << 10]);
        loop {
            self.beat(Beat::Waiting);
            let read = self.from.read(&mut buffer);
            self.beat(Beat::Busy);
            match read {
                Ok(0) => break,
                Ok(n) if (bytes.len() + n) as u64 > self.left => return Outcome::TooMuch,
                Ok(n) => bytes.extend_from_slice(&buffer[..n]),
                Err(e) => return Outcome::Crash(e.to_string()),
            }
        }
        let (burial, said) = self.bury();
        match burial {
            Some(Burial { status, late: false }) if status.success() => Outcome::Done(bytes),
            Some(Burial { status, .. }) if status.signal().is_none() && said.contains("Cannot allocate") => {
                Outcome::OutOfMemory
            }
            burial => Self::death(burial, &said).map(|()| bytes),
        }
    }
}
