//! The kind a document's content speaks for, with what speaks for it.

use crate::domain::reading::{Facts, Medium, ProposedKind};
use crate::extract::facts::issuer;

/// What titles of papers of a kind end with.
const ENDINGS: &[(&str, &[&str])] = &[
    (
        "meeting",
        &[
            "纪要",
            "会议记录",
            "议程",
            "主持词",
            "签到表",
            "签到册",
            "签到簿",
            "讲话",
            "讲话稿",
            "发言稿",
            "简报",
        ],
    ),
    ("roster", &["名单", "名册", "花名册", "推荐表"]),
    ("statement", &["声明", "承诺书", "承诺", "证明"]),
    ("table", &["统计表", "一览表", "汇总表", "明细表", "台账", "报表"]),
    ("report", &["总结", "小结", "报告", "汇报", "情况说明", "说明", "情况", "汇报材料"]),
    (
        "policy",
        &[
            "通知", "意见", "方案", "办法", "规定", "决定", "细则", "通报", "批复", "函", "公告", "通告",
            "规划", "要点", "计划", "预案", "制度", "条例", "规范", "章程",
        ],
    ),
];

/// Returns the kind that media type, title, number and imprint speak for.
pub(super) fn proposed(text: &str, facts: &Facts) -> Option<ProposedKind> {
    let media = [
        ("image/", "photo", "内容是图片"),
        ("video/", "video", "内容是视频"),
        ("audio/", "audio", "内容是音频"),
    ];
    if let Some((_, kind, reason)) = media.iter().find(|it| facts.media_type.starts_with(it.0)) {
        return told(kind, (*reason).to_owned());
    }
    let ending = facts.title.as_deref().and_then(ending);
    let titled = |word: &str| format!("题名以“{word}”结尾");
    if is_sheet(&facts.media_type) {
        return match ending {
            Some((kind @ ("roster" | "meeting"), word)) => told(kind, titled(word)),
            _ => told("table", "内容是电子表格".into()),
        };
    }
    let press = facts.publication.as_ref().filter(|it| it.medium != Medium::Sms);
    match ending {
        // An order is known by its number or its red head; a draft of one has neither.
        Some(("policy", word)) => {
            let number = facts.document_number.as_ref().map(|it| format!("有文号 {it}，{}", titled(word)));
            let head = || issuer::red_head(text).map(|it| format!("红头“{it}文件”，{}", titled(word)));
            match number.or_else(head) {
                Some(reason) => told("policy", reason),
                None => press.and_then(published),
            }
        }
        _ if press.is_some() => press.and_then(published),
        Some((kind, word)) => told(kind, titled(word)),
        None => None,
    }
}

fn published(press: &crate::domain::reading::Publication) -> Option<ProposedKind> {
    let field = |name: &str| press.fields.get(name).map(String::as_str).unwrap_or_default();
    let reason = match press.medium {
        Medium::Newspaper => format!("报纸刊载：{} {}", field("报纸"), field("版次")),
        Medium::Broadcast => format!("广播电视播出：{} {}", field("频道"), field("栏目")),
        Medium::Web | Medium::Sms => format!("网页发布：{} {}", field("媒体"), field("发布时间")),
    };
    told("press", reason.trim().to_owned())
}

fn told(kind: &str, reason: String) -> Option<ProposedKind> {
    Some(ProposedKind { kind: kind.parse().ok()?, reason })
}

fn is_sheet(media_type: &str) -> bool {
    ["spreadsheet", "ms-excel", "text/csv"].iter().any(|it| media_type.contains(it))
}

/// Returns the kind and the word a title ends with, what stands in brackets behind it left out.
fn ending(title: &str) -> Option<(&'static str, &'static str)> {
    let mut title = title.trim();
    while let Some(open) = title.rfind(['(', '（']).filter(|_| title.ends_with([')', '）'])) {
        title = title[..open].trim_end();
    }
    let title = title.trim_end_matches(['》', '”', '"', ' ']);
    // A sentence or an item of a list that stands first is no title.
    let item = title.starts_with(['(', '（', '第', '一', '二', '三', '四'])
        && title.contains(['）', ')', '条', '、']);
    if item || title.contains(['，', '；', '。', '：', ',', ';']) {
        return None;
    }
    let all = ENDINGS.iter().flat_map(|(kind, words)| words.iter().map(move |word| (*kind, *word)));
    all.filter(|it| title.ends_with(it.1)).max_by_key(|it| it.1.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reading::Status;

    fn kind(media_type: &str, text: &str) -> (String, String) {
        let mut facts = Facts { media_type: media_type.into(), ..Facts::default() };
        crate::extract::facts::from_text(text, text, Status::Ok, &mut facts, &mut vec![]);
        facts.kind.map(|it| (it.kind.to_string(), it.reason)).unwrap_or_default()
    }

    #[test]
    fn content_speaks_for_a_kind_and_says_why() {
        for (media_type, text, meant, why) in [
            ("image/jpeg", "", "photo", "内容是图片"),
            ("video/mp4", "", "video", "内容是视频"),
            ("text/csv", "单位,人次\n甲,1", "table", "内容是电子表格"),
            (
                "text/plain",
                "濮文明〔2017〕3号\n关于开展学雷锋活动的通知\n各单位：",
                "policy",
                "有文号 濮文明〔2017〕3号，题名以“通知”结尾",
            ),
            (
                "text/plain",
                "濮阳市教育局文件\n学雷锋活动方案（试行）\n各校：",
                "policy",
                "红头“濮阳市教育局文件”，题名以“方案”结尾",
            ),
            (
                "text/plain",
                "濮文明〔2017〕9号\n关于学雷锋活动情况的报告\n市委：",
                "report",
                "题名以“报告”结尾",
            ),
            ("text/plain", "2017年学雷锋活动总结\n一年来", "report", "题名以“总结”结尾"),
            ("text/plain", "创建工作推进会会议纪要\n时间", "meeting", "题名以“纪要”结尾"),
            ("text/plain", "志愿者花名册\n张某", "roster", "题名以“花名册”结尾"),
            ("text/plain", "关于无重大安全事故的声明\n特此声明", "statement", "题名以“声明”结尾"),
            (
                "application/pdf",
                "云汀日报 2026年3月6日 第3版\n雷锋精神在云汀传承\n本报讯",
                "press",
                "报纸刊载：云汀日报 第3版",
            ),
        ] {
            assert_eq!(kind(media_type, text), (meant.to_owned(), why.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_says_too_little_proposes_nothing() {
        for text in [
            "学雷锋活动方案\n一、",
            "志愿服务站\n简介",
            "关于情况的\n说",
            "（三）本年度情况\n",
            "依法申请的，应当附情况说明\n",
            "",
        ] {
            assert_eq!(kind("text/plain", text), (String::new(), String::new()), "{text}");
        }
    }
}
