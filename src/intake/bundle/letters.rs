//! Mails: the text with its heading, then what is attached; a mailbox is a row of mails.

use std::fs::File;
use std::io::{BufReader, Seek};

use crate::intake::bundle::Modified;
use crate::intake::bundle::tray::{Done, Tray, Trouble};
use crate::intake::mail::{self, Body, Form, Letter};

/// The largest mail that is read; it is held in memory more than once.
const LARGEST: u64 = 256 << 20;

/// The text of a mail stands before what is attached, in the order of names too.
const TEXT: &str = "00 正文";

pub(super) fn read(input: File, form: Form, tray: &Tray) -> Done {
    if form == Form::Box {
        return read_box(input, tray);
    }
    if input.metadata().is_ok_and(|it| it.len() > LARGEST) {
        return Err(Trouble::beyond());
    }
    let letter = mail::read(input, form).ok_or_else(|| Trouble::damaged("邮件无法打开，内容不完整"))?;
    send(&letter, tray)
}

fn send(letter: &Letter, tray: &Tray) -> Done {
    let (text, ending) = match &letter.body {
        Body::Html(page) => (mail::page_with(&letter.text(), page).into_bytes(), "html"),
        Body::Plain(_) | Body::Rich(_) => (letter.text().into_bytes(), "txt"),
    };
    let rich = if let Body::Rich(rich) = &letter.body { Some(rich.as_slice()) } else { None };
    tray.list(format!("{TEXT}.{ending}").as_bytes(), true, false)?;
    if rich.is_some() {
        tray.list(format!("{TEXT}.rtf").as_bytes(), true, false)?;
    }
    for enclosure in &letter.enclosures {
        tray.list(enclosure.name.as_bytes(), true, false)?;
    }
    tray.open()?;
    let sent = letter.sent.map(Modified::At);
    let enclosed = letter.enclosures.iter().map(|it| it.bytes.as_slice());
    for (n, bytes) in [text.as_slice()].into_iter().chain(rich).chain(enclosed).enumerate() {
        tray.send(n, sent, bytes)?;
    }
    Ok(())
}

/// Goes through a mailbox twice, as its mails are named before the first is sent.
fn read_box(mut input: File, tray: &Tray) -> Done {
    let unread = |_| Trouble::damaged("邮箱文件读取中断");
    let mut n_listed = 0;
    for letter in mail::letters(BufReader::new(&mut input)) {
        n_listed += 1;
        let subject = letter.map_err(unread)?.map(|it| mail::subject(&it)).unwrap_or_default();
        let name = mail::file_name(&format!("{n_listed:04} {subject}"));
        tray.list(format!("{}.eml", name.trim()).as_bytes(), true, false)?;
    }
    tray.open()?;
    input.rewind().map_err(unread)?;
    for (n, letter) in mail::letters(BufReader::new(&mut input)).take(n_listed).enumerate() {
        match letter.map_err(unread)? {
            Some(bytes) => {
                let sent = mail::sent(&bytes).map(Modified::At);
                tray.send(n, sent, &bytes)?;
            }
            None => tray.fail(n, crate::intake::bundle::Fault::Bomb)?,
        }
    }
    Ok(())
}
