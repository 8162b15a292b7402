//! Where something was published: the fields of a form, or what a clipping and a page of the web say of themselves.

use std::collections::BTreeMap;

use crate::domain::dates;
use crate::domain::evidence::{DateKind, Dated, Provenance};
use crate::domain::number;
use crate::domain::reading::{Medium, Publication};

use Medium::{Broadcast, Newspaper, Sms, Web};

/// How many lines tell where something was published.
const HEAD: usize = 40;

/// Words of forms and captions, the field each stands for, and the medium it speaks for.
const LABELS: &[(&str, &str, Option<Medium>)] = &[
    ("报纸名称", "报纸", Some(Newspaper)),
    ("报刊名称", "报纸", Some(Newspaper)),
    ("报纸", "报纸", Some(Newspaper)),
    ("版次", "版次", Some(Newspaper)),
    ("版面", "版次", Some(Newspaper)),
    ("见报日期", "日期", Some(Newspaper)),
    ("出版日期", "日期", Some(Newspaper)),
    ("刊登日期", "日期", Some(Newspaper)),
    ("刊发日期", "日期", Some(Newspaper)),
    ("频道", "频道", Some(Broadcast)),
    ("频率", "频道", Some(Broadcast)),
    ("栏目", "栏目", Some(Broadcast)),
    ("节目名称", "栏目", Some(Broadcast)),
    ("播出时间", "时间", Some(Broadcast)),
    ("播出日期", "时间", Some(Broadcast)),
    ("播出时长", "时长", Some(Broadcast)),
    ("时长", "时长", Some(Broadcast)),
    ("网址", "网址", Some(Web)),
    ("链接", "网址", Some(Web)),
    ("网站名称", "媒体", Some(Web)),
    ("来源", "媒体", Some(Web)),
    ("发布时间", "发布时间", Some(Web)),
    ("发布日期", "发布时间", Some(Web)),
    ("发送单位", "发送单位", Some(Sms)),
    ("发送时间", "时间", Some(Sms)),
    ("发送条数", "条数", Some(Sms)),
    ("条数", "条数", Some(Sms)),
    ("媒体名称", "媒体", None),
    ("媒体", "媒体", None),
    ("标题", "标题", None),
    ("题目", "标题", None),
    ("日期", "日期", None),
    ("时间", "时间", None),
    ("记者", "记者", None),
    ("作者", "记者", None),
    ("通讯员", "通讯员", None),
];

/// Returns where the text says that it was published.
pub(super) fn publication(text: &str) -> Option<Publication> {
    let head: Vec<&str> = text.lines().map(str::trim).filter(|it| !it.is_empty()).take(HEAD).collect();
    form(&head).or_else(|| page_of_web(text, &head)).or_else(|| clipping(text, &head))
}

/// Returns the day of publication.
pub(super) fn published(publication: &Publication) -> Option<Dated> {
    let written =
        ["日期", "播出时间", "发布时间", "时间"].iter().find_map(|it| publication.fields.get(*it))?;
    let (from, to) = dates::in_name(written)?;
    Some(Dated { kind: DateKind::Publication, from, to, provenance: Provenance::Document })
}

/// A form has at least two fields of one medium. A table of many publications is a table.
fn form(head: &[&str]) -> Option<Publication> {
    let mut fields: Vec<(&str, Option<Medium>, &str)> = Vec::new();
    for (label, value) in head.iter().flat_map(|it| pairs(it)) {
        let (_, field, medium) = LABELS.iter().find(|it| it.0 == label)?;
        if !fields.iter().any(|it| it.0 == *field && it.1 == *medium) {
            fields.push((field, *medium, value));
        }
    }
    let n_of = |medium: Medium| fields.iter().filter(|it| it.1 == Some(medium)).count();
    let medium = [Newspaper, Broadcast, Web, Sms].into_iter().max_by_key(|it| n_of(*it))?;
    if n_of(medium) < 2 {
        return None;
    }
    let own = fields.iter().filter(|it| it.1.is_none_or(|it| it == medium));
    let fields = own.map(|it| (it.0.to_owned(), it.2.chars().take(200).collect())).collect();
    Some(Publication { medium, fields })
}

/// Returns label and value of what a line says as `label：value`, several in a row or in the cells of a table.
fn pairs(line: &str) -> Vec<(&'static str, &str)> {
    if line.len() > 1200 {
        return vec![];
    }
    let mut marks: Vec<(usize, usize, &'static str)> = Vec::new();
    for (at, _) in line.match_indices([':', '：', '\t']) {
        let before = line[..at].trim_end();
        let label = LABELS.iter().map(|it| it.0).filter(|it| before.ends_with(it)).max_by_key(|it| it.len());
        let Some(label) = label else { continue };
        let start = before.len() - label.len();
        let apart = before[..start].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let value = at + line[at..].chars().next().map_or(1, char::len_utf8);
        if apart {
            marks.push((start, value, label));
        }
    }
    let ends = marks.iter().skip(1).map(|it| it.0).chain([line.len()]);
    let told = marks.iter().zip(ends).filter_map(|((_, value, label), end)| {
        let value = line.get(*value..end)?.split('\t').next()?;
        let value = value.trim_matches(|c: char| c.is_whitespace() || ";；,，|".contains(c));
        (!value.is_empty() && !LABELS.iter().any(|it| it.0 == value)).then_some((*label, value))
    });
    told.collect()
}

/// `2017-03-15 10:20  来源：濮阳网`: two of source, moment and address.
fn page_of_web(text: &str, head: &[&str]) -> Option<Publication> {
    let mut fields = BTreeMap::new();
    for line in head.iter().filter(|it| it.len() <= 300) {
        if let Some((_, source)) = pairs(line).into_iter().find(|it| it.0 == "来源") {
            let source = source.split_whitespace().next().unwrap_or_default();
            fields.entry("媒体".to_owned()).or_insert_with(|| source.to_owned());
            let moment = line.split_whitespace().find(|it| dates::in_name(it).is_some_and(|it| it.0 == it.1));
            if let Some(moment) = moment {
                let written = moment.rsplit(['：']).next().unwrap_or(moment);
                fields.entry("发布时间".to_owned()).or_insert_with(|| written.to_owned());
            }
        }
    }
    let address = text.find("http://").or_else(|| text.find("https://"));
    if let Some(at) = address.filter(|_| !fields.is_empty()) {
        let end = text[at..].find(|c: char| !c.is_ascii_graphic()).map_or(text.len(), |it| at + it);
        fields.insert("网址".to_owned(), text[at..end].chars().take(300).collect());
    }
    (fields.len() >= 2).then_some(Publication { medium: Web, fields })
}

/// A clipping has the paper's name with its page, or with a day and the mark of its reporter.
fn clipping(text: &str, head: &[&str]) -> Option<Publication> {
    const ABOVE: usize = 15;
    let above: Vec<&str> = head
        .iter()
        .take(ABOVE)
        .copied()
        .filter(|it| it.chars().count() <= 60 && !it.contains('\t'))
        .collect();
    let (paper, _) = above.iter().find_map(|it| paper(it).map(|name| (name, it)))?;
    let page = above.iter().find_map(|it| page(it));
    let day = above.iter().find_map(|it| dates::in_name(it).filter(|it| it.0 == it.1));
    let beginning = text.get(..text.floor_char_boundary(12_000)).unwrap_or(text);
    let by = by(beginning);
    let dateline = beginning.match_indices("本报").any(|(at, _)| {
        beginning[at..].chars().take(14).take_while(|c| c.is_alphanumeric()).any(|c| c == '讯')
    });
    let reported = by.is_some() || dateline;
    if page.is_none() && !(day.is_some() && reported) || number::own(text).is_some() {
        return None;
    }
    let mut fields = BTreeMap::from([("报纸".to_owned(), paper.to_owned())]);
    fields.extend(day.map(|it| ("日期".to_owned(), it.0.to_string())));
    fields.extend(page.map(|it| ("版次".to_owned(), it.to_owned())));
    fields.extend(by.into_iter().flatten());
    let headline = above.iter().find(|it| is_headline(it));
    fields.extend(headline.map(|it| ("标题".to_owned(), (*it).to_owned())));
    Some(Publication { medium: Newspaper, fields })
}

fn is_headline(line: &str) -> bool {
    let words = line.chars().filter(|c| c.is_alphabetic()).count();
    let head = paper(line).is_some_and(|it| it.chars().count() + 8 > words) || page(line).is_some();
    let imprint = ["责编", "责任编辑", "编辑", "校对", "农历", "星期", "国内统一", "总第", "邮箱", "热线"]
        .iter()
        .any(|it| line.contains(it));
    let byline = line.contains("记者") || line.contains("通讯员") || line.contains("本报讯");
    words >= 4 && !head && !imprint && !byline && dates::made(line).is_none()
}

/// Returns the name of a newspaper that a line begins with, or that stands in it between signs.
fn paper(line: &str) -> Option<&str> {
    const ENDS: &[&str] =
        &["日报", "晚报", "时报", "早报", "晨报", "商报", "都市报", "青年报", "法制报", "法治报", "工人报"];
    const LONGEST: usize = 6;
    for end in ENDS {
        for (at, _) in line.match_indices(end) {
            let (before, after) = (&line[..at], &line[at + end.len()..]);
            let start =
                before.char_indices().rev().take_while(|it| matches!(it.1, '\u{4e00}'..='\u{9fff}')).last();
            let start = start.map_or(at, |it| it.0);
            let length = line[start..at].chars().count();
            let apart = after.chars().next().is_none_or(|c| !matches!(c, '\u{4e00}'..='\u{9fff}'));
            if apart && (2..=LONGEST).contains(&length) {
                return line.get(start..at + end.len());
            }
        }
    }
    None
}

/// Returns `第3版`, `A1版` or `03版`.
fn page(line: &str) -> Option<&str> {
    for (at, sign) in line.match_indices('版') {
        let figure = |c: char| c.is_ascii_alphanumeric() || "一二三四五六七八九十头".contains(c);
        let start =
            line[..at].char_indices().rev().take_while(|it| figure(it.1)).take(5).last().map(|it| it.0);
        let after = &line[at + sign.len()..];
        let Some(start) = start.filter(|_| !after.starts_with(['本', '权', '块', '图', '面', '式']))
        else {
            continue;
        };
        let start = line[..start].strip_suffix('第').map_or(start, str::len);
        let apart = line[..start].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        if apart {
            return line.get(start..at + sign.len());
        }
    }
    None
}

/// Returns who reported: `本报记者 张某 通讯员 李某`, `(记者 张某)`.
fn by(text: &str) -> Option<Vec<(String, String)>> {
    const LABELS: &[(&str, &str)] = &[
        ("本报记者", "记者"),
        ("本报全媒体记者", "记者"),
        ("(记者", "记者"),
        ("（记者", "记者"),
        ("通讯员", "通讯员"),
    ];
    let mut found: Vec<(String, String)> = Vec::new();
    for (label, field) in LABELS {
        let Some(at) = text.find(label).filter(|_| !found.iter().any(|it| it.0 == *field)) else { continue };
        let names = names(&text[at + label.len()..]);
        if !names.is_empty() {
            found.push(((*field).to_owned(), names));
        }
    }
    (!found.is_empty()).then_some(found)
}

/// Returns the names at the beginning of a text; a name has two to four characters.
fn names(text: &str) -> String {
    const MOST: usize = 4;
    let line = text.trim_start_matches([' ', '\u{3000}', ':', '：']);
    let end = line.find(|c: char| !matches!(c, '\u{4e00}'..='\u{9fff}' | ' ' | '\u{3000}' | '、'));
    let run = &line[..end.unwrap_or(line.len())];
    let words = run.split([' ', '\u{3000}', '、']).filter(|it| !it.is_empty());
    let person = |it: &&str| {
        let other =
            ["通讯员", "实习生", "报道", "摄影", "文图", "摄", "文"].iter().any(|word| it.starts_with(word));
        (2..=4).contains(&it.chars().count()) && !other
    };
    words.take_while(person).take(MOST).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn told(text: &str) -> Option<(Medium, String)> {
        let it = publication(text)?;
        Some((
            it.medium,
            it.fields.iter().map(|(field, value)| format!("{field}={value}")).collect::<Vec<_>>().join(" "),
        ))
    }

    #[test]
    fn forms_and_captions_say_where_it_was_published() {
        for (text, medium, fields) in [
            (
                "报纸：濮阳日报  日期：2017年3月15日\n版次：第3版\n标题：雷锋精神在濮阳\n记者：张某",
                Newspaper,
                "报纸=濮阳日报 日期=2017年3月15日 标题=雷锋精神在濮阳 版次=第3版 记者=张某",
            ),
            (
                "报纸名称\t濮阳日报\t版次\tA1版\n见报日期\t2017-03-15",
                Newspaper,
                "报纸=濮阳日报 日期=2017-03-15 版次=A1版",
            ),
            (
                "公益广告播出单\n频道：濮阳电视台一套；栏目：文明濮阳\n播出时间：2017年3月15日19:30 时长：60秒",
                Broadcast,
                "时长=60秒 时间=2017年3月15日19:30 栏目=文明濮阳 频道=濮阳电视台一套",
            ),
            (
                "媒体：濮阳网\n网址：http://www.example.cn/1.html\n发布时间：2017-03-15 10:20\n标题：学雷锋",
                Web,
                "发布时间=2017-03-15 10:20 媒体=濮阳网 标题=学雷锋 网址=http://www.example.cn/1.html",
            ),
            (
                "发送单位：中国移动濮阳分公司\n时间：2017年3月5日\n条数：12万条",
                Sms,
                "发送单位=中国移动濮阳分公司 时间=2017年3月5日 条数=12万条",
            ),
            (
                "学雷锋活动启动\n2017-03-15 10:20  来源：濮阳网  编辑：李某\n正文",
                Web,
                "发布时间=2017-03-15 媒体=濮阳网",
            ),
        ] {
            assert_eq!(told(text), Some((medium, fields.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_clipping_is_known_by_its_nameplate() {
        let text = "云汀日报  2026年3月6日 星期五  第3版\n雷锋精神在云汀传承\n本报讯（本报记者 张某某 通讯员 李某）三月五日，";
        let found = publication(text).unwrap();
        assert_eq!(
            told(text).unwrap().1,
            "报纸=云汀日报 日期=2026-03-06 标题=雷锋精神在云汀传承 版次=第3版 记者=张某某 通讯员=李某"
        );
        assert_eq!(published(&found).unwrap().from, date(2026, 3, 6));
        let text = "云汀日报 数字报纸\n00004版:要闻\n我省志愿者学雷锋\n本报云汀3月2日讯 (记者 何某某 通讯员 臧某某 金某) 今天";
        assert_eq!(
            told(text).unwrap().1,
            "报纸=云汀日报 标题=我省志愿者学雷锋 版次=00004版 记者=何某某 通讯员=臧某某 金某"
        );
        let text = "云汀晚报\n二〇二六年三月六日\n雷锋精神在云汀传承\n本报讯 三月五日，";
        assert_eq!(told(text).unwrap().1, "报纸=云汀晚报 日期=2026-03-06 标题=雷锋精神在云汀传承");
    }

    #[test]
    fn a_paper_that_is_only_spoken_of_is_no_clipping() {
        for text in [
            "关于订阅云汀日报的通知\n各单位：\n2017年3月1日",
            "云汀日报社\n2017年3月1日",
            "会议时间：2017年3月1日\n地点：三楼",
            "来源：市统计局\n单位\t人次",
            "第三版修订说明\n云汀日报社承办",
            "公益广告刊播统计表\n报纸\t日期\t版次\n云汀日报\t3月1日\t第3版",
            "市政府文件\n濮政〔2017〕3号\n云汀日报 第3版",
            "版权所有 正版图书 排版",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
