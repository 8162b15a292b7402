//! Facts a document's own words give: its title, number and date, and how readable it is.

use crate::domain::dates;
use crate::domain::evidence::{DateKind, Dated, Provenance};
use crate::domain::finding::{Code, Finding};
use crate::domain::reading::{Facts, Status};
use crate::extract::clean;

/// Adds what the text says to facts and findings. A picture or video has no text and is not asked for any.
pub(super) fn from_text(text: &str, status: Status, facts: &mut Facts, findings: &mut Vec<Finding>) {
    let characters = text.chars().filter(|c| !c.is_whitespace()).count() as u64;
    let read = matches!(status, Status::Ok | Status::Partial);
    if characters == 0 {
        if read && is_document(&facts.media_type) {
            findings.push(Finding::new(Code::W10, ""));
        }
        return;
    }
    facts.characters = Some(characters);
    if let Some(finding) = unreadable(text, characters) {
        findings.push(finding);
    }
    let text = &without_pinyin(text);
    facts.document_number = dates::document_number(text);
    // The first line of a workbook is the name of its first sheet.
    let unnamed = facts.media_type.contains("excel") || facts.media_type.contains("spreadsheet");
    let body = if unnamed { text.split_once('\n').map_or("", |it| it.1) } else { text };
    facts.title = facts.title.take().or_else(|| title(body).filter(|_| facts.media_type != "text/csv"));
    facts.dates.extend(dates::made(text).map(|day| Dated {
        kind: DateKind::Made,
        from: day,
        to: day,
        provenance: Provenance::Document,
    }));
}

/// Says how much of a text is garbled or has its pronunciation left behind. Nothing of it is taken away.
fn unreadable(text: &str, characters: u64) -> Option<Finding> {
    let garbled = clean::garbled(text);
    let n_garbled: usize = garbled.iter().map(|it| text[it.clone()].chars().count()).sum();
    let n_injected = clean::pinyin_injections(text).len();
    let mut detail = Vec::new();
    if let Some(first) = garbled.first() {
        let sample: String = text[first.clone()].chars().take(12).collect();
        detail.push(format!("{n_garbled}/{characters} 字难以辨认,如“{sample}”"));
    }
    if n_injected > 0 {
        detail.push(format!("夹带拼音 {n_injected} 处"));
    }
    (!detail.is_empty()).then(|| Finding::new(Code::W09, detail.join(";")))
}

fn without_pinyin(text: &str) -> String {
    let mut res = String::with_capacity(text.len());
    let mut at = 0;
    for range in clean::pinyin_injections(text) {
        res.push_str(&text[at..range.start]);
        at = range.end;
    }
    res.push_str(&text[at..]);
    res
}

fn is_document(media_type: &str) -> bool {
    !["image/", "video/", "audio/"].iter().any(|it| media_type.starts_with(it))
}

/// Returns the first meaningful line; a title of an official document that runs over two or three lines is joined.
fn title(text: &str) -> Option<String> {
    const LONGEST: usize = 80;
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(30).collect();
    let first = lines.iter().position(|line| is_title(line))?;
    let mut title = lines[first].trim_start_matches(['#', ' ']).to_owned();
    for next in &lines[first + 1..] {
        let open = title.contains("关于") && !ends_title(&title);
        if !open || next.chars().count() > 40 || next.ends_with([':', ':', '。']) {
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
    words >= 2
        && !head
        && !row
        && !mark
        && dates::document_number(line).is_none()
        && dates::made(line).is_none()
}

/// The kinds of official document (党政机关公文种类) a title ends with.
fn ends_title(title: &str) -> bool {
    const KINDS: &[&str] = &[
        "通知", "报告", "请示", "意见", "方案", "决定", "通报", "批复", "函", "纪要", "公告", "通告", "办法",
        "规定", "细则", "计划", "总结", "要点", "制度", "预案",
    ];
    KINDS.iter().any(|it| title.trim_end_matches([')', ')', '》', '”']).ends_with(it))
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
    }

    #[test]
    fn a_document_without_words_says_so_and_a_picture_does_not() {
        let findings = |media_type: &str| {
            let mut facts = Facts { media_type: media_type.into(), ..Facts::default() };
            let mut findings = Vec::new();
            from_text(" \n", Status::Ok, &mut facts, &mut findings);
            findings.len()
        };
        assert_eq!((findings("application/pdf"), findings("image/jpeg")), (1, 0));
    }
}
