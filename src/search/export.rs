//! What a query finds as a table: for a spreadsheet, or for another program.

use std::sync::Arc;

use csv::{Terminator, WriterBuilder};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::archive::indexing::date_of;
use crate::domain::evidence::Evidence;
use crate::error::{Error, Result};
use crate::findings;
use crate::ledger::fold::Fold;

/// The columns.
const HEAD: [&str; 12] =
    ["材料编号", "题名", "单位", "类型", "文号", "责任者", "日期", "指标", "状态", "疑点", "文件", "SHA-256"];

/// Their widths in a spreadsheet, in characters.
const WIDTHS: [f64; 12] = [9.0, 40.0, 18.0, 10.0, 22.0, 18.0, 12.0, 20.0, 10.0, 14.0, 36.0, 20.0];

/// Returns the pieces as CSV: UTF-8 with a mark, so that Excel reads it right.
///
/// # Errors
/// `Internal`, where it cannot be written.
pub fn csv(fold: &Fold, pieces: &[Arc<Evidence>]) -> Result<Vec<u8>> {
    let failed = |it: csv::Error| Error::internal("The table could not be written.").with_source(it);
    let mut to =
        WriterBuilder::new().terminator(Terminator::CRLF).from_writer("\u{FEFF}".as_bytes().to_vec());
    to.write_record(HEAD).map_err(failed)?;
    for piece in pieces {
        to.write_record(row(fold, piece).iter().map(|it| inert(it))).map_err(failed)?;
    }
    to.into_inner()
        .map_err(|it| Error::internal("The table could not be written.").with_source(it.into_error()))
}

/// Returns the pieces as a workbook of one sheet.
///
/// # Errors
/// `Internal`, where it cannot be written; `TooLarge` for more rows than a sheet has.
pub fn xlsx(fold: &Fold, pieces: &[Arc<Evidence>]) -> Result<Vec<u8>> {
    const ROWS: usize = 1_048_575;
    if pieces.len() > ROWS {
        let message = "A sheet holds 1,048,575 rows; narrow the query.";
        return Err(Error::too_large(message).zh("一张表最多 1,048,575 行，请缩小范围。"));
    }
    let failed = |it: XlsxError| Error::internal("The workbook could not be written.").with_source(it);
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet().set_name("检索结果").map_err(failed)?;
    for ((column, head), width) in (0_u16..).zip(HEAD).zip(WIDTHS) {
        sheet.write_string_with_format(0, column, head, &bold).map_err(failed)?;
        sheet.set_column_width(column, width).map_err(failed)?;
    }
    for (line, piece) in (1_u32..).zip(pieces) {
        // Everything is text: a workbook computes nothing of what a unit sent.
        for (column, cell) in (0_u16..).zip(row(fold, piece)) {
            let cell: String = cell.chars().take(32_000).collect();
            sheet.write_string(line, column, cell).map_err(failed)?;
        }
    }
    sheet.set_freeze_panes(1, 0).map_err(failed)?;
    book.save_to_buffer().map_err(failed)
}

fn row(fold: &Fold, it: &Evidence) -> [String; 12] {
    let read = |of: fn(&crate::domain::reading::Facts) -> Option<&String>| {
        fold.readings_of(it).find_map(|(_, reading)| of(&reading.facts).cloned())
    };
    let codes =
        it.claims.iter().filter_map(|claim| Some(fold.scheme(&claim.scheme)?.full_code(&claim.indicator)));
    let states: Vec<&str> = it.claims.iter().map(|it| it.standing.label(false)).collect();
    let told = findings::told(fold, it);
    let mut doubts: Vec<&str> =
        told.iter().filter(|it| it.is_open()).map(|it| it.finding.code.as_str()).collect();
    doubts.dedup();
    let parts = |of: fn(&crate::domain::evidence::Part) -> String| {
        it.parts.iter().map(of).collect::<Vec<_>>().join("\n")
    };
    [
        format!("#{}", it.id),
        it.title.clone(),
        it.unit.as_ref().map_or("未归属", |it| fold.units.label(it)).to_owned(),
        fold.kinds().label(&it.kind, false).to_owned(),
        it.document_number.clone().or_else(|| read(|it| it.document_number.as_ref())).unwrap_or_default(),
        it.issuer.clone().or_else(|| read(|it| it.issuer.as_ref())).unwrap_or_default(),
        date_of(fold, it).map(|it| it.to_string()).unwrap_or_default(),
        codes.collect::<Vec<_>>().join("；"),
        states.join("；"),
        doubts.join(" "),
        parts(|it| it.name.clone()),
        parts(|it| it.blob.sha256.to_string()),
    ]
}

/// Returns a cell that no spreadsheet program takes for a formula: one that begins like it would be run by the program of
/// whoever opens the table.
pub fn inert(cell: &str) -> String {
    const BEGIN: [char; 11] =
        ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}', '\t', '\r', '\n'];
    if cell.starts_with(BEGIN) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_begins_like_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠a", "\t=1", "\r=1", "\n=1"] {
            assert_eq!(inert(cell), format!("'{cell}"));
        }
        assert_eq!(inert("关于=1的通知"), "关于=1的通知");
    }
}
