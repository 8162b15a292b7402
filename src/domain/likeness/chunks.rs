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

impl<T: Copy> Chunks<T> {
    /// Returns a row of one value, so many times. A stretch stands for all of them until they are changed.
    pub(super) fn filled(value: T, len: usize) -> Self {
        let whole = Arc::new(vec![value; STRETCH]);
        let mut stretches = vec![whole; len / STRETCH];
        stretches.extend(Some(Arc::new(vec![value; len % STRETCH])).filter(|it| !it.is_empty()));
        Self { stretches, len }
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

    pub(super) fn get(&self, n: usize) -> Option<&T> {
        self.stretches.get(n / STRETCH)?.get(n % STRETCH)
    }

    pub(super) fn get_mut(&mut self, n: usize) -> Option<&mut T> {
        let stretch = self.stretches.get_mut(n / STRETCH).filter(|it| n % STRETCH < it.len())?;
        Arc::make_mut(stretch).get_mut(n % STRETCH)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.stretches.iter().flat_map(|it| it.iter())
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

    #[test]
    fn a_filled_row_is_one_that_was_pushed() {
        for n in [0, 1, STRETCH - 1, STRETCH, 2 * STRETCH + 7] {
            let mut filled = Chunks::filled(7, n);
            filled.push(8);
            let mut pushed = Chunks::default();
            (0..n).for_each(|_| pushed.push(7));
            pushed.push(8);
            filled.get_mut(n / 2).into_iter().chain(pushed.get_mut(n / 2)).for_each(|it| *it = 9);
            assert!(filled.iter().eq(pushed.iter()), "{n}");
            assert_eq!((filled.len(), filled.get(n)), (pushed.len(), pushed.get(n)), "{n}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// It is a row like any other, and copies stay as they were.
        #[test]
        fn is_a_row_whose_copies_stay(steps in prop::collection::vec((0..10_u8, any::<u16>()), 0..5000)) {
            let (mut ours, mut plain, mut kept) = (Chunks::default(), Vec::new(), Vec::new());
            for (step, value) in steps {
                let n = if plain.is_empty() { 0 } else { usize::from(value) % plain.len() };
                match step {
                    0..=2 if !plain.is_empty() => {
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
