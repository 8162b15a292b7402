//! Search: the parsed query as chips, facets with counts, hits with the place that answers.

use std::ops::Range;
use std::sync::Arc;

use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use crate::index::{Sort, query};
use crate::ledger::SavedSearch;
use crate::ledger::fold::Fold;
use crate::search::{Answer, Question, Shown, search};
use crate::web::error::Refused;
use crate::web::pages::cards::{Extra, card, pager};
use crate::web::pages::shell::{Shell, Tab};
use crate::web::pages::{facets, forms, links};
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// What is searched for.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct Asked {
    #[serde(default)]
    pub q: String,
    #[serde(default)]
    pub sort: String,
    #[serde(default)]
    pub offset: usize,
    /// An id, to narrow to one unit.
    #[serde(default)]
    pub unit: String,
}

const A_PAGE: usize = 20;

/// The orders, as in the address, with their words.
const ORDERS: [(&str, Sort, [&str; 2]); 4] = [
    ("", Sort::Relevance, ["按相关", "By relevance"]),
    ("date", Sort::Date, ["按日期", "By date"]),
    ("filed", Sort::Filed, ["按归档", "By filing"]),
    ("size", Sort::Size, ["按大小", "By size"]),
];

impl Asked {
    fn typed(&self) -> String {
        if self.unit.is_empty() {
            self.q.clone()
        } else {
            query::narrow(&self.q, &format!("单位:{}", self.unit))
        }
    }

    fn to(&self, q: &str, sort: &str, offset: usize) -> String {
        let offset = if offset == 0 { String::new() } else { offset.to_string() };
        links::with("/search", &[("q", q), ("sort", sort), ("offset", &offset)])
    }
}

/// The page of a search.
pub(in crate::web) async fn page(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refused> {
    let typed = asked.typed();
    let sort = ORDERS.iter().find(|it| it.0 == asked.sort).map_or(Sort::Relevance, |it| it.1);
    let (offset, limit, now) = (asked.offset, A_PAGE, visitor.act.now);
    let mut question = Question { typed: typed.clone(), offset, limit, sort, now };
    let mut answer = search(&site.archive, &visitor.act.scope, &question).await?;
    let n_all = answer.total + answer.near;
    if answer.hits.is_empty() && offset > 0 && n_all > 0 {
        // Beyond the end, as where a link was kept and less is found by now, stands the last page.
        question.offset = (n_all - 1) / A_PAGE * A_PAGE;
        answer = search(&site.archive, &visitor.act.scope, &question).await?;
    }
    let fold = site.archive.fold().await?;
    let kept = site.archive.ledger().saved_searches().await?;
    let body = html! {
        h1.quiet { (total(&answer, &visitor)) }
        (chips(&asked, &answer, &visitor))
        div.found {
            aside.facets aria-label=(visitor.say("筛选", "Filters")) {
                (saved(&kept, &asked, &typed, &visitor))
                (facets::all(&fold, &visitor, &typed, &answer))
            }
            section {
                div.bar { (order(&asked, &typed, &visitor)) (takeaway(&typed, &answer, &visitor, &fold)) }
                @if answer.hits.is_empty() { (nothing(&visitor)) }
                (hits(&fold, &visitor, &typed, &answer))
                (pager(&visitor, answer.total + answer.near, (question.offset, A_PAGE), &|n| asked.to(&typed, &asked.sort, n)))
                p.meta { @if let Some(entry) = answer.entry { (visitor.say("索引到操作记录第 ", "Index at entry ")) (entry) (visitor.say(" 条", "")) } }
            }
        }
    };
    let title = format!(
        "{} · {}",
        if typed.is_empty() { visitor.say("检索", "Search") } else { &typed },
        answer.total
    );
    let mut shell = Shell::new(&site, &visitor, &fold, Tab::Search, title);
    shell.typed = &typed;
    Ok(shell.page(body))
}

fn total(answer: &Answer, visitor: &Visitor) -> String {
    let (total, near) = (answer.total, answer.near);
    match (visitor.english, near) {
        (false, 0) => format!("共 {total} 件"),
        (false, _) if total == 0 => format!("没有完全一致的；近似匹配 {near} 件"),
        (false, _) => format!("共 {total} 件，另有近似匹配 {near} 件"),
        (true, 0) => format!("{total} pieces"),
        (true, _) if total == 0 => format!("Nothing holds just this; {near} near matches"),
        (true, _) => format!("{total} pieces, and {near} near matches"),
    }
}

fn chips(asked: &Asked, answer: &Answer, visitor: &Visitor) -> Markup {
    html! {
        @if !answer.chips.is_empty() {
            p.chips { @for it in &answer.chips {
                a.chip href=(asked.to(&it.without, &asked.sort, 0)) title=(visitor.say("去掉这一条", "Take it away")) { (it.shown) " ×" }
            } }
        }
    }
}

fn order(asked: &Asked, typed: &str, visitor: &Visitor) -> Markup {
    html! {
        nav.choices { @for (word, _, [zh, en]) in ORDERS {
            a href=(asked.to(typed, word, 0)) aria-current=[(asked.sort == word).then_some("true")] { (visitor.say(zh, en)) }
        } }
    }
}

/// The hits as one form, so that many can be given to a unit or a standard at once.
fn hits(fold: &Fold, visitor: &Visitor, typed: &str, answer: &Answer) -> Markup {
    let scheme = fold.current_schemes().next().map(|it| &it.id);
    let list = |near: bool| {
        let shown = answer.hits.iter().filter(move |it| it.near == near);
        html! { ul.cards { @for it in shown { (hit(fold, visitor, typed, it)) } } }
    };
    if answer.hits.is_empty() {
        return html! {};
    }
    forms::form(
        visitor,
        "assign",
        "",
        html! {
            details.batch { summary { (visitor.say("批量指定、加标签…", "Assign or tag many …")) }
                div.bar {
                    label.all hidden { input type="checkbox" data-all="evidence"; " " (visitor.say("全选本页", "Mark all on this page")) }
                    @if answer.total > 0 && !typed.is_empty() {
                        label { input type="checkbox" name="query" value=(typed); " " (visitor.say("全部 ", "All ")) (answer.total) (visitor.say(" 件，不论勾选", " found, whatever is marked")) }
                    }
                }
                div.bar {
                    (forms::assigning(visitor, fold, scheme))
                    button { (visitor.say("指定", "Assign")) }
                }
                div.bar {
                    label { (visitor.say("加标签", "Add tags")) " " input name="add" list="tags" autocomplete="off"; }
                    label { (visitor.say("去标签", "Take off")) " " input name="remove" list="tags" autocomplete="off"; }
                    button formaction="/verbs/tag" { (visitor.say("更新标签", "Tag")) }
                    datalist #tags { @for (tag, _) in answer.facets.iter().filter(|it| it.field == "tag").flat_map(|it| &it.counts) { option value=(tag) {} } }
                }
            }
            (list(false))
            @if answer.hits.iter().any(|it| it.near) {
                h2 #near { (visitor.say("近似匹配", "Near matches")) " " span.n { (answer.near) } }
                (list(true))
            }
        },
    )
}

/// What can be taken away: the whole result as a table, as JSON, as a dossier.
fn takeaway(typed: &str, answer: &Answer, visitor: &Visitor, fold: &Fold) -> Markup {
    if answer.total == 0 {
        return html! {};
    }
    html! {
        nav.takeaway aria-label=(visitor.say("导出", "Take away")) {
            a href=(links::with("/search.xlsx", &[("q", typed)])) { "XLSX" } " "
            a href=(links::with("/search.csv", &[("q", typed)])) { "CSV" } " "
            a href=(links::with("/search.json", &[("q", typed)])) { "JSON" } " "
            @if let Some(scheme) = fold.current_schemes().next().filter(|_| !typed.is_empty()) {
                a href=(links::with(&links::within(&scheme.id, "dossier"), &[("query", typed)])) { (visitor.say("迎检档案", "Dossier")) }
            }
        }
    }
}

/// Searches kept under a name, and the form that keeps this one.
fn saved(kept: &[SavedSearch], asked: &Asked, typed: &str, visitor: &Visitor) -> Markup {
    html! {
        details.saved open[!kept.is_empty()] { summary { (visitor.say("保存的检索", "Saved searches")) }
            ul { @for it in kept { li {
                a href=(asked.to(&it.query, &it.sort, 0)) title=(it.query) { (it.name) }
                form.verb method="post" action="/searches/forget" {
                    input type="hidden" name="name" value=(it.name);
                    input type="hidden" name="back" value=(visitor.here);
                    button.quiet title=(visitor.say("删去", "Forget")) aria-label={ (visitor.say("删去 ", "Forget ")) (it.name) } { "×" }
                }
            } } }
            @if !typed.is_empty() {
                form.verb method="post" action="/searches" {
                    input type="hidden" name="query" value=(typed);
                    input type="hidden" name="sort" value=(asked.sort);
                    input type="hidden" name="back" value=(visitor.here);
                    input name="name" required maxlength="60" placeholder=(visitor.say("名称", "Name")) aria-label=(visitor.say("名称", "Name"));
                    button { (visitor.say("保存", "Save")) }
                }
            }
        }
    }
}

fn nothing(visitor: &Visitor) -> Markup {
    html! {
        p.empty { (visitor.say("没有找到。少写几个字，去掉一个筛选条件，或换一个说法再试；刚报送的材料几秒后可以检索。", "Nothing was found. Write less, take a filter away, or use other words; what was just sent is found in a few seconds.")) }
    }
}

fn hit(fold: &Fold, visitor: &Visitor, typed: &str, it: &Shown) -> Markup {
    let extra = Extra {
        mark: Some(
            html! { input type="checkbox" name="evidence" value=(it.evidence.id) aria-label=(it.evidence.title); },
        ),
        typed,
        part: it.part,
        title: Some(marked(&it.evidence.title, &it.title_marks)),
        below: Some(html! {
            @if !it.snippet.text.is_empty() {
                p.snippet {
                    @if let Some(place) = place(visitor, it) { span.meta { (place) " " } }
                    (marked(&it.snippet.text, &it.snippet.marks))
                }
            }
        }),
    };
    card(fold, visitor, &it.evidence, extra)
}

/// Where the passage stands: in which file of several, and where there.
fn place(visitor: &Visitor, it: &Shown) -> Option<String> {
    let place = it.place.as_ref().map(|it| it.label(visitor.english));
    let several = (it.evidence.parts.len() > 1).then(|| match visitor.english {
        false => format!("文件 {}", it.part),
        true => format!("file {}", it.part),
    });
    let both: Vec<String> = several.into_iter().chain(place).collect();
    (!both.is_empty()).then(|| both.join(" · "))
}

/// A text with what was asked marked.
pub(in crate::web) fn marked(text: &str, marks: &[Range<usize>]) -> Markup {
    let mut at = 0;
    let mut stretches = Vec::new();
    for mark in marks {
        stretches.push((&text[at..mark.start], &text[mark.clone()]));
        at = mark.end;
    }
    html! { @for (plain, mark) in stretches { (plain) mark { (mark) } } (&text[at..]) }
}
