//! Windows metafiles ([MS-WMF]): records of 16-bit words, texts in the code page of their font.

use std::collections::BTreeSet;

use crate::extract::metafile::canvas::{Canvas, Font};
use crate::extract::metafile::{narrow, short_at};
use crate::extract::numbers::{u16_at, u32_at};

/// Before the advances stands a rectangle: what is drawn is filled or cut.
const RECTANGLE: u16 = 0x02 | 0x04;

/// The string is of numbers of glyphs, which only the font could tell.
const GLYPHS: u16 = 0x10;

/// Objects are chosen by numbers of 16 bits.
const MOST: usize = 1 << 16;

/// Returns the records of a metafile, with or without the head that places it; `None` if it is none.
pub(super) fn records(bytes: &[u8]) -> Option<&[u8]> {
    let bytes = if bytes.starts_with(&[0xD7, 0xCD, 0xC6, 0x9A]) { bytes.get(22..)? } else { bytes };
    let head = (u16_at(bytes, 0)?, u16_at(bytes, 2)?, u16_at(bytes, 4)?);
    matches!(head, (1 | 2, 9, 0x100 | 0x300)).then(|| bytes.get(18..)).flatten()
}

pub(super) fn text(records: &[u8]) -> String {
    // Numbers mean what whoever shows it makes of its window.
    let mut reader = Reader { canvas: Canvas::new(8), objects: Vec::new(), free: BTreeSet::new() };
    let mut rest = records;
    while let (Some(length), Some(kind)) = (u32_at(rest, 0), u16_at(rest, 4)) {
        let length = (length as usize).saturating_mul(2);
        let Some((record, after)) = rest.split_at_checked(length).filter(|_| length >= 6 && kind != 0) else {
            break;
        };
        // One that is too short for what it should hold is passed over.
        let _passed_over = reader.see(kind, record);
        rest = after;
    }
    reader.canvas.lines.finish()
}

struct Reader {
    canvas: Canvas,
    /// What was made, by number: fonts, and what is none.
    objects: Vec<Option<Font>>,
    /// Numbers whose object is gone; the next one made takes the lowest.
    free: BTreeSet<usize>,
}

impl Reader {
    fn see(&mut self, kind: u16, record: &[u8]) -> Option<()> {
        let pair = || Some((short_at(record, 8)?, short_at(record, 6)?));
        let scene = &mut self.canvas.scene;
        match kind {
            0x020B => scene.inner.origin = pair()?,
            0x020C => scene.inner.extent = Some(pair()?),
            0x020D => scene.outer.origin = pair()?,
            0x020E => scene.outer.extent = Some(pair()?),
            0x0103 => scene.mode = u16_at(record, 6)?.into(),
            0x012E => scene.align = u16_at(record, 6)?.into(),
            0x0213 | 0x0214 => scene.at = pair()?,
            0x001E => self.canvas.save(),
            0x0127 => self.canvas.restore(short_at(record, 6)?),
            0x012D => {
                let font = self.objects.get(usize::from(u16_at(record, 6)?)).copied().flatten();
                scene.font = font.unwrap_or(scene.font);
            }
            0x01F0 => {
                let n = usize::from(u16_at(record, 6)?);
                *self.objects.get_mut(n)? = None;
                self.free.insert(n);
            }
            0x02FB => {
                let font = Font::new(short_at(record, 6)?, short_at(record, 10)?, *record.get(19)?);
                self.make(Some(font));
            }
            // Palettes, brushes, pens and regions.
            0x00F7 | 0x01F9 | 0x0142 | 0x02FA | 0x02FC | 0x06FF => self.make(None),
            0x0521 => self.string(record)?,
            0x0A32 => self.long_string(record)?,
            _ => {}
        }
        Some(())
    }

    fn make(&mut self, object: Option<Font>) {
        let n = self.free.pop_first().unwrap_or(self.objects.len());
        match self.objects.get_mut(n) {
            Some(place) => *place = object,
            None if n < MOST => self.objects.push(object),
            None => {}
        }
    }

    fn string(&mut self, record: &[u8]) -> Option<()> {
        let n = usize::from(u16_at(record, 6)?);
        let string = record.get(8..8 + n)?;
        let after = 8 + n.next_multiple_of(2);
        self.draw((short_at(record, after + 2)?, short_at(record, after)?), string, None)
    }

    fn long_string(&mut self, record: &[u8]) -> Option<()> {
        let place = (short_at(record, 8)?, short_at(record, 6)?);
        let (n, options) = (usize::from(u16_at(record, 10)?), u16_at(record, 12)?);
        let from = if options & RECTANGLE != 0 { 22 } else { 14 };
        let string = record.get(from..from + n).filter(|_| options & GLYPHS == 0)?;
        // One for each byte; what is left out is not told.
        let advances = record.get(from + n.next_multiple_of(2)..).and_then(|it| it.get(..n * 2));
        let length = advances.map(|it| it.chunks_exact(2).filter_map(|it| short_at(it, 0)).sum());
        self.draw(place, string, length)
    }

    fn draw(&mut self, place: (f64, f64), string: &[u8], length: Option<f64>) -> Option<()> {
        if self.canvas.lines.admits(string.len()) {
            let words = narrow(string, self.canvas.scene.font.charset);
            self.canvas.draw(place, words, length);
        }
        Some(())
    }
}
