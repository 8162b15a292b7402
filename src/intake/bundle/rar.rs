//! Rar archives, of versions 1.3 to 7.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write};
use std::rc::Rc;

use rars::{
    Archive, ArchiveMember, ArchiveMemberDetail, ArchiveReadOptions, ArchiveReader, Error, ErrorKind,
    ExtractionDecision, ExtractionErrorAction, StoredTimestamp,
};

use crate::intake::bundle::tray::{Done, Tray, Trouble};
use crate::intake::bundle::{Fault, Modified};

/// What one reading may hold in memory; the largest dictionary of WinRAR before version 7 has 1 GiB, its default 32 MiB.
const MEMORY: u64 = 700 << 20;

pub(super) fn read(input: File, tray: &Tray) -> Done {
    let packed = input.metadata().map_or(0, |it| it.len());
    let archive = ArchiveReader::read_reader(input).map_err(|it| unopened(&it))?;
    let (volume, solid) = match &archive {
        Archive::Rar15To40(it) => (it.main.is_volume(), it.main.is_solid()),
        Archive::Rar50Plus(it) => (it.main.is_volume(), it.main.is_solid()),
        _ => (false, false),
    };
    if volume {
        return Err(Trouble::volume());
    }
    let members: Vec<ArchiveMember> = archive.members().collect();
    for member in &members {
        tray.list(&member.meta.name, member.name_is_unicode(), is_dos(member))?;
    }
    tray.open()?;
    let unpacking = Rc::new(Unpacking { tray: tray.clone(), packed, solid, state: RefCell::default() });
    let (deciding, failing) = (Rc::clone(&unpacking), Rc::clone(&unpacking));
    let options = ArchiveReadOptions::new().with_max_reader_workspace_bytes(MEMORY);
    let ended = archive.extract_with_control_and_errors(
        options,
        move |member| Ok(deciding.decide(member)),
        move |_, fault| {
            failing.close(Some(fault_of(fault)));
            Ok(ExtractionErrorAction::Continue)
        },
    );
    unpacking.close(ended.as_ref().err().map(fault_of));
    let state = unpacking.state.take();
    state.trouble.map_or(Ok(()), Err)?;
    let fault = ended.as_ref().err().map(fault_of).or(state.stopped).unwrap_or(Fault::Damaged);
    for (n, member) in members.iter().enumerate().skip(state.next).filter(|it| !it.1.meta.is_directory) {
        tray.fail(n, if member.meta.is_encrypted { Fault::Encrypted } else { fault })?;
    }
    Ok(())
}

fn unopened(fault: &Error) -> Trouble {
    match fault_of(fault) {
        Fault::Encrypted => Trouble::encrypted(),
        Fault::Bomb => Trouble::beyond(),
        _ => Trouble::damaged("压缩包无法打开，内容不完整"),
    }
}

fn fault_of(fault: &Error) -> Fault {
    match (fault.kind(), fault.root_cause()) {
        (ErrorKind::PasswordRequired | ErrorKind::BadPassword, _) => Fault::Encrypted,
        (_, Error::FeatureDisabled { feature: "encryption" } | Error::UnsupportedEncryption { .. }) => {
            Fault::Encrypted
        }
        (ErrorKind::ResourceLimit, _) => Fault::Bomb,
        _ => Fault::Damaged,
    }
}

/// Before version 5 a backslash separates folders on every system.
fn is_dos(member: &ArchiveMember) -> bool {
    !matches!(member.detail, ArchiveMemberDetail::Rar50Plus { .. })
}

/// A link: a record of its own since version 5, the mode of a Unix file before.
fn is_link(member: &ArchiveMember) -> bool {
    const UNIX: u64 = 3;
    let old = is_dos(member) && member.meta.host_os == Some(UNIX);
    member.meta.is_redirection || (old && member.meta.file_attr & 0o170_000 == 0o120_000)
}

/// The members as the library comes to them. It wants writers of its own, so they share this.
struct Unpacking {
    tray: Tray,
    packed: u64,
    solid: bool,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    /// The next member to have its turn.
    next: usize,
    /// One has begun and not ended.
    open: bool,
    /// Why the rest of a solid archive is left.
    stopped: Option<Fault>,
    trouble: Option<Trouble>,
}

impl Unpacking {
    fn decide(self: &Rc<Self>, member: &ArchiveMember) -> ExtractionDecision {
        self.close(None);
        let n = self.state.borrow().next;
        let encrypted = member.meta.is_encrypted;
        if self.state.borrow().trouble.is_some() {
            return ExtractionDecision::Stop;
        }
        if encrypted && self.solid {
            self.state.borrow_mut().stopped = Some(Fault::Encrypted);
            return ExtractionDecision::Stop;
        }
        self.state.borrow_mut().next += 1;
        if member.meta.is_directory {
            return ExtractionDecision::Skip;
        }
        if encrypted || is_link(member) {
            let fault = if encrypted { Fault::Encrypted } else { Fault::Link };
            self.keep(self.tray.fail(n, fault));
            // Of a solid archive every byte must be gone through.
            return if self.solid && !member.meta.is_redirection {
                ExtractionDecision::Extract(Box::new(io::sink()))
            } else {
                ExtractionDecision::Skip
            };
        }
        self.keep(self.tray.begin(n, modified(member), self.packed));
        self.state.borrow_mut().open = true;
        ExtractionDecision::Extract(Box::new(Mouth(Rc::clone(self))))
    }

    fn close(&self, fault: Option<Fault>) {
        if std::mem::take(&mut self.state.borrow_mut().open) {
            self.keep(self.tray.end(fault));
        }
    }

    fn keep(&self, done: Done) {
        if let Err(trouble) = done {
            self.state.borrow_mut().trouble.get_or_insert(trouble);
        }
    }
}

/// Where the library puts the bytes of a member.
struct Mouth(Rc<Unpacking>);

impl Write for Mouth {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.tray.give(bytes) {
            Ok(None) => Ok(bytes.len()),
            Ok(Some(fault)) => {
                self.0.state.borrow_mut().stopped = Some(fault);
                Err(io::Error::other("more than is allowed"))
            }
            Err(trouble) => {
                self.0.keep(Err(trouble));
                Err(io::Error::other("nobody listens"))
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn modified(member: &ArchiveMember) -> Option<Modified> {
    match member.meta.stored_modification_time()? {
        StoredTimestamp::UnixSeconds(it) => Modified::unix(i64::from(it)),
        StoredTimestamp::DosLocal(it) => {
            Modified::dos(u16::try_from(it >> 16).ok()?, u16::try_from(it & 0xffff).ok()?)
        }
        _ => None,
    }
}
