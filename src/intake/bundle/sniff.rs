//! What is a container and of which family, by content; a name only says what content cannot.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use crate::intake::mail;

/// How many first bytes of a file decide, but for compound files.
pub const BEGINNING: u64 = 4 << 10;

/// Who opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Zip.
    Zip,
    /// 7z.
    SevenZip,
    /// Rar of any version.
    Rar,
    /// Tar without compression.
    Tar,
    /// One compressed stream, of a tar or of a single file.
    Packed(Packing),
    /// Mail.
    Letter(mail::Form),
    /// One volume of several, without the first bytes of its family.
    Volume,
}

/// How a stream is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// gzip.
    Gzip,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// Zstandard.
    Zstd,
}

/// Formats that are zip archives and documents.
const DOCUMENTS: &[&str] = &[
    "docx", "docm", "dotx", "xlsx", "xlsm", "xltx", "xlsb", "pptx", "pptm", "ppsx", "potx", "ofd", "odt",
    "ods", "odp", "odg", "epub", "jar", "war", "apk", "ipa", "vsdx", "wps", "et", "dps", "gdx", "kmz", "xps",
    "oxps", "xmind", "emmx", "pages", "numbers", "key", "sketch", "3mf", "whl", "xpi",
];

/// Formats that are one compressed stream and documents.
const PACKED_DOCUMENTS: &[&str] = &["svgz", "emz", "wmz", "dia", "kgm", "abw", "blend", "gnumeric", "vsdz"];

/// Returns the family of a container, by the name and the first [`BEGINNING`] bytes of a file. A compound file is
/// looked at by [`of_file`]; whether a zip is a document only its parts can tell, once it is opened.
pub fn of(name: &str, beginning: &[u8]) -> Option<Family> {
    let ending = name.rsplit_once('.').map(|it| it.1.to_ascii_lowercase()).unwrap_or_default();
    if is_zip(beginning) {
        return (!DOCUMENTS.contains(&ending.as_str())).then_some(Family::Zip);
    }
    if beginning.starts_with(b"7z\xbc\xaf\x27\x1c") {
        return Some(Family::SevenZip);
    }
    if beginning.starts_with(b"Rar!\x1a\x07\0") || beginning.starts_with(b"Rar!\x1a\x07\x01\0") {
        return Some(Family::Rar);
    }
    if let Some(packing) = packing(beginning) {
        return (!PACKED_DOCUMENTS.contains(&ending.as_str())).then_some(Family::Packed(packing));
    }
    if is_tar(beginning) {
        return Some(Family::Tar);
    }
    if let Some(form) = mail::form(&ending, beginning) {
        return Some(Family::Letter(form));
    }
    if beginning.is_empty() {
        return None;
    }
    // The last volume of a zip has the list of members at its end and anything at its beginning.
    let last = (ending == "zip").then_some(Family::Zip);
    if is_volume(name) { Some(Family::Volume) } else { last }
}

/// Returns the family of a container, and leaves the file at its beginning.
pub fn of_file(name: &str, file: &mut File) -> Option<Family> {
    let mut beginning = Vec::new();
    let read = file.rewind().and_then(|()| file.by_ref().take(BEGINNING).read_to_end(&mut beginning));
    let family = match of(name, &beginning) {
        None if read.is_ok() && is_compound(&beginning) => {
            is_letter(&beginning, file).then_some(Family::Letter(mail::Form::Outlook))
        }
        family => family,
    };
    // Whoever reads next would find the end of the file otherwise; a failure shows there.
    file.rewind().unwrap_or_default();
    family
}

/// Returns whether a beginning is that of a compound file, the shell of Word 97 and of Outlook alike.
pub fn is_compound(beginning: &[u8]) -> bool {
    beginning.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
}

/// Returns whether the directory of a compound file begins with the streams of a message ([MS-OXMSG] 2.2).
///
/// Only its first sector is looked at, at the place the header names ([MS-CFB] 2.2).
fn is_letter(beginning: &[u8], file: &mut File) -> bool {
    let two = |at: usize| beginning.get(at..at + 2).and_then(|it| it.try_into().ok()).map(u16::from_le_bytes);
    let four =
        |at: usize| beginning.get(at..at + 4).and_then(|it| it.try_into().ok()).map(u32::from_le_bytes);
    let (Some(shift @ (9 | 12)), Some(sector)) = (two(30), four(48)) else { return false };
    let mut directory = Vec::new();
    let at = (u64::from(sector) + 1) << shift;
    let read = file.seek(SeekFrom::Start(at)).and_then(|_| file.take(1 << shift).read_to_end(&mut directory));
    let wide = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let marks =
        ["__properties_version1.0", "__nameid_version1.0", "__substg1.0_", "__recip_version1.0"].map(wide);
    // An entry has 128 bytes and begins with its name.
    read.is_ok() && directory.chunks(128).any(|entry| marks.iter().any(|it| entry.starts_with(it)))
}

fn is_zip(beginning: &[u8]) -> bool {
    let marks: [&[u8]; 4] = [b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04", b"PK\x07\x08PK\x03\x04"];
    marks.iter().any(|it| beginning.starts_with(it))
}

fn packing(beginning: &[u8]) -> Option<Packing> {
    let is = |mark: &[u8]| beginning.starts_with(mark);
    if is(b"\x1f\x8b\x08") {
        Some(Packing::Gzip)
    } else if is(b"\xfd7zXZ\0") {
        Some(Packing::Xz)
    } else if is(b"\x28\xb5\x2f\xfd") {
        Some(Packing::Zstd)
    } else if is(b"BZh")
        && beginning.get(4..10).is_some_and(|it| it == b"1AY&SY" || it == b"\x17\x72\x45\x38\x50\x90")
    {
        Some(Packing::Bzip2)
    } else {
        None
    }
}

/// Returns whether a beginning is the header of a member of a tar: it carries a sum of itself (POSIX.1-1988).
pub(super) fn is_tar(beginning: &[u8]) -> bool {
    let Some(header) = beginning.get(..512).filter(|it| it[0] != 0) else { return false };
    let digits = |it: &[u8]| {
        let text = std::str::from_utf8(it).ok()?.trim_matches(|c: char| c == ' ' || c == '\0');
        u32::from_str_radix(text, 8).ok()
    };
    let sum = |at: usize| if (148..156).contains(&at) { u32::from(b' ') } else { u32::from(header[at]) };
    digits(&header[148..156]).is_some_and(|told| told == (0..512).map(sum).sum::<u32>())
}

/// Returns whether a name is that of one volume of several: `a.part2.rar`, `a.r00`, `a.z01`, `a.7z.002`.
pub fn is_volume(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let Some((stem, ending)) = lower.rsplit_once('.') else { return false };
    let digits = |it: &str, n: usize| it.len() >= n && it.bytes().all(|it| it.is_ascii_digit());
    let family = stem.rsplit_once('.').map_or("", |it| it.1);
    let numbered = ending.strip_prefix(['r', 'z']).is_some_and(|it| digits(it, 2) && it.len() == 2);
    numbered
        || (ending == "rar" && family.strip_prefix("part").is_some_and(|it| digits(it, 1)))
        || (digits(ending, 3)
            && ending.len() == 3
            && matches!(family, "7z" | "zip" | "rar" | "tar" | "gz" | "bz2" | "xz" | "zst" | "tgz"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_and_the_name_only_where_it_must() {
        let zip = b"PK\x03\x04";
        assert_eq!(of("a.zip", zip), Some(Family::Zip));
        assert_eq!(of("材料", zip), Some(Family::Zip));
        for name in ["a.docx", "a.WPS", "a.apk", "a.epub"] {
            assert_eq!(of(name, zip), None, "{name}");
        }
        assert_eq!(of("a.exe", b"MZ\x90\0Rar!\x1a\x07\0"), None, "what extracts itself is a program");
        assert_eq!(of("a.txt", b"7z\xbc\xaf\x27\x1c"), Some(Family::SevenZip));
        assert_eq!(of("a", b"Rar!\x1a\x07\x01\0"), Some(Family::Rar));
        assert_eq!(of("a.svgz", b"\x1f\x8b\x08"), None);
        assert_eq!(of("a", b"\x1f\x8b\x08"), Some(Family::Packed(Packing::Gzip)));
        assert_eq!(of("a.tar", &[0; 512]), None);
        assert_eq!(of("BZh.txt", b"BZh9 is no beginning"), None);
    }

    #[test]
    fn volumes_are_known_by_their_names() {
        for name in ["a.part2.rar", "资料.r00", "a.z01", "a.7z.002", "a.zip.001", "a.tar.003"] {
            assert!(is_volume(name), "{name}");
            assert_eq!(of(name, b"anything"), Some(Family::Volume), "{name}");
        }
        for name in ["a.rar", "part1.docx", "报告.001", "a.zip", "1.2017", "x.7z", "a.r0"] {
            assert!(!is_volume(name), "{name}");
        }
    }
}
