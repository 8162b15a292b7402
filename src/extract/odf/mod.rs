//! OpenDocument texts, sheets and slides (ISO/IEC 26300), and their forerunners of OpenOffice.org 1.

use std::io::{Read, Seek};

use crate::extract::embedded::{self, Teller};
use crate::extract::found::{Found, Trouble};
use crate::extract::odf::lists::Lists;
use crate::extract::odf::styles::Styles;
use crate::extract::package::Package;
use crate::extract::text::Text;
use crate::extract::unseen::{UNSEEN, marked};
use crate::extract::xml::{self, Mark, Tag};

mod lists;
mod styles;

pub(super) fn read(input: impl Read + Seek, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let mut package = Package::open(input)?;
    let manifest = package.part("META-INF/manifest.xml").ok().flatten().unwrap_or_default();
    if package.is_locked() || xml::decode(&manifest).contains("encryption-data") {
        return Err(Trouble::Encrypted);
    }
    let mut teller = Teller::new(text);
    let mut found = own(&mut package, "", &mut teller)?;
    let unread = embedded::kept(within(&mut package, &mut teller).map(|()| None))?;
    found.missing = found.missing.or(unread);
    Ok(found)
}

/// Reads the document in a folder of the package.
fn own(
    package: &mut Package<impl Read + Seek>,
    folder: &str,
    text: &mut Teller<'_, '_>,
) -> Result<Found, Trouble> {
    let mut found = Found::default();
    let content = package.part(&format!("{folder}/content.xml"))?;
    let content = content.ok_or_else(|| Trouble::Corrupt("没有 content.xml".into()))?;
    let content = xml::decode(&content);
    let styles = package.part(&format!("{folder}/styles.xml")).ok().flatten().unwrap_or_default();
    let styles = xml::decode(&styles);
    let known = Styles::of(&[&styles, &content]);
    let mut reader = Reader::new(text, &known, false);
    let broken = xml::marks(&content, |mark| reader.see(&mark))?;
    reader.end_line()?;
    found.facts.pages = Some(reader.n_sections).filter(|it| *it > 0);
    found.missing = broken.map(|why| format!("content.xml: {why}"));
    // Heads and feet of pages are kept with the styles.
    let known = Styles::of(&[&styles]);
    let mut reader = Reader::new(text, &known, true);
    let _broken = xml::marks(&styles, |mark| reader.see(&mark))?;
    reader.end_line()?;
    text.push(&marked(UNSEEN[0], &deleted(&content)?))?;
    Ok(found)
}

/// Returns the lines that a tracked change took away: they are kept before the text, and nobody sees them.
fn deleted(content: &str) -> Result<String, Trouble> {
    let (mut lines, mut line, mut n_deletions, mut n_silent) = (String::new(), String::new(), 0_u32, 0_u32);
    // Few documents hold any, and looking is cheaper than going through all marks once more.
    if !content.contains("deletion") {
        return Ok(lines);
    }
    let _broken = xml::marks(content, |mark| {
        match mark {
            Mark::Open(tag) if tag.name() == "deletion" => n_deletions += 1,
            // By whom and when.
            Mark::Open(tag) if tag.name() == "change-info" => n_silent += 1,
            Mark::Words(words) if n_deletions > 0 && n_silent == 0 => line.push_str(&words),
            Mark::Close("change-info") => n_silent = n_silent.saturating_sub(1),
            Mark::Close("deletion") => n_deletions = n_deletions.saturating_sub(1),
            Mark::Close("p" | "h") if !line.is_empty() => {
                // Breaks within the XML are spaces.
                lines.push_str(&line.split_whitespace().collect::<Vec<_>>().join(" "));
                lines.push('\n');
                line.clear();
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(lines)
}

/// Reads what lies within a document: others in folders of their own, files of other programs, and pictures of words. A
/// part that cannot be read is passed over: the document itself was read.
fn within(package: &mut Package<impl Read + Seek>, teller: &mut Teller<'_, '_>) -> Result<(), Trouble> {
    let names: Vec<String> = package.names().into_iter().map(str::to_owned).collect();
    // By their names, objects come before the pictures that stand for them.
    for name in &names {
        let (folder, last) = name.rsplit_once('/').unwrap_or(("", name));
        let depth = u32::try_from(folder.split('/').count()).unwrap_or(u32::MAX);
        let stands_for = folder.ends_with("objectreplacements");
        if last == "content.xml" && !folder.is_empty() {
            teller.lying(depth, |text| drop(own(package, folder, &mut Teller::new(text))))?;
        } else if stands_for || embedded::is_drawn(last) {
            package.part(name).ok().flatten().map_or(Ok(()), |it| teller.picture(&it))?;
        } else if last.starts_with("obj") && !last.contains('.') {
            package.part(name).ok().flatten().map_or(Ok(()), |it| teller.document("", it, depth))?;
        }
    }
    Ok(())
}

/// Elements whose words nobody reads on the page, or that are drawn anew.
const SILENT: &[&str] = &["tracked-changes", "forms", "script", "scripts", "desc", "number"];

/// Elements that a style may hide.
const STYLED: &[&str] = &["p", "h", "span"];

struct Reader<'a, 'b, 'c> {
    text: &'a mut Teller<'b, 'c>,
    line: String,
    styles: &'a Styles,
    lists: Lists<'a>,
    /// Of the spans and paragraphs around the words, which hide them.
    hides: Vec<bool>,
    /// Runs of hidden words of the line.
    unseen: Vec<String>,
    /// Only heads and feet of pages are text.
    edges: bool,
    n_edges: u32,
    n_paragraphs: u32,
    /// Paragraphs around the annotation that is read.
    around: Vec<u32>,
    n_cells: u32,
    n_silent: u32,
    sheets: bool,
    n_tables: u32,
    n_sections: u32,
}

impl<'a, 'b, 'c> Reader<'a, 'b, 'c> {
    fn new(text: &'a mut Teller<'b, 'c>, styles: &'a Styles, edges: bool) -> Self {
        Self {
            text,
            line: String::new(),
            styles,
            lists: Lists::new(styles),
            hides: Vec::new(),
            unseen: Vec::new(),
            edges,
            n_edges: 0,
            n_paragraphs: 0,
            around: Vec::new(),
            n_cells: 0,
            n_silent: 0,
            sheets: false,
            n_tables: 0,
            n_sections: 0,
        }
    }

    fn see(&mut self, mark: &Mark<'_>) -> Result<(), Trouble> {
        match mark {
            Mark::Open(tag) => self.open(tag),
            Mark::Words(words) => {
                if self.is_spoken() {
                    let to = self.to();
                    // Breaks within the XML are spaces, and those beside each other are one.
                    for c in words.chars() {
                        let c = if c.is_ascii_whitespace() { ' ' } else { c };
                        if c != ' ' || !to.ends_with([' ', '\n']) {
                            to.push(c);
                        }
                    }
                }
                Ok(())
            }
            Mark::Close(name) => self.close(name),
        }
    }

    /// Returns where words go: into the line, or to what nobody sees.
    fn to(&mut self) -> &mut String {
        let unseen = self.unseen.last_mut().filter(|_| self.hides.contains(&true));
        unseen.unwrap_or(&mut self.line)
    }

    /// Words here are words of the text; styles have tabs too.
    fn is_spoken(&self) -> bool {
        self.n_paragraphs > 0 && self.is_heard()
    }

    fn is_heard(&self) -> bool {
        self.n_silent == 0 && (!self.edges || self.n_edges > 0)
    }

    fn open(&mut self, tag: &Tag<'_>) -> Result<(), Trouble> {
        if STYLED.contains(&tag.name()) {
            let hides = tag.get("style-name").is_some_and(|it| self.styles.hides(&it));
            if hides {
                self.unseen.push(String::new());
            }
            self.hides.push(hides);
        }
        if self.is_heard() {
            self.lists.open(tag);
        }
        match tag.name() {
            name if SILENT.contains(&name) => self.n_silent += 1,
            "header" | "footer" | "header-left" | "footer-left" | "header-first" | "footer-first" => {
                self.n_edges += 1;
            }
            "p" | "h" => {
                self.n_paragraphs += 1;
                if self.is_heard() && !self.hides.contains(&true) {
                    let label = self.lists.label(tag);
                    self.line.extend(label);
                }
            }
            "annotation" => self.around.push(std::mem::take(&mut self.n_paragraphs)),
            "spreadsheet" => self.sheets = true,
            "table-cell" | "covered-table-cell" => self.n_cells += 1,
            "table" => {
                self.n_tables += 1;
                if self.sheets && self.n_tables == 1 {
                    self.section(tag.get("name"))?;
                }
            }
            "page" if !self.edges => self.section(tag.get("name"))?,
            "s" if self.is_spoken() => {
                let n = tag.get("c").and_then(|it| it.parse().ok()).unwrap_or(1_usize);
                self.to().extend(std::iter::repeat_n(' ', n.min(100)));
            }
            "tab" | "tab-stop" if self.is_spoken() => self.to().push('\t'),
            "line-break" if self.is_spoken() => self.to().push('\n'),
            _ => {}
        }
        Ok(())
    }

    /// Begins a sheet, whose name stands above it, or a slide.
    fn section(&mut self, name: Option<String>) -> Result<(), Trouble> {
        self.end_line()?;
        self.n_sections += 1;
        self.text.section(name.as_deref())?;
        if self.sheets {
            self.text.push(&name.unwrap_or_default())?;
            self.text.push("\n")?;
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Trouble> {
        if STYLED.contains(&name) {
            self.hides.pop();
        }
        if self.is_heard() {
            self.lists.close(name);
        }
        match name {
            name if SILENT.contains(&name) => self.n_silent = self.n_silent.saturating_sub(1),
            "header" | "footer" | "header-left" | "footer-left" | "header-first" | "footer-first" => {
                self.n_edges = self.n_edges.saturating_sub(1);
            }
            "p" | "h" => {
                self.n_paragraphs = self.n_paragraphs.saturating_sub(1);
                match self.n_cells {
                    0 => self.end_line()?,
                    _ => self.line.push(' '),
                }
            }
            "table-cell" | "covered-table-cell" => {
                self.n_cells = self.n_cells.saturating_sub(1);
                self.line.truncate(self.line.trim_end_matches(' ').len());
                self.line.push('\t');
            }
            "table-row" => {
                self.line.truncate(self.line.trim_end_matches('\t').len());
                self.end_line()?;
            }
            "annotation" => self.n_paragraphs = self.around.pop().unwrap_or(0),
            "table" => self.n_tables = self.n_tables.saturating_sub(1),
            _ => {}
        }
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), Trouble> {
        if !self.line.is_empty() {
            self.line.push('\n');
            self.text.push(&std::mem::take(&mut self.line))?;
        }
        for run in std::mem::take(&mut self.unseen) {
            self.text.push(&marked(UNSEEN[1], &run))?;
        }
        Ok(())
    }
}
