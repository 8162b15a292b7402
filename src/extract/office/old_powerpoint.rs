//! PowerPoint 4 (1994): one stream of records, in which a text stands between two counts of its bytes.

use std::io::{Read, Seek};

use office_oxide::cfb::CfbReader;

use crate::extract::found::{Found, Trouble};
use crate::extract::text::Text;
use crate::intake::encoding;

/// The stream that holds the presentation.
pub(in crate::extract) const STREAM: &str = "PP40";

/// Bytes of one text at most.
const LONGEST: usize = 16 << 10;

pub(in crate::extract) fn read(input: impl Read + Seek, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let stream = CfbReader::new(input).and_then(|mut it| it.open_stream(STREAM));
    let stream = stream.map_err(|_| Trouble::Corrupt("复合文档结构不完整".into()))?;
    let texts = texts(&stream).join(&b'\r');
    text.push(&encoding::decode(&texts, None).replace('\r', "\n"))?;
    Ok(Found::default())
}

/// The texts of a stream: after a 1 of two bytes the count, the text, and within eight bytes the count again.
fn texts(stream: &[u8]) -> Vec<&[u8]> {
    let mut res = Vec::new();
    let mut at = next(stream);
    while let Some([1, 0, count @ ..]) = stream.get(at..at + 6) {
        match <[u8; 4]>::try_from(count).ok().and_then(|count| text_at(stream, at + 6, count)) {
            Some(text) => {
                res.push(text);
                at += 6 + text.len();
            }
            None => at += 1,
        }
        at += next(stream.get(at..).unwrap_or_default());
    }
    res
}

/// How far it is to the next 1 of two bytes.
fn next(rest: &[u8]) -> usize {
    rest.windows(2).position(|it| it == [1, 0]).unwrap_or(rest.len())
}

fn text_at(stream: &[u8], start: usize, count: [u8; 4]) -> Option<&[u8]> {
    let n = usize::try_from(u32::from_le_bytes(count)).ok().filter(|it| (1..=LONGEST).contains(it))?;
    let text = stream.get(start..start.checked_add(n)?)?;
    let is_text = text.iter().all(|it| *it >= b' ' || b"\t\n\x0b\r".contains(it));
    let after = stream.get(start + n..)?;
    let again = after.get(..after.len().min(8))?.windows(4).any(|it| it == count);
    (is_text && again).then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_stands_between_its_counts() {
        let mut stream = b"\xff\x01\0\x09\0\0\0Answer 19O\x0c\0\x09\0\0\0\x10\0".to_vec();
        stream.extend(b"\x01\0\x04\0\0\0\xd1\xa7\xcf\xb0\x0c\0\x04\0\0\0\x01\0\x03\0\0\0abc");
        assert_eq!(texts(&stream), [b"Answer 19".as_slice(), b"\xd1\xa7\xcf\xb0"]);
        assert_eq!(texts(b""), Vec::<&[u8]>::new());
    }

    proptest! {
        #[test]
        fn any_stream_ends(stream in proptest::collection::vec(prop_oneof![Just(0_u8), Just(1), any::<u8>()], 0..400)) {
            prop_assert!(texts(&stream).iter().all(|it| !it.is_empty()));
        }
    }
}
