//! Pieces beside others: what is flagged, and what is not.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::domain::evidence::{
    Blob, Claim, DateKind, Dated, Evidence, KindSource, Part, Provenance, Role, Sighting, Standing,
};
use crate::domain::finding::Code;
use crate::domain::id::{Digest, EntryId, EvidenceId, SubmissionId};
use crate::domain::likeness::{Look, Sketch};
use crate::domain::reading::{Facts, Reading, Status};
use crate::findings::{leaning, of};
use crate::ledger::entry::Entry;
use crate::ledger::event::Event;
use crate::ledger::fold::Fold;

/// A state made by entries, as the archive's is.
#[derive(Default)]
struct Stage {
    fold: Fold,
    n_entries: i64,
}

impl Stage {
    fn tell(&mut self, event: Event) -> i64 {
        self.n_entries += 1;
        let entry = Entry {
            id: EntryId(self.n_entries),
            at: Timestamp::UNIX_EPOCH,
            actor: "clerk".into(),
            verb: String::new(),
            event: Some(event),
            hash: Digest::new([0; 32]),
        };
        self.fold.apply(&entry);
        self.n_entries
    }

    /// Files a piece of one part and tells what is read of it.
    fn piece(&mut self, unit: &str, name: &str, n: u8, facts: Facts) -> EvidenceId {
        self.piece_of(unit, "report", (name, n), facts)
    }

    fn piece_of(&mut self, unit: &str, kind: &str, (name, n): (&str, u8), facts: Facts) -> EvidenceId {
        let path = format!("来/{name}");
        let blob = Blob { sha256: Digest::new([n; 32]), bytes: 10, crc32: 1 };
        let evidence = Evidence {
            id: EvidenceId(0),
            unit: (!unit.is_empty()).then(|| unit.parse().unwrap()),
            kind: kind.parse().unwrap(),
            kind_source: KindSource::Proposed,
            title: name.into(),
            document_number: None,
            issuer: None,
            caption: BTreeMap::new(),
            dates: vec![],
            parts: vec![Part { blob, role: Role::Main, name: name.into(), name_raw: None }],
            claims: vec![],
            rulings: vec![],
            tags: std::collections::BTreeSet::new(),
            sightings: vec![Sighting {
                submission: SubmissionId(1),
                path,
                at: Timestamp::UNIX_EPOCH,
                alias: None,
                sent_back: vec![],
            }],
            filed_at: Timestamp::UNIX_EPOCH,
            filed_by: "clerk".into(),
        };
        let id = self.tell(Event::Filed { evidence: Box::new(evidence) });
        let reading =
            Reading { extractor: "photo".into(), version: 1, status: Status::Ok, facts, findings: vec![] };
        self.tell(Event::Read { blob: Digest::new([n; 32]), reading: Box::new(reading) });
        EvidenceId(id)
    }

    /// The particulars of a finding on a piece.
    fn told(&self, id: EvidenceId, code: Code) -> Option<String> {
        let found = of(&self.fold, &self.fold.evidence[&id]);
        found.into_iter().find(|it| it.code == code).map(|it| it.detail)
    }
}

fn photo(look: u64, taken: Option<Date>) -> Facts {
    let dated = |day| Dated { kind: DateKind::Activity, from: day, to: day, provenance: Provenance::Capture };
    Facts {
        media_type: "image/jpeg".into(),
        look: Some(Look([look, 0, 0, 0]).to_string()),
        dates: taken.map(dated).into_iter().collect(),
        ..Facts::default()
    }
}

fn text(title: &str, sketch: u16, n_other: usize, made: Option<Date>) -> Facts {
    let mut words = [sketch; 64];
    words[..n_other].fill(9999);
    let dated = |day| Dated { kind: DateKind::Made, from: day, to: day, provenance: Provenance::Document };
    Facts {
        media_type: "application/pdf".into(),
        title: Some(title.into()),
        sketch: Some(Sketch(words).to_string()),
        dates: made.map(dated).into_iter().collect(),
        pages: Some(4),
        ..Facts::default()
    }
}

const MARCH: Date = date(2017, 3, 15);

#[test]
fn a_photo_of_another_unit_or_day_is_flagged_and_one_of_the_same_day_is_not() {
    let mut stage = Stage::default();
    let first = stage.piece("jyj", "a.jpg", 1, photo(0, Some(MARCH)));
    let same_day = stage.piece("jyj", "b.jpg", 2, photo(1, Some(MARCH)));
    assert_eq!(stage.told(first, Code::W07), None);
    assert_eq!(stage.told(same_day, Code::W07), None);
    let later = stage.piece("jyj", "c.jpg", 3, photo(3, Some(date(2017, 4, 1))));
    assert_eq!(
        stage.told(later, Code::W07).unwrap(),
        format!("#{first}(相差 2/256)、#{same_day}(相差 1/256)")
    );
    let elsewhere = stage.piece("fl", "d.jpg", 4, photo(7, None));
    assert!(stage.told(elsewhere, Code::W07).unwrap().contains("(相差 3/256)"));
    assert!(stage.told(first, Code::W07).unwrap().contains(&format!("fl #{elsewhere}")));
    let stranger = stage.piece("fl", "e.jpg", 5, photo(u64::MAX, None));
    let unassigned = stage.piece("", "f.jpg", 6, photo(0, None));
    assert_eq!(stage.told(stranger, Code::W07), None);
    assert_eq!(stage.told(unassigned, Code::W07), None);
}

#[test]
fn the_head_of_a_newspaper_is_nobodys_photo() {
    let mut stage = Stage::default();
    let head = stage.piece("jyj", "报头.jpg", 1, photo(0, Some(MARCH)));
    stage.piece("fl", "报头2.jpg", 2, photo(1, Some(date(2017, 4, 1))));
    assert_eq!(stage.told(head, Code::W07), None);
}

#[test]
fn the_same_bytes_of_another_unit_are_named_once() {
    let mut stage = Stage::default();
    let first = stage.piece("jyj", "a.jpg", 1, photo(0, None));
    let second = stage.piece("fl", "b.jpg", 1, photo(0, None));
    assert_eq!(stage.told(second, Code::W26).unwrap(), format!("jyj #{first}"));
    assert_eq!(stage.told(second, Code::W07), None);
    stage.tell(Event::Disposed { evidence: second, reason: "个人信息".into(), n_blobs: 0 });
    assert_eq!(stage.told(first, Code::W26), None);
}

#[test]
fn a_rendition_is_told_and_a_series_is_not() {
    let mut stage = Stage::default();
    let docx = stage.piece("jyj", "通知.docx", 1, text("关于道德讲堂的通知", 1, 0, Some(MARCH)));
    let pdf = stage.piece("jyj", "通知.pdf", 2, text("关于道德讲堂的通知", 1, 4, Some(MARCH)));
    assert_eq!(stage.told(pdf, Code::W08).unwrap(), format!("#{docx}(文字相同约 93%),可合并为另一版式"));
    let april = stage.piece("jyj", "四月台账.xlsx", 3, text("台账", 2, 0, Some(date(2017, 4, 1))));
    let may = stage.piece("jyj", "五月台账.xlsx", 4, text("台账", 2, 0, Some(date(2017, 5, 1))));
    let other = stage.piece("jyj", "总结.pdf", 5, text("总结", 1, 30, Some(MARCH)));
    for id in [april, may, other] {
        assert_eq!((stage.told(id, Code::W08), stage.told(id, Code::W23)), (None, None), "{id}");
    }
    let elsewhere = stage.piece("fl", "通知.ofd", 6, text("关于道德讲堂的通知", 1, 0, None));
    assert_eq!(
        stage.told(elsewhere, Code::W08).unwrap(),
        format!("jyj #{docx}(文字相同约 100%)、jyj #{pdf}(文字相同约 93%)")
    );
}

#[test]
fn one_number_under_a_similar_title_is_one_document() {
    let numbered = |title: &str, number: &str| Facts {
        title: Some(title.into()),
        document_number: Some(number.into()),
        ..Facts::default()
    };
    let mut stage = Stage::default();
    let scan = stage.piece("jyj", "扫描.pdf", 1, numbered("关于开展道德讲堂活动的通知", "示创〔2017〕2号"));
    let docx = stage.piece("jyj", "通知.docx", 2, numbered("开展道德讲堂活动的通知", "示创〔2017〕2号"));
    let quoting = stage.piece("jyj", "总结.docx", 3, numbered("教育局一季度总结", "示创〔2017〕2号"));
    let next = stage.piece("jyj", "通知2.docx", 4, numbered("开展道德讲堂活动的通知", "示创〔2017〕21号"));
    assert_eq!(stage.told(docx, Code::W08).unwrap(), format!("#{scan}(文号相同),可合并为另一版式"));
    assert_eq!((stage.told(quoting, Code::W08), stage.told(next, Code::W08)), (None, None));
}

#[test]
fn last_years_document_is_told_of_the_later_one_only() {
    let mut stage = Stage::default();
    let old = stage.piece("jyj", "方案.docx", 1, text("方案", 1, 0, Some(date(2016, 3, 1))));
    let new = stage.piece("jyj", "方案2017.docx", 2, text("方案", 1, 3, Some(MARCH)));
    let fresh = stage.piece("jyj", "新方案.docx", 3, text("方案", 5, 0, Some(MARCH)));
    assert_eq!(stage.told(new, Code::W23).unwrap(), format!("#{old}(文字相同约 95%)"));
    for (id, code) in [(old, Code::W23), (old, Code::W08), (new, Code::W08), (fresh, Code::W23)] {
        assert_eq!(stage.told(id, code), None, "{id}");
    }
}

#[test]
fn reprints_of_one_press_text_are_told_whatever_their_days() {
    let mut stage = Stage::default();
    let daily = stage.piece_of("jyj", "press", ("日报.pdf", 1), text("道德讲堂开讲", 1, 0, Some(MARCH)));
    let evening = text("讲堂进社区", 1, 9, Some(date(2017, 3, 17)));
    let evening = stage.piece_of("jyj", "press", ("晚报.pdf", 2), evening);
    assert!(stage.told(evening, Code::W08).unwrap().starts_with(&format!("同一新闻稿 #{daily}(")));
}

#[test]
fn pages_sent_one_by_one_are_proposed_for_joining() {
    let mut stage = Stage::default();
    let page = || Facts { media_type: "image/png".into(), ..Facts::default() };
    let body = stage.piece("jyj", "正文.png", 1, page());
    let head = stage.piece("jyj", "报头.png", 2, page());
    assert_eq!(stage.told(body, Code::I05).unwrap(), format!("#{head}、#{body} 可合并为一件"));
    let alone = stage.piece("jyj", "会议记录第1页.png", 3, page());
    let elsewhere = stage.piece("fl", "会议记录第2页.png", 4, page());
    let document = stage.piece("jyj", "总结(1).pdf", 5, text("总结", 1, 0, None));
    stage.piece("jyj", "总结(2).pdf", 6, text("总结", 3, 0, None));
    let taken = |n| Facts { captured_at: Some(MARCH.at(9, n, 0, 0)), ..page() };
    let photo = stage.piece("jyj", "合影(1).jpg", 7, taken(1));
    stage.piece("jyj", "合影(2).jpg", 8, taken(2));
    for id in [alone, elsewhere, document, photo] {
        assert_eq!(stage.told(id, Code::I05), None, "{id}");
    }
}

#[test]
fn a_piece_that_proves_several_standards_says_so() {
    let mut stage = Stage::default();
    let id = stage.piece("jyj", "通知.docx", 1, Facts::default());
    let mut piece = stage.fold.evidence[&id].as_ref().clone();
    for path in ["1.1", "1.2", "1.3"] {
        piece.claims.push(Claim::new("2017".parse().unwrap(), path.parse().unwrap()));
    }
    piece.claims[1].standing = Standing::Withdrawn { reason: String::new() };
    stage.tell(Event::Restated { evidence: Box::new(piece.clone()) });
    assert_eq!(stage.told(id, Code::I01).unwrap(), "2 项:1.1、1.3");
    piece.claims.truncate(2);
    stage.tell(Event::Restated { evidence: Box::new(piece) });
    assert_eq!(stage.told(id, Code::I01), None);
}

#[test]
fn of_many_alike_only_those_lean_that_are_not_told_yet() {
    let mut stage = Stage::default();
    let many: Vec<EvidenceId> = (1..=30).map(|n| stage.piece("jyj", "植树.jpg", n, photo(0, None))).collect();
    let other = stage.piece("fl", "慰问.jpg", 31, photo(u64::MAX, None));
    let copy = stage.piece("fl", "植树.jpg", 32, photo(1, None));
    let of = |touched: EvidenceId, told: &[EvidenceId]| {
        leaning(&stage.fold, &[touched].into(), |id, code| code == Code::W07 && told.contains(&id))
    };
    assert_eq!(of(copy, &many[..28]), [many[28], many[29]].into());
    assert!(of(many[0], &[]).iter().eq([&copy]), "those of its own unit are told nothing by it");
    assert!(of(other, &[]).is_empty());
}

#[test]
fn pages_and_papers_lean_on_what_lies_beside_them() {
    let mut stage = Stage::default();
    let row = stage.piece("jyj", "1.pdf", 1, text("一", 1, 0, None));
    let named = Facts { attachments: vec!["名单".into()], ..text("通知", 2, 0, None) };
    let letter = stage.piece("jyj", "通知.pdf", 2, named);
    stage.piece("jyj", "总结.pdf", 3, text("总结", 3, 0, None));
    let elsewhere = stage.piece("fl", "2.pdf", 4, text("二", 4, 0, None));
    let comes = stage.piece("jyj", "名单.pdf", 5, text("名单", 5, 0, None));
    let of = |touched| leaning(&stage.fold, &[touched].into(), |_, _| false);
    assert_eq!(of(comes), [row, letter].into());
    assert!(of(elsewhere).is_empty());
}
