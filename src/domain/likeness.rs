//! Which pictures look alike and which texts read alike: looks, sketches, and finding near ones among all.
//!
//! A lookup goes through all of them: they lie packed in a row, and at 100,000 photos that takes less time than the page
//! which shows the answer. `cargo bench --bench likeness` tells how long, and how far apart copies and strangers are.

use std::collections::BTreeSet;
use std::fmt::{Display, Formatter, Write as _};
use std::str::FromStr;

use crate::domain::id::Digest;
use crate::domain::reading::Facts;
use crate::error::Error;

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

    /// Returns the distance where it is near. Strangers are told apart by the first half of the bits.
    pub fn near(&self, other: &Self) -> Option<u32> {
        let half: u32 = self.0[..2].iter().zip(&other.0[..2]).map(|(a, b)| (a ^ b).count_ones()).sum();
        if half > Self::NEAR { None } else { Some(self.distance(other)).filter(|it| *it <= Self::NEAR) }
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

    /// Returns how many are shared where that is near. At most 24 of 64 may differ then, so of any 25 one is shared.
    pub fn near(&self, other: &Self) -> Option<u32> {
        const SOME: usize = 64 - Sketch::NEAR as usize + 1;
        let stranger = self.0[..SOME].iter().zip(&other.0[..SOME]).all(|(a, b)| a != b);
        if stranger { None } else { Some(self.shared(other)).filter(|it| *it >= Self::NEAR) }
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

/// What all blobs look like and how they read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Likeness {
    looks: Rows<Look>,
    sketches: Rows<Sketch>,
    numbers: BTreeSet<(String, Digest)>,
}

/// Values in a row, each with the blob it is of. The order says nothing.
#[derive(Clone, Debug)]
struct Rows<T> {
    values: Vec<T>,
    blobs: Vec<Digest>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { values: Vec::new(), blobs: Vec::new() }
    }
}

impl<T: Ord> PartialEq for Rows<T> {
    fn eq(&self, other: &Self) -> bool {
        let sorted = |it: &Self| {
            let mut all: Vec<usize> = (0..it.values.len()).collect();
            all.sort_by(|a, b| (it.blobs[*a], &it.values[*a]).cmp(&(it.blobs[*b], &it.values[*b])));
            all
        };
        let row = |it: &(usize, usize)| {
            self.blobs[it.0] == other.blobs[it.1] && self.values[it.0] == other.values[it.1]
        };
        self.values.len() == other.values.len()
            && sorted(self).into_iter().zip(sorted(other)).all(|it| row(&it))
    }
}

impl<T> Rows<T> {
    fn push(&mut self, blob: Digest, value: T) {
        self.blobs.push(blob);
        self.values.push(value);
    }

    fn remove(&mut self, blob: &Digest) {
        while let Some(n) = self.blobs.iter().position(|it| it == blob) {
            self.blobs.swap_remove(n);
            self.values.swap_remove(n);
        }
    }

    /// Returns the blobs whose values are near, with their measure.
    fn near(&self, measure: impl Fn(&T) -> Option<u32>) -> Vec<(Digest, u32)> {
        let found = self.values.iter().zip(&self.blobs);
        found.filter_map(|(value, blob)| Some((*blob, measure(value)?))).collect()
    }
}

impl Likeness {
    /// Returns whether facts hold anything that is kept here.
    pub fn concerns(facts: &Facts) -> bool {
        facts.look.is_some() || facts.sketch.is_some() || facts.document_number.is_some()
    }

    /// Takes up a blob that is not here yet.
    pub fn add(&mut self, blob: Digest, facts: &Facts) {
        Look::all(facts).for_each(|it| self.looks.push(blob, it));
        if let Some(sketch) = Sketch::of(facts) {
            self.sketches.push(blob, sketch);
        }
        self.numbers.extend(facts.document_number.clone().map(|it| (it, blob)));
    }

    /// Takes out a blob with the facts it was added with.
    pub fn remove(&mut self, blob: &Digest, facts: &Facts) {
        if facts.look.is_some() {
            self.looks.remove(blob);
        }
        if facts.sketch.is_some() {
            self.sketches.remove(blob);
        }
        if let Some(number) = facts.document_number.clone() {
            self.numbers.remove(&(number, *blob));
        }
    }

    /// Returns the blobs that look like a picture, each with its distance, nearest first.
    pub fn looking_like(&self, look: &Look) -> Vec<(Digest, u32)> {
        let mut res = self.looks.near(|it| it.near(look));
        res.sort_unstable_by_key(|it| (it.1, it.0));
        // Of a video several pictures may be near; the nearest speaks for it.
        let mut seen = BTreeSet::new();
        res.retain(|it| seen.insert(it.0));
        res
    }

    /// Returns the blobs that read like a text, each with how many of 64 passages it shares, nearest first.
    pub fn reading_like(&self, sketch: &Sketch) -> Vec<(Digest, u32)> {
        let mut res = self.sketches.near(|it| it.near(sketch));
        res.sort_unstable_by_key(|it| (std::cmp::Reverse(it.1), it.0));
        res
    }

    /// Returns the blobs that bear a document number.
    pub fn numbered(&self, number: &str) -> impl Iterator<Item = &Digest> {
        let number = number.to_owned();
        let from = (number.clone(), Digest::new([0; 32]));
        self.numbers.range(from..).take_while(move |it| it.0 == number).map(|it| &it.1)
    }

    /// Returns how many bytes the rows take.
    pub fn bytes(&self) -> usize {
        let (looks, sketches) = (&self.looks, &self.sketches);
        size_of_val(looks.values.as_slice())
            + size_of_val(looks.blobs.as_slice())
            + size_of_val(sketches.values.as_slice())
            + size_of_val(sketches.blobs.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(look: Option<&str>, sketch: Option<Sketch>, number: Option<&str>) -> Facts {
        Facts {
            look: look.map(str::to_owned),
            sketch: sketch.map(|it| it.to_string()),
            document_number: number.map(str::to_owned),
            ..Facts::default()
        }
    }

    fn blob(n: u8) -> Digest {
        Digest::new([n; 32])
    }

    #[test]
    fn looks_and_sketches_come_back_as_written_and_nothing_else_is_read() {
        let look = Look([1, u64::MAX, 0, 0x0123_4567_89ab_cdef]);
        assert_eq!(look.to_string().parse::<Look>().unwrap(), look);
        let mut sketch = Sketch([7; 64]);
        sketch.0[63] = u16::MAX;
        assert_eq!(sketch.to_string().parse::<Sketch>().unwrap(), sketch);
        for bad in ["", "zz", &"g".repeat(64), &"0".repeat(63), &"文".repeat(64)] {
            assert!(bad.parse::<Look>().is_err() && bad.parse::<Sketch>().is_err(), "{bad}");
        }
    }

    #[test]
    fn near_ones_are_found_nearest_first_and_far_ones_are_not() {
        let mut all = Likeness::default();
        let plain = Look([0; 4]);
        let off = |bits: u32| Look([(1_u64 << bits) - 1, 0, 0, 0]);
        let beyond = Look([u64::MAX, 0, 0, 0]);
        for (n, look) in [(1, off(9)), (2, plain), (3, beyond), (4, off(Look::NEAR))] {
            all.add(blob(n), &facts(Some(&look.to_string()), None, None));
        }
        let near = [(blob(2), 0), (blob(1), 9), (blob(4), Look::NEAR)];
        assert_eq!(all.looking_like(&plain), near);
        let film = format!("{beyond}{}{}", off(5), off(3));
        all.add(blob(5), &facts(Some(&film), None, None));
        assert!(all.looking_like(&plain).contains(&(blob(5), 3)));
        assert_eq!(all.looking_like(&plain).len(), 4, "a video counts once");
        all.remove(&blob(5), &facts(Some(&film), None, None));
        assert_eq!(all.looking_like(&plain), near);
    }

    #[test]
    fn texts_and_numbers_are_found_until_they_are_taken_out() {
        let mut all = Likeness::default();
        let (one, mut two) = (Sketch([1; 64]), Sketch([1; 64]));
        two.0[..4].fill(2);
        let (first, second) = (
            facts(None, Some(one), Some("示创〔2017〕2号")),
            facts(None, Some(two), Some("示创〔2017〕2号")),
        );
        all.add(blob(1), &first);
        let alone = all.clone();
        all.add(blob(2), &second);
        all.add(blob(3), &facts(None, Some(Sketch([3; 64])), Some("示创〔2017〕21号")));
        assert_eq!(all.reading_like(&one), [(blob(1), 64), (blob(2), 60)]);
        assert_eq!(all.numbered("示创〔2017〕2号").collect::<Vec<_>>(), [&blob(1), &blob(2)]);
        all.remove(&blob(2), &second);
        all.remove(&blob(3), &facts(None, Some(Sketch([3; 64])), Some("示创〔2017〕21号")));
        assert_eq!(all, alone);
    }

    #[test]
    fn the_order_in_which_blobs_came_says_nothing() {
        let one = facts(Some(&Look([1; 4]).to_string()), None, None);
        let two = facts(Some(&Look([2; 4]).to_string()), None, None);
        let (mut here, mut there) = (Likeness::default(), Likeness::default());
        here.add(blob(1), &one);
        here.add(blob(2), &two);
        there.add(blob(2), &two);
        there.add(blob(1), &one);
        assert_eq!(here, there);
        there.remove(&blob(1), &one);
        there.add(blob(1), &two);
        assert_ne!(here, there);
    }
}
