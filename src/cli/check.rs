//! The gap list: what is still owed, by unit, as text, CSV or JSON.

use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;

use crate::cli::Desk;
use crate::cli::output::Tone;
use crate::completeness::{self, Assessed, Completeness, gap_list};
use crate::domain::actor::Scope;
use crate::domain::duty::State;
use crate::domain::id::UnitId;
use crate::error::Result;
use crate::findings;
use crate::ledger::fold::Fold;
use crate::web::shapes::{Amiss, Doubtful, Duty, Tally};

/// What `check` takes.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Only this unit: id, name or alias
    #[arg(long, value_name = "U")]
    unit: Option<String>,
    /// As it stood at the end of a day
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Print the list as CSV, for a spreadsheet
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

pub(super) async fn check(desk: &Desk, args: Check) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let now = archive.fold().await?;
    let day = args.as_of.unwrap_or_else(|| now.today(desk.now));
    let fold = archive.fold_as_of(day, desk.now).await?;
    let unit = args.unit.as_ref().map(|it| fold.unit_named(it)).transpose()?;
    let all = completeness::assess(&fold, &desk.scheme(&fold)?, &Scope::All, day)?;
    if args.csv {
        desk.output.raw(&gap_list::csv(&fold, &all, (unit.as_ref(), None))?)?;
    } else if desk.output.json {
        json_of(desk, &fold, &all, unit.as_ref())?;
    } else {
        text_of(desk, &fold, &all, unit.as_ref())?;
    }
    Ok(ExitCode::from(u8::from(all.sum(unit.as_ref()).open() > 0)))
}

fn text_of(desk: &Desk, fold: &Fold, all: &Completeness, unit: Option<&UnitId>) -> Result<()> {
    let en = desk.output.english;
    let sum = all.sum(unit);
    let mut units: Vec<&UnitId> = Vec::new();
    for gap in all.gaps(unit) {
        if !units.contains(&&gap.duty.key.unit) {
            units.push(&gap.duty.key.unit);
        }
    }
    for id in &units {
        let own = all.sum(Some(id));
        desk.output.line(match en {
            false => format!("\n{}:{} 项未报齐,缺 {} 件", fold.units.label(id), own.open(), own.gap()),
            true => format!("\n{}: {} open, {} pieces missing", fold.units.label(id), own.open(), own.gap()),
        })?;
        let rows: Vec<Vec<String>> = all.gaps(Some(id)).iter().map(|it| row(desk, all, it)).collect();
        desk.output.table(&header(en), &rows)?;
    }
    let days = all.scheme.deadline.map(|it| (it, all.days_to(it)));
    let due = days.map(|(it, n)| match en {
        false if n >= 0 => format!(",距截止({})还有 {n} 天", it.date()),
        false => format!(",截止日({})已过 {} 天", it.date(), -n),
        true if n >= 0 => format!(", {n} days to the deadline ({})", it.date()),
        true => format!(", {} days after the deadline ({})", -n, it.date()),
    });
    let due = due.unwrap_or_default();
    let line = match en {
        _ if sum.owed() == 0 && !en => format!("截至 {}:没有应报材料,完整性未核查。", all.as_of),
        _ if sum.owed() == 0 => {
            format!("As of {}: nothing is owed; completeness was not checked.", all.as_of)
        }
        _ if sum.open() == 0 && !en => format!("截至 {}:应报 {} 项,全部已通过。", all.as_of, sum.owed()),
        _ if sum.open() == 0 => format!("As of {}: all {} duties are accepted.", all.as_of, sum.owed()),
        false => format!(
            "\n截至 {}:{} 项未报齐(缺 {} 件),涉及 {} 个单位{due};已通过 {} / {} 项。",
            all.as_of,
            sum.open(),
            sum.gap(),
            units.len(),
            sum.n(State::Accepted),
            sum.owed()
        ),
        true => format!(
            "\nAs of {}: {} duties open ({} pieces missing) at {} units{due}; {} of {} accepted.",
            all.as_of,
            sum.open(),
            sum.gap(),
            units.len(),
            sum.n(State::Accepted),
            sum.owed()
        ),
    };
    desk.output.line(line)
}

fn header(en: bool) -> [&'static str; 6] {
    if en {
        ["State", "Has", "Standard", "Wanted", "Period", "Deadline"]
    } else {
        ["状态", "已有", "指标", "材料要求", "时段", "截止"]
    }
}

fn row(desk: &Desk, all: &Completeness, it: &Assessed) -> Vec<String> {
    let a = &it.assessment;
    let en = desk.output.english;
    let requirement = all.requirement(&it.duty);
    let measure = requirement.map_or("", |it| it.measure.label(en));
    let pending =
        if a.pending > 0 { format!(" (+{} {})", a.pending, State::Pending.label(en)) } else { String::new() };
    let tone = match a.state {
        State::Accepted => Tone::Good,
        State::Missing | State::Returned => Tone::Bad,
        State::Partial | State::Pending | State::Objected => Tone::Warn,
        State::Waived | State::NotYet => Tone::Quiet,
    };
    let state = format!("{} {}", a.state.glyph(), a.state.label(en));
    vec![
        if tone == Tone::Quiet { state.clone() } else { state },
        format!("{}/{} {measure}{pending}", a.accepted, a.need),
        all.scheme.full_code(&it.duty.indicator),
        requirement.map(|it| it.title.clone()).unwrap_or_default(),
        it.duty.period.label.replace("once", ""),
        it.duty.deadline.map(|it| it.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default(),
    ]
}

fn json_of(desk: &Desk, fold: &Fold, all: &Completeness, unit: Option<&UnitId>) -> Result<()> {
    for it in all.gaps(unit) {
        desk.output.json(&Duty::of(fold, all, it))?;
    }
    for piece in fold.evidence.values().filter(|it| unit.is_none() || it.unit.as_ref() == unit) {
        let told = findings::told(fold, piece);
        if !told.is_empty() {
            desk.output.json(&Doubtful::of(piece, &told, desk.output.english))?;
        }
    }
    for it in all.amiss.iter().filter(|it| unit.is_none() || it.unit.as_ref() == unit) {
        desk.output.json(&Amiss::of(it, desk.output.english))?;
    }
    desk.output.json(&Tally::of(all, unit))
}
