//! XML as a row of marks, forgiving what writers get wrong.

use std::borrow::Cow;

use encoding_rs::Encoding;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::extract::found::Trouble;
use crate::intake::encoding;

/// One mark of an XML text. Names are without their prefix.
pub(super) enum Mark<'a> {
    Open(Tag<'a>),
    Words(Cow<'a, str>),
    Close(&'a str),
}

/// The beginning of an element.
pub(super) struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    pub(super) fn name(&self) -> &str {
        local(self.0.name().into_inner())
    }

    /// Returns an attribute by its name without prefix.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.html_attributes();
        let value =
            attributes.with_checks(false).flatten().find(|it| local(it.key.into_inner()) == name)?.value;
        // A value that cannot be unescaped is taken as it stands.
        Some(quick_xml::escape::unescape(&value).map_or_else(|_| value.to_string(), Cow::into_owned))
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |it| it.1)
}

/// Shows every mark in order. Where the text stops being XML it stops, and says why; what was seen before stands.
pub(super) fn marks(
    xml: &str,
    mut see: impl FnMut(Mark<'_>) -> Result<(), Trouble>,
) -> Result<Option<String>, Trouble> {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => see(Mark::Open(Tag(tag)))?,
            Ok(Event::Empty(tag)) => {
                let name = tag.name().into_inner().to_owned();
                see(Mark::Open(Tag(tag)))?;
                see(Mark::Close(local(&name)))?;
            }
            Ok(Event::End(tag)) => see(Mark::Close(local(tag.name().into_inner())))?,
            Ok(Event::Text(words)) => see(Mark::Words(words.xml10_content()))?,
            Ok(Event::CData(words)) => see(Mark::Words(words.xml10_content()))?,
            Ok(Event::GeneralRef(entity)) => {
                let character = entity.resolve_char_ref().ok().flatten();
                let named = quick_xml::escape::resolve_predefined_entity(&entity);
                match (character, named) {
                    (Some(c), _) => see(Mark::Words(c.to_string().into()))?,
                    (_, Some(words)) => see(Mark::Words(words.into()))?,
                    // An entity of a document type we do not read.
                    _ => {}
                }
            }
            Ok(Event::Eof) => return Ok(None),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Err(e) => return Ok(Some(e.to_string())),
        }
    }
}

/// Decodes the bytes of an XML text in the encoding it declares.
pub(super) fn decode(bytes: &[u8]) -> String {
    let head = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes));
    let declared = head.split_once("encoding").and_then(|(_, rest)| {
        let label = rest.trim_start_matches([' ', '=', '"', '\'']);
        Encoding::for_label(label.split(['"', '\'']).next()?.as_bytes())
    });
    encoding::decode(bytes, declared)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(xml: &str) -> (String, bool) {
        let mut res = String::new();
        let broken = marks(xml, |mark| {
            match mark {
                Mark::Open(tag) => res.push_str(&format!("<{} {:?}>", tag.name(), tag.get("a"))),
                Mark::Words(words) => res.push_str(&words),
                Mark::Close(name) => res.push_str(&format!("</{name}>")),
            }
            Ok(())
        });
        (res, broken.is_ok_and(|it| it.is_some()))
    }

    #[test]
    fn what_writers_get_wrong_is_forgiven() {
        let whole = shown("<x:甲 x:a='&lt;1'>a&amp;b&#x6587; & &nbsp;<乙/><![CDATA[<c>]]></x:丙>");
        assert_eq!(whole, ("<甲 Some(\"<1\")>a&b文 & <乙 None></乙><c></丙>".into(), false));
        assert_eq!(shown("<a>文明<b").0, "<a None>文明");
        assert!(shown("<a>文明<b").1);
    }

    #[test]
    fn the_declared_encoding_is_used() {
        let text = "<?xml version=\"1.0\" encoding=\"GB2312\"?><a>党建</a>";
        assert_eq!(decode(&encoding_rs::GBK.encode(text).0), text);
    }
}
