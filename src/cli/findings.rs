//! What is amiss with material from the command line: the list, and what is decided about it.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use crate::cli::Desk;
use crate::cli::output::{Tone, plain};
use crate::cli::pieces::Pieces;
use crate::domain::finding::{Code, Severity};
use crate::error::Result;
use crate::findings::{self, Told};
use crate::review::{Rule, rule};
use crate::web::shapes::Doubtful;

/// What `findings` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Material with W13 (personal data) or W14 (secrecy) stays out of dossiers until it is cleared."
)]
pub(super) struct List {
    /// Only this unit and its departments: id, name or alias
    #[arg(long, value_name = "U")]
    unit: Option<String>,
    /// Only findings of this code
    #[arg(long, value_name = "CODE")]
    code: Option<Code>,
    /// Also what was cleared, and what is only worth knowing
    #[arg(long)]
    all: bool,
}

/// What `clear` and `withhold` take.
#[derive(Debug, Args)]
pub(super) struct Decide {
    #[command(flatten)]
    pieces: Pieces,
    /// The code of the finding, such as W13
    #[arg(long, value_name = "CODE")]
    code: Code,
    /// Why
    #[arg(long)]
    reason: String,
}

pub(super) async fn list(desk: &Desk, args: List) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let fold = archive.fold().await?;
    let unit = args.unit.as_ref().map(|it| fold.unit_named(it)).transpose()?;
    let within = unit.as_ref().map(|it| fold.units.with_departments(it));
    let en = desk.output.english;
    let asked = |it: &Told| {
        let weighs = args.all || (it.is_open() && it.finding.code.severity() != Severity::Info);
        weighs && args.code.is_none_or(|code| it.finding.code == code)
    };
    let (mut n_pieces, mut n_findings, mut n_held) = (0_usize, 0_usize, 0_usize);
    for piece in fold.evidence.values() {
        let mine = within.as_ref().is_none_or(|all| piece.unit.as_ref().is_some_and(|it| all.contains(&it)));
        if !mine {
            continue;
        }
        let told: Vec<Told> = findings::told(&fold, piece).into_iter().filter(asked).collect();
        if told.is_empty() {
            continue;
        }
        (n_pieces, n_findings) = (n_pieces + 1, n_findings + told.len());
        n_held += usize::from(told.iter().any(Told::holds));
        desk.output.json(&Doubtful::of(piece, &told, en))?;
        let unit = piece
            .unit
            .as_ref()
            .map_or(desk.output.either("未归属", "unassigned"), |it| fold.units.label(it));
        desk.output.line(format!("#{}  {}  {}", piece.id, plain(unit), plain(&piece.title)))?;
        for it in &told {
            show(desk, it)?;
        }
    }
    desk.output.line(match en {
        false => format!(
            "{n_pieces} 件材料有疑点，共 {n_findings} 处；{n_held} 件在审核人决定之前不编入迎检档案。"
        ),
        true => format!(
            "{n_pieces} pieces with {n_findings} findings; {n_held} stay out of dossiers until decided."
        ),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// One finding, with what was decided about it.
pub(super) fn show(desk: &Desk, it: &Told) -> Result<()> {
    let tone = match (it.is_open(), it.finding.code.severity()) {
        (true, Severity::Error) => Tone::Bad,
        (true, Severity::Warn) => Tone::Warn,
        _ => Tone::Quiet,
    };
    let line = plain(&it.finding.line(desk.output.english));
    desk.output.line(desk.output.toned(tone, &format!("  {line}")))?;
    if let Some(ruling) = it.ruling {
        let word = match ruling.fit {
            true => desk.output.either("已核定可用", "cleared"),
            false => desk.output.either("不予编入", "withheld"),
        };
        desk.output.line(format!("      {word}  {}  ({})", plain(&ruling.reason), plain(&ruling.by)))?;
    }
    Ok(())
}

pub(super) async fn clear(desk: &Desk, args: Decide) -> Result<ExitCode> {
    decide(desk, args, true).await
}

pub(super) async fn withhold(desk: &Desk, args: Decide) -> Result<ExitCode> {
    decide(desk, args, false).await
}

async fn decide(desk: &Desk, args: Decide, fit: bool) -> Result<ExitCode> {
    let decision = Rule { code: args.code, fit: Some(fit), reason: args.reason };
    let word = if fit { ("已核定可用", "cleared") } else { ("不予编入", "withheld") };
    decided(desk, &args.pieces, &decision, word).await
}

/// Opens a finding again that was decided on.
pub(super) async fn reopen(desk: &Desk, pieces: &Pieces, code: Code) -> Result<ExitCode> {
    let decision = Rule { code, fit: None, reason: String::new() };
    decided(desk, pieces, &decision, ("已重新打开", "open")).await
}

async fn decided(desk: &Desk, pieces: &Pieces, decision: &Rule, word: (&str, &str)) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let fold = archive.fold().await?;
    let ids = pieces.among(&fold)?;
    rule(archive.ledger(), &desk.act(), &fold, &ids, decision).await?;
    for id in ids {
        desk.output.json(&json!({ "evidence": id, "code": decision.code, "state": word.1 }))?;
        let code = decision.code.as_str();
        desk.output.line(format!("#{id}  {code}  {}", desk.output.either(word.0, word.1)))?;
    }
    Ok(ExitCode::SUCCESS)
}
