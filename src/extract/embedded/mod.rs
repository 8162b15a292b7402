//! What lies within a document: a table in a letter, a chart's sheet, a letter on a slide, the files of a portfolio; and
//! the pictures of words in it.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Cursor, Read, Seek};

use office_oxide::limits::DEFAULT_MAX_INFLATE_RATIO;
use office_oxide::options::{OnIncomplete, ParseOptions};
use office_oxide::{Document, DocumentFormat};

use crate::extract::child;
use crate::extract::found::Trouble;
use crate::extract::office::{numbering, pages, rows};
use crate::extract::package::Package;
use crate::extract::sniff::{self, Family};
use crate::extract::text::{CUT, Text, Within};
use crate::extract::xml::{self, Mark};
use crate::extract::{metafile, unseen};
use crate::intake::bundle::sniff::is_compound;

pub(super) mod objects;

/// How deep documents within documents are followed.
const DEEPEST: u32 = 3;

/// How many documents within one are read.
const MOST: u32 = 50;

/// Endings of pictures that may be drawn of words.
const DRAWN: [&str; 4] = [".emf", ".wmf", ".emz", ".wmz"];

/// By its name, a picture may be drawn of words.
pub(super) fn is_drawn(name: &str) -> bool {
    DRAWN.iter().any(|it| name.ends_with(it))
}

/// Reads the files that lie within a document under their names, in a section of their own; returns what of them could
/// not be read.
pub(super) fn read_all(
    files: impl IntoIterator<Item = (String, Vec<u8>)>,
    text: &mut Text<'_>,
) -> Result<Option<String>, Trouble> {
    let mut teller = Teller::new(text);
    let read = files.into_iter().try_for_each(|(name, bytes)| teller.document(&name, bytes, 1));
    kept(read.map(|()| None))
}

/// Returns what could not be read, which may be the rest of too much: what is known of the document itself stays.
pub(super) fn kept(read: Result<Option<String>, Trouble>) -> Result<Option<String>, Trouble> {
    match read {
        Err(Trouble::Enough) => Ok(Some(CUT.into())),
        read => read,
    }
}

/// What was sent of a document so far, to tell what the reader left out.
pub(super) struct Teller<'a, 'b> {
    text: &'a mut Text<'b>,
    said: String,
    /// The words sent so far, as far as the first so many bytes.
    told: HashSet<u64>,
    n_told: usize,
    /// The section that what comes next begins.
    next: Option<&'static str>,
}

impl<'a, 'b> Teller<'a, 'b> {
    pub(super) fn new(text: &'a mut Text<'b>) -> Self {
        Self { text, said: String::new(), told: HashSet::new(), n_told: 0, next: None }
    }

    pub(super) fn section(&mut self, label: Option<&str>) -> Result<(), Trouble> {
        self.text.section(label)
    }

    /// Ends the document's own text.
    pub(super) fn end_own(&mut self) -> Result<(), Trouble> {
        self.text.end_own()
    }

    /// Begins a page within a line.
    pub(super) fn turn(&mut self) -> Result<(), Trouble> {
        self.text.turn()
    }

    /// Ends the pages; whatever is still sent stands in a section of its own.
    pub(super) fn leave(&mut self, label: &'static str) {
        self.next = Some(label);
    }

    pub(super) fn push(&mut self, words: &str) -> Result<(), Trouble> {
        if let Some(label) = self.next.take_if(|_| !words.trim().is_empty()) {
            self.section(Some(label))?;
        }
        self.said.push_str(words);
        self.text.push(words)
    }

    /// Returns words without blanks around them, unless they were sent before.
    fn new_of<'w>(&self, words: &'w str) -> Option<&'w str> {
        Some(words.trim()).filter(|it| !it.is_empty() && !self.said.contains(it))
    }

    /// Sends words on a line of their own.
    fn put(&mut self, words: &str) -> Result<(), Trouble> {
        self.push("\n")?;
        self.push(words)?;
        self.push("\n")
    }

    /// Sends new words of the document itself.
    fn add(&mut self, words: &str) -> Result<(), Trouble> {
        self.new_of(words).map_or(Ok(()), |it| self.put(it))
    }

    /// Sends new words of what lies within the document.
    fn add_within(&mut self, words: &str) -> Result<(), Trouble> {
        let Some(words) = self.new_of(words) else { return Ok(()) };
        self.next = None;
        self.text.turn_within()?;
        self.put(words)
    }

    /// Adds the lines that a tracked change took words from, as they were, and words that are set not to be seen, marked
    /// as such: nobody reads them for the document's own words, and still they are in the file that is handed over.
    pub(super) fn unseen<R>(
        &mut self,
        now: &str,
        format: DocumentFormat,
        open: impl Fn() -> Result<R, Trouble>,
    ) -> Result<(), Trouble>
    where
        R: Read + Seek + Send + 'static,
    {
        let read = |hidden: bool| {
            let mut options = options();
            options.include_deleted_text = true;
            options.include_hidden_text = hidden;
            // Compared as they stand in the file: a number that is drawn before a line is no change.
            let read = Document::from_reader_with(open()?, format, &options);
            Ok::<_, Trouble>(read.map(|it| pages::bare(&it.plain_text())).unwrap_or_default())
        };
        let (now, all) = (pages::bare(now), read(true)?);
        if all == now {
            return Ok(());
        }
        let before = read(false)?;
        for line in unseen::lines(&now, &before, &all) {
            self.push(&format!("\n{line}"))?;
        }
        Ok(())
    }

    /// Reads what lies in the parts of a package, or in the storages of a compound file, beside its own text. A part that
    /// cannot be read is passed over: the document itself was read.
    pub(super) fn parts<R: Read + Seek>(&mut self, mut input: R, depth: u32) -> Result<(), Trouble> {
        // A compound file that holds a package may be taken for one, which is found from its end.
        let mut beginning = [0; 8];
        input.rewind()?;
        if input.read_exact(&mut beginning).is_ok() && is_compound(&beginning) {
            self.end_own()?;
            objects::within(&mut input).into_iter().try_for_each(|it| self.document("", it, depth + 1))?;
            input.rewind()?;
            return objects::pictures(input).iter().try_for_each(|it| self.drawn(it));
        }
        let Ok(mut package) = Package::open(input) else { return Ok(()) };
        let is_notes = |name: &str| name.starts_with("ppt/notesslides/notesslide");
        let mut names: Vec<String> = package.names().into_iter().map(str::to_owned).collect();
        // Notes are the document's own; by their names, objects come before the pictures that stand for them.
        names.sort_by_key(|it| !is_notes(it));
        for name in &names {
            let notes = is_notes(name);
            let picture = name.contains("/media/") && is_drawn(name);
            if !(notes || picture || name.contains("/embeddings/")) {
                continue;
            }
            match package.part(name) {
                Ok(Some(bytes)) if notes => self.notes(&bytes)?,
                Ok(Some(bytes)) if picture => self.picture(&bytes)?,
                Ok(Some(bytes)) => self.document(name, bytes, depth + 1)?,
                Ok(None) => {}
                Err(_) => self.text.within.n_unread += 1,
            }
        }
        Ok(())
    }

    /// Adds what notes of slides hold besides plain paragraphs: tables, word art, feet.
    fn notes(&mut self, part: &[u8]) -> Result<(), Trouble> {
        let (mut line, mut n_texts) = (String::new(), 0_u32);
        let _broken = xml::marks(&xml::decode(part), |mark| {
            match mark {
                Mark::Open(tag) if tag.name() == "t" => n_texts += 1,
                Mark::Words(words) if n_texts > 0 => line.push_str(&words),
                Mark::Close("t") => n_texts = n_texts.saturating_sub(1),
                Mark::Close("p") => return self.add(&std::mem::take(&mut line)),
                _ => {}
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Reads a picture that may be drawn of words.
    pub(super) fn picture(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        self.end_own()?;
        let within = &mut self.text.within;
        within.n_pictures += 1;
        if within.n_pictures > objects::MOST_PICTURES {
            within.n_unread += 1;
            return Ok(());
        }
        metafile::text(bytes).map_or(Ok(()), |words| self.drawn(&words))
    }

    /// Adds the words of a picture. One that shows what was read already is passed over, as those are that stand for a
    /// document within this one; how it sets numbers or breaks words may differ a little.
    fn drawn(&mut self, words: &str) -> Result<(), Trouble> {
        let new = self.said.get(self.n_told..).unwrap_or_default();
        self.told.extend(each_word(new).map(hash));
        self.n_told = self.said.len();
        let (n_words, n_told) = each_word(words)
            .fold((0, 0), |(n, told), it| (n + 1, told + u32::from(self.told.contains(&hash(it)))));
        if n_told * 10 >= n_words * 9 { Ok(()) } else { self.add_within(words) }
    }

    /// Counts a document within this one; returns whether it is to be read.
    fn goes_on(&mut self, depth: u32) -> Result<bool, Trouble> {
        self.end_own()?;
        let within = &mut self.text.within;
        within.n_files += 1;
        let goes_on = within.depth.saturating_add(depth) <= DEEPEST && within.n_files <= MOST;
        within.n_unread += u32::from(!goes_on);
        Ok(goes_on)
    }

    /// Gathers the words of a document within this one.
    fn words(&mut self, depth: u32, read: impl FnOnce(&mut Text<'_>)) -> String {
        let mut words = String::new();
        let outer = self.text.within;
        let mut text = Text::within(&mut words, Within { depth: outer.depth.saturating_add(depth), ..outer });
        read(&mut text);
        self.text.within = Within { depth: outer.depth, ..text.within };
        words
    }

    /// Reads a document whose parts lie among those of this one. One that shows what was read already, as a chart of a
    /// sheet does, is passed over.
    pub(super) fn lying(&mut self, depth: u32, read: impl FnOnce(&mut Text<'_>)) -> Result<(), Trouble> {
        if !self.goes_on(depth)? {
            return Ok(());
        }
        let words = self.words(depth, read);
        self.drawn(&words)
    }

    /// Reads a document within this one; its name may be unknown.
    pub(super) fn document(&mut self, name: &str, bytes: Vec<u8>, depth: u32) -> Result<(), Trouble> {
        if !self.goes_on(depth)? {
            return Ok(());
        }
        if let Some(format) = sniff::office(&mut Cursor::new(&bytes)) {
            match Document::from_reader_with(Cursor::new(bytes.clone()), format, &options()) {
                // A letter within an old letter is read with it.
                Ok(document) if self.said.contains(document.plain_text().trim()) => {}
                Ok(document) => self.add_within(&text(&document))?,
                Err(_) => {}
            }
            return self.parts(Cursor::new(bytes), depth);
        }
        let sniffed = sniff::sniff(&mut Cursor::new(&bytes), name);
        match sniffed.family {
            Family::Other if sniffed.media_type == sniff::ZIP => self.members(&bytes, depth),
            // What is no document may hold one, as a container that a new document is wrapped in.
            Family::Other => self.parts(Cursor::new(bytes), depth),
            family => {
                // What was read before the damage is worth keeping, and whatever is wrong with it is not wrong with the
                // document it lies in; but what is locked or cut may hold what must not leave.
                let words = self.words(depth, |text| {
                    let read = child::read_words(Cursor::new(bytes), family, text);
                    let is_unread = matches!(read, Err(Trouble::Encrypted | Trouble::Enough));
                    text.within.n_unread += u32::from(is_unread);
                });
                self.add_within(&words)
            }
        }
    }

    /// Reads what was packed into an archive.
    fn members(&mut self, bytes: &[u8], depth: u32) -> Result<(), Trouble> {
        let Ok(mut package) = Package::open(Cursor::new(bytes)) else { return Ok(()) };
        let names: Vec<String> = package.names().into_iter().map(str::to_owned).collect();
        for name in &names {
            match package.part(name) {
                Ok(Some(bytes)) => self.document(name, bytes, depth + 1)?,
                Ok(None) => {}
                Err(_) => self.text.within.n_unread += 1,
            }
        }
        Ok(())
    }
}

/// Returns the words of a text; where they are not set apart, every two characters are one.
fn each_word(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty());
    words.flat_map(|word| {
        let is_whole = word.is_ascii() || word.chars().nth(1).is_none();
        let starts = word.char_indices().map(|(at, _)| at);
        let ends = word.char_indices().skip(1).map(|(at, c)| at + c.len_utf8());
        let pairs = starts.zip(ends).filter(move |_| !is_whole).map(|(start, end)| &word[start..end]);
        is_whole.then_some(word).into_iter().chain(pairs)
    })
}

fn hash(word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    hasher.finish()
}

/// Returns the text of a document as people see it: with the numbers of its paragraphs, its tables row by row.
pub(super) fn text(document: &Document) -> String {
    match document.format() {
        DocumentFormat::Doc => rows::text(document),
        _ => numbering::text(document),
    }
}

/// Half a document is worth more than none, as long as it says so.
pub(super) fn options() -> ParseOptions {
    let mut options = ParseOptions::strict();
    options.on_incomplete = OnIncomplete::Report;
    // Long tables of the same few words pack a hundred times and more; what unpacks to too much is held by its size.
    options.limits.inflate_ratio = DEFAULT_MAX_INFLATE_RATIO;
    options
}
