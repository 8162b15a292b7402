//! The pieces a text is made of ([MS-DOC] 2.8.35, 2.9.38, 2.9.177): characters of the one are bytes, of the other UTF-16.

use std::ops::Range;

use crate::extract::numbers::{u16_at, u32_at};

/// Marks offsets of characters that are bytes; they are told twice as large.
const NARROW: u32 = 1 << 30;

/// A run of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its characters within the text.
    pub(super) text: Range<u32>,
    flags: u16,
    offset: u32,
    change: u16,
}

impl Piece {
    /// Returns where its characters stand in the main stream, and how many bytes each takes.
    pub(super) fn bytes(&self) -> (Range<u64>, u64) {
        let (start, width) = match self.offset & NARROW {
            0 => (self.offset, 2),
            _ => ((self.offset & !NARROW) / 2, 1),
        };
        let length = u64::from(self.text.end - self.text.start) * width;
        (start.into()..u64::from(start) + length, width)
    }

    /// Returns the part of it between two characters of the text.
    fn part(&self, text: Range<u32>) -> Self {
        // Of narrow characters the offset is doubled, so that it grows by two for each of either.
        let offset = self.offset.saturating_add((text.start - self.text.start).saturating_mul(2));
        Self { text, offset, ..self.clone() }
    }
}

/// What is put into the text before a character, and where it stands in the main stream, in UTF-16.
pub(super) struct Added {
    pub(super) at: u32,
    pub(super) n_units: u32,
    pub(super) offset: u32,
}

/// The pieces and what stands before them: changes of some.
pub(super) struct Clx<'a> {
    changes: &'a [u8],
    pub(super) pieces: Vec<Piece>,
}

impl<'a> Clx<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut at = 0;
        while *bytes.get(at)? == 1 {
            at += 3 + usize::from(u16_at(bytes, at + 1)?);
        }
        let (changes, rest) = bytes.split_at_checked(at)?;
        let length = u32_at(rest, 1).filter(|_| rest.first() == Some(&2))? as usize;
        let plc = rest.get(5..)?.get(..length)?;
        let n = plc.len().checked_sub(4)? / 12;
        let mut pieces = Vec::with_capacity(n);
        for n_piece in 0..n {
            let text = u32_at(plc, n_piece * 4)?..u32_at(plc, n_piece * 4 + 4)?;
            let at = (n + 1) * 4 + n_piece * 8;
            let (flags, offset, change) = (u16_at(plc, at)?, u32_at(plc, at + 2)?, u16_at(plc, at + 6)?);
            // Pieces out of order are nothing to build on.
            if text.is_empty() || (n_piece == 0 && text.start != 0) {
                return None;
            }
            pieces.push(Piece { text, flags, offset, change });
        }
        Some(Self { changes, pieces })
    }

    /// Returns the pieces with others between them, which are in the order of the text.
    pub(super) fn with(&self, added: &[Added]) -> Option<Vec<u8>> {
        let (mut pieces, mut added) = (Vec::new(), added.iter().peekable());
        for piece in &self.pieces {
            let mut from = piece.text.start;
            while let Some(it) = added.next_if(|it| it.at < piece.text.end) {
                if it.at > from {
                    pieces.push(piece.part(from..it.at));
                    from = it.at;
                }
                pieces.push(Piece { text: 0..it.n_units, flags: 0, offset: it.offset, change: 0 });
            }
            pieces.push(piece.part(from..piece.text.end));
        }
        let (mut ends, mut end) = (vec![0_u32], 0_u32);
        for piece in &pieces {
            end = end.checked_add(piece.text.end - piece.text.start)?;
            ends.push(end);
        }
        let mut plc: Vec<u8> = ends.into_iter().flat_map(u32::to_le_bytes).collect();
        for piece in pieces {
            plc.extend(piece.flags.to_le_bytes());
            plc.extend(piece.offset.to_le_bytes());
            plc.extend(piece.change.to_le_bytes());
        }
        let length = u32::try_from(plc.len()).ok()?;
        Some([self.changes, &[2], &length.to_le_bytes(), &plc].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clx(pieces: &[(u32, u32)]) -> Vec<u8> {
        let ends = pieces.iter().scan(0, |end, it| {
            *end += it.0;
            Some(*end)
        });
        let mut plc: Vec<u8> = [0].into_iter().chain(ends).flat_map(u32::to_le_bytes).collect();
        for (_, offset) in pieces {
            plc.extend([[0; 2].as_slice(), &offset.to_le_bytes(), &[0; 2]].concat());
        }
        [[1, 1, 0, 9, 2].as_slice(), &(plc.len() as u32).to_le_bytes(), &plc].concat()
    }

    #[test]
    fn pieces_are_split_where_something_is_added() {
        let bytes = clx(&[(10, 1_000), (6, NARROW | 4_000)]);
        let read = Clx::read(&bytes).unwrap();
        assert_eq!(read.pieces[0].bytes(), (1_000..1_020, 2));
        assert_eq!(read.pieces[1].bytes(), (2_000..2_006, 1));
        assert_eq!(read.with(&[]).unwrap(), bytes);
        let added = [0, 4, 10, 12].map(|at| Added { at, n_units: 3, offset: 9_000 });
        let more = read.with(&added).unwrap();
        let places: Vec<_> =
            (Clx::read(&more).unwrap().pieces.iter()).map(|it| (it.text.start, it.bytes().0.start)).collect();
        assert_eq!(
            places,
            [
                (0, 9_000),
                (3, 1_000),
                (7, 9_000),
                (10, 1_008),
                (16, 9_000),
                (19, 2_000),
                (21, 9_000),
                (24, 2_002)
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_added_is_all_that_is_added(bytes in proptest::collection::vec(0_u8..4, 0..80), mut at in proptest::collection::vec(0_u32..20, 0..4)) {
            at.sort_unstable();
            let added: Vec<_> = at.iter().map(|at| Added { at: *at, n_units: 1, offset: u32::MAX }).collect();
            let bytes = [&[2, bytes.len() as u8, 0, 0, 0], bytes.as_slice()].concat();
            if let Some(read) = Clx::read(&bytes).filter(|it| !it.pieces.is_empty()) {
                let end = |of: &Clx<'_>| of.pieces.last().map_or(0, |it| it.text.end);
                let more = read.with(&added).unwrap();
                let n_added = at.iter().filter(|it| **it < end(&read)).count() as u32;
                proptest::prop_assert_eq!(end(&Clx::read(&more).unwrap()), end(&read) + n_added);
            }
        }
    }
}
