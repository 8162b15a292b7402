//! Personal data in a text: told by how many there are and a masked example, never by the data.

use crate::domain::finding::{Code, Finding};
use crate::extract::facts::seen;
use groups::{Gap, Group, groups};

mod groups;
mod numbers;
#[cfg(test)]
mod tests;

/// Words that stand before a number of a phone or of an identity card.
const OF_PHONES: &[&str] =
    &["手机", "电话", "联系", "号码", "微信", "拨打", "致电", "tel", "phone", "mobile", "☎"];
const OF_PERSONS: &[&str] = &["身份", "证件", "公民"];
/// Words that stand before numbers of other things. An account is often named by a phone.
const OF_THINGS: &[&str] = &[
    "编号",
    "单号",
    "流水",
    "订单",
    "合同号",
    "发票",
    "凭证",
    "注册号",
    "代码",
    "文号",
    "税号",
    "条码",
    "登记号",
    "许可证",
    "序列号",
    "识别号",
    "执照",
];
const OF_ACCOUNTS: &[&str] = &["账号", "帐号", "账户", "卡号", "imei"];

/// Returns W13 where the text holds identity numbers, mobile numbers or bank cards.
pub(super) fn personal(text: &str) -> Option<Finding> {
    found(text, true)
}

/// As [`personal`] for a file name, in which a long number is a time rather than a card.
pub(super) fn in_name(name: &str) -> Option<Finding> {
    found(name, false)
}

/// In the order in which they are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Identity,
    Mobile,
    Card,
}

fn found(text: &str, with_cards: bool) -> Option<Finding> {
    let text = &narrow(text);
    let mut found: [(&str, usize, String); 3] =
        [("身份证号", 0, String::new()), ("手机号", 0, String::new()), ("银行卡号", 0, String::new())];
    let groups = groups(text);
    let mut at = 0;
    while at < groups.len() {
        let number = number_at(text, &groups, at).filter(|it| with_cards || it.kind != Kind::Card);
        at += number.as_ref().map_or(1, |it| it.n_groups);
        let Some(Number { kind, digits, .. }) = number else { continue };
        let (_, n, example) = &mut found[kind as usize];
        *n += 1;
        if example.is_empty() {
            *example = masked(&digits);
        }
    }
    let told: Vec<String> = found
        .iter()
        .filter(|it| it.1 > 0)
        .map(|(what, n, example)| format!("{what} {n} 个，如 {example}"))
        .collect();
    (!told.is_empty()).then(|| Finding::new(Code::W13, told.join("；")))
}

/// Puts wide signs in their narrow form, and leaves out what is not seen.
fn narrow(text: &str) -> String {
    let narrowed = seen(text).map(|c| match c {
        '０'..='９' | 'Ｘ' | 'ｘ' | '＋' | '（' | '）' => {
            char::from_u32(c as u32 - 0xfee0).unwrap_or(c)
        }
        '－' | '‐'..='―' | '−' => '-',
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => ' ',
        _ => c,
    });
    narrowed.collect()
}

struct Number {
    kind: Kind,
    digits: Vec<u8>,
    n_groups: usize,
}

/// Some groups in a row, read as one number.
struct Row<'a> {
    text: &'a str,
    groups: &'a [Group<'a>],
    /// The digits of them all.
    run: Vec<u8>,
    n_cells: usize,
    /// Digits one by one, and the row is not cut out of a longer one.
    is_spelled: bool,
}

/// Returns the number that begins with a group, however it is grouped. What can be checked is believed first.
fn number_at(text: &str, groups: &[Group<'_>], first: usize) -> Option<Number> {
    const LONGEST: usize = 19;
    let is_digit = |at: usize| groups.get(at).is_some_and(|it| it.digits.len() == 1);
    let follows = |at: usize| groups.get(at).is_some_and(|it| it.gap != Gap::Apart);
    let mut row = Row { text, groups: &[], run: Vec::new(), n_cells: 0, is_spelled: false };
    let mut best: Option<Number> = None;
    for (at, group) in groups.iter().enumerate().skip(first) {
        if at > first {
            match group.gap {
                Gap::Apart => break,
                Gap::Close => {}
                Gap::Cell => row.n_cells += 1,
            }
        } else if !group.begins {
            break;
        }
        row.run.extend(group.digits.iter().map(u8::to_ascii_uppercase));
        if row.run.len() > LONGEST {
            break;
        }
        row.groups = groups.get(first..=at)?;
        let longer =
            (follows(first) && first > 0 && is_digit(first - 1)) || (follows(at + 1) && is_digit(at + 1));
        row.is_spelled = at > first && row.groups.iter().all(|it| it.digits.len() == 1) && !longer;
        if !group.ends {
            continue;
        }
        if let Some((kind, digits)) = row.number() {
            let is_checked = digits.len() > 15;
            if best.is_none() || is_checked {
                best = Some(Number { kind, digits, n_groups: row.groups.len() });
            }
        }
    }
    best
}

impl Row<'_> {
    fn number(&self) -> Option<(Kind, Vec<u8>)> {
        let in_digits = self.groups.iter().all(|it| it.digits.len() == 1);
        // A number is broken over two cells, or stands in cells of one digit each.
        if self.n_cells > 1 && !in_digits {
            return None;
        }
        let run = self.run.as_slice();
        if numbers::is_identity(run) {
            return Some((Kind::Identity, run.into()));
        }
        if (self.groups.len() == 1 || self.is_in_fours()) && numbers::is_card(run) {
            return Some((Kind::Card, run.into()));
        }
        if numbers::is_old_identity(run) && self.is_of_person() {
            return Some((Kind::Identity, run.into()));
        }
        let country = [&b"0086"[..], b"86"].into_iter().find(|it| run.starts_with(it)).unwrap_or_default();
        let own = run.get(country.len()..)?;
        (numbers::is_mobile(own) && self.is_of_phone(country)).then(|| (Kind::Mobile, own.into()))
    }

    /// Whether an old identity number is written as one. Nothing in it can be checked.
    fn is_of_person(&self) -> bool {
        let usual = self.is_spelled || matches!(self.lengths(0)[..], [15] | [6, 6, 3]);
        !self.is_amount(OF_PERSONS)
            && !self.is_of_thing(OF_PERSONS)
            && !self.is_after(OF_ACCOUNTS, 8)
            && ((usual && self.n_cells == 0) || self.is_after(OF_PERSONS, 24))
    }

    /// Whether a mobile number is written as one: whole, as people read it out (`138 1234 5678`), digit by digit, or in
    /// any other way after a word that tells what it is.
    fn is_of_phone(&self, country: &[u8]) -> bool {
        let usual = match self.lengths(country.len())[..] {
            [11] | [3, 4, 4] => true,
            _ => self.is_spelled && !self.is_in_table(),
        };
        !self.is_amount(OF_PHONES)
            && !self.is_of_thing(OF_PHONES)
            && ((usual && self.n_cells == 0) || self.is_after(OF_PHONES, 24) || self.is_abroad(country))
    }

    /// `+86` and `0086` say that a phone follows.
    fn is_abroad(&self, country: &[u8]) -> bool {
        self.n_cells == 0 && (country == b"0086" || (country == b"86" && self.before().ends_with('+')))
    }

    /// As a card shows its number.
    fn is_in_fours(&self) -> bool {
        let lengths = self.lengths(0);
        let (last, others) = lengths.split_last().unwrap_or((&0, &[]));
        self.n_cells == 0 && others.len() > 2 && others.iter().all(|it| *it == 4) && *last <= 4
    }

    fn before(&self) -> &str {
        self.groups.first().and_then(|it| self.text.get(..it.at.0)).unwrap_or_default()
    }

    fn after(&self) -> &str {
        self.groups.last().and_then(|it| self.text.get(it.at.1..)).unwrap_or_default()
    }

    /// How many digits the groups hold, behind the first so many.
    fn lengths(&self, mut skipped: usize) -> Vec<usize> {
        let mut res = Vec::with_capacity(self.groups.len());
        for group in self.groups {
            let n = skipped.min(group.digits.len());
            skipped -= n;
            res.extend(Some(group.digits.len() - n).filter(|it| *it > 0));
        }
        res
    }

    /// Whether the number is one of money or measure, unless words before it tell what it is.
    fn is_amount(&self, told_by: &[&str]) -> bool {
        let after = self.after();
        // 万, 千 and 百 are names and words too, behind a space.
        let unit = after.starts_with(['万', '千', '百'])
            || after.trim_start_matches(' ').starts_with(['元', '亿', '吨', '%', '％', '㎡']);
        self.before().trim_end_matches(' ').ends_with(['¥', '￥', '$', '€'])
            || (unit && !self.is_after(told_by, 24))
    }

    /// Whether the number is that of a thing: a word for one stands nearer before it than any that tells otherwise.
    fn is_of_thing(&self, told_by: &[&str]) -> bool {
        let told = self.distance(told_by, 24);
        self.distance(OF_THINGS, 8).is_some_and(|thing| told.is_none_or(|told| thing < told))
    }

    fn is_after(&self, words: &[&str], reach: usize) -> bool {
        self.distance(words, reach).is_some()
    }

    /// How far before the number one of some words ends, in bytes: within so many signs, and no other number between them.
    fn distance(&self, words: &[&str], reach: usize) -> Option<usize> {
        let before = self.before();
        let from = before.char_indices().rev().nth(reach - 1).map_or(0, |it| it.0);
        let near = before[from..].to_lowercase();
        let last = words.iter().filter_map(|it| near.rfind(it).map(|at| at + it.len())).max()?;
        let between = near.get(last..)?;
        (between.bytes().filter(u8::is_ascii_digit).count() < 3).then_some(between.len())
    }

    /// Whether digits that stand one by one are a row of a table: the line above or below holds other numbers.
    fn is_in_table(&self) -> bool {
        // A row that is longer is looked at in part: there may be as many such numbers as there are lines.
        const NEAR: usize = 200;
        let (before, after) = (self.before(), self.after());
        let above =
            before[before.ceil_char_boundary(before.len().saturating_sub(NEAR))..].rsplit('\n').nth(1);
        let below = after[..after.floor_char_boundary(NEAR)].split('\n').nth(1);
        let is_row = |line: &str| {
            let digits: Vec<u8> = line.bytes().filter(u8::is_ascii_digit).collect();
            digits.len() > 1
                && line.chars().all(|c| c.is_ascii_digit() || " .-\t\r".contains(c))
                && !numbers::is_mobile(&digits)
        };
        [above, below].into_iter().flatten().any(is_row)
    }
}

fn masked(run: &[u8]) -> String {
    let (head, tail) = if run.len() == 11 { (3, 2) } else { (4, 2) };
    let shown = |(n, b): (usize, &u8)| {
        if n < head || n + tail >= run.len() { char::from(*b) } else { '*' }
    };
    run.iter().enumerate().map(shown).collect()
}
