//! Tar archives, plain or in one compressed stream, and compressed streams that hold a single file.
//!
//! A tar has no list of its members, so it is gone through twice: the names of all are wanted before the first.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};

use bzip2::read::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use tar::{Archive, Entry, EntryType};

use crate::intake::bundle::sniff::{self, Packing};
use crate::intake::bundle::tray::{Done, Tray, Trouble};
use crate::intake::bundle::{Fault, Modified};

/// What the dictionary of an xz stream may take, in KiB.
const MEMORY_KIB: u32 = 640 << 10;

pub(super) fn read(input: &File, tray: &Tray) -> Done {
    walk(tray, size(input), || {
        let mut input = input;
        input.rewind()?;
        Ok(Box::new(BufReader::new(input)))
    })
}

/// Reads a compressed stream: the tar that is in it, or the one file.
pub(super) fn read_packed(input: &File, packing: Packing, name: &str, tray: &Tray) -> Done {
    let mut beginning = Vec::new();
    let began = unpacked(input, packing).and_then(|it| it.take(512).read_to_end(&mut beginning));
    if sniff::is_tar(&beginning) {
        return walk(tray, size(input), || unpacked(input, packing));
    }
    if began.is_err() && beginning.is_empty() {
        return Err(Trouble::damaged("压缩文件无法打开，内容不完整"));
    }
    tray.list(single_name(name).as_bytes(), true, false)?;
    tray.open()?;
    tray.begin(0, None, size(input))?;
    let fault = match unpacked(input, packing) {
        Ok(mut member) => tray.copy(&mut member)?,
        Err(_) => Some(Fault::Damaged),
    };
    tray.end(fault)
}

fn size(input: &File) -> u64 {
    input.metadata().map_or(0, |it| it.len())
}

/// The name of the file in `name`, which lost the ending that says how it is packed.
fn single_name(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 4 => stem,
        _ => name,
    }
}

fn unpacked<'a>(mut input: &'a File, packing: Packing) -> io::Result<Box<dyn Read + 'a>> {
    input.rewind()?;
    let input = BufReader::with_capacity(64 << 10, input);
    Ok(match packing {
        Packing::Gzip => Box::new(MultiGzDecoder::new(input)),
        Packing::Bzip2 => Box::new(MultiBzDecoder::new(input)),
        Packing::Xz => Box::new(XzReader::new_mem_limit(input, true, MEMORY_KIB)),
        Packing::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(input)?),
    })
}

/// Goes through a tar twice.
fn walk<'a>(tray: &Tray, packed: u64, open: impl Fn() -> io::Result<Box<dyn Read + 'a>>) -> Done {
    let unopened = |_| Trouble::damaged("压缩包无法打开，内容不完整");
    let room = tray.room(packed);
    let mut archive = Archive::new(open().map_err(unopened)?.take(room));
    let (mut n_listed, mut broken) = (0_usize, false);
    for entry in archive.entries().map_err(unopened)? {
        let Ok(mut entry) = entry else {
            broken = true;
            break;
        };
        let utf8 = extension(&mut entry, b"path").is_some();
        tray.list(&entry.path_bytes(), utf8, false)?;
        n_listed += 1;
    }
    // What is cut where the room ends looks like an end.
    let beyond = archive.into_inner().limit() == 0;
    if n_listed == 0 && broken {
        return Err(Trouble::damaged("压缩包无法打开，内容不完整"));
    }
    tray.open()?;
    let mut archive = Archive::new(open().map_err(unopened)?);
    for (n, entry) in archive.entries().map_err(unopened)?.take(n_listed).enumerate() {
        let Ok(mut entry) = entry else { break };
        member(tray, n, &mut entry, packed)?;
    }
    match (beyond, broken) {
        (true, _) => Err(Trouble::beyond()),
        (_, true) => Err(Trouble::damaged(format!("压缩包不完整，只读出前 {n_listed} 项"))),
        _ => Ok(()),
    }
}

fn member<R: Read>(tray: &Tray, n: usize, entry: &mut Entry<'_, R>, packed: u64) -> Done {
    match entry.header().entry_type() {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {}
        EntryType::Directory => return Ok(()),
        EntryType::Symlink | EntryType::Link | EntryType::Char | EntryType::Block | EntryType::Fifo => {
            return tray.fail(n, Fault::Link);
        }
        // Labels and the like of other writers are no files.
        _ => return Ok(()),
    }
    if entry.size() == 0 && entry.path_bytes().ends_with(b"/") {
        return Ok(());
    }
    let told = extension(entry, b"mtime").and_then(|it| it.split('.').next()?.parse().ok());
    let seconds = told.or_else(|| i64::try_from(entry.header().mtime().ok()?).ok());
    tray.begin(n, seconds.and_then(Modified::unix), packed)?;
    let mut fault = tray.copy(entry)?;
    // The library takes the end of the stream for the end of the member.
    if fault.is_none() && tray.given() < entry.size() {
        fault = Some(Fault::Damaged);
    }
    tray.end(fault)
}

/// The value of a header of POSIX.1-2001, always UTF-8.
fn extension<R: Read>(entry: &mut Entry<'_, R>, key: &[u8]) -> Option<String> {
    let found = entry.pax_extensions().ok()??.flatten().find(|it| it.key_bytes() == key)?;
    found.value().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::single_name;

    #[test]
    fn a_packed_file_loses_one_ending() {
        for (name, single) in [("说明.txt.gz", "说明.txt"), ("a.tgz", "a"), (".gz", ".gz"), ("无", "无")]
        {
            assert_eq!(single_name(name), single);
        }
    }
}
