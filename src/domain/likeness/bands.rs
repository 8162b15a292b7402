//! Finding the sketches that may be near without going through all: by what they have in common place for place.

use crate::domain::likeness::Sketch;
use crate::domain::likeness::chunks::Chunks;

/// So many places are looked at. Near sketches differ in at most `64 - NEAR` of 64 places, so of one more they share one:
/// who shares none of these is not near.
const PLACES: usize = 64 - Sketch::NEAR as usize + 1;

/// Slots of each place; several values fall into one.
const SLOTS: usize = 1 << 14;

/// Following a chain costs as much as going through so many rows.
const LEAP: usize = 16;

/// The end of a chain.
const END: u32 = u32::MAX;

/// Rows of sketches in chains: of each place those whose values fall into one slot.
#[derive(Clone, Debug, Default)]
pub(super) struct Bands {
    /// The first row of each chain; empty before the first row came.
    heads: Chunks<u32>,
    /// The row after a row, in the chain of each place.
    next: Chunks<[u32; PLACES]>,
}

/// Which chain a value belongs to.
fn slot(place: usize, value: u16) -> usize {
    place * SLOTS + usize::from(value.wrapping_mul(40503) >> 2)
}

impl Bands {
    /// Takes up the sketch of the next row.
    pub(super) fn push(&mut self, sketch: &Sketch) {
        // A row more than there are numbers of 32 bits would take 512 GB of sketches.
        let row = u32::try_from(self.next.len()).unwrap_or(END);
        if self.heads.len() == 0 {
            self.heads = Chunks::filled(END, PLACES * SLOTS);
        }
        self.next.push([END; PLACES]);
        self.link(row, sketch);
    }

    /// Returns the rows that share the value of at least one place, in order: all that are near, and some that are not.
    /// Where much is shared by many, as when all fill in one form, that is every row.
    pub(super) fn sharing(&self, sketch: &Sketch) -> Vec<u32> {
        let mut res = Vec::new();
        for (place, value) in sketch.0.iter().take(PLACES).enumerate() {
            let mut at = self.heads.get(slot(place, *value)).copied().unwrap_or(END);
            while let Some(next) = self.next.get(at as usize) {
                if res.len() > PLACES + self.next.len() / LEAP {
                    return (0..u32::try_from(self.next.len()).unwrap_or(END)).collect();
                }
                res.push(at);
                at = next[place];
            }
        }
        res.sort_unstable();
        res.dedup();
        res
    }

    fn link(&mut self, row: u32, sketch: &Sketch) {
        let Some(next) = self.next.get_mut(row as usize) else { return };
        for (place, value) in sketch.0.iter().take(PLACES).enumerate() {
            if let Some(head) = self.heads.get_mut(slot(place, *value)) {
                next[place] = std::mem::replace(head, row);
            }
        }
    }

    /// Returns how many bytes the chains take.
    pub(super) fn bytes(&self) -> usize {
        self.heads.bytes() + self.next.bytes()
    }
}
