//! One piece from the command line: what it proves, its dates, findings and history; or one submission.

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;

use crate::cli::Desk;
use crate::cli::output::{Tone, plain};
use crate::completeness;
use crate::domain::actor::Scope;
use crate::domain::evidence::Evidence;
use crate::domain::id::{EvidenceId, SchemeId, SubmissionId};
use crate::domain::media::size;
use crate::domain::submission::{Filing, Submission};
use crate::domain::tag::Tag;
use crate::error::{Error, Result};
use crate::findings;
use crate::ledger::fold::Fold;
use crate::web::shapes::Piece;

/// What `show` takes.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The piece, or the submission
    number: EvidenceId,
}

pub(super) async fn show(desk: &Desk, args: Show) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let fold = archive.fold().await?;
    if let Some(submission) = fold.submissions.get(&SubmissionId(args.number.0)) {
        return receipt(desk, &fold, submission);
    }
    let piece = fold.current(args.number).ok_or_else(|| absent(&fold, args.number))?;
    let history = archive.ledger().history(piece.id).await?;
    let en = desk.output.english;
    desk.output.json(&Piece::of(&fold, piece, &history, en))?;
    about(desk, &fold, piece)?;
    show_amiss(desk, &fold, &[piece.id])?;
    for it in &findings::told(&fold, piece) {
        crate::cli::findings::show(desk, it)?;
    }
    for entry in history {
        desk.output.line(format!("  {}  {}  {}", clock(&fold, entry.at), entry.actor, entry.verb))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn clock(fold: &Fold, at: Timestamp) -> String {
    let local = fold.zone().to_datetime(at).round(jiff::Unit::Second);
    local.map_or_else(|_| at.to_string(), |it| it.to_string())
}

/// What came of a submission, and what was turned away with the reason.
fn receipt(desk: &Desk, fold: &Fold, it: &Submission) -> Result<ExitCode> {
    let en = desk.output.english;
    desk.output.json(it)?;
    let head = desk.output.either("报送回执", "Receipt");
    let offered = plain(&it.offered.join("、"));
    desk.output.line(format!(
        "{head} #{}  {}  {}  {offered}",
        it.id,
        clock(fold, it.opened_at),
        plain(&it.by)
    ))?;
    match &it.receipt {
        Some(receipt) => {
            for (filing, n) in &receipt.counts {
                desk.output.line(format!("  {}  {n}", filing.label(en)))?;
            }
        }
        None => desk.output.line(desk.output.either(
            "  没有回执：进行中，或被中断；再次报送会接着完成。",
            "  No receipt: it runs, or was broken off; send it again to go on.",
        ))?,
    }
    let containers = it.containers.iter().filter(|it| it.finding.is_some());
    let containers = containers.map(|it| (Filing::Container, &it.path, &it.finding));
    let files = it.turned_away.iter().map(|it| (it.filing, &it.path, &it.finding));
    for (filing, path, finding) in files.chain(containers) {
        desk.output.line(format!("{}  {}", desk.output.toned(Tone::Warn, filing.label(en)), plain(path)))?;
        crate::cli::intake::show_findings(&desk.output, finding.as_slice())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Why claims of pieces do not count, or what they lack.
pub(super) fn show_amiss(desk: &Desk, fold: &Fold, pieces: &[EvidenceId]) -> Result<()> {
    let claims = pieces.iter().filter_map(|it| fold.current(*it)).flat_map(|it| &it.claims);
    let schemes: BTreeSet<&SchemeId> = claims.map(|it| &it.scheme).collect();
    for scheme in schemes {
        let all = completeness::assess(fold, scheme, &Scope::All, fold.today(desk.now))?;
        for it in all.amiss.iter().filter(|it| pieces.contains(&it.evidence)) {
            let (tone, word) = match it.counts_not {
                true => (Tone::Bad, desk.output.either("不计入", "not counted")),
                false => (Tone::Warn, desk.output.either("有缺", "lacks something")),
            };
            let finding = plain(&it.finding.line(desk.output.english));
            desk.output.line(desk.output.toned(tone, &format!("  #{} {word}  {finding}", it.evidence)))?;
        }
    }
    Ok(())
}

/// Why a piece is not there: it was disposed of, or never was.
fn absent(fold: &Fold, id: EvidenceId) -> Error {
    let Some(gone) = fold.disposed.get(&id) else {
        let message = format!("There is no evidence #{id}; look it up with `juanzong search`.");
        return Error::not_found(message).zh(format!("没有 #{id} 这件材料，请先检索。"));
    };
    let (day, by, reason) = (fold.zone().to_datetime(gone.at).date(), plain(&gone.by), plain(&gone.reason));
    Error::not_found(format!("Evidence #{id} was disposed of on {day} by {by}: {reason}"))
        .zh(format!("#{id} 已于 {day} 由 {by} 处置：{reason}"))
}

/// What a piece is, what it proves, its parts and dates.
fn about(desk: &Desk, fold: &Fold, piece: &Evidence) -> Result<()> {
    let en = desk.output.english;
    let unit =
        piece.unit.as_ref().map_or(desk.output.either("未归属", "unassigned"), |it| fold.units.label(it));
    let kinds = fold.kinds();
    desk.output.line(format!("#{}  {}", piece.id, plain(&piece.title)))?;
    desk.output.line(format!("{unit} · {} · {}", kinds.label(&piece.kind, en), size(piece.bytes())))?;
    if let Some(reason) = fold.reason_of_kind(piece) {
        desk.output.line(format!("  {}{}", desk.output.either("类型依据：", "kind: "), plain(reason)))?;
    }
    if !piece.tags.is_empty() {
        let tags: Vec<&str> = piece.tags.iter().map(Tag::as_str).collect();
        desk.output.line(format!(
            "  {}{}",
            desk.output.either("标签：", "tags: "),
            plain(&tags.join("、"))
        ))?;
    }
    for claim in &piece.claims {
        let code = fold.scheme(&claim.scheme).map(|it| it.full_code(&claim.indicator)).unwrap_or_default();
        desk.output.line(format!(
            "  {} [{}]  {}  {}",
            code,
            claim.scheme,
            claim.standing.label(en),
            plain(&claim.note)
        ))?;
    }
    for (n, part) in (1..).zip(&piece.parts) {
        desk.output.line(format!(
            "  {n}. {}  {}  {}",
            plain(&part.name),
            size(part.blob.bytes),
            part.blob.sha256
        ))?;
    }
    for date in fold.dates_of(piece) {
        let span =
            if date.from == date.to { date.from.to_string() } else { format!("{}..{}", date.from, date.to) };
        desk.output.line(format!("  {:?} {span} ({:?})", date.kind, date.provenance).to_lowercase())?;
    }
    Ok(())
}
