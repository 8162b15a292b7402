//! Mail: what a letter says and what is attached to it, whether of the internet (`mime`) or of Outlook (`outlook`).
//!
//! These readers run in the cage: for `bundle`, which takes a mail apart, and for `extract`, which reads one as a
//! document.

use std::io::{BufRead, Cursor, Read, Seek};

use encoding_rs::Encoding;
use jiff::Timestamp;

use crate::intake::encoding;

mod mime;
mod outlook;
mod rich;
mod sides;

pub use mime::{page, sent, subject};

/// How a mail is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One message of the internet (RFC 5322).
    Mime,
    /// Several of them, each after a line `From …`.
    Box,
    /// A compound file of Outlook ([MS-OXMSG]).
    Outlook,
}

/// A mail.
#[derive(Debug, Default)]
pub struct Letter {
    /// 主题.
    pub subject: String,
    /// 发件人.
    pub from: String,
    /// 收件人.
    pub to: String,
    /// 抄送.
    pub copies: String,
    /// 密送, which only the sender's own copy tells.
    pub blind: String,
    /// 时间, as its writer's clock showed it.
    pub clock: String,
    /// When it was sent.
    pub sent: Option<Timestamp>,
    /// What it says.
    pub body: Body,
    /// Lines of its plain side that its page has not.
    pub aside: String,
    /// What is attached, mails among it.
    pub enclosures: Vec<Enclosure>,
}

/// What a mail says, in the plainest form that says all of it.
#[derive(Debug)]
pub enum Body {
    /// Plain text.
    Plain(String),
    /// A web page.
    Html(String),
    /// Rich text.
    Rich(Vec<u8>),
}

impl Default for Body {
    fn default() -> Self {
        Self::Plain(String::new())
    }
}

/// Something attached.
#[derive(Debug)]
pub struct Enclosure {
    /// Its name, without separators.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Letter {
    /// Returns who wrote what to whom and when, a line each.
    pub fn heading(&self) -> String {
        let rows = [
            ("主题", &self.subject),
            ("发件人", &self.from),
            ("收件人", &self.to),
            ("抄送", &self.copies),
            ("密送", &self.blind),
            ("时间", &self.clock),
        ];
        let row = |it: &(&str, &String)| {
            format!("{}：{}\n", it.0, it.1.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        rows.iter().filter(|it| !it.1.trim().is_empty()).map(row).collect()
    }

    /// Returns the heading and what is plain text of it.
    pub fn text(&self) -> String {
        match &self.body {
            Body::Plain(text) => format!("{}\n{}\n", self.heading(), text.trim_end()),
            Body::Html(_) | Body::Rich(_) if self.aside.is_empty() => self.heading(),
            Body::Html(_) | Body::Rich(_) => format!("{}\n{}\n", self.heading(), self.aside.trim_end()),
        }
    }
}

/// Returns a page with the heading above what it shows. The mark in front outweighs whatever encoding the page names.
pub fn page_with(heading: &str, page: &str) -> String {
    let escaped =
        heading.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>\n");
    let lower = page.to_ascii_lowercase();
    let body = lower.find("<body").and_then(|at| Some(at + lower[at..].find('>')? + 1)).unwrap_or(0);
    let (before, after) = page.split_at(body);
    format!("\u{feff}{before}<p>{escaped}</p>\n{after}")
}

/// Reads a mail; none where it is none.
pub fn read(mut input: impl Read + Seek, form: Form) -> Option<Letter> {
    match form {
        Form::Outlook => outlook::read(input),
        Form::Mime | Form::Box => {
            let mut bytes = Vec::new();
            input.rewind().ok()?;
            input.read_to_end(&mut bytes).ok()?;
            mime::read(&bytes)
        }
    }
}

/// Reads a mail that is held in memory; none where it is none.
pub fn read_bytes(bytes: &[u8]) -> Option<Letter> {
    if crate::intake::bundle::sniff::is_compound(bytes) {
        outlook::read(Cursor::new(bytes))
    } else {
        mime::read(bytes)
    }
}

/// Tells by the ending of its name and its first bytes whether a file is a mail. One of Outlook is a compound file and
/// looks like others until it is opened. A saved web page is written like a mail and is none.
pub fn form(ending: &str, beginning: &[u8]) -> Option<Form> {
    if beginning.starts_with(b"From ") {
        let (line, rest) = beginning.split_at(beginning.iter().position(|it| *it == b'\n')? + 1);
        let dated = line.windows(4).any(|it| it.iter().all(u8::is_ascii_digit));
        return (dated && headers(rest).is_some_and(|it| !it.is_empty())).then_some(Form::Box);
    }
    let headers = headers(beginning)?;
    let has = |names: &[&str]| names.iter().any(|it| headers.iter().any(|known| known == it));
    let posted =
        has(&["message-id", "received", "mime-version", "return-path", "x-mailer", "dkim-signature"]);
    let written = has(&["from", "to", "subject", "date", "received", "return-path", "delivered-to"]);
    (written && (posted || ending == "eml") && !is_page(ending, beginning)).then_some(Form::Mime)
}

/// Returns whether a file is a web page with its pictures in the form of a mail (MHTML, RFC 2557).
pub fn is_page(ending: &str, beginning: &[u8]) -> bool {
    let Some(headers) = headers(beginning) else { return false };
    let has = |name: &str| headers.iter().any(|it| it == name);
    let text = String::from_utf8_lossy(beginning).to_ascii_lowercase();
    let saved = text.contains("from: <saved by")
        || text.contains("from: \"saved by")
        || has("snapshot-content-location");
    let related =
        text.contains("multipart/related") && !has("from") && !has("received") && !has("message-id");
    has("content-type") && (saved || related || matches!(ending, "mht" | "mhtml"))
        || (saved && has("mime-version"))
}

/// The names of the headers a text begins with, in small letters; none where it begins with anything else.
fn headers(beginning: &[u8]) -> Option<Vec<String>> {
    let beginning = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning);
    let mut names = Vec::new();
    // The last line may be cut.
    let whole =
        beginning.len() < usize::try_from(crate::intake::bundle::sniff::BEGINNING).unwrap_or(usize::MAX);
    let mut lines =
        beginning.split(|it| *it == b'\n').map(|it| it.strip_suffix(b"\r").unwrap_or(it)).peekable();
    while let Some(line) = lines.next() {
        let last = lines.peek().is_none();
        let continued = line.first().is_some_and(|it| matches!(it, b' ' | b'\t'));
        if line.is_empty() || (last && !whole) {
            break;
        }
        if continued && !names.is_empty() {
            continue;
        }
        let colon = line.iter().position(|it| *it == b':')?;
        let name =
            line.get(..colon).filter(|it| !it.is_empty() && it.iter().all(|it| it.is_ascii_graphic()))?;
        names.push(String::from_utf8_lossy(name).to_ascii_lowercase());
    }
    (!names.is_empty()).then_some(names)
}

/// Goes through the mails of a mailbox; none in place of one too large to hold.
pub fn letters(mut input: impl BufRead) -> impl Iterator<Item = std::io::Result<Option<Vec<u8>>>> {
    const LARGEST: usize = 256 << 20;
    let (mut letter, mut begun, mut blank, mut ended) = (Some(Vec::new()), false, true, false);
    std::iter::from_fn(move || {
        while !ended {
            let mut line = Vec::new();
            match (&mut input).take(1 << 20).read_until(b'\n', &mut line) {
                Err(fault) => {
                    ended = true;
                    return Some(Err(fault));
                }
                Ok(0) => {
                    ended = true;
                    return begun.then(|| Ok(letter.take()));
                }
                Ok(_) => {}
            }
            if blank && line.starts_with(b"From ") {
                blank = false;
                if std::mem::replace(&mut begun, true) {
                    return Some(Ok(letter.replace(Vec::new())));
                }
                continue;
            }
            blank = line.iter().all(|it| matches!(it, b'\r' | b'\n'));
            // A line of the text that would look like such a beginning stands behind a `>`.
            let quoted = line.iter().position(|it| *it != b'>').unwrap_or(0);
            let escaped = quoted > 0 && line.get(quoted..).is_some_and(|it| it.starts_with(b"From "));
            if let Some(bytes) = &mut letter {
                bytes.extend_from_slice(line.get(usize::from(escaped)..).unwrap_or_default());
            }
            letter = letter.take().filter(|it| it.len() <= LARGEST);
        }
        None
    })
}

/// Makes one part of a path of a name that a mail gives.
pub fn file_name(name: &str) -> String {
    let plain = |c: char| if matches!(c, '/' | '\\' | '\0') { '_' } else { c };
    let name: String =
        name.split_whitespace().collect::<Vec<_>>().join(" ").chars().map(plain).take(120).collect();
    if matches!(name.trim(), "" | "." | "..") { "附件".into() } else { name.trim().to_owned() }
}

/// Decodes words that name no encoding or a wrong one: what is declared holds only where it can be read.
fn decoded(bytes: &[u8], declared: Option<&'static Encoding>) -> String {
    encoding::decode(bytes, declared.filter(|it| encoding::reads(it, bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_known_by_its_headers() {
        let mail = b"Received: from a\r\n\tby b\r\nSubject: x\r\n\r\ntext";
        assert_eq!(form("", mail), Some(Form::Mime));
        assert_eq!(form("txt", b"To: all\nFrom: me\nDate: today\n\nA memo."), None);
        assert_eq!(form("eml", b"To: all\nFrom: me\n\nA mail."), Some(Form::Mime));
        assert_eq!(form("txt", "标题: 通知\nFrom: x\n".as_bytes()), None);
        assert_eq!(form("", b"From a@b Thu Mar 16 09:30:00 2017\nSubject: x\n\n"), Some(Form::Box));
        assert_eq!(form("txt", b"From here to there\nand back 2017\n"), None);
    }

    #[test]
    fn a_saved_page_is_no_mail() {
        let page = b"From: <Saved by Blink>\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=\"b\"\r\n\r\n";
        assert!(is_page("", page) && form("", page).is_none());
        let word = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"b\"\n\n";
        assert!(is_page("mht", word) && is_page("", word) && form("mht", word).is_none());
        assert!(!is_page("mht", b"<html>"));
    }

    #[test]
    fn a_mailbox_is_parted_where_a_mail_begins() {
        let text = b"From a 2017\nSubject: 1\n\none\n>From the text\nFrom within\n\nFrom b 2017\nSubject: 2\n\ntwo\n";
        let parts: Vec<_> = letters(&text[..]).map(|it| it.unwrap().unwrap()).collect();
        let shown: Vec<_> = parts.iter().map(|it| String::from_utf8_lossy(it)).collect();
        assert_eq!(shown, ["Subject: 1\n\none\nFrom the text\nFrom within\n\n", "Subject: 2\n\ntwo\n"]);
    }

    #[test]
    fn a_heading_stands_within_the_page() {
        let page = page_with("主题：<甲>\n", "<html><BODY class=x>text</body></html>");
        assert_eq!(page, "\u{feff}<html><BODY class=x><p>主题：&lt;甲&gt;<br>\n</p>\ntext</body></html>");
        assert_eq!(file_name("../a\\b"), ".._a_b");
        assert_eq!(file_name(" .. "), "附件");
    }
}
