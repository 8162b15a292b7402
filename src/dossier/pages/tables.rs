//! The sheets as tables for a spreadsheet program: UTF-8 with a mark, so that Excel reads it right.

use csv::{Terminator, WriterBuilder};

use crate::dossier::pages::Book;
use crate::dossier::pages::sheets::{CATALOG_HEAD, COMPLETENESS_HEAD, catalog_row, completeness_row};
use crate::error::{Error, Result};

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

/// A cell that begins like a formula would be run by the spreadsheet program of whoever opens it.
fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}
