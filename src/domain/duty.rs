//! Duties: Requirement × Unit × Period, their states, and how a scheme is expanded into them.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::id::{IndicatorPath, RequirementId, SchemeId, UnitId};
use crate::domain::scheme::{Indicator, Provider, Requirement, Scheme};
use crate::domain::unit::{Directory, Units};
use crate::domain::window::{Cadence, Period, periods};
use crate::error::{Error, Result};

/// The key of a duty. Dates are not part of it: a window that is moved keeps its duties.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct DutyKey {
    /// The scheme.
    pub scheme: SchemeId,
    /// The requirement.
    pub requirement: RequirementId,
    /// Who owes.
    pub unit: UnitId,
    /// The label of the period.
    pub period: String,
}

/// One cell of the matrix: what one unit owes for one requirement in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct Duty {
    /// Its key.
    pub key: DutyKey,
    /// The standard.
    pub indicator: IndicatorPath,
    /// The dates of its period.
    pub period: Period,
    /// How many are owed.
    pub need: u32,
    /// When it must be in, in the archive's time zone.
    pub deadline: Option<DateTime>,
    /// Whose material counts: the unit itself, or for provider `any` every unit named.
    pub providers: Vec<UnitId>,
}

/// What was decided about a duty itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum DutyStanding {
    /// Owed.
    #[default]
    Open,
    /// The unit says it is not its business (异议).
    Objected {
        /// Why.
        reason: String,
    },
    /// Not owed any more (免报).
    Waived {
        /// Why.
        reason: String,
        /// Who waived it.
        by: String,
    },
}

/// The state of a duty, in the order in which the first that holds is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 免报.
    Waived,
    /// 异议.
    Objected,
    /// 未到期: its period has not begun.
    NotYet,
    /// 已通过: enough is accepted.
    Accepted,
    /// 退回: something was returned and what is left is too little.
    Returned,
    /// 待审: enough was sent.
    Pending,
    /// 未报齐: something was sent, too little.
    Partial,
    /// 未报: nothing was sent.
    Missing,
}

impl State {
    /// Every state, in order.
    pub const ALL: [Self; 8] = [
        Self::Waived,
        Self::Objected,
        Self::NotYet,
        Self::Accepted,
        Self::Returned,
        Self::Pending,
        Self::Partial,
        Self::Missing,
    ];

    /// Returns the one English word used in URLs and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waived => "waived",
            Self::Objected => "objected",
            Self::NotYet => "not_yet",
            Self::Accepted => "accepted",
            Self::Returned => "returned",
            Self::Pending => "pending",
            Self::Partial => "partial",
            Self::Missing => "missing",
        }
    }

    /// Returns the word of the screen in Chinese or English.
    pub fn label(self, english: bool) -> &'static str {
        match (self, english) {
            (Self::Waived, false) => "免报",
            (Self::Objected, false) => "异议",
            (Self::NotYet, false) => "未到期",
            (Self::Accepted, false) => "已通过",
            (Self::Returned, false) => "退回",
            (Self::Pending, false) => "待审",
            (Self::Partial, false) => "未报齐",
            (Self::Missing, false) => "未报",
            (Self::Waived, true) => "Waived",
            (Self::Objected, true) => "Objected",
            (Self::NotYet, true) => "Not yet due",
            (Self::Accepted, true) => "Accepted",
            (Self::Returned, true) => "Returned",
            (Self::Pending, true) => "Pending",
            (Self::Partial, true) => "Incomplete",
            (Self::Missing, true) => "Missing",
        }
    }

    /// Returns the glyph that stands before the word.
    pub fn glyph(self) -> &'static str {
        match self {
            Self::Waived => "–",
            Self::Objected => "!",
            Self::NotYet => "·",
            Self::Accepted => "●",
            Self::Returned => "↩",
            Self::Pending => "◔",
            Self::Partial => "◐",
            Self::Missing => "○",
        }
    }

    /// Returns whether the duty stands in the denominator.
    pub fn is_owed(self) -> bool {
        !matches!(self, Self::Waived | Self::NotYet)
    }

    /// Returns whether something is still to be sent or decided.
    pub fn is_open(self) -> bool {
        self.is_owed() && self != Self::Accepted
    }
}

/// Expands a scheme into its duties. Groups are expanded on `scheme.groups_on`, or else on `today`.
///
/// # Errors
/// `Invalid` where a window cannot be resolved or a unit is not known; the message names the requirement.
pub fn expand(scheme: &Scheme, units: &Units, today: Date) -> Result<Vec<Duty>> {
    let mut res = Vec::new();
    let day = scheme.groups_on.unwrap_or(today);
    let units = &units.directory();
    for indicator in &scheme.indicators {
        for requirement in &indicator.requirements {
            let at = |error: Error| error.context(format!("requirement {}", requirement.id));
            let window =
                scheme.window_of(requirement).resolve(scheme.test_on, scheme.cycle.as_ref()).map_err(at)?;
            let periods = periods(requirement.cadence, window, &requirement.periods).map_err(at)?;
            let owing = owing(indicator, requirement, units, day).map_err(at)?;
            for (unit, providers) in owing {
                for period in &periods {
                    res.push(Duty {
                        key: DutyKey {
                            scheme: scheme.id.clone(),
                            requirement: requirement.id.clone(),
                            unit: unit.clone(),
                            period: period.label.clone(),
                        },
                        indicator: indicator.path.clone(),
                        period: period.clone(),
                        need: requirement.min,
                        deadline: deadline(scheme, requirement, period),
                        providers: providers.clone(),
                    });
                }
            }
        }
    }
    Ok(res)
}

/// Who owes a requirement, each with those whose material counts for it.
fn owing(
    indicator: &Indicator,
    requirement: &Requirement,
    units: &Directory,
    day: Date,
) -> Result<Vec<(UnitId, Vec<UnitId>)>> {
    let own = &requirement.units;
    let names = if own.is_empty() {
        indicator.lead.iter().chain(&indicator.units).collect()
    } else {
        own.iter().collect::<Vec<_>>()
    };
    let lead = indicator.lead.as_ref().map(|it| one_unit(it, units, day)).transpose()?;
    let mut named: Vec<UnitId> = Vec::new();
    for name in names {
        let found = units.expand(name, day);
        if found.is_empty() {
            return Err(unknown(name));
        }
        for unit in found {
            if !named.contains(&unit.id) {
                named.push(unit.id.clone());
            }
        }
    }
    let first = lead.filter(|it| own.is_empty() || named.contains(it)).or_else(|| named.first().cloned());
    let Some(first) = first else {
        return Err(Error::invalid(
            "no unit owes it; name `lead` or `units` on the standard or the requirement.",
        ));
    };
    Ok(match requirement.provider {
        Provider::Each => named.into_iter().map(|it| (it.clone(), vec![it])).collect(),
        Provider::Any => vec![(first, named)],
        Provider::Lead => vec![(first.clone(), vec![first])],
    })
}

fn one_unit(name: &str, units: &Directory, day: Date) -> Result<UnitId> {
    match units.expand(name, day).as_slice() {
        [] => Err(unknown(name)),
        [one, ..] => Ok(one.id.clone()),
    }
}

fn unknown(name: &str) -> Error {
    Error::invalid(format!(
        "“{name}” is neither a unit nor a group; add it to the units or correct the name."
    ))
}

/// A repeated duty is due ten days after its period ends, at the hour of the scheme's deadline.
fn deadline(scheme: &Scheme, requirement: &Requirement, period: &Period) -> Option<DateTime> {
    if requirement.deadline.is_some() {
        return requirement.deadline;
    }
    if requirement.cadence == Cadence::Once {
        return scheme.deadline;
    }
    let day = period.to?.checked_add(10.days()).ok()?;
    let time = scheme.deadline.map_or(jiff::civil::time(17, 0, 0, 0), DateTime::time);
    Some(day.to_datetime(time))
}
