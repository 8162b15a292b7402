//! Backup and restore: a copy of the ledger as of one instant, and of every blob it names that the copy lacks.
//!
//! Both put the ledger in place last, so that a copy that was broken off is no archive, and is taken up again.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::archive::{Archive, LEDGER};
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
    /// Blobs that were new to it, or had to be replaced.
    pub new_blobs: u64,
    /// Their bytes.
    pub new_bytes: u64,
    /// Blobs that it held and that were damaged.
    pub mended: u64,
}

/// The file that tells a backup from an archive.
const MARKER: &str = "BACKUP";

const MARKED: &str = "\
This folder is a backup that juanzong took of an archive. Do not file into it; make an archive of it with
`juanzong --archive NEW-FOLDER restore THIS-FOLDER`, check it with `juanzong --archive THIS-FOLDER audit`.
本文件夹是卷宗（juanzong）为档案库所作的备份，请勿在其中收件；恢复用 juanzong --archive 新文件夹 restore 本文件夹，
核查用 juanzong --archive 本文件夹 audit。
";

/// The name of the ledger until all it names is there.
const COMING: &str = "ledger.sqlite.new";

/// What may lie in a folder where a first copy was broken off.
const BROKEN_OFF: &[&str] = &[
    COMING,
    "ledger.sqlite.new-wal",
    "ledger.sqlite.new-shm",
    "ledger.sqlite.new-journal",
    "sha256",
    "derived",
    "tmp",
];

/// Takes a backup into a folder, new or of an earlier backup of the same archive, while others go on writing. With
/// `rehash` it reads what the backup holds already, and replaces what was damaged.
///
/// The ledger is copied first and put in place last: blobs are durable before entries name them, so every blob the
/// copied ledger names is there to be copied, and a backup broken off leaves the earlier one whole.
///
/// # Errors
/// `Conflict` where the folder holds something else, were it this archive itself; those of ledger and store.
pub async fn backup(archive: &Archive, to: &Path, rehash: bool) -> Result<Copied> {
    let is_new = !to.try_exists().map_err(|it| Error::io("looking for", to, it))?;
    std::fs::create_dir_all(to).map_err(|it| Error::io("making the folder", to, it))?;
    if overlap(archive.root(), to)? {
        if is_new {
            std::fs::remove_dir(to).map_err(|it| Error::io("removing the folder", to, it))?;
        }
        let (to, root) = (to.display(), archive.root().display());
        let message = format!("{to} and the archive {root} lie in one another; take the backup elsewhere.");
        return Err(Error::conflict(message)
            .zh(format!("备份文件夹 {to} 与档案库 {root} 相互包含，请把备份放到别处。")));
    }
    let marker = to.join(MARKER);
    if !marker.is_file() {
        if !was_broken_off(to)? {
            let to = to.display();
            let message = format!("{to} holds something that is no backup; choose an empty or new folder.");
            return Err(Error::conflict(message)
                .zh(format!("{to} 里有别的内容，不是备份；请选择空文件夹或新文件夹。")));
        }
        std::fs::write(&marker, MARKED).map_err(|it| Error::io("writing", &marker, it))?;
        sync(&marker)?;
    }
    is_ours(archive, to).await?;
    copy(archive.ledger(), archive.store(), to, rehash).await
}

/// Whether two folders are one, or one lies in the other.
fn overlap(one: &Path, other: &Path) -> Result<bool> {
    let real = |it: &Path| -> Result<PathBuf> {
        it.canonicalize().map_err(|fault| Error::io("looking at", it, fault))
    };
    let (one, other) = (real(one)?, real(other)?);
    Ok(one.starts_with(&other) || other.starts_with(&one))
}

/// Whether a folder is empty or holds only what a copy leaves that was broken off before its ledger was in place.
fn was_broken_off(folder: &Path) -> Result<bool> {
    let io = |it| Error::io("reading the folder", folder, it);
    let entries = std::fs::read_dir(folder).map_err(io)?;
    let names: Vec<OsString> =
        entries.map(|it| it.map(|it| it.file_name())).collect::<std::io::Result<_>>().map_err(io)?;
    Ok(names.iter().all(|name| BROKEN_OFF.iter().any(|it| name == it)))
}

/// Refuses an earlier backup that is not of this archive, or knows what this archive does not.
async fn is_ours(archive: &Archive, to: &Path) -> Result<()> {
    let earlier = to.join(LEDGER);
    if !earlier.try_exists().map_err(|it| Error::io("looking into", to, it))? {
        return Ok(());
    }
    let ledger = Ledger::open_still(&earlier).await?;
    let head = ledger.head().await;
    ledger.close().await;
    let head = head?;
    if archive.ledger().passed(head).await? {
        return Ok(());
    }
    let (to, n) = (to.display(), head.entry);
    let message = format!(
        "{to} is the backup of another archive, or holds entries (up to {n}) that this archive has not; take the \
         backup into a new folder, and find out which of the two is the right one."
    );
    Err(Error::conflict(message).zh(format!(
        "{to} 是另一个档案库的备份，或含有本档案库没有的操作记录（到第 {n} 条）；请备份到新文件夹，并查明两者哪个为准。"
    )))
}

async fn copy(from: &Ledger, blobs_from: &Store, to: &Path, rehash: bool) -> Result<Copied> {
    let io = |doing: &'static str| move |it| Error::io(doing, to, it);
    for name in BROKEN_OFF.iter().filter(|it| it.starts_with(COMING)) {
        let left = to.join(name);
        if left.try_exists().map_err(io("looking into"))? {
            std::fs::remove_file(&left).map_err(io("removing a broken-off copy in"))?;
        }
    }
    let coming = to.join(COMING);
    from.copy_to(&coming).await?;
    let ledger = Ledger::open(&coming).await?;
    let (head, blobs) = (ledger.head().await?, ledger.fold().await?.blobs());
    ledger.close().await;
    let store = Store::create(to)?;
    let brought = blobs_from.copy_missing(&store, blobs.iter().copied(), rehash)?;
    sync(&coming)?;
    std::fs::rename(&coming, to.join(LEDGER)).map_err(io("putting the ledger in place in"))?;
    sync(to)?;
    let n_blobs = u64::try_from(blobs.len()).unwrap_or(u64::MAX);
    let (new_blobs, new_bytes, mended) = (brought.blobs, brought.bytes, brought.mended);
    Ok(Copied { head, blobs: n_blobs, new_blobs, new_bytes, mended })
}

fn sync(path: &Path) -> Result<()> {
    let file = std::fs::File::open(path).map_err(|it| Error::io("opening", path, it))?;
    file.sync_all().map_err(|it| Error::io("making durable", path, it))
}

/// Makes an archive of a backup in an empty or new folder, or in one where an earlier restoring was broken off. The
/// backup is only read. The index and texts are made again when the archive is opened.
///
/// # Errors
/// `NotFound` where there is no backup; `Conflict` where the folder is not empty; `Corrupt` where blobs differ: all
/// others are in the folder then, and restoring can be run again.
pub async fn restore(from: &Path, root: &Path) -> Result<Copied> {
    if !from.join(LEDGER).is_file() {
        let from = from.display();
        return Err(
            Error::not_found(format!("There is no backup at {from}.")).zh(format!("{from} 里没有备份。"))
        );
    }
    let ledger = Ledger::open_still(&from.join(LEDGER)).await?;
    std::fs::create_dir_all(root).map_err(|it| Error::io("making the folder", root, it))?;
    if overlap(from, root)? || !was_broken_off(root)? {
        let root = root.display();
        let message = format!("{root} is not empty; restore into an empty or new folder.");
        return Err(Error::conflict(message).zh(format!("{root} 不是空文件夹；请恢复到空文件夹或新文件夹。")));
    }
    let copied = copy(&ledger, &Store::at(from), root, true).await;
    ledger.close().await;
    copied
}
