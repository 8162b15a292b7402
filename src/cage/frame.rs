//! The wire between child and keeper: one byte of kind, four of length (little endian), the payload.

use std::io::{self, Read, Write};

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Note = 1,
    Bytes = 2,
    End = 3,
    Refusal = 4,
}

/// No frame is longer; a length beyond it is not ours.
pub(super) const LONGEST: u32 = 16 << 20;

/// Writes one frame in one piece.
pub(super) fn write(to: &mut impl Write, kind: Kind, payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(payload.len()).ok().filter(|n| *n <= LONGEST);
    let length = length.ok_or_else(|| io::Error::other("a frame is too long"))?;
    let mut frame = Vec::with_capacity(5 + payload.len());
    frame.push(kind as u8);
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(payload);
    to.write_all(&frame)?;
    to.flush()
}

/// Reads one frame; `None` at the end of the stream, even in the middle of a frame, for that is how a death looks.
pub(super) fn read(from: &mut impl Read) -> io::Result<Option<(Kind, Vec<u8>)>> {
    let mut head = [0; 5];
    if !fill(from, &mut head)? {
        return Ok(None);
    }
    let kind = match head[0] {
        1 => Kind::Note,
        2 => Kind::Bytes,
        3 => Kind::End,
        4 => Kind::Refusal,
        _ => return Err(io::Error::other("the child sent what is not a frame")),
    };
    let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
    if length > LONGEST {
        return Err(io::Error::other("the child announced a frame that is too long"));
    }
    let mut payload = vec![0; length as usize];
    Ok(fill(from, &mut payload)?.then_some((kind, payload)))
}

fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match from.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_and_deaths_are_ends() {
        let mut wire = Vec::new();
        write(&mut wire, Kind::Note, b"{}").unwrap();
        write(&mut wire, Kind::End, b"").unwrap();
        let mut from = wire.as_slice();
        assert_eq!(read(&mut from).unwrap(), Some((Kind::Note, b"{}".to_vec())));
        assert_eq!(read(&mut from).unwrap(), Some((Kind::End, vec![])));
        assert_eq!(read(&mut from).unwrap(), None);
        assert_eq!(read(&mut &wire[..6]).unwrap(), None);
        assert!(read(&mut [9, 0, 0, 0, 0].as_slice()).is_err());
        assert!(read(&mut [1, 255, 255, 255, 255].as_slice()).is_err());
    }
}
