//! Forms of the verbs, which pages put where the thing to be decided on stands.

use maud::{Markup, html};

use crate::domain::duty::{DutyKey, DutyStanding};
use crate::domain::evidence::{Claim, Evidence, Standing};
use crate::domain::id::{IndicatorPath, SchemeId, UnitId};
use crate::domain::scheme::Scheme;
use crate::domain::tag::Tag;
use crate::ledger::fold::Fold;
use crate::search::suggest::quoted;
use crate::web::pages::links;
use crate::web::visitor::{Done, Visitor};

/// A form that does one verb and comes back.
pub(in crate::web) fn form(visitor: &Visitor, verb: &str, back: &str, body: Markup) -> Markup {
    let back = if back.is_empty() { &visitor.here } else { back };
    html! {
        form.verb method="post" action={ "/verbs/" (verb) } {
            input type="hidden" name="back" value=(back);
            (body)
        }
    }
}

fn hidden(name: &str, value: &dyn maud::Render) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// The buttons for one claim of a piece: what may be done with it as it stands. `back` is where to go on, the page
/// itself where it is empty.
pub(in crate::web) fn judging(visitor: &Visitor, evidence: &Evidence, claim: &Claim, back: &str) -> Markup {
    let which = html! {
        (hidden("evidence", &evidence.id.0)) (hidden("scheme", &claim.scheme.as_str()))
        (hidden("standard", &claim.indicator.to_string()))
    };
    let pending = matches!(claim.standing, Standing::Pending);
    html! {
        div.verbs {
            @if pending || matches!(claim.standing, Standing::Returned { .. }) {
                (form(visitor, "accept", back, html! { (which) button.main { (visitor.say("通过", "Accept")) } }))
            }
            @if pending || matches!(claim.standing, Standing::Accepted) {
                details { summary { (visitor.say("退回…", "Return …")) }
                    (form(visitor, "return", back, html! {
                        (which) (reason(visitor, claim))
                        label { (visitor.say("补报期限", "Send again by")) " " input type="date" name="deadline"; }
                        button { (visitor.say("退回", "Return")) }
                    }))
                }
            }
            @if !pending {
                (form(visitor, "reopen", back, html! { (which) button { (visitor.say("重新审核", "Reopen")) } }))
            }
            @if !matches!(claim.standing, Standing::Withdrawn { .. }) {
                details { summary { (visitor.say("撤回…", "Withdraw …")) }
                    (form(visitor, "withdraw", back, html! {
                        (which)
                        label { (visitor.say("原因", "Reason")) " " input name="reason"; }
                        button { (visitor.say("撤回", "Withdraw")) }
                    }))
                }
            }
        }
    }
}

/// Reasons that offices return material for, to choose from or to write one's own.
fn reason(visitor: &Visitor, claim: &Claim) -> Markup {
    let list = format!("reasons-{}-{}", claim.scheme, claim.indicator);
    let usual = match visitor.english {
        false => [
            "日期不在材料时段内",
            "没有文号或公章",
            "图片缺少时间、地点、人物说明",
            "与测评标准无关",
            "内容不清晰",
        ],
        true => [
            "outside the window",
            "no number or seal",
            "photo without caption",
            "not about this standard",
            "not legible",
        ],
    };
    html! {
        label { (visitor.say("原因", "Reason")) " " input name="reason" list=(list) required; }
        datalist id=(list) { @for it in usual { option value=(it) {} } }
    }
}

/// The description of a claim: 印证说明, pages, the requirement it is pinned to.
pub(in crate::web) fn describing(
    visitor: &Visitor,
    scheme: &Scheme,
    evidence: &Evidence,
    claim: &Claim,
) -> Markup {
    let requirements = scheme.indicator(&claim.indicator).map_or(&[][..], |it| &it.requirements);
    let body = html! {
        (hidden("evidence", &evidence.id.0)) (hidden("scheme", &claim.scheme.as_str()))
        (hidden("standard", &claim.indicator.to_string()))
        label { (visitor.say("印证说明", "What it proves")) " " input name="note" value=(claim.note); }
        label { (visitor.say("页码或段落", "Pages")) " " input name="pages" value=(claim.pages); }
        label { (visitor.say("计入", "Counts for")) " " select name="requirement" {
            option value="" { (visitor.say("按类型和日期自动对应", "as kind and date say")) }
            @for it in requirements {
                option value=(it.id) selected[claim.requirement.as_ref() == Some(&it.id)] { (it.title) }
            }
        } }
        button { (visitor.say("保存", "Save")) }
    };
    html! { details { summary { (visitor.say("印证说明…", "Describe …")) } (form(visitor, "describe", "", body)) } }
}

/// Giving pieces to a unit and a standard.
pub(in crate::web) fn assigning(visitor: &Visitor, fold: &Fold, scheme: Option<&SchemeId>) -> Markup {
    html! {
        label { (visitor.say("单位", "Unit")) " " input name="unit" list="units" autocomplete="off"; }
        label { (visitor.say("测评标准", "Standard")) " " input name="standard" list="standards" autocomplete="off"; }
        (schemes(visitor, fold))
        (lists(fold, scheme))
    }
}

/// Tags of a piece as chips, each with a button that takes it off, and a field for more.
pub(in crate::web) fn tags(visitor: &Visitor, evidence: &Evidence) -> Markup {
    html! {
        div.tags {
            @for it in &evidence.tags {
                (form(visitor, "tag", "", html! {
                    (hidden("evidence", &evidence.id.0)) (hidden("remove", &it.as_str()))
                    span.chip { a href=(links::search(&filter(it))) { (it) } " "
                        button.quiet title=(visitor.say("去掉标签", "Take it off")) aria-label={ (visitor.say("去掉标签 ", "Take off the tag ")) (it) } { "×" }
                    }
                }))
            }
            (form(visitor, "tag", "", html! {
                (hidden("evidence", &evidence.id.0))
                input name="add" required size="10" placeholder=(visitor.say("加标签", "Add a tag")) aria-label=(visitor.say("加标签，多个用逗号隔开", "Tags to add, with commas between"));
                " " button { (visitor.say("加上", "Add")) }
            }))
        }
    }
}

/// What is typed to find what has a tag.
pub(in crate::web) fn filter(tag: &Tag) -> String {
    format!("标签:{}", quoted(tag.as_str()))
}

/// The scheme that a standard is of: asked where several are current.
pub(in crate::web) fn schemes(visitor: &Visitor, fold: &Fold) -> Markup {
    let current: Vec<_> = fold.current_schemes().collect();
    html! {
        @match current.as_slice() {
            [] => {},
            [only] => (hidden("scheme", &only.id.as_str())),
            several => label { (visitor.say("体系", "Scheme")) " " select name="scheme" {
                @for it in several { option value=(it.id) { (it.title) } }
            } },
        }
    }
}

/// The units and standards to choose from.
pub(in crate::web) fn lists(fold: &Fold, scheme: Option<&SchemeId>) -> Markup {
    let scheme = scheme.and_then(|it| fold.scheme(it));
    html! {
        datalist #units { @for it in &fold.units.0 { option value=(it.label()) { (it.name) } } }
        datalist #standards { @for it in scheme.iter().flat_map(|it| it.standards()) {
            option value=(it.path) { (scheme.map(|s| s.full_code(&it.path)).unwrap_or_default()) " " (it.title) }
        } }
    }
}

/// Sending files for a unit and a standard, where the gap stands.
pub(in crate::web) fn sending(
    visitor: &Visitor,
    unit: &UnitId,
    scheme: &SchemeId,
    standard: &IndicatorPath,
) -> Markup {
    html! {
        details.send { summary { (visitor.say("报送…", "Send …")) }
            form.drop method="post" action="/upload" enctype="multipart/form-data" {
                (hidden("unit", &unit.as_str())) (hidden("scheme", &scheme.as_str()))
                (hidden("standard", &standard.to_string()))
                input type="file" name="file" multiple required aria-label=(visitor.say("选择文件", "Choose files"));
                button { (visitor.say("报送", "Send")) }
            }
        }
    }
}

/// What may be decided on a duty as it stands.
pub(in crate::web) fn deciding(visitor: &Visitor, key: &DutyKey, standing: &DutyStanding) -> Markup {
    let which = html! {
        (hidden("scheme", &key.scheme.as_str())) (hidden("unit", &key.unit.as_str()))
        (hidden("requirement", &key.requirement.as_str())) (hidden("period", &key.period))
    };
    let why = html! { label { (visitor.say("理由", "Reason")) " " input name="reason" required; } };
    let button = |zh, en| html! { button { (visitor.say(zh, en)) } };
    html! {
        div.verbs {
            @if *standing != DutyStanding::Open {
                (form(visitor, "reopen", "", html! { (which) (button("恢复应报", "Make it owed again")) }))
            }
            @if !matches!(standing, DutyStanding::Objected { .. }) {
                details { summary { (visitor.say("提出异议…", "Object …")) }
                    (form(visitor, "object", "", html! { (which) (why) (button("提出异议", "Object")) })) }
            }
            @if !matches!(standing, DutyStanding::Waived { .. }) {
                details { summary { (visitor.say("免报…", "Waive …")) }
                    (form(visitor, "waive", "", html! { (which) (why) (button("免报", "Waive")) })) }
            }
        }
    }
}

/// Says what was just done, and offers to take it back where that can be.
pub(in crate::web) fn done(visitor: &Visitor) -> Markup {
    let Some(it) = &visitor.done else { return html! {} };
    let (zh, en) = match it.verb.as_str() {
        "accept" => ("已通过。", "Accepted."),
        "return" => ("已退回。", "Returned."),
        "withdraw" => ("已撤回。", "Withdrawn."),
        "reopen" => ("已恢复。", "It is open again."),
        "assign" => ("已指定。", "Assigned."),
        "tag" => ("标签已更新。", "The tags are as asked."),
        "edit" | "describe" => ("已保存。", "Saved."),
        "join" => ("已合为一件。", "They are one piece now."),
        "split" => ("已另立一件。", "It is a piece of its own now."),
        "object" => ("已提出异议。", "Objected."),
        "waive" => ("已免报。", "Waived."),
        _ => return html! {},
    };
    html! {
        div.done role="status" {
            p { (visitor.say(zh, en)) @for number in numbers(&it.was) { " " a href={ "/evidence/" (number) } { "#" (number) } } }
            @if matches!(it.verb.as_str(), "accept" | "return" | "withdraw") { (undoing(visitor, it)) }
        }
    }
}

fn undoing(visitor: &Visitor, it: &Done) -> Markup {
    form(
        visitor,
        "reopen",
        "",
        html! {
            @for number in numbers(&it.was) { (hidden("evidence", &number)) }
            (hidden("standard", &it.on)) (hidden("scheme", &it.of))
            button { (visitor.say("恢复待审", "Back to pending")) }
        },
    )
}

fn numbers(list: &str) -> impl Iterator<Item = i64> {
    list.split(',').filter_map(|it| it.parse().ok()).take(100)
}
