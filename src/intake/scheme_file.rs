//! Scheme files and unit files: TOML in, the domain's values out, or every fault with its line.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};

use crate::domain::scheme::Scheme;
use crate::domain::scheme_check::{self, Step};
use crate::domain::unit::{Unit, Units};
use crate::error::{Error, Result};

/// How long a scheme file may be.
const LONGEST: usize = 4 << 20;

/// A fault in a file, with its place counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file, as named by who offered it.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

/// The form of a unit file.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitFile {
    /// The units.
    #[serde(rename = "unit")]
    pub units: Vec<Unit>,
}

/// Reads a scheme file and checks it against the units.
///
/// # Errors
/// Every fault found; a file that is no TOML or has a wrong type has one.
pub fn read_scheme(
    text: &str,
    file: &str,
    units: &Units,
    today: Date,
) -> std::result::Result<Scheme, Vec<Problem>> {
    let scheme: Scheme = parse(text, file)?;
    let faults = scheme_check::check(&scheme, units, today);
    if faults.is_empty() {
        return Ok(scheme);
    }
    let root = DeTable::parse(text).ok();
    let place =
        |at: &[Step]| root.as_ref().map_or(0, |it| locate(it.get_ref(), at).unwrap_or(it.span().start));
    Err(faults.iter().map(|it| problem(text, file, place(&it.at), it.message.clone())).collect())
}

/// Reads a unit file.
///
/// # Errors
/// Every fault found.
pub fn read_units(text: &str, file: &str) -> std::result::Result<Vec<Unit>, Vec<Problem>> {
    let UnitFile { units } = parse(text, file)?;
    let root = DeTable::parse(text).ok();
    let mut problems = Vec::new();
    for (n, unit) in units.iter().enumerate() {
        let mut fault = |key: &'static str, message: String| {
            let at = [Step::Key("unit"), Step::Nth(n), Step::Key(key)];
            let place = root.as_ref().and_then(|it| locate(it.get_ref(), &at)).unwrap_or(0);
            problems.push(problem(text, file, place, message));
        };
        if units[..n].iter().any(|it| it.id == unit.id) {
            fault("id", format!("The id {} is used twice; ids of units are unique.", unit.id));
        }
        if unit.name.trim().is_empty() {
            fault("name", "A unit needs a name; write it in full.".into());
        }
        for other in &units[..n] {
            if let Some(name) = unit
                .names()
                .skip(1)
                .find(|name| other.names().any(|it| crate::domain::unit::same_name(it, name)))
            {
                fault(
                    "name",
                    format!(
                        "{} and {} are both called “{name}”; make one of the names different.",
                        other.id, unit.id
                    ),
                );
            }
        }
        if let Some(parent) = unit.parent.as_ref().filter(|it| units.iter().all(|known| known.id != **it)) {
            fault("parent", format!("There is no unit {parent} in this file; write the unit above too."));
        }
    }
    if problems.is_empty() { Ok(units) } else { Err(problems) }
}

/// Makes one error of problems, for where only one sentence fits.
pub fn refusal(problems: &[Problem]) -> Error {
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    Error::invalid(shown.join("\n"))
}

/// Reads a file of settings from disk as text.
///
/// # Errors
/// `TooLarge` beyond 4 MiB; `Invalid` where it is not UTF-8; those of the file system.
pub fn text_of(path: &std::path::Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|it| Error::io("reading", path, it))?;
    if bytes.len() > LONGEST {
        return Err(Error::too_large(format!(
            "{} is longer than 4 MiB; a scheme file is shorter.",
            path.display()
        )));
    }
    let text = String::from_utf8(bytes);
    let text = text.map_err(|it| {
        Error::invalid(format!("{} is not UTF-8; save it as UTF-8.", path.display())).with_source(it)
    })?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

fn parse<T: for<'de> Deserialize<'de>>(text: &str, file: &str) -> std::result::Result<T, Vec<Problem>> {
    toml::from_str(text).map_err(|fault| {
        let at = fault.span().map_or(0, |it| it.start);
        vec![problem(text, file, at, advice(fault.message()))]
    })
}

/// Says in a sentence what the parser says in its words.
fn advice(said: &str) -> String {
    let quoted: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
    if let (true, Some((unknown, known))) = (said.starts_with("unknown field"), quoted.split_first()) {
        let near = known.iter().max_by_key(|it| shared(it, unknown)).copied().unwrap_or_default();
        return format!(
            "“{unknown}” is not a key here; did you mean “{near}”? The keys are {}.",
            known.join(", ")
        );
    }
    if let (true, Some(missing)) = (said.starts_with("missing field"), quoted.first()) {
        return format!("“{missing}” is missing here; add it.");
    }
    let said = said.lines().next().unwrap_or(said);
    format!("It cannot be read: {said}. Dates are written \"2017-03-05\", hours \"2017-04-30T17:00:00\".")
}

fn shared(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count() * 2
        + a.chars().filter(|c| b.contains(*c)).count()
}

fn problem(text: &str, file: &str, at: usize, message: String) -> Problem {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
    Problem { file: file.to_owned(), line, column, message }
}

/// Finds where a way down the file leads; as far as it goes.
fn locate(table: &DeTable<'_>, at: &[Step]) -> Option<usize> {
    let [Step::Key(key), rest @ ..] = at else { return None };
    let (name, value) = table.iter().find(|(name, _)| name.get_ref().as_ref() == *key)?;
    let here = name.span().start;
    match (value.get_ref(), rest) {
        (DeValue::Array(list), [Step::Nth(n), rest @ ..]) => {
            let entry = list.get(*n)?;
            match entry.get_ref() {
                DeValue::Table(table) => locate(table, rest).or(Some(entry.span().start)),
                _ => Some(entry.span().start),
            }
        }
        (DeValue::Table(table), [_, ..]) => locate(table, rest).or(Some(here)),
        _ => Some(here),
    }
}

/// Returns a unit file to begin with, every key explained.
pub fn unit_template() -> &'static str {
    include_str!("units_template.toml")
}

/// Returns a scheme file to begin with, every key explained.
pub fn template() -> &'static str {
    include_str!("template.toml")
}
