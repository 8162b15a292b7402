//! Extraction: every family gives its text and facts, and whatever the bytes, the caller lives.
#![cfg(target_os = "linux")]

mod formats;
mod hostile;
mod odf;
mod within;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use jiff::civil::date;
use juanzong::cage::{Budget, Keeper};
use juanzong::domain::evidence::{DateKind, Provenance};
use juanzong::domain::finding::Code;
use juanzong::domain::reading::{Place, Status};
use juanzong::extract::{Extraction, extract};

fn keeper() -> Keeper {
    Keeper::of(env!("CARGO_BIN_EXE_juanzong"))
}

fn read(name: &str) -> Extraction {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents").join(name);
    extract(&keeper(), &File::open(path).unwrap(), name, Budget::default()).unwrap()
}

fn read_bytes(bytes: &[u8], name: &str, budget: Budget) -> Extraction {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    extract(&keeper(), &file, name, budget).unwrap()
}

fn codes(of: &Extraction) -> Vec<Code> {
    of.reading.findings.iter().map(|it| it.code).collect()
}

#[test]
fn an_official_document_is_read_whole_in_every_format() {
    for name in ["letter.docx", "letter.pdf", "letter.gbk.txt"] {
        let letter = read(name);
        let facts = &letter.reading.facts;
        assert_eq!((letter.reading.status, codes(&letter)), (Status::Ok, vec![]), "{name}");
        assert!(
            letter.text.contains("关爱空巢老人,定于2017年4月1日起开展道德讲堂活动"),
            "{name}: {}",
            letter.text
        );
        assert_eq!(facts.title.as_deref(), Some("关于开展2017年度道德讲堂活动的通知"), "{name}");
        assert_eq!(facts.document_number.as_deref(), Some("示创文字〔2017〕2号"), "{name}");
        let made = facts.dates.iter().find(|it| it.kind == DateKind::Made).unwrap();
        assert_eq!((made.from, made.provenance), (date(2017, 3, 15), Provenance::Document), "{name}");
    }
}

#[test]
fn pages_sheets_and_slides_are_places_in_the_text() {
    let parts = |of: &Extraction| -> Vec<String> {
        of.sections.iter().map(|it| of.text[it.range.clone()].trim().to_owned()).collect()
    };
    let letter = read("letter.pdf");
    assert_eq!((letter.reading.facts.pages, parts(&letter)[1].as_str()), (Some(2), "第二页"));
    let table = read("table.xlsx");
    assert_eq!(
        table.sections.iter().filter_map(|it| it.label.as_deref()).collect::<Vec<_>>(),
        ["三月", "四月"]
    );
    assert!(parts(&table)[0].contains("教育局\t120") && parts(&table)[1].contains("卫健局\t85"));
    let slides = read("slides.pptx");
    assert!(parts(&slides)[0].contains("讲稿:请先介绍空巢老人") && parts(&slides)[1].contains("志愿服务"));
}

#[test]
fn text_of_any_encoding_and_pages_of_the_web_are_read() {
    assert!(read("letter.big5.txt").text.contains("請組織志願服務隊參加"));
    assert_eq!(read("table.csv").text, "单位,人次\n教育局,120\n");
    let page = read("page.html");
    assert_eq!(page.reading.facts.title.as_deref(), Some("文明网"));
    assert!(page.text.contains("志愿者看望了空巢老人") && !page.text.contains("hidden"));
}

#[test]
fn a_photo_says_when_and_where_and_stands_upright() {
    let photo = read("photo.jpg");
    let facts = &photo.reading.facts;
    assert_eq!(photo.reading.status, Status::Ok);
    assert_eq!((facts.width, facts.height), (Some(480), Some(640)));
    assert_eq!(facts.captured_at, Some(date(2017, 3, 15).at(9, 30, 0, 0)));
    assert_eq!(facts.place, Some(Place { latitude_e6: 39_500_000, longitude_e6: 116_250_000 }));
    assert!(facts.dates.iter().all(|it| it.provenance == Provenance::Capture));
    let thumbnail = image::load_from_memory(&photo.thumbnail.unwrap()).unwrap().to_luma8();
    assert_eq!(thumbnail.dimensions(), (240, 320));
    // The picture darkens to the right; turned right, it darkens to the bottom.
    assert!(thumbnail.get_pixel(120, 10).0 > thumbnail.get_pixel(120, 310).0);
    let clip = read("clip.mp4").reading.facts;
    assert_eq!((clip.duration_ms, clip.width, clip.height), (Some(12_500), Some(640), Some(360)));
    assert_eq!(clip.captured_at, Some(date(2017, 3, 15).at(9, 0, 0, 0)));
}

#[test]
fn what_is_amiss_is_a_status_and_a_finding() {
    let scan = read("scan.pdf");
    assert_eq!((scan.reading.status, codes(&scan)), (Status::Partial, vec![Code::W33, Code::W10]));
    let cases: [(&[u8], &str, Status, &[Code]); 6] = [
        (b"", "empty.pdf", Status::Corrupt, &[Code::E02]),
        (b"PK\x03\x04 torn", "torn.docx", Status::Corrupt, &[Code::E02]),
        (b"%PDF-1.4\nnothing", "torn.pdf", Status::Corrupt, &[Code::E02]),
        (b"\x89PNG\r\n\x1a\ntorn", "torn.png", Status::Corrupt, &[Code::E02]),
        (b"\x00\x01\x02\x03", "unknown.bin", Status::Unsupported, &[Code::I04]),
        (b"<html><body>\xE7\x99\xBB\xE5\xBD\x95</body></html>", "report.doc", Status::Ok, &[Code::W17]),
    ];
    for (bytes, name, status, findings) in cases {
        let read = read_bytes(bytes, name, Budget::default());
        assert_eq!((read.reading.status, codes(&read).as_slice()), (status, findings), "{name}");
    }
}

#[test]
fn a_killed_reader_is_a_finding_and_the_caller_lives() {
    let budget = Budget { cpu: Duration::from_secs(2), wall: Duration::from_secs(10), ..Budget::default() };
    let nested = "<div>".repeat(200_000);
    let page = read_bytes(format!("<html><body>{nested}").as_bytes(), "nested.html", budget);
    let status = page.reading.status;
    assert!([Status::Timeout, Status::Oom, Status::Crash, Status::Partial].contains(&status), "{status:?}");
    assert_eq!(page.reading.facts.media_type, "text/html");
    assert!(codes(&page).contains(&Code::E02) || status == Status::Partial);
    let starved = Budget { memory_bytes: 96 << 20, ..Budget::default() };
    let long = "文明".repeat(20 << 20);
    let text = read_bytes(long.as_bytes(), "long.txt", starved);
    assert_eq!((text.reading.status, codes(&text)), (Status::Oom, vec![Code::E02]));
    assert_eq!(read("table.csv").reading.status, Status::Ok);
}

#[test]
fn text_beyond_the_output_budget_is_cut_and_says_so() {
    let budget = Budget { output_bytes: 1 << 20, ..Budget::default() };
    let text = read_bytes("文明城市\n".repeat(200_000).as_bytes(), "long.txt", budget);
    assert_eq!((text.reading.status, codes(&text)), (Status::Partial, vec![Code::W27]));
    assert!(text.text.len() > 900_000 && text.text.starts_with("文明城市\n"));
}

#[test]
fn a_reader_that_cannot_be_started_says_nothing_about_the_file() {
    let nobody = Keeper::of("/no/such/program");
    assert!(extract(&nobody, &File::open("/dev/null").unwrap(), "a.txt", Budget::default()).is_err());
}

#[test]
fn of_a_text_beyond_any_document_only_the_beginning_is_read() {
    let honest = "创建文明城市工作材料\n".repeat(100_000);
    let whole = read_bytes(honest.as_bytes(), "a.txt", Budget::default());
    assert_eq!((whole.reading.status, whole.text.len()), (Status::Ok, honest.len()));
    let dump = honest.repeat(2);
    let cut = read_bytes(dump.as_bytes(), "a.txt", Budget::default());
    assert_eq!((cut.reading.status, codes(&cut)), (Status::Partial, vec![Code::W27]));
    assert!(cut.text.len() <= 4 << 20 && cut.text.len() > (4 << 20) - 4 && dump.starts_with(&cut.text));
}

#[test]
fn a_sheet_that_repeats_one_string_for_ever_is_cut_too() {
    let cell = "x".repeat(30_000);
    let rows: String =
        (1..=400).map(|n| format!("<row r=\"{n}\"><c r=\"A{n}\" t=\"s\"><v>0</v></c></row>")).collect();
    let types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let links = "http://schemas.openxmlformats.org/package/2006/relationships";
    let members = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{types}.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"{types}.worksheet+xml\"/><Override PartName=\"/xl/sharedStrings.xml\" ContentType=\"{types}.sharedStrings+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{links}\"><Relationship Id=\"r1\" Type=\"{related}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{related}\"><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{links}\"><Relationship Id=\"r1\" Type=\"{related}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{related}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/sharedStrings.xml",
            format!("<sst xmlns=\"{main}\" count=\"400\" uniqueCount=\"1\"><si><t>{cell}</t></si></sst>"),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ];
    let mut writer = zip::write::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in &members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    let cut = read_bytes(&writer.finish().unwrap().into_inner(), "a.xlsx", Budget::default());
    assert_eq!((cut.reading.status, codes(&cut)), (Status::Partial, vec![Code::W27]));
    assert!(
        (cut.text.len(), cut.reading.facts.media_type.contains("sheet")) == (4 << 20, true),
        "{}",
        cut.text.len()
    );
}
