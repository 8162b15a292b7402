//! Staging and publishing: bytes come in with one pass and become durable by the batch.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use crate::domain::evidence::Blob;
use crate::domain::id::Digest;
use crate::error::{Error, Kind, Result, in_chinese};
use crate::store::Store;

/// Bytes that were copied and hashed and are not yet under their name. Dropping it removes them.
#[derive(Debug)]
pub struct Staged {
    /// Name, size and CRC-32 of the bytes.
    pub blob: Blob,
    file: NamedTempFile,
}

impl Staged {
    /// Opens the staged bytes, to look at them before they are published.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn open(&self) -> Result<File> {
        self.file.reopen().map_err(|it| Error::io("opening", self.file.path(), it))
    }

    fn sync(&self) -> Result<()> {
        self.file.as_file().sync_all().map_err(|it| full_or(it, self.file.path()))
    }
}

impl Store {
    /// Copies a stream into the store's folder, hashing on the way. Memory stays constant.
    ///
    /// # Errors
    /// `Unavailable` where the disk is full; `Invalid` with the reader's own fault where it could not be read.
    pub fn stage(&self, reader: &mut dyn Read) -> Result<Staged> {
        let folder = self.temporary();
        let mut file = self.half_file().map_err(|it| full_or(it, &folder))?;
        let mut faithful = Faithful { reader, fault: None };
        let copied = hash(&mut faithful, file.as_file_mut());
        if let Some(fault) = faithful.fault {
            return Err(Error::invalid(format!("It could not be read: {fault}"))
                .zh(format!("读取出错：{}", in_chinese(&fault)))
                .with_source(fault));
        }
        let blob = copied.map_err(|it| full_or(it, &folder))?;
        Ok(Staged { blob, file })
    }

    /// Makes a batch durable under its names: syncs the bytes, renames, syncs the folders.
    ///
    /// Bytes that are there already are left as they are. After a crash on the way some blobs may be there that no
    /// entry names; the next filing of the same bytes finds them.
    ///
    /// # Errors
    /// `Unavailable` where the disk is full; those of the file system. Nothing may be acknowledged then.
    pub fn publish(&self, batch: Vec<Staged>) -> Result<()> {
        let (mut folders, mut fresh) = (BTreeSet::new(), Vec::new());
        for staged in batch {
            let path = self.blob_path(&staged.blob.sha256);
            if self.size(&staged.blob.sha256)? == Some(staged.blob.bytes) {
                // Its bytes were durable before they had this name; the name itself may be another process's just now.
                // The copy goes before it is written to the disk a second time.
                folders.extend(path.parent().map(Path::to_owned));
            } else {
                fresh.push((staged, path));
            }
        }
        if !self.sync_at_once(fresh.len())? {
            fresh.iter().try_for_each(|it| it.0.sync())?;
        }
        for (staged, path) in fresh {
            let folder = path.parent().unwrap_or(&path).to_owned();
            if !folder.is_dir() {
                fs::create_dir_all(&folder).map_err(|it| full_or(it, &folder))?;
                folders.extend(folder.ancestors().skip(1).take(2).map(Path::to_owned));
            }
            // A blob of another size under this name is damaged; the good bytes take its place.
            let file = staged.file.persist(&path).map_err(|it| full_or(it.error, &path))?;
            drop(file);
            folders.insert(folder);
        }
        if !self.sync_at_once(folders.len())? {
            folders.iter().try_for_each(|it| sync_at(it))?;
        }
        Ok(())
    }

    /// Makes durable all that was written, by one `syncfs`, where the system has it and that is cheaper than to sync
    /// `n` files or folders one by one. Returns whether it did.
    fn sync_at_once(&self, n: usize) -> Result<bool> {
        #[cfg(target_os = "linux")]
        if n > 8 {
            let folder = self.temporary();
            let file = File::open(&folder).map_err(|it| full_or(it, &folder))?;
            rustix::fs::syncfs(&file).map_err(|it| full_or(it.into(), &folder))?;
            return Ok(true);
        }
        let _ = n;
        Ok(false)
    }
}

/// Makes the folder of a path durable.
pub(super) fn sync_folder(path: &Path) -> Result<()> {
    path.parent().map_or(Ok(()), sync_at)
}

fn sync_at(folder: &Path) -> Result<()> {
    // Folders cannot be opened as files on Windows, where a rename is durable by itself.
    if cfg!(windows) {
        return Ok(());
    }
    let synced = File::open(folder).and_then(|it| it.sync_all());
    synced.map_err(|it| full_or(it, folder))
}

fn full_or(fault: io::Error, path: &Path) -> Error {
    match fault.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            let message =
                "The disk of the archive is full. What was acknowledged is kept; make room and run it again.";
            Error::new(Kind::Unavailable, message).with_source(fault)
        }
        _ => Error::io("writing to", path, fault),
    }
}

/// Remembers the reader's own fault, so that it is not taken for one of the disk.
struct Faithful<'a> {
    reader: &'a mut dyn Read,
    fault: Option<io::Error>,
}

impl Read for Faithful<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.reader.read(buffer) {
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
                Err(fault) => {
                    let told = io::Error::new(fault.kind(), "the source failed");
                    self.fault = Some(fault);
                    return Err(told);
                }
                read => return read,
            }
        }
    }
}

/// Copies a stream, returning name, size and CRC-32 of what passed.
pub(super) fn hash(reader: &mut dyn Read, to: &mut dyn Write) -> io::Result<Blob> {
    let mut buffer = vec![0; 256 << 10];
    let (mut sha256, mut crc32, mut bytes) = (Sha256::new(), crc32fast::Hasher::new(), 0);
    loop {
        let n_read = reader.read(&mut buffer)?;
        if n_read == 0 {
            let blob = Blob { sha256: Digest::new(sha256.finalize().into()), bytes, crc32: crc32.finalize() };
            return Ok(blob);
        }
        sha256.update(&buffer[..n_read]);
        crc32.update(&buffer[..n_read]);
        to.write_all(&buffer[..n_read])?;
        bytes += u64::try_from(n_read).unwrap_or(0);
    }
}
