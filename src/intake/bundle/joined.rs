//! Zip archives as programs find them that start from the end: several joined in one file, of which the last hides the
//! others, and lists that hold more members than the end of the archive counts.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// The length of the record at the end of an archive, without its comment (APPNOTE 4.3.16).
const ENDING: u64 = 22;

/// The length of a row of the list of members, without its name and what follows that (APPNOTE 4.3.12).
const ROW: u64 = 46;

/// No file holds more archives, and no list more members, that are looked for here.
const MOST: usize = 1_000;
const MOST_MEMBERS: u64 = 1 << 20;

/// One archive of a file: the file up to a place, and an ending written anew where its own counts wrong.
pub(super) struct Part {
    input: File,
    cut: u64,
    tail: Vec<u8>,
    at: u64,
}

/// The archives of a file in order, and what is amiss with the file as a whole.
pub(super) struct Parts {
    pub(super) parts: Vec<Part>,
    /// Why not all of the file can be read.
    pub(super) lost: Option<String>,
    /// What other programs would not show of it.
    pub(super) hidden: Option<String>,
}

/// The record at the end of an archive, with what the list before it really holds.
struct Ending {
    /// Where the record begins, and where its comment ends.
    at: u64,
    end: u64,
    /// Members by the record and by the list.
    told: u64,
    found: u64,
    /// Where the list begins, and where by the record.
    start: u64,
    offset: u64,
    /// Where the first member begins.
    first: u64,
}

pub(super) fn parts(input: &File) -> io::Result<Parts> {
    let whole = input.metadata()?.len();
    let mut res = Parts { parts: vec![], lost: None, hidden: None };
    // Where the archive that is looked for ends, and before which place its record begins.
    let (mut end, mut before) = (whole, whole);
    for n in 0.. {
        let ending = Ending::find(input, before, end)?;
        let Some(ending) = ending.filter(|_| n < MOST) else {
            // One that cannot be found at all is told by the library that opens it.
            if before < whole && is_member(input, 0)? {
                res.lost = Some(format!("前 {before} 字节不在文件目录中"));
            }
            if res.parts.is_empty() {
                res.parts.push(Part::new(input, end, vec![])?);
            }
            break;
        };
        if ending.found == 0 && ending.told == 0 && ending.at > 4 {
            // An empty one hides what lies before it, or stands in the comment of a full one.
            before = ending.at;
            continue;
        }
        if end == whole && ending.end < whole && is_member(input, ending.end)? {
            res.lost = Some(format!("后 {} 字节不在文件目录中", whole - ending.end));
        }
        if ending.found > ending.told || before < end {
            res.hidden = Some(match ending.found > ending.told {
                true => format!("文件目录有 {} 项，结尾只记 {} 项", ending.found, ending.told),
                false => "后面另有空的文件目录".to_owned(),
            });
            res.parts.push(Part::new(input, ending.at, ending.mended())?);
        } else {
            res.parts.push(Part::new(input, end, vec![])?);
        }
        // Some begin with a mark of four bytes.
        if ending.first <= 4 || ending.first >= ending.at {
            if ending.first > 4 && is_member(input, 0)? {
                res.lost = Some(format!("前 {} 字节不在文件目录中", ending.at));
            }
            break;
        }
        (end, before) = (ending.first, ending.first);
    }
    res.parts.reverse();
    if res.parts.len() > 1 {
        res.hidden = Some(format!("由 {} 个压缩包拼接而成", res.parts.len()));
    }
    Ok(res)
}

impl Ending {
    /// Finds the last record that begins before a place, ends before another, and closes a list of members.
    fn find(input: &File, before: u64, end: u64) -> io::Result<Option<Self>> {
        let from = before.saturating_sub(ENDING + (1 << 16));
        let until = before.saturating_add(ENDING - 1).min(end);
        let bytes = read(input, from, until - from)?;
        let marks = bytes.windows(4).enumerate().rev().filter(|it| it.1 == b"PK\x05\x06").map(|it| it.0);
        for mark in marks {
            let Some(record) = bytes.get(mark..mark + 22) else { continue };
            let at = from + mark as u64;
            let ended = at + ENDING + two(record, 20);
            let (told, size, offset) = (two(record, 10), four(record, 12), four(record, 16));
            if ended > end {
                continue;
            }
            // One volume of several, and those too large for this record, are left to the library: what lies before is
            // their own, archives that they hold among it.
            let large = told == 0xffff || size == 0xffff_ffff || offset == 0xffff_ffff;
            if large || two(record, 4) != 0 {
                return Ok(None);
            }
            let near = at.checked_sub(size).filter(|_| size > 0);
            let mut found = None;
            for start in near.into_iter().chain([offset]) {
                if found.is_none() && start < at && is(input, start, b"PK\x01\x02")? {
                    found = Some(start);
                }
            }
            let start = match (found, told) {
                (Some(start), _) => start,
                (None, 0) => at,
                (None, _) => continue,
            };
            let (found, first) = rows(input, start, at)?;
            let first = start.saturating_sub(offset).saturating_add(first.unwrap_or(offset));
            return Ok(Some(Self { at, end: ended, told, found, start, offset, first }));
        }
        Ok(None)
    }

    /// Writes the record anew with the true count, as one of Zip64 (APPNOTE 4.3.14) where that is large.
    fn mended(&self) -> Vec<u8> {
        let size = self.at - self.start;
        let mut tail = Vec::new();
        if self.found >= 0xffff {
            tail.extend(b"PK\x06\x06");
            tail.extend(44_u64.to_le_bytes());
            tail.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            for n in [self.found, self.found, size, self.offset] {
                tail.extend(n.to_le_bytes());
            }
            tail.extend(b"PK\x06\x07\0\0\0\0");
            tail.extend((self.offset + size).to_le_bytes());
            tail.extend(1_u32.to_le_bytes());
        }
        let count = u16::try_from(self.found).unwrap_or(u16::MAX).to_le_bytes();
        tail.extend(b"PK\x05\x06\0\0\0\0");
        tail.extend([count, count].concat());
        for n in [size, self.offset] {
            tail.extend(u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes());
        }
        tail.extend([0; 2]);
        tail
    }
}

/// Counts the rows of a list of members, and returns where its first member begins by what they say.
fn rows(input: &File, start: u64, end: u64) -> io::Result<(u64, Option<u64>)> {
    let (mut at, mut n, mut first) = (start, 0, None::<u64>);
    while n < MOST_MEMBERS && at + ROW <= end {
        let row = read(input, at, ROW)?;
        if !row.starts_with(b"PK\x01\x02") || row.len() < 46 {
            break;
        }
        n += 1;
        // A place that is told elsewhere is not the first.
        let place = Some(four(&row, 42)).filter(|it| *it != 0xffff_ffff);
        first = first.into_iter().chain(place).min();
        at += ROW + two(&row, 28) + two(&row, 30) + two(&row, 32);
    }
    Ok((n, first))
}

impl Part {
    fn new(input: &File, cut: u64, tail: Vec<u8>) -> io::Result<Self> {
        Ok(Self { input: input.try_clone()?, cut, tail, at: 0 })
    }
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = if self.at < self.cut {
            let most = usize::try_from(self.cut - self.at).unwrap_or(usize::MAX).min(buffer.len());
            self.input.seek(SeekFrom::Start(self.at))?;
            self.input.read(&mut buffer[..most])?
        } else {
            let skipped = usize::try_from(self.at - self.cut).unwrap_or(usize::MAX);
            self.tail.get(skipped..).unwrap_or_default().read(buffer)?
        };
        self.at += n_read as u64;
        Ok(n_read)
    }
}

impl Seek for Part {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => (self.cut + self.tail.len() as u64).checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

fn is_member(input: &File, at: u64) -> io::Result<bool> {
    is(input, at, b"PK\x03\x04")
}

fn is(input: &File, at: u64, mark: &[u8; 4]) -> io::Result<bool> {
    Ok(read(input, at, 4)? == mark)
}

/// Reads so many bytes, or what there is of them.
fn read(mut input: &File, at: u64, n: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.seek(SeekFrom::Start(at))?;
    input.take(n).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn two(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 2).and_then(|it| it.try_into().ok()).map_or(0, |it| u16::from_le_bytes(it).into())
}

fn four(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 4).and_then(|it| it.try_into().ok()).map_or(0, |it| u32::from_le_bytes(it).into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    fn found(bytes: &[u8]) -> Parts {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        parts(&file).unwrap()
    }

    #[test]
    fn an_ending_is_written_anew_where_it_counts_wrong() {
        let row = [&b"PK\x01\x02"[..], &[0; 42]].concat();
        let ending = |told: u8| {
            [&b"PK\x05\x06\0\0\0\0"[..], &[told, 0, told, 0, 92, 0, 0, 0, 0, 0, 0, 0, 0, 0]].concat()
        };
        let file = |told: u8| [&row[..], &row, &ending(told)].concat();
        let mut part = found(&file(1)).parts.remove(0);
        let mut mended = Vec::new();
        part.read_to_end(&mut mended).unwrap();
        assert_eq!(mended, file(2));
        assert_eq!(part.seek(SeekFrom::End(-22)).unwrap(), 92);
        assert!(found(&file(1)).hidden.is_some() && found(&file(2)).hidden.is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_have_parts(pieces in prop::collection::vec(0_usize..6, 0..30), n in any::<[u8; 16]>()) {
            let all: [&[u8]; 6] = [b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04", &n, &[0; 22], &[0; 46]];
            let bytes = pieces.iter().filter_map(|it| all.get(*it)).copied().collect::<Vec<_>>().concat();
            prop_assert!(!found(&bytes).parts.is_empty());
        }
    }
}
