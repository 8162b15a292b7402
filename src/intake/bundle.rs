//! Containers: zip archives, opened by a child of the cage, their members streamed out one after another.
//!
//! The child lists the members, then sends each with its bytes; the keeper's side decodes names, checks paths and
//! limits, and hands the bytes on, so that a member of any size passes in constant memory.

use std::fs::File;
use std::io::{self, Read, Write};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::UTF_8;
use serde::{Deserialize, Serialize};
use zip::read::{Config, ZipFileEntry, ZipReadOptions};
use zip::unstable::read::ZipIterable;

use crate::cage::{Budget, Frame, Frames, Keeper, Outcome, Output, Task};
use crate::domain::finding::{Code, Finding};
use crate::domain::submission::Member;
use crate::error::{Error, Result};
use crate::intake::names::{self, Named};

/// The name of the job.
pub const JOB: &str = "bundle";

/// What a container may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Members.
    pub members: u64,
    /// Bytes of all members unpacked.
    pub bytes: u64,
    /// Unpacked to packed size: of one member, where it is larger than 10 MiB, and of the whole, where it is larger
    /// than 1 GiB.
    pub ratio: u64,
    /// Containers within containers.
    pub depth: u8,
}

impl Limits {
    /// Returns the limits on everything in a container of so many bytes, the containers within it included.
    ///
    /// Without this a container of containers would be allowed its limits once for each of them.
    pub fn within(self, packed_bytes: u64) -> Self {
        Self { bytes: self.bytes.min(packed_bytes.saturating_mul(self.ratio).max(1 << 30)), ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { members: 100_000, bytes: 100 << 30, ratio: 200, depth: 5 }
    }
}

#[derive(Serialize, Deserialize)]
enum Note {
    /// A member as listed: its raw name in base64, whether that is marked as UTF-8.
    Listed { raw: String, utf8: bool },
    /// The list is complete.
    Open,
    /// The bytes of the n-th member listed follow.
    Begin(usize),
    /// They end; the fault, if they are not whole.
    End(Option<Fault>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Fault {
    Encrypted,
    Damaged,
    Bomb,
    Link,
}

/// The job of the child.
///
/// # Errors
/// `Corrupt` where it is no zip archive or its list of members breaks off; `TooLarge` where it has too many members.
pub fn child(task: Task, output: &mut Output) -> Result<()> {
    let limits: Limits = task.args()?;
    let bad =
        |it: zip::result::ZipError| Error::corrupt(format!("It cannot be opened as a zip archive: {it}"));
    // Not `ZipArchive`: that one keeps only the last of several members of one name.
    let mut archive = ZipIterable::try_new(task.input, Config::default()).map_err(bad)?;
    let n_members = archive.len();
    if u64::try_from(n_members).unwrap_or(u64::MAX) > limits.members {
        let message = format!("It has {n_members} members, {} are allowed.", limits.members);
        return Err(Error::too_large(message));
    }
    let mut entries: Vec<ZipFileEntry<'static>> = Vec::new();
    for entry in archive.files().map_err(bad)?.map_while(zip::result::ZipResult::ok) {
        let utf8 = entry.flags().as_u16() & (1 << 11) != 0;
        output.note(&Note::Listed { raw: STANDARD.encode(entry.name_raw()), utf8 })?;
        entries.push(entry);
    }
    output.note(&Note::Open)?;
    let n_listed = entries.len();
    let reader = archive.files().map_err(bad)?.reader_mut();
    let mut left = limits.bytes;
    for (n, entry) in entries.into_iter().enumerate().filter(|it| !is_folder(&it.1)) {
        let most = entry.compressed_size().saturating_mul(limits.ratio).max(10 << 20).min(left);
        output.note(&Note::Begin(n))?;
        let fault = if entry.encrypted() {
            Some(Fault::Encrypted)
        } else if entry.is_symlink() {
            Some(Fault::Link)
        } else {
            match entry.with_reader(reader, ZipReadOptions::new()) {
                Ok(mut member) => copy(&mut member, output, most, &mut left)?,
                Err(_) => Some(Fault::Damaged),
            }
        };
        output.note(&Note::End(fault))?;
    }
    if n_listed < n_members {
        let message = format!("Its list of members breaks off after {n_listed} of {n_members}.");
        return Err(Error::corrupt(message));
    }
    Ok(())
}

/// A name may end with the byte of a backslash because that is half of its last character (誠 in Big5).
fn is_folder(entry: &ZipFileEntry<'_>) -> bool {
    entry.size() == 0 && matches!(entry.name_raw().last(), Some(b'/' | b'\\'))
}

/// Sends a member on; a fault of its bytes is told, one of the keeper ends the job.
fn copy(member: &mut dyn Read, output: &mut Output, most: u64, left: &mut u64) -> Result<Option<Fault>> {
    let cut_off = |it| Error::unavailable("The keeper of the cage no longer listens.").with_source(it);
    let mut buffer = vec![0; 64 << 10];
    let mut sent = 0;
    loop {
        let n_read = match member.read(&mut buffer) {
            Ok(0) => return Ok(None),
            Ok(n_read) => n_read,
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Ok(Some(Fault::Damaged)),
        };
        sent += u64::try_from(n_read).unwrap_or(0);
        *left = left.saturating_sub(u64::try_from(n_read).unwrap_or(0));
        if sent > most || *left == 0 {
            return Ok(Some(Fault::Bomb));
        }
        output.write_all(&buffer[..n_read]).map_err(cut_off)?;
    }
}

/// An opened container, its members to be read in order.
pub struct Bundle {
    frames: Option<Frames>,
    members: Vec<Named>,
    bytes: u64,
}

/// A member whose turn it is.
pub struct Turn<'a> {
    /// Its name.
    pub named: Named,
    /// Why it cannot be taken, seen before its bytes: its path escapes.
    pub refused: Option<Finding>,
    /// Its bytes.
    pub reader: MemberReader<'a>,
}

/// The bytes of a member; its end tells whether they are whole.
pub struct MemberReader<'a> {
    frames: &'a mut Frames,
    bytes: &'a mut u64,
    rest: Vec<u8>,
    at: usize,
    ended: bool,
    fault: Option<Fault>,
}

impl Bundle {
    /// Opens a container in the cage and reads the list of its members.
    ///
    /// # Errors
    /// The finding that says why it cannot be opened.
    pub fn open(keeper: &Keeper, file: &File, limits: Limits) -> std::result::Result<Self, Finding> {
        let budget = Budget {
            memory_bytes: 1 << 30,
            cpu: Duration::from_secs(4 * 3600),
            wall: Duration::from_secs(120),
            output_bytes: u64::MAX,
        };
        let unopened = |it: Error| Finding::new(Code::E02, it.message().to_owned());
        let mut frames = keeper.stream(JOB, file, &limits, budget).map_err(unopened)?;
        let mut raw: Vec<(Vec<u8>, bool)> = Vec::new();
        loop {
            match note(frames.next()) {
                Some(Note::Listed { raw: name, utf8 }) => {
                    raw.push((STANDARD.decode(name).unwrap_or_default(), utf8));
                }
                Some(Note::Open) => break,
                _ => return Err(ending(frames)),
            }
        }
        let marked = |it: &(Vec<u8>, bool)| it.1 && std::str::from_utf8(&it.0).is_ok();
        let unmarked = raw.iter().filter(|it| !marked(it)).map(|it| it.0.as_slice());
        let encoding = names::encoding_of(unmarked);
        let decode = |it: &(Vec<u8>, bool)| names::decode(&it.0, if marked(it) { UTF_8 } else { encoding });
        let members = raw.iter().map(decode).collect();
        Ok(Self { frames: Some(frames), members, bytes: 0 })
    }

    /// Returns the names of all members, for the record.
    pub fn members(&self) -> Vec<Member> {
        let member = |it: &Named| Member {
            name: it.shown.clone(),
            raw: it.raw.as_ref().map(|it| STANDARD.encode(it)),
        };
        self.members.iter().map(member).collect()
    }

    /// Returns the next member; none at the end of the container or where its child ended.
    pub fn next_member(&mut self) -> Option<Turn<'_>> {
        let frames = self.frames.as_mut()?;
        let Some(Note::Begin(n)) = note(frames.next()) else { return None };
        let named = self.members.get(n)?.clone();
        let refused = escapes(&named.shown).then(|| Finding::new(Code::E11, named.shown.clone()));
        let reader = MemberReader {
            frames,
            bytes: &mut self.bytes,
            rest: Vec::new(),
            at: 0,
            ended: false,
            fault: None,
        };
        Some(Turn { named, refused, reader })
    }

    /// Returns the bytes unpacked since it was asked last.
    pub fn unpacked(&mut self) -> u64 {
        std::mem::take(&mut self.bytes)
    }

    /// Ends the reading; returns what went wrong with the container as a whole.
    pub fn finish(mut self) -> Option<Finding> {
        match self.frames.take()?.ending() {
            Outcome::Done(()) => None,
            other => Some(finding(&other)),
        }
    }
}

impl MemberReader<'_> {
    /// Reads what is left and returns what is wrong with the member.
    pub fn end(mut self) -> Option<Finding> {
        let mut sink = [0; 64 << 10];
        while matches!(self.read(&mut sink), Ok(1..)) {}
        Some(match self.fault? {
            Fault::Encrypted => Finding::new(Code::E03, ""),
            Fault::Damaged => Finding::new(Code::E02, "damaged in the archive"),
            Fault::Bomb => Finding::new(Code::E12, "unpacks to more than is allowed"),
            Fault::Link => Finding::new(Code::E14, ""),
        })
    }
}

impl Read for MemberReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.rest.len() && !self.ended {
            match self.frames.next() {
                Some(Frame::Bytes(bytes)) => {
                    *self.bytes += u64::try_from(bytes.len()).unwrap_or(0);
                    (self.rest, self.at) = (bytes, 0);
                }
                Some(frame @ Frame::Note(_)) => {
                    self.ended = true;
                    self.fault = match note(Some(frame)) {
                        Some(Note::End(fault)) => fault,
                        _ => Some(Fault::Damaged),
                    };
                }
                None => (self.ended, self.fault) = (true, Some(Fault::Damaged)),
            }
        }
        if self.at == self.rest.len() && self.fault.is_some() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it is not whole in its archive"));
        }
        let n_taken = buffer.len().min(self.rest.len() - self.at);
        buffer[..n_taken].copy_from_slice(&self.rest[self.at..self.at + n_taken]);
        self.at += n_taken;
        Ok(n_taken)
    }
}

fn note(frame: Option<Frame>) -> Option<Note> {
    match frame? {
        Frame::Note(note) => serde_json::from_slice(&note).ok(),
        Frame::Bytes(_) => None,
    }
}

fn ending(mut frames: Frames) -> Finding {
    frames.by_ref().for_each(drop);
    finding(&frames.ending())
}

fn finding(outcome: &Outcome<()>) -> Finding {
    match outcome {
        Outcome::Refused(why) if why.contains("are allowed") => Finding::new(Code::E12, why.clone()),
        Outcome::Refused(why) => Finding::new(Code::E02, why.clone()),
        Outcome::Timeout | Outcome::OutOfMemory | Outcome::TooMuch => Finding::new(Code::E12, ""),
        Outcome::Done(()) | Outcome::Crash(_) => {
            Finding::new(Code::E02, "the reader of the archive ended early")
        }
    }
}

/// Returns whether a member's path would leave the folder it is unpacked in.
pub fn escapes(path: &str) -> bool {
    let path = path.replace('\\', "/");
    let drive = path.as_bytes().get(1) == Some(&b':');
    path.starts_with('/') || drive || path.contains('\0') || path.split('/').any(|it| it == "..")
}

/// Returns whether the beginning of a file is that of a container rather than of a document that happens to be a zip.
pub fn is_container(name: &str, beginning: &[u8]) -> bool {
    const DOCUMENTS: &[&str] = &[
        "docx", "docm", "dotx", "xlsx", "xlsm", "xltx", "xlsb", "pptx", "pptm", "ppsx", "potx", "ofd", "odt",
        "ods", "odp", "epub", "jar", "apk", "vsdx", "wps", "et", "dps", "gdx", "kmz",
    ];
    let ending = name.rsplit_once('.').map(|it| it.1.to_ascii_lowercase()).unwrap_or_default();
    let empty = beginning.starts_with(b"PK\x05\x06");
    if !(beginning.starts_with(b"PK\x03\x04") || empty) || DOCUMENTS.contains(&ending.as_str()) {
        return false;
    }
    // The name of the first member stands 30 bytes in.
    let first = beginning.get(30..).unwrap_or_default();
    let marks: [&[u8]; 8] =
        [b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/", b"mimetype", b"OFD.xml"];
    !marks.iter().any(|it| first.starts_with(it))
}
