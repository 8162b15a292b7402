//! Help: the states, the query language with examples that can be tried, the findings and what to do about them.

use std::sync::Arc;

use axum::extract::State;
use maud::{Markup, html};

use crate::domain::duty;
use crate::domain::finding::Code;
use crate::web::error::Refused;
use crate::web::pages::links;
use crate::web::pages::shell::{self, Shell, Tab};
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// What can be typed, what it means in Chinese and English.
const FORMS: [(&str, &str, &str); 15] = [
    ("志愿服务 空巢老人", "两个词都要有", "both must be found"),
    ("“道德讲堂”", "完全一致；也可用 \"…\" 「…」 《…》", "just this; also \"…\" 「…」 《…》"),
    ("方案 | 总结", "有一个即可；也可写 OR、或", "either; also OR, 或"),
    ("(通知 | 方案) -草稿", "括号分组；- 表示不含", "parentheses group; - leaves out"),
    (
        "~“关爱空朝老人”",
        "允许错一个字，用于识别有误的文字",
        "one character may be wrong, as in recognised text",
    ),
    (
        "指标:Ⅱ-3 状态:已通过",
        "同一标准下的状态；指标可用各种写法",
        "the standing for this standard, in any spelling",
    ),
    (
        "单位:jyj,团市委",
        "简称、曾用名、拼音首字母都可以；逗号表示任一",
        "aliases, former names, initials; a comma means either",
    ),
    ("类型:照片 格式:jpg", "材料类型、文件格式；格式也可写 word、图片", "kind and format; also word, 图片"),
    (
        "日期:2017-01..2017-06",
        "也可写 2017、2017-05、>=2017-05、近30天、上半年、2017年第二季度",
        "also 2017, 2017-05, >=2017-05, 近30天, 上半年",
    ),
    (
        "标题:道德讲堂 正文:中心广场",
        "只查一处：标题 文号 文件名 正文 图说 摄影 报纸 来源",
        "one field: title number name body caption photographer paper source",
    ),
    ("吉县创文字[2017]02号", "文号怎么写都能查到", "a document number in any spelling"),
    ("大小:>10M", "也可写 1M..5M、<=500k", "also 1M..5M, <=500k"),
    (
        "问题:有 单位:教育局",
        "有疑点的材料；也可写代码 问题:W13",
        "material with findings; also a code such as W13",
    ),
    (
        "标签:重点",
        "自己加的标签；在材料页或检索结果中批量加",
        "a tag; put on at the page of a piece, or on many results at once",
    ),
    ("dw:教育局 bt:通知", "字段名可用拼音首字母或英文", "fields by initials or in English"),
];

/// The page.
pub(in crate::web) async fn page(State(site): State<Arc<Site>>, visitor: Visitor) -> Result<Markup, Refused> {
    let fold = site.archive.fold().await?;
    let en = visitor.english;
    let body = html! {
        h1 { (visitor.say("怎么用", "How to use it")) }
        h2 { (visitor.say("状态", "States")) }
        ul.plain { @for it in duty::State::ALL { li { (shell::state(it, en)) } } }
        p { (visitor.say(
            "“已通过 6/7”表示要求 7 件、已通过 6 件；“+1”表示另有 1 件待审。免报和未到期不计入应报总数。没有核对过的，绝不显示为合格。",
            "“6/7” means 7 are asked and 6 accepted; “+1” that one more awaits review. Waived and not yet due duties are not counted as owed. What was not checked is never shown as passed.",
        )) }
        h2 #search { (visitor.say("检索", "Search")) }
        p { (visitor.say(
            "任何片段都能查到，简体繁体通用，标点和换行不计。不足十件时，后面另列近似匹配。每条结果写明所在的页、幻灯片或工作表的行，空行不计（Word 文档的页以 Word 最后一次排版为准，没有记下的不写）；左边各项可以逐级缩小范围，点 × 放宽。",
            "Any fragment is found, in either script, whatever its punctuation and line breaks. Where fewer than ten are found, near matches follow. Each result tells its page, slide, or row of a sheet, empty rows not counted (pages of a Word document are those of its last layout by Word, where it holds them); what stands on the left narrows step by step, and × widens again.",
        )) }
        div.scroll { table { tbody {
            @for (typed, zh, english) in FORMS { tr { td { a href=(links::search(typed)) { (typed) } } td { (visitor.say(zh, english)) } } }
        } } }
        h2 #findings { (visitor.say("疑点代码", "Findings")) }
        p { (visitor.say(
            "E 开头的须处理，W 开头的请核对，I 开头的仅供了解。有 W13、W14 的材料，在审核人核定之前不编入迎检档案。",
            "E must be dealt with, W should be looked at, I is worth knowing. Material with W13 or W14 stays out of dossiers until a reviewer clears it.",
        )) }
        div.scroll { table { tbody {
            @for code in Code::ALL { tr {
                td { a href=(links::search(&format!("问题:{}", code.as_str()))) { (code.as_str()) } }
                td { (code.sentence(en)) } td { (code.remedy(en)) }
            } }
        } } }
        h2 { (visitor.say("按键", "Keys")) }
        p { kbd { "Ctrl+K" } " " (visitor.say("搜索", "search")) " · " kbd { "Tab" } " " kbd { "Enter" } }
    };
    let shell = Shell::new(&site, &visitor, &fold, Tab::Help, visitor.say("帮助", "Help"));
    Ok(shell.page(body))
}
