//! The encoding of texts that name none or a wrong one, as Chinese offices write them.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::intake::names;

/// Decodes text: by its byte order mark, as strict UTF-8, as declared, else by its statistics. No country is hinted:
/// the hint `cn` loses every Big5 text.
pub fn decode(bytes: &[u8], declared: Option<&'static Encoding>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    if let Some(encoding) = wide(bytes) {
        return encoding.decode_without_bom_handling(bytes).0.into_owned();
    }
    if let Some(best) = of_a_few(bytes) {
        let encoding = declared.filter(|it| best != UTF_8 && reads(it, bytes)).unwrap_or(best);
        return encoding.decode_without_bom_handling(bytes).0.into_owned();
    }
    // A text cut in the middle of a character is UTF-8 all the same.
    let valid = |error: &std::str::Utf8Error| error.error_len().is_none();
    if std::str::from_utf8(bytes).as_ref().err().is_none_or(valid) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    if let Some(encoding) = declared.filter(|it| *it != UTF_8) {
        return encoding.decode_without_bom_handling(bytes).0.into_owned();
    }
    let encoding = guess(bytes);
    // Joined from files of several encodings, it is like none of them, and each line is like one.
    let foreign =
        !encoding.is_single_byte() || bytes.iter().filter(|it| !it.is_ascii()).count() * 4 < bytes.len();
    if foreign {
        return encoding.decode_without_bom_handling(bytes).0.into_owned();
    }
    let lines = bytes.split_inclusive(|it| *it == b'\n');
    lines.map(|it| guess(it).decode_without_bom_handling(it).0).collect()
}

/// Returns whether an encoding has a character for all of some bytes.
pub fn reads(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).is_some()
}

/// The encoding of a few characters, of which statistics know nothing: that in which they read best as a name would.
/// 通知 and 学习 in GBK happen to be UTF-8 too, of letters nobody writes here.
fn of_a_few(bytes: &[u8]) -> Option<&'static Encoding> {
    const FEW: usize = 64;
    let accented = |c| ('\u{c0}'..='\u{17f}').contains(&c);
    let european = || std::str::from_utf8(bytes).is_ok_and(|it| it.chars().any(accented));
    let few = bytes.len() <= FEW && !bytes.is_ascii() && is_in_pairs(bytes) && !european();
    few.then(|| names::encoding_of(std::iter::once(bytes)))
}

/// Guesses an encoding by statistics. Of a few characters they know nothing and take GBK for Turkish; words in a script
/// of single bytes are of odd length half the time, those of GB/T 2312 never.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guessed = detector.guess(None, Utf8Detection::Allow);
    if guessed.is_single_byte() && is_in_pairs(bytes) { GB18030 } else { guessed }
}

/// Whether all that is not ASCII could be characters of GB/T 2312, two bytes each.
fn is_in_pairs(bytes: &[u8]) -> bool {
    let is_char = |it: &[u8]| matches!(it, [0xA1..=0xF7, 0xA1..=0xFE]);
    bytes.split(u8::is_ascii).all(|word| word.chunks(2).all(is_char))
}

/// Tells UTF-16 that has no mark: its line ends, blanks and digits have a zero on one side, and nothing in it is a
/// control character or for private use. 0 is left out, for U+3000 has its byte.
pub fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(8 << 10))?;
    let pairs = || head.chunks_exact(2).filter_map(|it| <[u8; 2]>::try_from(it).ok());
    let count = |of: fn([u8; 2]) -> u16| {
        pairs().filter(|it| matches!(of(*it), 0x09 | 0x0A | 0x0D | 0x20 | 0x2C..=0x2F | 0x31..=0x3A)).count()
    };
    let (low, high) = (count(u16::from_le_bytes), count(u16::from_be_bytes));
    let (encoding, of): (_, fn([u8; 2]) -> u16) = match low > high {
        true => (UTF_16LE, u16::from_le_bytes),
        false => (UTF_16BE, u16::from_be_bytes),
    };
    let is_sound = char::decode_utf16(pairs().map(of)).all(|it| match it {
        Ok('\t' | '\n' | '\r') => true,
        Ok(c) => !c.is_control() && !('\u{E000}'..='\u{F8FF}').contains(&c),
        // The second half of a pair may lie beyond.
        Err(half) => half.unpaired_surrogate() < 0xDC00 && head.len() < bytes.len(),
    });
    (is_sound && low.max(high) * 50 > pairs().count() && low.min(high) * 10 < low.max(high))
        .then_some(encoding)
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, GBK, UTF_16LE};

    use super::*;

    const SIMPLE: &str =
        "关于开展道德讲堂活动的通知\n各责任单位:为深入推进文明城市创建工作,现将有关事项通知如下。";
    const FULL: &str =
        "關於開展道德講堂活動的通知\n各責任單位:為深入推進文明城市創建工作,現將有關事項通知如下。";

    #[test]
    fn a_few_characters_are_read_as_well() {
        for text in [
            "内容 3",
            "通知",
            "名单.",
            "志愿服务 12 人",
            "学习",
            "图片 2",
            "已完成",
            "王芳\t138\n李明\t139\n",
        ] {
            assert_eq!(decode(&GBK.encode(text).0, None), text);
        }
        for text in ["Présenté à l'école d'été", "Übergrößenträger für Müller", "señor Muñoz, año 2017"]
        {
            assert_eq!(decode(&encoding_rs::WINDOWS_1252.encode(text).0, None), text);
        }
        let russian = "Документы о подготовке города к проверке, список участников и ответственных.";
        assert_eq!(decode(&encoding_rs::WINDOWS_1251.encode(russian).0, None), russian);
    }

    #[test]
    fn every_encoding_of_the_offices_is_read() {
        for encoding in [GBK, GB18030, UTF_8] {
            assert_eq!(decode(&encoding.encode(SIMPLE).0, None), SIMPLE, "{}", encoding.name());
        }
        assert_eq!(decode(&BIG5.encode(FULL).0, None), FULL);
        let mut wide = vec![0xFF, 0xFE];
        wide.extend(SIMPLE.encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(decode(&wide, Some(UTF_16LE)), SIMPLE);
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let wide: Vec<u8> = SIMPLE.encode_utf16().flat_map(bytes).collect();
            assert_eq!(decode(&wide, None), SIMPLE);
        }
        assert_eq!(decode("\u{FEFF}文明".as_bytes(), None), "文明");
        assert_eq!(decode(b"", None), "");
    }

    #[test]
    fn lines_of_several_encodings_are_read_each_in_its_own() {
        let joined = [SIMPLE.as_bytes(), b"\n", &GBK.encode(SIMPLE).0, b"\n", &BIG5.encode(FULL).0].concat();
        assert_eq!(decode(&joined, None), format!("{SIMPLE}\n{SIMPLE}\n{FULL}"));
    }

    #[test]
    fn zeros_alone_make_no_wide_text() {
        assert_eq!(wide(&[0; 100]), None);
        assert_eq!(wide(b"a,b\0c,\0\0d\r\n"), None);
        assert_eq!(wide(b"plain words"), None);
        assert_eq!(wide(b""), None);
    }

    #[test]
    fn a_declaration_decides_where_statistics_would_not() {
        for text in ["党建", "通知", "学习"] {
            assert_eq!(decode(&GBK.encode(text).0, Some(GBK)), text);
        }
        // UTF-8 that looks like pairs of GBK is not taken for what it is said to be.
        assert_eq!(decode("精精".as_bytes(), Some(GBK)), "精精");
        // A wrong declaration of UTF-8 is not believed.
        assert_eq!(decode(&GBK.encode(SIMPLE).0, Some(UTF_8)), SIMPLE);
    }
}
