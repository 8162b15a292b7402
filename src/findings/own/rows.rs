//! Numbered rows of files: `001.jpg`, `002.jpg`, `004.jpg`.

use std::collections::BTreeSet;

use crate::domain::evidence::Evidence;
use crate::domain::finding::{Code, Finding};
use crate::findings::own::beside;
use crate::ledger::fold::Fold;

/// W12: a page is missing before this one, in the piece itself or in the folder it came in. Only names that are nothing
/// but a number are counted as pages, and only in a row that begins with the first; cameras number too, and nobody sends
/// all they took.
pub(super) fn gap(fold: &Fold, evidence: &Evidence) -> Option<Finding> {
    let own: BTreeSet<u32> = evidence.parts.iter().filter_map(|it| number(&it.name)).collect();
    let mut row = own.clone();
    if own.is_empty() {
        return None;
    }
    let folder = folder(evidence)?;
    let there = beside(fold, evidence).filter(|it| self::folder(it) == Some(folder));
    row.extend(there.flat_map(|it| &it.parts).filter_map(|it| number(&it.name)));
    let missing: Vec<u32> =
        own.iter().filter(|it| **it > 1 && !row.contains(&(*it - 1))).map(|it| it - 1).collect();
    let told: Vec<String> = missing.iter().map(u32::to_string).collect();
    (row.contains(&1) && !told.is_empty()).then(|| Finding::new(Code::W12, format!("缺 {}", told.join("、"))))
}

/// Whether one of its files is named by a number.
pub(super) fn is_in_one(evidence: &Evidence) -> bool {
    evidence.parts.iter().any(|it| number(&it.name).is_some())
}

/// The folder of the submission it first came in.
fn folder(evidence: &Evidence) -> Option<(i64, &str)> {
    let seen = evidence.sightings.first()?;
    Some((seen.submission.0, seen.path.rsplit_once('/').map_or("", |it| it.0)))
}

/// Reads `001.jpg`, `12.png`, `第3页.jpg`.
fn number(name: &str) -> Option<u32> {
    let stem = name.rsplit_once('.').map_or(name, |it| it.0).trim();
    let page = stem.strip_prefix('第').and_then(|it| it.strip_suffix('页'));
    let digits = page.unwrap_or(stem);
    let counted = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|n| counted && *n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reading::Facts;
    use crate::findings::own::world::World;

    fn told(names: &[&str]) -> Vec<String> {
        let mut world = World::new();
        let ids: Vec<_> = names.iter().map(|it| world.file("photo", it, Facts::default(), &[])).collect();
        let found = ids.iter().filter_map(|it| gap(&world.fold, world.piece(*it)));
        found.map(|it| it.detail).collect()
    }

    #[test]
    fn a_page_that_is_missing_is_told_once() {
        assert_eq!(told(&["001.jpg", "002.jpg", "004.jpg", "005.jpg"]), ["缺 3"]);
        assert_eq!(told(&["第1页.jpg", "第3页.jpg"]), ["缺 2"]);
        for whole in [
            &["001.jpg", "002.jpg", "003.jpg"][..],
            &["002.jpg", "004.jpg"],
            &["DSC00231.jpg", "DSC00233.jpg"],
            &["1.jpg"],
            &["20170315.jpg", "20170317.jpg"],
            &["方案1.docx", "方案3.docx"],
        ] {
            assert!(told(whole).is_empty(), "{whole:?}");
        }
    }

    #[test]
    fn rows_of_other_folders_are_other_rows() {
        let mut world = World::new();
        let first = world.file("photo", "1.jpg", Facts::default(), &[]);
        let mut other = world.piece(first).as_ref().clone();
        other.parts[0].name = "3.jpg".into();
        other.sightings[0].path = "别处/3.jpg".into();
        let other = world.put(other, Facts::default());
        assert_eq!(gap(&world.fold, world.piece(other)), None);
    }
}
