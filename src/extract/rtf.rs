//! Rich text: the words of its groups, in whatever code page each font is of.
//!
//! The format is that of Microsoft's "Rich Text Format Specification 1.9.1".

use std::collections::HashMap;
use std::fs::File;

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GBK, MACINTOSH, SHIFT_JIS, WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
    WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};

use crate::extract::child::{Found, Trouble};
use crate::extract::plain;
use crate::extract::text::Text;

pub(super) fn read(input: File, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let (bytes, cut) = plain::bytes(input)?;
    read_bytes(&bytes, cut, text)
}

/// Reads rich text that is at hand; `cut` says that there was more.
pub(super) fn read_bytes(bytes: &[u8], cut: bool, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let mut reader = Reader::default();
    let whole = reader.run(bytes, text)?;
    let missing = (cut || !whole).then(|| "文件不完整,只读取了前一部分".into());
    Ok(Found { missing, ..Found::default() })
}

/// What holds within one group.
#[derive(Clone, Copy)]
struct Group {
    /// Nothing in it is text of the document.
    silent: bool,
    /// Hidden or deleted words.
    hidden: bool,
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
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            group: Group { silent: false, hidden: false, fonts: false, spare: 1, font: -1 },
            around: Vec::new(),
            encoding: WINDOWS_1252,
            fonts: HashMap::new(),
            starred: false,
            bytes: Vec::new(),
            units: Vec::new(),
            skip: 0,
            words: String::new(),
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
    &["shpinst", "shptxt", "ud", "do", "dptxbxtext", "annotation", "footnote", "fldrslt"];

impl Reader {
    /// Reads to the end, and returns whether every group was closed.
    fn run(&mut self, bytes: &[u8], text: &mut Text<'_>) -> Result<bool, Trouble> {
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
                }
                b'}' => {
                    self.flush();
                    self.skip = 0;
                    self.starred = false;
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
            return &rest[length.min(rest.len())..];
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
        let starred = std::mem::take(&mut self.starred);
        if starred && !STARRED.contains(&word) {
            self.group.silent = true;
        }
        if SILENT.contains(&word) && !matches!((word, number), ("sp" | "tc", Some(_))) {
            self.group.silent = true;
        }
        let on = number != Some(0);
        match word {
            "fonttbl" => (self.group.fonts, self.group.silent) = (true, true),
            // The same words as its sister group, in Unicode.
            "ud" => self.group.silent = false,
            "v" | "deleted" => self.change(|group| group.hidden = on),
            "plain" => self.change(|group| group.hidden = false),
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
        if !self.group.silent && !self.group.hidden {
            self.units.push((number & 0xFFFF) as u16);
        }
        self.skip = self.group.spare;
    }

    /// Takes one byte of text. A byte behind the first of two is taken as it is, whatever it would mean alone.
    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if !self.group.silent && !self.group.hidden {
            self.flush_units();
            self.bytes.push(byte);
        }
    }

    fn say(&mut self, words: &str) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if !self.group.silent && !self.group.hidden {
            self.flush();
            self.words.push_str(words);
        }
    }

    fn flush(&mut self) {
        self.flush_bytes();
        self.flush_units();
    }

    fn flush_bytes(&mut self) {
        if !self.bytes.is_empty() {
            let encoding = self.fonts.get(&self.group.font).copied().unwrap_or(self.encoding);
            self.words.push_str(&encoding.decode_without_bom_handling(&self.bytes).0);
            self.bytes.clear();
        }
    }

    fn flush_units(&mut self) {
        if !self.units.is_empty() {
            self.words.push_str(&String::from_utf16_lossy(&self.units));
            self.units.clear();
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

/// Returns the encoding of a font's character set; `None` for those that are written in the document's own.
fn of_charset(charset: i64) -> Option<&'static Encoding> {
    Some(match charset {
        77 => MACINTOSH,
        128 => SHIFT_JIS,
        129 | 130 => EUC_KR,
        134 => GBK,
        136 => BIG5,
        161 => WINDOWS_1253,
        162 => WINDOWS_1254,
        163 => WINDOWS_1258,
        177 => WINDOWS_1255,
        178 => WINDOWS_1256,
        186 => WINDOWS_1257,
        204 => WINDOWS_1251,
        222 => WINDOWS_874,
        238 => WINDOWS_1250,
        _ => return None,
    })
}

fn of_code_page(page: i64) -> Option<&'static Encoding> {
    Some(match page {
        874 => WINDOWS_874,
        932 => SHIFT_JIS,
        936 => GBK,
        949 | 1361 => EUC_KR,
        950 => BIG5,
        54936 => encoding_rs::GB18030,
        65001 => encoding_rs::UTF_8,
        10000 => MACINTOSH,
        1250..=1258 => Encoding::for_label(format!("windows-{page}").as_bytes())?,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(rtf: &[u8]) -> String {
        let kept = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        struct Sink(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);
        impl std::io::Write for Sink {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().unwrap().extend_from_slice(bytes);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let mut output = crate::cage::Output::new(Sink(kept.clone()));
        assert!(Reader::default().run(rtf, &mut Text::new(&mut output)).is_ok());
        output.bytes(b"").unwrap();
        let frames = kept.lock().unwrap().clone();
        // Kind and length stand before the bytes of a frame.
        String::from_utf8(frames.get(5..).unwrap_or_default().to_vec()).unwrap()
    }

    #[test]
    fn fonts_and_code_pages_decide_how_bytes_are_read() {
        let gbk = br"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fnil\fcharset134 SimSun;}{\f2\fcharset136 PMingLiU;}}{\f1\'b5\'b3\'bd\'a8}\par\f2\'a4\'e5\f0 caf\'e9}";
        assert_eq!(words(gbk), "党建\n文café");
        let page = br"{\rtf1\ansi\ansicpg936 \'ce\'c4\'c3\'f7}";
        assert_eq!(words(page), "文明");
        // The second byte may be written as the letter it looks like.
        assert_eq!(words(br"{\rtf1\ansicpg936 \'81@\'d5Z}"), GBK.decode(b"\x81@\xd5Z").0);
    }

    #[test]
    fn unicode_is_read_and_its_spare_characters_are_not() {
        assert_eq!(words(br"{\rtf1\uc1\u25991?\u26126\'3f{\uc2\u20826\'b5\'b3}\uc0\u24314 !}"), "文明党建!");
        assert_eq!(words(br"{\rtf1\u-10179?\u-8704?}"), "\u{1f600}");
        assert_eq!(words(br"{\rtf1{\upr{old}{\*\ud{\u25991?}}}}"), "文");
    }

    #[test]
    fn only_the_words_of_the_document_are_text() {
        let rtf = br"{\rtf1{\*\generator Riched20;}{\stylesheet{\s0 Normal;}}{\info{\title T}}{\pict\pngblip 89504e47}{\field{\*\fldinst PAGE}{\fldrslt 3}}{\v hidden}{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt box\par}}}\trowd a\cell b\cell\row{\*\unknown x}\bin3 }}}end}tail";
        assert_eq!(words(rtf), "3box\na\tb\t\nend");
    }

    #[test]
    fn a_million_braces_are_only_braces() {
        assert_eq!(words(&b"{".repeat(1_000_000)), "");
        assert_eq!(words(&b"}".repeat(1_000_000)), "");
    }
}
