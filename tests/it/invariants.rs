//! The seven invariants of the design, each held by the test that bears its number.

use std::io::Cursor;

use jiff::Timestamp;
use jiff::civil::date;
use juanzong::archive::Archive;
use juanzong::audit;
use juanzong::cage::Keeper;
use juanzong::completeness;
use juanzong::domain::actor::{Act, Scope};
use juanzong::domain::duty::{DutyStanding, State};
use juanzong::domain::evidence::Standing;
use juanzong::domain::finding::Code;
use juanzong::domain::id::EvidenceId;
use juanzong::domain::reading::Status;
use juanzong::domain::submission::Filing;
use juanzong::domain::verdict::Verdict;
use juanzong::dossier::layout::Layout;
use juanzong::dossier::plan::{Handover, Selection, opener, plan};
use juanzong::dossier::verify;
use juanzong::error::Kind;
use juanzong::ledger::event::{Edit, Event};
use juanzong::review::{self, Decision, Duties};

use crate::dice::Dice;
use crate::tables::Tables;
use crate::world::{World, filings, scheme, scheme_id, sent_back, units, zip_of};

/// A story with every verb in it.
async fn busy(world: &mut World) {
    let ledger = world.archive.ledger().clone();
    for n in 1..=4 {
        world.write(&format!("材料/文明办/1)/剪报/2017-03-05 第{n}版.jpg"), [n]);
    }
    world.write("一份.txt", "单独报送");
    let (alone, _) = world.file("一份.txt").await;
    world.write("材料/教育局/1)/关于学习的通知 2017-03-01.txt", "关于学习的通知\n2017年3月1日");
    world
        .write("材料/U盘/a.txt", "关于学习的通知\n2017年3月1日")
        .write("材料/空.txt", "")
        .write("材料/Thumbs.db", "x");
    zip_of(
        &world.path("材料/党办.zip"),
        &[(b"1)/a.txt", b"dept"), (b"../b.txt", b"out"), (b"1)/c.txt", b"c")],
    );
    let (lines, _) = world.file("材料").await;
    world.file("材料").await;
    world.read().await;
    let id = |part: &str| lines.iter().find(|it| it.path.contains(part)).unwrap().evidence.unwrap();
    let pages: Vec<EvidenceId> = (1..=3).map(|n| id(&format!("第{n}版"))).collect();
    world.on("2017-04-02");
    let act = world.act();
    review::join(&ledger, &act, &pages).await.unwrap();
    let split = review::split(&ledger, &act, pages[0], &[2]).await.unwrap();
    let (unit, on) = ("jyj".parse().unwrap(), (scheme_id(), "1.1".parse().unwrap()));
    review::assign(&ledger, &act, &[id("U盘")], Some(&unit), Some(&on)).await.unwrap();
    world.judge(id("通知"), &sent_back("缺公章")).await;
    world.judge(pages[0], &Decision::Accept).await;
    world.judge(split, &Decision::Withdraw { reason: "重复".into() }).await;
    let elsewhere = (scheme_id(), "1.2".parse().unwrap());
    review::assign(&ledger, &act, &[split], Some(&unit), Some(&elsewhere)).await.unwrap();
    let edit = Edit { title: Some("头版".into()), ..Edit::default() };
    review::edit(&ledger, &act, &[pages[0]], &edit).await.unwrap();
    review::describe(&ledger, &act, pages[0], None, (Some(&"lf-bd".parse().unwrap()), "头条", "1"))
        .await
        .unwrap();
    let duties = Duties {
        scheme: scheme_id(),
        requirement: "hr".parse().unwrap(),
        unit: "yy".parse().unwrap(),
        period: None,
    };
    let waived = DutyStanding::Waived { reason: "停办".into(), by: "clerk".into() };
    review::decide_duty(&ledger, &act, &duties, waived).await.unwrap();
    world.tell(Event::UnitSet { unit: units().remove(1) }).await;
    world.tell(Event::SchemeImported { scheme: Box::new(scheme()) }).await;
    world.archive.dispose(&act, split, "本人要求").await.unwrap();
    world.archive.dispose(&act, alone[0].evidence.unwrap(), "本人要求").await.unwrap();
    world.tell(Event::SchemeRetired { scheme: scheme_id() }).await;
}

#[tokio::test]
async fn invariant_1_the_ledger_is_the_only_truth() {
    let mut world = World::new().await;
    busy(&mut world).await;
    let ledger = world.archive.ledger();
    let told = ledger.fold_until(Timestamp::MAX).await.unwrap();
    let mut verbs: Vec<String> = Vec::new();
    ledger
        .each_entry(juanzong::domain::id::EntryId(0), |it| {
            verbs.push(it.verb);
            Ok(())
        })
        .await
        .unwrap();
    verbs.sort();
    verbs.dedup();
    assert_eq!(verbs.len(), 22, "every verb took part: {verbs:?}");
    assert_eq!(*world.fold().await, told, "what was kept warm differs from the entries");
    assert_eq!(ledger.fold().await.unwrap(), told, "the tables differ from the entries");
    let tables = Tables::open(&world.root()).await;
    let before = tables.projections().await;
    assert!(before.values().all(|rows| !rows.is_empty()), "every table has rows: {before:?}");
    tables.drop_projections().await;
    ledger.refold().await.unwrap();
    assert_eq!(tables.projections().await, before, "row for row");
    let checks = audit::audit(&world.archive, |_, _| {}).await.unwrap();
    assert!(checks.iter().all(|it| !matches!(it.verdict, Verdict::Fail)), "{checks:?}");
}

#[tokio::test]
async fn invariant_2_bytes_come_before_words() {
    // `crash.rs` kills the real binary at random moments; here each step between bytes and words fails by itself.
    let world = World::new().await;
    world.write("材料/文明办/1)/通知 2017-03-01.txt", "通知");
    let blobs = world.root().join("sha256");
    std::fs::remove_dir(&blobs).unwrap();
    std::fs::write(&blobs, "in the way").unwrap();
    assert!(world.try_file("材料").await.is_err(), "the bytes cannot be kept");
    assert!(world.fold().await.evidence.is_empty(), "and no entry names them");
    std::fs::remove_file(&blobs).unwrap();
    std::fs::create_dir(&blobs).unwrap();
    let tables = Tables::open(&world.root()).await;
    let refuse = "create trigger refuse before insert on entry when new.verb = 'filed' begin select raise(abort, 'no'); end";
    tables.run(refuse).await;
    assert!(world.try_file("材料").await.is_err(), "the words cannot be kept");
    let (kept, _) = world.archive.store().digests().unwrap();
    assert_eq!((kept.len(), world.fold().await.evidence.len()), (1, 0), "the bytes were kept before");
    tables.run("drop trigger refuse").await;
    let (lines, _) = world.file("材料").await;
    assert_eq!((filings(&lines), lines[0].sha256), (vec![Filing::Filed], Some(kept[0])));
    world.index().await;
    let checks = audit::audit(&world.archive, |_, _| {}).await.unwrap();
    assert!(checks.iter().all(|it| it.verdict == Verdict::Pass || it.check == "derived"), "{checks:?}");
}

#[tokio::test]
async fn invariant_2_the_chain_covers_salted_digests_and_survives_disposal() {
    let world = World::new().await;
    let one = world.piece("文明办/2)/a.txt", "同一份").await;
    let two = world.piece("教育局/2)/a.txt", "同一份").await;
    world.read().await;
    let tables = Tables::open(&world.root()).await;
    let entries = "select entry_id || ' ' || payload_digest || ' ' || hash from entry order by entry_id";
    let before = tables.texts(entries).await;
    let digest = world.fold().await.evidence[&one].parts[0].blob.sha256;
    assert_eq!(
        world.archive.dispose(&world.act(), one, "本人要求").await.unwrap(),
        0,
        "another piece needs it"
    );
    assert!(world.archive.store().size(&digest).unwrap().is_some());
    assert_eq!(world.archive.text(&digest).unwrap(), "同一份");
    assert_eq!(world.archive.dispose(&world.act(), two, "本人要求").await.unwrap(), 1);
    assert_eq!(world.archive.store().size(&digest).unwrap(), None);
    assert_eq!(world.archive.ledger().chain_faults().await.unwrap(), []);
    let after = tables.texts(entries).await;
    assert_eq!(after[..before.len()], before, "digests and hashes are what they were");
    let emptied = "select verb from entry where payload is null and salt is null order by entry_id";
    assert_eq!(tables.texts(emptied).await, ["filed", "filed", "read"]);
    let rest = tables.texts("select count(*) || '' from entry where payload like '%a.txt%'").await;
    assert_eq!(rest, ["0"]);
}

#[tokio::test]
async fn invariant_3_filing_is_idempotent() {
    let world = World::new().await;
    world
        .write("材料/文明办/1)/通知 2017-03-01.txt", "通知")
        .write("材料/教育局/2)/通知 2017-03-01.txt", "通知");
    world.write("材料/未知/通知.txt", "通知").write("材料/未知/另一份.txt", "通知");
    zip_of(&world.path("材料/文明办/包.zip"), &[(b"1)/a.txt", "通知".as_bytes()), (b"1)/b.txt", b"b")]);
    let (first, _) = world.file("材料").await;
    let before = world.fold().await;
    let (again, _) = world.file("材料").await;
    let after = world.fold().await;
    // One digest is one part of one piece per unit, or of the unassigned; a container is none.
    assert_eq!((before.evidence.len(), before.blobs().len()), (4, 2));
    let kept = first.iter().filter(|it| it.evidence.is_some()).map(|it| it.evidence);
    assert!(again.iter().filter(|it| it.evidence.is_some()).map(|it| it.evidence).eq(kept));
    assert!(again.iter().all(|it| matches!(it.filing, Filing::Known | Filing::Container)), "{again:?}");
    assert!(before.evidence.keys().eq(after.evidence.keys()) && before.blobs() == after.blobs());
    for (old, new) in before.evidence.values().zip(after.evidence.values()) {
        assert_eq!((&old.claims, &old.parts, old.filed_at), (&new.claims, &new.parts, new.filed_at));
        assert_eq!(new.sightings.len(), 2 * old.sightings.len(), "a sighting is added");
    }
}

#[tokio::test]
async fn invariant_4_any_bytes_give_an_extraction_and_the_program_lives() {
    let mut world = World::new().await;
    let mut dice = Dice::new(4);
    let heads: [&[u8]; 8] = [
        b"",
        b"%PDF-1.7\n",
        b"PK\x03\x04",
        b"\xff\xd8\xff\xe1",
        b"\x89PNG\r\n\x1a\n",
        b"\xd0\xcf\x11\xe0",
        b"\0\0\0\x18ftypmp42",
        b"<html>",
    ];
    for (n, head) in (0..).zip(heads) {
        for ending in ["txt", "pdf", "docx", "jpg", "xlsx", "mp4"] {
            let noise = (0..dice.roll(3000) + 1).map(|_| u8::try_from(dice.roll(256)).unwrap());
            let bytes: Vec<u8> = head.iter().copied().chain(noise.collect::<Vec<_>>()).collect();
            world.write(&format!("材料/教育局/1)/{n}.{ending}"), bytes);
        }
    }
    world.write("材料/教育局/1)/通知 2017-03-01.txt", "正常的通知");
    world.file("材料").await;
    world.index().await;
    let fold = world.fold().await;
    let parts = || fold.evidence.values().flat_map(|it| &it.parts);
    assert!(parts().count() > 40 && parts().all(|it| fold.readings.contains_key(&it.blob.sha256)));
    // A child that dies before it says a word; `extract.rs` has those that outgrow their time and memory.
    let lethal = Archive::open(&world.root(), Keeper::of("/bin/false")).await.unwrap();
    let whole = std::mem::replace(&mut world.archive, lethal);
    let piece = world.piece("教育局/1)/致命 2017-03-02.txt", "致命").await;
    world.read().await;
    world.archive = whole;
    let fold = world.fold().await;
    let reading = fold.readings_of(&fold.evidence[&piece]).next().unwrap().1;
    assert_eq!((reading.status, reading.findings[0].code), (Status::Crash, Code::E02));
    world.piece("教育局/1)/后来 2017-03-03.txt", "后来的通知").await;
    world.index().await;
    assert_eq!((world.found("正常的通知").await.len(), world.found("后来的通知").await.len()), (1, 1));
    assert_eq!(world.found("致命").await, [piece], "it is found by its name");
}

#[tokio::test]
async fn invariant_5_a_dossier_is_a_function_of_its_plan() {
    let mut world = World::new().await;
    busy(&mut world).await;
    let fold = world.fold().await;
    let handover = Handover {
        organization: "市创建办".into(),
        made_by: "clerk".into(),
        made_at: world.now,
        scope: Scope::All,
    };
    let laid = || {
        let manifest = plan(&world.archive, &fold, &scheme_id(), &Selection::Whole, &handover);
        Layout::new(manifest.unwrap()).unwrap()
    };
    let (layout, open) = (laid(), opener(&world.archive));
    let mut whole = Vec::new();
    layout.write(&open, &mut whole).unwrap();
    assert_eq!(whole.len() as u64, layout.total_bytes());
    let mut again = Vec::new();
    laid().write(&open, &mut again).unwrap();
    assert!(whole == again, "the same plan, other bytes");
    let mut dice = Dice::new(5);
    for _ in 0..200 {
        let from = dice.roll(layout.total_bytes());
        let to = from + dice.roll(layout.total_bytes() - from + 1);
        let mut part = Vec::new();
        layout.read_range(from..to, &open, &mut part).unwrap();
        assert!(part == whole[usize::try_from(from).unwrap()..usize::try_from(to).unwrap()], "{from}..{to}");
    }
    assert_eq!(verify::verify(Cursor::new(whole)).verdict(), Verdict::Pass);
}

#[tokio::test]
async fn invariant_6_time_actor_and_scope_are_parameters() {
    let mut world = World::new().await;
    world.on("1999-12-31");
    let own = world.piece("教育局/1)/通知 1999-03-01.txt", "道德讲堂").await;
    let other = world.piece("文明办/1)/通知 1999-03-01.txt", "道德讲堂 文明办").await;
    world.piece("U盘/通知.txt", "道德讲堂 未归属").await;
    world.index().await;
    let mut told = Vec::new();
    world
        .archive
        .ledger()
        .each_entry(juanzong::domain::id::EntryId(0), |it| {
            told.push(it);
            Ok(())
        })
        .await
        .unwrap();
    let set_up: Timestamp = "2017-04-01T02:00:00Z".parse().unwrap();
    assert!(told.iter().all(|it| [set_up, world.now].contains(&it.at)), "an entry knows another time");
    assert!(told.iter().all(|it| ["clerk", "juanzong"].contains(&it.actor.as_str())));
    let scope = Scope::Units(["jyj".parse().unwrap()].into());
    let answer = world.ask_as(&scope, "道德讲堂").await;
    assert_eq!((answer.total, answer.hits.len(), answer.hits[0].evidence.id), (1, 1, own));
    for facet in &answer.facets {
        assert!(facet.counts.iter().all(|it| it.1 <= 1), "what is out of sight is counted: {facet:?}");
    }
    assert_eq!(world.ask("道德讲堂").await.total, 3);
    let all = completeness::assess(&*world.fold().await, &scheme_id(), &scope, date(2017, 4, 1)).unwrap();
    assert!(all.duties.iter().all(|it| it.duty.key.unit.as_str() == "jyj"));
    assert!(all.amiss.iter().all(|it| it.evidence == own) && !all.amiss.is_empty());
    let act = Act { scope, ..world.act() };
    let ledger = world.archive.ledger();
    for foreign in [other, EvidenceId(9999)] {
        let refused = review::judge(ledger, &act, &[foreign], None, &Decision::Accept).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::NotFound);
        assert!(refused.message().starts_with(&format!("There is no evidence #{foreign}")), "{refused}");
    }
}

#[tokio::test]
async fn invariant_7_unchecked_is_not_passed() {
    let world = World::new().await;
    // A file that counts nowhere, one nobody judged, one without a date: none of them is shown as passed.
    let pending = world.piece("教育局/1)/通知 2017-03-01.txt", "通知").await;
    world.piece("文明办/1)/通知.txt", "没有日期").await;
    assert_eq!(world.duty("jyj", "lf-wj").await, "pending 0/1+1");
    assert_eq!(world.duty("wmb", "lf-wj").await, "missing 0/1+0");
    let sum = world.completeness().await.sum(None);
    assert_eq!((sum.accepted, sum.n(State::Accepted), sum.state()), (0, 0, Some(State::Partial)));
    assert_eq!(world.fold().await.evidence[&pending].claims[0].standing, Standing::Pending);
    // What was not read and not indexed is not told as read and indexed.
    let checks = audit::audit(&world.archive, |_, _| {}).await.unwrap();
    let verdict = |name: &str| checks.iter().find(|it| it.check == name).unwrap().verdict;
    assert_eq!((verdict("blobs"), verdict("chain")), (Verdict::Pass, Verdict::Pass));
    assert_eq!((verdict("read"), verdict("index")), (Verdict::Warn, Verdict::Unchecked));
    // A dossier that could not be checked to its end did not pass.
    for bytes in [&b""[..], b"PK\x05\x06", b"no zip at all"] {
        assert_ne!(verify::verify(Cursor::new(bytes)).verdict(), Verdict::Pass);
    }
    assert!(Verdict::Unchecked > Verdict::Pass, "of several verdicts the worst holds");
}
