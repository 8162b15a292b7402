//! What lies within a document is read with it: other documents, and words that are drawn in pictures.

use std::io::{Cursor, Read, Write};

use jiff::civil::date;
use juanzong::domain::finding::Code;
use juanzong::domain::reading::Status;

use super::codes;
use super::formats::{SENTENCE, bytes_of, read_as, with_parts, with_streams};

/// What the pictures of words say.
const DRAWN: &str = "学雷锋志愿活动\n2017年3月5日 人民广场";

#[test]
fn documents_within_an_old_document_are_read_with_it() {
    let sheet = bytes_of("table.xls");
    let mut inner = cfb::CompoundFile::open(Cursor::new(sheet)).unwrap();
    let mut book = Vec::new();
    inner.open_stream("/Workbook").unwrap().read_to_end(&mut book).unwrap();
    let slides = bytes_of("slides.pptx");
    let streams: [(&str, &[u8]); 2] =
        [("/ObjectPool/_1/Workbook", &book), ("/ObjectPool/_2/Package", &slides)];
    let letter = read_as(&with_streams(&bytes_of("letter.doc"), &streams), "letter.doc");
    for words in [SENTENCE, "卫健局\t85", "请先介绍空巢老人"] {
        assert!(letter.text.contains(words), "{words}: {}", letter.text);
    }
}

#[test]
fn a_document_in_a_document_is_read_with_it() {
    let table = bytes_of("table.xls");
    let sheet = bytes_of("table.xlsx");
    let letter = with_parts(&bytes_of("letter.docx"), &[("word/embeddings/oleObject1.bin", &table)]);
    let slides = with_parts(&bytes_of("slides.pptx"), &[("ppt/embeddings/Sheet1.xlsx", &sheet)]);
    let wrapped = with_parts(&sheet, &[("xl/embeddings/a.docx", &letter)]);
    for (bytes, name, own) in
        [(&letter, "a.docx", SENTENCE), (&slides, "a.pptx", "志愿服务"), (&wrapped, "a.xlsx", "四月")]
    {
        let whole = read_as(bytes, name);
        assert_eq!(whole.reading.status, Status::Ok, "{name}");
        assert!(whole.text.contains(own) && whole.text.contains("卫健局\t85"), "{name}: {}", whole.text);
    }
    assert!(read_as(&wrapped, "a.xlsx").text.contains(SENTENCE));
}

/// The rich text in which a picture is spelt, in a group of this kind.
fn spelt(kind: &str, bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|it| format!("{it:02x}")).collect();
    format!(r"{{{kind} {digits}}}")
}

#[test]
fn words_drawn_in_a_picture_are_read_with_its_document() {
    let (emf, wmf) = (bytes_of("picture.emf"), bytes_of("picture.wmf"));
    let letter = with_parts(&bytes_of("letter.docx"), &[("word/media/image1.emf", &emf)]);
    let slides = with_parts(&bytes_of("slides.pptx"), &[("ppt/media/image1.wmf", &wmf)]);
    let sheet = with_parts(&bytes_of("table.xlsx"), &[("xl/media/image1.emf", &emf)]);
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(&emf).unwrap();
    let packed = packer.finish().unwrap();
    let length = u32::try_from(packed.len()).unwrap();
    // The head of the record, a fingerprint, and the head of the picture.
    let head = [&[0x40, 0x3D, 0x1A, 0xF0][..], &(length + 50).to_le_bytes(), &[0; 44]].concat();
    let blip = [b"before", &head[..], &length.to_le_bytes(), &[0, 0xFE], &packed].concat();
    let old = with_streams(&bytes_of("letter.doc"), &[("/Data", &blip)]);
    let old_slides = with_streams(&bytes_of("slides.ppt"), &[("/Pictures", &blip)]);
    let (result, sister) = (spelt(r"\pict\emfblip", &emf), spelt(r"\pict\wmetafile8", &wmf));
    let rich = format!(r"{{\rtf1 own{{\object{{\result{{\*\shppict{result}}}{{\nonshppict{sister}}}}}}}}}");
    for (bytes, name) in [
        (&emf, "a.emf"),
        (&wmf, "a.wmf"),
        (&letter, "a.docx"),
        (&slides, "a.pptx"),
        (&sheet, "a.xlsx"),
        (&old, "a.doc"),
        (&old_slides, "a.ppt"),
        (&rich.into_bytes(), "a.rtf"),
    ] {
        let read = read_as(bytes, name);
        assert_eq!(read.text.matches(DRAWN).count(), 1, "{name}: {}", read.text);
        assert_eq!(read.reading.status, Status::Ok, "{name}");
    }
}

#[test]
fn a_picture_of_what_was_read_is_not_read_again() {
    let emf = bytes_of("picture.emf");
    let written = |it: &[u8]| with_parts(it, &[("word/media/image1.emf", &emf)]);
    let said = bytes_of("letter.docx");
    let mut inner = zip::ZipArchive::new(Cursor::new(&said)).unwrap();
    let mut page = String::new();
    inner.by_name("word/document.xml").unwrap().read_to_string(&mut page).unwrap();
    let page = page.replace(SENTENCE, "2017年3月5日,人民广场,举行学雷锋志愿活动");
    let said = with_parts(&said, &[("word/document.xml", page.as_bytes())]);
    let read = read_as(&written(&said), "a.docx");
    assert_eq!(read.text.matches("人民广场").count(), 1, "{}", read.text);
    // A document within may be what the picture stands for.
    let embedded = with_parts(&bytes_of("letter.docx"), &[("word/embeddings/a.docx", &said)]);
    let read = read_as(&written(&embedded), "a.docx");
    assert_eq!(read.text.matches("人民广场").count(), 1, "{}", read.text);
}

#[test]
fn pictures_and_objects_that_nobody_sees_are_not_read() {
    let emf = bytes_of("picture.emf");
    let picture = spelt(r"\pict\emfblip", &emf);
    for hidden in [r"{\v ", r"{\*\listpicture ", r"{\nonshppict ", r"{\header\deleted "] {
        let rich = format!(r"{{\rtf1 own{hidden}{picture}}}}}");
        assert_eq!(read_as(rich.as_bytes(), "a.rtf").text, "own", "{hidden}");
    }
    let shape = format!(r"{{\rtf1 own{{\shp{{\*\shpinst{{\sp{{\sn pib}}{{\sv {picture}}}}}}}}}}}");
    assert!(read_as(shape.as_bytes(), "a.rtf").text.contains(DRAWN));
}

/// A file as the packager of Windows wraps it.
fn packaged(name: &str, bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let path = u32::try_from(name.len() + 1).unwrap().to_le_bytes();
    let name = name.as_bytes();
    [&[2, 0], name, &[0], name, &[0, 0, 0, 3, 0], &path, name, &[0], &length, bytes].concat()
}

/// A compound file of one stream.
fn compound(stream: &str, bytes: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream(stream).unwrap().write_all(bytes).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// The stream of the packager, which begins with its count.
fn native(name: &str, bytes: &[u8]) -> Vec<u8> {
    [&[0; 4], &packaged(name, bytes)[..]].concat()
}

/// Rich text that holds an object of the packager.
fn rich(name: &str, bytes: &[u8]) -> Vec<u8> {
    let body = packaged(name, bytes);
    let length = u32::try_from(body.len()).unwrap().to_le_bytes();
    let head = [&[1, 5, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0][..], b"Package\0", &[0; 8], &length].concat();
    let object = spelt(r"\*\objdata", &[head, body].concat());
    format!(r"{{\rtf1 own {{\object\objemb{object}{{\result shown}}}}}}").into_bytes()
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let empty = zip::ZipWriter::new(Cursor::new(Vec::new())).finish().unwrap().into_inner();
    with_parts(&empty, members)
}

#[test]
fn files_of_any_kind_put_into_a_document_are_read_with_it() {
    const WORDS: &str = "志愿服务队花名册";
    const PLACE: &str = "/ObjectPool/_1/\u{1}Ole10Native";
    let (page, plain) = (bytes_of("letter.pdf"), encoding_rs::GBK.encode(WORDS).0.into_owned());
    let mail =
        format!("From: a@example.org\r\nDate: Wed, 15 Mar 2017 09:30:00 +0800\r\nSubject: {WORDS}\r\n\r\n-");
    let archive = zipped(&[("名册.txt", &plain), ("信.eml", mail.as_bytes())]);
    let stream = native("a.pdf", &page);
    let letter = with_streams(&bytes_of("letter.doc"), &[(PLACE, &native("a.txt", &plain))]);
    let table = with_streams(&bytes_of("table.xls"), &[("/MBD1/CONTENTS", &page)]);
    let embedded = compound("/\u{1}Ole10Native", &stream);
    let sheet = with_parts(&bytes_of("table.xlsx"), &[("xl/embeddings/oleObject1.bin", &embedded)]);
    let embedded = compound("/\u{1}Ole10Native", &native("a.zip", &archive));
    let slides = with_parts(&bytes_of("slides.pptx"), &[("ppt/embeddings/oleObject1.bin", &embedded)]);
    let office = bytes_of("letter.ofd");
    for (bytes, name, own, words) in [
        (&letter, "a.doc", SENTENCE, WORDS),
        (&table, "a.xls", "教育局", SENTENCE),
        (&sheet, "a.xlsx", "教育局", SENTENCE),
        (&slides, "a.pptx", "请先介绍空巢老人", WORDS),
        (&rich("a.txt", &plain), "a.rtf", "own shown", WORDS),
        (&rich("a.ofd", &office), "b.rtf", "own shown", SENTENCE),
    ] {
        let read = read_as(bytes, name);
        assert_eq!(read.reading.status, Status::Ok, "{name}");
        assert!(read.text.contains(own) && read.text.contains(words), "{name}: {}", read.text);
    }
}

#[test]
fn what_cannot_be_read_or_lies_too_deep_leaves_its_document_as_it_was() {
    let locked = bytes_of("locked.pdf");
    let status = |bytes: &[u8]| {
        let read = read_as(&rich("a.pdf", bytes), "a.rtf");
        assert_eq!(read.text, "own shown");
        read.reading.status
    };
    for bytes in [&b"%PDF-1.4 torn"[..], b"MZ\x90\0\x03\0\0\0", b""] {
        assert_eq!(status(bytes), Status::Ok);
    }
    assert_eq!(status(&locked), Status::Partial, "it may hold what must not leave");
    // Rich text, an archive in it, rich text in that, and so on.
    let wrapped = |inner: &[u8]| rich("a.zip", &zipped(&[("a.rtf", inner)]));
    let deep = wrapped(&rich("a.txt", b"the deepest words"));
    assert!(read_as(&deep, "a.rtf").text.contains("the deepest words"));
    let deeper = read_as(&wrapped(&deep), "a.rtf").text;
    assert!(deeper.contains("own shown") && !deeper.contains("the deepest words"), "{deeper}");
}

#[test]
fn files_within_a_page_format_are_read_with_it() {
    let list = "<ofd:Attachments xmlns:ofd='http://www.ofdspec.org/2016'><ofd:Attachment ID='1' Name='名册'>\
                <ofd:FileLoc>Attachs/roll.xlsx</ofd:FileLoc></ofd:Attachment></ofd:Attachments>";
    let parts: [(&str, &[u8]); 2] =
        [("Doc_0/Attachs.xml", list.as_bytes()), ("Doc_0/Attachs/roll.xlsx", &bytes_of("table.xlsx"))];
    let letter = read_as(&with_parts(&bytes_of("letter.ofd"), &parts), "a.ofd");
    let within = letter.sections.iter().find(|it| it.label.as_deref() == Some("内含文件")).unwrap();
    assert!(letter.text[within.range.clone()].contains("卫健局\t85"), "{}", letter.text);
    assert_eq!((letter.reading.status, letter.reading.facts.pages), (Status::Ok, Some(2)));

    let letter = read_as(&with_file(&bytes_of("letter.pdf"), "签到表：共到场一百二十人".as_bytes()), "a.pdf");
    let within = letter.sections.iter().find(|it| it.label.as_deref() == Some("内含文件")).unwrap();
    assert_eq!(letter.text[within.range.clone()].trim(), "签到表：共到场一百二十人");
    assert_eq!((letter.reading.status, letter.reading.facts.pages), (Status::Ok, Some(2)));
    // A file that no reader knows costs the letter nothing.
    let letter = read_as(&with_file(&bytes_of("letter.pdf"), &[0xD0, 0xCF, 0x11, 0xE0, 7]), "a.pdf");
    assert_eq!((letter.reading.status, letter.reading.facts.pages), (Status::Ok, Some(2)));
}

/// A document of pages with a file within, added as later writers do: behind its end.
fn with_file(pdf: &[u8], file: &[u8]) -> Vec<u8> {
    let mut bytes = pdf.to_vec();
    let text = String::from_utf8_lossy(pdf);
    let before = text.rsplit_once("startxref").unwrap().1.lines().nth(1).unwrap();
    let objects = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a)91 0 R]>>>>>>endobj\n".to_vec(),
        b"91 0 obj<</Type/Filespec/F(a.txt)/EF<</F 92 0 R>>>>endobj\n".to_vec(),
        [format!("92 0 obj<</Length {}>>stream\n", file.len()).as_bytes(), file, b"\nendstream endobj\n"]
            .concat(),
    ];
    let mut at = Vec::new();
    for object in &objects {
        at.push(bytes.len());
        bytes.extend_from_slice(object);
    }
    let end = bytes.len();
    bytes.extend_from_slice(
        format!(
            "xref\n1 1\n{:010} 00000 n \n91 2\n{:010} 00000 n \n{:010} 00000 n \n\
             trailer<</Size 93/Root 1 0 R/Prev {before}>>\nstartxref\n{end}\n%%EOF\n",
            at[0], at[1], at[2]
        )
        .as_bytes(),
    );
    bytes
}

#[test]
fn what_lies_within_says_nothing_of_the_document_but_what_must_not_leave() {
    let inner = "示例市示例局文件\n示例局发〔2016〕9号\n关于另一件事的通知\n各单位：\n联系人电话13812345678\n\
                 道德讲堂活动方案\n示例市示例局\n2016年1月5日\n";
    let letter = bytes_of("letter.docx");
    let own = read_as(&letter, "a.docx").reading;
    let whole = with_parts(&letter, &[("word/embeddings/a.txt", inner.as_bytes())]);
    let with = read_as(&whole, "a.docx");
    assert!(with.text.contains("关于另一件事的通知"), "{}", with.text);
    assert_eq!(with.reading.facts, own.facts, "all that is known of the letter is as it was");
    let told: Vec<_> = with.reading.findings.iter().map(|it| (it.code, it.detail.clone())).collect();
    assert_eq!(told, [(Code::W13, "内含文件：手机号 1 个，如 138******78".to_owned())]);
    // Where nothing else stands in it, it speaks for itself.
    let pdf = with_file(&bytes_of("scan.pdf"), inner.as_bytes());
    let alone = read_as(&pdf, "a.pdf").reading.facts;
    assert_eq!(alone.document_number.as_deref(), Some("示例局发〔2016〕9号"));
}

#[test]
fn what_lies_within_says_nothing_of_who_made_the_document_and_when() {
    let own = "示例市文明办文件\n关于开展活动的通知\n各单位：\n请做好准备。\n附件：1.名单\n2.方案\n市文明办\n2017年3月5日";
    let inner = "教育字〔2019〕8号\n机密★1年\n附件：1.合同\n名单\n市教育局\n2019年9月9日\n13812345678\n";
    let spoken: String = own.encode_utf16().map(|it| format!("\\u{}?", it as i16)).collect();
    let rich = String::from_utf8(rich("a.txt", inner.as_bytes())).unwrap();
    let rich = rich.replace("own ", &spoken.replace("\\u10?", "\\par ")).replace("shown", "");
    let page = own.lines().map(|it| format!("<w:p><w:r><w:t>{it}</w:t></w:r></w:p>")).collect::<String>();
    let page = format!(
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{page}</w:body></w:document>"
    );
    let letter = with_parts(
        &bytes_of("letter.docx"),
        &[("word/document.xml", page.as_bytes()), ("word/embeddings/a.txt", inner.as_bytes())],
    );
    for (bytes, name) in [(letter.as_slice(), "a.docx"), (rich.as_bytes(), "a.rtf")] {
        let read = read_as(bytes, name);
        let facts = &read.reading.facts;
        assert_eq!(
            facts.dates.iter().map(|it| it.from).collect::<Vec<_>>(),
            [date(2017, 3, 5)],
            "{}",
            read.text
        );
        assert_eq!((facts.document_number.as_deref(), facts.secrecy.as_deref()), (None, None), "{name}");
        assert_eq!(facts.issuer.as_deref(), Some("示例市文明办"), "{name}");
        // What is listed and lies within is there, and what lies within is handed over.
        assert_eq!(facts.attachments, ["方案"], "{name}");
        assert_eq!(codes(&read), [Code::W14, Code::W13], "{name}");
    }
}

#[test]
fn too_much_within_costs_a_document_nothing_that_is_known_of_it() {
    let many = "材料甲乙丙丁\n".repeat(300_000);
    let page = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r><w:t>一</w:t><w:lastRenderedPageBreak/><w:t>二</w:t></w:r></w:p></w:body></w:document>";
    let parts = [("word/document.xml", page.as_bytes()), ("word/embeddings/a.txt", many.as_bytes())];
    let letter = read_as(&with_parts(&bytes_of("letter.docx"), &parts), "a.docx");
    assert_eq!((letter.reading.status, letter.reading.facts.pages), (Status::Partial, Some(2)));
    let mail = format!(
        "From: a@example.org\r\nDate: Wed, 15 Mar 2017 09:30:00 +0800\r\nSubject: Roll\r\nContent-Type: text/plain; name=\"a.txt\"\r\n\
         Content-Disposition: attachment; filename=\"a.txt\"\r\n\r\n{many}"
    );
    let mail = read_as(mail.as_bytes(), "a.eml");
    let facts = mail.reading.facts;
    assert_eq!((mail.reading.status, facts.title.as_deref()), (Status::Partial, Some("Roll")));
    assert_eq!(facts.dates.first().map(|it| it.from), Some(date(2017, 3, 15)));
}

#[test]
fn what_is_passed_over_within_a_document_is_said() {
    let many: Vec<(String, String)> =
        (0..61).map(|n| (format!("word/embeddings/{n}.txt"), format!("第{n}号材料"))).collect();
    let parts: Vec<(&str, &[u8])> = many.iter().map(|it| (it.0.as_str(), it.1.as_bytes())).collect();
    let letter = read_as(&with_parts(&bytes_of("letter.docx"), &parts), "a.docx").reading;
    let told: Vec<_> = letter.findings.iter().map(|it| (it.code, it.detail.as_str())).collect();
    assert_eq!(letter.status, Status::Partial);
    assert_eq!(told, [(Code::W27, "内含的文件或图片有 11 个没有读取")]);
    let locked = with_parts(&bytes_of("letter.docx"), &[("word/embeddings/a.pdf", &bytes_of("locked.pdf"))]);
    let letter = read_as(&locked, "a.docx").reading;
    assert_eq!(letter.findings.iter().map(|it| it.code).collect::<Vec<_>>(), [Code::W27]);
}

#[test]
fn documents_within_documents_are_counted_together() {
    let within = rich("a.txt", "甲".as_bytes());
    let names: Vec<String> = (10..40).map(|n| format!("word/embeddings/{n}.rtf")).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|it| (it.as_str(), within.as_slice())).collect();
    let letter = read_as(&with_parts(&bytes_of("letter.docx"), &parts), "a.docx").reading;
    let told: Vec<_> = letter.findings.iter().map(|it| it.detail.as_str()).collect();
    // Of fifty files every other lies in the one before.
    assert_eq!(told, ["内含的文件或图片有 5 个没有读取"]);
}
