//! Copying blobs from one store into another, each checked on the way.

use crate::domain::id::Digest;
use crate::error::{Error, Kind, Result};
use crate::store::{Staged, Store};

/// How many damaged blobs are named; the rest goes the same way.
const MOST_NAMED: usize = 20;

/// What a copy brought into a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Blobs that were copied.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Those of them that were there already, and damaged.
    pub mended: u64,
}

impl Store {
    /// Copies into another store the blobs it lacks, checking each on the way. What is there already goes by its size;
    /// with `rehash` its bytes are read, and replaced where they are not those of its name.
    ///
    /// # Errors
    /// `Corrupt` where blobs here are missing or changed: all others were copied then. Those of the file system.
    pub fn copy_missing(
        &self,
        to: &Self,
        digests: impl Iterator<Item = Digest>,
        rehash: bool,
    ) -> Result<Brought> {
        let (mut brought, mut damaged) = (Brought::default(), Vec::new());
        let mut batch: Vec<Staged> = Vec::new();
        let mut batch_bytes = 0;
        for digest in digests {
            let there = to.size(&digest)?;
            let whole = there.is_some() && there == self.size(&digest)?;
            if whole && (!rehash || to.rehash(&digest).is_ok_and(|it| it == digest)) {
                continue;
            }
            let Some(staged) = self.staged_into(to, &digest)? else {
                damaged.push(digest);
                continue;
            };
            if there.is_some() {
                // Publishing leaves what has the right size.
                to.remove(&digest)?;
                brought.mended += 1;
            }
            brought.blobs += 1;
            brought.bytes += staged.blob.bytes;
            batch_bytes += staged.blob.bytes;
            batch.push(staged);
            if batch.len() >= 256 || batch_bytes > 64 << 20 {
                to.publish(std::mem::take(&mut batch))?;
                batch_bytes = 0;
            }
        }
        to.publish(batch)?;
        if damaged.is_empty() { Ok(brought) } else { Err(self.damage(&damaged)) }
    }

    /// Stages a blob into another store; none where it is missing, unreadable or changed here.
    fn staged_into(&self, to: &Self, digest: &Digest) -> Result<Option<Staged>> {
        let mut file = match self.open_blob(digest) {
            Ok(file) => file,
            Err(error) if error.kind() == Kind::Corrupt => return Ok(None),
            Err(error) => return Err(error),
        };
        match to.stage(&mut file) {
            Ok(staged) => Ok(Some(staged).filter(|it| it.blob.sha256 == *digest)),
            // So it says that the reader failed, not the writer.
            Err(error) if error.kind() == Kind::Invalid => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn damage(&self, damaged: &[Digest]) -> Error {
        let mut names: Vec<String> = damaged.iter().take(MOST_NAMED).map(Digest::to_string).collect();
        let n_more = damaged.len() - names.len();
        if n_more > 0 {
            names.push(format!("… + {n_more}"));
        }
        let (folder, n, names) = (self.root.display(), damaged.len(), names.join(", "));
        let message = format!(
            "{n} files in {folder} are missing or were changed on the disk, and were not copied; all others were. Put \
             them back from another backup, or file the originals again, and run this again: {names}"
        );
        Error::corrupt(message).zh(format!(
            "{folder} 中有 {n} 个文件缺失或在磁盘上被改动，未复制；其余均已复制。请从另一份备份找回，或将原件重新收件，然后重新运行：{names}"
        ))
    }
}
