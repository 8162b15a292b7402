//! Values of blobs, row by row. What is taken out leaves its row behind until as many are empty as are full, so that taking
//! out costs no more than finding the row.

use crate::domain::id::Digest;
use crate::domain::likeness::chunks::Chunks;
use crate::domain::shared::Shared;

/// Values in rows, each with the blob it is of; one may have several. The order says nothing.
#[derive(Clone, Debug)]
pub(super) struct Rows<T> {
    values: Chunks<T>,
    /// None where a row is empty.
    blobs: Chunks<Option<Digest>>,
    /// The rows of each blob, by the beginning of its name: it says enough, and the whole name lies there.
    places: Shared<(u64, u32), ()>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { values: Chunks::default(), blobs: Chunks::default(), places: Shared::default() }
    }
}

impl<T: Copy + Ord> PartialEq for Rows<T> {
    fn eq(&self, other: &Self) -> bool {
        let sorted = |it: &Self| {
            let mut all: Vec<(Digest, T)> = it.iter().map(|(blob, value)| (*blob, *value)).collect();
            all.sort_unstable();
            all
        };
        sorted(self) == sorted(other)
    }
}

impl<T: Copy> Rows<T> {
    pub(super) fn push(&mut self, blob: Digest, value: T) {
        // A row more than there are numbers of 32 bits would take 256 GB of looks.
        let row = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.places.insert((beginning(&blob), row), ());
        self.blobs.push(Some(blob));
        self.values.push(value);
    }

    /// Empties the rows of a blob.
    pub(super) fn remove(&mut self, blob: &Digest) {
        let beginning = beginning(blob);
        let rows = self.places.from((beginning, 0)).map(|it| *it.0).take_while(|it| it.0 == beginning);
        let is_of = |row: u32| self.blobs.get(row as usize).is_some_and(|it| it.as_ref() == Some(blob));
        for place in rows.filter(|it| is_of(it.1)).collect::<Vec<_>>() {
            self.places.remove(&place);
            if let Some(it) = self.blobs.get_mut(place.1 as usize) {
                *it = None;
            }
        }
    }

    /// Moves the rows together where more are empty than full. Returns whether they have other numbers now.
    pub(super) fn sweep(&mut self) -> bool {
        if self.values.len() <= 2 * self.places.len() {
            return false;
        }
        let mut swept = Self::default();
        self.iter().for_each(|(blob, value)| swept.push(*blob, *value));
        *self = swept;
        true
    }

    /// Returns what lies in a row.
    pub(super) fn get(&self, row: u32) -> Option<(&Digest, &T)> {
        let row = row as usize;
        Some((self.blobs.get(row)?.as_ref()?, self.values.get(row)?))
    }

    /// Returns all values with their blobs, in the order of their rows.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Digest, &T)> {
        self.blobs.iter().zip(self.values.iter()).filter_map(|(blob, value)| Some((blob.as_ref()?, value)))
    }

    /// Returns how many bytes all of it takes.
    pub(super) fn bytes(&self) -> usize {
        self.values.bytes() + self.blobs.bytes() + self.places.len() * size_of::<(u64, u32)>()
    }
}

fn beginning(blob: &Digest) -> u64 {
    blob.as_bytes().first_chunk().map_or(0, |it| u64::from_be_bytes(*it))
}
