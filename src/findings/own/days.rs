//! Dates and numbers of a piece held against each other.

use jiff::civil::Date;

use crate::domain::evidence::{DateKind, Dated, Evidence, Provenance};
use crate::domain::finding::{Code, Finding};
use crate::domain::number;
use crate::findings::own::is_decided;
use crate::ledger::fold::Fold;

pub(super) fn findings(fold: &Fold, evidence: &Evidence, res: &mut Vec<Finding>) {
    let dates = fold.dates_of(evidence);
    res.extend(year_of_number(fold, evidence, &dates));
    res.extend(undated_photo(fold, evidence, &dates));
    if !is_decided(evidence) {
        res.extend(taken_elsewhen(evidence, &dates));
        res.extend(contradicted(&dates));
    }
}

/// W02: the number is of another year than the day it was made.
fn year_of_number(fold: &Fold, evidence: &Evidence, dates: &[Dated]) -> Option<Finding> {
    let read = || fold.readings_of(evidence).find_map(|it| it.1.facts.document_number.clone());
    let number = evidence.document_number.clone().or_else(read)?;
    let made = dates.iter().filter(|it| {
        it.kind == DateKind::Made && matches!(it.provenance, Provenance::Person | Provenance::Document)
    });
    let made = made.min_by_key(|it| it.provenance)?;
    let year = number::year(&number)?;
    let same = (made.from.year()..=made.to.year()).contains(&year);
    (!same).then(|| Finding::new(Code::W02, format!("{number}，成文 {}", made.from)))
}

/// W05: the camera says another day than the name or the caption of a photo or film. A day more or less is the night.
fn taken_elsewhen(evidence: &Evidence, dates: &[Dated]) -> Option<Finding> {
    if !matches!(evidence.kind.as_str(), "photo" | "video" | "audio") {
        return None;
    }
    let taken = dates.iter().find(|it| it.provenance == Provenance::Capture)?;
    let said = dates.iter().filter(|it| it.kind == DateKind::Activity);
    let said =
        said.filter(|it| matches!(it.provenance, Provenance::Caption | Provenance::Name | Provenance::Form));
    let said = said.min_by_key(|it| it.provenance)?;
    (apart(taken.from, said) > 1)
        .then(|| Finding::new(Code::W05, format!("拍摄 {}，{}", taken.from, told(said))))
}

/// W34: the document says another date than its name or caption. The name of a plan tells the day it is for, that of a
/// report the time it tells of, so only what lies far apart is a contradiction; a day of publication is exact.
fn contradicted(dates: &[Dated]) -> Option<Finding> {
    const SEASON: i32 = 100;
    [(DateKind::Made, SEASON), (DateKind::Publication, 1)].into_iter().find_map(|(kind, most)| {
        let of = |provenance: Provenance| {
            dates.iter().filter(move |it| it.kind == kind && it.provenance == provenance)
        };
        let written = of(Provenance::Document).find(|it| it.from == it.to)?;
        let said = of(Provenance::Caption).chain(of(Provenance::Name)).next()?;
        let days = apart(written.from, said);
        (days > most).then(|| Finding::new(Code::W34, format!("文中 {}，{}", written.from, told(said))))
    })
}

/// I02: nothing tells when a photo was taken.
fn undated_photo(fold: &Fold, evidence: &Evidence, dates: &[Dated]) -> Option<Finding> {
    let read = fold.readings_of(evidence).any(|it| it.1.facts.media_type.starts_with("image/"));
    let dated = dates.iter().any(|it| it.provenance != Provenance::FileTime);
    (evidence.kind.as_str() == "photo" && read && !dated).then(|| Finding::new(Code::I02, ""))
}

/// Returns how many days a day lies outside a span.
fn apart(day: Date, span: &Dated) -> i32 {
    let days = |from: Date, to: Date| from.until(to).map_or(0, |it| it.get_days());
    days(day, span.from).max(days(span.to, day)).max(0)
}

fn told(said: &Dated) -> String {
    let place = match said.provenance {
        Provenance::Caption => "图说",
        Provenance::Form => "报送单",
        _ => "文件名",
    };
    if said.from == said.to {
        format!("{place} {}", said.from)
    } else {
        format!("{place} {}–{}", said.from, said.to)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::reading::Facts;
    use crate::findings::own::world::{World, dated};

    fn day(kind: DateKind, provenance: Provenance, on: Date) -> Dated {
        dated(kind, provenance, on, on)
    }

    fn told_of(kind: &str, facts: Facts, said: &[Dated]) -> Vec<String> {
        let mut world = World::new();
        let id = world.file(kind, "材料.txt", facts, said);
        let mut res = Vec::new();
        findings(&world.fold, &world.fold.evidence[&id], &mut res);
        res.iter().map(|it| format!("{:?} {}", it.code, it.detail)).collect()
    }

    #[test]
    fn a_number_of_another_year_is_told() {
        let facts = |on: Option<Date>| Facts {
            document_number: Some("濮文明〔2016〕3号".into()),
            dates: on.map(|it| day(DateKind::Made, Provenance::Document, it)).into_iter().collect(),
            ..Facts::default()
        };
        assert_eq!(
            told_of("policy", facts(Some(date(2017, 3, 1))), &[]),
            ["W02 濮文明〔2016〕3号，成文 2017-03-01"]
        );
        assert!(told_of("policy", facts(Some(date(2016, 12, 31))), &[]).is_empty());
        assert!(told_of("policy", facts(None), &[]).is_empty());
        // A name is no day of signing, and a person's word is above the text.
        let said = day(DateKind::Made, Provenance::Name, date(2016, 5, 1));
        assert!(told_of("policy", facts(None), &[said]).is_empty());
        let person = day(DateKind::Made, Provenance::Person, date(2016, 3, 1));
        assert!(told_of("policy", facts(Some(date(2017, 3, 1))), &[person]).is_empty());
    }

    #[test]
    fn a_camera_that_says_another_day_is_told() {
        let photo = |on: Date| Facts {
            media_type: "image/jpeg".into(),
            dates: [DateKind::Made, DateKind::Activity].map(|it| day(it, Provenance::Capture, on)).into(),
            ..Facts::default()
        };
        let said = |provenance, on| day(DateKind::Activity, provenance, on);
        let taken = date(2015, 3, 5);
        let name = said(Provenance::Name, date(2017, 3, 5));
        assert_eq!(told_of("photo", photo(taken), &[name]), ["W05 拍摄 2015-03-05，文件名 2017-03-05"]);
        let caption = said(Provenance::Caption, date(2015, 3, 6));
        assert!(told_of("photo", photo(taken), &[caption, name]).is_empty(), "the caption is above the name");
        let month = dated(DateKind::Activity, Provenance::Name, date(2015, 3, 1), date(2015, 3, 31));
        assert!(told_of("photo", photo(taken), &[month]).is_empty());
        assert!(told_of("press", photo(taken), &[name]).is_empty(), "a clipping is photographed later");
        let person = said(Provenance::Person, date(2015, 3, 5));
        assert!(told_of("photo", photo(taken), &[name, person]).is_empty());
    }

    #[test]
    fn only_what_lies_far_apart_contradicts() {
        let text = |kind, on| Facts { dates: vec![day(kind, Provenance::Document, on)], ..Facts::default() };
        let made = |on| text(DateKind::Made, on);
        let name = |kind, on| day(kind, Provenance::Name, on);
        let march = date(2017, 3, 5);
        let told = told_of("report", made(date(2016, 3, 5)), &[name(DateKind::Made, march)]);
        assert_eq!(told, ["W34 文中 2016-03-05，文件名 2017-03-05"]);
        assert!(told_of("report", made(date(2017, 4, 20)), &[name(DateKind::Made, march)]).is_empty());
        let quarter = dated(DateKind::Made, Provenance::Name, date(2017, 1, 1), date(2017, 3, 31));
        assert!(told_of("report", made(date(2017, 6, 20)), &[quarter]).is_empty());
        let press =
            |on| told_of("press", text(DateKind::Publication, march), &[name(DateKind::Publication, on)]);
        assert_eq!((press(date(2017, 3, 6)).len(), press(date(2017, 3, 9)).len()), (0, 1));
    }

    #[test]
    fn a_photo_without_any_date_asks_for_one() {
        let photo = Facts { media_type: "image/jpeg".into(), ..Facts::default() };
        let file_time = day(DateKind::Made, Provenance::FileTime, date(2017, 3, 5));
        assert_eq!(told_of("photo", photo.clone(), &[file_time]), ["I02 "]);
        let caption = day(DateKind::Activity, Provenance::Caption, date(2017, 3, 5));
        assert!(told_of("photo", photo.clone(), &[caption]).is_empty());
        assert!(told_of("press", photo, &[]).is_empty());
        assert!(told_of("photo", Facts::default(), &[]).is_empty());
    }
}
