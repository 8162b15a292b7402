//! The door: shows a visitor every file of what is offered, containers opened, in one order.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;
use jiff::Timestamp;

use crate::cage::Keeper;
use crate::domain::finding::{Code, Finding};
use crate::domain::submission::{Filing, Member};
use crate::error::{Error, Kind, Result, in_chinese};
use crate::intake::bundle::sniff::{self, BEGINNING};
use crate::intake::bundle::{self, Bundle, Limits, Modified};
use crate::intake::folder::{self, Found};
use crate::intake::names;

/// Where a file stands in what was offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The path as shown, from the name of what was offered on; members of containers as `a.zip/b/c.jpg`.
    pub path: String,
    /// The raw bytes of the path in base64, where they are not UTF-8.
    pub path_raw: Option<String>,
    /// The file's own time, where it has one; that of a mail for what came in it.
    pub modified: Option<Modified>,
    /// Whether its name is written in another encoding than those beside it.
    pub odd: bool,
}

impl Place {
    /// Returns the last part of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Returns whether it is shown in other characters than its bytes are, or than those beside it would have it. One
    /// from a Mac, which writes é as two characters, is not.
    pub fn is_decoded(&self) -> bool {
        let raw = self.path_raw.as_ref().and_then(|it| STANDARD.decode(it).ok());
        self.odd || raw.is_some_and(|it| !names::is_same(&it, &self.path))
    }
}

/// Who is shown what is offered.
pub trait Visitor {
    /// Bytes that were copied away from where they were offered.
    type Spool;

    /// Copies bytes away. An error of kind `Invalid` means that the source could not be read.
    ///
    /// # Errors
    /// `Invalid` for the source; any other ends the receiving.
    fn spool(&mut self, reader: &mut dyn Read) -> Result<Self::Spool>;

    /// Opens what was spooled.
    ///
    /// # Errors
    /// Those of the file system.
    fn open(&self, spool: &Self::Spool) -> Result<File>;

    /// Takes a file; `amiss` says why a container is taken as one.
    ///
    /// # Errors
    /// Any error ends the receiving.
    fn file(&mut self, place: Place, spool: Self::Spool, amiss: Option<Finding>) -> Result<()>;

    /// Takes note of a container after its members were shown; `failed` says that one could not be taken.
    ///
    /// # Errors
    /// Any error ends the receiving.
    fn container(&mut self, place: Place, spool: Self::Spool, opened: Opened) -> Result<()>;

    /// Takes note of something that is not taken.
    ///
    /// # Errors
    /// Any error ends the receiving.
    fn turned(&mut self, place: Place, filing: Filing, finding: Finding) -> Result<()>;

    /// Returns whether to end before the next file.
    fn is_stopped(&self) -> bool;
}

/// What was found in a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// The names of its members.
    pub members: Vec<Member>,
    /// Whether a member could not be taken.
    pub failed: bool,
    /// What is wrong with the container as a whole.
    pub finding: Option<Finding>,
    /// Whether the receiving was stopped before its end.
    pub stopped: bool,
}

/// Something offered, under the name it is shown with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Where it is.
    pub path: PathBuf,
    /// The name to show; none for its own.
    pub shown: Option<String>,
    /// The encoding that the names in it have voted for.
    pub encoding: &'static Encoding,
}

impl Offer {
    /// Returns the name it is shown with.
    pub fn name(&self) -> String {
        let own = || folder::shown_in(&self.own_name(), self.encoding).0;
        self.shown.clone().unwrap_or_else(own)
    }

    /// The name as typed: that of a link tells more than that of what it leads to. `.` has none but that of its folder.
    fn own_name(&self) -> PathBuf {
        let typed = self.path.file_name().map(PathBuf::from);
        let real = || std::fs::canonicalize(&self.path).ok()?.file_name().map(PathBuf::from);
        typed.or_else(real).unwrap_or_default()
    }
}

/// Shows a visitor all that is offered.
///
/// # Errors
/// `NotFound` where something offered is not there; any error of the visitor.
pub fn receive<V: Visitor>(visitor: &mut V, keeper: &Keeper, limits: Limits, offers: &[Offer]) -> Result<()> {
    let mut door = Door { visitor, keeper, limits, left: limits };
    for offer in offers {
        let root =
            std::fs::canonicalize(&offer.path).map_err(|it| Error::io("looking at", &offer.path, it))?;
        for found in folder::walk(&root)? {
            if door.visitor.is_stopped() {
                return Ok(());
            }
            let place = place(offer, &root, found.path());
            match found {
                Found::Turned(_, filing, finding) => door.visitor.turned(place, filing, finding)?,
                Found::File(path, _) => door.open(place, &path)?,
            }
        }
    }
    Ok(())
}

fn place(offer: &Offer, root: &Path, path: &Path) -> Place {
    let below = path.strip_prefix(root).unwrap_or(path);
    let own = offer.own_name();
    let whole = if below.as_os_str().is_empty() { own } else { own.join(below) };
    let (mut path_shown, path_raw) = folder::shown_in(&whole, offer.encoding);
    if let Some(shown) = &offer.shown {
        path_shown = if below.as_os_str().is_empty() {
            shown.clone()
        } else {
            format!("{shown}/{}", folder::shown_in(below, offer.encoding).0)
        };
    }
    let modified = std::fs::metadata(path).and_then(|it| it.modified()).ok();
    Place {
        path: path_shown,
        path_raw,
        modified: modified.and_then(|it| Timestamp::try_from(it).ok()).map(Modified::At),
        odd: false,
    }
}

struct Door<'a, V> {
    visitor: &'a mut V,
    keeper: &'a Keeper,
    limits: Limits,
    /// What the outermost container, with all containers within it, may still hold.
    left: Limits,
}

impl<V: Visitor> Door<'_, V> {
    fn open(&mut self, place: Place, path: &Path) -> Result<()> {
        if folder::is_junk(&place.path) {
            return self.visitor.turned(place, Filing::Junk, Finding::new(Code::W18, ""));
        }
        match folder::open(path) {
            Ok(mut file) => self.take(place, &mut file, 0).map(drop),
            Err(finding) => self.visitor.turned(place, Filing::Unreadable, finding),
        }
    }

    /// Takes one file, opening it where it is a container. Returns whether it could be taken.
    fn take(&mut self, place: Place, reader: &mut dyn Read, depth: u8) -> Result<bool> {
        let mut beginning = Vec::new();
        if let Err(fault) = reader.take(BEGINNING).read_to_end(&mut beginning) {
            self.visitor.turned(place, Filing::Unreadable, Finding::new(Code::E02, in_chinese(&fault)))?;
            return Ok(false);
        }
        let mut whole = Cursor::new(&beginning).chain(reader);
        let spool = match self.visitor.spool(&mut whole) {
            Ok(spool) => spool,
            Err(error) if error.kind() == Kind::Invalid => {
                let finding = Finding::new(Code::E02, error.message_in(false));
                self.visitor.turned(place, Filing::Unreadable, finding)?;
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        self.take_spooled(place, spool, &beginning, depth)
    }

    /// Takes a file that was copied away, opening it where it is a container.
    fn take_spooled(&mut self, place: Place, spool: V::Spool, beginning: &[u8], depth: u8) -> Result<bool> {
        let opens = if sniff::is_compound(beginning) {
            sniff::of_file(place.name(), &mut self.visitor.open(&spool)?).is_some()
        } else {
            sniff::of(place.name(), beginning).is_some()
        };
        if opens {
            return self.enter(place, spool, depth);
        }
        self.visitor.file(place, spool, None)?;
        Ok(true)
    }

    /// Opens a container and takes its members; one that gives nothing is taken as the file it is.
    fn enter(&mut self, place: Place, spool: V::Spool, depth: u8) -> Result<bool> {
        if depth >= self.limits.depth {
            let finding = Finding::new(Code::E12, format!("嵌套超过 {} 层", self.limits.depth));
            return self.visitor.file(place, spool, Some(finding)).map(|()| true);
        }
        let file = self.visitor.open(&spool)?;
        if depth == 0 {
            self.left = self.limits.within(file.metadata().map_or(0, |it| it.len()));
        }
        let mut bundle = match Bundle::open(self.keeper, &file, place.name(), self.left) {
            Ok(bundle) => bundle,
            Err(finding) => return self.visitor.file(place, spool, finding).map(|()| true),
        };
        let (opened, n_taken) = self.members(&place, &mut bundle, depth)?;
        let ended = if opened.stopped { None } else { bundle.finish() };
        let finding = opened.finding.or(ended);
        if n_taken == 0 && finding.is_some() {
            return self.visitor.file(place, spool, finding).map(|()| true);
        }
        let failed = opened.failed || opened.stopped || finding.is_some();
        self.visitor.container(place, spool, Opened { failed, finding, ..opened })?;
        Ok(!failed)
    }

    /// Takes the members of a container; returns how many could be taken.
    fn members(&mut self, place: &Place, bundle: &mut Bundle, depth: u8) -> Result<(Opened, usize)> {
        let mut opened = Opened { members: bundle.members(), ..Opened::default() };
        let n_members = u64::try_from(opened.members.len()).unwrap_or(u64::MAX);
        self.left.members = self.left.members.saturating_sub(n_members);
        let mut n_taken = 0;
        loop {
            // What was broken off says nothing of the container.
            opened.stopped = self.visitor.is_stopped();
            if opened.stopped {
                break;
            }
            let Some(turn) = bundle.next_member() else { break };
            let inner = Place {
                path: format!("{}/{}", place.path, turn.named.shown.trim_end_matches('/')),
                path_raw: turn.named.raw.as_ref().map(|it| STANDARD.encode(it)),
                modified: turn.modified,
                odd: turn.named.odd,
            };
            match self.member(inner, turn, depth)? {
                Some(true) => n_taken += 1,
                Some(false) => opened.failed = true,
                None => {}
            }
            self.left.bytes = self.left.bytes.saturating_sub(bundle.unpacked());
            if self.left.bytes == 0 {
                opened.finding = Some(Finding::new(Code::E12, bundle::BEYOND));
                break;
            }
        }
        Ok((opened, n_taken))
    }

    /// Takes a member; returns whether it could be taken, and nothing of a folder.
    fn member(&mut self, place: Place, mut turn: bundle::Turn<'_>, depth: u8) -> Result<Option<bool>> {
        if folder::is_junk(&place.path) {
            turn.reader.end();
            self.visitor.turned(place, Filing::Junk, Finding::new(Code::W18, ""))?;
            return Ok(Some(true));
        }
        if let Some(finding) = turn.refused {
            turn.reader.end();
            self.visitor.turned(place, Filing::Refused, finding)?;
            return Ok(Some(false));
        }
        // The fault of a member is known at its end only, so its bytes are gathered before it is shown.
        let mut beginning = Vec::new();
        let began = (&mut turn.reader).take(BEGINNING).read_to_end(&mut beginning);
        if began.is_ok() && beginning.is_empty() && turn.named.shown.ends_with('/') {
            return Ok(None);
        }
        let spooled = match began {
            Ok(_) => self.visitor.spool(&mut Cursor::new(&beginning).chain(&mut turn.reader)),
            Err(fault) => Err(Error::invalid(fault.to_string()).zh(in_chinese(&fault))),
        };
        match spooled {
            Ok(spool) => self.take_spooled(place, spool, &beginning, depth + 1).map(Some),
            Err(error) if error.kind() == Kind::Invalid => {
                let unread = || Finding::new(Code::E02, error.message_in(false));
                let finding = turn.reader.end().unwrap_or_else(unread);
                let filing = if finding.code == Code::E12 { Filing::Refused } else { Filing::Unreadable };
                self.visitor.turned(place, filing, finding)?;
                Ok(Some(false))
            }
            Err(error) => Err(error),
        }
    }
}
