//! Walking folders: what is there, in one order, links not followed, junk known by name.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::UTF_8;
use walkdir::WalkDir;

use crate::domain::finding::{Code, Finding};
use crate::error::{Error, Result};
use crate::intake::names;

/// Something found below what was offered.
#[derive(Debug)]
pub enum Found {
    /// A file, with its size.
    File(PathBuf, u64),
    /// Something that is not taken, and why.
    Turned(PathBuf, Finding),
}

impl Found {
    /// Returns its path.
    pub fn path(&self) -> &Path {
        match self {
            Self::File(path, _) | Self::Turned(path, _) => path,
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
    Ok(WalkDir::new(root).sort_by_file_name().into_iter().filter_map(found))
}

fn found(entry: walkdir::Result<walkdir::DirEntry>) -> Option<Found> {
    let entry = match entry {
        Ok(entry) => entry,
        Err(fault) => {
            let path = fault.path().unwrap_or(Path::new("?")).to_owned();
            return Some(Found::Turned(path, Finding::new(Code::E02, fault.to_string())));
        }
    };
    let kind = entry.file_type();
    if kind.is_dir() {
        return None;
    }
    let path = entry.path().to_owned();
    if kind.is_symlink() {
        return Some(Found::Turned(path, Finding::new(Code::E02, "link; send the file itself")));
    }
    if !kind.is_file() {
        return Some(Found::Turned(path, Finding::new(Code::E02, "not a regular file")));
    }
    Some(match entry.metadata() {
        Ok(metadata) => Found::File(path, metadata.len()),
        Err(fault) => Found::Turned(path, Finding::new(Code::E02, fault.to_string())),
    })
}

/// How much is offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
}

/// Counts what is offered, for the progress bar and the free space of the disk.
///
/// # Errors
/// As [`walk`].
pub fn survey(offered: &[PathBuf]) -> Result<Survey> {
    let mut res = Survey::default();
    for path in offered {
        for found in walk(path)? {
            res.files += 1;
            if let Found::File(_, bytes) = found {
                res.bytes += bytes;
            }
        }
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

/// Returns a path as shown, its parts joined by `/`, and its raw bytes in base64 where they are not UTF-8.
///
/// Each part is decoded by itself: an old name often lies in a folder that was named on this machine.
pub fn shown(path: &Path) -> (String, Option<String>) {
    if let Some(text) = path.to_str() {
        return (text.replace(std::path::MAIN_SEPARATOR, "/"), None);
    }
    let parts: Vec<&OsStr> = path.iter().collect();
    let odd = parts.iter().filter(|it| it.to_str().is_none()).map(|it| it.as_encoded_bytes());
    let encoding = names::encoding_of(odd);
    let encoding = if encoding == UTF_8 { encoding_rs::GB18030 } else { encoding };
    // Old bytes may be UTF-8 by chance, so that a part which is valid is not always meant so.
    let part = |it: &&OsStr| match it.to_str().filter(|_| names::is_utf_8(it.as_encoded_bytes(), encoding)) {
        Some(text) => text.to_owned(),
        None => names::decode(it.as_encoded_bytes(), encoding).shown,
    };
    let shown: Vec<String> = parts.iter().map(part).collect();
    (shown.join("/").replacen("//", "/", 1), Some(STANDARD.encode(path.as_os_str().as_encoded_bytes())))
}
