//! Backup and restore: a copy of the ledger as of one instant, and of every blob it names that the copy lacks.

use std::path::Path;

use crate::archive::{Archive, LEDGER};
use crate::cage::Keeper;
use crate::domain::submission::Head;
use crate::error::{Error, Result};
use crate::ledger::Ledger;
use crate::store::Store;

/// What a backup copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The end of the chain it holds.
    pub head: Head,
    /// Blobs the copy holds.
    pub blobs: u64,
    /// Blobs that were new to it.
    pub new_blobs: u64,
    /// Their bytes.
    pub new_bytes: u64,
}

/// Takes a backup into a folder, new or of an earlier backup, while others go on writing.
///
/// The ledger is copied first and put in place last: blobs are durable before entries name them, so every blob the
/// copied ledger names is there to be copied, and a backup broken off leaves the earlier one whole.
///
/// # Errors
/// `Conflict` where the folder holds something else; those of ledger and store.
pub async fn backup(archive: &Archive, to: &Path) -> Result<Copied> {
    let io = |doing: &'static str| move |it| Error::io(doing, to, it);
    std::fs::create_dir_all(to).map_err(io("making the folder"))?;
    let earlier = to.join(LEDGER);
    let is_backup = earlier.try_exists().map_err(io("looking into"))?;
    if !is_backup && std::fs::read_dir(to).map_err(io("reading the folder"))?.next().is_some() {
        let message = format!("{} holds something that is no backup; choose an empty folder.", to.display());
        return Err(Error::conflict(message));
    }
    let coming = to.join("ledger.sqlite.new");
    if coming.try_exists().map_err(io("looking into"))? {
        std::fs::remove_file(&coming).map_err(io("removing a broken-off copy in"))?;
    }
    archive.ledger().copy_to(&coming).await?;
    let ledger = Ledger::open(&coming).await?;
    let (head, blobs) = (ledger.head().await?, ledger.fold().await?.blobs());
    ledger.close().await;
    let store = if is_backup { Store::open(to)? } else { Store::create(to)? };
    let (new_blobs, new_bytes) = archive.store().copy_missing(&store, blobs.iter().copied())?;
    sync(&coming)?;
    std::fs::rename(&coming, &earlier).map_err(io("putting the ledger in place in"))?;
    sync(to)?;
    Ok(Copied { head, blobs: u64::try_from(blobs.len()).unwrap_or(u64::MAX), new_blobs, new_bytes })
}

fn sync(path: &Path) -> Result<()> {
    let file = std::fs::File::open(path).map_err(|it| Error::io("opening", path, it))?;
    file.sync_all().map_err(|it| Error::io("making durable", path, it))
}

/// Makes an archive of a backup in an empty or new folder. The index and texts are made again when it is opened.
///
/// # Errors
/// `NotFound` where there is no backup; `Conflict` where the folder is not empty; `Corrupt` where a blob differs.
pub async fn restore(from: &Path, root: &Path, keeper: Keeper) -> Result<Copied> {
    let source = Archive::open(from, keeper).await?;
    std::fs::create_dir_all(root).map_err(|it| Error::io("making the folder", root, it))?;
    if std::fs::read_dir(root).map_err(|it| Error::io("reading the folder", root, it))?.next().is_some() {
        let message = format!("{} is not empty; restore into an empty or new folder.", root.display());
        return Err(Error::conflict(message));
    }
    let copied = backup(&source, root).await?;
    source.ledger().close().await;
    Ok(copied)
}
