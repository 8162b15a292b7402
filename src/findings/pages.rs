//! Pages of one piece that were sent as files of their own: `报头`, `版面`, `正文`; `001`, `002`; `…(1)`, `…(2)`.

use crate::domain::evidence::{Evidence, KindSource};
use crate::domain::finding::{Code, Finding};
use crate::domain::id::EvidenceId;
use crate::ledger::fold::Fold;
use crate::ledger::stem;

/// What came together was filed one after another: the pages of a piece lie within so many entries.
const STRETCH: i64 = 400;

pub(super) fn findings(fold: &Fold, evidence: &Evidence) -> Option<Finding> {
    let mut group = group(fold, evidence);
    group.sort_by_key(|it| (it.0.at, it.1.id));
    // Twice the same page are two files of one name, not two pages.
    if group.windows(2).any(|it| it[0].0.at == it[1].0.at) || group.len() < 2 {
        return None;
    }
    let numbers = group.iter().map(|it| format!("#{}", it.1.id)).collect::<Vec<_>>().join("、");
    Some(Finding::new(Code::I05, format!("{numbers} 可合并为一件")))
}

/// Returns the pieces that are pages of the same whole.
pub(super) fn leaning<'a>(fold: &'a Fold, evidence: &'a Evidence) -> impl Iterator<Item = EvidenceId> {
    group(fold, evidence).into_iter().map(|it| it.1.id)
}

/// The pages of one whole, the piece among them; none where it is no page.
fn group<'a>(fold: &'a Fold, evidence: &'a Evidence) -> Vec<(Page, &'a Evidence)> {
    let Some(own) = Page::of(fold, evidence) else { return vec![] };
    let (from, to) = (evidence.id.0.saturating_sub(STRETCH), evidence.id.0.saturating_add(STRETCH));
    let near = fold.evidence.from(EvidenceId(from)).take_while(|it| it.0.0 <= to);
    let near = near.filter(|it| it.1.unit == evidence.unit);
    let pages = near.filter_map(|it| Some((Page::of(fold, it.1)?, it.1.as_ref())));
    pages.filter(|(page, other)| page.piece == own.piece && are_together(evidence, other)).collect()
}

/// Returns whether two pieces came with one submission from one folder.
fn are_together(one: &Evidence, other: &Evidence) -> bool {
    let folder = |path: &str| path.rsplit_once('/').map(|it| it.0.to_owned());
    let same = |a: &crate::domain::evidence::Sighting| {
        other.sightings.iter().any(|b| a.submission == b.submission && folder(&a.path) == folder(&b.path))
    };
    one.sightings.iter().any(same)
}

/// A file that by its name is one page of something.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    /// The name of the whole, the same for all its pages.
    piece: String,
    /// Where it stands among them.
    at: u32,
}

impl Page {
    /// Reads the name of a piece of one picture, or of one document of a single page.
    fn of(fold: &Fold, evidence: &Evidence) -> Option<Self> {
        let [part] = evidence.parts.as_slice() else { return None };
        let (page, is_newspaper) = Self::named(stem(&part.name))?;
        let reading = fold.readings.get(&part.blob.sha256);
        let is_picture = fold.media_type(part).starts_with("image/");
        let is_single = is_picture || reading.is_some_and(|it| it.facts.pages == Some(1));
        // Photos are numbered too, by those who took them, and each is a piece.
        let said_photo = evidence.kind.as_str() == "photo" && evidence.kind_source != KindSource::Proposed;
        let taken = reading.is_some_and(|it| it.facts.captured_at.is_some());
        (is_single && (is_newspaper || !(is_picture && (said_photo || taken)))).then_some(page)
    }

    /// Reads a name without its ending, and says whether it names a part of a newspaper page.
    fn named(name: &str) -> Option<(Self, bool)> {
        let name = name.trim().replace('\u{ff08}', "(").replace('\u{ff09}', ")");
        for (at, word) in (1..).zip(["报头", "版面", "正文"]) {
            if let Some((before, after)) = name.split_once(word) {
                let whole = format!("{before}{after}");
                let piece = whole.trim_matches(|it: char| !it.is_alphanumeric()).to_owned();
                return Some((Self { piece, at }, true));
            }
        }
        let (piece, at) = counted(&name)?;
        let piece = piece.trim_end().to_owned();
        Some((Self { piece, at: at.parse().ok()? }, false))
    }
}

/// Splits a name into what is before its page number, and that number.
fn counted(name: &str) -> Option<(&str, &str)> {
    let is_number =
        |it: &str, most: usize| (1..=most).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_digit());
    if is_number(name, 3) {
        return Some(("", name));
    }
    let in_brackets = || name.strip_suffix(')')?.rsplit_once('(');
    let as_page = || name.strip_suffix('页')?.rsplit_once('第');
    let (before, at) = in_brackets().or_else(as_page).or_else(|| {
        // What a digit goes before is a date: 2017-03.
        name.rsplit_once('-').filter(|it| !it.0.ends_with(|c: char| c.is_ascii_digit() || c == '年'))
    })?;
    (is_number(at, 2) && !before.trim_end().is_empty()).then_some((before, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Option<(String, u32)> {
        Page::named(name).map(|it| (it.0.piece, it.0.at))
    }

    #[test]
    fn page_names_are_told_from_other_names() {
        for (name, piece, at) in [
            ("报头", "", 1),
            ("志愿服务-版面", "志愿服务", 2),
            ("001", "", 1),
            ("12", "", 12),
            ("合影(1)", "合影", 1),
            ("合影\u{ff08}2\u{ff09}", "合影", 2),
            ("学雷锋报道 (3)", "学雷锋报道", 3),
            ("学雷锋报道-2", "学雷锋报道", 2),
            ("会议记录第1页", "会议记录", 1),
        ] {
            assert_eq!(named(name), Some((piece.into(), at)), "{name}");
        }
        for name in
            ["DSC00231", "2017-03-15", "2017-03", "2017", "通知", "通知(终稿)", "(1)", "第三页", "通知-12345"]
        {
            assert_eq!(named(name), None, "{name}");
        }
    }
}
