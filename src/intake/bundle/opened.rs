//! The side of the keeper: the members of a container one after another, their names decoded, their faults as findings.

use std::fs::File;
use std::io::{self, Read};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::UTF_8;

use crate::cage::{Budget, Frame, Frames, Keeper, Outcome};
use crate::domain::finding::{Code, Finding};
use crate::domain::submission::Member;
use crate::error::{Error, in_chinese};
use crate::intake::bundle::{Fault, JOB, Limits, Modified, Note, Orders};
use crate::intake::names::{self, Named};

/// An opened container, its members to be read in order.
pub struct Bundle {
    frames: Option<Frames>,
    members: Vec<Named>,
    bytes: u64,
    amiss: Option<Finding>,
}

/// A member whose turn it is.
pub struct Turn<'a> {
    /// Its name; it ends with `/` where it may be a folder.
    pub named: Named,
    /// When it was last changed.
    pub modified: Option<Modified>,
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
    /// The finding that says why it cannot be opened; none where it turns out to be a document.
    pub fn open(keeper: &Keeper, file: &File, name: &str, limits: Limits) -> Result<Self, Option<Finding>> {
        let budget = Budget {
            memory_bytes: 1 << 30,
            cpu: Duration::from_secs(4 * 3600),
            wall: Duration::from_secs(120),
            output_bytes: u64::MAX,
        };
        let unopened = |it: Error| Some(Finding::new(Code::E02, it.message_in(false)));
        // A name within an archive may be of any length; what the ending says is at its end.
        let tail = name.char_indices().rev().nth(254).map_or(0, |it| it.0);
        let orders = Orders { limits, name: name[tail..].to_owned() };
        let mut frames = keeper.stream(JOB, file, &orders, budget).map_err(unopened)?;
        let mut listed = Vec::new();
        loop {
            match note(frames.next()) {
                Some(Note::Listed { raw, utf8, dos }) => {
                    listed.push(Listed { raw: STANDARD.decode(raw).unwrap_or_default(), utf8, dos });
                }
                Some(Note::Open) => break,
                Some(Note::Document) => return Err(None),
                Some(Note::Amiss(finding)) => return Err(Some(finding)),
                _ => {
                    frames.by_ref().for_each(drop);
                    return Err(Some(finding(&frames.ending())));
                }
            }
        }
        let unmarked = listed.iter().filter(|it| !it.is_marked()).map(|it| it.raw.as_slice());
        let encoding = names::encoding_of(unmarked);
        let members = listed.iter().map(|it| it.named(encoding)).collect();
        Ok(Self { frames: Some(frames), members, bytes: 0, amiss: None })
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
        let (n, modified) = match note(frames.next())? {
            Note::Begin(n, modified) => (n, modified),
            Note::Amiss(finding) => {
                self.amiss = Some(finding);
                return None;
            }
            _ => return None,
        };
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
        Some(Turn { named, modified, refused, reader })
    }

    /// Returns the bytes unpacked since it was asked last.
    pub fn unpacked(&mut self) -> u64 {
        std::mem::take(&mut self.bytes)
    }

    /// Ends the reading; returns what went wrong with the container as a whole.
    pub fn finish(mut self) -> Option<Finding> {
        let ending = self.frames.take()?.ending();
        match (self.amiss, ending) {
            (Some(finding), _) => Some(finding),
            (None, Outcome::Done(())) => None,
            (None, other) => Some(finding(&other)),
        }
    }
}

impl MemberReader<'_> {
    /// Reads what is left and returns what is wrong with the member.
    pub fn end(mut self) -> Option<Finding> {
        let mut sink = [0; 64 << 10];
        while matches!(self.read(&mut sink), Ok(1..)) {}
        self.fault.map(Fault::finding)
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

/// A member as the child lists it.
struct Listed {
    raw: Vec<u8>,
    utf8: bool,
    dos: bool,
}

impl Listed {
    fn is_marked(&self) -> bool {
        self.utf8 && std::str::from_utf8(&self.raw).is_ok()
    }

    /// Decodes first and separates then: half a character may look like a backslash.
    fn named(&self, encoding: &'static encoding_rs::Encoding) -> Named {
        let mut named = match self.is_marked() {
            true => names::decode(&self.raw, UTF_8),
            false => names::decode_beside(&self.raw, encoding),
        };
        if self.dos {
            named.shown = named.shown.replace('\\', "/");
        }
        named
    }
}

fn note(frame: Option<Frame>) -> Option<Note> {
    match frame? {
        Frame::Note(note) => serde_json::from_slice(&note).ok(),
        Frame::Bytes(_) => None,
    }
}

fn finding(outcome: &Outcome<()>) -> Finding {
    match outcome {
        Outcome::Refused(why) => Finding::new(Code::E02, in_chinese(why)),
        Outcome::Timeout | Outcome::OutOfMemory | Outcome::TooMuch => {
            Finding::new(Code::E12, "读取所需的时间或内存过多")
        }
        Outcome::Done(()) | Outcome::Crash(_) => Finding::new(Code::E02, "读取压缩包时出错"),
    }
}

/// Returns whether a member's path would leave the folder it is unpacked in.
pub fn escapes(path: &str) -> bool {
    let path = path.replace('\\', "/");
    let drive = path.as_bytes().get(1) == Some(&b':');
    path.starts_with('/') || drive || path.contains('\0') || path.split('/').any(|it| it == "..")
}
