//! The ledger on a real file: acting, folding, disposing, many writers.

use jiff::Timestamp;
use jiff::civil::date;

use super::*;
use crate::domain::actor::Act;
use crate::domain::duty::{DutyKey, DutyStanding};
use crate::domain::evidence::{
    Blob, Claim, DateKind, Dated, Evidence, KindSource, Part, Provenance, Role, Sighting,
};
use crate::domain::id::{Digest, EntryId, EvidenceId, SubmissionId, UnitId};
use crate::domain::reading::{Facts, Reading, Status};
use crate::domain::submission::{Container, Receipt};
use crate::domain::unit::Unit;
use crate::ledger::event::{Edit, Event};
use crate::review::{self, Decision};

fn now() -> Timestamp {
    "2017-03-01T02:00:00.123456789Z".parse().unwrap()
}

fn clerk() -> Act {
    Act::of("clerk", now())
}

fn unit(id: &str) -> Unit {
    let name = format!("市{id}局");
    Unit {
        id: id.parse().unwrap(),
        name,
        short: None,
        aliases: vec![],
        former: vec![],
        parent: None,
        groups: vec![],
        contacts: vec![],
    }
}

fn digest(n: u8) -> Digest {
    Digest::new([n; 32])
}

fn piece(unit: Option<&str>, n: u8) -> Evidence {
    let blob = Blob { sha256: digest(n), bytes: 10, crc32: 1 };
    Evidence {
        id: EvidenceId(0),
        unit: unit.map(|it| it.parse().unwrap()),
        kind: "report".parse().unwrap(),
        kind_source: KindSource::Proposed,
        title: format!("报告{n}"),
        document_number: None,
        issuer: None,
        caption: Default::default(),
        dates: vec![Dated {
            kind: DateKind::Made,
            from: date(2017, 1, 1),
            to: date(2017, 1, 1),
            provenance: Provenance::Name,
        }],
        parts: vec![Part { blob, role: Role::Main, name: format!("李四的报告{n}.txt"), name_raw: None }],
        claims: vec![Claim::new("2017".parse().unwrap(), "1.1".parse().unwrap())],
        rulings: vec![],
        tags: std::collections::BTreeSet::new(),
        sightings: vec![Sighting {
            submission: SubmissionId(1),
            path: format!("a.zip/报告{n}.txt"),
            at: now(),
            alias: None,
            sent_back: vec![],
        }],
        filed_at: now(),
        filed_by: "clerk".into(),
    }
}

async fn ledger(dir: &tempfile::TempDir) -> Ledger {
    let ledger = Ledger::create(&dir.path().join("ledger.sqlite")).await.unwrap();
    let begin = |desk: &mut Desk| {
        desk.record(Event::ArchiveCreated { timezone: "Asia/Shanghai".into() })?;
        desk.record(Event::UnitSet { unit: unit("jyj") })?;
        desk.record(Event::UnitSet { unit: unit("wjw") })
    };
    ledger.act(now(), "clerk", Touches::default(), begin).await.unwrap();
    ledger
}

async fn file(ledger: &Ledger, evidence: Evidence) -> EvidenceId {
    let event = Event::Filed { evidence: Box::new(evidence) };
    let (id, _) = ledger.act(now(), "clerk", Touches::default(), |desk| desk.record(event)).await.unwrap();
    EvidenceId(id.0)
}

async fn read(ledger: &Ledger, n: u8) {
    let reading = Reading {
        extractor: "test".into(),
        version: 1,
        status: Status::Ok,
        facts: Facts { media_type: "text/plain".into(), ..Facts::default() },
        findings: vec![],
    };
    let touches = Touches { blobs: vec![digest(n)], ..Touches::default() };
    let event = Event::Read { blob: digest(n), reading: Box::new(reading) };
    ledger.act(now(), "reader", touches, |desk| desk.record(event)).await.unwrap();
}

/// The tables, the replay of the tables, and the fold of the entries must tell the same.
async fn agree(ledger: &Ledger) {
    assert_eq!(ledger.chain_faults().await.unwrap(), []);
    let tables = ledger.fold().await.unwrap();
    let folded = ledger.fold_until(Timestamp::MAX).await.unwrap();
    assert_eq!(tables, folded, "the tables differ from the entries");
    ledger.refold().await.unwrap();
    assert_eq!(ledger.fold().await.unwrap(), folded, "the replayed tables differ");
}

#[tokio::test]
async fn replay_equals_the_tables_after_every_verb() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(&dir).await;
    let act = clerk();
    let open = Event::SubmissionOpened { offered: vec!["材料".into()] };
    let (submission, _) =
        ledger.act(now(), "clerk", Touches::default(), |desk| desk.record(open)).await.unwrap();
    let a = file(&ledger, piece(Some("jyj"), 1)).await;
    let b = file(&ledger, piece(Some("jyj"), 2)).await;
    let c = file(&ledger, piece(None, 1)).await;
    read(&ledger, 1).await;
    review::judge(&ledger, &act, &[a, b], None, &Decision::Accept).await.unwrap();
    review::join(&ledger, &act, &[a, b]).await.unwrap();
    let split = review::split(&ledger, &act, a, &[2]).await.unwrap();
    let edit = Edit { title: Some("新题名".into()), ..Edit::default() };
    review::edit(&ledger, &act, &[split], &edit).await.unwrap();
    let jyj: UnitId = "jyj".parse().unwrap();
    let merged = review::assign(&ledger, &act, &[c], Some(&jyj), None).await.unwrap();
    assert_eq!(merged, [a], "the same bytes of the same unit are one piece");
    let id = SubmissionId(submission.0);
    let touches = Touches { submissions: vec![id], ..Touches::default() };
    let close = Event::SubmissionClosed { submission: id, receipt: Receipt::default() };
    ledger.act(now(), "clerk", touches, |desk| desk.record(close)).await.unwrap();
    let key = DutyKey {
        scheme: "2017".parse().unwrap(),
        requirement: "r".parse().unwrap(),
        unit: jyj,
        period: "once".into(),
    };
    let waive = Event::DutyDecided {
        duty: key,
        standing: DutyStanding::Objected { reason: "非本单位职责".into() },
    };
    ledger.act(now(), "clerk", Touches::default(), |desk| desk.record(waive)).await.unwrap();
    agree(&ledger).await;
    let fold = ledger.fold().await.unwrap();
    assert_eq!(fold.current(b).unwrap().id, a);
    assert_eq!(fold.evidence[&split].title, "新题名");
    assert_eq!(fold.evidence[&split].claims[0].standing.word(), "pending");
}

#[tokio::test]
async fn a_disposed_piece_leaves_a_chain_that_verifies_and_no_word_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(&dir).await;
    let act = clerk();
    let open = Event::SubmissionOpened { offered: vec!["U盘".into()] };
    let (submission, _) =
        ledger.act(now(), "clerk", Touches::default(), |desk| desk.record(open)).await.unwrap();
    let submission = SubmissionId(submission.0);
    let container = Container {
        path: "a.zip".into(),
        sha256: digest(9),
        bytes: 5,
        members: vec![],
        kept: true,
        finding: None,
    };
    let touches = Touches { submissions: vec![submission], ..Touches::default() };
    let event = Event::ContainerReceived { submission, container };
    ledger.act(now(), "clerk", touches, |desk| desk.record(event)).await.unwrap();
    let with = |mut it: Evidence| {
        it.sightings[0].submission = submission;
        it
    };
    let a = file(&ledger, with(piece(Some("jyj"), 1))).await;
    let b = file(&ledger, with(piece(Some("jyj"), 2))).await;
    let other = file(&ledger, piece(Some("wjw"), 2)).await;
    read(&ledger, 1).await;
    read(&ledger, 2).await;
    review::join(&ledger, &act, &[a, b]).await.unwrap();
    let split = review::split(&ledger, &act, a, &[2]).await.unwrap();

    assert!(ledger.dispose(now(), "clerk", a, " ").await.is_err(), "a reason is asked");
    let blobs = ledger.dispose(now(), "clerk", a, "个人信息保护请求").await.unwrap();
    assert_eq!(
        blobs,
        [digest(1), digest(9)],
        "a blob that another piece needs stays, the kept container goes"
    );
    agree(&ledger).await;
    let fold = ledger.fold().await.unwrap();
    assert!(!fold.evidence.contains_key(&a) && fold.disposed.contains_key(&a));
    assert_eq!(fold.evidence[&split].parts[0].blob.sha256, digest(2), "what was split off stays");
    assert!(fold.evidence.contains_key(&other));
    assert!(!fold.readings.contains_key(&digest(1)) && fold.readings.contains_key(&digest(2)));
    assert!(ledger.dispose(now(), "clerk", a, "again").await.is_err());
    ledger.close().await;
    let bytes = std::fs::read(dir.path().join("ledger.sqlite")).unwrap();
    let name = "李四的报告1".as_bytes();
    assert!(!bytes.windows(name.len()).any(|it| it == name), "the name is still in the file");
}

#[tokio::test]
async fn many_writers_leave_no_gap() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(&dir).await;
    let writers = (0..8).map(|n| {
        let ledger = ledger.clone();
        tokio::spawn(async move {
            for k in 0..10 {
                file(&ledger, piece(None, n * 10 + k)).await;
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(ledger.head().await.unwrap().entry, EntryId(83));
    agree(&ledger).await;
}

#[tokio::test]
async fn the_kind_is_taken_from_the_content_unless_someone_said_it() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(&dir).await;
    let guessed = file(&ledger, piece(Some("jyj"), 1)).await;
    let named = file(&ledger, Evidence { kind_source: KindSource::Name, ..piece(Some("wjw"), 1) }).await;
    let reading = serde_json::json!({
        "extractor": "test", "version": 1, "status": "ok", "findings": [],
        "facts": { "media_type": "text/plain", "kind": { "kind": "policy", "reason": "有文号" } }
    });
    let touches = || Touches { blobs: vec![digest(1)], ..Touches::default() };
    let event = Event::Read { blob: digest(1), reading: serde_json::from_value(reading).unwrap() };
    ledger.act(now(), "reader", touches(), |desk| desk.record(event)).await.unwrap();
    // The same bytes of a third unit are known already.
    let event = Event::Filed { evidence: Box::new(piece(None, 1)) };
    let (later, _) = ledger.act(now(), "clerk", touches(), |desk| desk.record(event)).await.unwrap();
    let fold = ledger.fold().await.unwrap();
    let kinds = [guessed, named, EvidenceId(later.0)].map(|it| {
        let piece = &fold.evidence[&it];
        (piece.kind.to_string(), piece.kind_source, fold.reason_of_kind(piece).map(str::to_owned))
    });
    let content = || ("policy".to_owned(), KindSource::Content, Some("有文号".to_owned()));
    assert_eq!(kinds, [content(), ("report".into(), KindSource::Name, None), content()]);
    let edit = Edit { kind: Some("photo".parse().unwrap()), ..Edit::default() };
    review::edit(&ledger, &clerk(), &[guessed], &edit).await.unwrap();
    read(&ledger, 1).await;
    let piece = ledger.fold().await.unwrap().evidence[&guessed].clone();
    assert_eq!((piece.kind.as_str(), piece.kind_source), ("photo", KindSource::Said));
    agree(&ledger).await;
}

#[tokio::test]
async fn a_scheme_has_its_own_kind_for_what_only_the_media_type_tells() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(&dir).await;
    let scheme = serde_json::json!({
        "id": "2017", "title": "测评体系", "levels": ["测评标准"], "indicator": [],
        "kind": [{ "code": "scene", "zh": "实景图片", "en": "Scene", "media": ["image/"] }]
    });
    let scheme = Event::SchemeImported { scheme: serde_json::from_value(scheme).unwrap() };
    ledger.act(now(), "clerk", Touches::default(), |desk| desk.record(scheme)).await.unwrap();
    let mut kinds = Vec::new();
    for (n, media_type, kind) in [(1, "image/jpeg", "photo"), (2, "application/pdf", "press")] {
        let id = file(&ledger, piece(Some("jyj"), n)).await;
        let reading = serde_json::json!({
            "extractor": "test", "version": 1, "status": "ok", "findings": [],
            "facts": { "media_type": media_type, "kind": { "kind": kind, "reason": "如此" } }
        });
        let touches = Touches { blobs: vec![digest(n)], ..Touches::default() };
        let event = Event::Read { blob: digest(n), reading: serde_json::from_value(reading).unwrap() };
        ledger.act(now(), "reader", touches, |desk| desk.record(event)).await.unwrap();
        kinds.push(ledger.fold().await.unwrap().evidence[&id].kind.to_string());
    }
    assert_eq!(kinds, ["scene", "press"]);
    agree(&ledger).await;
}

#[tokio::test]
async fn a_caption_tells_a_date_as_long_as_it_stands() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(&dir).await;
    let id = file(&ledger, piece(Some("jyj"), 1)).await;
    let caption = |field: &str, text: &str| Edit {
        caption: [(field.to_owned(), text.to_owned())].into(),
        ..Edit::default()
    };
    let mut told = Vec::new();
    for edit in [
        caption("图说", "2017年3月6日，志愿者在广场"),
        caption("时间", "2017年3月5日上午"),
        Edit { kind: Some("photo".parse().unwrap()), ..Edit::default() },
        caption("时间", ""),
        caption("图说", ""),
    ] {
        review::edit(&ledger, &clerk(), &[id], &edit).await.unwrap();
        let piece = ledger.fold().await.unwrap().evidence[&id].clone();
        let caption = piece.dates.iter().filter(|it| it.provenance == Provenance::Caption);
        told.push(caption.map(|it| (it.kind, it.from)).collect::<Vec<_>>());
    }
    let (fifth, sixth) = (date(2017, 3, 5), date(2017, 3, 6));
    let expected = [
        vec![(DateKind::Made, sixth)],
        vec![(DateKind::Made, fifth)],
        vec![(DateKind::Activity, fifth)],
        vec![(DateKind::Activity, sixth)],
        vec![],
    ];
    assert_eq!(told, expected);
    agree(&ledger).await;
}

#[tokio::test]
async fn what_decide_refuses_is_not_kept() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(&dir).await;
    let a = file(&ledger, piece(Some("jyj"), 1)).await;
    let before = ledger.head().await.unwrap();
    let act = clerk();
    let both = [a, EvidenceId(999)];
    assert!(review::judge(&ledger, &act, &both, None, &Decision::Accept).await.is_err());
    assert_eq!(ledger.head().await.unwrap(), before);
    let own = Act { unit: Some("jyj".parse().unwrap()), ..clerk() };
    let refused = review::judge(&ledger, &own, &[a], None, &Decision::Accept).await.unwrap_err();
    assert_eq!(refused.kind(), crate::error::Kind::Denied);
    let unsaid = Decision::Return { reason: " ".into(), deadline: None };
    assert!(review::judge(&ledger, &act, &[a], None, &unsaid).await.is_err());
}

#[tokio::test]
async fn a_changed_row_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(&dir).await;
    file(&ledger, piece(Some("jyj"), 1)).await;
    sqlx::query("update entry set payload = replace(payload, '报告1', '报告2') where entry_id = 4")
        .execute(&ledger.pool)
        .await
        .unwrap();
    let faults = ledger.chain_faults().await.unwrap();
    assert_eq!(faults.iter().map(|it| it.entry).collect::<Vec<_>>(), [EntryId(4)]);
    sqlx::query("delete from entry_evidence").execute(&ledger.pool).await.unwrap();
    sqlx::query("delete from entry where entry_id = 3").execute(&ledger.pool).await.unwrap();
    assert_eq!(ledger.chain_faults().await.unwrap()[0].entry, EntryId(4));
}

#[tokio::test]
async fn a_ledger_that_cannot_be_written_is_read_and_says_so_when_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger.sqlite");
    Ledger::create(&path).await.unwrap().close().await;
    let still = Ledger::open_still(&path).await.unwrap();
    assert_eq!(still.fold().await.unwrap().evidence.len(), 0);
    let refused = still.refold().await.unwrap_err();
    assert_eq!(refused.kind(), crate::error::Kind::Denied, "{refused:#?}");
    still.copy_to(&dir.path().join("copy.sqlite")).await.unwrap();
}
