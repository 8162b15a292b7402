//! Who issued a document: the red head, else who signs above the day.

use crate::domain::dates;

/// What names of bodies end with.
const BODIES: &[&str] = &[
    "局",
    "委",
    "办",
    "院",
    "校",
    "会",
    "部",
    "厅",
    "处",
    "科",
    "所",
    "站",
    "社",
    "台",
    "中心",
    "公司",
    "政府",
    "办公室",
    "小组",
    "大队",
    "支队",
    "总队",
    "集团",
    "银行",
    "大学",
    "中学",
    "小学",
    "幼儿园",
    "街道",
    "党组",
    "支部",
    "总支",
    "法院",
    "检察院",
    "指挥部",
    "联合会",
    "管委会",
    "医院",
    "馆",
    "学院",
];

/// Returns the issuing bodies, several joined by `、`: of the red head `…文件`, else of the lines above the day.
pub(super) fn issuer(text: &str) -> Option<String> {
    red_head(text).or_else(|| signature(text))
}

/// Returns whether the text begins with a red head, the issuer's name and 文件.
pub(super) fn red_head(text: &str) -> Option<String> {
    const HEAD: usize = 10;
    let lines = text.lines().map(str::trim).filter(|it| !it.is_empty()).take(HEAD);
    lines.filter(|it| it.len() <= 120).find_map(|line| {
        let first = joined(line);
        let name = first.strip_suffix("文件").or_else(|| line.split_once("文件 ").map(|it| it.0))?;
        let plain = name.chars().all(is_han) && !name.contains("关于") && !name.contains("规范性");
        (plain && (3..=40).contains(&name.chars().count()) && is_body(name)).then(|| name.to_owned())
    })
}

fn signature(text: &str) -> Option<String> {
    const MOST: usize = 4;
    let mut lines = text.lines().rev().map(str::trim).filter(|it| !it.is_empty());
    let beside = lines.find_map(dates::signed)?.0;
    let beside = bodies(beside);
    let mut signing: Vec<String> = if beside.is_empty() {
        let above = lines.take(MOST).map(bodies).take_while(|it| !it.is_empty());
        above.collect::<Vec<_>>().into_iter().rev().flatten().collect()
    } else {
        beside
    };
    signing.dedup();
    (!signing.is_empty()).then(|| signing.join("、"))
}

/// Returns the bodies a line names, if it names nothing else.
fn bodies(line: &str) -> Vec<String> {
    const SEALS: &[&str] =
        &["(印章)", "(盖章)", "(公章)", "（印章）", "（盖章）", "（公章）", "(章)", "（章）"];
    if line.len() > 200 {
        return vec![];
    }
    let line = SEALS.iter().find_map(|it| line.strip_suffix(it)).unwrap_or(line).trim_end();
    let whole = joined(line);
    let names: Vec<&str> =
        if whole.len() == line.len() { line.split_whitespace().collect() } else { vec![&whole] };
    let sound = |it: &&str| (3..=30).contains(&it.chars().count()) && it.chars().all(is_han) && is_body(it);
    if names.iter().all(sound) { names.into_iter().map(str::to_owned).collect() } else { vec![] }
}

/// Takes the blanks out of a name whose characters stand apart: `濮 阳 市 教 育 局`.
fn joined(line: &str) -> String {
    let apart = line.split_whitespace().all(|it| it.chars().count() == 1);
    if apart { line.split_whitespace().collect() } else { line.to_owned() }
}

fn is_body(name: &str) -> bool {
    // 会 ends bodies and meetings alike.
    let meeting = ["大会", "推进会", "座谈会", "工作会", "动员会"].iter().any(|it| name.ends_with(it));
    BODIES.iter().any(|it| name.ends_with(it)) && !meeting
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_issued_is_read_from_the_red_head_or_above_the_day() {
        for (text, meant) in [
            ("中共吉县县委文件\n吉县〔2017〕2号\n关于甲的通知\n县文明办\n2017年3月1日", Some("中共吉县县委")),
            ("濮 阳 市 教 育 局 文 件\n关于甲的通知", Some("濮阳市教育局")),
            ("关于甲的通知\n正文。\n濮阳市教育局\n2017年3月1日", Some("濮阳市教育局")),
            ("关于甲的通知\n正文。\n濮 阳 市 教 育 局(印章)\n2017年3月1日\n抄送:市委", Some("濮阳市教育局")),
            (
                "正文。\n濮阳市文明办  濮阳市教育局\n共青团濮阳市委\n二〇一七年三月一日",
                Some("濮阳市文明办、濮阳市教育局、共青团濮阳市委"),
            ),
            ("正文。\n濮阳市文明办  2017年3月1日", Some("濮阳市文明办")),
            ("关于规范性文件\n张三\n2017年3月1日", None),
            ("现将有关情况通报给有关科\n第二段。\n2017年3月1日", None),
            ("没有落款", None),
        ] {
            assert_eq!(issuer(text).as_deref(), meant, "{text}");
        }
    }
}
