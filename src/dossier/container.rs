//! The zip container: where each header stands and what it says, from names, sizes and CRC-32s alone.
//!
//! APPNOTE.TXT 6.3: every member stored, names in UTF-8, no data descriptors, zip64 only where it is needed.

use std::ops::Range;

use jiff::civil::DateTime;

/// What a header says of one member. A name that ends in `/` is a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The path in the zip, `/` between folders.
    pub name: String,
    /// The number of bytes.
    pub bytes: u64,
    /// Their CRC-32 (IEEE).
    pub crc32: u32,
}

/// What stands at some place of a zip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// The header before a member.
    Header(usize),
    /// The bytes of a member.
    Content(usize),
    /// The line of a member in the directory at the end.
    Line(usize),
    /// The records after the directory.
    End,
}

/// A zip laid out.
#[derive(Clone, Debug)]
pub struct Container {
    entries: Vec<Entry>,
    stamp: Stamp,
    headers: Vec<u64>,
    lines: Vec<u64>,
    end: u64,
    total: u64,
}

/// A moment as MS-DOS wrote it: two seconds are the smallest step, 1980 the first year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Hours, minutes and half seconds.
    pub time: u16,
    /// Years since 1980, months and days.
    pub date: u16,
}

impl From<DateTime> for Stamp {
    fn from(at: DateTime) -> Self {
        if !(1980..=2107).contains(&at.year()) {
            return Self { time: 0, date: 1 << 5 | 1 };
        }
        let [year, month, day] =
            [at.year() - 1980, at.month().into(), at.day().into()].map(i16::cast_unsigned);
        let [hour, minute, second] =
            [at.hour(), at.minute(), at.second()].map(|it| u16::from(it.cast_unsigned()));
        Self { time: hour << 11 | minute << 5 | (second / 2), date: year << 9 | month << 5 | day }
    }
}

/// In a field of 32 bits: “see the zip64 record”.
const BEYOND: u64 = u32::MAX as u64;
const MOST_ENTRIES: usize = u16::MAX as usize - 1;
/// Bit 11: the name is UTF-8.
const FLAGS: u16 = 1 << 11;

impl Container {
    /// Lays out members in order.
    pub fn new(entries: Vec<Entry>, stamp: Stamp) -> Self {
        let mut at = 0;
        let mut headers = Vec::with_capacity(entries.len());
        for entry in &entries {
            headers.push(at);
            at += header_bytes(entry) + entry.bytes;
        }
        let mut lines = Vec::with_capacity(entries.len());
        for (entry, header) in entries.iter().zip(&headers) {
            lines.push(at);
            at += line_bytes(entry, *header);
        }
        let mut res = Self { entries, stamp, headers, lines, end: at, total: at };
        res.total = at + res.end_records().len() as u64;
        res
    }

    /// Returns the number of bytes of the whole zip.
    pub fn total_bytes(&self) -> u64 {
        self.total
    }

    /// Returns the members.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns what stands at a place before the end, and from where to where it reaches.
    pub fn at(&self, place: u64) -> (Span, Range<u64>) {
        let last_before = |starts: &[u64]| starts.partition_point(|it| *it <= place).checked_sub(1);
        if place >= self.end {
            return (Span::End, self.end..self.total);
        }
        if let Some(n) = last_before(&self.lines) {
            return (Span::Line(n), self.lines[n]..self.lines.get(n + 1).copied().unwrap_or(self.end));
        }
        let n = last_before(&self.headers).unwrap_or_default();
        let content = self.headers[n] + header_bytes(&self.entries[n]);
        if place < content {
            (Span::Header(n), self.headers[n]..content)
        } else {
            (Span::Content(n), content..content + self.entries[n].bytes)
        }
    }

    /// Returns the bytes of a header, a line or the end; none for the content of a member.
    pub fn skeleton(&self, span: Span) -> Option<Vec<u8>> {
        match span {
            Span::Header(n) => Some(self.header(n)),
            Span::Content(_) => None,
            Span::Line(n) => Some(self.line(n)),
            Span::End => Some(self.end_records()),
        }
    }

    fn header(&self, n: usize) -> Vec<u8> {
        let entry = &self.entries[n];
        let extra = if entry.bytes >= BEYOND { beyond(&[entry.bytes, entry.bytes]) } else { vec![] };
        let mut res = b"PK\x03\x04".to_vec();
        self.common(&mut res, entry, extra.len(), !extra.is_empty());
        res.extend(entry.name.as_bytes());
        res.extend(extra);
        res
    }

    fn line(&self, n: usize) -> Vec<u8> {
        const UNIX: u16 = 3 << 8;
        let (entry, offset) = (&self.entries[n], self.headers[n]);
        let extra = line_extra(entry, offset);
        let mut res = b"PK\x01\x02".to_vec();
        put16(&mut res, &[UNIX | 45]);
        self.common(&mut res, entry, extra.len(), !extra.is_empty());
        let is_folder = entry.name.ends_with('/');
        // No comment, first disc, binary; then rights as Unix and as MS-DOS know them.
        put16(&mut res, &[0, 0, 0]);
        put32(&mut res, &[if is_folder { 0o40_755 << 16 | 0x10 } else { 0o100_644 << 16 }, offset]);
        res.extend(entry.name.as_bytes());
        res.extend(extra);
        res
    }

    /// The fields that a header and a line have in common, in their common order.
    fn common(&self, res: &mut Vec<u8>, entry: &Entry, n_extra: usize, zip64: bool) {
        const STORED: u16 = 0;
        let Stamp { time, date } = self.stamp;
        put16(res, &[if zip64 { 45 } else { 20 }, FLAGS, STORED, time, date]);
        put32(res, &[entry.crc32.into(), entry.bytes, entry.bytes]);
        put16(res, &[clip16(entry.name.len()), clip16(n_extra)]);
    }

    fn end_records(&self) -> Vec<u8> {
        let first = self.lines.first().copied().unwrap_or(self.end);
        let (n, bytes) = (self.entries.len(), self.end - first);
        let mut res = Vec::new();
        if n > MOST_ENTRIES || bytes >= BEYOND || first >= BEYOND {
            res.extend(b"PK\x06\x06");
            put64(&mut res, &[44]);
            put16(&mut res, &[3 << 8 | 45, 45]);
            put32(&mut res, &[0, 0]);
            put64(&mut res, &[n as u64, n as u64, bytes, first]);
            res.extend(b"PK\x06\x07");
            put32(&mut res, &[0]);
            put64(&mut res, &[self.end]);
            put32(&mut res, &[1]);
        }
        res.extend(b"PK\x05\x06");
        put16(&mut res, &[0, 0, clip16(n), clip16(n)]);
        put32(&mut res, &[bytes, first]);
        put16(&mut res, &[0]);
        res
    }
}

fn header_bytes(entry: &Entry) -> u64 {
    30 + entry.name.len() as u64 + if entry.bytes >= BEYOND { 20 } else { 0 }
}

fn line_bytes(entry: &Entry, offset: u64) -> u64 {
    46 + entry.name.len() as u64 + line_extra(entry, offset).len() as u64
}

/// The zip64 record of a line holds what does not fit its fields, in this order, and nothing else.
fn line_extra(entry: &Entry, offset: u64) -> Vec<u8> {
    let mut fields = Vec::new();
    if entry.bytes >= BEYOND {
        fields.extend([entry.bytes, entry.bytes]);
    }
    if offset >= BEYOND {
        fields.push(offset);
    }
    if fields.is_empty() { vec![] } else { beyond(&fields) }
}

fn beyond(fields: &[u64]) -> Vec<u8> {
    let mut res = Vec::new();
    put16(&mut res, &[1, clip16(fields.len() * 8)]);
    put64(&mut res, fields);
    res
}

fn put16(to: &mut Vec<u8>, fields: &[u16]) {
    fields.iter().for_each(|it| to.extend(it.to_le_bytes()));
}

fn put32(to: &mut Vec<u8>, fields: &[u64]) {
    fields.iter().for_each(|it| to.extend(u32::try_from(*it).unwrap_or(u32::MAX).to_le_bytes()));
}

fn put64(to: &mut Vec<u8>, fields: &[u64]) {
    fields.iter().for_each(|it| to.extend(it.to_le_bytes()));
}

fn clip16(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}
