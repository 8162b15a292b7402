//! Filing: twice is once, nothing is dropped without a word, containers open, backups restore.

use juanzong::archive::backup;
use juanzong::audit;
use juanzong::domain::finding::Code;
use juanzong::domain::submission::Filing;
use juanzong::domain::verdict::Verdict;
use juanzong::review;

use crate::world::{World, filings, keeper, zip_of};

#[tokio::test]
async fn filing_twice_is_once() {
    let world = World::new().await;
    world.write("材料/文明办/1)组织领导/关于成立领导小组的通知 2017-03-01.txt", "成立领导小组");
    let (first, _) = world.file("材料").await;
    let (second, receipt) = world.file("材料").await;
    assert_eq!(filings(&first), [Filing::Filed]);
    assert_eq!(filings(&second), [Filing::Known]);
    assert_eq!(first[0].evidence, second[0].evidence);
    assert_eq!(receipt.receipt.counts[&Filing::Known], 1);
    let fold = world.fold().await;
    assert_eq!(fold.evidence.len(), 1);
    let piece = fold.evidence.values().next().unwrap();
    assert_eq!((piece.sightings.len(), piece.claims.len()), (2, 1));
    assert_eq!(world.duties("wmb").await[0], "lf-wj once pending 0/1+1");
}

#[tokio::test]
async fn the_same_bytes_of_two_units_are_two_pieces_and_one_blob() {
    let world = World::new().await;
    world.write("材料/文明办/2)/a.jpg", "photo").write("材料/教育局/2)/b.jpg", "photo");
    let (lines, _) = world.file("材料").await;
    assert_eq!(filings(&lines), [Filing::Filed, Filing::FiledAgain]);
    assert_eq!(lines[1].findings[0].code, Code::W26);
    let fold = world.fold().await;
    assert_eq!((fold.evidence.len(), fold.blobs().len()), (2, 1));
}

#[tokio::test]
async fn what_is_not_recognised_is_filed_and_listed() {
    let world = World::new().await;
    world.write("U盘/新建文件夹/a.txt", "x").write("U盘/空.txt", "").write("U盘/Thumbs.db", "x");
    let (lines, filed) = world.file("U盘").await;
    assert_eq!(filings(&lines), [Filing::Junk, Filing::Filed, Filing::Empty]);
    assert_eq!(filed.receipt.unassigned, 1);
    let piece = lines[1].evidence.unwrap();
    let jyj = "jyj".parse().unwrap();
    let on = ("2017".parse().unwrap(), "1.1".parse().unwrap());
    review::assign(world.archive.ledger(), &world.act(), &[piece], Some(&jyj), Some(&on)).await.unwrap();
    let (again, _) = world.file("U盘").await;
    assert_eq!(filings(&again)[1], Filing::Known, "what was assigned since is not filed anew");
}

#[tokio::test]
async fn three_pages_are_one_piece() {
    let world = World::new().await;
    for name in ["报头", "版面", "正文"] {
        world.write(&format!("材料/文明办/1)/剪报/2017-03-05 {name}.jpg"), name);
    }
    let (lines, _) = world.file("材料").await;
    assert_eq!(world.duties("wmb").await[1], "lf-bd once partial 0/7+3");
    let ids: Vec<_> = lines.iter().filter_map(|it| it.evidence).collect();
    review::join(world.archive.ledger(), &world.act(), &ids).await.unwrap();
    assert_eq!(world.duties("wmb").await[1], "lf-bd once partial 0/7+1");
    assert_eq!(world.fold().await.evidence[&ids[0]].parts.len(), 3);
    let (again, _) = world.file("材料").await;
    assert_eq!(filings(&again), [Filing::Known; 3], "a page that was joined is known");
}

#[tokio::test]
async fn six_distinct_and_a_duplicate_of_seven_all_accepted_show_six() {
    let world = World::new().await;
    for n in 1..=6 {
        world.write(&format!("材料/文明办/1)/剪报/2017-03-0{n} 报道{n}.jpg"), format!("{n}"));
    }
    world.write("材料/文明办/1)/剪报/2017-03-07 报道7.jpg", "6");
    world.file("材料").await;
    world.accept_all().await;
    assert_eq!(world.duties("wmb").await[1], "lf-bd once partial 6/7+0");
}

#[tokio::test]
async fn out_of_the_window_is_not_counted_and_said() {
    let world = World::new().await;
    world
        .write("材料/教育局/2)/2016-07-31 活动.jpg", "early")
        .write("材料/教育局/2)/2016-08-01 活动.jpg", "in");
    world.file("材料").await;
    assert!(world.duties("jyj").await.contains(&"lf-zp once partial 0/3+1".to_owned()));
    let amiss: Vec<Code> = world.completeness().await.amiss.iter().map(|it| it.finding.code).collect();
    assert_eq!(amiss, [Code::E01]);
}

#[tokio::test]
async fn a_zip_with_gbk_names_opens_and_one_that_escapes_is_refused() {
    let world = World::new().await;
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    let (photo, notice) = (gbk("教育局/2)/图片/学习.jpg"), gbk("教育局/1)/通知.txt"));
    std::fs::create_dir_all(world.path("来")).unwrap();
    zip_of(
        &world.path("来/材料.zip"),
        &[
            (&photo, b"photo"),
            (&notice, b"notice"),
            (b"../../etc/evil.txt", b"evil"),
            (b"inner.zip", b"PK\x05\x06"),
        ],
    );
    let (lines, _) = world.file("来").await;
    let shown: Vec<String> = lines.iter().map(|it| format!("{} {}", it.path, it.filing.word())).collect();
    assert_eq!(
        shown,
        [
            "来/材料.zip/教育局/2)/图片/学习.jpg filed",
            "来/材料.zip/教育局/1)/通知.txt filed",
            "来/材料.zip/../../etc/evil.txt refused",
            "来/材料.zip/inner.zip container",
            "来/材料.zip container",
        ]
    );
    assert_eq!(lines[0].unit.as_ref().unwrap().as_str(), "jyj");
    assert_eq!(lines[0].standard.as_ref().unwrap().1.to_string(), "1.2");
    let fold = world.fold().await;
    let containers = &fold.submissions.values().next().unwrap().containers;
    assert!(
        containers.iter().any(|it| it.kept && it.members.len() == 4),
        "its bytes are kept: a member failed"
    );
    assert!(!world.path("etc").try_exists().unwrap());
}

#[tokio::test]
async fn backup_destroy_restore_audit_clean() {
    let world = World::new().await;
    world
        .write("材料/文明办/1)/通知 2017-03-01.txt", "通知")
        .write("材料/教育局/2)/2017-03-01 a.jpg", "photo");
    world.file("材料").await;
    world.read().await;
    let to = world.path("backup");
    let first = backup::backup(&world.archive, &to).await.unwrap();
    assert_eq!((first.blobs, first.new_blobs), (2, 2));
    world.write("材料/教育局/2)/2017-03-02 b.jpg", "photo 2");
    world.file("材料").await;
    assert_eq!(backup::backup(&world.archive, &to).await.unwrap().new_blobs, 1, "only what is new is copied");
    let before = world.fold().await;
    world.archive.ledger().close().await;
    std::fs::remove_dir_all(world.root()).unwrap();
    backup::restore(&to, &world.root(), keeper()).await.unwrap();
    let restored = juanzong::archive::Archive::open(&world.root(), keeper()).await.unwrap();
    assert_eq!(restored.fold().await.unwrap().evidence, before.evidence);
    let checks = audit::audit(&restored, |_, _| {}).await.unwrap();
    let verdicts: Vec<(&str, Verdict)> = checks.iter().map(|it| (it.check, it.verdict)).collect();
    let expected = ["chain", "projections", "blobs", "orphans"].map(|it| (it, Verdict::Pass));
    assert_eq!(&verdicts[..4], expected);
}

#[tokio::test]
async fn one_flipped_bit_and_a_blob_without_entry_are_found() {
    let world = World::new().await;
    world.write("材料/文明办/1)/通知 2017-03-01.txt", "通知");
    let (lines, _) = world.file("材料").await;
    let name = lines[0].sha256.unwrap().to_string();
    let blob = world.root().join("sha256").join(&name[..2]).join(&name[2..4]).join(&name);
    let mut bytes = std::fs::read(&blob).unwrap();
    bytes[0] ^= 1;
    std::fs::write(&blob, bytes).unwrap();
    let staged = world.archive.store().stage(&mut std::io::Cursor::new(b"orphan")).unwrap();
    world.archive.store().publish(vec![staged]).unwrap();
    let checks = audit::audit(&world.archive, |_, _| {}).await.unwrap();
    let found = |check: &str| checks.iter().find(|it| it.check == check).unwrap().clone();
    assert_eq!(found("blobs").verdict, Verdict::Fail);
    assert!(found("blobs").faults[0].contains(&name));
    assert_eq!((found("orphans").verdict, found("orphans").faults.len()), (Verdict::Warn, 1));
    assert_eq!(found("chain").verdict, Verdict::Pass);
}

#[tokio::test]
async fn a_disposed_piece_leaves_no_bytes_and_an_archive_that_audits() {
    let world = World::new().await;
    world.write("材料/文明办/1)/名单 2017-03-01.txt", "张三 身份证号").write("材料/教育局/1)/另.txt", "其他");
    let (lines, _) = world.file("材料").await;
    world.read().await;
    world.fold().await;
    let piece = lines.iter().find(|it| it.path.contains("名单")).unwrap();
    assert_eq!(world.archive.dispose(&world.act(), piece.evidence.unwrap(), "本人要求").await.unwrap(), 1);
    assert!(world.archive.store().size(&piece.sha256.unwrap()).unwrap().is_none());
    assert_eq!(world.archive.text(&piece.sha256.unwrap()).unwrap(), "");
    assert!(!world.fold().await.evidence.contains_key(&piece.evidence.unwrap()));
    let checks = audit::audit(&world.archive, |_, _| {}).await.unwrap();
    assert!(checks.iter().all(|it| it.verdict == Verdict::Pass), "{checks:?}");
}

#[tokio::test]
async fn reading_adds_facts_and_dates() {
    let world = World::new().await;
    world.write("材料/文明办/1)/关于成立领导小组的通知.txt", "文明办文件\n濮创建〔2017〕2号\n关于成立领导小组的通知\n各单位:\n为做好创建工作,成立领导小组。\n市文明办\n2017年3月1日\n");
    let (lines, _) = world.file("材料").await;
    assert_eq!(world.duties("wmb").await[0], "lf-wj once missing 0/1+0", "undated, it is in no window");
    world.read().await;
    assert_eq!(world.duties("wmb").await[0], "lf-wj once pending 0/1+1", "its own text dates it");
    assert!(world.archive.text(&lines[0].sha256.unwrap()).unwrap().contains("成立领导小组"));
    let fold = world.fold().await;
    assert_eq!(
        fold.readings[&lines[0].sha256.unwrap()].facts.document_number.as_deref(),
        Some("濮创建〔2017〕2号")
    );
}
