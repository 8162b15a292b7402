//! Rich text: the words of its groups, in whatever code page each font is of.
//!
//! The format is that of Microsoft's "Rich Text Format Specification 1.9.1".

use std::collections::HashMap;
use std::io::Read;

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

use crate::extract::code_pages::{of_charset, of_code_page};
use crate::extract::embedded::Teller;
use crate::extract::embedded::objects;
use crate::extract::found::{Found, Trouble};
use crate::extract::plain;
use crate::extract::text::Text;
use crate::extract::unseen::{UNSEEN, marked};

pub(super) fn read(input: impl Read, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let (bytes, cut) = plain::bytes(input)?;
    read_bytes(&bytes, cut, text)
}

/// Reads rich text that is at hand; `cut` says that there was more.
pub(super) fn read_bytes(bytes: &[u8], cut: bool, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let mut reader = Reader::default();
    let mut teller = Teller::new(text);
    let whole = reader.run(bytes, &mut teller)?;
    reader.objects.into_iter().try_for_each(|it| teller.document("", it, 1))?;
    reader.pictures.iter().try_for_each(|it| teller.picture(it))?;
    let missing = (cut || !whole).then(|| "文件不完整,只读取了前一部分".into());
    Ok(Found { missing, ..Found::default() })
}

/// What the digits of a group spell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelt {
    Picture,
    Object,
}

/// What holds within one group.
#[derive(Clone, Copy)]
struct Group {
    /// Nothing in it is text of the document.
    silent: bool,
    /// No picture and no object in it is one of the document.
    blind: bool,
    /// It spells bytes; a group within it does not.
    spelt: Option<Spelt>,
    /// Nobody sees its words; what stands before them.
    unseen: Option<&'static str>,
    /// It lists the fonts.
    fonts: bool,
    /// How many characters stand behind `\u` for readers that do not know it.
    spare: usize,
    font: i32,
}

struct Reader {
    group: Group,
    /// The groups around this one.
    around: Vec<Group>,
    /// What the document's own code page is.
    encoding: &'static Encoding,
    fonts: HashMap<i32, &'static Encoding>,
    /// The group began with `\*`: to be passed over if its word is unknown.
    starred: bool,
    /// Bytes not yet decoded, all of the same font.
    bytes: Vec<u8>,
    /// UTF-16 not yet decoded.
    units: Vec<u16>,
    /// How many characters are still to be passed over.
    skip: usize,
    words: String,
    /// Runs of the line that nobody sees, and what stands before each.
    unseen: Vec<(&'static str, String)>,
    /// Words are seen behind the last of them.
    apart: bool,
    /// Bytes that were spelt in this group, and the first digit of the next.
    spelt: Vec<u8>,
    digit: Option<u8>,
    /// The objects within the document.
    objects: Vec<Vec<u8>>,
    /// The pictures in it.
    pictures: Vec<Vec<u8>>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            group: Group {
                silent: false,
                blind: false,
                spelt: None,
                unseen: None,
                fonts: false,
                spare: 1,
                font: -1,
            },
            around: Vec::new(),
            encoding: WINDOWS_1252,
            fonts: HashMap::new(),
            starred: false,
            bytes: Vec::new(),
            units: Vec::new(),
            skip: 0,
            words: String::new(),
            unseen: Vec::new(),
            apart: false,
            spelt: Vec::new(),
            digit: None,
            objects: Vec::new(),
            pictures: Vec::new(),
        }
    }
}

/// Groups that hold no text of the document.
const SILENT: &[&str] = &[
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "nonshppict",
    "objdata",
    "fldinst",
    "shprslt",
    "sp",
    "xe",
    "tc",
    "rxe",
    "upr",
    "nonesttables",
    "filetbl",
    "revtbl",
    "template",
];

/// Groups that hold text although a reader that does not know them may pass over them.
const STARRED: &[&str] =
    &["shppict", "shpinst", "shptxt", "ud", "do", "dptxbxtext", "annotation", "footnote", "fldrslt"];

impl Reader {
    /// Reads to the end, and returns whether every group was closed.
    fn run(&mut self, bytes: &[u8], text: &mut Teller<'_, '_>) -> Result<bool, Trouble> {
        /// Words are sent on when they are this many bytes.
        const SENT: usize = 64 << 10;
        let mut rest = bytes;
        while let Some((first, behind)) = rest.split_first() {
            rest = behind;
            match first {
                b'{' => {
                    self.flush();
                    self.skip = 0;
                    self.around.push(self.group);
                    self.group.spelt = None;
                }
                b'}' => {
                    self.flush();
                    self.skip = 0;
                    self.starred = false;
                    self.keep();
                    self.group = self.around.pop().unwrap_or(self.group);
                    // What stands behind the last group is no text.
                    if self.around.is_empty() {
                        break;
                    }
                }
                b'\\' => rest = self.control(rest),
                b'\r' | b'\n' => {}
                byte => self.byte(*byte),
            }
            if self.words.len() > SENT {
                text.push(&std::mem::take(&mut self.words))?;
            }
        }
        self.flush();
        if !self.unseen.is_empty() {
            self.words.push('\n');
            self.end_line();
        }
        text.push(&std::mem::take(&mut self.words))?;
        Ok(self.around.is_empty())
    }

    /// Reads what stands behind a backslash, and returns what stands behind that.
    fn control<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let Some((first, behind)) = rest.split_first() else { return rest };
        if !first.is_ascii_alphabetic() {
            return self.symbol(*first, behind);
        }
        let end = rest.iter().position(|it| !it.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (word, mut rest) = rest.split_at(end);
        let minus = rest.first() == Some(&b'-');
        let digits = &rest[usize::from(minus)..];
        let n_digits = digits.iter().take(10).take_while(|it| it.is_ascii_digit()).count();
        let mut number = None;
        if n_digits > 0 {
            let value = std::str::from_utf8(&digits[..n_digits]).ok().and_then(|it| it.parse::<i64>().ok());
            number = value.map(|it| if minus { -it } else { it });
            rest = &digits[n_digits..];
        }
        if rest.first() == Some(&b' ') {
            rest = &rest[1..];
        }
        if word == b"bin" {
            let length = usize::try_from(number.unwrap_or(0)).unwrap_or(0);
            let (bytes, rest) = rest.split_at(length.min(rest.len()));
            if self.group.spelt.is_some() {
                self.spelt.extend(bytes);
            }
            return rest;
        }
        self.word(std::str::from_utf8(word).unwrap_or_default(), number);
        rest
    }

    fn symbol<'a>(&mut self, symbol: u8, rest: &'a [u8]) -> &'a [u8] {
        match symbol {
            b'\'' => {
                let digits = rest.get(..2).and_then(|it| std::str::from_utf8(it).ok());
                let Some(byte) = digits.and_then(|it| u8::from_str_radix(it, 16).ok()) else { return rest };
                self.byte(byte);
                return &rest[2..];
            }
            b'\\' | b'{' | b'}' => self.byte(symbol),
            b'*' => self.starred = true,
            b'~' => self.byte(b' '),
            b'_' => self.byte(b'-'),
            b'\r' | b'\n' => self.say("\n"),
            _ => {}
        }
        rest
    }

    fn word(&mut self, word: &str, number: Option<i64>) {
        let starred = std::mem::take(&mut self.starred) && !STARRED.contains(&word);
        if starred || SILENT.contains(&word) && !matches!((word, number), ("sp" | "tc", Some(_))) {
            self.group.silent = true;
            self.group.spelt = match word {
                "pict" => Some(Spelt::Picture),
                "objdata" => Some(Spelt::Object),
                _ => None,
            };
            // A property of a shape may be its picture.
            self.group.blind |= self.group.spelt.is_none() && word != "sp";
        }
        let on = number != Some(0);
        match word {
            "fonttbl" => (self.group.fonts, self.group.silent) = (true, true),
            // The same words as its sister group, in Unicode.
            "ud" => self.group.silent = false,
            "v" => self.change(|group| group.unseen = on.then_some(UNSEEN[1])),
            "deleted" => self.change(|group| group.unseen = on.then_some(UNSEEN[0])),
            "plain" => self.change(|group| group.unseen = None),
            "f" => {
                let font = number.and_then(|it| i32::try_from(it).ok()).unwrap_or(-1);
                self.change(|group| group.font = font);
            }
            "deff" if self.group.font < 0 => {
                self.group.font = number.and_then(|it| i32::try_from(it).ok()).unwrap_or(-1);
            }
            "fcharset" if self.group.fonts => {
                let known = number.and_then(of_charset);
                known.map(|it| self.fonts.insert(self.group.font, it));
            }
            "cpg" if self.group.fonts => {
                let known = number.and_then(of_code_page);
                known.map(|it| self.fonts.insert(self.group.font, it));
            }
            "ansicpg" => self.encoding = number.and_then(of_code_page).unwrap_or(self.encoding),
            "mac" => self.encoding = MACINTOSH,
            "uc" => self.group.spare = number.and_then(|it| usize::try_from(it).ok()).unwrap_or(1),
            "u" => self.unit(number.unwrap_or(0)),
            _ => {
                if let Some(words) = spoken(word) {
                    self.say(words);
                }
            }
        }
    }

    fn change(&mut self, with: impl FnOnce(&mut Group)) {
        self.flush();
        with(&mut self.group);
    }

    /// Takes one UTF-16 unit, which writers give as a signed number.
    fn unit(&mut self, number: i64) {
        self.flush_bytes();
        if !self.group.silent {
            self.units.push((number & 0xFFFF) as u16);
        }
        self.skip = self.group.spare;
    }

    /// Takes one byte of text. A byte behind the first of two is taken as it is, whatever it would mean alone.
    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.group.spelt.is_some() {
            self.spell(byte);
        } else if !self.group.silent {
            self.flush_units();
            self.bytes.push(byte);
        }
    }

    /// Takes one digit of a byte that is spelt.
    fn spell(&mut self, digit: u8) {
        if let Some(value) = char::from(digit).to_digit(16).and_then(|it| u8::try_from(it).ok()) {
            match self.digit.take() {
                Some(first) => self.spelt.push(first << 4 | value),
                None => self.digit = Some(value),
            }
        }
    }

    /// Keeps what the group that ends has spelt, if people see it.
    fn keep(&mut self) {
        let Some(kind) = self.group.spelt else { return };
        let (bytes, _) = (std::mem::take(&mut self.spelt), self.digit.take());
        match kind {
            _ if self.group.blind || self.group.unseen.is_some() => {}
            Spelt::Picture => self.pictures.push(bytes),
            Spelt::Object => self.objects.extend(objects::of_rich_text(&bytes)),
        }
    }

    fn say(&mut self, words: &str) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if !self.group.silent {
            self.flush();
            self.tell(words);
        }
    }

    fn flush(&mut self) {
        self.flush_bytes();
        self.flush_units();
    }

    fn flush_bytes(&mut self) {
        if !self.bytes.is_empty() {
            let encoding = self.fonts.get(&self.group.font).copied().unwrap_or(self.encoding);
            let bytes = std::mem::take(&mut self.bytes);
            self.tell(&encoding.decode_without_bom_handling(&bytes).0);
        }
    }

    fn flush_units(&mut self) {
        if !self.units.is_empty() {
            let units = std::mem::take(&mut self.units);
            self.tell(&String::from_utf16_lossy(&units));
        }
    }

    /// Adds words to those that are seen, or to those that are not, which follow their line.
    fn tell(&mut self, words: &str) {
        match (self.group.unseen, self.unseen.last_mut()) {
            (Some(mark), Some((last, run))) if !self.apart && *last == mark => run.push_str(words),
            (Some(mark), _) => self.unseen.push((mark, words.to_owned())),
            (None, _) => self.words.push_str(words),
        }
        self.apart = self.group.unseen.is_none();
        if self.apart && words == "\n" {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        for (mark, run) in std::mem::take(&mut self.unseen) {
            self.words.push_str(&marked(mark, &run));
        }
    }
}

/// What a control word says in the text.
fn spoken(word: &str) -> Option<&'static str> {
    Some(match word {
        "par" | "line" | "row" | "nestrow" | "sect" | "page" | "column" => "\n",
        "tab" | "cell" | "nestcell" => "\t",
        "emdash" => "—",
        "endash" => "–",
        "lquote" => "‘",
        "rquote" => "’",
        "ldblquote" => "“",
        "rdblquote" => "”",
        "bullet" => "•",
        "emspace" | "enspace" | "qmspace" => " ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
