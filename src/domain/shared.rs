//! Maps whose copies share what they have in common.
//!
//! Pages and questions hold the state while entries come in. A map of the standard library would be copied whole for
//! the next entry, at a million pieces for seconds; of these only the chunk that changes is. Bounds are gone down to by
//! hand: the library's own range goes through all that lies before them.

use std::borrow::Borrow;
use std::fmt::Debug;
use std::iter;
use std::ops::Index;

use immutable_chunkmap::map::{Map, NodeRef};

/// How many entries lie in a chunk: so many are copied when one of them changes and others hold the map.
const CHUNK: usize = 128;

/// A map in the order of its keys, as `BTreeMap` is; a copy costs nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Shared<K: Ord + Clone, V: Clone>(Map<K, V, CHUNK>);

impl<K: Ord + Clone, V: Clone> Default for Shared<K, V> {
    fn default() -> Self {
        Self(Map::new())
    }
}

impl<K: Ord + Clone + Debug, V: Clone + Debug> Debug for Shared<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(&self.0).finish()
    }
}

impl<K: Ord + Clone, V: Clone> Shared<K, V> {
    /// Returns how many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(key)
    }

    /// Returns whether a key is there.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.get(key).is_some()
    }

    /// Returns the value of a key, to be changed here and in no copy.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.0.get_mut_cow(key)
    }

    /// Sets the value of a key and returns the one before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.0.insert_cow(key, value)
    }

    /// Takes a key out and returns its value.
    pub fn remove<Q: Ord>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.0.remove_cow(key)
    }

    /// Returns all entries in order.
    pub fn iter(&self) -> <&Map<K, V, CHUNK> as IntoIterator>::IntoIter {
        (&self.0).into_iter()
    }

    /// Returns the entries from a key on, in order.
    pub fn from(&self, key: K) -> impl Iterator<Item = (&K, &V)> {
        let mut path = Vec::new();
        down(&mut path, &key, self.0.root());
        let nodes = iter::from_fn(move || {
            let node = path.pop()?;
            down(&mut path, &key, node.right());
            Some(node.pairs().filter(|it| *it.0 >= key).collect::<Vec<_>>())
        });
        nodes.flatten()
    }

    /// Returns the entries before a key, the nearest first.
    pub fn before(&self, key: K) -> impl Iterator<Item = (&K, &V)> {
        let mut path = Vec::new();
        back_down(&mut path, &key, self.0.root());
        let nodes = iter::from_fn(move || {
            let node = path.pop()?;
            back_down(&mut path, &key, node.left());
            Some(node.pairs().filter(|it| *it.0 < key).collect::<Vec<_>>().into_iter().rev())
        });
        nodes.flatten()
    }

    /// Returns all keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.iter().map(|it| it.0)
    }

    /// Returns all values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.iter().map(|it| it.1)
    }
}

/// Nodes whose own entries, and those behind them, are still to come.
type Path<'a, K, V> = Vec<NodeRef<'a, K, V, CHUNK>>;

/// Goes down to where entries from a key on begin.
fn down<'a, K: Ord + Clone, V: Clone>(
    path: &mut Path<'a, K, V>,
    key: &K,
    mut node: Option<NodeRef<'a, K, V, CHUNK>>,
) {
    while let Some(at) = node {
        // What is on the left of a node that begins before the key is before it too.
        node = if at.pairs().next().is_some_and(|it| it.0 > key) { at.left() } else { None };
        path.push(at);
    }
}

/// Goes down to where entries before a key end.
fn back_down<'a, K: Ord + Clone, V: Clone>(
    path: &mut Path<'a, K, V>,
    key: &K,
    mut node: Option<NodeRef<'a, K, V, CHUNK>>,
) {
    while let Some(at) = node {
        if at.pairs().next().is_some_and(|it| it.0 >= key) {
            node = at.left();
        } else {
            node = at.right();
            path.push(at);
        }
    }
}

impl<'a, K: Ord + Clone, V: Clone> IntoIterator for &'a Shared<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = <&'a Map<K, V, CHUNK> as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Ord + Clone, V: Clone> Index<&K> for Shared<K, V> {
    type Output = V;

    fn index(&self, key: &K) -> &V {
        &self.0[key]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Insert(u16, u16),
        Remove(u16),
        Change(u16, u16),
        Keep,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let key = 0..700_u16;
        let step = prop_oneof![
            6 => (key.clone(), any::<u16>()).prop_map(|(k, v)| Step::Insert(k, v)),
            2 => key.clone().prop_map(Step::Remove),
            2 => (key, any::<u16>()).prop_map(|(k, v)| Step::Change(k, v)),
            1 => Just(Step::Keep),
        ];
        prop::collection::vec(step, 0..1500)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// It is the map of the standard library, and what was kept of it on the way stays as it was.
        #[test]
        fn is_a_map_whose_copies_stay(steps in steps()) {
            let (mut shared, mut plain) = (Shared::default(), BTreeMap::new());
            let mut kept = Vec::new();
            for step in steps {
                match step {
                    Step::Insert(k, v) => prop_assert_eq!(shared.insert(k, v), plain.insert(k, v)),
                    Step::Remove(k) => prop_assert_eq!(shared.remove(&k), plain.remove(&k)),
                    Step::Change(k, v) => {
                        let (ours, theirs) = (shared.get_mut(&k), plain.get_mut(&k));
                        prop_assert_eq!(&ours, &theirs);
                        ours.into_iter().chain(theirs).for_each(|it| *it = v);
                    }
                    Step::Keep => kept.push((shared.clone(), plain.clone())),
                }
            }
            kept.push((shared, plain));
            for (shared, plain) in kept {
                prop_assert!(shared.iter().eq(plain.iter()));
                prop_assert!(shared.keys().rev().eq(plain.keys().rev()));
                for key in [0, 100, 350, 699, 700] {
                    prop_assert!(shared.from(key).eq(plain.range(key..)));
                    prop_assert!(shared.before(key).eq(plain.range(..key).rev()));
                }
                prop_assert_eq!((shared.len(), shared.is_empty()), (plain.len(), plain.is_empty()));
                prop_assert!((0..700).all(|it| shared.get(&it) == plain.get(&it)));
            }
        }
    }
}
