//! The numbers of lists in a Word 97 document ([MS-DOC] 2.4.6.3), which stand in no text of the file.
//!
//! They are put into its text as pieces of their own, before it is read like any other: read [`numbered`], then `pieces`
//! for the text, `paragraphs` for which list each paragraph is in, and `lists` for what the lists look like.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom, Write};

use cfb::CompoundFile;

use crate::extract::numbers::{u16_at, u32_at};
use crate::extract::office::numbering::Lists;

mod lists;
mod paragraphs;
mod pieces;

use pieces::{Added, Clx};

/// Larger documents are read without numbers: they are held whole for it.
const LARGEST: u64 = 64 << 20;

/// All numbers together are no longer, in UTF-16 units: no list draws as much.
const LONGEST: u32 = 4 << 20;

/// What a document of Word 97 begins with, and where its header says what ([MS-DOC] 2.5): flags, the length of the main
/// text, and offset and length of parts of the table stream.
const SIGN: u16 = 0xA5EC;
const FLAGS: usize = 0x0A;
const TEXT: usize = 0x4C;
const STYLES: usize = 0xA2;
const RUNS: usize = 0xFA;
const PARAGRAPHS: usize = 0x102;
const PIECES: usize = 0x1A2;
const LISTS: usize = 0x2E2;
const OVERRIDES: usize = 0x2EA;

/// Returns a document with the numbers of its lists in its text; `None` where it has none, or is not what it should be.
pub(in crate::extract) fn numbered(input: &mut File) -> Option<Vec<u8>> {
    if input.metadata().ok()?.len() > LARGEST {
        return None;
    }
    let mut file = CompoundFile::open(&mut *input).ok()?;
    let main = stream(&mut file, "/WordDocument")?;
    let flags = u16_at(&main, FLAGS).filter(|it| it & 1 << 8 == 0 && u16_at(&main, 0) == Some(SIGN))?;
    let name = if flags & 1 << 9 == 0 { "/0Table" } else { "/1Table" };
    let table = stream(&mut file, name)?;
    let (words, clx, length) = with_numbers(&main, &table)?;
    let mut bytes = Vec::new();
    input.rewind().ok()?;
    input.read_to_end(&mut bytes).ok()?;
    let mut file = CompoundFile::open(Cursor::new(bytes)).ok()?;
    add(&mut file, name, &clx)?;
    add(&mut file, "/WordDocument", &vec![0; main.len() % 2])?;
    add(&mut file, "/WordDocument", &words)?;
    let at = u32::try_from(table.len()).ok()?;
    for (place, number) in [(TEXT, length), (PIECES, at), (PIECES + 4, u32::try_from(clx.len()).ok()?)] {
        let mut header = file.open_stream("/WordDocument").ok()?;
        header.seek(SeekFrom::Start(place as u64)).ok()?;
        header.write_all(&number.to_le_bytes()).ok()?;
    }
    file.flush().ok()?;
    Some(file.into_inner().into_inner())
}

/// Returns the numbers as they are to stand behind the main stream, the pieces to stand behind the table stream, and the
/// length of the main text with them.
fn with_numbers(main: &[u8], table: &[u8]) -> Option<(Vec<u8>, Vec<u8>, u32)> {
    let known = lists::read(behind(main, table, LISTS)?, behind(main, table, OVERRIDES)?)?;
    let clx = Clx::read(part(main, table, PIECES)?)?;
    let length = u32_at(main, TEXT)?;
    let mut lists = Lists::new(&known.definitions, None);
    lists.legal = known.legal;
    let (mut words, mut places, mut added, mut n_added) = (Vec::new(), HashMap::new(), Vec::new(), 0_u32);
    for paragraph in paragraphs::in_lists(main, table, &clx.pieces)? {
        let label = lists.label(paragraph.list, usize::from(paragraph.level));
        let Some(label) = label.filter(|_| paragraph.start < length) else { continue };
        let units: Vec<u16> = label.encode_utf16().collect();
        let n_units = u32::try_from(units.len()).ok()?;
        n_added = n_added.checked_add(n_units).filter(|it| *it <= LONGEST)?;
        // One number that is drawn many times stands in the file once.
        let at = *places.entry(label).or_insert_with(|| {
            let at = words.len();
            words.extend(units.into_iter().flat_map(u16::to_le_bytes));
            at
        });
        let at = u32::try_from(main.len().next_multiple_of(2) + at).ok()?;
        added.push(Added { at: paragraph.start, n_units, offset: at });
    }
    let clx = clx.with(&added).filter(|_| !added.is_empty())?;
    Some((words, clx, length.checked_add(n_added)?))
}

fn stream(file: &mut CompoundFile<&mut File>, name: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    file.open_stream(name).ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn add(file: &mut CompoundFile<Cursor<Vec<u8>>>, name: &str, bytes: &[u8]) -> Option<()> {
    let mut stream = file.open_stream(name).ok()?;
    stream.seek(SeekFrom::End(0)).ok()?;
    stream.write_all(bytes).ok()
}

/// Returns a part of the table stream, of which the header tells offset and length.
fn part<'a>(main: &[u8], table: &'a [u8], place: usize) -> Option<&'a [u8]> {
    let length = u32_at(main, place + 4)? as usize;
    behind(main, table, place)?.get(..length)
}

/// Returns a part of the table stream with all that follows it; `None` where there is no such part.
fn behind<'a>(main: &[u8], table: &'a [u8], place: usize) -> Option<&'a [u8]> {
    u32_at(main, place + 4).filter(|it| *it > 0)?;
    table.get(u32_at(main, place)? as usize..)
}
