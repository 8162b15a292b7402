//! Values in a row, whose copies share the stretches that stay the same.

use std::sync::Arc;

/// How many values lie in a stretch: so many are copied when one of them changes and others hold the row.
const STRETCH: usize = 1024;

/// Values in a row. They lie packed, stretch by stretch; a copy costs a count for each stretch.
#[derive(Clone, Debug)]
pub(super) struct Chunks<T> {
    stretches: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self { stretches: Vec::new(), len: 0 }
    }
}

impl<T: Copy + PartialEq> Chunks<T> {
    /// Returns a row of one value, so many times.
    pub(super) fn filled(value: T, len: usize) -> Self {
        let mut res = Self::default();
        (0..len).for_each(|_| res.push(value));
        res
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn push(&mut self, value: T) {
        match self.stretches.last_mut().filter(|it| it.len() < STRETCH) {
            Some(last) => Arc::make_mut(last).push(value),
            None => {
                let mut stretch = Vec::with_capacity(STRETCH);
                stretch.push(value);
                self.stretches.push(Arc::new(stretch));
            }
        }
        self.len += 1;
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        let res = Arc::make_mut(self.stretches.last_mut()?).pop()?;
        self.stretches.pop_if(|it| it.is_empty());
        self.len -= 1;
        Some(res)
    }

    pub(super) fn get(&self, n: usize) -> Option<&T> {
        self.stretches.get(n / STRETCH)?.get(n % STRETCH)
    }

    pub(super) fn get_mut(&mut self, n: usize) -> Option<&mut T> {
        let stretch = self.stretches.get_mut(n / STRETCH).filter(|it| n % STRETCH < it.len())?;
        Arc::make_mut(stretch).get_mut(n % STRETCH)
    }

    /// Takes a value out and puts the last one in its place.
    pub(super) fn swap_remove(&mut self, n: usize) -> Option<T> {
        let last = self.pop()?;
        match self.get_mut(n) {
            Some(value) => Some(std::mem::replace(value, last)),
            None => Some(last),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.stretches.iter().flat_map(|it| it.iter())
    }

    /// Returns where a value first stands.
    pub(super) fn position(&self, value: &T) -> Option<usize> {
        self.iter().position(|it| it == value)
    }

    /// Returns how many bytes the values take.
    pub(super) fn bytes(&self) -> usize {
        self.len * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// It is a row like any other, and copies stay as they were.
        #[test]
        fn is_a_row_whose_copies_stay(steps in prop::collection::vec((0..10_u8, any::<u16>()), 0..5000)) {
            let (mut ours, mut plain, mut kept) = (Chunks::default(), Vec::new(), Vec::new());
            for (step, value) in steps {
                let n = if plain.is_empty() { 0 } else { usize::from(value) % plain.len() };
                match step {
                    0 if !plain.is_empty() => prop_assert_eq!(ours.swap_remove(n), Some(plain.swap_remove(n))),
                    1 => prop_assert_eq!(ours.pop(), plain.pop()),
                    2 if !plain.is_empty() => {
                        plain[n] = value;
                        *ours.get_mut(n).unwrap() = value;
                    }
                    3 if kept.len() < 8 => kept.push((ours.clone(), plain.clone())),
                    _ => {
                        ours.push(value);
                        plain.push(value);
                    }
                }
            }
            kept.push((ours, plain));
            for (ours, plain) in kept {
                prop_assert!(ours.iter().eq(plain.iter()));
                prop_assert_eq!((ours.len(), ours.get(plain.len())), (plain.len(), None));
                prop_assert!((0..plain.len()).all(|it| ours.get(it) == plain.get(it)));
            }
        }
    }
}
