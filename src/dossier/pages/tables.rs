//! The sheets as tables for a spreadsheet program: UTF-8 with a mark, so that Excel reads it right.

use csv::{Terminator, WriterBuilder};

use crate::domain::id::EvidenceId;
use crate::dossier::pages::Book;
use crate::dossier::pages::sheets::{CATALOG_HEAD, COMPLETENESS_HEAD, catalog_row, completeness_row};
use crate::error::{Error, Result};
use crate::search::export::inert;

pub(super) fn catalog(book: &Book) -> Result<Vec<u8>> {
    let rows = (0..book.manifest.pieces.len()).map(|n| {
        let piece = &book.manifest.pieces[n];
        let files = piece.parts.iter().map(|it| it.member.as_str()).collect::<Vec<_>>().join("\n");
        catalog_row(book, n).into_iter().chain([files]).collect()
    });
    table(&[&CATALOG_HEAD[..], &["文件"]].concat(), rows)
}

pub(super) fn completeness(book: &Book) -> Result<Vec<u8>> {
    table(&COMPLETENESS_HEAD, book.manifest.duties.iter().map(|it| completeness_row(book, it).to_vec()))
}

/// What was left out and what is doubtful, a row each; a piece is named by its number in the archive.
pub(super) fn withheld(book: &Book) -> Result<Vec<u8>> {
    let manifest = book.manifest;
    let left_out = manifest.withheld.iter().map(|it| {
        let why = (String::new(), it.why.clone(), String::new());
        ("未收入", it.evidence, it.title.clone(), it.unit.clone(), why)
    });
    let doubtful = manifest.findings.iter().map(|it| {
        let piece = book.places.get(&it.evidence).map(|n| &manifest.pieces[*n]);
        let (title, unit) = piece.map(|it| (it.title.clone(), it.unit.clone())).unwrap_or_default();
        let detail = if it.detail.is_empty() { String::new() } else { format!("[{}]", it.detail) };
        let what = format!("{}{detail}", it.code.sentence(false));
        (
            "存疑",
            it.evidence,
            title,
            unit,
            (it.code.as_str().to_owned(), what, it.code.remedy(false).to_owned()),
        )
    });
    let row = |(class, id, title, unit, (code, what, remedy)): (&str, EvidenceId, String, String, _)| {
        vec![class.to_owned(), format!("#{id}"), title, unit, code, what, remedy]
    };
    table(
        &["类别", "材料编号", "题名", "单位", "代码", "疑点或原因", "处理"],
        left_out.chain(doubtful).map(row),
    )
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>> {
    let failed = |it: csv::Error| Error::internal("A table could not be written.").with_source(it);
    let mut to =
        WriterBuilder::new().terminator(Terminator::CRLF).from_writer("\u{FEFF}".as_bytes().to_vec());
    to.write_record(head).map_err(failed)?;
    for row in rows {
        to.write_record(row.iter().map(|it| inert(it))).map_err(failed)?;
    }
    to.into_inner()
        .map_err(|it| Error::internal("A table could not be written.").with_source(it.into_error()))
}
