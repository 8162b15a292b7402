//! The pages of a Word document: its file holds none, only marks where they began when Word last laid it out (ECMA-376-1,
//! 17.3.3.13) and where its writer began a new one (17.3.3.1). Another program may lay it out otherwise.

use std::fs::File;
use std::io::{Cursor, Read, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::extract::embedded::Teller;
use crate::extract::found::Trouble;

/// Larger packages are read without their pages: they are held whole for it.
const LARGEST: u64 = 64 << 20;

/// A document of more pages is read without them: nobody laid it out, and each is remembered by itself.
const MOST: u32 = 10_000;

/// Signs that stand in the text for a page as it was laid out, one that was begun, and the end of the body. No text has
/// them: they are no characters (Unicode 23.7).
const LAID_OUT: char = '\u{fdd0}';
const BEGUN: char = '\u{fdd1}';
const END: char = '\u{fdd2}';
const SIGNS: [char; 3] = [LAID_OUT, BEGUN, END];

/// What follows the pages: feet, notes, remarks, and what nobody sees.
const BESIDE: &str = "页外文字";

/// Returns a document with signs in its text where its pages begin; none where it does not say.
pub(in crate::extract) fn marked(input: &mut File) -> Option<Vec<u8>> {
    if input.metadata().ok()?.len() > LARGEST {
        return None;
    }
    input.rewind().ok()?;
    let mut old = ZipArchive::new(input).ok()?;
    let names: Vec<String> = old.file_names().flatten().map(|it| it.into_owned()).collect();
    let main = names.iter().position(|it| it.starts_with("word/document") && it.ends_with(".xml"))?;
    let mut part = |n: usize| {
        let mut bytes = Vec::new();
        old.by_index(n).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
        String::from_utf8(bytes).ok()
    };
    let (body, n_laid_out, n_begun) = with_signs(&part(main)?);
    if n_laid_out.saturating_add(n_begun) > MOST {
        return None;
    }
    if n_laid_out == 0 {
        // Begun pages alone are all of them only where the file counts as many.
        let properties = names.iter().position(|it| it == "docProps/app.xml").filter(|_| n_begun > 0)?;
        part(properties).and_then(|it| told(&it)).filter(|it| *it == n_begun + 1)?;
    }
    let mut new = ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..old.len() {
        if n != main {
            new.raw_copy_file(old.by_index_raw(n).ok()?).ok()?;
        }
    }
    new.start_file(names.get(main)?.as_str(), SimpleFileOptions::default()).ok()?;
    new.write_all(body.as_bytes()).ok()?;
    Some(new.finish().ok()?.into_inner())
}

/// Returns the pages that a document counted when it was last saved.
fn told(properties: &str) -> Option<u32> {
    properties.split_once("<Pages>")?.1.split_once('<')?.0.trim().parse().ok()
}

/// Puts signs into the body of a document; returns it with how many pages were laid out and begun.
fn with_signs(body: &str) -> (String, u32, u32) {
    let mut res = String::with_capacity(body.len());
    let (mut n_laid_out, mut n_begun) = (0, 0);
    let mut table = Table::default();
    let mut rest = body;
    while let Some(at) = rest.find('<') {
        let (before, tagged) = rest.split_at(at);
        let (tag, after) = tagged.split_at(tagged.find('>').map_or(tagged.len(), |it| it + 1));
        res.push_str(before);
        let whole = tag.trim_matches(['<', '>', '/']);
        let name = whole.split_ascii_whitespace().next().unwrap_or_default();
        let (prefix, local) = name.split_at(name.find(':').map_or(0, |it| it + 1));
        let sign = match local {
            "lastRenderedPageBreak" if tag.ends_with("/>") && table.takes() => {
                Some((LAID_OUT, &mut n_laid_out))
            }
            "br" if tag.ends_with("/>") && tag.contains("type=\"page\"") => Some((BEGUN, &mut n_begun)),
            _ => None,
        };
        table.pass(tag, local);
        if local == "body" && tag.starts_with("</") {
            res.push_str(&format!(
                "<{prefix}p><{prefix}r><{prefix}t>{END}</{prefix}t></{prefix}r></{prefix}p>"
            ));
        }
        match sign {
            Some((sign, n)) => {
                *n += 1;
                res.push_str(&format!("<{prefix}t>{sign}</{prefix}t>"));
            }
            None => res.push_str(tag),
        }
        rest = after;
    }
    res.push_str(rest);
    (res, n_laid_out, n_begun)
}

/// Where in a table the reading stands: a row that goes over to another page has a mark in each of its cells, of which
/// those of one cell count. Marks within a frame are not those of the page it stands on.
#[derive(Default)]
struct Table {
    rows: u32,
    frames: u32,
    cell: u32,
    /// The cell of the outermost row that has marks.
    counted: Option<u32>,
}

impl Table {
    fn takes(&mut self) -> bool {
        let counts = self.rows == 0 || *self.counted.get_or_insert(self.cell) == self.cell;
        self.frames == 0 && counts
    }

    fn pass(&mut self, tag: &str, local: &str) {
        let (closes, opens) = (tag.starts_with("</"), !tag.ends_with("/>"));
        let depth = match local {
            "tr" => &mut self.rows,
            "txbxContent" => &mut self.frames,
            "tc" if self.rows == 1 && !closes => {
                self.cell += 1;
                return;
            }
            _ => return,
        };
        *depth = if closes { depth.saturating_sub(1) } else { *depth + u32::from(opens) };
        if self.rows == 0 {
            (self.cell, self.counted) = (0, None);
        }
    }
}

/// Returns a text without signs.
pub(in crate::extract) fn bare(text: &str) -> String {
    text.replace(SIGNS, "")
}

/// Sends a text page by page; returns how many there are, none where the text has no signs.
pub(in crate::extract) fn send(text: &str, teller: &mut Teller<'_, '_>) -> Result<Option<u32>, Trouble> {
    if !text.contains(SIGNS) {
        teller.push(text)?;
        return Ok(None);
    }
    teller.section(None)?;
    let (mut n_pages, mut begun) = (1, false);
    for piece in text.split_inclusive(SIGNS) {
        let sign = piece.chars().next_back().filter(|it| SIGNS.contains(it));
        let words = piece.strip_suffix(SIGNS).unwrap_or(piece);
        teller.push(words)?;
        begun &= words.trim().is_empty();
        match sign {
            // A page that was begun is laid out once more.
            Some(LAID_OUT) if begun => begun = false,
            Some(LAID_OUT) => {
                n_pages += 1;
                teller.turn()?;
            }
            Some(BEGUN) => {
                // A line does not go on over a break made by hand.
                begun = true;
                n_pages += 1;
                teller.section(None)?;
            }
            Some(_) => teller.leave(BESIDE),
            None => {}
        }
    }
    Ok(Some(n_pages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_over_two_pages_turns_one() {
        let turn = "<w:r><w:lastRenderedPageBreak/><w:t>x</w:t></w:r>";
        let row = format!("<w:tr><w:tc>a</w:tc><w:tc>{turn}{turn}</w:tc><w:tc>{turn}</w:tc></w:tr>");
        let framed = format!("<w:txbxContent>{turn}</w:txbxContent>");
        let body = format!("<w:body>{turn}{row}{row}{framed}<w:br w:type=\"page\"/><w:br/></w:body>");
        let (signed, n_laid_out, n_begun) = with_signs(&body);
        assert_eq!((n_laid_out, n_begun), (5, 1));
        assert!(
            signed.contains(&format!("<w:br/><w:p><w:r><w:t>{END}</w:t></w:r></w:p></w:body>")),
            "{signed}"
        );
        assert_eq!(told("<Properties><Pages>12</Pages>"), Some(12));
    }

    proptest::proptest! {
        #[test]
        fn what_has_no_pages_stays_as_it_is(body in "[<>/a-c:\" ]{0,60}") {
            proptest::prop_assert_eq!(with_signs(&body), (body, 0, 0));
        }

        #[test]
        fn any_markup_is_read(tags in proptest::collection::vec(0_usize..8, 0..40)) {
            const TAGS: [&str; 8] =
                ["<w:tr>", "</w:tr>", "<w:tc>", "<tr/>", "<w:br w:type=\"page\"/>", "<lastRenderedPageBreak/>", "<", "</w:body>"];
            with_signs(&tags.into_iter().filter_map(|it| TAGS.get(it).copied()).collect::<String>());
        }
    }
}
