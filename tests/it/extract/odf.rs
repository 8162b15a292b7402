//! OpenDocument: the numbers of its lists, and what lies within it.

use std::io::{Cursor, Read};

use juanzong::domain::reading::Status;

use super::formats::{SENTENCE, bytes_of, read_as, with_parts};

/// A part whose elements and attributes need no prefixes.
fn part(styles: &str, body: &str) -> String {
    format!("<document-content><automatic-styles>{styles}</automatic-styles><body>{body}</body></document-content>")
        .replace('\'', "\"")
}

/// The lines of a text of these styles and this body.
fn lines(styles: &str, body: &str) -> String {
    let content = part(styles, body);
    let parts: [(&str, &[u8]); 2] = [("content.xml", content.as_bytes()), ("styles.xml", b"<x/>")];
    let letter = read_as(&with_parts(&bytes_of("letter.odt"), &parts), "a.odt");
    assert_eq!(letter.reading.status, Status::Ok);
    letter.text.trim_end().replace(" \n", "\n").replace('\n', "|")
}

/// A list style `L`: 1. and below it 1.a), and one of articles.
const LISTS: &str = "<list-style name='L'><list-level-style-number level='1' num-format='1' num-suffix='.'/>\
    <list-level-style-number level='2' num-format='a' display-levels='2' num-suffix=')'/></list-style>\
    <list-style name='M'><list-level-style-number level='1' num-format='一, 二, 三, ...' num-prefix='第' num-suffix='条' start-value='3'/></list-style>\
    <outline-style><outline-level-style level='1' num-format='I' num-suffix='.'/></outline-style>\
    <style name='P' family='paragraph' list-style-name='M'/><style name='Q' family='paragraph' parent-style-name='P'/>\
    <style name='R' family='paragraph' parent-style-name='P' list-style-name=''/>";

/// A list of one style with these attributes and items of one paragraph each.
fn list(attributes: &str, words: &[&str]) -> String {
    let items = words.iter().map(|it| format!("<list-item><p>{it}</p></list-item>"));
    format!("<list {attributes}>{}</list>", items.collect::<String>())
}

#[test]
fn lists_go_on_or_begin_anew() {
    let words = ["甲", "乙"];
    let of_l = |more: &str| list(&format!("style-name='L' {more}"), &words);
    let anew = "<list style-name='L'><list-item start-value='7'><p>甲</p></list-item><list-item><p>乙</p></list-item></list>";
    for (body, expected) in [
        (format!("{}<p>丙</p>{}", of_l(""), of_l("")), "1. 甲|2. 乙|丙|1. 甲|2. 乙"),
        (format!("{}{}", of_l(""), of_l("continue-numbering='true'")), "1. 甲|2. 乙|3. 甲|4. 乙"),
        (
            format!("{}{}{}", of_l("id='a'"), of_l("id='b'"), of_l("continue-list='a'")),
            "1. 甲|2. 乙|1. 甲|2. 乙|3. 甲|4. 乙",
        ),
        (format!("{}{}", of_l(""), of_l("continue-list='none'")), "1. 甲|2. 乙|1. 甲|2. 乙"),
        (
            // Some writers say it of every part of a list.
            [
                of_l("continue-numbering='true'"),
                list("style-name='M'", &["丙"]),
                of_l("continue-numbering='true'"),
            ]
            .concat(),
            "1. 甲|2. 乙|第三条 丙|3. 甲|4. 乙",
        ),
        (anew.into(), "7. 甲|8. 乙"),
        (
            format!("<tracked-changes>{}</tracked-changes>{}", of_l(""), of_l("continue-numbering='true'")),
            "1. 甲|2. 乙",
        ),
    ] {
        assert_eq!(lines(LISTS, &body), expected, "{body}");
    }
}

#[test]
fn what_a_list_numbers_is_the_first_paragraph_of_an_item() {
    let inner = list("", &["乙", "丙"]);
    for (body, expected) in [
        (format!("<list style-name='L'><list-item><p>甲</p>{inner}<p>丁</p></list-item></list>"), "1. 甲|1.a) 乙|1.b) 丙|丁"),
        ("<list style-name='L'><list-header><p>甲</p></list-header><list-item><p>乙</p></list-item></list>".into(), "甲|1. 乙"),
        ("<list style-name='L'><list-item><p>甲<frame><text-box><p>框</p></text-box></frame></p></list-item></list>".into(), "1. 甲框"),
        ("<list style-name='L'><list-item><number>9.</number><p>甲</p></list-item></list>".into(), "1. 甲"),
        ("<list style-name='L'><list-item style-override='M'><p>甲</p></list-item></list>".into(), "第三条 甲"),
        // Of the paragraph, or of what its style is like.
        ("<list><list-item><p style-name='Q'>甲</p></list-item></list><p style-name='Q'>乙</p>".into(), "第三条 甲|乙"),
        (list("style-name='none'", &["甲"]), "甲"),
        ("<ordered-list style-name='L'><list-item><p>甲</p></list-item></ordered-list>".into(), "1. 甲"),
        (
            "<numbered-paragraph list-id='a' style-name='L'><p>甲</p></numbered-paragraph><p>间</p>\
                <numbered-paragraph list-id='a' level='2' style-name='L'><p>乙</p></numbered-paragraph>"
                .into(),
            "1. 甲|间|1.a) 乙",
        ),
    ] {
        assert_eq!(lines(LISTS, &body), expected, "{body}");
    }
}

#[test]
fn headings_are_numbered_by_their_level() {
    let heads = "<h outline-level='1'>甲</h><p>文</p><h outline-level='2'>乙</h><h outline-level='1' is-list-header='true'>丙</h>\
        <h outline-level='1' style-name='R'>丁</h><h outline-level='1'>戊</h><h style-name='Q' outline-level='1'>己</h>\
        <h outline-level='1' restart-numbering='true' start-value='5'>庚</h><h level='1'>辛</h>";
    assert_eq!(lines(LISTS, heads), "I. 甲|文|乙|丙|丁|II. 戊|第三条 己|V. 庚|VI. 辛");
}

#[test]
fn styles_of_a_page_are_none_of_the_text() {
    let tabs = "<style name='T' family='paragraph'><tab-stops><tab-stop position='1cm'/></tab-stops></style>";
    let styles = part(
        "<list-style name='L'><list-level-style-number level='1' num-format='1' num-prefix='页'/></list-style>",
        &format!("<header>{}</header>", list("style-name='L'", &["眉"])),
    );
    let content = part(&format!("{tabs}{LISTS}"), &list("style-name='L'", &["甲"]));
    let parts = [("content.xml", content.as_bytes()), ("styles.xml", styles.as_bytes())];
    let letter = read_as(&with_parts(&bytes_of("letter.odt"), &parts), "a.odt");
    assert_eq!(letter.text, "1. 甲\n页1 眉\n");
}

/// The parts of an OpenDocument file, in a folder.
fn unpacked(folder: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    ["content.xml", "styles.xml"]
        .map(|name| {
            let mut part = Vec::new();
            package.by_name(name).unwrap().read_to_end(&mut part).unwrap();
            (format!("{folder}/{name}"), part)
        })
        .into()
}

fn letter_with(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|it| (it.0.as_str(), it.1.as_slice())).collect();
    with_parts(&bytes_of("letter.odt"), &parts)
}

#[test]
fn documents_and_pictures_within_are_read() {
    let emf = bytes_of("picture.emf");
    let mut parts = unpacked("Object 1", &bytes_of("table.ods"));
    parts.extend([
        ("Object 2".into(), bytes_of("notes.doc")),
        ("Object 3/content.xml".into(), b"torn".to_vec()),
        ("ObjectReplacements/Object 2".into(), emf.clone()),
        ("Pictures/1.emf".into(), emf.clone()),
    ]);
    let letter = read_as(&letter_with(&parts), "a.odt");
    assert_eq!(letter.reading.status, Status::Ok);
    for words in [SENTENCE, "卫健局\t85", "文本框里的文字", "学雷锋志愿活动\n2017年3月5日"]
    {
        assert_eq!(letter.text.matches(words).count(), 1, "{words}: {}", letter.text);
    }
    assert!(letter.text.starts_with(read_as(&bytes_of("letter.odt"), "a.odt").text.as_str()));
}

#[test]
fn what_shows_what_was_read_is_not_read_again() {
    let chart = part(
        "",
        "<chart><title><p>关爱空巢老人</p></title><table name='local-table'><table-row><table-cell><p>道德讲堂活动</p></table-cell></table-row></table></chart>",
    );
    let other = part("", "<chart><title><p>志愿服务时长</p></title></chart>");
    let parts = [
        ("Object 1/content.xml".into(), chart.into_bytes()),
        ("Object 2/content.xml".into(), other.into_bytes()),
    ];
    let letter = read_as(&letter_with(&parts), "a.odt");
    assert_eq!(letter.text.matches("关爱空巢老人").count(), 1, "{}", letter.text);
    assert!(letter.text.trim_end().ends_with("志愿服务时长"), "{}", letter.text);
}

#[test]
fn documents_within_are_followed_so_deep_and_no_deeper() {
    let at = |depth: usize| {
        let folder = vec!["Object 1"; depth].join("/");
        let own = part("", &format!("<p>第{depth}层文字</p>"));
        (format!("{folder}/content.xml"), own.into_bytes())
    };
    let letter = read_as(&letter_with(&[at(1), at(3), at(4)]), "a.odt");
    let found = [1, 3, 4].map(|it| letter.text.contains(&format!("第{it}层文字")));
    assert_eq!(found, [true, true, false], "{}", letter.text);
    // A document of many counts as many.
    let many: Vec<_> = (1..=60)
        .map(|it| {
            (format!("Object {it:02}/content.xml"), part("", &format!("<p>附{it:02}</p>")).into_bytes())
        })
        .collect();
    let letter = read_as(&letter_with(&many), "a.odt");
    assert!(letter.text.contains("附50") && !letter.text.contains("附51"), "{}", letter.text);
}
