//! Enhanced metafiles ([MS-EMF]): records of 32-bit numbers, with those of EMF+ within comments.

use std::collections::HashMap;

use crate::extract::metafile::canvas::{Canvas, Font, Turn};
use crate::extract::metafile::lines::{Point, Run};
use crate::extract::metafile::{float_at, long_at, narrow, wide};
use crate::extract::numbers::{u16_at, u32_at};

/// The string is of numbers of glyphs, which only the font could tell.
const GLYPHS: u32 = 0x10;

/// There is no rectangle before the string.
const NO_RECTANGLE: u32 = 0x100;

/// The string is of bytes.
const SMALL_CHARS: u32 = 0x200;

/// Advances are pairs of numbers.
const PAIRS: u32 = 0x2000;

/// Whether these bytes begin as an enhanced metafile does.
pub(super) fn is(bytes: &[u8]) -> bool {
    u32_at(bytes, 0) == Some(1) && bytes.get(40..44) == Some(b" EMF")
}

pub(super) fn text(bytes: &[u8]) -> String {
    let mut reader = Reader { canvas: Canvas::new(1), fonts: HashMap::new() };
    each(bytes, |kind, record| reader.see(kind, record));
    if reader.canvas.lines.is_blank() {
        // Files for both kinds of readers say everything twice; those for the newer only say it so.
        each(bytes, |kind, record| if kind == 0x46 { reader.plus(record) } else { Some(()) });
    }
    reader.canvas.lines.finish()
}

/// Sees each record with its head, up to the one that ends the picture or is torn. One that is too short for what it
/// should hold is passed over.
fn each(bytes: &[u8], mut see: impl FnMut(u32, &[u8]) -> Option<()>) {
    let mut rest = bytes;
    while let (Some(kind), Some(length)) = (u32_at(rest, 0), u32_at(rest, 4)) {
        let length = length as usize;
        let Some((record, after)) = rest.split_at_checked(length).filter(|_| length >= 8) else { return };
        let _passed_over = see(kind, record);
        if kind == 0x0E {
            return;
        }
        rest = after;
    }
}

struct Reader {
    canvas: Canvas,
    fonts: HashMap<u32, Font>,
}

impl Reader {
    fn see(&mut self, kind: u32, record: &[u8]) -> Option<()> {
        let pair = || Some((long_at(record, 8)?, long_at(record, 12)?));
        let scene = &mut self.canvas.scene;
        match kind {
            0x09 => scene.inner.extent = Some(pair()?),
            0x0A => scene.inner.origin = pair()?,
            0x0B => scene.outer.extent = Some(pair()?),
            0x0C => scene.outer.origin = pair()?,
            0x11 => scene.mode = u32_at(record, 8)?,
            0x16 => scene.align = u32_at(record, 8)?,
            0x1B | 0x36 => scene.at = pair()?,
            0x21 => self.canvas.save(),
            0x22 => self.canvas.restore(long_at(record, 8)?),
            0x23 => self.canvas.turn(turn(record)?, 4),
            0x24 => self.canvas.turn(turn(record)?, u32_at(record, 32)?),
            0x25 => {
                let font = self.fonts.get(&u32_at(record, 8)?);
                scene.font = font.copied().unwrap_or(scene.font);
            }
            0x28 => drop(self.fonts.remove(&u32_at(record, 8)?)),
            0x52 => {
                let font = Font::new(long_at(record, 12)?, long_at(record, 20)?, *record.get(35)?);
                self.fonts.insert(u32_at(record, 8)?, font);
            }
            0x53 | 0x54 => self.string(record, 36, kind == 0x54)?,
            0x60 | 0x61 => {
                let n = u32_at(record, 36)? as usize;
                for n in 0..n.min(record.len() / 40) {
                    self.string(record, 40 + n * 40, kind == 0x61)?;
                }
            }
            0x6C => self.small(record)?,
            _ => {}
        }
        Some(())
    }

    /// Draws the string that the words at this place of the record tell of ([MS-EMF] 2.2.5).
    fn string(&mut self, record: &[u8], at: usize, is_wide: bool) -> Option<()> {
        let place = (long_at(record, at)?, long_at(record, at + 4)?);
        let (n, from) = (u32_at(record, at + 8)? as usize, u32_at(record, at + 12)? as usize);
        let options = u32_at(record, at + 16)?;
        let n_bytes = if is_wide { n.checked_mul(2)? } else { n };
        if options & GLYPHS != 0 || !self.canvas.lines.admits(n_bytes) {
            return None;
        }
        let string = record.get(from..from.checked_add(n_bytes)?)?;
        let words = if is_wide { wide(string) } else { narrow(string, self.canvas.scene.font.charset) };
        let (step, advances) = (if options & PAIRS != 0 { 8 } else { 4 }, u32_at(record, at + 36)? as usize);
        let length = advances.checked_add(n.checked_mul(step)?).and_then(|end| record.get(advances..end));
        let length = length.filter(|_| advances > 0);
        let length = length.map(|it| it.chunks_exact(step).filter_map(|it| long_at(it, 0)).sum());
        self.canvas.draw(place, words, length);
        Some(())
    }

    fn small(&mut self, record: &[u8]) -> Option<()> {
        let (place, n) = ((long_at(record, 8)?, long_at(record, 12)?), u32_at(record, 16)? as usize);
        let options = u32_at(record, 20)?;
        let from = if options & NO_RECTANGLE != 0 { 36 } else { 52 };
        let n_bytes = if options & SMALL_CHARS != 0 { n } else { n.checked_mul(2)? };
        if options & GLYPHS != 0 || !self.canvas.lines.admits(n_bytes) {
            return None;
        }
        let string = record.get(from..n_bytes.checked_add(from)?)?;
        let words = if options & SMALL_CHARS != 0 {
            narrow(string, self.canvas.scene.font.charset)
        } else {
            wide(string)
        };
        self.canvas.draw(place, words, None);
        Some(())
    }

    /// Draws the strings of EMF+ within a comment ([MS-EMFPLUS] 2.3.4); each stands alone but for those set character by
    /// character.
    fn plus(&mut self, record: &[u8]) -> Option<()> {
        let mut rest = record.get(12..)?.strip_prefix(b"EMF+")?;
        while let (Some(kind), Some(length)) = (u16_at(rest, 0), u32_at(rest, 4)) {
            let length = length as usize;
            let (record, after) = rest.split_at_checked(length).filter(|_| length >= 12)?;
            let _passed_over = match kind {
                0x401C => self.plus_string(record, 20, 24, 40),
                // With this bit, the numbers are those of characters.
                0x4036 if u32_at(record, 16)? & 1 == 1 => {
                    let n = u32_at(record, 24)? as usize;
                    self.plus_string(record, 24, n.checked_mul(2)?.checked_add(28)?, 28)
                }
                _ => None,
            };
            rest = after;
        }
        Some(())
    }

    /// Draws a string of which the record tells how long it is, where it stands and what it says.
    fn plus_string(&mut self, record: &[u8], length: usize, place: usize, string: usize) -> Option<()> {
        let n_bytes = (u32_at(record, length)? as usize).checked_mul(2)?;
        let string = record.get(string..string.checked_add(n_bytes)?)?;
        let start: Point = (float_at(record, place)?, float_at(record, place + 4)?);
        if self.canvas.lines.admits(n_bytes) {
            // Its turns are not followed, and so no two are taken for one line.
            let run =
                Run { words: wide(string), start, end: start, way: (0.0, 0.0), height: 0.0, guessed: true };
            self.canvas.lines.add(run);
        }
        Some(())
    }
}

fn turn(record: &[u8]) -> Option<Turn> {
    let number = |n: usize| float_at(record, 8 + n * 4);
    Some([number(0)?, number(1)?, number(2)?, number(3)?, number(4)?, number(5)?])
}
