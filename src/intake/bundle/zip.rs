//! Zip archives.

use std::fs::File;
use std::io::{Read, Seek};

use zip::ExtraField;
use zip::read::{Config, ZipFile, ZipFileEntry, ZipReadOptions};
use zip::result::ZipResult;
use zip::unstable::read::ZipIterable;
use zip::{DateTime, System};

use crate::domain::finding::{Code, Finding};
use crate::intake::bundle::joined::{self, Part};
use crate::intake::bundle::tray::{Done, Tray, Trouble};
use crate::intake::bundle::{Fault, Modified, package};

/// The bit that marks a name as UTF-8; the library sets it where the extra field 0x7075 gives the name instead.
const UTF_8: u16 = 1 << 11;

/// An archive with its members as far as they could be listed.
struct Archive {
    archive: ZipIterable<Part>,
    entries: Vec<ZipFileEntry<'static>>,
}

pub(super) fn read(input: File, tray: &Tray) -> Done {
    let found = joined::parts(&input).map_err(|_| Trouble::damaged("压缩包读取中断"))?;
    let (mut archives, mut unlisted) = (Vec::new(), None);
    for part in found.parts {
        let archive = Archive::open(part, tray)?;
        let (n_listed, n_members) = (archive.entries.len(), archive.archive.len());
        if n_listed < n_members {
            unlisted = Some(format!("文件目录只读出 {n_listed} 项，应有 {n_members} 项"));
        }
        archives.push(archive);
    }
    let mut names = archives.iter().flat_map(|it| &it.entries).map(ZipFileEntry::name_raw);
    if archives.len() == 1 && package::may_be_document(&mut names) && package::is_document(input) {
        return Err(Trouble::Document);
    }
    tray.open()?;
    let mut n_sent = 0;
    for archive in archives {
        n_sent = archive.send(n_sent, tray)?;
    }
    let hidden = || found.hidden.map(|it| Trouble::Amiss(Finding::new(Code::W35, it)));
    match unlisted.or(found.lost) {
        Some(lost) => Err(Trouble::damaged(lost)),
        None => hidden().map_or(Ok(()), Err),
    }
}

impl Archive {
    fn open(part: Part, tray: &Tray) -> Done<Self> {
        // Not `ZipArchive`: that one keeps only the last of several members of one name.
        let mut archive = ZipIterable::try_new(part, Config::default()).map_err(unopened)?;
        let mut entries: Vec<ZipFileEntry<'static>> = Vec::new();
        for entry in archive.files().map_err(unopened)?.map_while(ZipResult::ok) {
            let dos =
                matches!(entry.system(), System::Dos | System::Os2 | System::WindowsNTFS | System::VFAT);
            tray.list(entry.name_raw(), entry.flags().as_u16() & UTF_8 != 0, dos)?;
            entries.push(entry);
        }
        Ok(Self { archive, entries })
    }

    /// Sends the members, the first of which is the n-th listed; returns the number of the next.
    fn send(mut self, first: usize, tray: &Tray) -> Done<usize> {
        let next = first + self.entries.len();
        let reader = self.archive.files().map_err(unopened)?.reader_mut();
        for (n, entry) in (first..).zip(self.entries).filter(|it| !is_folder(&it.1)) {
            let packed = entry.compressed_size();
            let wall = entry.last_modified().and_then(wall);
            if entry.encrypted() {
                tray.fail(n, Fault::Encrypted)?;
            } else if entry.is_symlink() {
                tray.fail(n, Fault::Link)?;
            } else if let Ok(mut member) = entry.with_reader(&mut *reader, ZipReadOptions::new()) {
                tray.begin(n, instant(&member).or(wall), packed)?;
                let fault = tray.copy(&mut member)?;
                tray.end(fault)?;
            } else {
                tray.fail(n, Fault::Damaged)?;
            }
        }
        Ok(next)
    }
}

fn unopened(fault: zip::result::ZipError) -> Trouble {
    let said = fault.to_string();
    // There is no kind for it, and the words are the library's own.
    if said.contains("Multi-disk") {
        Trouble::volume()
    } else {
        Trouble::damaged("压缩包无法打开，内容不完整")
    }
}

/// A folder ends with a separator; whether a last byte of 5C is one or half a character only the keeper can tell.
fn is_folder(entry: &ZipFileEntry<'_>) -> bool {
    entry.size() == 0 && entry.name_raw().ends_with(b"/")
}

/// The instant in the extra fields of Unix or of Windows.
fn instant<R: Read + Seek>(member: &ZipFile<'_, R>) -> Option<Modified> {
    member.extra_data_fields().find_map(|it| match it {
        ExtraField::ExtendedTimestamp(it) => Modified::unix(i64::from(it.mod_time()?)),
        ExtraField::Ntfs(it) => Modified::windows(it.mtime()),
        _ => None,
    })
}

fn wall(it: DateTime) -> Option<Modified> {
    Modified::dos(it.datepart(), it.timepart())
}
