//! Facts a document's own words give: what it is, who issued it and when, what it leaves open, and how readable it is.
//!
//! One file a theme, each a pure function over the text that takes time in proportion to it. [`from_text`] asks them all.

use std::borrow::Cow;
use std::ops::Range;

use crate::domain::evidence::{DateKind, Dated, Provenance};
use crate::domain::finding::{Code, Finding};
use crate::domain::reading::{Facts, Status};
use crate::domain::{dates, number};
use crate::extract::clean;
use crate::extract::unseen::UNSEEN;

mod attachments;
mod issuer;
mod kind;
mod leftovers;
mod marks;
mod personal;
mod places;
mod publication;
mod title;

/// Leaves out the signs that show nothing and may stand within a word or number.
fn seen(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}'))
}

/// Returns what a name or a caption gives away: numbers of persons, and a mark of secrecy in brackets or with a star.
pub fn given_away(name: &str) -> Vec<Finding> {
    let mark = marks::in_name(name).map(|it| Finding::new(Code::W14, it));
    personal::in_name(name).into_iter().chain(mark).collect()
}

/// Returns what a document's words about itself give away, of which each line may be a mark.
pub(super) fn from_properties(lines: &str) -> Vec<Finding> {
    let personal =
        personal::personal(lines).map(|it| Finding::new(it.code, format!("文档属性：{}", it.detail)));
    let mark = lines.lines().find_map(marks::secrecy);
    let mark = mark.map(|it| Finding::new(Code::W14, format!("文档属性：{it}")));
    personal.into_iter().chain(mark).collect()
}

/// Adds what the text says to facts and findings. The document is what its `own` text says, with which the text begins;
/// all of it is looked through for what must not leave. A picture or video has no text and is not asked for any.
pub(super) fn from_text(
    text: &str,
    own: &str,
    status: Status,
    facts: &mut Facts,
    findings: &mut Vec<Finding>,
) {
    let (text, beyond) = (own, text.get(own.len()..).unwrap_or_default());
    let characters = clean::n_characters(text);
    let read = matches!(status, Status::Ok | Status::Partial);
    if characters == 0 {
        if read && is_document(&facts.media_type) {
            findings.push(Finding::new(Code::W10, ""));
        }
    } else {
        let (visible, unseen) = apart(text);
        facts.characters = Some(clean::n_characters(&visible)).filter(|it| *it > 0);
        let garbled = clean::garbled(text);
        let n_garbled = garbled.iter().map(|it| clean::n_characters(&text[it.clone()])).sum();
        facts.garbled_characters = Some(n_garbled).filter(|it| *it > 0);
        findings.extend(unreadable(text, &garbled, n_garbled, characters));
        let text = &without_pinyin(&visible);
        // The first line of a workbook is the name of its first sheet.
        let unnamed = facts.media_type.contains("excel") || facts.media_type.contains("spreadsheet");
        let body = if unnamed { text.split_once('\n').map_or("", |it| it.1) } else { text };
        facts.title =
            facts.title.take().or_else(|| title::title(body).filter(|_| facts.media_type != "text/csv"));
        // Texts turned traditional by some site are read like all others.
        let plain = &fast2s::convert(text);
        let (within, unseen_beyond) = apart(beyond);
        let (within, unseen) = (fast2s::convert(&within), fast2s::convert(&(unseen + &unseen_beyond)));
        known(plain, facts, findings);
        facts.attachments = attachments::attachments(plain, &within);
        amiss(plain, facts, findings);
        must_not_leave([plain, &unseen, &within], facts, findings);
    }
    if read {
        facts.kind = facts.kind.take().or_else(|| kind::proposed(text, facts));
    }
}

/// Number, issuer, dates, marks, publication, places.
fn known(text: &str, facts: &mut Facts, findings: &mut Vec<Finding>) {
    if let Some(own) = number::own(text) {
        if !own.is_standard() {
            findings.push(Finding::new(Code::W01, own.written.clone()));
        }
        facts.document_number = facts.document_number.take().or(own.number);
    }
    facts.issuer = facts.issuer.take().or_else(|| issuer::issuer(text));
    facts.secrecy = marks::secrecy(text);
    facts.places = places::places(text);
    // Without a day of signing the number still tells the year.
    let year = || number::year(facts.document_number.as_ref()?).and_then(dates::whole_year);
    let made = dates::made(text).map(|day| (day, day)).or_else(year);
    facts.dates.extend(made.map(|(from, to)| Dated {
        kind: DateKind::Made,
        from,
        to,
        provenance: Provenance::Document,
    }));
    facts.publication = publication::publication(text);
    if let Some(publication) = &facts.publication {
        facts.dates.extend(publication::published(publication));
        // Above the headline of a clipping stand the paper's name and the day.
        facts.title = publication.fields.get("标题").cloned().or(facts.title.take());
    }
}

/// What the text itself shows to be amiss.
fn amiss(text: &str, facts: &Facts, findings: &mut Vec<Finding>) {
    if marks::is_copy(text) {
        findings.push(Finding::new(Code::W04, ""));
    }
    findings.extend(leftovers::placeholders(text));
    findings.extend(leftovers::boilerplate(text, facts.media_type == "text/html"));
}

/// Marks of secrecy and numbers of persons: what nobody sees and what lies within is handed over all the same.
fn must_not_leave([own, unseen, within]: [&str; 3], facts: &Facts, findings: &mut Vec<Finding>) {
    let inner = |it: &str| format!("内含文件：{it}");
    let mark = facts.secrecy.clone().or_else(|| unseen.lines().find_map(marks::secrecy));
    let mark = mark.or_else(|| marks::secrecy(within).map(|it| inner(&it)));
    findings.extend(mark.map(|it| Finding::new(Code::W14, it)));
    let personal = |texts: &[&str]| match texts {
        [one] => personal::personal(one),
        all => personal::personal(&all.join("\n")),
    };
    let texts: Vec<&str> = [own, unseen, within].into_iter().filter(|it| !it.is_empty()).collect();
    let all = personal(&texts);
    // Who is asked to mend it has to know where to look.
    let only_within = !within.is_empty() && personal(&[own, unseen]).is_none();
    findings.extend(all.map(|it| match only_within {
        true => Finding::new(it.code, inner(&it.detail)),
        false => it,
    }));
}

/// Says how much of a text is garbled or has its pronunciation left behind. Nothing of it is taken away.
fn unreadable(text: &str, garbled: &[Range<usize>], n_garbled: u64, characters: u64) -> Option<Finding> {
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

/// Parts the lines that nobody sees from all others, and takes their marks away.
fn apart(text: &str) -> (Cow<'_, str>, String) {
    if !UNSEEN.iter().any(|it| text.contains(it)) {
        return (text.into(), String::new());
    }
    let (mut visible, mut unseen) = (String::with_capacity(text.len()), String::new());
    for line in text.split_inclusive('\n') {
        match UNSEEN.iter().find_map(|it| line.strip_prefix(it)) {
            Some(line) => unseen.push_str(line),
            None => visible.push_str(line),
        }
    }
    (visible.into(), unseen)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_without_words_says_so_and_a_picture_does_not() {
        let findings = |media_type: &str| {
            let mut facts = Facts { media_type: media_type.into(), ..Facts::default() };
            let mut findings = Vec::new();
            from_text(" \n", " \n", Status::Ok, &mut facts, &mut findings);
            findings.len()
        };
        assert_eq!((findings("application/pdf"), findings("image/jpeg")), (1, 0));
    }

    #[test]
    fn what_nobody_sees_is_looked_through_and_counts_for_nothing() {
        let text = "通知\n[修订前] 联系电话13812345678\n[隐藏文字] 机密★1年\n";
        let (mut facts, mut findings) = (Facts::default(), Vec::new());
        from_text(text, text, Status::Ok, &mut facts, &mut findings);
        assert_eq!(findings.iter().map(|it| it.code).collect::<Vec<_>>(), [Code::W14, Code::W13]);
        assert_eq!((facts.characters, facts.secrecy), (Some(2), None));
        let codes = from_properties("无标题\n内部资料\n13812345678").into_iter().map(|it| it.code);
        assert_eq!(codes.collect::<Vec<_>>(), [Code::W13, Code::W14]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_facts(words in proptest::collection::vec(0..WORDS.len(), 0..60)) {
            let text: String = words.into_iter().map(|it| WORDS[it]).collect();
            let mut facts = Facts { media_type: "text/plain".into(), ..Facts::default() };
            let mut findings = Vec::new();
            from_text(&text, &text, Status::Ok, &mut facts, &mut findings);
            proptest::prop_assert!(facts.dates.iter().all(|it| it.from <= it.to));
            proptest::prop_assert!(facts.document_number.is_none_or(|it| number::normalise(&it) == Some(it)));
        }
    }

    /// What papers are made of, in pieces that can be put together wrongly.
    const WORDS: &[&str] = &[
        "\n",
        " ",
        "\t",
        "：",
        ":",
        "。",
        "（",
        ")",
        "〔",
        "】",
        "★",
        "附件",
        "1.",
        "关于",
        "的通知",
        "文件",
        "濮阳市",
        "市",
        "教育局",
        "2017",
        "年",
        "3月",
        "15日",
        "二〇",
        "廿",
        "元月",
        "第",
        "号",
        "版",
        "日报",
        "本报记者",
        "通讯员",
        "甲某",
        "来源",
        "发布时间",
        "http://",
        "频道",
        "时长",
        "机密",
        "内部资料",
        "XXX",
        "201*",
        "__",
        "……",
        "【待填",
        "免责声明",
        "仅供参考",
        "138",
        "12345678",
        "11010519491231002X",
        "創(chuàng)",
        "é",
        "\u{1F600}",
        "报告",
        "名单",
    ];
}
