//! Input made to hurt, or hurt on its way: each ends in a kind of result, and what can be read is read.

use std::io::{Cursor, Write};

use juanzong::cage::Budget;
use juanzong::domain::finding::Code;
use juanzong::domain::reading::Status;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{codes, read_bytes};
use crate::beside::beside;

fn package(parts: &[(&str, &[&[u8]])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, pieces) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        pieces.iter().for_each(|it| writer.write_all(it).unwrap());
    }
    writer.finish().unwrap().into_inner()
}

const TYPES: &[u8] = br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const RELATIONS: &[u8] = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;

#[test]
fn a_document_that_unpacks_without_end_is_too_large() {
    let blank = vec![b' '; 1 << 20];
    let body: Vec<&[u8]> = std::iter::repeat_n(blank.as_slice(), 100).collect();
    let bytes = package(&[
        ("[Content_Types].xml", &[TYPES]),
        ("_rels/.rels", &[RELATIONS]),
        ("word/document.xml", &body),
    ]);
    assert!(bytes.len() < 1 << 20);
    let bomb = read_bytes(&bytes, "通知.docx", Budget::default());
    assert_eq!((bomb.reading.status, codes(&bomb)), (Status::Oom, vec![Code::E02]));
}

#[test]
fn what_kills_the_reader_within_a_document_costs_only_itself() {
    let deep = "<b>".repeat(8 << 20);
    let body = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r><w:t>关于开展活动的通知</w:t></w:r></w:p></w:body></w:document>";
    let bytes = package(&[
        ("[Content_Types].xml", &[TYPES]),
        ("_rels/.rels", &[RELATIONS]),
        ("word/document.xml", &[body.as_bytes()]),
        ("word/vbaProject.bin", &[b"macros"]),
        ("word/embeddings/a.html", &[deep.as_bytes()]),
    ]);
    let letter = read_bytes(&bytes, "通知.docx", Budget::default());
    assert_eq!((letter.reading.status, codes(&letter)), (Status::Partial, vec![Code::E05, Code::W27]));
    assert_eq!(letter.text, "关于开展活动的通知");
    assert_eq!(letter.reading.facts.title.as_deref(), Some("关于开展活动的通知"));
}

#[test]
fn a_document_of_pages_without_end_is_read_and_one_that_packs_well_too() {
    let read = |n: usize, paragraph: &str| {
        let body = paragraph.repeat(n);
        let body = format!(
            "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
        );
        let parts: [(&str, &[&[u8]]); 3] = [
            ("[Content_Types].xml", &[TYPES]),
            ("_rels/.rels", &[RELATIONS]),
            ("word/document.xml", &[body.as_bytes()]),
        ];
        let letter = read_bytes(&package(&parts), "通知.docx", Budget::default());
        (
            letter.reading.status,
            letter.text.matches("文").count(),
            letter.reading.facts.pages,
            letter.sections.len(),
        )
    };
    let page = "<w:p><w:r><w:lastRenderedPageBreak/><w:t>文</w:t></w:r></w:p>";
    assert_eq!(read(9_000, page), (Status::Ok, 9_000, Some(9_001), 9_001));
    assert_eq!(read(11_000, page), (Status::Ok, 11_000, None, 0), "nobody laid out as many");
    let long = format!("{page}<!--{}-->", "x".repeat(10_000));
    assert_eq!(read(1_000, &long), (Status::Ok, 1_000, Some(1_001), 1_001));
}

#[test]
fn pages_that_lead_to_themselves_are_no_pages() {
    let root = "<OFD><DocBody><DocRoot>OFD.xml</DocRoot></DocBody></OFD>";
    let circle = read_bytes(&package(&[("OFD.xml", &[root.as_bytes()])]), "圈.ofd", Budget::default());
    assert_eq!(circle.reading.status, Status::Corrupt);
    let root = "<OFD><DocBody><DocRoot>D.xml</DocRoot></DocBody></OFD>";
    let document = r#"<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]><Document><Page ID="1" BaseLoc="P.xml"/></Document>"#;
    let page = r#"<Page><TextObject Boundary="0 0 9 9" Size="3"><TextCode X="0" Y="3" DeltaX="g 99999999999 1e308">&a;文明</TextCode></TextObject></Page>"#;
    let parts: [(&str, &[&[u8]]); 3] =
        [("OFD.xml", &[root.as_bytes()]), ("D.xml", &[document.as_bytes()]), ("P.xml", &[page.as_bytes()])];
    let entities = read_bytes(&package(&parts), "实体.ofd", Budget::default());
    assert_eq!(entities.reading.status, Status::Ok);
    assert_eq!(entities.text.replace(char::is_whitespace, ""), "文明");
}

#[test]
fn text_without_a_mark_or_with_zeros_is_text() {
    let words = "创建全国文明城市工作方案\r\n第一条 为了 2017\r\n";
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let wide: Vec<u8> = words.encode_utf16().flat_map(bytes).collect();
        let read = read_bytes(&wide, "方案.txt", Budget::default());
        assert_eq!((read.reading.status, codes(&read)), (Status::Ok, vec![]));
        assert_eq!(read.text, words.replace('\r', ""));
    }
    let table = read_bytes("单位,数量\0\0\r\n市教育局\0,3\r\n".as_bytes(), "表.csv", Budget::default());
    assert_eq!(table.reading.status, Status::Ok);
    assert_eq!(table.text, "单位,数量\n市教育局,3\n");
    let zeros = read_bytes(&[0; 9_000], "空.txt", Budget::default());
    assert_eq!(zeros.reading.status, Status::Unsupported);
}

#[test]
fn a_film_whose_boxes_are_wrong_is_damaged_and_not_misnamed() {
    let mut film = b"\0\0\0\x18ftypisom\0\0\0\0isommp42\0\0\0\x01moov".to_vec();
    film.extend([0xFF; 8]);
    film.extend([0; 100]);
    let read = read_bytes(&film, "活动.mp4", Budget::default());
    assert_eq!((read.reading.status, codes(&read)), (Status::Corrupt, vec![Code::E02]));
    let mut empty = b"\0\0\0\x18ftypisom\0\0\0\0isommp42\0\0\0\x08moov".to_vec();
    empty.extend(b"\0\0\0\x10trak\0\0\0\x08mdia".repeat(1_000));
    let read = read_bytes(&empty, "活动.mp4", Budget::default());
    assert_eq!((read.reading.status, codes(&read)), (Status::Corrupt, vec![Code::E02]));
}

#[test]
fn a_saved_page_without_a_boundary_is_read() {
    let page = "From: <Saved by Windows Internet Explorer 8>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type=\"text/html\"\r\n\r\n<html><body>文明</body></html>";
    let read = read_bytes(page.as_bytes(), "网页.mht", Budget::default());
    assert_eq!((read.reading.status, read.text.trim()), (Status::Ok, "文明"));
}

#[test]
fn braces_boxes_and_brackets_without_end_only_take_their_time() {
    let deep = [
        ("深.json", "[".repeat(50_000)),
        ("深.xml", "<a>".repeat(50_000)),
        ("深.rtf", format!("{{\\rtf1 {}text", "{".repeat(50_000))),
        ("深.html", "<div>".repeat(2_000)),
        ("深.pdf", format!("%PDF-1.4\n1 0 obj\n{}", "[".repeat(50_000))),
    ];
    for (name, bytes) in deep {
        let read = read_bytes(bytes.as_bytes(), name, Budget::default());
        assert!(read.reading.status != Status::Crash, "{name}: {:?}", read.reading);
    }
}

/// Some documents do not look locked until their pages are counted.
#[test]
fn a_document_that_says_late_that_it_is_locked_is_encrypted() {
    let Some(data) = beside("data") else { return };
    for name in ["issue19484_1.pdf", "issue19484_2.pdf"] {
        let bytes = std::fs::read(data.join("documents/pdfjs").join(name)).unwrap();
        let locked = read_bytes(&bytes, name, Budget::default());
        assert_eq!((locked.reading.status, codes(&locked)), (Status::Encrypted, vec![Code::E03]), "{name}");
    }
}
