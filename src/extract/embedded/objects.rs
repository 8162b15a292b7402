//! Documents within compound files: storages of their own, packages and files wrapped whole, and those of old slides.

use std::io::{Cursor, Read, Seek, Write};
use std::path::Path;

use cfb::CompoundFile;
use flate2::read::ZlibDecoder;

use crate::extract::metafile;
use crate::extract::numbers::u32_at;

/// No document within another is longer when unpacked.
pub(in crate::extract) const LONGEST: u64 = 64 << 20;

/// How deep storages within storages are looked into, and how many objects are taken: one more than are read, so that it
/// is told.
const DEEPEST: u32 = 8;
const MOST: usize = super::MOST as usize + 1;

/// How many pictures are looked at, and in an old document, of each stream.
pub(in crate::extract) const MOST_PICTURES: usize = 200;

/// The streams that make a storage a document, or a mail.
const DOCUMENTS: [&str; 5] =
    ["WordDocument", "Workbook", "Book", "PowerPoint Document", "__properties_version1.0"];

/// Returns the files within a compound file, whatever they are; the file itself is none of them.
pub(in crate::extract) fn within<R: Read + Seek>(input: R) -> Vec<Vec<u8>> {
    let mut objects = Vec::new();
    if let Ok(mut file) = CompoundFile::open(input) {
        look(&mut file, Path::new("/"), DEEPEST, &mut objects);
    }
    objects
}

fn look<R: Read + Seek>(file: &mut CompoundFile<R>, storage: &Path, deeper: u32, objects: &mut Vec<Vec<u8>>) {
    let Ok(entries) = file.read_storage(storage) else { return };
    let entries: Vec<_> =
        entries.map(|it| (it.path().to_owned(), it.name().to_owned(), it.is_stream())).collect();
    for (path, name, is_stream) in entries {
        if objects.len() >= MOST {
            return;
        }
        let found = match (is_stream, name.as_str()) {
            (true, "Package" | "EmbeddedOdf") => stream(file, &path),
            // Of other programs it is no file.
            (true, "CONTENTS") => stream(file, &path).filter(|it| it.starts_with(b"%PDF-")),
            (true, "\u{1}Ole10Native") => stream(file, &path).as_deref().and_then(wrapped),
            (true, "PowerPoint Document") => {
                objects.extend(stream(file, &path).map(|it| of_slides(&it)).unwrap_or_default());
                None
            }
            (true, _) => None,
            (false, _) if DOCUMENTS.iter().any(|it| file.is_stream(path.join(it))) => copied(file, &path),
            (false, _) if deeper == 0 => None,
            (false, _) => {
                look(file, &path, deeper - 1, objects);
                None
            }
        };
        objects.extend(found);
    }
    objects.truncate(MOST);
}

fn stream<R: Read + Seek>(file: &mut CompoundFile<R>, path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    file.open_stream(path).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Makes a storage a file of its own.
fn copied<R: Read + Seek>(file: &mut CompoundFile<R>, storage: &Path) -> Option<Vec<u8>> {
    let mut own = CompoundFile::create(Cursor::new(Vec::new())).ok()?;
    let entries: Vec<_> =
        file.walk_storage(storage).ok()?.map(|it| (it.path().to_owned(), it.is_stream())).collect();
    for (path, is_stream) in entries {
        let place = Path::new("/").join(path.strip_prefix(storage).ok()?);
        match is_stream {
            true => own.create_stream(&place).ok()?.write_all(&stream(file, &path)?).ok()?,
            false if place == Path::new("/") => {}
            false => own.create_storage(&place).ok()?,
        }
    }
    own.flush().ok()?;
    Some(own.into_inner().into_inner())
}

/// Returns the file in a stream of the packager of Windows, which begins with its count.
fn wrapped(stream: &[u8]) -> Option<Vec<u8>> {
    unwrapped(stream.get(4..)?)
}

/// Returns the file that the packager wrapped: after its label, its name and where it came from.
fn unwrapped(bytes: &[u8]) -> Option<Vec<u8>> {
    let rest = bytes.get(2..)?;
    let after_text = |it: &[u8]| it.iter().position(|it| *it == 0).map(|at| at + 1);
    let rest = rest.get(after_text(rest)?..)?;
    let rest = rest.get(after_text(rest)?..)?;
    let rest = rest.get(4..)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let rest = rest.get(usize::try_from(u32::from_le_bytes(*length)).ok()?..)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    // What was cut is torn, and still worth a look.
    Some(rest[..length.min(rest.len())].to_vec())
}

/// Returns what rich text spells of an object ([MS-OLEDS] 2.2.5): after its kind, and the names of its class, topic and
/// part, the bytes; those of the packager begin with no count.
pub(in crate::extract) fn of_rich_text(spelt: &[u8]) -> Option<Vec<u8>> {
    fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        // What was cut is torn, and still worth a look.
        Some(rest.split_at(length.min(rest.len())))
    }
    let (class, rest) = counted(spelt.get(8..)?)?;
    let (_topic, rest) = counted(rest)?;
    let (_part, rest) = counted(rest)?;
    let (bytes, _) = counted(rest)?;
    if class.starts_with(b"Package\0") { unwrapped(bytes) } else { Some(bytes.to_vec()) }
}

/// Returns the words of the pictures in a compound file: a letter keeps them among its text and beside it, slides in a
/// stream of their own, a workbook in records ([MS-ODRAW] 2.2.24 and 2.2.25).
pub(in crate::extract) fn pictures<R: Read + Seek>(input: R) -> Vec<String> {
    let Ok(mut file) = CompoundFile::open(input) else { return Vec::new() };
    let mut words = Vec::new();
    for name in ["WordDocument", "Data", "Pictures"] {
        let stream = stream(&mut file, &Path::new("/").join(name)).unwrap_or_default();
        words.extend(metafiles(&stream));
    }
    for name in ["Workbook", "Book"] {
        let stream = stream(&mut file, &Path::new("/").join(name)).unwrap_or_default();
        words.extend(metafiles(&drawings(&stream)));
    }
    words
}

/// Joins the records of a workbook that hold its pictures, and those that go on where one was full ([MS-XLS] 2.4.171).
fn drawings(book: &[u8]) -> Vec<u8> {
    let (mut joined, mut rest, mut goes_on) = (Vec::new(), book, false);
    while let Some(([a, b, c, d], after)) = rest.split_first_chunk::<4>() {
        let (kind, length) = (u16::from_le_bytes([*a, *b]), usize::from(u16::from_le_bytes([*c, *d])));
        let (body, next) = after.split_at(length.min(after.len()));
        goes_on = kind == 0xEB || kind == 0x3C && goes_on;
        if goes_on {
            joined.extend(body);
        }
        rest = next;
    }
    joined
}

/// Finds the metafiles in a stream by the heads of their records, wherever they stand.
fn metafiles(stream: &[u8]) -> impl Iterator<Item = String> {
    let is_head = |it: &[u8]| matches!(it, [0x40 | 0x50, 0x3D, 0x1A, 0xF0] | [0x60 | 0x70, 0x21, 0x1B, 0xF0]);
    let heads = stream.windows(4).enumerate().filter(move |(_, it)| is_head(it)).take(MOST_PICTURES);
    heads.filter_map(|(at, head)| {
        // Those of the second kind bear two fingerprints of 16 bytes.
        let prints = if matches!(head, [0x50 | 0x70, ..]) { 32 } else { 16 };
        let rest = stream.get(at + 8 + prints..)?;
        let length = u32_at(rest, 28)?;
        let body = rest.get(34..)?;
        let body = &body[..body.len().min(usize::try_from(length).ok()?)];
        if rest.get(32) != Some(&0) {
            return metafile::text(body);
        }
        let mut bytes = Vec::new();
        // What was unpacked before the damage is worth reading.
        ZlibDecoder::new(body).take(metafile::LONGEST).read_to_end(&mut bytes).unwrap_or_default();
        metafile::text(&bytes)
    })
}

/// Returns the objects of old slides, which stand packed among the records ([MS-PPT] 2.10.34).
fn of_slides(stream: &[u8]) -> Vec<Vec<u8>> {
    let (mut objects, mut rest) = (Vec::new(), stream);
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let [version, instance, kind @ .., a, b, c, d] = *head;
        let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        let (body, next) = after.split_at(length.min(after.len()));
        if kind == [0x11, 0x10] && objects.len() < MOST {
            let is_packed = u16::from_le_bytes([version, instance]) >> 4 == 1;
            let mut bytes = Vec::new();
            match body.get(4..).filter(|_| is_packed) {
                // One that is cut is passed over by whoever reads it.
                Some(packed) => {
                    ZlibDecoder::new(packed).take(LONGEST).read_to_end(&mut bytes).unwrap_or_default();
                }
                None => bytes.extend(body),
            }
            objects.push(bytes);
        }
        rest = next;
    }
    objects
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use proptest::prelude::*;

    use super::*;

    fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        for (path, bytes) in streams {
            file.create_storage_all(Path::new(path).parent().unwrap()).unwrap();
            file.create_stream(path).unwrap().write_all(bytes).unwrap();
        }
        file.flush().unwrap();
        file.into_inner().into_inner()
    }

    fn native(content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        [b"\0\0\0\0\x02\0label\0C:\\a.txt\0\0\0\x03\0\x03\0\0\0C:\0", &length[..], content, b"rest"].concat()
    }

    #[test]
    fn objects_of_every_kind_are_found_once() {
        let wrapped = native(b"wrapped");
        let file = compound(&[
            ("/WordDocument", b"outer"),
            ("/ObjectPool/_1/Workbook", b"sheet"),
            ("/ObjectPool/_1/ObjectPool/_2/Package", b"inside of the inner one"),
            ("/ObjectPool/_3/Package", b"packed"),
            ("/ObjectPool/_4/\u{1}Ole10Native", &wrapped),
            ("/ObjectPool/_5/other", b"-"),
        ]);
        let found = within(Cursor::new(file));
        assert_eq!(found.len(), 3);
        assert_eq!((found[1].as_slice(), found[2].as_slice()), (&b"packed"[..], &b"wrapped"[..]));
        let mut sheet = CompoundFile::open(Cursor::new(&found[0])).unwrap();
        assert_eq!(stream(&mut sheet, Path::new("/Workbook")).as_deref(), Some(&b"sheet"[..]));
        assert_eq!(within(Cursor::new(&found[0])), [b"inside of the inner one"]);
    }

    #[test]
    fn objects_of_old_slides_are_unpacked() {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
        packer.write_all(b"object").unwrap();
        let packed = [&[6, 0, 0, 0][..], &packer.finish().unwrap()].concat();
        let record = |instance: u8, kind: [u8; 2], body: &[u8]| {
            let length = u32::try_from(body.len()).unwrap().to_le_bytes();
            [&[instance << 4, 0], &kind[..], &length, body].concat()
        };
        let stream = [
            record(0, [0xe8, 3], b"skipped"),
            record(1, [0x11, 0x10], &packed),
            record(0, [0x11, 0x10], b"plain"),
        ];
        assert_eq!(of_slides(&stream.concat()), [&b"object"[..], b"plain"]);
    }

    #[test]
    fn pictures_of_a_workbook_go_on_over_records() {
        let picture = include_bytes!("../../../fixtures/documents/picture.wmf");
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
        packer.write_all(picture).unwrap();
        let packed = packer.finish().unwrap();
        let length = u32::try_from(packed.len()).unwrap().to_le_bytes();
        let head = [&[0x60, 0x21, 0x1B, 0xF0][..], &[0; 48], &length, &[0, 0xFE]].concat();
        let blip = [head, packed].concat();
        let (first, second) = blip.split_at(90);
        let record = |kind: [u8; 2], body: &[u8]| {
            [&kind[..], &u16::try_from(body.len()).unwrap().to_le_bytes(), body].concat()
        };
        let records = [
            record([0x09, 8], b"begin"),
            record([0x3C, 0], b"of another"),
            record([0xEB, 0], first),
            record([0x3C, 0], second),
            record([0x0A, 0], b""),
        ];
        let book = compound(&[("/Workbook", &records.concat())]);
        assert_eq!(pictures(Cursor::new(book)), ["学雷锋志愿活动\n2017年3月5日 人民广场"]);
    }

    #[test]
    fn objects_in_rich_text_are_native_or_wrapped() {
        let counted = |it: &[u8]| [&u32::try_from(it.len()).unwrap().to_le_bytes(), it].concat();
        let object = |class: &[u8], bytes: &[u8]| {
            [vec![1, 5, 0, 0, 2, 0, 0, 0], counted(class), counted(b""), counted(b""), counted(bytes)]
                .concat()
        };
        assert_eq!(of_rich_text(&object(b"Word.Document.8\0", b"native")).as_deref(), Some(&b"native"[..]));
        let packed = object(b"Package\0", &native(b"wrapped")[4..]);
        assert_eq!(of_rich_text(&packed).as_deref(), Some(&b"wrapped"[..]));
        // A link holds nothing.
        assert_eq!(of_rich_text(&packed[..28]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_hold_objects_or_none(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            wrapped(&bytes);
            of_rich_text(&bytes);
            assert_eq!(metafiles(&drawings(&bytes)).count(), 0);
            of_slides(&bytes);
            within(Cursor::new(bytes));
        }
    }
}
