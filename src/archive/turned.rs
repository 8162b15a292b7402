//! What was turned away, told one by one until there are too many for one reason, and then summed.

use std::collections::BTreeMap;

use crate::archive::filing::Line;
use crate::domain::finding::{Code, Finding};
use crate::domain::submission::Filing;

/// What people are told of many lines. A machine is told each.
#[derive(Clone, Debug)]
pub struct Turned<L> {
    counts: BTreeMap<(Filing, Code), (u64, Vec<L>)>,
}

/// Lines that are alike and too many to be told one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum<'a, L> {
    /// What came of them.
    pub filing: Filing,
    /// Why.
    pub code: Code,
    /// How many there are, those told before with them.
    pub n_all: u64,
    /// Those that were not told.
    pub rest: &'a [L],
}

impl<L> Default for Turned<L> {
    fn default() -> Self {
        Self { counts: BTreeMap::new() }
    }
}

impl<L> Turned<L> {
    /// So many are told one by one.
    pub const SHOWN: u64 = 5;

    /// Counts a line and returns whether it is told by itself; else it keeps what `kept` makes of it.
    pub fn tells(&mut self, line: &Line, kept: impl FnOnce() -> L) -> bool {
        let [Finding { code, .. }] = line.findings.as_slice() else { return true };
        // A container and a piece are told whatever else there is.
        if line.sha256.is_some() {
            return true;
        }
        let (n, rest) = self.counts.entry((line.filing, *code)).or_default();
        *n += 1;
        if *n > Self::SHOWN {
            rest.push(kept());
        }
        *n <= Self::SHOWN
    }

    /// Returns the sums of what was not told, in order of what came of it.
    pub fn sums(&self) -> impl Iterator<Item = Sum<'_, L>> {
        let sums = self.counts.iter().filter(|(_, (_, rest))| !rest.is_empty());
        sums.map(|(&(filing, code), (n, rest))| Sum { filing, code, n_all: *n, rest })
    }
}

impl<L> Sum<'_, L> {
    /// Returns the sentence: how many, and why.
    pub fn sentence(&self, english: bool) -> String {
        let (n, n_rest, reason) = (self.n_all, self.rest.len(), Finding::new(self.code, "").line(english));
        match english {
            false => format!("共 {n} 个，另外 {n_rest} 个未逐一列出：{reason}"),
            true => format!("{n} in all, {n_rest} of them not listed one by one: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::Place;

    #[test]
    fn many_of_one_reason_are_summed_and_each_other_is_told() {
        let line = |n: u64, filing, code| {
            let place = Place { path: format!("a.zip/{n}"), path_raw: None, modified: None, odd: false };
            Line::turned(place, filing, Some(Finding::new(code, "")))
        };
        let mut turned = Turned::default();
        let mut told = 0;
        for n in 0..120 {
            let line = line(n, Filing::Refused, Code::E12);
            told += u64::from(turned.tells(&line, || line.path.clone()));
        }
        assert_eq!(told, Turned::<String>::SHOWN);
        assert!(turned.tells(&line(0, Filing::Unreadable, Code::E02), String::new), "another reason");
        let sums: Vec<_> = turned.sums().collect();
        assert_eq!(sums.len(), 1);
        assert_eq!((sums[0].n_all, sums[0].rest.len()), (120, 115));
        assert!(sums[0].sentence(false).starts_with("共 120 个，另外 115 个未逐一列出：E12 "));
        assert!(sums[0].sentence(true).starts_with("120 in all, "));
    }
}
