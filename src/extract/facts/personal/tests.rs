//! How numbers of persons are told from numbers of other things.

use proptest::prelude::*;

use super::numbers::is_identity;
use super::*;

// Made up: the check digits are right, the people are not.
const IDENTITY: &str = "41090119900307001X";

fn detail(text: &str) -> String {
    personal(text).map(|it| it.detail).unwrap_or_default()
}

#[test]
fn identity_and_mobile_numbers_are_counted_and_masked() {
    assert!(is_identity(b"11010519491231002X"), "the example of the standard");
    let own = checked(&IDENTITY[..17]);
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
fn the_nearer_word_tells_what_a_number_is() {
    for text in [
        "订单电话：13912345678",
        "办理许可证联系电话：13812345678",
        "单位税号、手机：13912345678",
        "发票收件人手机13812345678",
        "编号,手机\n1,13812345678",
        "序号 编号 电话\n1 13812345678",
        "联系电话 13812345678 万芳",
        "联系人 13812345678 千寻",
        "手机13812345678百姓热线",
    ] {
        assert!(detail(text).starts_with("手机号 1 个"), "{text}");
    }
    for text in ["电话咨询后的订单13912345678", "订单号：13912345678", "合计13912345678元", "13912345678万"]
    {
        assert_eq!(detail(text), "", "{text}");
    }
    assert!(detail("电话13812345678.13912345679").starts_with("手机号 2 个"));
    assert_eq!(detail("3.13812345678"), "");
    assert_eq!(detail("卡 6222 0210 0112 2300 004"), "银行卡号 1 个，如 6222*************04");
    assert_eq!(detail("2017 2018 2019 2020"), "");
}

#[test]
fn a_long_line_of_numbers_beside_many_is_not_gone_through_for_each() {
    // Both took minutes where each number looked at the whole line.
    let text = format!("{}\n{}", "1 ".repeat(240_000), "1 3 8 1 2 3 4 5 6 7 8，".repeat(20_000));
    personal(&text);
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

/// `110105194912310021`… with its check digit, for any county, day and number of the day.
fn checked(first: &str) -> String {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = first.bytes().zip(weights).map(|(b, w)| u32::from(b - b'0') * w).sum();
    format!("{first}{}", b"10X98765432"[(sum % 11) as usize] as char)
}

/// Puts separators into a number: after each digit but the last, the one that is drawn for it.
fn parted(number: &str, separators: &[&str]) -> String {
    let parts = number.chars().zip(separators.iter().chain(std::iter::repeat(&"")));
    let parted: String = parts.map(|(c, it)| format!("{c}{it}")).collect();
    parted.trim_end().to_owned()
}

#[test]
fn a_number_is_found_digit_by_digit_and_over_cells_and_lines() {
    let spelled =
        |number: &str, separator: &str| number.chars().map(String::from).collect::<Vec<_>>().join(separator);
    for separator in [" ", "  ", "\u{3000}", "\t", " \t ", "\n", " | ", "-"] {
        let text = format!("甲某 {}。", spelled("11010519491231002X", separator));
        assert_eq!(detail(&text), "身份证号 1 个，如 1101************2X", "{text}");
        let text = format!("联系电话：{} ", spelled("13812345678", separator));
        assert_eq!(detail(&text), "手机号 1 个，如 138******78", "{text}");
    }
    for text in [
        "110105194912\n31002X",
        "110105\t19491231002X",
        "甲\t1101051949 1231\n002X\t乙",
        "1\t11010519491231002X\t2017",
        "1 110105 19491231 002 X",
        "1101051949\r\n1231002x",
    ] {
        assert_eq!(detail(text), "身份证号 1 个，如 1101************2X", "{text}");
    }
    for text in [
        "1 3 8 1 2 3 4 5 6 7 8",
        "１　３　８　１　２　３　４　５　６　７　８",
        "甲某 1 3 8 1 2 3 4 5 6 7 8 乙某",
        "手机：1381234\n5678",
        "手机号\t138\t12345678",
        "联系人甲某 13812 345678",
        "电话 1381 2345 678",
    ] {
        assert_eq!(detail(text), "手机号 1 个，如 138******78", "{text}");
    }
}

#[test]
fn a_mobile_number_is_found_with_the_code_of_the_country() {
    for text in [
        "+86-13812345678",
        "+86 13812345678",
        "+86 138 1234 5678",
        "+86-138-1234-5678",
        "+8613812345678",
        "008613812345678",
        "0086-138 1234 5678",
        "0086 13812345678",
        "(+86)13812345678",
        "（＋８６）１３８１２３４５６７８",
        "（86）138 1234 5678",
        "86-13812345678",
        "+86 13812 345678",
        "＋８６－１３８１２３４５６７８",
        "+ 8 6 1 3 8 1 2 3 4 5 6 7 8",
    ] {
        assert_eq!(detail(text), "手机号 1 个，如 138******78", "{text}");
    }
    assert_eq!(detail("+86-0393-8812345 0086 393 8812345"), "");
}

#[test]
fn an_identity_number_of_before_1999_is_found() {
    for text in ["甲某 410901900307001", "身份证号：410901 900307 001", "身份证号\t410901900\t307001"]
    {
        assert_eq!(detail(text), "身份证号 1 个，如 4109*********01", "{text}");
    }
    for text in [
        "410901901307001", // no thirteenth month
        "410901900231001", // no such day
        "990901900307001", // no such province
        "410900900307001", // no county
        "注册号：410901900307001",
        "账号 410901900307001",
        "IMEI：410901900307001",
        "410901900307001元",
        "4109019003070012",
        "410901900\t307001", // two numbers of a table
    ] {
        assert_eq!(detail(text), "", "{text}");
    }
}

#[test]
fn numbers_of_tables_and_amounts_are_left_alone() {
    for text in [
        "15000\t180000",
        "1500\n1234567",
        "1381\t2345678\t2017",
        "13 45 67 89 012",
        "1\t3\t8\t1\t2\t3\t4\t5\t6\t7\t8",
        "1 3 2 4 5 6 1 2 3 4 5\n2 4 5 6 1 2 3 4 5 1 2",
        "1 3 8 1 2 3 4 5 6 7 8 9",
        "13812345678元",
        "￥13812345678",
        "13812345678.50",
        "合同编号：13812345678",
        "办公室 0393-8812345 8812346\n传真 0393 8812347",
        "联系电话 0393 8812345\t1381 2345678",
        "2017 03 15 2018 03 15 2019",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
        "410902\t20170315\t1234\t15",
        "文明办〔2017〕138号 1234 5678",
    ] {
        assert_eq!(detail(text), "", "{text}");
    }
}

proptest! {
    #[test]
    fn every_identity_number_is_found_in_any_grouping(
        county in prop::sample::select(vec!["110105", "410901", "830000", "654325"]),
        day in ("(19[2-9][0-9]|20[01][0-9])(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])", "[0-9]{3}"),
        separators in prop::collection::vec(prop::sample::select(vec!["", "", " ", "-", "  ", "\u{3000}"]), 17),
        broken in (0_usize..17, prop::sample::select(vec!["", "\t", "\n", "\r\n"])),
        around in prop::sample::select(vec![("", ""), ("张某", "，"), ("1\t", "\t甲"), ("（", "）"), ("：", "\n2")]),
    ) {
        let number = checked(&format!("{county}{}{}", day.0, day.1));
        let mut separators = separators;
        separators[broken.0] = if broken.1.is_empty() { separators[broken.0] } else { broken.1 };
        let text = format!("{}{}{}", around.0, parted(&number, &separators), around.1);
        prop_assert!(detail(&text).starts_with("身份证号 1 个"), "{text:?}");
    }

    #[test]
    fn every_mobile_number_is_found_in_any_grouping_after_its_word(
        number in "1[3-9][0-9]{9}",
        separators in prop::collection::vec(prop::sample::select(vec!["", "", " ", "-", "  "]), 10),
        word in prop::sample::select(vec!["手机：", "联系电话 ", "Tel: ", "+86", "+86-", "0086 "]),
    ) {
        let text = format!("甲某 {word}{}，", parted(&number, &separators));
        prop_assert!(detail(&text).contains("手机号 1 个"), "{text:?}");
    }

    #[test]
    fn digits_inside_a_longer_number_are_no_number_of_a_person(
        number in prop::sample::select(vec!["11010519491231002", "13812345678", "410901900307001"]),
        before in "[0-9]{0,9}",
        after in "[0-9]{1,9}",
    ) {
        let whole = format!("{before}{number}{after}");
        // What the longer number happens to be by itself is another matter.
        prop_assume!(!matches!(whole.len(), 11 | 13 | 15 | 16..=19));
        prop_assert_eq!(detail(&format!("流量 {whole}，")), "");
        prop_assert_eq!(detail(&format!("{before}A{number}{after}")), "");
    }

    #[test]
    fn tables_of_numbers_hold_no_mobile_number(
        cells in prop::collection::vec("[1-9][0-9]{0,7}(\\.[0-9]{2})?", 1..40),
        separator in prop::sample::select(vec!["\t", "\n", ", ", "、"]),
    ) {
        prop_assert!(!detail(&cells.join(separator)).contains("手机号"));
    }

    #[test]
    fn no_number_is_told_whole(text in "[0-9X,，张 -]{0,80}") {
        if let Some(finding) = personal(&text) {
            let digits = finding.detail.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
            proptest::prop_assert!(digits < Some(5));
        }
    }
}
