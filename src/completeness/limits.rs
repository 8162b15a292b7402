//! The limits of the receiving system: what a requirement says of the format, the size, the length and the number of
//! pieces.

use crate::domain::counting::Assessment;
use crate::domain::evidence::{Evidence, Part, Role};
use crate::domain::finding::{Code, Finding};
use crate::domain::id::EvidenceId;
use crate::domain::media;
use crate::domain::scheme::Requirement;
use crate::ledger::fold::Fold;

/// Returns E06 where a file is in a format that the requirement does not take, W06 where a picture is smaller, W16 where
/// a file is larger, and W15 where the text is longer.
pub(super) fn beyond(fold: &Fold, requirement: &Requirement, evidence: &Evidence) -> Vec<Finding> {
    let mut res = formats(fold, requirement, evidence);
    if let Some(least) = requirement.limits.pixels {
        let own = fold.readings_of(evidence).filter(|it| it.0.role != Role::Attachment);
        res.extend(own.filter_map(|(part, reading)| {
            let is = reading.facts.longer_side().filter(|it| *it < least)?;
            Some(Finding::new(Code::W06, format!("{} 长边 {is} < {least} 像素", part.name)))
        }));
    }
    if let Some(most) = requirement.limits.bytes {
        let large = evidence.parts.iter().filter(|it| it.blob.bytes > most);
        res.extend(large.map(|it| {
            let (is, most) = (media::size(it.blob.bytes), media::size(most));
            Finding::new(Code::W16, format!("{} {is} > {most}", it.name))
        }));
    }
    if let Some(most) = requirement.limits.words {
        let own = fold.readings_of(evidence).filter(|it| it.0.role != Role::Attachment);
        let words: u64 = own.filter_map(|it| it.1.facts.characters).sum();
        if words > most {
            res.push(Finding::new(Code::W15, format!("{words} > {most} 字")));
        }
    }
    res
}

/// The parts in formats that are not taken. A piece with a rendition in one that is serves by that; what is attached to
/// it comes as it is.
fn formats(fold: &Fold, requirement: &Requirement, evidence: &Evidence) -> Vec<Finding> {
    let taken: Vec<String> = requirement.limits.formats.iter().flat_map(|it| media::formats_of(it)).collect();
    let format = |it: &Part| media::format_of(fold.media_type(it), &it.name);
    let serves = |it: &Part| it.role == Role::Rendition && taken.contains(&format(it));
    if taken.is_empty() || evidence.parts.iter().any(serves) {
        return vec![];
    }
    let own = evidence.parts.iter().filter(|it| matches!(it.role, Role::Main | Role::Page));
    let other = own.filter(|it| !taken.contains(&format(it)));
    let asked = requirement.limits.formats.join("、");
    other.map(|it| Finding::new(Code::E06, format!("{} 是 {}，只收 {asked}", it.name, format(it)))).collect()
}

/// Returns W22 for the pieces that a duty counts beyond what is taken of it, those accepted kept first.
pub(super) fn surplus(requirement: &Requirement, counted: &Assessment) -> Vec<(EvidenceId, Finding)> {
    let n = counted.accepted + counted.pending;
    let Some(most) = requirement.max.filter(|it| n > *it) else { return vec![] };
    let detail = format!("{n} > {most} {}", requirement.measure.label(false));
    let open = counted.counted.iter().filter(|it| it.1 != "returned").map(|it| it.0);
    // One piece may hold many photos; the last one then tells of it.
    let n_kept = usize::try_from(most).unwrap_or(usize::MAX).min(open.clone().count().saturating_sub(1));
    open.skip(n_kept).map(|it| (it, Finding::new(Code::W22, detail.clone()))).collect()
}
