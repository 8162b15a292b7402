//! Disposal broken off: what it has yet to remove is removed when the archive is opened again.

use std::sync::Arc;

use juanzong::archive::Archive;
use juanzong::audit;
use juanzong::domain::verdict::Verdict;

use crate::custody::holds;
use crate::tables::Tables;
use crate::world::{World, keeper, zip_of};

#[tokio::test]
async fn a_disposal_that_was_killed_is_finished_when_the_archive_is_opened() {
    let mut world = World::new().await;
    let piece = world.piece("文明办/1)/名单 2017-03-01.txt", "张三丰的名单").await;
    world.index().await;
    let digest = world.fold().await.evidence[&piece].parts[0].blob.sha256;
    // It was killed after its entry was written and before the files were removed.
    world.archive.ledger().dispose(world.now, "clerk", piece, "本人要求").await.unwrap();
    let orphans = audit::audit(&world.archive, |_, _| {}).await.unwrap().remove(3);
    assert_eq!((orphans.check, orphans.verdict), ("orphans", Verdict::Fail));
    assert!(orphans.faults.len() == 1 && !orphans.faults[0].contains("intake"), "{orphans:?}");
    world.archive.ledger().close().await;
    world.archive = Archive::open(&world.root(), keeper()).await.unwrap();
    let store = world.archive.store();
    assert_eq!(store.size(&digest).unwrap(), None);
    assert!(!world.archive.has_text(&digest).unwrap());
    world.index().await;
    assert_eq!(audit::audit(&world.archive, |_, _| {}).await.unwrap()[3].verdict, Verdict::Pass);
    world.archive.ledger().close().await;
    for trace in ["张三丰", &digest.to_string()] {
        assert_eq!(holds(&world.root(), trace.as_bytes()), None, "“{trace}” is still there");
    }
}

#[tokio::test]
async fn what_was_turned_away_beside_a_piece_keeps_no_name_of_where_it_came_from() {
    let world = World::new().await;
    std::fs::create_dir_all(world.path("来")).unwrap();
    let members: [(&[u8], &[u8]); 2] = [("信访.txt".as_bytes(), b"x"), ("空.txt".as_bytes(), b"")];
    zip_of(&world.path("来/张三丰信访.zip"), &members);
    world.write("来/别的.txt", "");
    let (lines, filed) = world.file("来").await;
    let paths = async || {
        let submission = Arc::clone(&world.fold().await.submissions[&filed.submission]);
        submission.turned_away.iter().map(|it| it.path.clone()).collect::<Vec<_>>()
    };
    assert_eq!(paths().await, ["来/别的.txt", "来/张三丰信访.zip/空.txt"]);
    let piece = lines.iter().find_map(|it| it.evidence).unwrap();
    world.archive.dispose(&world.act(), piece, "本人要求").await.unwrap();
    assert_eq!(paths().await, ["来/别的.txt"]);
    world.archive.ledger().close().await;
    assert_eq!(holds(&world.root(), "张三丰".as_bytes()), None, "the name is still there");
}

#[tokio::test]
async fn a_file_that_was_turned_away_before_it_came_well_leaves_no_name() {
    let world = World::new().await;
    world.write("来/张三丰信访.txt", "");
    let (_, turned) = world.file("来").await;
    world.write("来/张三丰信访.txt", "x");
    let (lines, _) = world.file("来").await;
    world.archive.dispose(&world.act(), lines[0].evidence.unwrap(), "本人要求").await.unwrap();
    assert!(world.fold().await.submissions[&turned.submission].turned_away.is_empty());
    world.archive.ledger().close().await;
    assert_eq!(holds(&world.root(), "张三丰".as_bytes()), None, "the name is still there");
}

#[tokio::test]
async fn what_was_filed_again_since_is_not_removed() {
    let world = World::new().await;
    let [one, two] = [1, 2].map(|n| (format!("文明办/1)/{n} 2017-03-01.txt"), format!("第{n}件")));
    let piece = world.piece(&one.0, &one.1).await;
    let other = world.piece(&two.0, &two.1).await;
    let digest = world.fold().await.evidence[&piece].parts[0].blob.sha256;
    world.archive.ledger().dispose(world.now, "clerk", piece, "本人要求").await.unwrap();
    let again = world.piece(&one.0, &one.1).await;
    assert_ne!(again, piece);
    world.archive.dispose(&world.act(), other, "本人要求").await.unwrap();
    assert_eq!(world.archive.store().rehash(&digest).unwrap(), digest);
    let checks = audit::audit(&world.archive, |_, _| {}).await.unwrap();
    assert!(checks[..4].iter().all(|it| it.verdict == Verdict::Pass), "{checks:?}");
}

#[tokio::test]
async fn showing_a_disposed_piece_says_that_it_was_disposed_of() {
    let world = World::new().await;
    let piece = world.piece("文明办/1)/名单 2017-03-01.txt", "名单").await;
    world.archive.dispose(&world.act(), piece, "本人要求").await.unwrap();
    for (language, word) in [("zh", "处置：本人要求"), ("en", "was disposed of on 2017-04-01 by clerk")]
    {
        let mut command = std::process::Command::new(keeper().program);
        command.arg("--archive").arg(world.root()).args(["--lang", language, "show", &piece.to_string()]);
        let told = command.output().unwrap();
        let error = String::from_utf8(told.stderr).unwrap();
        assert!(told.status.code() == Some(3) && error.contains(word), "{error}");
    }
}

#[tokio::test]
async fn an_audit_that_finds_the_end_missing_does_not_advise_to_fold_the_tables_again() {
    let world = World::new().await;
    world.piece("文明办/1)/名单 2017-03-01.txt", "名单").await;
    world.index().await;
    let cut =
        "pragma foreign_keys = off; delete from entry where entry_id in (select max(entry_id) from entry)";
    Tables::open(&world.root()).await.run(cut).await;
    let checks = audit::audit(&world.archive, |_, _| {}).await.unwrap();
    assert!(checks[0].verdict == Verdict::Fail && checks[0].faults[0].contains("missing"), "{checks:?}");
    assert_eq!(checks[0].faults_in(false).len(), checks[0].faults.len());
    assert!(!checks.iter().flat_map(|it| &it.faults).any(|it| it.contains("--ledger")), "{checks:?}");
}

#[tokio::test]
async fn an_audit_names_twenty_faults_and_counts_the_rest() {
    let world = World::new().await;
    for n in 0..25 {
        world.write(&format!("材料/文明办/1)/{n} 2017-03-01.txt"), format!("第{n}件"));
    }
    world.file("材料").await;
    let read = audit::audit(&world.archive, |_, _| {}).await.unwrap().remove(4);
    assert_eq!((read.check, read.faults.len(), read.n_checked), ("read", 21, 25));
    assert_eq!(read.faults[20], "and 5 more");
}

#[tokio::test]
async fn a_disposal_whose_file_cannot_be_removed_says_so_and_is_tried_again() {
    let mut world = World::new().await;
    let piece = world.piece("文明办/1)/名单 2017-03-01.txt", "名单").await;
    let name = world.fold().await.evidence[&piece].parts[0].blob.sha256.to_string();
    let blob = world.root().join("sha256").join(&name[..2]).join(&name[2..4]).join(&name);
    // A folder cannot be removed as a file is, whoever runs this.
    std::fs::remove_file(&blob).unwrap();
    std::fs::create_dir(&blob).unwrap();
    let refused = world.archive.dispose(&world.act(), piece, "本人要求").await.unwrap_err();
    assert!(refused.message().contains("was disposed of, but"), "{refused}");
    assert!(!world.fold().await.evidence.contains_key(&piece));
    world.archive = Archive::open(&world.root(), keeper()).await.unwrap();
    assert_eq!(audit::audit(&world.archive, |_, _| {}).await.unwrap()[3].verdict, Verdict::Fail);
    std::fs::remove_dir(&blob).unwrap();
    world.archive = Archive::open(&world.root(), keeper()).await.unwrap();
    assert_eq!(audit::audit(&world.archive, |_, _| {}).await.unwrap()[3].verdict, Verdict::Pass);
}
