//! Plain text in any encoding Chinese offices use.

use std::fs::File;
use std::io::Read;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

use crate::extract::child::{Found, Trouble};
use crate::extract::text::Text;

/// Longer text is cut: it is a log or a dump, and nobody's document.
const LONGEST: u64 = 48 << 20;

pub(super) fn read(input: File, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let (bytes, cut) = bytes(input)?;
    text.push(&decode(&bytes, None))?;
    let missing = cut.then(|| format!("只读取了前 {} MiB", LONGEST >> 20));
    Ok(Found { missing, ..Found::default() })
}

/// Reads the file up to the limit; says whether there was more.
pub(super) fn bytes(input: File) -> Result<(Vec<u8>, bool), Trouble> {
    let mut bytes = Vec::new();
    input.take(LONGEST + 1).read_to_end(&mut bytes)?;
    let cut = bytes.len() as u64 > LONGEST;
    bytes.truncate(usize::try_from(LONGEST).unwrap_or(usize::MAX));
    Ok((bytes, cut))
}

/// Decodes text: by its byte order mark, as strict UTF-8, as declared, else by its statistics. No country is hinted:
/// the hint `cn` loses every Big5 text.
pub(super) fn decode(bytes: &[u8], declared: Option<&'static Encoding>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    // A text cut in the middle of a character is UTF-8 all the same.
    let valid = |error: &std::str::Utf8Error| error.error_len().is_none();
    if std::str::from_utf8(bytes).as_ref().err().is_none_or(valid) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let encoding = declared.filter(|it| *it != UTF_8).unwrap_or_else(|| {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(bytes, true);
        detector.guess(None, Utf8Detection::Allow)
    });
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, GB18030, GBK, UTF_16LE};

    use super::*;

    const SIMPLE: &str =
        "关于开展道德讲堂活动的通知\n各责任单位:为深入推进文明城市创建工作,现将有关事项通知如下。";
    const FULL: &str =
        "關於開展道德講堂活動的通知\n各責任單位:為深入推進文明城市創建工作,現將有關事項通知如下。";

    #[test]
    fn every_encoding_of_the_offices_is_read() {
        for encoding in [GBK, GB18030, UTF_8] {
            assert_eq!(decode(&encoding.encode(SIMPLE).0, None), SIMPLE, "{}", encoding.name());
        }
        assert_eq!(decode(&BIG5.encode(FULL).0, None), FULL);
        let mut wide = vec![0xFF, 0xFE];
        wide.extend(SIMPLE.encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(decode(&wide, Some(UTF_16LE)), SIMPLE);
        assert_eq!(decode("\u{FEFF}文明".as_bytes(), None), "文明");
        assert_eq!(decode(b"", None), "");
    }

    #[test]
    fn a_declaration_decides_where_statistics_would_not() {
        let short = GBK.encode("党建").0;
        assert_eq!(decode(&short, Some(GBK)), "党建");
        // A wrong declaration of UTF-8 is not believed.
        assert_eq!(decode(&GBK.encode(SIMPLE).0, Some(UTF_8)), SIMPLE);
    }
}
