//! Personal data in a text: told by how many there are and a masked example, never by the data.

use crate::domain::finding::{Code, Finding};
use crate::extract::facts::seen;

/// Returns W13 where the text holds identity numbers, mobile numbers or bank cards.
pub(super) fn personal(text: &str) -> Option<Finding> {
    found(text, true)
}

/// As [`personal`] for a file name, in which a long number is a time rather than a card.
pub(super) fn in_name(name: &str) -> Option<Finding> {
    found(name, false)
}

fn found(text: &str, with_cards: bool) -> Option<Finding> {
    let text = &narrow(text);
    let mut found: [(&str, usize, String); 3] =
        [("身份证号", 0, String::new()), ("手机号", 0, String::new()), ("银行卡号", 0, String::new())];
    for run in runs(text) {
        let kind = match run.len() {
            18 if is_identity(&run) => 0,
            11 if is_mobile(&run) => 1,
            13 if run.starts_with(b"86") && is_mobile(&run[2..]) => 1,
            16..=19 if with_cards && is_card(&run) => 2,
            _ => continue,
        };
        let (_, n, example) = &mut found[kind];
        *n += 1;
        if example.is_empty() {
            *example = masked(run.strip_prefix(b"86").filter(|it| it.len() == 11).unwrap_or(&run));
        }
    }
    let told: Vec<String> = found
        .iter()
        .filter(|it| it.1 > 0)
        .map(|(what, n, example)| format!("{what} {n} 个，如 {example}"))
        .collect();
    (!told.is_empty()).then(|| Finding::new(Code::W13, told.join("；")))
}

/// Puts wide digits and spaces in their narrow form, and leaves out what is not seen.
fn narrow(text: &str) -> String {
    let narrowed = seen(text).map(|c| match c {
        '０'..='９' | 'Ｘ' | 'ｘ' | '－' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{a0}' | '\u{3000}' => ' ',
        _ => c,
    });
    narrowed.collect()
}

/// Returns the runs of digits that no letter or further digit touches; an X may end one, mobile and identity numbers
/// may be written in groups (`138 1234 5678`, `410901 19900307 0016`).
fn runs(text: &str) -> impl Iterator<Item = Vec<u8>> {
    let bytes = text.as_bytes();
    let is_start = |at: usize| {
        let before = |n: usize| at.checked_sub(n).and_then(|it| bytes.get(it)).copied().unwrap_or(b' ');
        // `张某/138…` is the number of somebody; `photo/138…` is part of an address.
        let joined = b"-_/=".contains(&before(1)) && before(2).is_ascii();
        bytes[at].is_ascii_digit()
            && !(before(1).is_ascii_alphanumeric() || b".*".contains(&before(1)) || joined)
    };
    (0..bytes.len()).filter(move |&at| is_start(at)).filter_map(|at| {
        let digits = |from: usize, most: usize| {
            bytes.get(from..).unwrap_or_default().iter().take(most).take_while(|b| b.is_ascii_digit()).count()
        };
        let mut end = at + digits(at, 20);
        let mut run = bytes.get(at..end)?.to_vec();
        let groups: &[usize] = match run.len() {
            3 => &[4, 4],
            6 => &[8, 4],
            _ => &[],
        };
        for &length in groups {
            let group = end + usize::from(bytes.get(end).is_some_and(|b| b" -".contains(b)));
            let n_digits = digits(group, length + 1);
            // The last of an identity number may be an X.
            if group == end || !(n_digits == length || (run.len() == 14 && n_digits == 3)) {
                return None;
            }
            run.extend(bytes.get(group..group + n_digits)?);
            end = group + n_digits;
        }
        if run.len() == 17 && bytes.get(end).is_some_and(|b| b"Xx".contains(b)) {
            run.push(b'X');
            end += 1;
        }
        let after = bytes.get(end).copied().unwrap_or(b' ');
        (!after.is_ascii_alphanumeric() && !b"*_".contains(&after)).then_some(run)
    })
}

/// An identity number: province, day of birth, check digit (GB 11643-1999, ISO 7064 MOD 11-2).
fn is_identity(run: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let number = |from: usize, to: usize| {
        run.get(from..to)
            .unwrap_or_default()
            .iter()
            .fold(0, |sum, b| sum * 10 + u32::from(b.saturating_sub(b'0')))
    };
    let sum: u32 =
        run.iter().zip(WEIGHTS).map(|(b, weight)| u32::from(b.saturating_sub(b'0')) * weight).sum();
    let check = b"10X98765432"[(sum % 11) as usize];
    (11..=82).contains(&number(0, 2))
        && (1900..=2099).contains(&number(6, 10))
        && (1..=12).contains(&number(10, 12))
        && (1..=31).contains(&number(12, 14))
        && run.last() == Some(&check)
}

fn is_mobile(run: &[u8]) -> bool {
    matches!(run, [b'1', b'3'..=b'9', ..])
}

/// A bank card of China UnionPay: it begins with 62 and holds the check of Luhn (ISO/IEC 7812).
fn is_card(run: &[u8]) -> bool {
    let doubled = run.iter().rev().enumerate().map(|(n, b)| {
        let digit = u32::from(b.saturating_sub(b'0'));
        if n % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit }
    });
    run.starts_with(b"62") && run.iter().all(u8::is_ascii_digit) && doubled.sum::<u32>() % 10 == 0
}

fn masked(run: &[u8]) -> String {
    let (head, tail) = if run.len() == 11 { (3, 2) } else { (4, 2) };
    let shown = |(n, b): (usize, &u8)| {
        if n < head || n + tail >= run.len() { char::from(*b) } else { '*' }
    };
    run.iter().enumerate().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made up: the check digits are right, the people are not.
    const IDENTITY: &str = "41090119900307001X";

    fn detail(text: &str) -> String {
        personal(text).map(|it| it.detail).unwrap_or_default()
    }

    #[test]
    fn identity_and_mobile_numbers_are_counted_and_masked() {
        assert!(is_identity(b"11010519491231002X"), "the example of the standard");
        let check = |it: &str| {
            let digits: u32 = it
                .bytes()
                .zip([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
                .map(|(b, w)| u32::from(b - b'0') * w)
                .sum();
            b"10X98765432"[(digits % 11) as usize] as char
        };
        let own = format!("{}{}", &IDENTITY[..17], check(&IDENTITY[..17]));
        let text = format!("张某 {own}，电话：13812345678；李某{own}、139 1234 5678、+86");
        let told = detail(&text);
        assert!(
            told.contains("身份证号 2 个，如 4109") && told.contains("手机号 2 个，如 138******78"),
            "{told}"
        );
        assert!(!told.contains(&own) && !told.contains("13812345678"));
        assert_eq!(detail("+8613812345678"), "手机号 1 个，如 138******78");
        assert_eq!(detail("卡号6222021001122300004"), "银行卡号 1 个，如 6222*************04");
        assert_eq!(detail("卡号6222021001122300008"), "");
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        for text in [
            "１１０１０５１９４９１２３１００２Ｘ",
            "110105 19491231 002X",
            "110105-19491231-002X",
            "110105\u{3000}19491231\u{a0}002X",
            "110105\u{200b}19491231002X",
            "张某/11010519491231002X",
            "张某-11010519491231002X",
        ] {
            assert_eq!(detail(text), "身份证号 1 个，如 1101************2X", "{text}");
        }
        for text in ["１３８１２３４５６７８", "138－1234－5678", "张某/13812345678", "电话=13812345678"]
        {
            assert_eq!(detail(text), "手机号 1 个，如 138******78", "{text}");
        }
        for text in ["photo/13812345678.jpg", "?id=13812345678", "110105 19491231 0021", "110105 19491231"] {
            assert_eq!(detail(text), "", "{text}");
        }
    }

    #[test]
    fn numbers_that_only_look_alike_are_left_alone() {
        for text in [
            "11010519491231002Y",
            "110105194912310021",
            "统一社会信用代码 91110105194912310X",
            "订单 20170315120000123",
            "1381234567",
            "138123456789",
            "ID13812345678",
            "0393-8812345",
            "138****5678",
            "1101051949****002X",
            "12812345678",
            "合计 123 4567 8901",
            "0.13812345678",
        ] {
            assert_eq!(detail(text), "", "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_number_is_told_whole(text in "[0-9X,，张 -]{0,80}") {
            if let Some(finding) = personal(&text) {
                let digits = finding.detail.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
                proptest::prop_assert!(digits < Some(5));
            }
        }
    }
}
