//! Zip archives.

use std::fs::File;

use zip::ExtraField;
use zip::read::{Config, ZipFile, ZipFileEntry, ZipReadOptions};
use zip::result::ZipResult;
use zip::unstable::read::ZipIterable;
use zip::{DateTime, System};

use crate::intake::bundle::child::{Done, Tray, Trouble};
use crate::intake::bundle::{Fault, Modified, package};

/// The bit that marks a name as UTF-8; the library sets it where the extra field 0x7075 gives the name instead.
const UTF_8: u16 = 1 << 11;

pub(super) fn read(input: File, tray: &Tray) -> Done {
    let again = input.try_clone().map_err(|_| Trouble::damaged("压缩包无法打开"))?;
    // Not `ZipArchive`: that one keeps only the last of several members of one name.
    let mut archive = ZipIterable::try_new(input, Config::default()).map_err(unopened)?;
    let n_members = archive.len();
    let mut entries: Vec<ZipFileEntry<'static>> = Vec::new();
    for entry in archive.files().map_err(unopened)?.map_while(ZipResult::ok) {
        let dos = matches!(entry.system(), System::Dos | System::Os2 | System::WindowsNTFS | System::VFAT);
        tray.list(entry.name_raw(), entry.flags().as_u16() & UTF_8 != 0, dos)?;
        entries.push(entry);
    }
    if package::may_be_document(entries.iter().map(ZipFileEntry::name_raw)) && package::is_document(again) {
        return Err(Trouble::Document);
    }
    tray.open()?;
    let n_listed = entries.len();
    let reader = archive.files().map_err(unopened)?.reader_mut();
    for (n, entry) in entries.into_iter().enumerate().filter(|it| !is_folder(&it.1)) {
        let packed = entry.compressed_size();
        let wall = entry.last_modified().and_then(wall);
        if entry.encrypted() {
            tray.fail(n, Fault::Encrypted)?;
        } else if entry.is_symlink() {
            tray.fail(n, Fault::Link)?;
        } else if let Ok(mut member) = entry.with_reader(reader, ZipReadOptions::new()) {
            tray.begin(n, instant(&member).or(wall), packed)?;
            let fault = tray.copy(&mut member)?;
            tray.end(fault)?;
        } else {
            tray.fail(n, Fault::Damaged)?;
        }
    }
    if n_listed < n_members {
        return Err(Trouble::damaged(format!("文件目录只读出 {n_listed} 项，应有 {n_members} 项")));
    }
    Ok(())
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
fn instant(member: &ZipFile<'_, File>) -> Option<Modified> {
    member.extra_data_fields().find_map(|it| match it {
        ExtraField::ExtendedTimestamp(it) => Modified::unix(i64::from(it.mod_time()?)),
        ExtraField::Ntfs(it) => Modified::windows(it.mtime()),
        _ => None,
    })
}

fn wall(it: DateTime) -> Option<Modified> {
    Modified::dos(it.datepart(), it.timepart())
}
