//! Numbers as they are written: groups of digits, with a gap between one and the next.

/// Digits that stand together, with the X an identity number may end in.
pub(super) struct Group<'a> {
    pub(super) digits: &'a [u8],
    /// Where it begins and ends, in bytes.
    pub(super) at: (usize, usize),
    /// What parts it from the group before it.
    pub(super) gap: Gap,
    /// Whether a number may begin here: no letter, point or address touches it.
    pub(super) begins: bool,
    /// Whether a number may end here.
    pub(super) ends: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Words or signs: what comes after is another number.
    Apart,
    /// Spaces or a dash.
    Close,
    /// The end of a cell or line.
    Cell,
}

/// How many digits a mobile number has.
const WHOLE: usize = 11;

/// Returns the groups of a text in order.
pub(super) fn groups(text: &str) -> Vec<Group<'_>> {
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(b' ');
    let (mut res, mut at) = (Vec::<Group<'_>>::new(), 0);
    while at < bytes.len() {
        let n_digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let n_signs = n_digits + usize::from(is_last(bytes, at + n_digits));
        if n_signs == 0 {
            at += 1;
            continue;
        }
        let (start, end) = (at, at + n_signs);
        let before = |n: usize| start.checked_sub(n).map_or(b' ', byte);
        // `张某/138…` is the number of somebody; `photo/138…` is part of an address.
        let joined = b"-_/=".contains(&before(1)) && before(2).is_ascii();
        // One of two parted by a point; else a point is part of a number.
        let own = n_digits == WHOLE && before(1) == b'.';
        let second = own && res.last().is_some_and(|it| it.digits.len() == WHOLE && it.at.1 + 1 == start);
        let behind = bytes[end..].iter().skip(1).take_while(|b| b.is_ascii_digit()).take(WHOLE + 1).count();
        let first = n_digits == WHOLE && behind == WHOLE;
        res.push(Group {
            digits: &bytes[start..end],
            at: (start, end),
            gap: res.last().map_or(Gap::Apart, |it| gap(&bytes[it.at.1..start], it.digits)),
            begins: !(before(1).is_ascii_alphanumeric()
                || before(1) == b'*'
                || (before(1) == b'.' && !second)
                || joined),
            ends: !(byte(end).is_ascii_alphanumeric()
                || b"*_".contains(&byte(end))
                || (byte(end) == b'.' && byte(end + 1).is_ascii_digit() && !first)),
        });
        at = end;
    }
    res
}

/// Whether an X stands here that is no part of a word.
fn is_last(bytes: &[u8], at: usize) -> bool {
    let is_letter = |at: Option<usize>| {
        at.and_then(|it| bytes.get(it)).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
    };
    bytes.get(at).is_some_and(|b| b"Xx".contains(b))
        && !is_letter(at.checked_sub(1))
        && !is_letter(Some(at + 1))
}

fn gap(between: &[u8], before: &[u8]) -> Gap {
    const MOST: usize = 4;
    let n = |signs: &[u8]| between.iter().filter(|b| signs.contains(b)).count();
    let (n_dashes, n_cells) = (n(b"-"), n(b"\t\n|"));
    if between == b")" || between == b") " {
        // `(+86)138…`, but `(1) 2017`.
        return if matches!(before, b"86" | b"0086") { Gap::Close } else { Gap::Apart };
    }
    if between.len() > MOST || n(b" \r") + n_dashes + n_cells < between.len() {
        return Gap::Apart;
    }
    match (n_dashes, n_cells) {
        (0 | 1, 0) => Gap::Close,
        (0, 1) => Gap::Cell,
        _ => Gap::Apart,
    }
}
