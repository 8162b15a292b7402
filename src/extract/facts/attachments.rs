//! The attachments a document names (附件说明) and does not itself hold.

use std::collections::HashSet;

/// How many are kept of a document; the longest plans name some dozens.
const MOST: usize = 30;

/// Returns the names of the attachments that the text lists, and that follow neither in it nor in what lies `within`.
pub(super) fn attachments(text: &str, within: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
    let (listed, end) = listed(&lines);
    if listed.is_empty() {
        return vec![];
    }
    // Behind the list an attachment begins with a line of its own: its name, or 附件 with its number and name.
    let behind = lines[end..].iter().copied().chain(within.lines().map(str::trim));
    let held: Vec<String> = behind.filter(|it| it.len() <= 240).map(|it| bare(unlabelled(it))).collect();
    let held = |name: &str| {
        let name = bare(name);
        held.iter().any(|it| {
            !it.is_empty() && (*it == name || (it.chars().count() >= 8 && name.starts_with(it.as_str())))
        })
    };
    listed.into_iter().filter(|it| !held(it)).collect()
}

/// Returns two names in the form in which they are the same name.
pub(super) fn bare(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Reads `附件：1.甲` and the numbered lines below it, or `附件1：甲` line by line; returns where the list ends.
fn listed(lines: &[&str]) -> (Vec<String>, usize) {
    let mut names: Vec<String> = Vec::new();
    // A text may list no end of them, and is read in one go all the same.
    let mut known: HashSet<String> = HashSet::new();
    let mut end = 0;
    let mut open = false;
    for (n, line) in lines.iter().enumerate() {
        let labelled = line.starts_with("附件") && line.contains([':', '：']);
        if labelled && unlabelled(line).len() < line.len() {
            // The same label again begins the attachment itself.
            if known.contains(&bare(unlabelled(line))) {
                break;
            }
            names.extend(name(unnumbered(unlabelled(line)).0).inspect(|it| _ = known.insert(bare(it))));
            (open, end) = (true, n + 1);
        } else if open {
            match unnumbered(line) {
                (rest, true) if line.chars().count() <= 60 => {
                    names.extend(name(rest).inspect(|it| _ = known.insert(bare(it))));
                    end = n + 1;
                }
                _ => open = false,
            }
        }
    }
    names.truncate(MOST);
    (names, end)
}

/// Takes `附件`, a number and a colon off the beginning of a line.
fn unlabelled(line: &str) -> &str {
    let Some(rest) = line.strip_prefix("附件") else { return line };
    let rest = rest.trim_start_matches(|c: char| {
        c.is_ascii_digit() || c.is_whitespace() || "一二三四五六七八九十１２３４５６７８９０-—".contains(c)
    });
    rest.strip_prefix([':', '：']).unwrap_or(rest).trim()
}

/// Takes `1.`, `2、` or `（3）` off the beginning; says whether it was there.
fn unnumbered(line: &str) -> (&str, bool) {
    let inner = line.trim_start_matches(['(', '（']);
    let rest = inner.trim_start_matches(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c));
    let cut = rest.trim_start_matches(['.', '．', '、', ')', '）', ' ', '\u{3000}']);
    let numbered = rest.len() < inner.len() && cut.len() < rest.len();
    if numbered { (cut, true) } else { (line, false) }
}

/// A name of an attachment has words, and is no sentence.
fn name(text: &str) -> Option<String> {
    let name = text.trim().trim_end_matches(['；', ';', '。', '，', ',']).trim();
    let words = name.chars().filter(|c| c.is_alphabetic()).count();
    let nothing = ["无", "略", "见附件", "另附", "另发", "如下", "同上", "点击下载", "下载"].contains(&name);
    let plain = (2..=60).contains(&words) && !name.contains(['。', '：', ':']) && !nothing;
    plain.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attachments_are_named_in_every_manner() {
        for (text, names) in [
            (
                "正文。\n附件：1.责任分解表\n2.领导小组名单；\n\n市文明办\n2017年3月1日",
                vec!["责任分解表", "领导小组名单"],
            ),
            ("附件:联络员名册\n市文明办", vec!["联络员名册"]),
            ("附件1：责任分解表\n附件2：联络员名册\n", vec!["责任分解表", "联络员名册"]),
            ("附件：１．责任分解表\n　　２．联络员名册\n", vec!["责任分解表", "联络员名册"]),
            ("附件：无", vec![]),
            ("附件\n责任分解表", vec![]),
            ("详见附件1。附件要装订成册。", vec![]),
            ("附件是公文的组成部分。", vec![]),
        ] {
            assert_eq!(attachments(text, ""), names, "{text}");
        }
    }

    #[test]
    fn a_list_without_end_is_read_in_one_go() {
        let text: String = (0..100_000).map(|n| format!("附件{n}：第{n}号责任分解表\n")).collect();
        assert_eq!(attachments(&text, "").len(), MOST);
    }

    #[test]
    fn what_follows_in_the_text_itself_is_not_asked_for() {
        let text =
            "附件：1.责任分解表\n2.联络员名册\n市文明办\n2017年3月1日\n附件1\n责任分解表\n一、甲\n附件3 其他";
        assert_eq!(attachments(text, ""), ["联络员名册"]);
        let text =
            "附件1：责任分解表\n附件2：联络员名册\n市文明办\n附件1：责任分解表\n甲\n附件2：联络员名册\n乙";
        assert!(attachments(text, "").is_empty(), "{:?}", attachments(text, ""));
        let wrapped =
            "附件：创建全国文明城市工作领导小组成员名单\n\n附件\n创建全国文明城市工作领导小组\n成员名单\n";
        assert!(attachments(wrapped, "").is_empty());
        let text = "附件：1.责任分解表\n2.联络员名册\n市文明办";
        assert_eq!(attachments(text, "附件：1.合同\n责任分解表\n"), ["联络员名册"]);
    }
}
