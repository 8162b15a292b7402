//! Walking folders: what is there, in one order, links not followed, archives left out, junk known by name.

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::{Encoding, GB18030, UTF_8};
use walkdir::WalkDir;

use crate::domain::finding::{Code, Finding};
use crate::domain::submission::Filing;
use crate::error::{Error, Result, in_chinese};
use crate::intake::names::{self, Vote};

/// Something found below what was offered.
#[derive(Debug)]
pub enum Found {
    /// A file, with its size.
    File(PathBuf, u64),
    /// Something that is not taken, what comes of it, and why.
    Turned(PathBuf, Filing, Finding),
}

impl Found {
    /// Returns its path.
    pub fn path(&self) -> &Path {
        match self {
            Self::File(path, _) | Self::Turned(path, ..) => path,
        }
    }
}

/// Walks what is offered, in the order of names.
///
/// # Errors
/// `NotFound` where something offered is not there; faults below it are told as findings.
pub fn walk(offered: &Path) -> Result<impl Iterator<Item = Found>> {
    std::fs::symlink_metadata(offered).map_err(|it| Error::io("looking at", offered, it))?;
    // What is offered itself may be a link; the person named it. Links below it are not followed.
    let root = std::fs::canonicalize(offered).map_err(|it| Error::io("looking at", offered, it))?;
    let mut entries = WalkDir::new(root).sort_by_file_name().into_iter();
    Ok(std::iter::from_fn(move || {
        loop {
            let entry = entries.next()?;
            if let Ok(folder) = &entry
                && folder.file_type().is_dir()
                && is_archive(folder.path())
            {
                let path = folder.path().to_owned();
                entries.skip_current_dir();
                return Some(Found::Turned(path, Filing::Refused, Finding::new(Code::W29, "")));
            }
            if let Some(found) = found(entry) {
                return Some(found);
            }
        }
    }))
}

/// Returns whether a folder is an archive, whose ledger and blobs would be filed as material and grow with each run.
fn is_archive(folder: &Path) -> bool {
    folder.join("ledger.sqlite").is_file() && folder.join("sha256").is_dir()
}

fn found(entry: walkdir::Result<walkdir::DirEntry>) -> Option<Found> {
    let turned =
        |path, code, detail| Some(Found::Turned(path, Filing::Unreadable, Finding::new(code, detail)));
    let entry = match entry {
        Ok(entry) => entry,
        Err(fault) => {
            let path = fault.path().unwrap_or(Path::new("?")).to_owned();
            let said = fault.io_error().map_or_else(|| in_chinese(&fault), in_chinese);
            return turned(path, Code::E02, said);
        }
    };
    let kind = entry.file_type();
    if kind.is_dir() {
        return None;
    }
    let path = entry.path().to_owned();
    if !kind.is_file() {
        return turned(path, Code::E14, String::new());
    }
    match entry.metadata() {
        Ok(metadata) => Some(Found::File(path, metadata.len())),
        Err(fault) => turned(path, Code::E02, in_chinese(&fault)),
    }
}

/// Opens a file that was found, unless it has become something else since.
///
/// # Errors
/// The finding that says why it cannot be opened.
pub fn open(path: &Path) -> std::result::Result<File, Finding> {
    let unread = |it: std::io::Error| Finding::new(Code::E02, in_chinese(&it));
    let file = open_no_link(path).map_err(unread)?;
    let is_file = |it: &File| it.metadata().map(|it| it.is_file());
    match file {
        Some(file) if is_file(&file).map_err(unread)? => Ok(file),
        _ => Err(Finding::new(Code::E14, "")),
    }
}

/// Opens what is no link; does not wait for somebody to write into a pipe.
#[cfg(unix)]
fn open_no_link(path: &Path) -> std::io::Result<Option<File>> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => Ok(Some(File::from(file))),
        // What the system says of a link that is not to be followed.
        Err(rustix::io::Errno::LOOP) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

#[cfg(not(unix))]
fn open_no_link(path: &Path) -> std::io::Result<Option<File>> {
    File::open(path).map(Some)
}

/// How much is offered, and how it is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// The encoding of the names below each of what is offered; of its own name, where it is a file.
    pub encodings: Vec<&'static Encoding>,
}

/// Counts what is offered, for the progress bar and the free space of the disk.
///
/// # Errors
/// As [`walk`].
pub fn survey(offered: &[PathBuf]) -> Result<Survey> {
    let mut res = Survey::default();
    for path in offered {
        let root = std::fs::canonicalize(path).map_err(|it| Error::io("looking at", path, it))?;
        let mut vote = Vote::default();
        let mut last = PathBuf::new();
        for found in walk(&root)? {
            let folder =
                found.path().parent().and_then(|it| it.strip_prefix(&root).ok()).unwrap_or(Path::new(""));
            // The names of a folder vote once for each row of files in it, not once for each file.
            if folder != last {
                folder.iter().for_each(|it| vote.count(it.as_encoded_bytes()));
                last = folder.to_owned();
            }
            vote.count(found.path().file_name().unwrap_or_default().as_encoded_bytes());
            res.files += 1;
            if let Found::File(_, bytes) = found {
                res.bytes += bytes;
            }
        }
        res.encodings.push(vote.decide());
    }
    Ok(res)
}

/// Returns whether a name is that of a file some program leaves behind.
pub fn is_junk(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    matches!(lower.as_str(), "thumbs.db" | ".ds_store" | "desktop.ini" | "ehthumbs.db" | ".directory")
        || name.starts_with("~$")
        || name.starts_with("._")
        || (name.starts_with(".~") && name.len() > 2)
        || path
            .split('/')
            .any(|it| it == "__MACOSX" || it == "$RECYCLE.BIN" || it == "System Volume Information")
}

/// Returns a path as shown, its parts joined by `/`, and its raw bytes in base64 where they are not UTF-8. Nothing is
/// known of its neighbours.
pub fn shown(path: &Path) -> (String, Option<String>) {
    let odd = path.iter().filter(|it| it.to_str().is_none()).map(OsStr::as_encoded_bytes);
    shown_in(path, names::encoding_of(odd))
}

/// Returns a path as shown where its neighbours have voted for an encoding, and its raw bytes in base64 where they are
/// others than those of what is shown.
///
/// Each part is decoded by itself: an old name often lies in a folder that was named on this machine, and old bytes may
/// be UTF-8 by chance.
pub fn shown_in(path: &Path, encoding: &'static Encoding) -> (String, Option<String>) {
    if let Some(text) = path.to_str().filter(|it| it.is_ascii() || encoding == UTF_8) {
        let shown = names::composed(&text.replace(std::path::MAIN_SEPARATOR, "/"));
        let raw = (shown != text).then(|| STANDARD.encode(path.as_os_str().as_encoded_bytes()));
        return (shown, raw.filter(|_| std::path::MAIN_SEPARATOR == '/'));
    }
    let mut decoded = false;
    let part = |it: &OsStr| {
        let raw = it.as_encoded_bytes();
        if let Some(text) = it.to_str().filter(|_| names::is_utf_8(raw, encoding)) {
            return text.to_owned();
        }
        decoded = true;
        let own = if encoding == UTF_8 { names::encoding_of(std::iter::once(raw)) } else { encoding };
        names::decode(raw, if own == UTF_8 { GB18030 } else { own }).shown
    };
    let shown = path.iter().map(part).collect::<Vec<_>>().join("/").replacen("//", "/", 1);
    (shown, decoded.then(|| STANDARD.encode(path.as_os_str().as_encoded_bytes())))
}
