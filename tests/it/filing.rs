//! Filing: twice is once, nothing is dropped without a word, containers open, backups restore.

use juanzong::archive::Archive;
use juanzong::domain::finding::Code;
use juanzong::domain::submission::{Filing, Submission};
use juanzong::error::Kind;
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
async fn what_is_turned_away_is_written_down_with_its_reason() {
    let world = World::new().await;
    world.write("U盘/通知.txt", "x").write("U盘/空.txt", "").write("U盘/Thumbs.db", "x");
    zip_of(&world.path("U盘/坏.zip"), &[(b"a.txt", b"a"), (b"b.txt", b"b")]);
    // The list of its members breaks off after the first.
    let mut bytes = std::fs::read(world.path("U盘/坏.zip")).unwrap();
    let second = bytes.windows(4).rposition(|it| it == b"PK\x01\x02").unwrap();
    bytes[second] = b'X';
    std::fs::write(world.path("U盘/坏.zip"), bytes).unwrap();
    let (_, filed) = world.file("U盘").await;
    let fold = world.fold().await;
    let submission = &fold.submissions[&filed.submission];
    let [empty] = &submission.turned_away[..] else { panic!("{:?}", submission.turned_away) };
    assert_eq!((empty.path.as_str(), empty.filing), ("U盘/空.txt", Filing::Empty));
    assert_eq!(empty.finding.as_ref().map(|it| it.code), Some(Code::E04));
    let container = &submission.containers[0];
    assert_eq!(container.finding.as_ref().map(|it| it.code), Some(Code::E02));
    let mut command = std::process::Command::new(keeper().program);
    command.arg("--archive").arg(world.root()).args(["--lang", "zh", "show"]);
    let told = command.arg(filed.submission.to_string()).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    for line in ["空文件  U盘/空.txt", "    E04 ", "压缩包、邮件  U盘/坏.zip", "    E02 "] {
        assert!(told.contains(line), "{line}: {told}");
    }
}

#[tokio::test]
async fn a_flood_of_files_turned_away_is_counted_and_not_all_written_down() {
    let world = World::new().await;
    let n_files = Submission::MOST_TURNED_AWAY + 5;
    for n in 0..n_files {
        world.write(&format!("空/{n}.txt"), "");
    }
    let (lines, filed) = world.file("空").await;
    assert_eq!(lines.len(), n_files);
    assert_eq!(filed.receipt.counts[&Filing::Empty], n_files as u64);
    let fold = world.fold().await;
    assert_eq!(fold.submissions[&filed.submission].turned_away.len(), Submission::MOST_TURNED_AWAY);
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
            "来/材料.zip/inner.zip filed",
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

#[tokio::test]
async fn an_archive_is_not_filed_into_an_archive() {
    let world = World::new().await;
    world.write("报送/a.txt", "a");
    let other = world.path("报送/旧库");
    Archive::create(&other, "Asia/Shanghai", &world.act()).await.unwrap();
    for again in [false, true] {
        let (lines, _) = world.file("").await;
        let shown: Vec<String> = lines
            .iter()
            .map(|it| format!("{} {}", it.path.split_once('/').unwrap().1, it.filing.word()))
            .collect();
        let filed = if again { "报送/a.txt known" } else { "报送/a.txt filed" };
        assert_eq!(shown, ["archive refused", filed, "报送/旧库 refused"]);
        assert!(!lines[0].findings.is_empty());
    }
    let (lines, _) = world.file("报送/旧库").await;
    assert_eq!(filings(&lines), [Filing::Refused]);
    for inside in ["archive", "archive/sha256", "archive/ledger.sqlite"] {
        let error = world.try_file(inside).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_that_is_offered_keeps_the_name_it_was_typed_with() {
    let world = World::new().await;
    world.write("U盘/x/a.txt", "a");
    std::os::unix::fs::symlink(world.path("U盘/x"), world.path("教育局")).unwrap();
    let (lines, _) = world.file("教育局").await;
    assert_eq!(lines[0].path, "教育局/a.txt");
    assert_eq!(lines[0].unit.as_ref().unwrap().as_str(), "jyj");
    assert_eq!(world.fold().await.submissions.values().next().unwrap().offered, ["教育局"]);
}

#[cfg(unix)]
#[tokio::test]
async fn old_names_on_disk_are_read_by_a_vote_though_they_are_utf_8_by_chance() {
    use std::os::unix::ffi::OsStrExt as _;
    let world = World::new().await;
    let root = world.path("教育局");
    let gbk = |text: &str| {
        let raw = encoding_rs::GBK.encode(text).0.into_owned();
        std::path::PathBuf::from(std::ffi::OsStr::from_bytes(&raw))
    };
    for (folder, file) in [(gbk("图片"), "1.jpg".into()), (gbk("通知"), gbk("学习.txt"))] {
        std::fs::create_dir_all(root.join(&folder)).unwrap();
        std::fs::write(root.join(&folder).join(file), folder.as_os_str().as_bytes()).unwrap();
    }
    world.write("教育局/报道/3.txt", "3");
    let (lines, _) = world.file("教育局").await;
    let mut shown: Vec<String> = lines
        .iter()
        .map(|it| {
            let odd = it.findings.iter().any(|it| it.code == Code::W28);
            format!("{} {} {odd}", it.path, it.path_raw.is_some())
        })
        .collect();
    shown.sort();
    let expected =
        ["教育局/图片/1.jpg true true", "教育局/报道/3.txt false false", "教育局/通知/学习.txt true true"];
    assert_eq!(shown, expected);
    world.write("文明办/图片/ͼ.txt", "4").write("文明办/学习资料/志愿服务活动通知.txt", "5");
    let (lines, _) = world.file("文明办").await;
    let odd = lines.iter().find(|it| it.path.contains('ͼ')).map(|it| (it.path.as_str(), &it.path_raw));
    assert_eq!(odd, Some(("文明办/图片/ͼ.txt", &None)), "its neighbours are UTF-8");
}
