//! Containers: every member is taken or named, whatever its name, and no container takes more than it may.

use std::io::{Cursor, Write};
use std::path::Path;

use juanzong::domain::finding::Code;
use juanzong::domain::submission::Filing;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::world::{World, zip_of};

/// The lines of a filing as `path outcome codes`, the outer name cut off.
pub async fn lines(world: &World) -> Vec<String> {
    let (lines, _) = world.file("来").await;
    let codes = |it: &juanzong::archive::filing::Line| {
        let seen = it.findings.iter().map(|it| it.code).filter(|it| !matches!(it, Code::W24 | Code::W25));
        seen.map(|it| format!(" {}", it.as_str())).collect::<String>()
    };
    let shown = |it: &juanzong::archive::filing::Line| {
        format!("{} {}{}", it.path.replacen("来/", "", 1), it.filing.word(), codes(it))
    };
    lines.iter().map(shown).collect()
}

/// A deflated archive; a content of so many equal bytes packs a thousand to one.
fn packed(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub async fn world() -> World {
    let world = World::new().await;
    std::fs::create_dir_all(world.path("来")).unwrap();
    world
}

#[tokio::test]
async fn members_of_one_name_are_all_taken() {
    let world = world().await;
    zip_of(&world.path("来/a.zip"), &[(b"1.txt", b"one"), (b"1.txt", b"two"), (b"2.txt", b"three")]);
    let expected = ["a.zip/1.txt filed", "a.zip/1.txt filed", "a.zip/2.txt filed", "a.zip container"];
    assert_eq!(lines(&world).await, expected);
}

#[tokio::test]
async fn a_member_named_like_the_mark_of_a_document_makes_none() {
    let world = world().await;
    zip_of(&world.path("来/a.zip"), &[("mimetype说明.txt".as_bytes(), b"one"), (b"1.txt", b"two")]);
    assert_eq!(lines(&world).await.len(), 3);
}

#[tokio::test]
async fn half_a_character_is_no_separator_and_no_folder() {
    let world = world().await;
    let big5 = |text: &str| encoding_rs::BIG5.encode(text).0.into_owned();
    let (trust, plot) = (big5("創建文明城市/誠功"), big5("學校的陰謀.txt"));
    let whole = big5("學校資料功");
    assert_eq!(whole.last(), Some(&b'\\'), "the word ends with the byte of a backslash");
    zip_of(&world.path("来/a.zip"), &[(&trust, b"1"), (&plot, b"2"), (&whole, b"3"), (&big5("資料/"), b"")]);
    let expected = [
        "a.zip/創建文明城市/誠功 filed W28",
        "a.zip/學校的陰謀.txt filed W28",
        "a.zip/學校資料功 filed W28",
        "a.zip container",
    ];
    assert_eq!(lines(&world).await, expected);
}

#[tokio::test]
async fn a_name_that_contradicts_the_others_is_decoded_and_told() {
    let world = world().await;
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    let names = ["图片/活动照片.jpg", "通知/工作方案.docx", "学习/会议总结.txt"].map(gbk);
    zip_of(
        &world.path("来/a.zip"),
        &[(&names[0], b"1"), (&names[1], b"2"), ("创建活动报告.txt".as_bytes(), b"3")],
    );
    let unmarked = ["图片/活动照片", "通知/工作方案", "学习/会议总结"].map(|it| format!("{it}.md"));
    let [first, second, third] = unmarked.each_ref().map(|it| it.as_bytes());
    zip_of(&world.path("来/b.zip"), &[(first, b"4"), (second, b"5"), (third, b"6"), (&names[2], b"7")]);
    let expected = [
        "a.zip/图片/活动照片.jpg filed W28",
        "a.zip/通知/工作方案.docx filed W28",
        "a.zip/创建活动报告.txt filed W28",
        "a.zip container",
        "b.zip/图片/活动照片.md filed",
        "b.zip/通知/工作方案.md filed",
        "b.zip/学习/会议总结.md filed",
        "b.zip/学习/会议总结.txt filed W28",
        "b.zip container",
    ];
    assert_eq!(lines(&world).await, expected);
}

#[tokio::test]
async fn a_damaged_and_an_encrypted_member_leave_the_rest() {
    let world = world().await;
    let path = world.path("来/a.zip");
    zip_of(&path, &[(b"1.txt", b"first"), (b"2.txt", b"second"), (b"3.txt", b"third"), (b"4.txt", b"")]);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(6).position(|it| it == b"second").unwrap();
    bytes[at] ^= 1;
    let directory = bytes.windows(4).enumerate().filter(|it| it.1 == b"PK\x01\x02").map(|it| it.0);
    let third = directory.collect::<Vec<_>>()[2];
    bytes[third + 8] |= 1;
    std::fs::write(&path, bytes).unwrap();
    let expected = [
        "a.zip/1.txt filed",
        "a.zip/2.txt unreadable E02",
        "a.zip/3.txt unreadable E03",
        "a.zip/4.txt empty E04",
        "a.zip container",
    ];
    assert_eq!(lines(&world).await, expected);
    let fold = world.fold().await;
    let container = &fold.submissions.values().next().unwrap().containers[0];
    assert!(container.kept && world.archive.store().size(&container.sha256).unwrap().is_some());
}

#[tokio::test]
async fn a_container_that_cannot_be_opened_is_filed_as_it_is() {
    let world = world().await;
    let whole = packed(&[("1.txt", b"first"), ("2.txt", b"second")]);
    std::fs::write(world.path("来/a.zip"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(world.path("来/b.zip"), b"PK\x03\x04 and nothing of an archive").unwrap();
    assert_eq!(lines(&world).await, ["a.zip filed E02", "b.zip filed E02"]);
    assert_eq!(lines(&world).await, ["a.zip known E02", "b.zip known E02"]);
    assert_eq!(world.fold().await.evidence.len(), 2);
}

#[tokio::test]
async fn a_container_whose_list_breaks_off_says_so() {
    let world = world().await;
    let whole = packed(&[("1.txt", b"first"), ("2.txt", b"second")]);
    let torn = |nth: usize| {
        let mut bytes = whole.clone();
        let places = bytes.windows(4).enumerate().filter(|it| it.1 == b"PK\x01\x02").map(|it| it.0);
        let at = places.collect::<Vec<_>>()[nth];
        bytes[at] = b'X';
        bytes
    };
    std::fs::write(world.path("来/a.zip"), torn(0)).unwrap();
    std::fs::write(world.path("来/b.zip"), torn(1)).unwrap();
    let expected =
        ["a.zip/2.txt unreadable E02", "a.zip filed E02", "b.zip/1.txt filed", "b.zip unreadable E02"];
    assert_eq!(lines(&world).await, expected);
    let fold = world.fold().await;
    let containers = &fold.submissions.values().next().unwrap().containers;
    assert!(containers.len() == 1 && containers[0].kept, "what is left of it is kept");
}

#[tokio::test]
async fn bombs_are_refused_and_what_is_beside_them_is_taken() {
    let world = world().await;
    let zeros = vec![0; 24 << 20];
    let bomb = packed(&[("zeros.bin", &zeros), ("方案.txt", "方案".as_bytes())]);
    std::fs::write(world.path("来/a.zip"), &bomb).unwrap();
    std::fs::write(world.path("来/b.zip"), packed(&[("c.zip", &bomb)])).unwrap();
    let expected = [
        "a.zip/zeros.bin refused E12",
        "a.zip/方案.txt filed",
        "a.zip container",
        "b.zip/c.zip/zeros.bin refused E12",
        "b.zip/c.zip/方案.txt known",
        "b.zip/c.zip container",
        "b.zip container",
    ];
    assert_eq!(lines(&world).await, expected);
}

#[tokio::test]
async fn containers_are_opened_five_deep() {
    let world = world().await;
    let mut bytes = packed(&[("方案.txt", b"x")]);
    for n in (1..=6).rev() {
        bytes = packed(&[(&format!("{n}.zip"), &bytes)]);
    }
    std::fs::write(world.path("来/0.zip"), bytes).unwrap();
    let found = lines(&world).await;
    assert_eq!(found[0], "0.zip/1.zip/2.zip/3.zip/4.zip/5.zip filed E12");
    assert_eq!(found.len(), 6);
}

#[tokio::test]
async fn a_document_that_is_a_zip_is_a_file() {
    let world = world().await;
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents");
    for (ending, name) in
        [("docx", "a.docx"), ("xlsx", "b"), ("ofd", "c.zip"), ("odt", "d.zip"), ("docx", "e.zip")]
    {
        let stem = if ending == "xlsx" { "table" } else { "letter" };
        let bytes = std::fs::read(documents.join(format!("{stem}.{ending}"))).unwrap();
        std::fs::write(world.path("来").join(name), bytes).unwrap();
    }
    assert_eq!(lines(&world).await, ["a.docx filed", "b filed", "c.zip filed", "d.zip filed", "e.zip known"]);
}

#[tokio::test]
async fn an_archive_that_holds_a_part_of_a_document_is_opened() {
    let world = world().await;
    let types = br#"<Types><Default Extension="rels"/><Default Extension="xml"/></Types>"#;
    let rels = br#"<Relationships><Relationship Target="word/document.xml"/></Relationships>"#;
    let unpacked: [(&str, &[u8]); 3] =
        [("[Content_Types].xml", types), ("_rels/.rels", rels), ("word/document.xml", b"<a/>")];
    let cases: [&[(&str, &[u8])]; 6] = [
        &[("[Content_Types].xml", b"<Types/>")],
        &[("OFD.xml", b"<a/>")],
        &[("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0")],
        &[("mimetype", b"one of the files")],
        &[("AndroidManifest.xml", b"<b/>")],
        &unpacked,
    ];
    for (n, case) in cases.iter().enumerate() {
        let content = n.to_string();
        let members = [*case, &[("材料.docx", content.as_bytes())][..]].concat();
        std::fs::write(world.path("来").join(format!("{n}.zip")), packed(&members)).unwrap();
    }
    let lines = lines(&world).await;
    let taken = |it: &&String| it.ends_with("/材料.docx filed");
    assert_eq!(lines.iter().filter(taken).count(), cases.len(), "{lines:?}");
}

#[tokio::test]
async fn archives_joined_in_one_file_are_all_read_and_it_is_told() {
    let world = world().await;
    let [first, second, third] = ["1.txt", "2.txt", "3.txt"].map(|it| packed(&[(it, it.as_bytes())]));
    std::fs::write(world.path("来/a.zip"), [&first[..], &second, &third].concat()).unwrap();
    std::fs::write(world.path("来/b.zip"), [&first[..20], &second].concat()).unwrap();
    std::fs::write(world.path("来/c.zip"), [&first[..], &second[..30]].concat()).unwrap();
    let expected = [
        "a.zip/1.txt filed",
        "a.zip/2.txt filed",
        "a.zip/3.txt filed",
        "a.zip container W35",
        "b.zip/2.txt known",
        "b.zip unreadable E02",
        "c.zip/1.txt known",
        "c.zip unreadable E02",
    ];
    assert_eq!(lines(&world).await, expected);
}

#[tokio::test]
async fn an_empty_archive_hides_nothing() {
    let world = world().await;
    let [first, second] = ["1.txt", "2.txt"].map(|it| packed(&[(it, it.as_bytes())]));
    let empty = packed(&[]);
    std::fs::write(world.path("来/a.zip"), [&first[..], &empty].concat()).unwrap();
    std::fs::write(world.path("来/b.zip"), [&first[..], &empty, &second].concat()).unwrap();
    // In the comment of a full one.
    let mut commented = first.clone();
    let n = commented.len();
    commented[n - 2] = u8::try_from(empty.len()).unwrap();
    std::fs::write(world.path("来/c.zip"), [&commented[..], &empty].concat()).unwrap();
    std::fs::write(world.path("来/d.zip"), &empty).unwrap();
    let expected = [
        "a.zip/1.txt filed",
        "a.zip container W35",
        "b.zip/1.txt known",
        "b.zip/2.txt filed",
        "b.zip container W35",
        "c.zip/1.txt known",
        "c.zip container W35",
        "d.zip container",
    ];
    assert_eq!(lines(&world).await, expected);
}

#[tokio::test]
async fn members_that_the_end_does_not_count_are_read_and_it_is_told() {
    let world = world().await;
    let mut bytes = packed(&[("1.txt", b"one"), ("2.txt", b"two"), ("3.txt", b"three")]);
    let at = bytes.windows(4).rposition(|it| it == b"PK\x05\x06").unwrap();
    for (n, count) in [(0, 0), (1, 1), (2, 2), (3, 3)] {
        bytes[at + 8..at + 12].copy_from_slice(&[count, 0, count, 0]);
        std::fs::write(world.path("来").join(format!("{n}.zip")), &bytes).unwrap();
    }
    let lines = lines(&world).await;
    assert_eq!(lines.len(), 16, "{lines:?}");
    assert_eq!(lines.iter().filter(|it| it.ends_with(".zip container W35")).count(), 3, "{lines:?}");
}

#[tokio::test]
async fn seventy_thousand_members_are_listed_and_taken() {
    let world = world().await;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..70_000 {
        // Most are junk, so that the test is of the door rather than of the ledger.
        let name = if n % 700 == 0 { format!("照片/{n}.jpg") } else { format!("照片/._{n}.jpg") };
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        write!(writer, "{n}").unwrap();
    }
    let mut bytes = writer.finish().unwrap().into_inner();
    // As older programs count: what is more than two bytes hold is left away.
    let at = bytes.windows(4).rposition(|it| it == b"PK\x06\x06").unwrap();
    let end = bytes.windows(4).rposition(|it| it == b"PK\x05\x06").unwrap();
    let (count, rest) =
        (70_000_u32.to_le_bytes(), [&bytes[at + 40..at + 44], &bytes[at + 48..at + 52]].concat());
    bytes.drain(at..end);
    bytes[at + 8..at + 12].copy_from_slice(&[count[0], count[1], count[0], count[1]]);
    bytes[at + 12..at + 20].copy_from_slice(&rest);
    std::fs::write(world.path("来/a.zip"), bytes).unwrap();
    let (lines, filed) = world.file("来").await;
    assert_eq!(lines.len(), 70_001);
    assert_eq!((filed.receipt.counts[&Filing::Filed], filed.receipt.counts[&Filing::Junk]), (100, 69_900));
}
