//! Every format of the offices gives its whole text, and says what is amiss with it.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use juanzong::cage::Budget;
use juanzong::domain::finding::Code;
use juanzong::domain::reading::Status;
use juanzong::extract::Extraction;

use super::{codes, read, read_bytes};

pub(super) const SENTENCE: &str = "关爱空巢老人,定于2017年4月1日起开展道德讲堂活动";

pub(super) fn bytes_of(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents").join(name)).unwrap()
}

pub(super) fn read_as(bytes: &[u8], name: &str) -> Extraction {
    read_bytes(bytes, name, Budget::default())
}

/// A package with other parts than it had; one of a name it had is replaced.
pub(super) fn with_parts(package: &[u8], parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut old = zip::ZipArchive::new(std::io::Cursor::new(package)).unwrap();
    let mut new = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for n in 0..old.len() {
        let name = old.by_index_raw(n).unwrap().name().unwrap().into_owned();
        if parts.iter().any(|it| it.0 == name) {
            continue;
        }
        new.raw_copy_file(old.by_index_raw(n).unwrap()).unwrap();
    }
    for (name, bytes) in parts {
        new.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        new.write_all(bytes).unwrap();
    }
    new.finish().unwrap().into_inner()
}

/// A compound file with other streams and storages than it had.
pub(super) fn with_streams(compound: &[u8], streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::open(std::io::Cursor::new(compound.to_vec())).unwrap();
    for (path, bytes) in streams {
        file.create_storage_all(Path::new(path).parent().unwrap()).unwrap();
        file.create_stream(path).unwrap().write_all(bytes).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

#[test]
fn a_letter_is_the_same_letter_in_every_format() {
    for (name, media) in [
        ("letter.doc", "application/msword"),
        ("letter.rtf", "text/rtf"),
        ("letter.odt", "application/vnd.oasis.opendocument.text"),
        ("letter.ofd", "application/ofd"),
        ("owner.pdf", "application/pdf"),
    ] {
        let letter = read(name);
        let facts = &letter.reading.facts;
        assert_eq!((letter.reading.status, codes(&letter)), (Status::Ok, vec![]), "{name}: {}", letter.text);
        assert!(letter.text.contains(SENTENCE), "{name}: {}", letter.text);
        assert_eq!(facts.media_type, media, "{name}");
        assert_eq!(facts.title.as_deref(), Some("关于开展2017年度道德讲堂活动的通知"), "{name}");
        assert_eq!(facts.document_number.as_deref(), Some("示创文字〔2017〕2号"), "{name}");
    }
}

#[test]
fn sheets_and_slides_of_every_program_are_sections() {
    let labels = |of: &Extraction| -> Vec<String> {
        of.sections.iter().map(|it| it.label.clone().unwrap_or_default()).collect()
    };
    for name in ["table.xls", "table.xlsb", "table.ods", "readonly.xlsx"] {
        let table = read(name);
        assert_eq!(
            (table.reading.status, labels(&table)),
            (Status::Ok, vec!["三月".into(), "四月".into()]),
            "{name}"
        );
        let second = &table.text[table.sections[1].range.clone()];
        assert!(
            table.text.contains("教育局\t120") && second.contains("卫健局\t85"),
            "{name}: {}",
            table.text
        );
    }
    for name in ["slides.ppt", "slides.odp"] {
        let slides = read(name);
        assert_eq!((slides.reading.status, slides.reading.facts.pages), (Status::Ok, Some(2)), "{name}");
        for words in ["道德讲堂", "讲稿:请先介绍空巢老人", "志愿服务"] {
            assert_eq!(slides.text.matches(words).count(), 1, "{name}: {}", slides.text);
        }
    }
}

#[test]
fn a_page_format_is_read_in_order_with_what_stands_on_no_page() {
    let letter = read("letter.ofd");
    let part = |n: usize| &letter.text[letter.sections[n].range.clone()];
    assert_eq!(letter.reading.facts.pages, Some(2));
    assert!(part(0).starts_with("示例市文明城市创建工作领导小组文件\n"), "{}", part(0));
    assert!(part(0).trim_end().ends_with("示例市文明办\n二〇一七年三月十五日"), "{}", part(0));
    assert_eq!(part(1), "第二页\n请补充附件\n");
    assert_eq!(letter.sections[2].label.as_deref(), Some("文档信息"));
    for line in ["Author: 示例市文明办", "CustomData 密级: 公开", "内含文件: 名册.xlsx", "电子签章: 1 处"]
    {
        assert!(part(2).contains(line), "{}", part(2));
    }
    // What lies within is not missing.
    assert_eq!(letter.reading.facts.attachments, [""; 0]);
}

#[test]
fn the_formats_of_one_office_suite_are_read_and_want_a_page_format_beside() {
    for (fixture, name) in [("letter.doc", "通知.wps"), ("table.xls", "统计.et"), ("slides.ppt", "讲稿.dps")]
    {
        let piece = read_as(&bytes_of(fixture), name);
        assert_eq!((piece.reading.status, codes(&piece)), (Status::Ok, vec![Code::W20]), "{name}");
        assert_eq!(piece.text, read(fixture).text);
    }
}

#[test]
fn structured_text_is_read_without_its_tags() {
    let xml =
        "<?xml version=\"1.0\" encoding=\"GBK\"?><单位 id=\"7\"><名称>教育局</名称><人次>120</人次></单位>";
    let table = read_as(&encoding_rs::GBK.encode(xml).0, "统计.xml");
    assert_eq!((table.reading.status, table.text.as_str()), (Status::Ok, "教育局\n120\n"));
    let json = read_as(br#"{"name": "\u6587\u660e", "n": 1}"#, "a.json");
    assert_eq!(json.reading.facts.media_type, "application/json");
    assert!(json.text.contains("\"name\": \"文明\"") && codes(&json).is_empty(), "{}", json.text);
    let old = "<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?><w:wordDocument xmlns:w=\"w\"><w:binData>AAAA</w:binData><w:body><w:p><w:r><w:t>关于</w:t></w:r><w:r><w:t>开展</w:t></w:r></w:p><w:p><w:r><w:t>正文</w:t></w:r></w:p></w:body></w:wordDocument>";
    assert_eq!(read_as(old.as_bytes(), "通知.xml").text, "关于开展\n正文\n");
}

#[test]
fn what_is_locked_is_said_to_be_locked() {
    for name in ["locked.docx", "locked.pdf"] {
        let locked = read(name);
        assert_eq!((locked.reading.status, codes(&locked)), (Status::Encrypted, vec![Code::E03]), "{name}");
        assert_eq!(locked.text, "", "{name}");
    }
    let manifest = "<manifest:manifest xmlns:manifest=\"m\"><manifest:encryption-data/></manifest:manifest>";
    let odt = with_parts(&bytes_of("letter.ofd"), &[("Encryptions.xml", b"<x/>")]);
    assert_eq!(read_as(&odt, "a.ofd").reading.status, Status::Encrypted);
    let parts: [(&str, &[u8]); 3] = [
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", b"\x01\x02"),
        ("META-INF/manifest.xml", manifest.as_bytes()),
    ];
    let empty = zip::ZipWriter::new(std::io::Cursor::new(Vec::new())).finish().unwrap().into_inner();
    assert_eq!(read_as(&with_parts(&empty, &parts), "a.odt").reading.status, Status::Encrypted);
}

#[test]
fn what_can_run_is_said_to() {
    let macros = with_parts(&bytes_of("letter.docx"), &[("word/vbaProject.bin", b"x")]);
    let letter = read_as(&macros, "通知.docm");
    assert_eq!((letter.reading.status, codes(&letter)), (Status::Ok, vec![Code::E05]));
    assert!(letter.text.contains(SENTENCE));
    let cases: [(&[u8], &str, Status, &[Code]); 4] = [
        (b"@echo off\r\ndel *.*\r\n", "整理.bat", Status::Ok, &[Code::E05]),
        (
            b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xFF\xFF",
            "安装.exe",
            Status::Unsupported,
            &[Code::E05, Code::I04],
        ),
        (b"WScript.Echo 1", "a.vbs", Status::Ok, &[Code::E05]),
        (b"just words", "a.txt", Status::Ok, &[]),
    ];
    for (bytes, name, status, findings) in cases {
        let piece = read_as(bytes, name);
        assert_eq!((piece.reading.status, codes(&piece).as_slice()), (status, findings), "{name}");
    }
}

#[test]
fn what_a_tracked_change_deleted_is_shown_as_such() {
    let main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let body = format!(
        "<w:document xmlns:w=\"{main}\"><w:body><w:p><w:r><w:t>共</w:t></w:r><w:del><w:r><w:delText>17</w:delText></w:r></w:del><w:ins><w:r><w:t>28</w:t></w:r></w:ins><w:r><w:t>场</w:t></w:r></w:p><w:p><w:r><w:t>全文完</w:t></w:r></w:p></w:body></w:document>"
    );
    let changed = with_parts(&bytes_of("letter.docx"), &[("word/document.xml", body.as_bytes())]);
    let letter = read_as(&changed, "a.docx");
    assert_eq!(
        letter.text.lines().filter(|it| !it.is_empty()).collect::<Vec<_>>(),
        ["共28场", "全文完", "[修订前] 共1728场"]
    );
}

#[test]
fn what_stands_beside_the_text_is_read_in_old_and_new_documents() {
    for name in ["notes.doc", "notes.docx"] {
        let notes = read(name);
        let places = ["页眉", "页脚", "脚注", "尾注", "批注", "文本框"].map(|it| format!("{it}里的文字"));
        for words in places.iter().map(String::as_str).chain(["正文第四段\n", "[隐藏文字] 隐藏的13812345678"])
        {
            assert_eq!(notes.text.matches(words).count(), 1, "{name}: {words}: {}", notes.text);
        }
        assert_eq!(
            codes(&notes),
            [Code::W13, Code::W14, Code::W13],
            "{name}: of properties, of hidden words"
        );
    }
}

#[test]
fn a_letter_has_the_pages_that_word_laid_out() {
    let main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let read_body = |body: &str, parts: &[(&str, &[u8])]| {
        let body = format!("<w:document xmlns:w=\"{main}\"><w:body>{body}</w:body></w:document>");
        let parts = [&[("word/document.xml", body.as_bytes())], parts].concat();
        read_as(&with_parts(&bytes_of("letter.docx"), &parts), "a.docx")
    };
    let pages = |of: &Extraction| -> Vec<String> {
        of.sections.iter().map(|it| of.text[it.range.clone()].trim().to_owned()).collect()
    };
    let begun = "<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>";
    let laid_out = format!(
        "<w:p><w:r><w:t>关爱空</w:t></w:r><w:r><w:lastRenderedPageBreak/><w:t>巢老人</w:t></w:r></w:p>{begun}<w:p><w:r><w:lastRenderedPageBreak/><w:t>第三页</w:t></w:r></w:p><w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>不见</w:t></w:r></w:p>"
    );
    let letter = read_body(&laid_out, &[]);
    assert_eq!(pages(&letter), ["关爱空", "巢老人", "第三页", "[隐藏文字] 不见"]);
    assert_eq!(
        (letter.reading.facts.pages, letter.sections[3].label.as_deref()),
        (Some(3), Some("页外文字"))
    );
    assert!(letter.text.contains("关爱空巢老人\n"), "a line over two pages is one: {}", letter.text);
    // Without a layout there are as many pages as the file counts, or none.
    let own = format!("<w:p><w:r><w:t>一</w:t></w:r></w:p>{begun}<w:p><w:r><w:t>二</w:t></w:r></w:p>");
    assert_eq!(read_body(&own, &[]).reading.facts.pages, None);
    let counted = read_body(&own, &[("docProps/app.xml", b"<Properties><Pages>2</Pages></Properties>")]);
    assert_eq!((counted.reading.facts.pages, pages(&counted)), (Some(2), vec!["一".into(), "二".into()]));
    // A break within a paragraph ends the line, and what begins the next page is told as it stands there.
    let within =
        "<w:p><w:r><w:t>到此为止，二〇1</w:t><w:br w:type=\"page\"/><w:t>机密★10年</w:t></w:r></w:p>";
    let broken = read_body(within, &[("docProps/app.xml", b"<Properties><Pages>2</Pages></Properties>")]);
    assert_eq!((pages(&broken).len(), codes(&broken)), (2, vec![Code::W14]), "{}", broken.text);
}

#[test]
fn the_numbers_of_lists_are_read_as_they_are_seen() {
    let expected = "关于开展道德讲堂活动的通知|第一章 总则|1.1 目的|1.2 范围|第二章 要求|一、组织领导|（一）成立小组|（二）落实责任|1. 定人|1.1 定岗|二、志愿服务|第九条 各单位应当报送材料。|第十条 材料应当真实。|照片|特此通知";
    for name in ["lists.doc", "lists.docx", "lists.odt"] {
        let lists = read(name);
        assert_eq!(
            (lists.reading.status, lists.text.trim().replace('\n', "|")),
            (Status::Ok, expected.into())
        );
    }
    // Where the lists, the styles or the paragraphs are not where the header says, the words still are.
    for at in [0xA2, 0x102, 0x2E2, 0x2EA] {
        let mut file = cfb::CompoundFile::open(std::io::Cursor::new(bytes_of("lists.doc"))).unwrap();
        let mut main = file.open_stream("/WordDocument").unwrap();
        main.seek(SeekFrom::Start(at)).unwrap();
        main.write_all(&[0xFF; 4]).unwrap();
        drop(main);
        let torn = read_as(&file.into_inner().into_inner(), "a.doc");
        assert_eq!(torn.reading.status, Status::Ok, "{at}");
        assert!(torn.text.contains("各单位应当报送材料。\n"), "{at}: {}", torn.text);
    }
}

#[test]
fn hidden_words_and_properties_are_looked_through_for_what_must_not_leave() {
    let main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let body = format!(
        "<w:document xmlns:w=\"{main}\"><w:body><w:p><w:r><w:t>名单</w:t></w:r></w:p><w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>电话13812345678</w:t></w:r></w:p></w:body></w:document>"
    );
    let letter = bytes_of("letter.docx");
    let hidden = read_as(&with_parts(&letter, &[("word/document.xml", body.as_bytes())]), "a.docx");
    assert_eq!(hidden.text.trim(), "名单\n[隐藏文字] 电话13812345678");
    assert_eq!((codes(&hidden), hidden.reading.facts.characters), (vec![Code::W13], Some(2)));
    let beside = "<w:p><w:r><w:t>关于开展道德讲堂活动的通知</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>机密★1年</w:t></w:r></w:p>";
    let beside = format!("<w:document xmlns:w=\"{main}\"><w:body>{beside}</w:body></w:document>");
    let beside = read_as(&with_parts(&letter, &[("word/document.xml", beside.as_bytes())]), "a.docx");
    assert_eq!(beside.text.trim(), "关于开展道德讲堂活动的通知\n[隐藏文字] 机密★1年");
    assert_eq!((codes(&beside), beside.reading.facts.secrecy), (vec![Code::W14], None));
    let span = "<o:text><s:style s:name=\"H\"><s:text-properties t:display=\"none\"/></s:style><t:p>关于开展道德讲堂<t:span t:style-name=\"T\">活动</t:span>的通知<t:span t:style-name=\"H\">机密<t:s/>★1年</t:span></t:p><t:p>正文</t:p></o:text>";
    let content = format!("<o:c xmlns:o=\"o\" xmlns:s=\"s\" xmlns:t=\"t\">{span}</o:c>");
    let open = read_as(&with_parts(&bytes_of("letter.odt"), &[("content.xml", content.as_bytes())]), "a.odt");
    assert_eq!(open.text.trim(), "关于开展道德讲堂活动的通知\n[隐藏文字] 机密 ★1年\n正文");
    assert_eq!((codes(&open), open.reading.facts.secrecy), (vec![Code::W14], None));
    let core = "<p:coreProperties xmlns:p=\"p\" xmlns:d=\"d\"><d:subject>机密★1年</d:subject><d:creator>张某 13812345678</d:creator></p:coreProperties>";
    let marked = read_as(&with_parts(&letter, &[("docProps/core.xml", core.as_bytes())]), "a.docx");
    assert_eq!((codes(&marked), marked.reading.facts.secrecy), (vec![Code::W13, Code::W14], None));
    assert_eq!(marked.text, read("letter.docx").text);
}

#[test]
fn properties_are_looked_through_whatever_becomes_of_the_text() {
    let core =
        "<p:coreProperties xmlns:p=\"p\" xmlns:d=\"d\"><d:subject>机密★1年</d:subject></p:coreProperties>";
    let main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let words = "创建文明城市工作材料".repeat(10_000);
    let body = format!("<w:p><w:r><w:t>{words}</w:t></w:r></w:p>").repeat(15);
    let body = format!("<w:document xmlns:w=\"{main}\"><w:body>{body}</w:body></w:document>");
    let parts: [(&str, &[u8]); 3] = [
        ("docProps/core.xml", core.as_bytes()),
        ("word/vbaProject.bin", b"x"),
        ("word/document.xml", body.as_bytes()),
    ];
    let cut = read_as(&with_parts(&bytes_of("letter.docx"), &parts), "a.docm");
    assert_eq!((cut.reading.status, codes(&cut)), (Status::Partial, vec![Code::E05, Code::W14, Code::W27]));
    // Nor does it matter which program wrote them.
    let meta =
        "<o:document-meta xmlns:o=\"o\" xmlns:m=\"m\"><m:keyword>机密★1年</m:keyword></o:document-meta>";
    let parts: [(&str, &[u8]); 2] = [("meta.xml", meta.as_bytes()), ("Basic/Standard/a.xml", b"<x/>")];
    let marked = read_as(&with_parts(&bytes_of("letter.odt"), &parts), "a.odt");
    assert_eq!((marked.reading.status, codes(&marked)), (Status::Ok, vec![Code::E05, Code::W14]));
}

#[test]
fn a_letter_of_the_last_century_is_read() {
    let words = encoding_rs::GBK.encode("关于开展道德讲堂活动的通知\r各责任单位:\r").0.into_owned();
    let mut file = vec![0_u8; 384];
    file[..2].copy_from_slice(&[0xDB, 0xA5]);
    file[0x18..0x1C].copy_from_slice(&384_u32.to_le_bytes());
    file[0x1C..0x20].copy_from_slice(&(384 + words.len() as u32).to_le_bytes());
    file.extend(words);
    let letter = read_as(&file, "通知.doc");
    assert_eq!((letter.reading.status, codes(&letter)), (Status::Ok, vec![]));
    assert_eq!(letter.text, "关于开展道德讲堂活动的通知\n各责任单位:\n");
    file.truncate(20);
    assert_eq!(read_as(&file, "通知.doc").reading.status, Status::Corrupt);
}

#[test]
fn damage_that_upsets_a_reader_is_damage() {
    let mut letter = bytes_of("letter.pdf");
    let at = letter.windows(8).position(|it| it == b"\n2 0 obj").unwrap();
    letter[at + 2] = 0x80;
    let torn = read_as(&letter, "a.pdf");
    assert_eq!((torn.reading.status, codes(&torn)), (Status::Corrupt, vec![Code::E02]));
}

#[test]
fn text_nobody_can_read_is_measured() {
    let words = "关于开展道德讲堂活动的通知\n各责任单位:\n";
    let gbk = encoding_rs::GBK.encode(words).0;
    let shifted = encoding_rs::WINDOWS_1252.decode(&gbk).0;
    let text = read_as(format!("{words}{shifted}").as_bytes(), "a.txt");
    assert_eq!(codes(&text), [Code::W09]);
    let facts = &text.reading.facts;
    let share = facts.garbled_characters.unwrap() as f64 / facts.characters.unwrap() as f64;
    assert!((0.4..0.8).contains(&share), "{share}");
    let plain = read_as(words.as_bytes(), "a.txt");
    assert_eq!((codes(&plain), plain.reading.facts.garbled_characters), (vec![], None));
}

#[test]
fn a_paragraph_that_nobody_sees_is_not_counted() {
    let row = |words: &str, mark: &str| {
        format!(
            "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/>{mark}</w:pPr><w:r>{mark}<w:t>{words}</w:t></w:r></w:p>"
        )
    };
    let hidden = row("待定", "<w:rPr><w:vanish/></w:rPr>");
    let body = [row("总则", ""), hidden, row("分则", "")].concat();
    let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let document = format!("<w:document xmlns:w=\"{space}\"><w:body>{body}</w:body></w:document>");
    let letter = with_parts(&bytes_of("lists.docx"), &[("word/document.xml", document.as_bytes())]);
    let text = read_as(&letter, "a.docx").text;
    assert!(text.contains("第一章 总则") && text.contains("第二章 分则"), "{text}");
}

#[test]
fn what_a_tracked_change_took_from_an_open_document_is_shown_as_such() {
    let odt = bytes_of("letter.odt");
    let mut old = zip::ZipArchive::new(std::io::Cursor::new(&odt)).unwrap();
    let content = std::io::read_to_string(old.by_name("content.xml").unwrap()).unwrap();
    let changes = "<text:tracked-changes><text:changed-region><text:deletion><office:change-info>\
        <dc:creator xmlns:dc=\"http://purl.org/dc/elements/1.1/\">张三</dc:creator></office:change-info>\
        <text:p>机密★1年</text:p></text:deletion></text:changed-region></text:tracked-changes>";
    let changed = content.replacen("<office:text>", &format!("<office:text>{changes}"), 1);
    assert_ne!(changed, content);
    let letter = read_as(&with_parts(&odt, &[("content.xml", changed.as_bytes())]), "a.odt");
    assert!(letter.text.ends_with("[修订前] 机密★1年\n"), "{}", letter.text);
    assert_eq!(codes(&letter), [Code::W14]);
    assert!(letter.text.starts_with(&read("letter.odt").text), "{}", letter.text);
}
