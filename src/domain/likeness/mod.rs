//! Which pictures look alike and which texts read alike: looks, sketches, and finding near ones among all.
//!
//! A lookup among looks goes through all of them: they lie packed in a row, and at 100,000 photos that takes less time
//! than the page which shows the answer. Among sketches only those are looked at that share a place, which all near ones
//! do. `cargo bench --bench likeness` tells how long, and how far apart copies and strangers are.

use std::collections::BTreeSet;
use std::fmt::{Display, Formatter, Write as _};
use std::str::FromStr;

use crate::domain::id::Digest;
use crate::domain::reading::Facts;
use crate::domain::shared::Shared;
use crate::error::Error;

mod bands;

mod chunks;

mod rows;

mod turned;

use bands::Bands;
use rows::Rows;
pub use turned::Turned;

/// How a picture looks, as 256 bits: one for each step of brightness from a spot to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Look(pub [u64; 4]);

impl Look {
    /// Pictures at most so many bits apart are taken for the same. Measured: copies that were recompressed, resized,
    /// brightened or cropped a little stay within it, different photos beyond.
    pub const NEAR: u32 = 48;

    /// Returns by how many bits two differ, from 0 to 256; pictures that have nothing in common differ by about 128.
    pub fn distance(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// Returns the distance where it is near. Strangers are told apart by how many of the 64 places have a difference in
    /// any of the four words: there are at least as many differences.
    pub fn near(&self, other: &Self) -> Option<u32> {
        let places = self.0.iter().zip(&other.0).fold(0, |all, (a, b)| all | (a ^ b)).count_ones();
        if places > Self::NEAR { None } else { Some(self.distance(other)).filter(|it| *it <= Self::NEAR) }
    }

    /// Returns whether the two are taken for the same picture.
    pub fn is_near(&self, other: &Self) -> bool {
        self.near(other).is_some()
    }

    /// Returns the looks that facts hold: one of a picture, several of a video.
    pub fn all(facts: &Facts) -> impl Iterator<Item = Self> {
        let written = facts.look.as_deref().unwrap_or_default().as_bytes();
        written.chunks(64).filter_map(|it| std::str::from_utf8(it).ok()?.parse().ok())
    }
}

impl Display for Look {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|it| write!(f, "{it:016x}"))
    }
}

impl FromStr for Look {
    type Err = Error;

    fn from_str(written: &str) -> Result<Self, Error> {
        read_hex(written, 16).map(Self).ok_or_else(unreadable)
    }
}

/// A sketch of a text: of its passages of a few characters the one that comes first in each of 64 orders. Two texts
/// have as large a share of them in common as they have of their passages (MinHash).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sketch(pub [u16; 64]);

impl Sketch {
    /// Texts with at least so many of 64 in common are taken for the same. Measured: renditions of one document and
    /// last year's with a new date stay above it, different documents of one office below.
    pub const NEAR: u32 = 40;

    /// Returns how many of 64 the two have in common.
    pub fn shared(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(a, b)| u32::from(a == b)).sum()
    }

    /// Returns how many are shared where that is near.
    pub fn near(&self, other: &Self) -> Option<u32> {
        Some(self.shared(other)).filter(|it| *it >= Self::NEAR)
    }

    /// Returns the sketch that facts hold.
    pub fn of(facts: &Facts) -> Option<Self> {
        facts.sketch.as_deref()?.parse().ok()
    }
}

impl Display for Sketch {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let mut res = String::with_capacity(256);
        self.0.iter().try_for_each(|it| write!(res, "{it:04x}"))?;
        f.write_str(&res)
    }
}

impl FromStr for Sketch {
    type Err = Error;

    fn from_str(written: &str) -> Result<Self, Error> {
        let read: [u64; 64] = read_hex(written, 4).ok_or_else(unreadable)?;
        // Four digits are 16 bits.
        Ok(Self(read.map(|it| it as u16)))
    }
}

/// Reads N numbers of as many hexadecimal digits each, and nothing beside them.
fn read_hex<const N: usize>(written: &str, digits: usize) -> Option<[u64; N]> {
    if written.len() != N * digits || !written.bytes().all(|it| it.is_ascii_hexdigit()) {
        return None;
    }
    let mut res = [0; N];
    for (n, to) in res.iter_mut().enumerate() {
        *to = u64::from_str_radix(written.get(n * digits..(n + 1) * digits)?, 16).ok()?;
    }
    Some(res)
}

fn unreadable() -> Error {
    Error::invalid("A look or sketch is not written in hexadecimal.")
}

/// What all blobs look like and how they read. A copy shares with it all that stays the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Likeness {
    looks: Rows<Look>,
    sketches: Sketches,
    numbers: Shared<(String, Digest), ()>,
}

/// Sketches in rows, found by what they share.
#[derive(Clone, Debug, Default)]
struct Sketches {
    rows: Rows<Sketch>,
    bands: Bands,
}

impl PartialEq for Sketches {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows
    }
}

impl Sketches {
    fn push(&mut self, blob: Digest, sketch: Sketch) {
        self.bands.push(&sketch);
        self.rows.push(blob, sketch);
    }

    fn remove(&mut self, blob: &Digest) {
        self.rows.remove(blob);
        if self.rows.sweep() {
            self.bands = Bands::default();
            self.rows.iter().for_each(|(_, it)| self.bands.push(it));
        }
    }

    fn near(&self, sketch: &Sketch) -> Vec<(Digest, u32)> {
        let found = self.bands.sharing(sketch).into_iter().filter_map(|it| self.rows.get(it));
        found.filter_map(|(blob, it)| Some((*blob, it.near(sketch)?))).collect()
    }
}

impl Likeness {
    /// Returns whether facts hold the same of what is kept here; none hold nothing.
    pub fn is_same(one: Option<&Facts>, other: Option<&Facts>) -> bool {
        fn kept(facts: Option<&Facts>) -> [Option<&str>; 3] {
            facts
                .map(|it| [&it.look, &it.sketch, &it.document_number].map(Option::as_deref))
                .unwrap_or_default()
        }
        kept(one) == kept(other)
    }

    /// Takes up a blob that is not here yet.
    pub fn add(&mut self, blob: Digest, facts: &Facts) {
        Look::all(facts).for_each(|it| self.looks.push(blob, it));
        if let Some(sketch) = Sketch::of(facts) {
            self.sketches.push(blob, sketch);
        }
        if let Some(number) = facts.document_number.clone() {
            self.numbers.insert((number, blob), ());
        }
    }

    /// Takes out a blob with the facts it was added with.
    pub fn remove(&mut self, blob: &Digest, facts: &Facts) {
        if facts.look.is_some() {
            self.looks.remove(blob);
            self.looks.sweep();
        }
        if facts.sketch.is_some() {
            self.sketches.remove(blob);
        }
        if let Some(number) = facts.document_number.clone() {
            self.numbers.remove(&(number, *blob));
        }
    }

    /// Returns the blobs that look like a picture, however it is turned or mirrored, each with its distance, nearest
    /// first.
    pub fn looking_like(&self, look: &Look) -> Vec<(Digest, u32)> {
        let ways = look.turned();
        let near = |it: &Look| ways.iter().filter_map(|way| way.near(it)).min();
        let found = self.looks.iter().filter_map(|(blob, it)| Some((*blob, near(it)?)));
        let mut res: Vec<(Digest, u32)> = found.collect();
        res.sort_unstable_by_key(|it| (it.1, it.0));
        // Of a video several pictures may be near; the nearest speaks for it.
        let mut seen = BTreeSet::new();
        res.retain(|it| seen.insert(it.0));
        res
    }

    /// Returns the blobs that read like a text, each with how many of 64 passages it shares, nearest first.
    pub fn reading_like(&self, sketch: &Sketch) -> Vec<(Digest, u32)> {
        let mut res = self.sketches.near(sketch);
        res.sort_unstable_by_key(|it| (std::cmp::Reverse(it.1), it.0));
        res
    }

    /// Returns the blobs that bear a document number.
    pub fn numbered(&self, number: &str) -> impl Iterator<Item = &Digest> {
        let number = number.to_owned();
        let from = (number.clone(), Digest::new([0; 32]));
        self.numbers.from(from).map(|it| it.0).take_while(move |it| it.0 == number).map(|it| &it.1)
    }

    /// Returns how many bytes the rows take.
    pub fn bytes(&self) -> usize {
        self.looks.bytes() + self.sketches.rows.bytes() + self.sketches.bands.bytes()
    }
}

#[cfg(test)]
mod tests;
