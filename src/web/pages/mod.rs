//! What people see: one file a page, `shell` around each, `links` for where things are.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

pub(super) mod assets;

pub(super) mod cards;

pub(super) mod dossier;

pub(in crate::web) mod doubts;

pub(super) mod duties;

pub(super) mod evidence;

pub(super) mod forms;

pub(super) mod history;

pub(super) mod indicators;

pub(super) mod links;

pub(super) mod overview;

pub(super) mod review;

pub(super) mod search;

pub(super) mod shell;

pub(super) mod submissions;

pub(super) mod unassigned;

pub(super) mod units;

pub(super) mod viewer;

use crate::web::error::Refused;
use crate::web::pages::shell::{Shell, Tab};
use crate::web::site::Site;
use crate::web::visitor::{LANGUAGE, Visitor};

/// Where to go back to.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    back: String,
}

/// Keeps the language chosen in a cookie and goes back.
pub(super) async fn language(Path(language): Path<String>, Query(to): Query<Back>) -> Response {
    let chosen = if language == "en" { "en" } else { "zh" };
    let cookie = format!("{LANGUAGE}={chosen}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    ([(SET_COOKIE, cookie)], Redirect::to(links::back(&to.back))).into_response()
}

/// Explains the words, the states, the search and what to do first.
pub(super) async fn help(State(site): State<Arc<Site>>, visitor: Visitor) -> Result<Markup, Refused> {
    let fold = site.archive.fold().await?;
    let en = visitor.english;
    let rows: [(&str, &str, &str); 5] = [
        ("志愿服务 空巢老人", "两个词都要有", "both must be found"),
        ("“道德讲堂”", "完全一致", "just this"),
        ("-草稿", "不含", "without this"),
        ("指标:Ⅱ-3 状态:已通过 单位:教育局 类型:照片", "筛选", "filters: indicator: state: unit: kind:"),
        (
            "日期:2017-01..2017-06",
            "日期范围，也可写 2017、2017-05、>=2017-05",
            "dates; also 2017, 2017-05, >=2017-05",
        ),
    ];
    let body = html! {
        h1 { (visitor.say("怎么用", "How to use it")) }
        h2 { (visitor.say("状态", "States")) }
        ul.plain { @for it in crate::domain::duty::State::ALL { li { (shell::state(it, en)) } } }
        p { (visitor.say(
            "“已通过 6/7”表示要求 7 件、已通过 6 件；“+1”表示另有 1 件待审。免报和未到期不计入应报总数。没有核对过的，绝不显示为合格。",
            "“6/7” means 7 are asked and 6 accepted; “+1” that one more awaits review. Waived and not yet due duties are not counted as owed. What was not checked is never shown as passed.",
        )) }
        h2 { (visitor.say("检索", "Search")) }
        div.scroll { table { tbody {
            @for (typed, zh, english) in rows { tr { td { a href=(links::search(typed)) { (typed) } } td { (visitor.say(zh, english)) } } }
        } } }
        h2 { (visitor.say("按键", "Keys")) }
        p { kbd { "Ctrl+K" } " " (visitor.say("搜索", "search")) " · " kbd { "Tab" } " " kbd { "Enter" } }
    };
    let shell = Shell::new(&site, &visitor, &fold, Tab::Help, visitor.say("帮助", "Help"));
    Ok(shell.page(body))
}
