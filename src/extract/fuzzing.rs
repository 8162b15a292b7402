//! How the fuzzer calls the readers, without a cage: what a child does, and what is made of what it sends.

use std::io::{self, Seek, Write};

use crate::cage::{Outcome, Output, Task};
use crate::domain::reading::{Facts, Reading, Status};
use crate::extract::office::word97;
use crate::extract::{Gathered, child};

/// Does what a child does with a file of this name and these bytes.
///
/// # Errors
///
/// Those of the disk, which say nothing about the bytes.
pub fn read(name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut input = tempfile::tempfile()?;
    input.write_all(bytes)?;
    input.rewind()?;
    let orders = child::Orders { name: name.to_owned() };
    let task = Task::of(input, serde_json::to_value(orders)?);
    child::child(task, &mut Output::new(io::sink())).map_err(io::Error::other)
}

/// Draws the numbers of an old Word document.
///
/// # Errors
///
/// Those of the disk, which say nothing about the bytes.
pub fn numbered(bytes: &[u8]) -> io::Result<()> {
    let mut input = tempfile::tempfile()?;
    input.write_all(bytes)?;
    let _drawn = word97::numbered(&mut input);
    Ok(())
}

/// Makes of a text what is made of it when it comes out of the cage.
pub fn finished(text: &str, media_type: &str) -> Reading {
    let facts = Facts { media_type: media_type.to_owned(), ..Facts::default() };
    let gathered = Gathered { text: text.into(), status: Some(Status::Ok), facts, ..Gathered::default() };
    gathered.finish(Outcome::Done(())).reading
}
