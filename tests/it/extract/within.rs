//! What lies within a document is read with it: other documents, and words that are drawn in pictures.

use std::io::{Cursor, Read, Write};

use juanzong::domain::reading::Status;

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
