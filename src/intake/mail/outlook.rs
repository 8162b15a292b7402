//! Messages of Outlook ([MS-OXMSG]): a compound file of properties, recipients and attachments.
//!
//! A property is a stream `__substg1.0_` and its tag: four digits of number, four of type. Strings of type 001E are in
//! the code page that property 3FFD names, else 3FDE.

use std::io::{Cursor, Read, Seek, Write};
use std::path::{Path, PathBuf};

use cfb::CompoundFile;
use encoding_rs::Encoding;
use jiff::Timestamp;

use crate::intake::bundle::{Modified, code_page};
use crate::intake::mail::{Body, Enclosure, Letter, decoded, file_name, mime, rich, sides};

/// The largest stream that is read.
const LARGEST: u64 = 256 << 20;

/// Reads a message; none where it is none.
pub(super) fn read(input: impl Read + Seek) -> Option<Letter> {
    let mut message = Storage::open(input)?;
    let fixed = message.stream("__properties_version1.0")?;
    message.pages = [code_page(number(&fixed, 0x3ffd)), code_page(number(&fixed, 0x3fde))];
    let posted = message.text("007D").unwrap_or_default();
    let posted = mime::read(posted.as_bytes()).unwrap_or_default();
    let own =
        |it: Option<String>, posted: &str| it.filter(|it| !it.trim().is_empty()).unwrap_or(posted.to_owned());
    let sent = time(&fixed, 0x0039).or_else(|| time(&fixed, 0x0e06)).or(posted.sent);
    let clock = if posted.clock.is_empty() {
        sent.map(|it| it.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default()
    } else {
        posted.clock
    };
    let (body, aside) = message.body();
    Some(Letter {
        subject: own(message.text("0037"), &posted.subject),
        from: own(message.sender(), &posted.from),
        to: own(message.recipients(1, "0E04"), &posted.to),
        copies: own(message.recipients(2, "0E03"), &posted.copies),
        blind: own(message.recipients(3, "0E02"), &posted.blind),
        clock,
        sent,
        body,
        aside,
        enclosures: message.enclosures(),
    })
}

struct Storage<F> {
    file: CompoundFile<F>,
    /// The code pages of the message and of its page.
    pages: [Option<&'static Encoding>; 2],
}

impl<F: Read + Seek> Storage<F> {
    fn open(input: F) -> Option<Self> {
        Some(Self { file: CompoundFile::open(input).ok()?, pages: [None, None] })
    }

    fn stream(&mut self, path: impl AsRef<Path>) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.open_stream(path).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// A property of text, of the message itself.
    fn text(&mut self, number: &str) -> Option<String> {
        self.text_in(Path::new("/"), number)
    }

    fn text_in(&mut self, folder: &Path, number: &str) -> Option<String> {
        let path = |kind: &str| folder.join(format!("__substg1.0_{number}{kind}"));
        if let Some(bytes) = self.stream(path("001F")) {
            return Some(clean(encoding_rs::UTF_16LE.decode_without_bom_handling(&bytes).0.as_ref()));
        }
        let bytes = self.stream(path("001E"))?;
        let declared = self.pages[0].or(self.pages[1]);
        Some(clean(&decoded(&bytes, declared)))
    }

    fn sender(&mut self) -> Option<String> {
        let name = self.text("0C1A").or_else(|| self.text("0042")).unwrap_or_default();
        let address = self.text("5D01").or_else(|| self.text("0C1F")).unwrap_or_default();
        Some(person(&name, &address)).filter(|it| !it.is_empty())
    }

    /// The recipients of a kind, 1 for 收件人, 2 for 抄送, 3 for 密送; else their names in one line, as property `shown` has them.
    fn recipients(&mut self, kind: u32, shown: &str) -> Option<String> {
        let people: Vec<String> = (self.folders("__recip_version1.0").iter())
            .filter_map(|folder| {
                let row = self.stream(folder.join("__properties_version1.0"))?;
                // In a recipient only eight bytes stand before the properties.
                (number_after(&row, 8, 0x0c15) == kind).then_some(())?;
                let name = self.text_in(folder, "3001").unwrap_or_default();
                let address = self.text_in(folder, "39FE").or_else(|| self.text_in(folder, "3003"));
                Some(person(&name, &address.unwrap_or_default())).filter(|it| !it.is_empty())
            })
            .collect();
        if people.is_empty() { self.text(shown) } else { Some(people.join("; ")) }
    }

    fn folders(&self, prefix: &str) -> Vec<PathBuf> {
        let entries =
            self.file.read_root_storage().filter(|it| it.is_storage() && it.name().starts_with(prefix));
        let mut folders: Vec<PathBuf> = entries.map(|it| it.path().to_owned()).collect();
        folders.sort();
        folders
    }

    fn body(&mut self) -> (Body, String) {
        let plain = self.text("1000").unwrap_or_default();
        let page =
            self.stream("/__substg1.0_10130102").map(|it| decoded(&it, self.pages[1].or(self.pages[0])));
        let page = page.or_else(|| self.text("1013"));
        if ![&plain, page.as_ref().unwrap_or(&plain)].iter().all(|it| it.trim().is_empty()) {
            return sides::chosen(plain, page);
        }
        let packed = self.stream("/__substg1.0_10090102");
        (packed.and_then(|it| rich::unpacked(&it)).map_or_else(Body::default, Body::Rich), String::new())
    }

    fn enclosures(&mut self) -> Vec<Enclosure> {
        let folders = self.folders("__attach_version1.0");
        folders.iter().enumerate().filter_map(|(n, it)| self.enclosure(it, n + 1)).collect()
    }

    fn enclosure(&mut self, folder: &Path, n: usize) -> Option<Enclosure> {
        let named = ["3707", "3704", "3001"]
            .iter()
            .find_map(|it| self.text_in(folder, it).filter(|it| !it.is_empty()));
        if let Some(bytes) = self.stream(folder.join("__substg1.0_37010102")) {
            // A signed mail has itself attached, as it was posted, and in it what was attached ([MS-OXOSMIME] 2.1.3.1).
            let signed = self.text_in(folder, "370E").is_some_and(|it| it == "multipart/signed");
            if signed && named.is_none() {
                return Some(Enclosure { name: format!("附件{n}.eml"), bytes });
            }
            let ending = self.text_in(folder, "3703").unwrap_or_default();
            let name = named.unwrap_or_else(|| format!("附件{n}{ending}"));
            return Some(Enclosure { name: file_name(&name), bytes });
        }
        let inner = folder.join("__substg1.0_3701000D");
        if !self.file.is_storage(&inner) {
            return None;
        }
        let is_letter = self.file.is_stream(inner.join("__properties_version1.0"));
        let subject = || named.unwrap_or_else(|| format!("附件{n}"));
        let name = if is_letter { format!("{}.msg", file_name(&subject())) } else { file_name(&subject()) };
        Some(Enclosure { name, bytes: self.parted(&inner, is_letter)? })
    }

    /// Makes a compound file of its own of a storage.
    fn parted(&mut self, folder: &Path, is_letter: bool) -> Option<Vec<u8>> {
        let entries: Vec<(PathBuf, bool)> =
            self.file.walk_storage(folder).ok()?.map(|it| (it.path().to_owned(), it.is_storage())).collect();
        let mut parted = CompoundFile::create(Cursor::new(Vec::new())).ok()?;
        let mut left = LARGEST;
        for (path, is_storage) in entries {
            let below = Path::new("/").join(path.strip_prefix(folder).ok()?);
            if below == Path::new("/") {
                continue;
            }
            if is_storage {
                parted.create_storage(&below).ok()?;
                continue;
            }
            let mut bytes = self.stream(&path)?;
            left = left.checked_sub(u64::try_from(bytes.len()).ok()?)?;
            // A message by itself has eight bytes more in front of its properties ([MS-OXMSG] 2.4.1).
            if is_letter && below == Path::new("/__properties_version1.0") && bytes.len() >= 24 {
                bytes.splice(24..24, [0; 8]);
            }
            parted.create_stream(&below).ok()?.write_all(&bytes).ok()?;
        }
        parted.flush().ok()?;
        let mut whole = parted.into_inner();
        whole.rewind().ok()?;
        Some(whole.into_inner())
    }
}

/// Finds a property of fixed length: 32 bytes of header, then 16 bytes each ([MS-OXMSG] 2.4.2).
fn fixed(properties: &[u8], header: usize, id: u16) -> Option<[u8; 8]> {
    let mut rows = properties.get(header..)?.chunks_exact(16);
    rows.find(|it| it.get(2..4) == Some(id.to_le_bytes().as_slice()))?.get(8..16)?.try_into().ok()
}

fn number(properties: &[u8], id: u16) -> u32 {
    number_after(properties, 32, id)
}

fn number_after(properties: &[u8], header: usize, id: u16) -> u32 {
    let low = |it: [u8; 8]| u32::try_from(u64::from_le_bytes(it) & 0xffff_ffff).unwrap_or(0);
    fixed(properties, header, id).map_or(0, low)
}

/// A name and an address; inside one house the address is a path in its directory, and says nothing outside.
fn person(name: &str, address: &str) -> String {
    match (name.is_empty(), address.contains('@') && address != name.trim_matches('\'')) {
        (false, true) => format!("{name} <{address}>"),
        (true, _) => address.to_owned(),
        (false, false) => name.to_owned(),
    }
}

fn time(properties: &[u8], id: u16) -> Option<Timestamp> {
    match Modified::windows(u64::from_le_bytes(fixed(properties, 32, id)?))? {
        Modified::At(it) => Some(it),
        Modified::Wall(_) => None,
    }
}

fn clean(text: &str) -> String {
    text.trim_end_matches('\0').to_owned()
}
