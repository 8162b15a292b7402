//! The compressed rich text of Outlook ([MS-OXRTFCP]).

/// What the window holds before the first byte ([MS-OXRTFCP] 2.1.2.1).
const BEGINNING: &[u8] =
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \
\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \
\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

const WINDOW: usize = 4096;

/// Unpacks rich text; none where it is none. What breaks off is given as far as it goes.
pub(super) fn unpacked(packed: &[u8]) -> Option<Vec<u8>> {
    const LARGEST: usize = 64 << 20;
    let (header, rest) = packed.split_at_checked(16)?;
    let raw_size = u32::from_le_bytes(header.get(4..8)?.try_into().ok()?);
    let size = usize::try_from(raw_size).ok()?.min(LARGEST);
    match header.get(8..12)? {
        b"MELA" => return rest.get(..size.min(rest.len())).map(<[u8]>::to_vec),
        b"LZFu" => {}
        _ => return None,
    }
    let mut window = [0; WINDOW];
    window.get_mut(..BEGINNING.len())?.copy_from_slice(BEGINNING);
    let (mut at, mut text) = (BEGINNING.len(), Vec::new());
    let mut bytes = rest.iter().copied();
    // A bit each for eight things that follow: a byte as it is, or a place in the window and a length.
    while let Some(mut control) = bytes.next() {
        for _ in 0..8 {
            let copied = control & 1 == 1;
            control >>= 1;
            let Some(first) = bytes.next() else { return Some(text) };
            if !copied {
                put(&mut window, &mut at, &mut text, first);
                continue;
            }
            let Some(second) = bytes.next() else { return Some(text) };
            let pair = usize::from(u16::from_be_bytes([first, second]));
            let (from, n) = (pair >> 4, (pair & 15) + 2);
            if from == at || text.len() >= size {
                return Some(text);
            }
            for step in 0..n {
                let byte = window.get((from + step) % WINDOW).copied()?;
                put(&mut window, &mut at, &mut text, byte);
            }
        }
    }
    Some(text)
}

fn put(window: &mut [u8; WINDOW], at: &mut usize, text: &mut Vec<u8>, byte: u8) {
    if let Some(place) = window.get_mut(*at) {
        *place = byte;
    }
    *at = (*at + 1) % WINDOW;
    text.push(byte);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification_unpack() {
        // [MS-OXRTFCP] 4.1.1 and 4.1.2
        let simple = b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125B\x32\x0a\xf3 hel\x09\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0";
        assert_eq!(unpacked(simple).unwrap(), b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        let crossing = b"\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4\x4b\x51\x41\0\x04\x20WXYZ\x0d\x6e\x7d\x01\x0e\xb0";
        assert_eq!(unpacked(crossing).unwrap(), b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
        assert_eq!(unpacked(b"short"), None);
        assert_eq!(BEGINNING.len(), 207);
    }
}
