//! Text on its way out: cleaned of what no reader should see, cut where it is nobody's text any more, and marked
//! where sections begin.

use crate::cage::Output;
use crate::extract::WITHIN;
use crate::extract::found::{Note, Trouble};

/// How many bytes of text are kept of one file. The longest honest documents of an inspection have 1 to 3 MB; a sheet
/// of 110 kB that repeats a string has 33 million characters, which the index would hold in memory many times over.
pub(super) const MOST: usize = 4 << 20;

/// What a finding says of a text that is longer.
pub(super) const CUT: &str = "文字过多，只读取了开头部分";

/// What was looked into within a file, however deep it lies: of nested documents too it is one count.
#[derive(Clone, Copy, Default)]
pub(super) struct Within {
    /// In how many documents the one lies that is read.
    pub(super) depth: u32,
    pub(super) n_files: u32,
    pub(super) n_pictures: usize,
    /// Files and pictures that were passed over.
    pub(super) n_unread: u32,
}

/// Sends text to the keeper, or gathers that of a document within another.
pub(super) struct Text<'a> {
    to: To<'a>,
    pub(super) within: Within,
    /// How many bytes may still be sent.
    room: usize,
    /// The last character sent, so that sections begin on lines of their own.
    last: char,
    /// The document's own text has ended.
    is_beyond: bool,
    /// The section of what lies within the document has begun.
    is_within: bool,
}

enum To<'a> {
    Keeper(&'a mut Output),
    Words(&'a mut String),
}

impl<'a> Text<'a> {
    pub(super) fn new(to: &'a mut Output) -> Self {
        Self {
            to: To::Keeper(to),
            within: Within::default(),
            room: MOST,
            last: '\n',
            is_beyond: false,
            is_within: false,
        }
    }

    /// Gathers the words of a document within others; its pages are none of theirs.
    pub(super) fn within(words: &'a mut String, within: Within) -> Self {
        Self { to: To::Words(words), within, room: MOST, last: '\n', is_beyond: false, is_within: false }
    }

    /// Begins a page, slide or sheet on a new line.
    pub(super) fn section(&mut self, label: Option<&str>) -> Result<(), Trouble> {
        if self.last != '\n' {
            self.push("\n")?;
        }
        self.mark(label)
    }

    /// Begins a page right here, which may be within a line.
    pub(super) fn turn(&mut self) -> Result<(), Trouble> {
        self.mark(None)
    }

    /// Ends the document's own text: it is safe now whatever becomes of the rest, which says nothing of the document.
    pub(super) fn end_own(&mut self) -> Result<(), Trouble> {
        match &mut self.to {
            To::Keeper(to) if !std::mem::replace(&mut self.is_beyond, true) => {
                to.note(&Note::OwnEnds).map_err(Trouble::CutOff)
            }
            To::Keeper(_) | To::Words(_) => Ok(()),
        }
    }

    /// Begins what lies within the document, in a section of its own.
    pub(super) fn turn_within(&mut self) -> Result<(), Trouble> {
        self.end_own()?;
        if std::mem::replace(&mut self.is_within, true) { Ok(()) } else { self.section(Some(WITHIN)) }
    }

    fn mark(&mut self, label: Option<&str>) -> Result<(), Trouble> {
        match &mut self.to {
            To::Keeper(to) => {
                to.note(&Note::Section { label: label.map(str::to_owned) }).map_err(Trouble::CutOff)
            }
            To::Words(_) => Ok(()),
        }
    }

    /// Sends more text; `Enough` once there is no room for it.
    pub(super) fn push(&mut self, text: &str) -> Result<(), Trouble> {
        let clean = clean(text);
        let sent = &clean[..clean.floor_char_boundary(self.room)];
        self.last = sent.chars().next_back().unwrap_or(self.last);
        self.room -= sent.len();
        match &mut self.to {
            To::Keeper(to) => std::io::Write::write_all(to, sent.as_bytes()).map_err(|e| {
                Trouble::CutOff(crate::error::Error::unavailable("The keeper is gone.").with_source(e))
            })?,
            To::Words(words) => words.push_str(sent),
        }
        if sent.len() < clean.len() { Err(Trouble::Enough) } else { Ok(()) }
    }
}

/// Turns every line ending into `\n` and drops control characters, byte order marks and unassigned specials.
fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => clean.push('\n'),
            '\n' | '\t' => clean.push(c),
            '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' => {}
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    clean
}

/// Turns what was sent into a string; the last character of a child that died may be torn.
pub(super) fn sound(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|torn| {
        let end = torn.utf8_error().valid_up_to();
        let mut bytes = torn.into_bytes();
        bytes.truncate(end);
        String::from_utf8(bytes).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_clean_and_sound() {
        assert_eq!(clean("\u{FEFF}一\r\n二\r三\0\u{0C}四\t"), "一\n二\n三\n四\t");
        assert_eq!(sound("文明".as_bytes()[..5].to_vec()), "文");
        assert_eq!(sound(b"ok".to_vec()), "ok");
    }
}
