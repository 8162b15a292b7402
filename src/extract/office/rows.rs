//! The rows of tables in a Word 97 document, whose plain text ends a row as it ends a cell: with a tab.

use office_oxide::Document;
use office_oxide::ir::{DocumentIR, Element, TableRow, inline_to_text};

/// Rows that are not found where they should be, until the search is given up.
const MISSES: u32 = 100;

/// Returns the text of a document with each row of its tables on a line of its own.
pub(in crate::extract) fn text(document: &Document) -> String {
    let text = document.plain_text();
    if text.contains("\t\t") { broken(&text, &document.to_ir()) } else { text }
}

/// Breaks the text after each row, of which the tables tell the cells.
fn broken(text: &str, tables: &DocumentIR) -> String {
    let (mut res, mut rest, mut misses) = (String::with_capacity(text.len()), text, 0);
    let elements = tables.sections.iter().flat_map(|it| &it.elements);
    let tables = elements.filter_map(|it| if let Element::Table(table) = it { Some(table) } else { None });
    for table in tables {
        let mut follows = false;
        for row in &table.rows {
            let end = end(row, rest, follows);
            follows = end.is_some();
            match end {
                Some(end) => {
                    res.push_str(rest[..end].trim_end_matches('\t'));
                    res.push('\n');
                    rest = &rest[end..];
                }
                None => misses += 1,
            }
        }
        if misses > MISSES {
            break;
        }
    }
    res + rest
}

/// Returns where a row ends: it begins with its first words, or right here where it follows another; then every cell
/// ends with a tab, and the row with one more.
fn end(row: &TableRow, text: &str, follows: bool) -> Option<usize> {
    let cells: Vec<String> = row.cells.iter().map(|it| words(&it.content)).collect();
    let first = cells.first()?.trim().lines().next().unwrap_or_default();
    let start = match first {
        "" => follows.then_some(0)?,
        first => text.find(first)?,
    };
    let n_tabs = cells.iter().map(|it| it.matches('\t').count() + 1).sum::<usize>();
    let (at, _) = text[start..].match_indices('\t').nth(n_tabs)?;
    let end = start + at + 1;
    text[..end].ends_with("\t\t").then_some(end)
}

/// Returns the words of a cell, paragraph by paragraph.
fn words(elements: &[Element]) -> String {
    let said: Vec<String> = (elements.iter())
        .map(|it| match it {
            Element::Paragraph(it) => inline_to_text(&it.content),
            Element::Heading(it) => inline_to_text(&it.content),
            Element::List(it) => it.items.iter().map(|it| words(&it.content)).collect::<Vec<_>>().join("\n"),
            _ => String::new(),
        })
        .collect();
    said.join("\n")
}

#[cfg(test)]
mod tests {
    use office_oxide::ir::{InlineContent, Paragraph, Section, Table, TableCell, TextSpan};

    use super::*;

    fn tables(rows: &[&[&str]]) -> DocumentIR {
        let cell = |words: &&str| {
            let paragraph = Paragraph {
                content: vec![InlineContent::Text(TextSpan::plain(*words))],
                ..Paragraph::default()
            };
            TableCell { content: vec![Element::Paragraph(paragraph)], ..TableCell::default() }
        };
        let rows =
            rows.iter().map(|it| TableRow { cells: it.iter().map(cell).collect(), ..TableRow::default() });
        let table = Table { rows: rows.collect(), ..Table::default() };
        DocumentIR {
            sections: vec![Section { elements: vec![Element::Table(table)], ..Section::default() }],
            ..DocumentIR::default()
        }
    }

    #[test]
    fn each_row_stands_on_a_line() {
        let ir =
            tables(&[&["单位", "件数"], &["市教育局", ""], &["", "两\t项"], &["不在", "文中"], &["", "1"]]);
        let text = "统计表\n单位\t件数\t\t市教育局 \t\t\t\t两\t项\t\t附注\t\t1\t\t";
        assert_eq!(broken(text, &ir), "统计表\n单位\t件数\n市教育局 \n\t两\t项\n附注\t\t1\t\t");
    }
}
