//! What is amiss with a piece beside others: the same photo elsewhere, the same document again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::domain::counting::looked_at;
use crate::domain::evidence::{DateKind, Dated, Evidence, Part, Provenance, Role, Standing};
use crate::domain::finding::{Code, Finding};
use crate::domain::id::{Digest, EvidenceId};
use crate::domain::likeness::{Look, Sketch};
use crate::ledger::fold::Fold;

/// So many others are named; of more their number is told.
const NAMED: usize = 5;

pub(super) fn findings(fold: &Fold, evidence: &Evidence) -> Vec<Finding> {
    let mut res: Vec<Finding> = several_standards(evidence).into_iter().collect();
    let told = |code, others: BTreeMap<EvidenceId, String>| {
        (!others.is_empty()).then(|| Finding::new(code, listed(&others)))
    };
    res.extend(told(Code::W26, same_bytes(fold, evidence)));
    res.extend(told(Code::W07, same_photos(fold, evidence)));
    let (renditions, earlier) = same_texts(fold, evidence);
    res.extend(told(Code::W08, renditions));
    res.extend(told(Code::W23, earlier));
    res
}

fn listed(others: &BTreeMap<EvidenceId, String>) -> String {
    let mut res = others.values().take(NAMED).cloned().collect::<Vec<_>>().join("、");
    if others.len() > NAMED {
        res.push_str(&format!(" 等 {} 件", others.len()));
    }
    res
}

fn several_standards(evidence: &Evidence) -> Option<Finding> {
    let claims = evidence.claims.iter().filter(|it| !matches!(it.standing, Standing::Withdrawn { .. }));
    let mut standards: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for claim in claims {
        standards.entry(&claim.scheme).or_default().push(claim.indicator.to_string());
    }
    let most = standards.into_values().max_by_key(Vec::len).filter(|it| it.len() > 1)?;
    Some(Finding::new(Code::I01, format!("{} 项:{}", most.len(), most.join("、"))))
}

/// Names another piece: its unit where it is another one, and its number.
fn name(fold: &Fold, evidence: &Evidence, other: &Evidence) -> String {
    match &other.unit {
        Some(unit) if other.unit != evidence.unit => format!("{} #{}", fold.units.label(unit), other.id),
        _ => format!("#{}", other.id),
    }
}

/// The other pieces that hold some of the same bytes, whatever there is to say of them.
pub(super) fn of_same_bytes(fold: &Fold, evidence: &Evidence) -> BTreeSet<EvidenceId> {
    let holders = evidence.parts.iter().flat_map(|it| fold.holders_of(&it.blob.sha256));
    holders.map(|it| it.id).filter(|it| *it != evidence.id).collect()
}

/// The other pieces with a picture that looks like one of this piece, whatever there is to say of them.
pub(super) fn of_same_photos(fold: &Fold, evidence: &Evidence) -> BTreeSet<EvidenceId> {
    let looks = fold.readings_of(evidence).flat_map(|it| Look::all(&it.1.facts).collect::<Vec<_>>());
    let near = looks.flat_map(|it| fold.likeness.looking_like(&it));
    near.flat_map(|it| others(fold, evidence, &it.0).map(|it| it.id).collect::<Vec<_>>()).collect()
}

/// The other pieces that read like this one or bear its number, whatever there is to say of them.
pub(super) fn of_same_texts(fold: &Fold, evidence: &Evidence) -> BTreeSet<EvidenceId> {
    let sketches = fold.readings_of(evidence).filter_map(|(_, it)| Sketch::of(&it.facts));
    let read = fold.readings_of(evidence).filter_map(|(_, it)| it.facts.document_number.as_ref());
    let numbered =
        evidence.document_number.iter().chain(read).flat_map(|it| fold.likeness.numbered(it)).copied();
    let near = sketches.flat_map(|it| fold.likeness.reading_like(&it)).map(|it| it.0).chain(numbered);
    near.flat_map(|it| others(fold, evidence, &it).map(|it| it.id).collect::<Vec<_>>()).collect()
}

fn same_bytes(fold: &Fold, evidence: &Evidence) -> BTreeMap<EvidenceId, String> {
    let holders = evidence.parts.iter().flat_map(|it| fold.holders_of(&it.blob.sha256));
    let others = holders.filter(|it| it.id != evidence.id && it.unit.is_some() && it.unit != evidence.unit);
    others.map(|it| (it.id, name(fold, evidence, it))).collect()
}

/// The other pieces that hold a blob of other bytes than all of this one's.
fn others<'a>(
    fold: &'a Fold,
    evidence: &'a Evidence,
    blob: &'a Digest,
) -> impl Iterator<Item = &'a Evidence> {
    let own = evidence.parts.iter().any(|it| it.blob.sha256 == *blob);
    let holders = fold.holders_of(blob).filter(move |it| !own && it.id != evidence.id);
    holders.map(AsRef::as_ref)
}

/// Pieces of another unit, or of another day, with a picture that looks like one of this piece.
fn same_photos(fold: &Fold, evidence: &Evidence) -> BTreeMap<EvidenceId, String> {
    let mut nearest: BTreeMap<EvidenceId, u32> = BTreeMap::new();
    for (_, reading) in fold.readings_of(evidence).filter(|it| !is_masthead(it.0)) {
        for look in Look::all(&reading.facts) {
            for (blob, distance) in fold.likeness.looking_like(&look) {
                for other in others(fold, evidence, &blob).filter(|it| is_elsewhere(fold, evidence, it)) {
                    let known = nearest.entry(other.id).or_insert(distance);
                    *known = distance.min(*known);
                }
            }
        }
    }
    let told = |(id, distance): (EvidenceId, u32)| {
        let other = fold.evidence.get(&id)?;
        Some((id, format!("{}(相差 {distance}/256)", name(fold, evidence, other))))
    };
    nearest.into_iter().filter_map(told).collect()
}

/// The head of a newspaper is the same every day, whoever cuts it out.
fn is_masthead(part: &Part) -> bool {
    part.name.contains("报头")
}

pub(super) fn is_elsewhere(fold: &Fold, evidence: &Evidence, other: &Evidence) -> bool {
    if evidence.unit.is_none() || other.unit.is_none() {
        return false;
    }
    let day = |it| {
        let dates: Vec<Dated> = fold.dates_of(it);
        dates.into_iter().filter(|it| it.provenance != Provenance::FileTime).min_by_key(|it| it.provenance)
    };
    let apart = |a: Dated, b: Dated| a.to < b.from || b.to < a.from;
    evidence.unit != other.unit
        || day(evidence).zip(day(other)).is_some_and(|(mine, theirs)| apart(mine, theirs))
}

/// Pieces with the same document: other renditions, versions and reprints of it, and an earlier year's.
fn same_texts(
    fold: &Fold,
    evidence: &Evidence,
) -> (BTreeMap<EvidenceId, String>, BTreeMap<EvidenceId, String>) {
    let (mut renditions, mut earlier) = (BTreeMap::new(), BTreeMap::new());
    let mine = Told::of(fold, evidence);
    for (id, shared) in near_texts(fold, evidence, &mine) {
        let Some(other) = fold.evidence.get(&id) else { continue };
        let why = shared.map_or("文号相同".into(), |it| format!("文字相同约 {}%", it * 100 / 64));
        let told = format!("{}({why})", name(fold, evidence, other));
        let joined = if other.unit == evidence.unit { ",可合并为另一版式" } else { "" };
        match (mine.beside(&Told::of(fold, other)), shared) {
            (Beside::Same, _) => renditions.insert(id, told + joined),
            (Beside::Reprint, Some(_)) => renditions.insert(id, format!("同一新闻稿 {told}")),
            (Beside::Later, Some(_)) => earlier.insert(id, told),
            _ => None,
        };
    }
    (renditions, earlier)
}

/// Pieces whose text is near, with how much of it, or that bear the same number under a similar title.
fn near_texts(fold: &Fold, evidence: &Evidence, mine: &Told) -> BTreeMap<EvidenceId, Option<u32>> {
    let mut res: BTreeMap<EvidenceId, Option<u32>> = BTreeMap::new();
    let sketches = fold.readings_of(evidence).filter_map(|(_, it)| Sketch::of(&it.facts));
    for (blob, shared) in sketches.flat_map(|it| fold.likeness.reading_like(&it)) {
        for other in others(fold, evidence, &blob).filter(|it| holds_as_text(it, &blob)) {
            let known = res.entry(other.id).or_default();
            *known = (*known).max(Some(shared));
        }
    }
    for blob in mine.number.iter().flat_map(|it| fold.likeness.numbered(it)) {
        for other in others(fold, evidence, blob).filter(|it| holds_as_text(it, blob)) {
            if are_similar(&mine.title, &Told::of(fold, other).title) {
                res.entry(other.id).or_default();
            }
        }
    }
    res
}

/// A rendition says nothing new: its piece is found by its main part.
fn holds_as_text(evidence: &Evidence, blob: &Digest) -> bool {
    evidence.parts.iter().any(|it| it.blob.sha256 == *blob && it.role != Role::Rendition)
}

/// What a piece tells of the document in it.
struct Told {
    title: String,
    number: Option<String>,
    made: Option<Date>,
    year: Option<i16>,
    press: bool,
}

/// How a document stands to another of the same words.
enum Beside {
    Same,
    Reprint,
    Later,
    Other,
}

impl Told {
    fn of(fold: &Fold, evidence: &Evidence) -> Self {
        let facts = || fold.readings_of(evidence).map(|(_, it)| &it.facts);
        let title = facts().find_map(|it| it.title.clone()).unwrap_or_else(|| evidence.title.clone());
        let number =
            evidence.document_number.clone().or_else(|| facts().find_map(|it| it.document_number.clone()));
        let made = looked_at(DateKind::Made, &fold.dates_of(evidence)).map(|it| it.from);
        let year = made.map(Date::year).or_else(|| year_of(number.as_deref()?));
        let press = evidence.kind.as_str() == "press" || facts().any(|it| it.publication.is_some());
        Self { title, number, made, year, press }
    }

    fn beside(&self, other: &Self) -> Beside {
        match (self.year.zip(other.year), self.made.zip(other.made)) {
            (Some((mine, theirs)), _) if mine > theirs => Beside::Later,
            (Some((mine, theirs)), _) if mine < theirs => Beside::Other,
            _ if self.press && other.press => Beside::Reprint,
            // Of this month and of last month: a series, not a rendition.
            (_, Some((mine, theirs))) if mine != theirs => Beside::Other,
            _ => Beside::Same,
        }
    }
}

/// The year within a document number such as `示创〔2017〕2号`.
fn year_of(number: &str) -> Option<i16> {
    number.split_once('〔')?.1.split_once('〕')?.0.parse().ok()
}

/// Returns whether two titles share at least half of their pairs of characters.
fn are_similar(one: &str, other: &str) -> bool {
    let pairs = |it: &str| {
        let letters: Vec<char> = it.chars().filter(|it| it.is_alphabetic()).collect();
        letters.windows(2).map(|it| (it[0], it[1])).collect::<BTreeSet<_>>()
    };
    let (one, other) = (pairs(one), pairs(other));
    let shared = one.intersection(&other).count();
    shared > 0 && shared * 4 >= one.len() + other.len()
}
