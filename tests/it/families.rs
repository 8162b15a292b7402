//! Containers of every family: members come in with their own names, whoever packed them, and what cannot be taken is
//! told.
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};

use jiff::civil::date;
use juanzong::domain::evidence::Provenance;
use juanzong::domain::finding::Code;

use crate::bundle::{lines, world};
use crate::world::World;

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bundles").join(name)
}

/// A world to which one fixture was sent, and what came of it.
pub async fn sent(name: &str) -> (World, Vec<String>) {
    let world = world().await;
    std::fs::copy(fixture(name), world.path("来").join(name)).unwrap();
    let lines = lines(&world).await;
    (world, lines)
}

async fn check(name: &str, expected: &[&str]) -> World {
    let (world, lines) = sent(name).await;
    let outer = |it: &&str| if it.starts_with(' ') { format!("{name}{it}") } else { format!("{name}/{it}") };
    assert_eq!(lines, expected.iter().map(outer).collect::<Vec<_>>());
    world
}

#[tokio::test]
async fn names_in_zips_are_those_their_writers_typed() {
    let folders = ["图片", "通知", "学习", "志愿", "学校", "医院"];
    let members: Vec<String> = folders.iter().map(|it| format!("{it}/{it}.txt filed W28")).collect();
    let expected: Vec<&str> = members.iter().map(String::as_str).chain([" container"]).collect();
    check("gbk.zip", &expected).await;
    let expected =
        ["尤里的陰謀.txt filed W28", "誠信/誠.txt filed W28", "錦繡/集錦.txt filed W28", " container"];
    check("big5.zip", &expected).await;
    let expected = [
        "创建文明城市/学习资料.txt filed",
        "志愿服务/照片①.txt filed",
        "Ⅱ-3 社区/说明.txt filed",
        " container",
    ];
    check("utf8-unmarked.zip", &expected).await;
    check("unicode-path.zip", &["图片/一.txt filed", "通知.txt filed", " container"]).await;
    let expected = ["资料/通知/方案.txt filed W28", "资料/医院/名单.txt filed W28", " container"];
    check("windows.zip", &expected).await;
}

#[tokio::test]
async fn names_from_a_mac_are_composed_and_their_bytes_kept() {
    let world = check("mac.zip", &["café/가.txt filed", " container"]).await;
    let fold = world.fold().await;
    let container = &fold.submissions.values().next().unwrap().containers[0];
    assert!(container.members[0].raw.is_some(), "the bytes are written apart");
}

#[tokio::test]
async fn a_7z_gives_its_members() {
    let expected =
        ["目录/一.txt filed", "目录/三.txt filed", "目录/二.txt filed", "空.txt empty E04", " container"];
    check("solid.7z", &expected).await;
}

#[tokio::test]
async fn an_encrypted_7z_says_so_and_is_kept() {
    let (world, lines) = sent("content-locked.7z").await;
    assert_eq!(lines[0], "content-locked.7z/目录/一.txt unreadable E03");
    assert_eq!(lines.last().unwrap(), "content-locked.7z container");
    assert!(world.fold().await.submissions.values().next().unwrap().containers[0].kept);
    let (world, lines) = sent("names-locked.7z").await;
    assert_eq!(lines, ["names-locked.7z filed E03"]);
    assert_eq!(world.fold().await.evidence.len(), 1);
}

#[tokio::test]
async fn a_solid_7z_that_breaks_off_keeps_what_stands_before() {
    let world = world().await;
    let mut bytes = std::fs::read(fixture("twelve.7z")).unwrap();
    // The packed bytes stand after 32 bytes of header; the list of members is at the end.
    let at = bytes.len() / 2;
    bytes[at] ^= 0xff;
    std::fs::write(world.path("来/a.7z"), &bytes).unwrap();
    let found = lines(&world).await;
    assert_eq!(found.len(), 13, "{found:?}");
    let n_whole = found.iter().take_while(|it| it.ends_with(" filed")).count();
    assert!((4..9).contains(&n_whole), "{found:?}");
    assert!(found[n_whole..12].iter().all(|it| it.ends_with("unreadable E02")), "{found:?}");
    assert_eq!(found[12], "a.7z container");
}

#[tokio::test]
async fn a_tar_gives_its_members_however_it_is_packed() {
    let long = format!("志愿服务/{}.txt", "关于深入开展学雷锋志愿服务活动的通知".repeat(4));
    let long = format!("{long} known");
    let expected = ["志愿服务/说明.txt filed", long.as_str(), "志愿服务/link unreadable E14", " container"];
    for name in ["pax.tar.gz", "gnu.tar.bz2", "pax.tar.xz", "pax.tar.zst"] {
        let world = check(name, &expected).await;
        let fold = world.fold().await;
        let piece = fold.evidence.values().next().unwrap();
        let own = piece.dates.iter().find(|it| it.provenance == Provenance::FileTime).unwrap();
        assert_eq!(own.from, date(2017, 3, 15), "{name}");
    }
}

#[tokio::test]
async fn a_file_packed_by_itself_loses_the_ending() {
    for name in ["说明.txt.gz", "说明.txt.xz"] {
        check(name, &["说明.txt filed", " container"]).await;
    }
}

#[tokio::test]
async fn a_container_within_may_have_a_name_of_any_length() {
    let world = world().await;
    let name = format!("{}.zip", "\u{1}".repeat(60_000));
    let inner = std::fs::read(fixture("mac.zip")).unwrap();
    crate::world::zip_of(&world.path("来/a.zip"), &[(name.as_bytes(), &inner)]);
    let found = lines(&world).await;
    assert!(found[0].ends_with(".zip/café/가.txt filed"), "{}", found.len());
}

#[tokio::test]
async fn a_torn_tar_gives_what_stands_before() {
    let world = world().await;
    let whole = std::fs::read(fixture("pax.tar.zst")).unwrap();
    // After the header of the frame and of its one block: folder, first file, and half of the next header.
    let mut plain = whole[12..].to_vec();
    plain.truncate(512 * 9);
    std::fs::write(world.path("来/a.tar"), plain).unwrap();
    let found = lines(&world).await;
    assert_eq!(found[0], "a.tar/志愿服务/说明.txt filed");
    assert_eq!(found.last().unwrap(), "a.tar unreadable E02");
}

#[tokio::test]
async fn rars_old_and_new_give_their_members() {
    let expected = ["通知/方案.txt filed W28", "学习/图片.txt filed W28", " container"];
    let world = check("old.rar", &expected).await;
    let fold = world.fold().await;
    let days: Vec<_> = fold.evidence.values().flat_map(|it| it.dates.iter().map(|it| it.from)).collect();
    assert_eq!(days, [date(2017, 3, 15), date(2017, 3, 15)]);
    check("new.rar", &["通知/方案.txt filed", "学习/图片.txt filed", " container"]).await;
}

#[tokio::test]
async fn a_rar_that_is_damaged_or_encrypted_says_so() {
    let world = world().await;
    let mut bytes = std::fs::read(fixture("old.rar")).unwrap();
    let at = bytes.windows(3).position(|it| it == "关".as_bytes()).unwrap();
    bytes[at] ^= 1;
    std::fs::write(world.path("来/a.rar"), bytes).unwrap();
    for name in ["content-locked.rar", "names-locked.rar"] {
        std::fs::copy(fixture(name), world.path("来").join(name)).unwrap();
    }
    let expected = [
        "a.rar/通知/方案.txt unreadable E02",
        "a.rar/学习/图片.txt filed W28",
        "a.rar container",
        "content-locked.rar/a.txt unreadable E03",
        "content-locked.rar container",
        "names-locked.rar filed E03",
    ];
    assert_eq!(lines(&world).await, expected);
}

#[tokio::test]
async fn a_unicode_path_that_belongs_to_another_name_is_not_believed() {
    let world = world().await;
    let mut bytes = std::fs::read(fixture("unicode-path.zip")).unwrap();
    let places = bytes.windows(13).enumerate().filter(|it| it.1 == b"tongzhi.txtup").map(|it| it.0);
    // Where the extra field follows it is a name, not what is in the file.
    for at in places.collect::<Vec<_>>() {
        bytes[at] = b'T';
    }
    std::fs::write(world.path("来/a.zip"), bytes).unwrap();
    assert_eq!(lines(&world).await[1], "a.zip/Tongzhi.txt filed");
}

#[tokio::test]
async fn volumes_are_kept_and_asked_for_as_a_whole() {
    let world = world().await;
    for name in ["volumes.part1.rar", "volumes.7z.001", "volumes.7z.002"] {
        std::fs::copy(fixture(name), world.path("来").join(name)).unwrap();
    }
    // The last volume of a zip counts those before it.
    let mut last = std::fs::read(fixture("gbk.zip")).unwrap();
    let end = last.len() - 18;
    last[end] = 1;
    std::fs::write(world.path("来/volumes.zip"), last).unwrap();
    let (lines, _) = world.file("来").await;
    assert_eq!(lines.len(), 4);
    for line in lines {
        let finding = line.findings.iter().find(|it| it.code == Code::E02).unwrap();
        assert_eq!(finding.detail, "分卷压缩包不完整，请合并后报送", "{}", line.path);
        assert!(line.evidence.is_some(), "{}", line.path);
    }
}

#[tokio::test]
async fn compressed_streams_are_held_to_the_limits() {
    use std::io::Write;
    let world = world().await;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..48 {
        packer.write_all(&[0; 1 << 20]).unwrap();
    }
    std::fs::write(world.path("来/零.bin.gz"), packer.finish().unwrap()).unwrap();
    assert_eq!(lines(&world).await, ["零.bin.gz/零.bin refused E12", "零.bin.gz container"]);
}
