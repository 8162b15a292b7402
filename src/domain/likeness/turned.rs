//! A picture turned or mirrored, as its look tells it without the picture: the steps of brightness are the same ones,
//! found in other places and some the other way round.
//!
//! A look is made of a square of 12 × 12 spots: 132 steps to the right, row by row, then 132 steps down, column by
//! column, of which the last eight are left out. Where a turned look would need one of those, nothing is known.

use crate::domain::likeness::Look;

/// Spots of a row or column, and steps between them.
const SPOTS: usize = 12;
const STEPS: usize = SPOTS - 1;

/// The steps in one direction.
const HALF: usize = SPOTS * STEPS;

/// The look a picture would have if it were turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turned {
    look: Look,
    /// A bit for each step that is known.
    known: Look,
}

impl Turned {
    /// Returns by how many of the bits that are known a look differs.
    pub fn distance(&self, other: &Look) -> u32 {
        self.words(other).map(u64::count_ones).sum()
    }

    /// Returns the distance where it is near, as [`Look::near`].
    pub fn near(&self, other: &Look) -> Option<u32> {
        let places = self.words(other).fold(0, |all, it| all | it).count_ones();
        if places > Look::NEAR { None } else { Some(self.distance(other)).filter(|it| *it <= Look::NEAR) }
    }

    fn words(&self, other: &Look) -> impl Iterator<Item = u64> {
        let pairs = self.look.0.iter().zip(&other.0).zip(&self.known.0);
        pairs.map(|((a, b), known)| (a ^ b) & known)
    }
}

impl Look {
    /// Returns how the picture looks in each of the eight ways a square can lie: as it is first, turned, mirrored.
    pub fn turned(&self) -> [Turned; 8] {
        [0_usize, 1, 2, 3, 4, 5, 6, 7].map(|way| {
            let mut res = Turned { look: Self([0; 4]), known: Self([0; 4]) };
            for step in 0..256 {
                let (from, inverted) = origin(step, (way & 4 != 0, way & 2 != 0, way & 1 != 0));
                if let Some(bit) = self.step(from) {
                    res.look.set(step, bit != inverted);
                    res.known.set(step, true);
                }
            }
            res
        })
    }

    /// Returns the distance where one is near the other, however it is turned.
    pub fn near_turned(&self, other: &Self) -> Option<u32> {
        self.turned().iter().filter_map(|it| it.near(other)).min()
    }

    /// Whether it grows lighter at a step; the first step is the lowest bit of the first byte.
    fn step(&self, n: usize) -> Option<bool> {
        Some(self.0.get(n / 64)? >> shift(n) & 1 == 1)
    }

    fn set(&mut self, n: usize, bit: bool) {
        if let Some(word) = self.0.get_mut(n / 64) {
            *word |= u64::from(bit) << shift(n);
        }
    }
}

fn shift(n: usize) -> usize {
    56 - n % 64 / 8 * 8 + n % 8
}

/// Returns which step of a picture becomes a step of it turned, and whether it is then walked the other way. The way is
/// whether rows become columns, and whether left and right, above and below are exchanged before that.
fn origin(step: usize, (transposed, left_right, up_down): (bool, bool, bool)) -> (usize, bool) {
    let is_down = (step >= HALF) != transposed;
    // The line it lies in and its place there: a row for steps to the right, a column for steps down.
    let (line, place) = (step % HALF / STEPS, step % STEPS);
    let (across, along) = if is_down { (left_right, up_down) } else { (up_down, left_right) };
    let line = if across { STEPS - line } else { line };
    let place = if along { STEPS - 1 - place } else { place };
    (usize::from(is_down) * HALF + line * STEPS + place, along)
}
