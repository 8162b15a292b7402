//! What is typed, and what is understood.

use jiff::civil::date;
use proptest::prelude::*;

use super::values::{dates, sizes};
use super::*;

fn shown(node: &Node) -> String {
    let all = |nodes: &[Node], sign: &str| nodes.iter().map(shown).collect::<Vec<_>>().join(sign);
    match node {
        Node::Term(it) => {
            let quote = if it.exact { "!" } else { "" };
            format!("{}{quote}{}", it.text, if it.slack { "~" } else { "" })
        }
        Node::Filter(it) => format!("{:?}={}", it.field, it.value),
        Node::All(nodes) => format!("({})", all(nodes, " ")),
        Node::Any(nodes) => format!("[{}]", all(nodes, "|")),
        Node::Not(node) => format!("-{}", shown(node)),
    }
}

fn check(typed: &str, expected: &str) {
    assert_eq!(shown(&parse(typed).root), format!("({expected})"), "{typed}");
}

#[test]
fn terms_quotes_exclusions_filters() {
    check("志愿服务 空巢老人", "志愿服务 空巢老人");
    check("“志愿服务” -《市民手册》 －草稿", "志愿服务! -市民手册! -草稿");
    check(
        "指标:Ⅱ-3 unit:zjj 状态：已通过 -类型:\"活动 照片\"",
        "Indicator=Ⅱ-3 Unit=zjj State=已通过 -Kind=活动 照片",
    );
    check("http://a 时间:下午 单位: -", "http://a 时间:下午 单位: -");
    check("a\"b c\"d \"open", "a b c! d open!");
    check("dw:教育局 bt:通知 文件名:IMG_2017", "Unit=教育局 Title=通知 FileName=IMG_2017");
    check("~“志愿服务” ~x", "志愿服务!~ ~x");
    check("", "");
}

#[test]
fn a_row_of_exclusions_is_one_and_takes_no_sign_of_others() {
    check("--a ---b", "a -b");
    check("a -| b", "[a|b]");
    check("(a -) b", "a b");
    // Nobody types it, but whoever does must not fell the service.
    check(&format!("{}a", "-".repeat(100_001)), "-a");
}

#[test]
fn a_filter_narrows_all_that_was_typed() {
    for (typed, narrowed, expected) in [
        ("", "单位:a", "Unit=a"),
        ("甲 -乙", "甲 -乙 单位:a", "甲 -乙 Unit=a"),
        ("(甲", "(甲 单位:a", "甲 Unit=a"),
        ("“甲", "单位:a “甲", "Unit=a 甲!"),
        ("甲 或", "单位:a 甲 或", "Unit=a 甲"),
        ("甲 | 乙", "单位:a (甲 | 乙)", "Unit=a [甲|乙]"),
    ] {
        assert_eq!(narrow(typed, "单位:a"), narrowed);
        check(narrowed, expected);
    }
}

#[test]
fn either_and_groups() {
    check("甲 | 乙", "[甲|乙]");
    check("甲 乙|丙 OR 丁 或 戊", "[(甲 乙)|丙|丁|戊]");
    check("(甲|乙) 丙", "[甲|乙] 丙");
    check("（甲 或 乙） -（丙 丁）", "[甲|乙] -(丙 丁)");
    check("单位:(教育局", "Unit=(教育局");
    check("市民(群)众 (二)", "市民(群)众 二");
    check("(甲(乙)丙) 丁", "甲(乙)丙 丁");
    check("甲) | | () (((", "甲)");
    check("( |", "( |");
    check("或 甲 或", "甲");
    check("-(-甲)", "-(-甲)");
    check("(单位:教育局 | 单位:卫健委) 类型:照片", "[Unit=教育局|Unit=卫健委] Kind=照片");
}

#[test]
fn parts_are_what_stands_side_by_side() {
    let parts = |typed: &str| -> Vec<String> {
        parse(typed).parts.into_iter().map(|it| typed[it].to_owned()).collect()
    };
    assert_eq!(parts("甲 -单位:“乙 丙” (丁|戊)"), ["甲", "-单位:“乙 丙”", "(丁|戊)"]);
    assert_eq!(parts("甲 | 乙 丙"), ["甲 | 乙 丙"]);
    assert_eq!(parse("甲 (乙|丙) 单位:丁").n_leaves, 4);
}

#[test]
fn dates_in_every_form() {
    let today = date(2023, 8, 15);
    let shown = |it: &str| {
        let end = |it: Option<jiff::civil::Date>| it.map_or(String::new(), |it| it.to_string());
        dates(it, today).map(|(a, b)| format!("{}..{}", end(a), end(b)))
    };
    for (typed, expected) in [
        ("2023", "2023-01-01..2023-12-31"),
        ("2023-02", "2023-02-01..2023-02-28"),
        ("2023年5月3日", "2023-05-03..2023-05-03"),
        ("2023年5月", "2023-05-01..2023-05-31"),
        ("2023-01..2023-06", "2023-01-01..2023-06-30"),
        (">=2023-05", "2023-05-01.."),
        (">2023-05", "2023-06-01.."),
        ("<2023", "..2022-12-31"),
        ("近30天", "2023-07-17..2023-08-15"),
        ("近3个月", "2023-05-16..2023-08-15"),
        ("上月", "2023-07-01..2023-07-31"),
        ("去年", "2022-01-01..2022-12-31"),
        ("上半年", "2023-01-01..2023-06-30"),
        ("2022年下半年", "2022-07-01..2022-12-31"),
        ("第二季度", "2023-04-01..2023-06-30"),
        ("2022年第一季度", "2022-01-01..2022-03-31"),
        ("去年..今年", "2022-01-01..2023-12-31"),
    ] {
        assert_eq!(shown(typed).as_deref(), Some(expected), "{typed}");
    }
    for typed in ["某天", "2023-13", "近天", "近99999天", ""] {
        assert_eq!(shown(typed), None, "{typed}");
    }
}

#[test]
fn sizes_in_every_form() {
    assert_eq!(sizes(">10M"), Some((Some((10 << 20) + 1), None)));
    assert_eq!(sizes("<=500k"), Some((None, Some(500 << 10))));
    assert_eq!(sizes("1.5MB..2G"), Some((Some((1 << 20) + (1 << 19)), Some(2 << 30))));
    assert_eq!(sizes("0"), Some((Some(0), Some(0))));
    assert_eq!(sizes("<0"), Some((Some(1), Some(0))), "a span that holds nothing");
    for typed in ["大", "1.2.3M", "99999999999T", ""] {
        assert_eq!(sizes(typed), None, "{typed}");
    }
}

proptest! {
    #[test]
    fn nothing_typed_is_an_error(typed in "[甲乙(（）)|｜\"“”《》~\\-－: 或OR单位文号\\PC]{0,60}") {
        let query = parse(&typed);
        for it in query.parts {
            prop_assert!(typed.get(it).is_some());
        }
        dates(&typed, date(2023, 8, 15));
        sizes(&typed);
    }
}
