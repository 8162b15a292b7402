//! The title a document gives itself.

use crate::domain::{dates, number};

/// The kinds of official document (党政机关公文种类) and of office paper a title ends with.
const GENRES: &[&str] = &[
    "通知", "报告", "请示", "意见", "方案", "决定", "通报", "批复", "函", "纪要", "公告", "通告", "办法",
    "规定", "细则", "计划", "总结", "要点", "制度", "预案",
];

/// Returns the first meaningful line; a title of an official document that runs over two or three lines is joined.
pub(super) fn title(text: &str) -> Option<String> {
    const LONGEST: usize = 80;
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(30).collect();
    let first = lines.iter().position(|line| is_title(line))?;
    // A mail that was taken apart begins with its subject.
    let line = lines[first].strip_prefix("主题：").unwrap_or(lines[first]);
    let mut title = line.trim_start_matches(['#', ' ']).to_owned();
    for next in &lines[first + 1..] {
        let open = title.contains("关于") && !ends_title(&title);
        if !open || next.chars().count() > 40 || next.ends_with([':', '：', '。']) {
            break;
        }
        title.push_str(next);
    }
    let one_line = title.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(one_line.chars().take(LONGEST).collect())
}

/// A title has words, and is not one of the lines above it: number, red head, secrecy, urgency, date, page.
fn is_title(line: &str) -> bool {
    let words = line.chars().filter(|c| c.is_alphabetic()).count();
    let head = (line.ends_with("文件") && !line.contains("关于")) || line.starts_with("签发人");
    let mark = ["绝密", "机密", "秘密", "特急", "加急", "急件", "附件", "[Notes]"]
        .iter()
        .any(|it| line.starts_with(it));
    let row = line.matches([',', '\t', '|']).count() >= 3;
    words >= 2 && !head && !row && !mark && number::own(line).is_none() && dates::made(line).is_none()
}

fn ends_title(title: &str) -> bool {
    GENRES.iter().any(|it| title.trim_end_matches([')', '）', '》', '”']).ends_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_found_below_the_red_head() {
        let text = "中共吉县县委文件\n吉县创文字〔2017〕2号  签发人:王某\n\n关于开展2017年度\n道德讲堂活动的通知\n各责任单位:\n正文";
        assert_eq!(title(text).as_deref(), Some("关于开展2017年度道德讲堂活动的通知"));
        assert_eq!(title("2017年3月15日\n1\n# 志愿服务\n内容").as_deref(), Some("志愿服务"));
        assert_eq!(title("12 34\n56"), None);
        let masked = "濮阳市文件\n濮创建〔201*〕2号\n关于创建的\n通知";
        assert_eq!(title(masked).as_deref(), Some("关于创建的通知"));
    }
}
