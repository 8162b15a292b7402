//! The bytes of a dossier, all of them or any range, in flat memory.

use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;

use crate::dossier::container::Span;
use crate::dossier::layout::{Content, Layout, Member};
use crate::error::{Error, Kind, Result};

/// Something that can be read from any place, such as a file.
pub trait Source: Read + Seek {}

impl<T: Read + Seek> Source for T {}

/// Opens the stored bytes of a member: a blob, or the thumbnail of one. It is never asked for text.
pub type Open<'a> = dyn Fn(&Content) -> Result<Box<dyn Source>> + 'a;

const BUFFER: usize = 64 << 10;

impl Layout {
    /// Writes the whole dossier.
    ///
    /// # Errors
    /// As those of [`Layout::read_range`].
    pub fn write(&self, open: &Open, out: &mut dyn Write) -> Result<()> {
        self.read_range(0..self.total_bytes(), open, out)
    }

    /// Writes the bytes of a range; what lies beyond the end is left out.
    ///
    /// # Errors
    /// `Corrupt`, naming the file, where stored bytes are missing or have another length; also, once a member was
    /// written from its first byte to its last, where they have another CRC-32. `Unavailable` where `out` takes no more.
    pub fn read_range(&self, range: Range<u64>, open: &Open, out: &mut dyn Write) -> Result<()> {
        let mut place = range.start;
        let end = range.end.min(self.total_bytes());
        while place < end {
            let (span, stretch) = self.container().at(place);
            let within = place - stretch.start..end.min(stretch.end) - stretch.start;
            match (self.container().skeleton(span), span) {
                (Some(bytes), _) => put(out, slice(&bytes, &within))?,
                (None, Span::Content(n)) => content(&self.members()[n], within, open, out)?,
                (None, _) => {}
            }
            place = stretch.end;
        }
        Ok(())
    }
}

/// Writes a range of the content of one member.
fn content(member: &Member, range: Range<u64>, open: &Open, out: &mut dyn Write) -> Result<()> {
    if let Content::Text(bytes) = &member.content {
        return put(out, slice(bytes, &range));
    }
    let mut source = open(&member.content).map_err(|it| match it.kind() {
        Kind::NotFound | Kind::Corrupt => changed(member, "it is missing").with_source(it),
        _ => it,
    })?;
    let unreadable = |it: std::io::Error| changed(member, "it cannot be read").with_source(it);
    if source.seek(SeekFrom::End(0)).map_err(unreadable)? != member.bytes {
        return Err(changed(member, "its length has changed"));
    }
    source.seek(SeekFrom::Start(range.start)).map_err(unreadable)?;
    let mut crc = crc32fast::Hasher::new();
    let mut buffer = [0; BUFFER];
    let mut left = range.end - range.start;
    while left > 0 {
        let wanted = usize::try_from(left).unwrap_or(BUFFER).min(BUFFER);
        source.read_exact(&mut buffer[..wanted]).map_err(unreadable)?;
        crc.update(&buffer[..wanted]);
        put(out, &buffer[..wanted])?;
        left -= wanted as u64;
    }
    let is_whole = range == (0..member.bytes);
    if is_whole && crc.finalize() != member.crc32 {
        return Err(changed(member, "its bytes have changed"));
    }
    Ok(())
}

fn changed(member: &Member, how: &str) -> Error {
    Error::corrupt(format!(
        "The file {} ({}) cannot be handed over: {how}. Run `juanzong audit`, or restore it from a backup.",
        member.path, member.sha256
    ))
}

fn put(out: &mut dyn Write, bytes: &[u8]) -> Result<()> {
    out.write_all(bytes).map_err(|it| {
        Error::unavailable("The dossier could not be written on: the disk is full or the receiver left.")
            .with_source(it)
    })
}

/// Ranges of what is held in memory fit `usize`.
fn slice<'a>(bytes: &'a [u8], range: &Range<u64>) -> &'a [u8] {
    let at = |it: u64| usize::try_from(it).unwrap_or(usize::MAX).min(bytes.len());
    &bytes[at(range.start)..at(range.end)]
}
