//! The bytes, under their name: blobs by SHA-256, and what was derived from them beside.
//!
//! Read `stage` for how bytes come in (one pass that hashes while it copies) and `publish` for how a batch becomes
//! durable; `derived` holds texts and thumbnails, which can be made again.
//!
//! **Invariant:** a blob under its name is whole and durable; half-files live in `tmp` only. **Invariant:** nothing
//! here is ever overwritten: the same bytes have the same name.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::domain::id::Digest;
use crate::error::{Error, Result};

mod copying;

mod derived;

mod stage;

pub use copying::Brought;
pub use stage::Staged;

/// The blobs and derived objects of one archive folder.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

const BLOBS: &str = "sha256";
const DERIVED: &str = "derived";
const TEMPORARY: &str = "tmp";

impl Store {
    /// Takes a folder for a store as it is, to read from it, were it on a disk that cannot be written.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Makes the folders of a store.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create(root: &Path) -> Result<Self> {
        for folder in [BLOBS, DERIVED, TEMPORARY] {
            let path = root.join(folder);
            fs::create_dir_all(&path).map_err(|it| Error::io("making the folder", &path, it))?;
        }
        Ok(Self { root: root.to_owned() })
    }

    /// Opens a store.
    ///
    /// # Errors
    /// `Corrupt` where its folder of blobs is missing.
    pub fn open(root: &Path) -> Result<Self> {
        if !root.join(BLOBS).is_dir() {
            let message =
                format!("{} has no folder “{BLOBS}”; restore the archive from a backup.", root.display());
            return Err(Error::corrupt(message));
        }
        Self::create(root)
    }

    /// Opens a blob for reading.
    ///
    /// # Errors
    /// `Corrupt` where it is not there: an entry names it, so it was there once.
    pub fn open_blob(&self, digest: &Digest) -> Result<File> {
        let path = self.blob_path(digest);
        File::open(&path).map_err(|it| match it.kind() {
            io::ErrorKind::NotFound => {
                let message =
                    format!("The file {digest} is missing from the archive; restore it from a backup.");
                let zh = format!("档案库中缺少文件 {digest}；请从备份恢复。");
                Error::corrupt(message).zh(zh).with_source(it)
            }
            _ => Error::io("opening", &path, it),
        })
    }

    /// Returns the size of a blob, none where it is not there.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn size(&self, digest: &Digest) -> Result<Option<u64>> {
        let path = self.blob_path(digest);
        match fs::metadata(&path) {
            Ok(found) => Ok(Some(found.len())),
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(fault) => Err(Error::io("looking at", &path, fault)),
        }
    }

    /// Reads a blob whole and returns the digest its bytes have now.
    ///
    /// # Errors
    /// `Corrupt` where it is not there; those of the file system.
    pub fn rehash(&self, digest: &Digest) -> Result<Digest> {
        let mut file = self.open_blob(digest)?;
        let blob = stage::hash(&mut file, &mut io::sink())
            .map_err(|it| Error::io("reading", &self.blob_path(digest), it))?;
        Ok(blob.sha256)
    }

    /// Removes a blob, for a disposal. Nothing happens where it is not there.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn remove(&self, digest: &Digest) -> Result<()> {
        let path = self.blob_path(digest);
        match fs::remove_file(&path) {
            Ok(()) => stage::sync_folder(&path),
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(fault) => Err(Error::io("removing", &path, fault)),
        }
    }

    /// Returns the digests of every blob, and the paths that should not be among them.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn digests(&self) -> Result<(Vec<Digest>, Vec<PathBuf>)> {
        let (mut digests, mut strangers) = (Vec::new(), Vec::new());
        for entry in walkdir::WalkDir::new(self.root.join(BLOBS)).sort_by_file_name() {
            let entry =
                entry.map_err(|it| Error::internal("The folder of blobs cannot be read.").with_source(it))?;
            if !entry.file_type().is_dir() {
                let name = entry.file_name().to_str().and_then(|it| it.parse::<Digest>().ok());
                match name.filter(|it| self.blob_path(it) == entry.path()) {
                    Some(digest) => digests.push(digest),
                    None => strangers.push(entry.into_path()),
                }
            }
        }
        Ok((digests, strangers))
    }

    /// Returns the bytes that are free on the disk of the archive; none where the system does not say.
    pub fn free_bytes(&self) -> Option<u64> {
        #[cfg(unix)]
        {
            let found = rustix::fs::statvfs(&self.root).ok()?;
            Some(found.f_bavail * found.f_frsize)
        }
        #[cfg(not(unix))]
        None
    }

    /// Returns the folder for half-files and spools, on the disk of the archive.
    pub fn temporary(&self) -> PathBuf {
        self.root.join(TEMPORARY)
    }

    /// Makes a half-file that is nobody else's to remove while it is open here.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn half_file(&self) -> io::Result<NamedTempFile> {
        let file = tempfile::Builder::new().prefix("half-").tempfile_in(self.temporary())?;
        // Whoever dies lets go of it. Elsewhere a lock would keep out its own readers.
        #[cfg(unix)]
        if let Err(fault) = file.as_file().try_lock() {
            tracing::debug!(%fault, "a half-file is not locked");
        }
        Ok(file)
    }

    /// Removes the half-files of processes that were killed: those nobody holds. One is not held yet for a moment after
    /// it was made, and where the system has no such locks it is taken for left behind after an hour.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn sweep(&self, now: jiff::Timestamp) -> Result<u64> {
        let (short, long) = (jiff::SignedDuration::from_mins(1), jiff::SignedDuration::from_hours(1));
        let folder = self.temporary();
        let io = |it| Error::io("sweeping", &folder, it);
        let mut n_swept = 0;
        for entry in fs::read_dir(&folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let Ok(changed) = entry.metadata().and_then(|it| it.modified()) else { continue };
            let changed = jiff::Timestamp::try_from(changed).unwrap_or(now);
            let (path, age) = (entry.path(), now.duration_since(changed));
            let is_left = age > short
                && path.is_file()
                && match is_held(&path) {
                    Some(held) => !held,
                    None => age > long,
                };
            if is_left {
                match fs::remove_file(&path) {
                    Ok(()) => n_swept += 1,
                    // Somebody else swept, or it has its name by now.
                    Err(fault) if fault.kind() == io::ErrorKind::NotFound => {}
                    Err(fault) => return Err(io(fault)),
                }
            }
        }
        Ok(n_swept)
    }

    fn blob_path(&self, digest: &Digest) -> PathBuf {
        fan_out(self.root.join(BLOBS), digest)
    }
}

/// Returns whether somebody holds a half-file; nothing where there are no such locks, as on some network disks.
#[cfg(unix)]
fn is_held(path: &Path) -> Option<bool> {
    // Over a network only who may write may lock.
    match File::options().write(true).open(path).ok()?.try_lock() {
        Ok(()) => Some(false),
        Err(fs::TryLockError::WouldBlock) => Some(true),
        Err(fs::TryLockError::Error(_)) => None,
    }
}

#[cfg(not(unix))]
fn is_held(_: &Path) -> Option<bool> {
    None
}

/// `ab/cd/<digest>` below a folder, so that none holds more than some hundreds.
fn fan_out(folder: PathBuf, digest: &Digest) -> PathBuf {
    let name = digest.to_string();
    folder.join(&name[..2]).join(&name[2..4]).join(name)
}

#[cfg(test)]
mod contract;
