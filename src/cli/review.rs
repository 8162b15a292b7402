//! Commands on evidence, claims and duties.

use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use crate::cli::Desk;
use crate::cli::findings;
use crate::cli::pieces::Pieces;
use crate::domain::duty::DutyStanding;
use crate::domain::evidence::{Claim, DateKind, Dated, Provenance};
use crate::domain::finding::Code;
use crate::domain::id::{EvidenceId, RequirementId};
use crate::error::{Error, Result};
use crate::ledger::event::Edit;
use crate::ledger::fold::Fold;
use crate::review::{self as verbs, Decision, Duties, On};

/// What `assign` takes.
#[derive(Debug, Args)]
pub(super) struct Assign {
    #[command(flatten)]
    pieces: Pieces,
    /// The unit: id, name or alias
    #[arg(long, value_name = "U")]
    unit: Option<String>,
    /// The standard, in any spelling
    #[arg(long, value_name = "CODE")]
    standard: Option<String>,
}

/// What `edit` takes.
#[derive(Debug, Args)]
pub(super) struct EditArgs {
    #[command(flatten)]
    pieces: Pieces,
    /// The kind, such as 照片 or photo
    #[arg(long, value_name = "K")]
    kind: Option<String>,
    /// The title
    #[arg(long)]
    title: Option<String>,
    /// 发文字号; empty takes it away
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// The issuing body; empty takes it away
    #[arg(long)]
    issuer: Option<String>,
    /// The day it was made (成文日期)
    #[arg(long, value_name = "DATE")]
    made: Option<Date>,
    /// The day of the activity
    #[arg(long, value_name = "DATE")]
    activity: Option<Date>,
    /// The day of publication
    #[arg(long, value_name = "DATE")]
    published: Option<Date>,
    /// The time it covers, as FROM..TO
    #[arg(long, value_name = "FROM..TO")]
    covers: Option<String>,
    /// A caption element, such as 地点=中心广场; an empty text takes it away
    #[arg(long, value_name = "FIELD=TEXT")]
    caption: Vec<String>,
    /// The requirement a claim is pinned to
    #[arg(long, value_name = "ID")]
    requirement: Option<RequirementId>,
    /// 印证说明 of a claim
    #[arg(long)]
    note: Option<String>,
    /// The pages or passage a claim means
    #[arg(long)]
    pages: Option<String>,
    /// The standard whose claim is meant, where there are several
    #[arg(long, value_name = "CODE")]
    on: Option<String>,
}

/// What `join` takes.
#[derive(Debug, Args)]
pub(super) struct Join {
    #[command(flatten)]
    pieces: Pieces,
}

/// What `split` takes.
#[derive(Debug, Args)]
pub(super) struct Split {
    /// The piece
    evidence: EvidenceId,
    /// The parts that leave it, counted from 1; together they become one new piece
    #[arg(required = true, value_name = "PART")]
    parts: Vec<usize>,
}

/// What `accept` takes.
#[derive(Debug, Args)]
pub(super) struct Judge {
    #[command(flatten)]
    pieces: Pieces,
    /// The standard meant, where a piece proves several
    #[arg(long, value_name = "CODE")]
    on: Option<String>,
}

/// What `return` takes.
#[derive(Debug, Args)]
pub(super) struct Return {
    #[command(flatten)]
    judge: Judge,
    /// Why, as told to the unit
    #[arg(long)]
    reason: String,
    /// Until when it is to be sent again
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
}

/// What `withdraw` takes.
#[derive(Debug, Args)]
pub(super) struct Withdraw {
    #[command(flatten)]
    judge: Judge,
    /// Why
    #[arg(long, default_value = "")]
    reason: String,
}

/// What `reopen` takes: evidence, or a duty.
#[derive(Debug, Args)]
pub(super) struct Reopen {
    /// Numbers of evidence; none to open a duty
    #[arg(value_name = "EVIDENCE")]
    pieces: Vec<String>,
    /// The standard meant, where a piece proves several
    #[arg(long, value_name = "CODE")]
    on: Option<String>,
    /// A finding that was cleared or withheld, such as W13
    #[arg(long, value_name = "CODE", conflicts_with_all = ["on", "unit", "requirement"])]
    code: Option<Code>,
    /// The unit of a duty
    #[arg(long, value_name = "U")]
    unit: Option<String>,
    /// The requirement of a duty
    #[arg(long, value_name = "ID")]
    requirement: Option<RequirementId>,
    /// One period of it, such as 2017-03
    #[arg(long)]
    period: Option<String>,
}

/// What `object` and `waive` take.
#[derive(Debug, Args)]
pub(super) struct DutyArgs {
    /// The unit that owes: id, name or alias
    #[arg(long, value_name = "U")]
    unit: String,
    /// The requirement
    #[arg(long, value_name = "ID")]
    requirement: RequirementId,
    /// One period of it, such as 2017-03; all of them where none is given
    #[arg(long)]
    period: Option<String>,
    /// Why
    #[arg(long)]
    reason: String,
}

fn on(desk: &Desk, fold: &Fold, spelled: Option<&String>) -> Result<Option<On>> {
    spelled.map(|it| fold.standard_named(desk.common.scheme.as_ref(), it)).transpose()
}

pub(super) async fn assign(desk: &Desk, args: Assign) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let fold = archive.fold().await?;
    let unit = args.unit.as_ref().map(|it| fold.unit_named(it)).transpose()?;
    let standard = on(desk, &fold, args.standard.as_ref())?;
    let ids = args.pieces.among(&fold)?;
    let now = verbs::assign(archive.ledger(), &desk.act(), &ids, unit.as_ref(), standard.as_ref()).await?;
    for (id, now) in ids.iter().zip(now) {
        desk.output.json(&json!({ "evidence": now, "was": id, "unit": unit }))?;
        let merged = if *id == now { String::new() } else { format!(" → #{now}") };
        desk.output.line(format!("#{id}{merged}  {}", desk.output.either("已指定", "assigned")))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn edit(desk: &Desk, args: EditArgs) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let fold = archive.fold().await?;
    let ids = args.pieces.among(&fold)?;
    let edit = corrections(&fold, &args)?;
    let describes = args.requirement.is_some() || args.note.is_some() || args.pages.is_some();
    if edit != Edit::default() || !describes {
        verbs::edit(archive.ledger(), &desk.act(), &ids, &edit).await?;
    }
    if describes {
        let on = on(desk, &fold, args.on.as_ref())?;
        for id in &ids {
            // What is not said stays as it is.
            let claims = fold.evidence.get(id).map(|it| it.claims.as_slice()).unwrap_or_default();
            let meant = |it: &&Claim| on.as_ref().is_none_or(|on| it.is_on(&on.0, &on.1));
            let known = claims.iter().find(meant).cloned();
            let requirement =
                args.requirement.as_ref().or(known.as_ref().and_then(|it| it.requirement.as_ref()));
            let note = args.note.as_deref().or(known.as_ref().map(|it| it.note.as_str()));
            let pages = args.pages.as_deref().or(known.as_ref().map(|it| it.pages.as_str()));
            let said = (requirement, note.unwrap_or_default(), pages.unwrap_or_default());
            verbs::describe(archive.ledger(), &desk.act(), *id, on.as_ref(), said).await?;
        }
    }
    for id in ids {
        desk.output.json(&json!({ "evidence": id, "edited": true }))?;
        desk.output.line(format!("#{id}  {}", desk.output.either("已更正", "corrected")))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn corrections(fold: &Fold, args: &EditArgs) -> Result<Edit> {
    let day = |kind: DateKind, on: Option<Date>| on.map(|on| said(kind, on, on));
    let mut dates: Vec<Dated> = [
        day(DateKind::Made, args.made),
        day(DateKind::Activity, args.activity),
        day(DateKind::Publication, args.published),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let Some(span) = &args.covers {
        let days = span.split_once("..").and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
        let bad = || Error::invalid(format!("“{span}” is not a span such as 2017-03-01..2017-03-31."));
        let (from, to) = days.ok_or_else(bad)?;
        dates.push(said(DateKind::Covered, from, to));
    }
    let mut caption = std::collections::BTreeMap::new();
    for element in &args.caption {
        let bad = || Error::invalid(format!("“{element}” is not a caption element such as 地点=中心广场."));
        let (field, text) = element.split_once('=').ok_or_else(bad)?;
        caption.insert(field.trim().to_owned(), text.trim().to_owned());
    }
    let kind = args.kind.as_ref().map(|it| fold.kind_named(it)).transpose()?;
    let (document_number, issuer) = (args.number.clone(), args.issuer.clone());
    Ok(Edit { title: args.title.clone(), kind, document_number, issuer, caption, dates })
}

fn said(kind: DateKind, from: Date, to: Date) -> Dated {
    Dated { kind, from, to, provenance: Provenance::Person }
}

pub(super) async fn join(desk: &Desk, args: Join) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let id = verbs::join(archive.ledger(), &desk.act(), &args.pieces.ids()?).await?;
    desk.output.json(&json!({ "evidence": id }))?;
    desk.output.line(format!("#{id}  {}", desk.output.either("已合为一件", "is one piece now")))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn split(desk: &Desk, args: Split) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let id = verbs::split(archive.ledger(), &desk.act(), args.evidence, &args.parts).await?;
    desk.output.json(&json!({ "evidence": id, "from": args.evidence }))?;
    desk.output.line(format!("#{id}  {}", desk.output.either("已另立一件", "is a piece of its own now")))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn accept(desk: &Desk, args: Judge) -> Result<ExitCode> {
    judge(desk, &args, &Decision::Accept, ("已通过", "accepted")).await
}

pub(super) async fn return_(desk: &Desk, args: Return) -> Result<ExitCode> {
    let decision = Decision::Return { reason: args.reason, deadline: args.until };
    judge(desk, &args.judge, &decision, ("已退回", "returned")).await
}

pub(super) async fn withdraw(desk: &Desk, args: Withdraw) -> Result<ExitCode> {
    let decision = Decision::Withdraw { reason: args.reason };
    judge(desk, &args.judge, &decision, ("已撤回", "withdrawn")).await
}

async fn judge(desk: &Desk, args: &Judge, decision: &Decision, word: (&str, &str)) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let fold = archive.fold().await?;
    let on = on(desk, &fold, args.on.as_ref())?;
    let mut ids = args.pieces.among(&fold)?;
    if ids.len() > 1 {
        // Of several, those that stand so already are passed over: a command typed again does what is left.
        for id in ids.extract_if(.., |id| stands(&fold, *id, on.as_ref(), decision)) {
            desk.output
                .note(&format!("#{id}  {}", desk.output.either("已是如此,略过", "so already, passed over")));
        }
    }
    for (id, (scheme, indicator)) in
        verbs::judge(archive.ledger(), &desk.act(), &ids, on.as_ref(), decision).await?
    {
        desk.output
            .json(&json!({ "evidence": id, "scheme": scheme, "standard": indicator, "state": word.1 }))?;
        let code = fold.scheme(&scheme).map(|it| it.full_code(&indicator)).unwrap_or_default();
        desk.output.line(format!("#{id}  {}  {code}", desk.output.either(word.0, word.1)))?;
    }
    // What is accepted and does not count would be a surprise on the last day.
    if *decision == Decision::Accept {
        crate::cli::show::show_amiss(desk, &fold, &ids)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether the claim meant stands as decided already.
fn stands(fold: &Fold, id: EvidenceId, on: Option<&On>, decision: &Decision) -> bool {
    let claims = fold.evidence.get(&id).map(|it| it.claims.as_slice()).unwrap_or_default();
    let meant = match (on, claims) {
        (Some((scheme, indicator)), _) => claims.iter().find(|it| it.is_on(scheme, indicator)),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let word = match decision {
        Decision::Accept => "accepted",
        Decision::Reopen => "pending",
        // Each return and withdrawal says why anew.
        Decision::Return { .. } | Decision::Withdraw { .. } => return false,
    };
    meant.is_some_and(|it| it.standing.word() == word)
}

pub(super) async fn reopen(desk: &Desk, args: Reopen) -> Result<ExitCode> {
    if let Some(code) = args.code {
        return findings::reopen(desk, &Pieces { pieces: args.pieces }, code).await;
    }
    if !args.pieces.is_empty() {
        let judged = Judge { pieces: Pieces { pieces: args.pieces }, on: args.on };
        return judge(desk, &judged, &Decision::Reopen, ("已重新打开", "pending")).await;
    }
    let (Some(unit), Some(requirement)) = (args.unit, args.requirement) else {
        return Err(Error::invalid(
            "Say what to open: numbers of evidence, or --unit and --requirement of a duty.",
        ));
    };
    let duty = DutyArgs { unit, requirement, period: args.period, reason: String::new() };
    decide(desk, duty, DutyStanding::Open).await
}

pub(super) async fn object(desk: &Desk, args: DutyArgs) -> Result<ExitCode> {
    let standing = DutyStanding::Objected { reason: args.reason.clone() };
    decide(desk, args, standing).await
}

pub(super) async fn waive(desk: &Desk, args: DutyArgs) -> Result<ExitCode> {
    let standing = DutyStanding::Waived { reason: args.reason.clone(), by: desk.actor.clone() };
    decide(desk, args, standing).await
}

async fn decide(desk: &Desk, args: DutyArgs, standing: DutyStanding) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let fold = archive.fold().await?;
    let scheme = desk.scheme(&fold)?;
    let unit = fold.unit_named(&args.unit)?;
    let duties = Duties { scheme, requirement: args.requirement, unit, period: args.period };
    for key in verbs::decide_duty(archive.ledger(), &desk.act(), &duties, standing.clone()).await? {
        desk.output.json(&json!({ "duty": key, "standing": standing }))?;
        let word = match standing {
            DutyStanding::Open => desk.output.either("已重新打开", "open"),
            DutyStanding::Objected { .. } => desk.output.either("异议", "objected"),
            DutyStanding::Waived { .. } => desk.output.either("免报", "waived"),
        };
        desk.output.line(format!(
            "{}  {}  {}  {word}",
            fold.units.label(&key.unit),
            key.requirement,
            key.period
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
