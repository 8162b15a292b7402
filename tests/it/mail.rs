//! Mails: what was written and what was attached are filed, dated by the mail, and found by its words.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{Cursor, Write};

use jiff::civil::date;
use juanzong::cage::Budget;
use juanzong::domain::evidence::{DateKind, Provenance};
use juanzong::domain::reading::Status;
use juanzong::extract::{Extraction, extract};

use crate::families::{fixture, sent};
use crate::world::keeper;

fn read(name: &str) -> Extraction {
    extract(&keeper(), &File::open(fixture(name)).unwrap(), name, Budget::default()).unwrap()
}

#[tokio::test]
async fn a_mail_is_taken_apart() {
    let (world, lines) = sent("报送.eml").await;
    let expected = [
        "报送.eml/00 正文.txt filed",
        "报送.eml/材料.zip/图片/活动.txt filed W28",
        "报送.eml/材料.zip/通知/方案.txt filed W28",
        "报送.eml/材料.zip container",
        "报送.eml/名单.txt filed",
        "报送.eml/转来的通知.eml/00 正文.txt filed",
        "报送.eml/转来的通知.eml container",
        "报送.eml container",
    ];
    assert_eq!(lines, expected);
    let fold = world.fold().await;
    let text = fold.evidence.values().find(|it| it.parts[0].name == "00 正文.txt").unwrap();
    let own = text.dates.iter().find(|it| it.provenance == Provenance::FileTime).unwrap();
    assert_eq!(own.from, date(2017, 3, 15));
    world.index().await;
    for words in ["报送学雷锋活动材料", "团市委", "现报送"] {
        assert!(world.found(words).await.contains(&text.id), "{words}");
    }
}

#[tokio::test]
async fn a_mail_of_outlook_is_taken_apart() {
    let (world, lines) = sent("报送.msg").await;
    let expected = [
        "报送.msg/00 正文.txt filed",
        "报送.msg/名单.txt filed",
        "报送.msg/转来的通知.msg/00 正文.txt filed",
        "报送.msg/转来的通知.msg container",
        "报送.msg container",
    ];
    assert_eq!(lines, expected);
    let fold = world.fold().await;
    let text = fold.evidence.values().next().unwrap();
    let mut file = String::new();
    let store = world.archive.store();
    std::io::Read::read_to_string(&mut store.open_blob(&text.parts[0].blob.sha256).unwrap(), &mut file)
        .unwrap();
    let expected = "主题：报送学雷锋活动材料\n发件人：团市委\n收件人：市文明办\n时间：2017-03-15 01:30 UTC\n\n现报送学雷锋活动材料，请查收。\n";
    assert_eq!(file, expected);
}

#[tokio::test]
async fn a_mailbox_is_a_row_of_mails() {
    let (_, lines) = sent("来信.mbox").await;
    let expected = [
        "来信.mbox/0001 第1封.eml/00 正文.txt filed",
        "来信.mbox/0001 第1封.eml container",
        "来信.mbox/0002 第2封.eml/00 正文.txt filed",
        "来信.mbox/0002 第2封.eml container",
        "来信.mbox container",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn a_mail_that_is_a_page_stays_one() {
    let (world, lines) = sent("网页信.eml").await;
    assert_eq!(lines, ["网页信.eml/00 正文.html filed", "网页信.eml container"]);
    world.index().await;
    assert_eq!(world.found("报送学雷锋活动材料").await.len(), 1, "the heading is in the page");
    assert_eq!(world.found("现报送学雷锋活动材料").await.len(), 1);
}

#[tokio::test]
async fn a_saved_page_is_a_file() {
    let (world, lines) = sent("网页.mht").await;
    assert_eq!(lines, ["网页.mht filed"]);
    world.index().await;
    assert_eq!(world.found("看望了空巢老人").await.len(), 1);
}

#[test]
fn a_mail_by_itself_is_read_as_a_document() {
    for name in ["报送.eml", "报送.msg"] {
        let mail = read(name);
        assert_eq!(mail.reading.status, Status::Ok, "{name}");
        assert_eq!(mail.reading.extractor, "mail");
        assert_eq!(mail.reading.facts.title.as_deref(), Some("报送学雷锋活动材料"), "{name}");
        assert!(mail.text.contains("发件人：团市委") && mail.text.contains("请查收"), "{}", mail.text);
        assert!(mail.text.contains("附件：\n") && mail.text.contains("名单.txt"), "{}", mail.text);
        // What was attached is said after its names, and mails that were after that.
        let (names, said) = mail.text.split_once("附件：\n").unwrap();
        assert!(said.contains("\n张三\n") && !names.contains("张三"), "{}", mail.text);
        assert!(said.find("张三") < said.find("主题：转来的通知"), "{}", mail.text);
    }
    let made = read("报送.eml").reading.facts.dates;
    assert_eq!((made[0].kind, made[0].from), (DateKind::Made, date(2017, 3, 15)));
    let both = read("来信.mbox");
    assert_eq!(both.sections.len(), 2);
    assert!(both.text.contains("第2封来信"));
}

#[test]
fn what_is_attached_to_a_signed_mail_of_outlook_is_read() {
    let posted = "MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=\"b\"\r\n\r\n--b\r\n\
        Content-Type: multipart/mixed; boundary=\"c\"\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\nsigned\r\n--c\r\n\
        Content-Type: text/plain; name=\"list.txt\"\r\nContent-Disposition: attachment; filename=\"list.txt\"\r\n\r\n\
        names\r\n--c--\r\n--b\r\nContent-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n\r\nAAAA\r\n--b--\r\n";
    let tag: Vec<u8> = "multipart/signed".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let folder = "/__attach_version1.0_#00000009";
    let mut file = cfb::CompoundFile::open(Cursor::new(std::fs::read(fixture("报送.msg")).unwrap())).unwrap();
    file.create_storage(folder).unwrap();
    for (name, bytes) in [("370E001F", tag.as_slice()), ("37010102", posted.as_bytes())] {
        file.create_stream(format!("{folder}/__substg1.0_{name}")).unwrap().write_all(bytes).unwrap();
    }
    file.flush().unwrap();
    let mut mail = tempfile::tempfile().unwrap();
    mail.write_all(&file.into_inner().into_inner()).unwrap();
    let read = extract(&keeper(), &mail, "a.msg", Budget::default()).unwrap();
    for words in ["附件3.eml", "\nsigned\n", "list.txt", "\nnames\n"] {
        assert!(read.text.contains(words), "{words}: {}", read.text);
    }
    assert!(!read.text.contains("boundary"), "{}", read.text);
}

#[test]
fn words_in_no_named_encoding_are_read() {
    let mail = read("未注明.eml");
    assert_eq!(mail.reading.facts.title.as_deref(), Some("报送志愿服务材料"));
    assert!(mail.text.contains("现报送志愿服务材料，请查收。"), "{}", mail.text);
}
