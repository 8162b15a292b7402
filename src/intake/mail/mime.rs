//! Messages of the internet (RFC 5322, MIME), read by `mail-parser`; words without a charset are decoded here.

use encoding_rs::Encoding;
use jiff::Timestamp;
use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};
use mail_parser::{
    Address, DateTime, Encoding as Transfer, Header, HeaderName, HeaderValue, Message, MessageParser,
    MessagePart, MimeHeaders as _, PartType,
};

use crate::intake::mail::{Body, Enclosure, Letter, decoded, file_name, sides};

/// What stands in a text for bytes that could not be decoded.
const LOST: char = '\u{fffd}';

/// Reads a message; none where it has no headers.
pub(super) fn read(raw: &[u8]) -> Option<Letter> {
    let message = MessageParser::default().parse(raw)?;
    let mut letter = head(&message, raw);
    let (plain, pages, others) = texts(&message, raw);
    let mut enclosures: Vec<Enclosure> = Vec::new();
    (letter.body, letter.aside) = match (plain.is_empty(), pages.is_empty()) {
        (true, false) => (Body::Html(pages.join("\n")), String::new()),
        _ => sides::chosen(plain.join("\n"), Some(others.join("\n"))),
    };
    let alternative = |n: &u32| message.html_body.contains(n) && !message.text_body.contains(n);
    if !plain.is_empty() {
        // A page beside the text, not one that says the same, is no alternative to it.
        let beside =
            message.text_body.iter().filter_map(|it| message.part(*it)).filter(|it| it.is_text_html());
        enclosures.extend(beside.map(|it| enclosure(&message, it, raw, 0)));
    }
    let attached =
        message.attachments.iter().filter(|it| !alternative(it)).filter_map(|it| message.part(*it));
    enclosures.extend(attached.enumerate().map(|(n, it)| enclosure(&message, it, raw, n + 1)));
    letter.enclosures = enclosures;
    Some(letter)
}

/// Returns the subject of a message.
pub fn subject(raw: &[u8]) -> String {
    let message = MessageParser::default().parse_headers(raw);
    message.map(|it| head(&it, raw).subject).unwrap_or_default()
}

/// Returns when a message was sent.
pub fn sent(raw: &[u8]) -> Option<Timestamp> {
    MessageParser::default().parse_headers(raw)?.date().and_then(instant)
}

/// Returns the page of a web page that was saved in the form of a message.
pub fn page(raw: &[u8]) -> Option<String> {
    let message = MessageParser::default().parse(raw)?;
    let parts = message.parts.iter().filter(|it| it.is_text());
    // A part whose end is missing is no longer told from plain text.
    let (pages, rest): (Vec<_>, Vec<_>) = parts.partition(|it| it.is_text_html());
    pages
        .into_iter()
        .chain(rest)
        .map(|it| text(it, raw))
        .find(|it| !it.trim().is_empty())
        .or_else(|| Some(bare(raw).unwrap_or_default()))
}

/// Finds the page of a message that tells no parts apart, as one that names no boundary.
fn bare(raw: &[u8]) -> Option<String> {
    let at = raw.windows(4).position(|it| it.starts_with(b"\n\n") || it == b"\r\n\r\n")?;
    Some(decoded(raw.get(at..)?, None)).filter(|it| it.contains('<'))
}

fn head(message: &Message<'_>, raw: &[u8]) -> Letter {
    let declared = message.parts.iter().find_map(charset);
    let words = |name: HeaderName<'static>| {
        let header: Option<&Header<'_>> = message.headers().iter().rev().find(|it| it.name == name);
        header.map(|it| words(it, raw, declared)).unwrap_or_default()
    };
    let date = message.date().filter(|it| it.is_valid());
    let clock =
        |it: &DateTime| format!("{}-{:02}-{:02} {:02}:{:02}", it.year, it.month, it.day, it.hour, it.minute);
    Letter {
        subject: words(HeaderName::Subject),
        from: words(HeaderName::From),
        to: words(HeaderName::To),
        copies: words(HeaderName::Cc),
        blind: words(HeaderName::Bcc),
        clock: date.map(clock).unwrap_or_default(),
        sent: date.and_then(instant),
        ..Letter::default()
    }
}

fn instant(date: &DateTime) -> Option<Timestamp> {
    Timestamp::from_second(date.to_timestamp()).ok().filter(|it| it.as_second() > 0)
}

/// The value of a header; old programs write it in their own encoding and do not say in which.
fn words(header: &Header<'_>, raw: &[u8], declared: Option<&'static Encoding>) -> String {
    let text = match &header.value {
        HeaderValue::Text(text) => text.to_string(),
        HeaderValue::TextList(list) => list.join(" "),
        HeaderValue::Address(address) => people(address),
        _ => String::new(),
    };
    let span = usize::try_from(header.offset_start).ok().zip(usize::try_from(header.offset_end).ok());
    let own = span.and_then(|(from, to)| anew(raw.get(from..to)?, &text, declared));
    own.filter(|it| !it.contains(LOST)).unwrap_or(text)
}

/// Decodes bytes of a header anew where they were not understood: some of them were lost, or they are not the UTF-8 that
/// they were taken for. A few characters in GBK can be both.
fn anew(own: &[u8], understood: &str, declared: Option<&'static Encoding>) -> Option<String> {
    let text = decoded(own, declared);
    (understood.contains(LOST) || text.as_bytes() != own).then(|| rejoined(&text).trim().to_owned())
}

/// Decodes the encoded words of a header (RFC 2047), those of one charset together: some writers cut them in the
/// middle of a character.
fn rejoined(header: &str) -> String {
    let mut text = String::new();
    let mut open: Option<(&str, Vec<u8>)> = None;
    let close = |open: &mut Option<(&str, Vec<u8>)>, text: &mut String| {
        if let Some((charset, bytes)) = open.take() {
            text.push_str(&decoded(&bytes, Encoding::for_label(charset.as_bytes())));
        }
    };
    let mut rest = header;
    while let Some((before, after)) = rest.split_once("=?") {
        let mut fields = after.splitn(3, '?');
        let (charset, packing) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        let ended = fields.next().and_then(|it| it.split_once("?="));
        let word = ended.and_then(|(word, _)| match packing {
            "B" | "b" => base64_decode(word.as_bytes()),
            "Q" | "q" => quoted_printable_decode(word.replace('_', " ").as_bytes()),
            _ => None,
        });
        let (Some(word), Some((_, following))) = (word, ended) else { break };
        let continues =
            before.trim().is_empty() && open.as_ref().is_some_and(|it| it.0.eq_ignore_ascii_case(charset));
        match &mut open {
            Some((_, bytes)) if continues => bytes.extend(word),
            _ => {
                close(&mut open, &mut text);
                text.push_str(before);
                open = Some((charset, word));
            }
        }
        rest = following;
    }
    close(&mut open, &mut text);
    text + rest
}

fn people(address: &Address<'_>) -> String {
    let person = |it: &mail_parser::Addr<'_>| match (it.name(), it.address()) {
        (Some(name), Some(address)) if name != address => format!("{name} <{address}>"),
        (name, address) => address.or(name).unwrap_or_default().to_owned(),
    };
    address.iter().map(person).collect::<Vec<_>>().join("; ")
}

/// The texts of the body that are not blank: the plain ones, the pages, and those pages that stand for plain ones.
fn texts(message: &Message<'_>, raw: &[u8]) -> (Vec<String>, Vec<String>, Vec<String>) {
    let of = |ids: &mut dyn Iterator<Item = &u32>, html: bool| {
        let parts = ids.filter_map(|it| message.part(*it)).filter(|it| it.is_text_html() == html);
        parts.map(|it| text(it, raw)).filter(|it| !it.trim().is_empty()).collect::<Vec<_>>()
    };
    let others = message.html_body.iter().filter(|it| !message.text_body.contains(it));
    let plain = of(&mut message.text_body.iter(), false);
    (plain, of(&mut message.html_body.iter(), true), of(&mut { others }, true))
}

/// The charset a part declares. That of old programs for everything is none: what is not ASCII is not in it.
fn charset(part: &MessagePart<'_>) -> Option<&'static Encoding> {
    let label = part.content_type()?.attribute("charset")?;
    Encoding::for_label(label.as_bytes()).filter(|_| !label.eq_ignore_ascii_case("us-ascii"))
}

/// The text of a part, decoded anew where nothing was declared or what was declared lost some of it.
fn text(part: &MessagePart<'_>, raw: &[u8]) -> String {
    let text = match &part.body {
        PartType::Text(text) | PartType::Html(text) => text.as_ref(),
        _ => return String::new(),
    };
    let charset = charset(part);
    if text.is_ascii() || charset.is_some() && !text.contains(LOST) {
        return text.to_owned();
    }
    match bytes(part, raw) {
        Some(bytes) => decoded(&bytes, charset),
        None => text.to_owned(),
    }
}

/// The bytes of a part as they were before they were packed for the way.
fn bytes(part: &MessagePart<'_>, raw: &[u8]) -> Option<Vec<u8>> {
    let span = usize::try_from(part.offset_body).ok()?..usize::try_from(part.offset_end).ok()?;
    let packed = raw.get(span)?;
    match part.encoding {
        Transfer::None => Some(packed.to_vec()),
        Transfer::Base64 => base64_decode(packed),
        Transfer::QuotedPrintable => quoted_printable_decode(packed),
    }
}

fn enclosure(message: &Message<'_>, part: &MessagePart<'_>, raw: &[u8], n: usize) -> Enclosure {
    let content = match &part.body {
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes.to_vec(),
        // As sent: a text in GBK stays one.
        PartType::Text(text) | PartType::Html(text) => {
            bytes(part, raw).unwrap_or_else(|| text.as_bytes().to_vec())
        }
        PartType::Message(inner) if part.encoding != Transfer::None => inner.raw_message.to_vec(),
        PartType::Message(_) | PartType::Multipart(_) => bytes(part, raw).unwrap_or_default(),
    };
    let name = given_name(message, part, raw).unwrap_or_else(|| own_name(part, &content, n));
    Enclosure { name: file_name(&name), bytes: content }
}

/// The name a part is given, in its own encoding where it was not packed for the way.
fn given_name(message: &Message<'_>, part: &MessagePart<'_>, raw: &[u8]) -> Option<String> {
    let name = part.attachment_name().filter(|it| !it.trim().is_empty())?;
    let span = usize::try_from(part.offset_header).ok()?..usize::try_from(part.offset_body).ok()?;
    let headers = raw.get(span)?;
    let at = headers.windows(5).position(|it| it == b"name=");
    let after = at.and_then(|it| headers.get(it + 5..)).unwrap_or_default();
    let own = match after.strip_prefix(b"\"") {
        Some(quoted) => quoted.split(|it| *it == b'"').next(),
        None => after.split(|it| matches!(it, b';' | b'\r' | b'\n')).next(),
    };
    let declared = message.parts.iter().find_map(charset);
    Some(own.and_then(|it| anew(it, name, declared)).unwrap_or_else(|| name.to_owned()))
}

fn own_name(part: &MessagePart<'_>, content: &[u8], n: usize) -> String {
    let subject = if part.is_message() { subject(content) } else { String::new() };
    let kind = part.content_type().map(|it| (it.ctype(), it.subtype().unwrap_or("bin")));
    let ending = match (part.is_message(), kind) {
        (true, _) => "eml",
        (_, None | Some(("text", "plain"))) => "txt",
        (_, Some((_, "octet-stream"))) => "bin",
        (_, Some(("image", "jpeg"))) => "jpg",
        (_, Some((_, subtype))) if subtype.len() <= 5 => subtype,
        _ => "bin",
    };
    if subject.trim().is_empty() { format!("附件{n}.{ending}") } else { format!("{subject}.{ending}") }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use encoding_rs::GBK;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_cut_in_the_middle_of_a_character_are_joined() {
        let bytes = GBK.encode("关于报送学雷锋活动材料的通知").0;
        for cut in 1..bytes.len() {
            let words =
                [&bytes[..cut], &bytes[cut..]].map(|it| format!("=?GB2312?B?{}?=", STANDARD.encode(it)));
            let mail = format!("Subject: {}\r\n {}\r\nFrom: a@b\r\n\r\ntext", words[0], words[1]);
            assert_eq!(subject(mail.as_bytes()), "关于报送学雷锋活动材料的通知", "{cut}");
        }
        assert_eq!(rejoined("Re: =?utf-8?Q?=E6=96=87_a?= b =?x?B?"), "Re: 文 a b =?x?B?");
    }

    #[test]
    fn names_in_their_own_encoding_are_read() {
        let head = "From: a@b\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n";
        let name = "Content-Type: application/zip\r\nContent-Disposition: attachment; filename=\"志愿服务材料.zip\"\r\n\r\nPK\r\n--b--\r\n";
        let mail = [head.as_bytes(), GBK.encode(name).0.as_ref()].concat();
        let letter = read(&mail).unwrap();
        assert_eq!(letter.enclosures[0].name, "志愿服务材料.zip");
        assert!(letter.text().ends_with("text\n"), "{}", letter.text());
    }

    #[test]
    fn a_few_characters_of_another_encoding_are_read_as_such() {
        // In GBK these are UTF-8 as well, of letters nobody writes here.
        for declared in ["", "; charset=us-ascii", "; charset=gb2312"] {
            let head = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n";
            let body = format!("Content-Type: text/plain{declared}\r\n\r\n通知\r\n--b\r\n");
            let file = "Content-Type: application/zip; name=\"学习.zip\"\r\n\r\nPK\r\n--b--\r\n";
            let mail = format!("From: a@b\r\nMIME-Version: 1.0\r\nSubject: 图片\r\n{head}{body}{file}");
            let utf_8 = Some(mail.as_bytes()).filter(|_| !declared.contains("gb"));
            for written in utf_8.into_iter().chain([GBK.encode(&mail).0.as_ref()]) {
                let letter = read(written).unwrap();
                let text = letter.text();
                assert_eq!(
                    (letter.subject.as_str(), text.lines().last()),
                    ("图片", Some("通知")),
                    "{declared}"
                );
                assert_eq!(letter.enclosures[0].name, "学习.zip", "{declared}");
            }
        }
    }

    #[test]
    fn a_page_that_says_more_than_the_text_beside_it_is_read() {
        let mail = |plain: &str, page: &str| {
            let head =
                "From: a@b\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n";
            let part = |kind: &str, it: &str| {
                format!("--b\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n{it}\r\n")
            };
            read(format!("{head}{}{}--b--\r\n", part("plain", plain), part("html", page)).as_bytes()).unwrap()
        };
        let page = "<p>名单如下：</p><table><tr><td>教育局</td></tr></table>";
        let more = mail("请以网页查看", page);
        assert!(matches!(&more.body, Body::Html(it) if it.contains("教育局")), "{:?}", more.body);
        assert!(more.text().ends_with("请以网页查看\n") && more.enclosures.is_empty());
        let same = mail("名单如下：\r\n教育局", page);
        assert!(matches!(&same.body, Body::Plain(_)) && same.enclosures.is_empty(), "{:?}", same.body);
    }

    #[test]
    fn those_who_got_it_unseen_are_named() {
        let letter = read(b"From: a@b\r\nTo: c@d\r\nBcc: e@f\r\n\r\ntext").unwrap();
        assert!(letter.text().contains("密送：e@f\n"), "{}", letter.text());
    }

    #[test]
    fn a_page_without_a_boundary_is_found() {
        let head =
            "From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type=\"text/html\"\r\n";
        let whole = page(format!("{head}\r\n<html><body>文明</body></html>").as_bytes()).unwrap();
        assert!(whole.contains("<body>文明"), "{whole}");
        assert_eq!(page(head.as_bytes()).as_deref(), Some(""));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_mail_or_none(bytes in prop::collection::vec(any::<u8>(), 0..200), header in "[ -~\r\n]{0,120}") {
            read(&bytes);
            rejoined(&header);
            read(format!("Subject: {header}\r\n\r\n").as_bytes());
            page(&bytes);
        }
    }
}
