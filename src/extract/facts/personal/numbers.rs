//! What makes a number that of a person: an identity card, a mobile phone, a bank card.

/// The provinces of GB/T 2260, Hong Kong, Macao and Taiwan with the numbers of their residents.
const PROVINCES: &[u32] = &[
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54,
    61, 62, 63, 64, 65, 71, 81, 82, 83,
];

/// An identity number: province, day of birth, check digit (GB 11643-1999, ISO 7064 MOD 11-2). Those of foreign
/// residents begin with a 9 and hold a country where others hold a county.
pub(super) fn is_identity(run: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    if run.len() != 18 || !run[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 =
        run.iter().zip(WEIGHTS).map(|(b, weight)| u32::from(b.saturating_sub(b'0')) * weight).sum();
    let check = b"10X98765432"[(sum % 11) as usize];
    let year = number(run, 6, 10);
    (run.starts_with(b"9") || PROVINCES.contains(&number(run, 0, 2)))
        && (1900..2100).contains(&year)
        && is_day(year, number(run, 10, 12), number(run, 12, 14))
        && run.last() == Some(&check)
}

/// An identity number as given before 1999: county, day of birth without its century, the number of the day. Nothing
/// checks it, so that it is held against the counties there can be and the years of people who are alive.
pub(super) fn is_old_identity(run: &[u8]) -> bool {
    run.len() == 15
        && run.iter().all(u8::is_ascii_digit)
        && PROVINCES.contains(&number(run, 0, 2))
        && matches!(number(run, 2, 4), 1..=70 | 90)
        && number(run, 4, 6) > 0
        && number(run, 6, 8) >= 20
        && is_day(1900 + number(run, 6, 8), number(run, 8, 10), number(run, 10, 12))
        && number(run, 12, 15) > 0
}

/// A mobile number, without the code of the country.
pub(super) fn is_mobile(run: &[u8]) -> bool {
    run.len() == 11 && matches!(run, [b'1', b'3'..=b'9', ..]) && run.iter().all(u8::is_ascii_digit)
}

/// A bank card of China UnionPay: it begins with 62 and holds the check of Luhn (ISO/IEC 7812).
pub(super) fn is_card(run: &[u8]) -> bool {
    let doubled = run.iter().rev().enumerate().map(|(n, b)| {
        let digit = u32::from(b.saturating_sub(b'0'));
        if n % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit }
    });
    (16..=19).contains(&run.len())
        && run.starts_with(b"62")
        && run.iter().all(u8::is_ascii_digit)
        && doubled.sum::<u32>() % 10 == 0
}

fn number(run: &[u8], from: usize, to: usize) -> u32 {
    let digits = run.get(from..to).unwrap_or_default();
    digits.iter().fold(0, |sum, b| sum * 10 + u32::from(b.saturating_sub(b'0')))
}

fn is_day(year: u32, month: u32, day: u32) -> bool {
    let part = |it: u32| i8::try_from(it).unwrap_or_default();
    i16::try_from(year).is_ok_and(|it| jiff::civil::Date::new(it, part(month), part(day)).is_ok())
}
