//! Commands on schemes and units.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use crate::archive::Archive;
use crate::cli::Desk;
use crate::domain::scheme::Scheme;
use crate::domain::scheme_diff;
use crate::domain::unit::{Unit, Units};
use crate::error::{Error, Kind, Result};
use crate::intake::scheme_file::{self, Problem};
use crate::ledger::Touches;
use crate::ledger::event::Event;
use crate::web::shapes::SchemeRow;

/// The commands on schemes.
#[derive(Debug, Subcommand)]
pub(super) enum SchemeCommand {
    /// Check a scheme file; every fault is named with its line
    Check {
        /// The scheme file (TOML)
        file: PathBuf,
        /// A unit file to check it against, where there is no archive yet
        #[arg(long, value_name = "FILE")]
        units: Option<PathBuf>,
    },
    /// Import a scheme; of a newer version the changes are shown before they are made
    Import {
        /// The scheme file (TOML)
        file: PathBuf,
        /// Show what would change and import nothing
        #[arg(long)]
        dry_run: bool,
        /// Import a newer version without asking
        #[arg(long)]
        yes: bool,
    },
    /// List the schemes
    List,
    /// Show a scheme: its tree, and what is asked of whom
    Show,
    /// Print a scheme file to begin with
    Template,
    /// Make a scheme no longer current; nothing is lost
    Retire,
}

/// The commands on units.
#[derive(Debug, Subcommand)]
pub(super) enum UnitCommand {
    /// Import units: new ones are added, known ones changed, none is removed
    Import {
        /// The unit file (TOML)
        file: PathBuf,
    },
    /// List the units
    List,
    /// Print a unit file to begin with, every key explained
    Template,
}

pub(super) async fn scheme(desk: &Desk, command: SchemeCommand) -> Result<ExitCode> {
    match command {
        SchemeCommand::Template => {
            desk.output.raw(scheme_file::template())?;
            Ok(ExitCode::SUCCESS)
        }
        SchemeCommand::Check { file, units } => check(desk, &file, units).await,
        SchemeCommand::Import { file, dry_run, yes } => import(desk, &file, dry_run, yes).await,
        SchemeCommand::List => list(desk).await,
        SchemeCommand::Show => show(desk).await,
        SchemeCommand::Retire => {
            let archive = desk.archive().await?;
            let scheme = desk.scheme(archive.fold().await?.as_ref())?;
            record(desk, &archive, vec![Event::SchemeRetired { scheme: scheme.clone() }]).await?;
            desk.output.json(&json!({ "scheme": scheme, "retired": true }))?;
            desk.output
                .line(format!("{scheme}  {}", desk.output.either("不再现行", "is no longer current")))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

pub(super) async fn record(desk: &Desk, archive: &Archive, events: Vec<Event>) -> Result<()> {
    let act = desk.act();
    let write =
        |pen: &mut crate::ledger::Desk| events.into_iter().try_for_each(|it| pen.record(it).map(drop));
    archive.ledger().act(act.now, &act.actor, Touches::default(), write).await?;
    Ok(())
}

/// The units to check against: of a file, of the archive, or none where there is no archive yet.
async fn known_units(desk: &Desk, file: Option<PathBuf>) -> Result<Option<Units>> {
    if let Some(file) = file {
        let text = scheme_file::text_of(&file)?;
        let units = scheme_file::read_units(&text, &file.display().to_string());
        return units.map(|it| Some(Units(it))).map_err(|it| scheme_file::refusal(&it));
    }
    match desk.archive().await {
        Ok(archive) => Ok(Some(archive.fold().await?.units.as_ref().clone())),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn check(desk: &Desk, file: &std::path::Path, units: Option<PathBuf>) -> Result<ExitCode> {
    let Some(units) = known_units(desk, units).await? else {
        return Err(Error::invalid(
            "There is no archive to take the units from; name a unit file with --units.",
        ));
    };
    let text = scheme_file::text_of(file)?;
    let today = crate::ledger::fold::Fold::default().today(desk.now);
    match scheme_file::read_scheme(&text, &file.display().to_string(), &units, today) {
        Ok(scheme) => {
            let n_requirements: usize = scheme.indicators.iter().map(|it| it.requirements.len()).sum();
            let n_duties = crate::domain::duty::expand(&scheme, &units, today)?.len();
            let n_standards = scheme.standards().count();
            desk.output.json(&json!({
                "scheme": scheme.id, "standards": n_standards, "requirements": n_requirements, "duties": n_duties
            }))?;
            desk.output.line(match desk.output.english {
                false => format!("体系 {}:标准 {n_standards} 条,材料要求 {n_requirements} 条,应报 {n_duties} 项,没有错误。", scheme.id),
                true => format!("Scheme {}: {n_standards} standards, {n_requirements} requirements, {n_duties} duties, no faults.", scheme.id),
            })?;
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => told(desk, &problems),
    }
}

fn told(desk: &Desk, problems: &[Problem]) -> Result<ExitCode> {
    for problem in problems {
        desk.output.json(problem)?;
        desk.output.line(problem.to_string())?;
    }
    Ok(ExitCode::from(2))
}

async fn import(desk: &Desk, file: &std::path::Path, dry_run: bool, yes: bool) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let fold = archive.fold().await?;
    let text = scheme_file::text_of(file)?;
    let read =
        scheme_file::read_scheme(&text, &file.display().to_string(), &fold.units, fold.today(desk.now));
    let scheme = match read {
        Ok(scheme) => scheme,
        Err(problems) => return told(desk, &problems),
    };
    if let Some(known) = fold.scheme(&scheme.id) {
        let changes = scheme_diff::diff(known, &scheme);
        for change in &changes {
            desk.output
                .json(&json!({ "sign": change.sign, "what": change.what, "fields": change.fields }))?;
            desk.output.line(format!("{} {}", change.sign, change.what))?;
            change.fields.iter().try_for_each(|it| desk.output.line(format!("      {it}")))?;
        }
        if changes.is_empty() {
            desk.output.line(desk.output.either("没有变化。", "Nothing changed."))?;
            return Ok(ExitCode::SUCCESS);
        }
        if dry_run || !yes {
            let next = desk.output.either(
                "还没有导入;加 --yes 导入以上变化。",
                "Nothing was imported yet; add --yes to make these changes.",
            );
            desk.output.line(next)?;
            return Ok(ExitCode::SUCCESS);
        }
    } else if dry_run {
        desk.output.line(desk.output.either("新体系;没有导入。", "A new scheme; nothing was imported."))?;
        return Ok(ExitCode::SUCCESS);
    }
    let id = scheme.id.clone();
    record(desk, &archive, vec![Event::SchemeImported { scheme: Box::new(scheme) }]).await?;
    desk.output.json(&json!({ "scheme": id, "imported": true }))?;
    desk.output.line(match desk.output.english {
        false => format!("已导入体系 {id}。下一步:juanzong intake 材料文件夹"),
        true => format!("Scheme {id} was imported. Next: juanzong intake FOLDER"),
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn list(desk: &Desk) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let fold = archive.fold().await?;
    let mut rows = Vec::new();
    for (id, imported) in &fold.schemes {
        let n_standards = imported.scheme.standards().count();
        desk.output.json(&SchemeRow::from(imported))?;
        let current = if imported.retired {
            desk.output.either("已停用", "retired")
        } else {
            desk.output.either("现行", "current")
        };
        rows.push(vec![
            id.to_string(),
            current.to_owned(),
            n_standards.to_string(),
            imported.scheme.title.clone(),
        ]);
    }
    let header = if desk.output.english {
        ["Id", "", "Standards", "Title"]
    } else {
        ["编号", "", "标准", "名称"]
    };
    desk.output.table(&header, &rows)?;
    Ok(ExitCode::SUCCESS)
}

async fn show(desk: &Desk) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let fold = archive.fold().await?;
    let id = desk.scheme(&fold)?;
    let Some(scheme) = fold.scheme(&id) else {
        return Err(Error::not_found(format!("There is no scheme {id}.")).zh(format!("没有体系 {id}。")));
    };
    desk.output.json(scheme.as_ref() as &Scheme)?;
    let en = desk.output.english;
    desk.output.line(format!("{}  {}", scheme.id, scheme.title))?;
    for indicator in &scheme.indicators {
        let indent = "  ".repeat(indicator.path.levels().len());
        let owing: Vec<&str> = indicator.lead.iter().chain(&indicator.units).map(String::as_str).collect();
        desk.output.line(format!("{indent}{} {}  {}", indicator.code, indicator.title, owing.join("、")))?;
        for it in &indicator.requirements {
            let (min, measure) = (it.min, it.measure.label(en));
            desk.output.line(format!("{indent}  - {} {} ≥{min} {measure}", it.id, it.title))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn unit(desk: &Desk, command: UnitCommand) -> Result<ExitCode> {
    if let UnitCommand::Template = command {
        desk.output.raw(scheme_file::unit_template())?;
        return Ok(ExitCode::SUCCESS);
    }
    let archive = desk.archive().await?;
    match command {
        UnitCommand::Template => {}
        UnitCommand::Import { file } => {
            let text = scheme_file::text_of(&file)?;
            let units = match scheme_file::read_units(&text, &file.display().to_string()) {
                Ok(units) => units,
                Err(problems) => return told(desk, &problems),
            };
            let known = archive.fold().await?;
            let new: Vec<Unit> = units.into_iter().filter(|it| known.units.get(&it.id) != Some(it)).collect();
            let n_new = new.len();
            record(desk, &archive, new.into_iter().map(|unit| Event::UnitSet { unit }).collect()).await?;
            desk.output.json(&json!({ "units": n_new }))?;
            desk.output.line(match desk.output.english {
                false => format!("新增或更新单位 {n_new} 个。下一步:juanzong scheme import 体系.toml"),
                true => {
                    format!("{n_new} units were added or changed. Next: juanzong scheme import SCHEME.toml")
                }
            })?;
        }
        UnitCommand::List => {
            let fold = archive.fold().await?;
            let mut rows = Vec::new();
            for unit in &fold.units.0 {
                desk.output.json(unit)?;
                let parent =
                    unit.parent.as_ref().map(|it| fold.units.label(it).to_owned()).unwrap_or_default();
                rows.push(vec![unit.id.to_string(), unit.name.clone(), unit.aliases.join("、"), parent]);
            }
            let header = if desk.output.english {
                ["Id", "Name", "Aliases", "Part of"]
            } else {
                ["编号", "名称", "别名", "上级"]
            };
            desk.output.table(&header, &rows)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
