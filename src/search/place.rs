//! Places: where in a file a passage stands, as people say it.

use std::io::{self, Read};
use std::ops::Range;

use serde::Serialize;

use crate::domain::media;
use crate::extract::{Section, WITHIN};

/// What the sections of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Pages of a document.
    Page,
    /// Slides.
    Slide,
    /// Sheets of a workbook, or a table that is one sheet.
    Sheet,
    /// Letters of a mailbox, or within another letter.
    Letter,
    /// What lies within the file: other files, pictures of words.
    Within,
}

/// Where in a file a passage stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What is counted.
    pub kind: Kind,
    /// Which, counted from 1.
    pub number: usize,
    /// The name of a sheet.
    pub name: Option<String>,
    /// The row of a sheet, counted from 1; rows that hold nothing are not counted. None for the name of the sheet.
    pub row: Option<usize>,
}

impl Place {
    /// Returns the place as people say it.
    pub fn label(&self, english: bool) -> String {
        let Self { kind, number, name, row } = self;
        match (kind, english) {
            (Kind::Page, false) => format!("第 {number} 页"),
            (Kind::Page, true) => format!("page {number}"),
            (Kind::Slide, false) => format!("第 {number} 张幻灯片"),
            (Kind::Slide, true) => format!("slide {number}"),
            (Kind::Letter, false) => format!("第 {number} 封"),
            (Kind::Letter, true) => format!("letter {number}"),
            (Kind::Within, false) => WITHIN.to_owned(),
            (Kind::Within, true) => "a file within".to_owned(),
            (Kind::Sheet, false) => {
                let sheet = name.as_ref().map(|it| format!("工作表“{it}”")).unwrap_or_default();
                sheet + &row.map(|it| format!("第 {it} 行")).unwrap_or_default()
            }
            (Kind::Sheet, true) => {
                let sheet = name.as_ref().map(|it| format!("sheet “{it}”"));
                let row = row.map(|it| format!("row {it}"));
                sheet.into_iter().chain(row).collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// What the sections of a format are.
fn kind(format: &str) -> Option<Kind> {
    let group = |word| media::formats_of(word).iter().any(|it| it == format);
    match format {
        "pdf" | "ofd" | "docx" | "docm" | "dotx" | "wps" => Some(Kind::Page),
        "eml" | "msg" | "mbox" => Some(Kind::Letter),
        _ if group("ppt") => Some(Kind::Slide),
        _ if group("excel") || matches!(format, "xlsb" | "xlsm" | "tsv") => Some(Kind::Sheet),
        _ => None,
    }
}

/// Returns the place of a byte of a text, which is read up to it; none where a file is one whole.
///
/// # Errors
/// Those of the reader.
pub(super) fn of(
    format: &str,
    sections: &[Section],
    text: Option<impl Read>,
    at: usize,
) -> io::Result<Option<Place>> {
    let Some(kind) = kind(format) else { return Ok(None) };
    let place = sections.iter().position(|it| it.range.contains(&at));
    if place.and_then(|it| sections[it].label.as_deref()) == Some(WITHIN) {
        return Ok(Some(Place { kind: Kind::Within, number: 1, name: None, row: None }));
    }
    if kind != Kind::Sheet {
        // What stands on no page has a name instead.
        let named = |it: &usize| sections.get(*it).is_some_and(|it| it.label.is_some());
        let known = place.filter(|it| sections.len() > 1 && !(kind == Kind::Page && named(it)));
        return Ok(known.map(|it| Place { kind, number: it + 1, name: None, row: None }));
    }
    let section = place.and_then(|it| sections.get(it));
    let start = section.map_or(0, |it| it.range.start);
    let n_lines = match text {
        Some(text) => lines(text, start..at)?,
        None => return Ok(None),
    };
    // The name of a sheet stands on a line above its rows.
    let named = usize::from(section.is_some_and(|it| it.label.is_some()));
    let row = (n_lines + 1).checked_sub(named).filter(|it| *it > 0);
    let name = section.and_then(|it| it.label.clone());
    Ok(Some(Place { kind, number: place.map_or(1, |it| it + 1), name, row }))
}

/// How many lines that hold something end within a stretch of a text.
fn lines(mut text: impl Read, stretch: Range<usize>) -> io::Result<usize> {
    io::copy(&mut text.by_ref().take(stretch.start as u64), &mut io::sink())?;
    let mut bytes = Vec::new();
    text.take(stretch.len() as u64).read_to_end(&mut bytes)?;
    let complete = bytes.iter().rposition(|it| *it == b'\n').and_then(|it| bytes.get(..it));
    let filled = |it: &&[u8]| !it.iter().all(u8::is_ascii_whitespace);
    Ok(complete.map_or(0, |it| it.split(|it| *it == b'\n').filter(filled).count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(format: &str, labels: &[&str], text: &str, word: &str) -> Option<String> {
        let mut start = 0;
        let mut sections = Vec::new();
        for label in labels {
            let at = text[start..].find(label).unwrap() + start;
            if let Some(Section { range, .. }) = sections.last_mut() {
                range.end = at;
            }
            let name = (format != "pdf").then(|| (*label).to_owned());
            sections.push(Section { label: name, range: at..text.len() });
            start = at + label.len();
        }
        let at = text.find(word).unwrap();
        of(format, &sections, Some(text.as_bytes()), at).unwrap().map(|it| it.label(false))
    }

    #[test]
    fn places_are_said_as_people_say_them() {
        let book = "汇总\n单位\t件数\n\n教育局\t7\n明细\n甲\n乙\t丙\n";
        let sheets = ["汇总", "明细"];
        assert_eq!(place("xlsx", &sheets, book, "教育局").unwrap(), "工作表“汇总”第 2 行");
        assert_eq!(place("ods", &sheets, book, "丙").unwrap(), "工作表“明细”第 2 行");
        assert_eq!(place("xls", &sheets, book, "明细").unwrap(), "工作表“明细”");
        assert_eq!(place("csv", &[], "甲,乙\r\n\n丙,丁\n", "丁").unwrap(), "第 2 行");
        assert_eq!(place("pdf", &["一", "二"], "一甲\n二乙\n", "乙").unwrap(), "第 2 页");
        assert_eq!(place("pptx", &["一", "二"], "一甲\n二乙\n", "甲").unwrap(), "第 1 张幻灯片");
        assert_eq!(
            place("docx", &["一", "二"], "一甲\n二乙\n", "乙"),
            None,
            "a section with a name is no page"
        );
        for format in ["docx", "xlsx", "pptx"] {
            let told = place(format, &["一", WITHIN], "一甲\n内含文件乙\n", "乙");
            assert_eq!(told.as_deref(), Some("内含文件"), "{format}");
        }
        assert_eq!(place("pdf", &["一"], "一甲\n", "甲"), None, "one page needs no number");
        assert_eq!(place("txt", &[], "甲\n乙", "乙"), None);
    }
}
