//! A picture turned or mirrored, as its look tells it without the picture: the steps of brightness are the same ones,
//! found in other places and some the other way round.
//!
//! A look is made of a square of 12 × 12 spots: 132 steps to the right, row by row, then 132 steps down, column by
//! column, of which the last eight are left out. Where a turned look would need one of those, nothing is known.

use crate::domain::likeness::Look;

/// Spots of a row or column, and steps between them.
const SPOTS: usize = 12;
const STEPS: usize = SPOTS - 1;

/// A bit for each step of a line.
const ALL: u16 = (1 << STEPS) - 1;

/// The steps line by line, the first of a line as its lowest bit: the rows to the right, then the columns down.
type Lines = [u16; 2 * SPOTS];

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
        let (steps, known) = (self.lines(), Self([u64::MAX; 4]).lines());
        [0_usize, 1, 2, 3, 4, 5, 6, 7].map(|way| {
            let from = |line| origin(line, (way & 4 != 0, way & 2 != 0, way & 1 != 0));
            // Walked the other way, a line grows lighter where it grew darker.
            let backwards = |line: u16| line.reverse_bits() >> (16 - STEPS);
            let look = std::array::from_fn(|line| match from(line) {
                (line, true) => backwards(steps[line]) ^ ALL,
                (line, false) => steps[line],
            });
            let known = std::array::from_fn(|line| match from(line) {
                (line, true) => backwards(known[line]),
                (line, false) => known[line],
            });
            Turned { look: Self::of_lines(look), known: Self::of_lines(known) }
        })
    }

    /// Returns the distance where one is near the other, however it is turned.
    pub fn near_turned(&self, other: &Self) -> Option<u32> {
        self.turned().iter().filter_map(|it| it.near(other)).min()
    }

    /// The lines; of the last one only the first steps are there. The first step is the lowest bit of the first byte.
    fn lines(&self) -> Lines {
        let words = self.0.map(u64::swap_bytes);
        std::array::from_fn(|line| {
            let (word, bit) = (line * STEPS / 64, line * STEPS % 64);
            let beyond = words.get(word + 1).map_or(0, |it| u128::from(*it) << 64);
            ((u128::from(words[word]) | beyond) >> bit) as u16 & ALL
        })
    }

    fn of_lines(lines: Lines) -> Self {
        let mut words = [0; 4];
        for (line, steps) in lines.into_iter().enumerate() {
            let (word, bit) = (line * STEPS / 64, line * STEPS % 64);
            let steps = u128::from(steps) << bit;
            words[word] |= steps as u64;
            if let Some(next) = words.get_mut(word + 1) {
                *next |= (steps >> 64) as u64;
            }
        }
        Self(words.map(u64::swap_bytes))
    }
}

/// Returns which line of a picture becomes a line of it turned, and whether it is then walked the other way. The way is
/// whether rows become columns, and whether left and right, above and below are exchanged before that.
fn origin(line: usize, (transposed, left_right, up_down): (bool, bool, bool)) -> (usize, bool) {
    let is_down = (line >= SPOTS) != transposed;
    let (across, along) = if is_down { (left_right, up_down) } else { (up_down, left_right) };
    let place = line % SPOTS;
    let place = if across { SPOTS - 1 - place } else { place };
    (usize::from(is_down) * SPOTS + place, along)
}
