//! Backup and restore: what they must refuse to write over, what they take up again, and what they notice.

use std::path::PathBuf;

use juanzong::archive::{Archive, backup};
use juanzong::audit;
use juanzong::domain::actor::Act;
use juanzong::domain::id::Digest;
use juanzong::domain::verdict::Verdict;
use juanzong::error::Kind;

use crate::world::{World, keeper};

/// An archive of three files.
async fn filed() -> World {
    let world = World::new().await;
    for n in 0..3 {
        world.write(&format!("材料/文明办/1)/{n} 2017-03-01.txt"), format!("第{n}件"));
    }
    world.file("材料").await;
    world
}

async fn digests(world: &World) -> Vec<Digest> {
    world.fold().await.blobs().into_iter().collect()
}

fn blob(folder: PathBuf, digest: &Digest) -> PathBuf {
    let name = digest.to_string();
    folder.join("sha256").join(&name[..2]).join(&name[2..4]).join(&name)
}

fn flip(path: &std::path::Path) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[0] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_backup_never_goes_over_an_archive_nor_into_itself() {
    let world = filed().await;
    let other = world.path("other");
    Archive::create(&other, "Asia/Shanghai", &Act::of("clerk", world.now)).await.unwrap();
    let before = std::fs::read(other.join("ledger.sqlite")).unwrap();
    let inside = world.root().join("backups/one");
    let roundabout = world.root().join("../archive");
    for to in [world.root(), roundabout, inside, world.path(""), other.clone()] {
        let refused = backup::backup(&world.archive, &to, false).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Conflict, "{}", to.display());
        assert_ne!(refused.message_in(false), refused.message(), "it is said in Chinese too");
    }
    assert_eq!(std::fs::read(other.join("ledger.sqlite")).unwrap(), before);
    let checks = audit::audit(&world.archive, |_, _| {}).await.unwrap();
    assert!(checks[..4].iter().all(|it| it.verdict == Verdict::Pass), "{checks:?}");
}

#[tokio::test]
async fn a_backup_of_another_archive_or_of_a_longer_chain_is_refused() {
    let world = filed().await;
    let to = world.path("backup");
    backup::backup(&world.archive, &to, false).await.unwrap();
    let stranger = filed().await;
    stranger.piece("教育局/1)/又一 2017-03-09.txt", "又").await;
    let refused = backup::backup(&stranger.archive, &to, false).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict, "another chain");
    // Somebody worked on the backup itself: it holds what the archive has not.
    let lived_in = Archive::open(&to, keeper()).await.unwrap();
    let mut world = world;
    let own = std::mem::replace(&mut world.archive, lived_in);
    world.piece("教育局/1)/备份里的 2017-03-09.txt", "备").await;
    world.archive.ledger().close().await;
    let refused = backup::backup(&own, &to, false).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict, "a longer chain");
}

#[tokio::test]
async fn a_first_backup_that_was_broken_off_is_taken_up_again() {
    let world = filed().await;
    let to = world.path("backup");
    for folder in ["sha256", "derived", "tmp"] {
        std::fs::create_dir_all(to.join(folder)).unwrap();
    }
    std::fs::write(to.join("ledger.sqlite.new"), "half a ledger").unwrap();
    std::fs::write(to.join("ledger.sqlite.new-wal"), "").unwrap();
    let copied = backup::backup(&world.archive, &to, false).await.unwrap();
    assert_eq!(copied.new_blobs, 3);
    assert!(std::fs::read_to_string(to.join("BACKUP")).unwrap().contains("juanzong"));
    assert!(!to.join("ledger.sqlite.new-wal").is_file());
}

#[tokio::test]
async fn a_restore_that_failed_names_what_is_damaged_and_is_taken_up_again() {
    let world = filed().await;
    let (to, root) = (world.path("backup"), world.path("restored"));
    backup::backup(&world.archive, &to, false).await.unwrap();
    let damaged = &digests(&world).await[..2];
    damaged.iter().for_each(|it| flip(&blob(to.clone(), it)));
    let refused = backup::restore(&to, &root).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Corrupt);
    for it in damaged {
        assert!(refused.message().contains(&it.to_string()), "{refused}");
        assert!(refused.message_in(false).contains(&it.to_string()), "{refused}");
    }
    assert!(Archive::open(&root, keeper()).await.is_err(), "a half of an archive is none");
    damaged.iter().for_each(|it| flip(&blob(to.clone(), it)));
    let copied = backup::restore(&to, &root).await.unwrap();
    assert_eq!((copied.blobs, copied.new_blobs), (3, 2), "what was good is not copied again");
    assert!(!root.join("BACKUP").is_file(), "a restored archive is no backup");
    Archive::open(&root, keeper()).await.unwrap();
}

#[tokio::test]
async fn a_backup_that_verifies_replaces_what_was_damaged_in_it() {
    let world = filed().await;
    let to = world.path("backup");
    backup::backup(&world.archive, &to, false).await.unwrap();
    let damaged = blob(to.clone(), &digests(&world).await[0]);
    let good = std::fs::read(&damaged).unwrap();
    flip(&damaged);
    let copied = backup::backup(&world.archive, &to, true).await.unwrap();
    assert_eq!((copied.new_blobs, copied.mended), (1, 1));
    assert_eq!(std::fs::read(&damaged).unwrap(), good);
}

#[cfg(unix)]
#[tokio::test]
async fn a_backup_that_cannot_be_written_is_restored() {
    use std::os::unix::fs::PermissionsExt as _;

    let world = filed().await;
    let to = world.path("backup");
    backup::backup(&world.archive, &to, false).await.unwrap();
    // Who runs this as root may write all the same; that nothing is written shows in the folder.
    let mode = |mode| std::fs::set_permissions(&to, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o555);
    let before = std::fs::metadata(&to).unwrap().modified().unwrap();
    backup::restore(&to, &world.path("restored")).await.unwrap();
    assert_eq!(std::fs::metadata(&to).unwrap().modified().unwrap(), before, "it was only read");
    mode(0o755);
}
