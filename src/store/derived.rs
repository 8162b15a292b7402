//! Derived objects: texts and thumbnails beside the blob they were made from. They can be made again.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use crate::domain::id::Digest;
use crate::error::{Error, Result};
use crate::store::{DERIVED, Store, fan_out, stage};

impl Store {
    /// Keeps an object derived from a blob, in place of an earlier one of that name.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn put_derived(&self, digest: &Digest, name: &str, bytes: &[u8]) -> Result<()> {
        let folder = self.derived_folder(digest);
        let io = |it| Error::io("writing to", &folder, it);
        fs::create_dir_all(&folder).map_err(io)?;
        let mut file = self.half_file().map_err(io)?;
        file.write_all(bytes).map_err(io)?;
        file.persist(folder.join(name)).map_err(|it| io(it.error))?;
        Ok(())
    }

    /// Opens a derived object; none where it was not made.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn open_derived(&self, digest: &Digest, name: &str) -> Result<Option<File>> {
        let path = self.derived_folder(digest).join(name);
        match File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(fault) => Err(Error::io("opening", &path, fault)),
        }
    }

    /// Reads a derived object whole; none where it was not made.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn derived(&self, digest: &Digest, name: &str) -> Result<Option<Vec<u8>>> {
        let path = self.derived_folder(digest).join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(fault) => Err(Error::io("reading", &path, fault)),
        }
    }

    /// Removes everything derived from a blob.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn remove_derived(&self, digest: &Digest) -> Result<()> {
        let folder = self.derived_folder(digest);
        match fs::remove_dir_all(&folder) {
            Ok(()) => stage::sync_folder(&folder),
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(fault) => Err(Error::io("removing", &folder, fault)),
        }
    }

    fn derived_folder(&self, digest: &Digest) -> PathBuf {
        fan_out(self.root.join(DERIVED), digest)
    }
}
