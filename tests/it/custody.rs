//! Custody: what is disposed of is gone, what is backed up comes back, and whatever changed on the disk is found.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use juanzong::archive::{Archive, Processing, backup};
use juanzong::audit::{self, Check};
use juanzong::domain::id::Digest;
use juanzong::domain::verdict::Verdict;
use juanzong::error::Kind;
use juanzong::review;

use crate::tables::Tables;
use crate::world::{World, filings, keeper, zip_of};

/// Every check with its verdict, in order.
async fn audited(archive: &Arc<Archive>) -> Vec<Check> {
    audit::audit(archive, |_, _| {}).await.unwrap()
}

async fn verdicts(archive: &Arc<Archive>) -> Vec<(&'static str, Verdict)> {
    audited(archive).await.iter().map(|it| (it.check, it.verdict)).collect()
}

/// All checks passed but those named.
fn but(differ: &[(&'static str, Verdict)]) -> Vec<(&'static str, Verdict)> {
    let all = ["chain", "projections", "blobs", "orphans", "read", "derived", "index"];
    // What texts say is never checked, only that they are there.
    let sound = |name: &str| if name == "derived" { Verdict::Unchecked } else { Verdict::Pass };
    let found = |name: &str| differ.iter().find(|it| it.0 == name).map_or_else(|| sound(name), |it| it.1);
    all.into_iter().map(|it| (it, found(it))).collect()
}

fn blob(world: &World, digest: &Digest) -> PathBuf {
    let name = digest.to_string();
    world.root().join("sha256").join(&name[..2]).join(&name[2..4]).join(&name)
}

/// Whether any file below a folder holds some bytes.
pub fn holds(folder: &Path, bytes: &[u8]) -> Option<PathBuf> {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if let Some(found) = holds(&path, bytes) {
                return Some(found);
            }
        } else if std::fs::read(&path).unwrap().windows(bytes.len()).any(|it| it == bytes) {
            return Some(path);
        }
    }
    None
}

/// How often two characters stand together in the index, in pieces taken out as well; and no file is there beside
/// those of its segments.
fn terms(world: &World, bigram: &str) -> u64 {
    let folder = world.root().join("index");
    let index = tantivy::Index::open_in_dir(&folder).unwrap();
    let segments = index.searchable_segment_ids().unwrap();
    let files = std::fs::read_dir(&folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
    let of_segments = files.filter(|it| it.len() > 32 && !it.starts_with('.'));
    let dead = of_segments.filter(|it| !segments.iter().any(|id| it.starts_with(&id.uuid_string())));
    assert_eq!(dead.collect::<Vec<_>>(), [""; 0]);
    let searcher = index.reader().unwrap().searcher();
    let holding = |field: &str| {
        let field = index.schema().get_field(field).unwrap();
        searcher.doc_freq(&tantivy::Term::from_field_text(field, bigram)).unwrap()
    };
    ["body", "head", "title", "name", "source"].into_iter().map(holding).sum()
}

#[tokio::test]
async fn a_disposed_piece_is_gone_from_store_derived_index_and_text() {
    let world = World::new().await;
    world.write("材料/文明办/1)/一.txt", "一");
    // So many others that the index would not of itself write its segment anew for the one taken out.
    for n in 0..20 {
        world.write(&format!("材料/教育局/1)/另{n} 2017-03-01.txt"), format!("其他内容{n}"));
    }
    let secret = "张三丰,身份证号 410900199001011234";
    world.write("材料/文明办/1)/张三丰名单 2017-03-01.txt", secret);
    let (lines, _) = world.file("材料").await;
    world.index().await;
    let line = lines.iter().find(|it| it.path.contains("名单")).unwrap();
    let (piece, digest) = (line.evidence.unwrap(), line.sha256.unwrap());
    let one = lines.iter().find(|it| it.path.contains("一.txt")).unwrap().evidence.unwrap();
    review::join(world.archive.ledger(), &world.act(), &[piece, one]).await.unwrap();
    let split = review::split(world.archive.ledger(), &world.act(), piece, &[2]).await.unwrap();
    world.index().await;
    assert_eq!(world.found("张三丰").await, [piece]);
    assert!(terms(&world, "三丰") > 0, "the index keeps what stands together");
    assert_eq!(world.archive.dispose(&world.act(), piece, "本人要求").await.unwrap(), 1);
    assert!(world.archive.store().size(&digest).unwrap().is_none());
    assert_eq!(world.archive.text(&digest).unwrap(), "");
    assert!(!world.fold().await.evidence.contains_key(&piece));
    assert!(world.found("张三丰").await.is_empty(), "it is not shown even before the index follows");
    world.index().await;
    assert_eq!(world.archive.index().await.unwrap().ids().unwrap().len(), 21);
    assert!(world.fold().await.evidence.contains_key(&split), "what was split off stays");
    assert_eq!(verdicts(&world.archive).await, but(&[]));
    let history = world.archive.ledger().history(piece).await.unwrap();
    assert!(history.iter().all(|it| it.event.is_none() || it.verb == "disposed"), "{history:?}");
    let refused = world.archive.dispose(&world.act(), piece, "again").await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotFound);
    world.archive.ledger().close().await;
    for trace in ["张三丰", "410900199001011234", &digest.to_string()] {
        assert_eq!(holds(&world.root(), trace.as_bytes()), None, "“{trace}” is still there");
    }
    assert_eq!(terms(&world, "三丰"), 0, "it is still in the terms of a segment");
}

#[tokio::test]
async fn a_name_that_was_offered_by_itself_goes_with_the_piece() {
    let world = World::new().await;
    world.write("张三丰处分决定.txt", "决定").write("通知.txt", "通知");
    let both = ["张三丰处分决定.txt", "通知.txt"].map(|it| world.path(it)).to_vec();
    let offering = juanzong::archive::filing::Offering { paths: both, ..Default::default() };
    let mut lines = Vec::new();
    let file = juanzong::archive::filing::file;
    file(&world.archive, &world.act(), &offering, &Default::default(), |it| lines.push(it)).await.unwrap();
    world.archive.dispose(&world.act(), lines[0].evidence.unwrap(), "本人要求").await.unwrap();
    let checks = audited(&world.archive).await;
    assert!(checks.iter().take(4).all(|it| it.verdict == Verdict::Pass), "{checks:?}");
    let fold = world.fold().await;
    let submission = fold.submissions.values().next().unwrap();
    assert_eq!(submission.offered.last().unwrap(), "通知.txt");
    assert!(submission.receipt.is_some() && submission.by == "clerk");
    world.archive.ledger().close().await;
    assert_eq!(holds(&world.root(), "张三丰".as_bytes()), None);
}

#[tokio::test]
async fn a_kept_container_goes_with_what_came_in_it() {
    let world = World::new().await;
    std::fs::create_dir_all(world.path("来/教育局")).unwrap();
    let members: [(&[u8], &[u8]); 2] = [(b"1)/secret-list.txt", b"secret"), (b"../out.txt", b"x")];
    zip_of(&world.path("来/教育局/包.zip"), &members);
    let (lines, _) = world.file("来").await;
    let container = world.fold().await.submissions.values().next().unwrap().containers[0].clone();
    assert!(container.kept && world.archive.store().size(&container.sha256).unwrap().is_some());
    world.archive.dispose(&world.act(), lines[0].evidence.unwrap(), "本人要求").await.unwrap();
    assert!(world.archive.store().size(&container.sha256).unwrap().is_none());
    world.archive.ledger().close().await;
    assert_eq!(holds(&world.root(), b"secret-list"), None);
}

#[tokio::test]
async fn backup_destroy_restore_audit_clean_and_search_works() {
    let world = World::new().await;
    world
        .write("材料/文明办/1)/通知 2017-03-01.txt", "开办道德讲堂的通知")
        .write("材料/教育局/2)/2017-03-01 a.jpg", "photo");
    world.file("材料").await;
    world.index().await;
    let to = world.path("backup");
    let first = backup::backup(&world.archive, &to, false).await.unwrap();
    assert_eq!((first.blobs, first.new_blobs), (2, 2));
    world.write("材料/教育局/2)/2017-03-02 b.jpg", "photo 2");
    world.file("材料").await;
    world.index().await;
    let second = backup::backup(&world.archive, &to, false).await.unwrap();
    assert_eq!((second.blobs, second.new_blobs, second.new_bytes), (3, 1, 7), "only what is new is copied");
    let (before, found) = (world.fold().await, world.found("道德讲堂").await);
    world.archive.ledger().close().await;
    std::fs::remove_dir_all(world.root()).unwrap();
    let copied = backup::restore(&to, &world.root()).await.unwrap();
    assert_eq!(copied.head, second.head);
    let mut world = world;
    world.archive = Archive::open(&world.root(), keeper()).await.unwrap();
    assert_eq!(world.fold().await.evidence, before.evidence);
    let restored = verdicts(&world.archive).await;
    assert_eq!(restored, but(&[("derived", Verdict::Warn), ("index", Verdict::Unchecked)]));
    world.index().await;
    assert_eq!(world.found("道德讲堂").await, found, "the texts were made again with the index");
    assert_eq!(verdicts(&world.archive).await, but(&[]));
    assert_eq!(world.fold().await.head, before.head, "making them again is nothing that happened");
    let refused = backup::backup(&world.archive, &world.path("材料"), false).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict, "a folder that holds something else");
    let refused = backup::restore(&to, &world.root()).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict, "an archive that is there");
    let refused = backup::restore(&world.path("nothing"), &world.path("new")).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_backup_beside_a_filing_is_whole_and_what_is_new_is_copied_once() {
    let world = World::new().await;
    for n in 0..300 {
        world.write(&format!("材料/文明办/1)/{n}.txt"), format!("第{n}件").repeat(40));
    }
    let mut child = Command::new(keeper().program)
        .args(["--json", "--archive"])
        .arg(world.root())
        .args(["intake", "--no-wait"])
        .arg(world.path("材料"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let to = world.path("backup");
    let mut copies = Vec::new();
    while child.try_wait().unwrap().is_none() {
        copies.push(backup::backup(&world.archive, &to, false).await.unwrap());
    }
    assert!(child.wait().unwrap().success());
    assert!(!copies.is_empty(), "the filing was over before a backup began");
    // The earlier copies were overtaken; the last of them is restored as it is.
    let last = *copies.last().unwrap();
    backup::restore(&to, &world.path("restored")).await.unwrap();
    let restored = Archive::open(&world.path("restored"), keeper()).await.unwrap();
    assert_eq!(restored.ledger().head().await.unwrap(), last.head);
    let checks = audited(&restored).await;
    let of = |name: &str| checks.iter().find(|it| it.check == name).unwrap().verdict;
    assert_eq!(["chain", "projections", "blobs", "orphans"].map(of), [Verdict::Pass; 4]);
    copies.push(backup::backup(&world.archive, &to, false).await.unwrap());
    let n_new: u64 = copies.iter().map(|it| it.new_blobs).sum();
    assert_eq!((n_new, copies.last().unwrap().blobs), (300, 300), "each blob was copied once");
}

/// An archive of three pieces, read and indexed, in which every check passes.
async fn sound() -> World {
    let world = World::new().await;
    world
        .write("材料/文明办/1)/通知 2017-03-01.txt", "通知")
        .write("材料/教育局/1)/通知 2017-03-01.txt", "另一通知")
        .write("材料/教育局/2)/2017-03-01 a.jpg", "photo");
    world.file("材料").await;
    world.index().await;
    assert_eq!(verdicts(&world.archive).await, but(&[]));
    world
}

async fn first_blob(world: &World) -> Digest {
    world.fold().await.evidence.values().next().unwrap().parts[0].blob.sha256
}

#[tokio::test]
async fn audit_finds_one_flipped_bit_and_names_the_file() {
    let world = sound().await;
    let digest = first_blob(&world).await;
    let mut bytes = std::fs::read(blob(&world, &digest)).unwrap();
    bytes[0] ^= 1;
    std::fs::write(blob(&world, &digest), bytes).unwrap();
    assert_eq!(verdicts(&world.archive).await, but(&[("blobs", Verdict::Fail)]));
    let faults = audited(&world.archive).await.remove(2).faults;
    assert!(faults.len() == 1 && faults[0].contains(&digest.to_string()), "{faults:?}");
}

#[tokio::test]
async fn audit_finds_a_missing_blob_and_one_that_nobody_names() {
    let world = sound().await;
    let digest = first_blob(&world).await;
    std::fs::remove_file(blob(&world, &digest)).unwrap();
    let staged = world.archive.store().stage(&mut std::io::Cursor::new(b"orphan")).unwrap();
    world.archive.store().publish(vec![staged]).unwrap();
    std::fs::write(world.root().join("sha256/notes.txt"), "a stranger").unwrap();
    let found = verdicts(&world.archive).await;
    assert_eq!(found, but(&[("blobs", Verdict::Fail), ("orphans", Verdict::Warn)]));
    let checks = audited(&world.archive).await;
    assert!(checks[2].faults[0].contains(&digest.to_string()) && checks[2].faults[0].contains("missing"));
    assert_eq!(checks[3].faults.len(), 2);
    // The missing blob comes again with a file of the same bytes.
    assert!(filings(&world.file("材料").await.0).iter().all(|it| it.word() == "known"));
    assert_eq!(audited(&world.archive).await[2].verdict, Verdict::Pass);
}

#[tokio::test]
async fn audit_finds_a_changed_row_and_a_rebuild_repairs_it() {
    let changes = [
        "update evidence set body = replace(body, '通知', '改过') where evidence_id in (select min(evidence_id) from evidence)",
        "delete from part where evidence_id in (select max(evidence_id) from evidence)",
        "update evidence set unit_id = 'yy' where evidence_id in (select min(evidence_id) from evidence)",
        "delete from reading",
        "update scheme set retired = 1",
        "insert into absorption (evidence_id, into_id) values (1, 2)",
        "delete from unit where unit_id = 'yy'",
        "delete from entry_evidence where entry_id in (select max(entry_id) from entry_evidence)",
        "update entry_blob set sha256 = replace(sha256, 'a', 'b')",
    ];
    for change in changes {
        let world = sound().await;
        Tables::open(&world.root()).await.run(change).await;
        let mut world = world;
        world.archive = Archive::open(&world.root(), keeper()).await.unwrap();
        let checks = audited(&world.archive).await;
        assert_eq!(checks[1].verdict, Verdict::Fail, "{change}");
        assert!(checks[1].faults[0].contains("rebuild --ledger"), "{:?}", checks[1]);
        assert_eq!(checks[0].verdict, Verdict::Pass, "{change}");
        world.archive.ledger().refold().await.unwrap();
        assert_eq!(audited(&world.archive).await[1].verdict, Verdict::Pass, "{change}");
    }
}

#[tokio::test]
async fn audit_finds_a_changed_entry() {
    let changes = [
        (
            "update entry set payload = replace(payload, '通知', '改过') where verb = 'filed'",
            "payload that was changed",
        ),
        ("update entry set actor = 'someone' where entry_id = 3", "does not match its hash"),
        ("update entry set at_us = at_us + 1 where entry_id = 3", "does not match its hash"),
        (
            "update entry set payload = null, salt = null, verb = 'x' where entry_id = 3",
            "does not match its hash",
        ),
        ("update entry set entry_id = 999 where verb = 'submission_closed'", "gap"),
    ];
    for (change, fault) in changes {
        let world = sound().await;
        Tables::open(&world.root()).await.run(&format!("pragma foreign_keys = off; {change}")).await;
        let checks = audited(&world.archive).await;
        assert_eq!(checks[0].verdict, Verdict::Fail, "{change}");
        assert!(checks[0].faults.iter().any(|it| it.contains(fault)), "{change}: {:?}", checks[0].faults);
    }
}

#[tokio::test]
async fn audit_finds_an_index_that_differs_and_texts_that_are_gone() {
    let world = sound().await;
    let (fold, digest) = (world.fold().await, first_blob(&world).await);
    let index = world.archive.index().await.unwrap();
    let mut writer = juanzong::index::Writer::open(index).unwrap();
    let first = *fold.evidence.keys().next().unwrap();
    writer.apply(&[first], &[]).unwrap();
    writer.commit(fold.head.unwrap().entry).unwrap();
    writer.finish().unwrap();
    let found = audited(&world.archive).await;
    assert_eq!((found[6].check, found[6].verdict), ("index", Verdict::Fail));
    assert!(found[6].faults[0].contains(&format!("#{first}")), "{:?}", found[6].faults);
    world.archive.store().remove_derived(&digest).unwrap();
    assert_eq!(audited(&world.archive).await[5].verdict, Verdict::Warn);
    Processing::lock(&world.archive).unwrap().unwrap().remake_index(|_, _| ()).await.unwrap();
    assert_eq!(verdicts(&world.archive).await, but(&[]));
}

#[tokio::test]
async fn an_index_that_only_lags_is_no_fault() {
    let world = sound().await;
    world.piece("教育局/1)/通知 2017-03-09.txt", "新来的").await;
    world.accept_all().await;
    let found = verdicts(&world.archive).await;
    assert_eq!(found, but(&[("read", Verdict::Warn)]), "what it does not know yet it will catch up with");
}
