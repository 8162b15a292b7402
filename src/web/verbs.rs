//! The verbs: one order, as a form of a page or as JSON, and what it becomes in the library.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::duty::DutyStanding;
use crate::domain::evidence::{DateKind, Dated, Provenance};
use crate::domain::id::{EvidenceId, RequirementId, SchemeId};
use crate::error::{Error, Result};
use crate::ledger::event::Edit;
use crate::ledger::fold::Fold;
use crate::review::{self, Decision, Duties, On};
use crate::search::every;
use crate::web::error::Refused;
use crate::web::pages::links;
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// What is to be done with what. Empty texts are as if they were not given; a verb takes what it needs.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Order {
    /// Numbers of evidence, as numbers or texts such as `#12`.
    #[serde(deserialize_with = "numbers")]
    #[schema(value_type = Vec<i64>)]
    pub evidence: Vec<EvidenceId>,
    /// The scheme, where several are current.
    pub scheme: String,
    /// The standard, in any spelling.
    pub standard: String,
    /// The unit: id, name or alias.
    pub unit: String,
    /// Why.
    pub reason: String,
    /// Until when returned material is to be sent again.
    pub deadline: String,
    /// The kind: code, word or alias.
    pub kind: String,
    /// The title.
    pub title: String,
    /// 发文字号; empty takes it away.
    #[serde(deserialize_with = "said")]
    pub document_number: Option<String>,
    /// The issuing body; empty takes it away.
    #[serde(deserialize_with = "said")]
    pub issuer: Option<String>,
    /// Caption elements, one `field=text` a line; an empty text takes one away.
    pub caption: String,
    /// Fields of the caption, one a line, that are taken away where `caption` does not have them.
    pub captioned: String,
    /// The day it was made.
    pub made: String,
    /// The day of the activity.
    pub activity: String,
    /// The day of publication.
    pub publication: String,
    /// The time it covers, as `FROM..TO`.
    pub covered: String,
    /// Parts that leave a piece, counted from 1.
    #[serde(deserialize_with = "numbers")]
    #[schema(value_type = Vec<i64>)]
    pub parts: Vec<EvidenceId>,
    /// A requirement: of a duty, or to pin a claim to.
    pub requirement: String,
    /// One period of a duty; all of them where none is given.
    pub period: String,
    /// 印证说明.
    pub note: String,
    /// The pages meant.
    pub pages: String,
    /// The code of a finding, such as `W13`.
    pub code: String,
    /// Tags that are put on: words, or several set apart by commas.
    pub add: Vec<String>,
    /// Tags that are taken off, likewise.
    pub remove: Vec<String>,
    /// A query, in place of numbers: all that is found is tagged or assigned.
    pub query: String,
    /// The page to come back to.
    pub back: String,
}

/// A text that was given, be it empty, which forms would else take for not given.
fn said<'de, D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Nothing(()),
    }
    Ok(match Written::deserialize(from)? {
        Written::Text(text) => Some(text),
        Written::Nothing(()) => None,
    })
}

/// Numbers as JSON numbers or as texts, which is what forms send.
fn numbers<'de, D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Vec<EvidenceId>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(i64),
        Text(String),
    }
    let read = |it: Written| match it {
        Written::Number(number) => number.to_string().parse(),
        Written::Text(text) => text.parse(),
    };
    let written = Vec::<Written>::deserialize(from)?;
    written.into_iter().map(|it| read(it).map_err(serde::de::Error::custom)).collect()
}

/// Does what a form asks and goes back to the page it came from, which says that it was done.
pub(super) async fn act(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(verb): Path<String>,
    Form(order): Form<Order>,
) -> std::result::Result<Response, Refused> {
    let done = perform(&site, &visitor, &verb, &order).await?;
    // Of a whole result the few that are marked are not named, as if they were all.
    let marked = order.evidence.iter().filter(|_| given(&order.query).is_none());
    let pieces: Vec<String> = marked.map(ToString::to_string).collect();
    let to = match done["evidence"].as_i64().filter(|_| matches!(verb.as_str(), "join" | "split")) {
        Some(number) => links::evidence(EvidenceId(number)),
        None => links::back(&order.back).to_owned(),
    };
    let mark =
        [("done", verb.as_str()), ("was", &pieces.join(",")), ("on", &order.standard), ("of", &order.scheme)];
    let told = links::with("", &mark).replacen('?', if to.contains('?') { "&" } else { "?" }, 1);
    let (path, anchor) =
        to.split_once('#').map_or((to.as_str(), String::new()), |it| (it.0, format!("#{}", it.1)));
    Ok(Redirect::to(&format!("{path}{told}{anchor}")).into_response())
}

/// Does what is ordered; returns what came of it.
pub(super) async fn perform(site: &Site, visitor: &Visitor, verb: &str, order: &Order) -> Result<Value> {
    let fold = site.archive.fold().await?;
    let done = match verb {
        "tag" => tag(site, visitor, order).await?,
        "assign" => assign(site, visitor, &fold, order).await?,
        "edit" => edit(site, visitor, &fold, order).await?,
        "describe" => describe(site, visitor, &fold, order).await?,
        "join" => {
            let id = review::join(site.archive.ledger(), &visitor.act, &order.evidence).await?;
            json!({ "evidence": id })
        }
        "split" => split(site, visitor, order).await?,
        "accept" => judge(site, visitor, &fold, order, Decision::Accept).await?,
        "return" => {
            let deadline = crate::web::pages::overview::day(&order.deadline)?;
            judge(site, visitor, &fold, order, Decision::Return { reason: order.reason.clone(), deadline })
                .await?
        }
        "withdraw" => {
            judge(site, visitor, &fold, order, Decision::Withdraw { reason: order.reason.clone() }).await?
        }
        "clear" => rule(site, visitor, &fold, order, Some(true)).await?,
        "withhold" => rule(site, visitor, &fold, order, Some(false)).await?,
        "reopen" if given(&order.code).is_some() => rule(site, visitor, &fold, order, None).await?,
        "reopen" if !order.evidence.is_empty() => {
            judge(site, visitor, &fold, order, Decision::Reopen).await?
        }
        "reopen" => decide(site, visitor, &fold, order, DutyStanding::Open).await?,
        "object" => {
            decide(site, visitor, &fold, order, DutyStanding::Objected { reason: order.reason.clone() })
                .await?
        }
        "waive" => {
            let (reason, by) = (order.reason.clone(), visitor.act.actor.clone());
            decide(site, visitor, &fold, order, DutyStanding::Waived { reason, by }).await?
        }
        other => return Err(Error::not_found(format!("There is no verb “{other}”."))),
    };
    site.work.wake();
    Ok(done)
}

fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|it| !it.is_empty())
}

fn scheme(order: &Order) -> Result<Option<SchemeId>> {
    given(&order.scheme).map(str::parse).transpose()
}

fn on(fold: &Fold, order: &Order) -> Result<Option<On>> {
    let scheme = scheme(order)?;
    given(&order.standard).map(|it| fold.standard_named(scheme.as_ref(), it)).transpose()
}

/// Refuses an order that names no piece: what did nothing must not look done.
fn chosen(order: &Order) -> Result<()> {
    if order.evidence.is_empty() {
        return Err(Error::invalid("Nothing was chosen; mark the material that is meant.")
            .zh("没有选中材料，请先勾选。"));
    }
    Ok(())
}

async fn assign(site: &Site, visitor: &Visitor, fold: &Fold, order: &Order) -> Result<Value> {
    let pieces = meant(site, visitor, order).await?;
    let unit = given(&order.unit).map(|it| fold.unit_named(it)).transpose()?;
    let on = on(fold, order)?;
    let now =
        review::assign(site.archive.ledger(), &visitor.act, &pieces, unit.as_ref(), on.as_ref()).await?;
    Ok(json!({ "assigned": now, "was": pieces, "unit": unit }))
}

/// The pieces that are named, or all that a query finds within what may be seen.
async fn meant(site: &Site, visitor: &Visitor, order: &Order) -> Result<Vec<EvidenceId>> {
    if let Some(query) = given(&order.query) {
        let found = every(&site.archive, &visitor.act.scope, query, visitor.act.now).await?;
        if found.is_empty() {
            return Err(Error::not_found("Nothing was found; what is meant may have changed, search again.")
                .zh("没有找到材料，可能已有变动，请重新检索。"));
        }
        return Ok(found.iter().map(|it| it.id).collect());
    }
    chosen(order)?;
    Ok(once(order))
}

async fn tag(site: &Site, visitor: &Visitor, order: &Order) -> Result<Value> {
    let tagging = review::Tagging::typed(&order.add, &order.remove)?;
    let pieces = meant(site, visitor, order).await?;
    let n_changed = review::tag(site.archive.ledger(), &visitor.act, &pieces, &tagging).await?;
    Ok(json!({ "tagged": pieces, "changed": n_changed, "add": tagging.add, "remove": tagging.remove }))
}

async fn edit(site: &Site, visitor: &Visitor, fold: &Fold, order: &Order) -> Result<Value> {
    chosen(order)?;
    let edit = corrections(fold, order)?;
    review::edit(site.archive.ledger(), &visitor.act, &order.evidence, &edit).await?;
    Ok(json!({ "edited": order.evidence }))
}

fn corrections(fold: &Fold, order: &Order) -> Result<Edit> {
    let mut dates = Vec::new();
    let days = [
        (DateKind::Made, &order.made),
        (DateKind::Activity, &order.activity),
        (DateKind::Publication, &order.publication),
        (DateKind::Covered, &order.covered),
    ];
    for (kind, typed) in days {
        let Some(typed) = given(typed) else { continue };
        let (from, to) = span(typed)?;
        dates.push(Dated { kind, from, to, provenance: Provenance::Person });
    }
    let mut caption = BTreeMap::new();
    for line in order.caption.lines().filter_map(given) {
        let bad = || {
            Error::invalid(format!("“{line}” is not a caption element such as 地点=中心广场."))
                .zh(format!("“{line}”不是图说要素，请写成“地点=中心广场”。"))
        };
        let (field, text) = line.split_once(['=', '\u{ff1d}']).ok_or_else(bad)?;
        caption.insert(field.trim().to_owned(), text.trim().to_owned());
    }
    for field in order.captioned.lines().filter_map(given) {
        caption.entry(field.to_owned()).or_default();
    }
    Ok(Edit {
        title: given(&order.title).map(str::to_owned),
        kind: given(&order.kind).map(|it| fold.kind_named(it)).transpose()?,
        document_number: order.document_number.as_ref().map(|it| it.trim().to_owned()),
        issuer: order.issuer.as_ref().map(|it| it.trim().to_owned()),
        caption,
        dates,
    })
}

/// A day, or the first and last day of a span.
fn span(typed: &str) -> Result<(Date, Date)> {
    let bad = || {
        Error::invalid(format!("“{typed}” is neither a day nor a span such as 2017-03-01..2017-03-31."))
            .zh(format!("“{typed}”不是日期，也不是 2017-03-01..2017-03-31 这样的起止日期。"))
    };
    let (from, to) = typed.split_once("..").unwrap_or((typed, typed));
    let day = |it: &str| it.trim().parse::<Date>().map_err(|_| bad());
    Ok((day(from)?, day(to)?))
}

async fn describe(site: &Site, visitor: &Visitor, fold: &Fold, order: &Order) -> Result<Value> {
    chosen(order)?;
    let on = on(fold, order)?;
    let requirement: Option<RequirementId> = given(&order.requirement).map(str::parse).transpose()?;
    let said = (requirement.as_ref(), order.note.as_str(), order.pages.as_str());
    for id in &order.evidence {
        review::describe(site.archive.ledger(), &visitor.act, *id, on.as_ref(), said).await?;
    }
    Ok(json!({ "described": order.evidence }))
}

async fn split(site: &Site, visitor: &Visitor, order: &Order) -> Result<Value> {
    let [id] = order.evidence.as_slice() else {
        return Err(Error::invalid("A split is of one piece; name one.").zh("一次只能拆分一件材料。"));
    };
    let parts: Vec<usize> = order.parts.iter().filter_map(|it| usize::try_from(it.0).ok()).collect();
    let new = review::split(site.archive.ledger(), &visitor.act, *id, &parts).await?;
    Ok(json!({ "evidence": new, "from": id }))
}

/// The pieces of an order, each once.
fn once(order: &Order) -> Vec<EvidenceId> {
    let mut res: Vec<EvidenceId> = Vec::new();
    for id in &order.evidence {
        if !res.contains(id) {
            res.push(*id);
        }
    }
    res
}

async fn judge(
    site: &Site,
    visitor: &Visitor,
    fold: &Fold,
    order: &Order,
    decision: Decision,
) -> Result<Value> {
    chosen(order)?;
    let on = on(fold, order)?;
    let judged =
        review::judge(site.archive.ledger(), &visitor.act, &once(order), on.as_ref(), &decision).await?;
    let shown = judged
        .iter()
        .map(|(id, (scheme, indicator))| json!({ "evidence": id, "scheme": scheme, "standard": indicator }));
    Ok(json!({ "judged": shown.collect::<Vec<_>>() }))
}

/// Decides on a finding of pieces.
async fn rule(
    site: &Site,
    visitor: &Visitor,
    fold: &Fold,
    order: &Order,
    fit: Option<bool>,
) -> Result<Value> {
    chosen(order)?;
    let rule = review::Rule { code: order.code.parse()?, fit, reason: order.reason.clone() };
    review::rule(site.archive.ledger(), &visitor.act, fold, &once(order), &rule).await?;
    Ok(json!({ "ruled": order.evidence, "code": rule.code, "fit": fit }))
}

async fn decide(
    site: &Site,
    visitor: &Visitor,
    fold: &Fold,
    order: &Order,
    standing: DutyStanding,
) -> Result<Value> {
    let newest = || fold.current_schemes().next().map(|it| it.id.clone());
    let none =
        || Error::not_found("There is no scheme yet; import one first.").zh("还没有测评体系，请先导入。");
    let duties = Duties {
        scheme: scheme(order)?.or_else(newest).ok_or_else(none)?,
        requirement: order.requirement.parse()?,
        unit: fold.unit_named(&order.unit)?,
        period: given(&order.period).map(str::to_owned),
    };
    let keys = review::decide_duty(site.archive.ledger(), &visitor.act, &duties, standing.clone()).await?;
    Ok(json!({ "duties": keys, "standing": standing }))
}
