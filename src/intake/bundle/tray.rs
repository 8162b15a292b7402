//! The tray: how members leave the cage one after another, held to the limits, and why that may end early.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::cage::Output;
use crate::domain::finding::{Code, Finding};
use crate::error::Error;
use crate::intake::bundle::{BEYOND, Fault, Limits, Modified, Note, VOLUME};

/// Why the reading of a container ends early.
pub(super) enum Trouble {
    /// What is wrong with the container.
    Amiss(Finding),
    /// It is a document that happens to be an archive.
    Document,
    /// The keeper has gone.
    CutOff(Error),
}

impl Trouble {
    pub(super) fn damaged(detail: impl Into<String>) -> Self {
        Self::Amiss(Finding::new(Code::E02, detail))
    }

    pub(super) fn encrypted() -> Self {
        Self::Amiss(Finding::new(Code::E03, ""))
    }

    pub(super) fn beyond() -> Self {
        Self::Amiss(Finding::new(Code::E12, BEYOND))
    }

    pub(super) fn volume() -> Self {
        Self::damaged(VOLUME)
    }
}

pub(super) type Done<T = ()> = Result<T, Trouble>;

/// The way of the members out of the cage, shared with a library that wants a writer of its own.
#[derive(Clone)]
pub(super) struct Tray(Rc<RefCell<Passing>>);

struct Passing {
    output: Output,
    limits: Limits,
    listed: u64,
    /// Bytes that may still be sent of all members, and of the one that is open.
    left: u64,
    most: u64,
    /// Bytes of the open member that were sent.
    given: u64,
    fault: Option<Fault>,
}

impl Tray {
    pub(super) fn new(output: Output, limits: Limits) -> Self {
        let left = limits.bytes;
        Self(Rc::new(RefCell::new(Passing {
            output,
            limits,
            listed: 0,
            left,
            most: 0,
            given: 0,
            fault: None,
        })))
    }

    /// Takes the output back.
    pub(super) fn output(&self) -> Output {
        std::mem::replace(&mut self.0.borrow_mut().output, Output::new(io::sink()))
    }

    /// Returns how many bytes a container of this size may unpack to.
    pub(super) fn room(&self, packed: u64) -> u64 {
        let passing = self.0.borrow();
        passing.limits.within(packed).bytes.min(passing.left)
    }

    /// Lists a member by its raw name; `utf8` where that is marked as such, `dos` where a backslash separates.
    pub(super) fn list(&self, name: &[u8], utf8: bool, dos: bool) -> Done {
        let mut passing = self.0.borrow_mut();
        passing.listed += 1;
        if passing.listed > passing.limits.members {
            let detail = format!("超过 {} 个文件", passing.limits.members);
            return Err(Trouble::Amiss(Finding::new(Code::E12, detail)));
        }
        passing.note(&Note::Listed { raw: STANDARD.encode(name), utf8, dos })
    }

    /// Says that all are listed.
    pub(super) fn open(&self) -> Done {
        self.0.borrow_mut().note(&Note::Open)
    }

    /// Begins the n-th member listed, of so many bytes packed.
    pub(super) fn begin(&self, n: usize, modified: Option<Modified>, packed: u64) -> Done {
        let mut passing = self.0.borrow_mut();
        passing.most = packed.saturating_mul(passing.limits.ratio).max(10 << 20);
        passing.given = 0;
        passing.fault = None;
        passing.note(&Note::Begin(n, modified))
    }

    /// Ends the member that is open.
    pub(super) fn end(&self, fault: Option<Fault>) -> Done {
        let mut passing = self.0.borrow_mut();
        let fault = passing.fault.or(fault);
        passing.note(&Note::End(fault))
    }

    /// Begins and ends a member that gives nothing.
    pub(super) fn fail(&self, n: usize, fault: Fault) -> Done {
        self.begin(n, None, 0)?;
        self.end(Some(fault))
    }

    /// Sends bytes of the open member on; says what ails it, that is, that they are too many.
    pub(super) fn give(&self, bytes: &[u8]) -> Done<Option<Fault>> {
        let mut passing = self.0.borrow_mut();
        let n = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if n > passing.most || n >= passing.left {
            passing.left = passing.left.saturating_sub(n);
            passing.fault = Some(Fault::Bomb);
            return Ok(Some(Fault::Bomb));
        }
        passing.most -= n;
        passing.left -= n;
        passing.given += n;
        passing.output.write_all(bytes).map_err(cut_off)?;
        Ok(None)
    }

    /// Sends all a reader gives; says what ails the member.
    pub(super) fn copy(&self, member: &mut dyn Read) -> Done<Option<Fault>> {
        let mut buffer = vec![0; 64 << 10];
        loop {
            match member.read(&mut buffer) {
                Ok(0) => return Ok(None),
                Ok(n_read) => {
                    if let Some(fault) = self.give(&buffer[..n_read])? {
                        return Ok(Some(fault));
                    }
                }
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Ok(Some(Fault::Damaged)),
            }
        }
    }

    /// Sends a whole member.
    pub(super) fn send(&self, n: usize, modified: Option<Modified>, bytes: &[u8]) -> Done {
        self.begin(n, modified, u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
        let fault = self.give(bytes)?;
        self.end(fault)
    }

    /// Returns how many bytes of the open member were sent.
    pub(super) fn given(&self) -> u64 {
        self.0.borrow().given
    }
}

impl Passing {
    fn note(&mut self, note: &Note) -> Done {
        self.output.note(note).map_err(Trouble::CutOff)
    }
}

fn cut_off(fault: io::Error) -> Trouble {
    Trouble::CutOff(Error::unavailable("The keeper of the cage no longer listens.").with_source(fault))
}
