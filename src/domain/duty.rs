//! Duties: Requirement × Unit × Period, and how material is counted for them.
//!
//! What counts is pure: [`expand`] makes the duties of a scheme, [`place`] finds the duty a claim counts for or says
//! why it fits none, [`assess`] counts.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::domain::evidence::{Claim, DateKind, Dated, Evidence, Provenance, Standing};
use crate::domain::finding::{Code, Finding};
use crate::domain::id::{Digest, EvidenceId, IndicatorPath, RequirementId, SchemeId, UnitId};
use crate::domain::scheme::{Indicator, Measure, Provider, Requirement, Scheme};
use crate::domain::unit::Units;
use crate::domain::window::{Cadence, Period, periods};
use crate::error::{Error, Result};

/// The key of a duty. Dates are not part of it: a window that is moved keeps its duties.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

/// One claim of one evidence as it is held against the duties: with every date known of it and its photos.
#[derive(Clone, Debug)]
pub struct Offer<'a> {
    /// The evidence.
    pub evidence: &'a Evidence,
    /// The claim.
    pub claim: &'a Claim,
    /// Every date known of the evidence, said, named or read.
    pub dates: &'a [Dated],
    /// The digests of its parts that are images.
    pub photos: &'a [Digest],
}

/// A duty counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// The state.
    pub state: State,
    /// How many are owed.
    pub need: u32,
    /// k: accepted, in the window, distinct, in the measure of the requirement.
    pub accepted: u32,
    /// p: the same, pending.
    pub pending: u32,
    /// The evidence of each standing that was counted or would count.
    pub counted: Vec<(EvidenceId, &'static str)>,
    /// Evidence that adds nothing because the same was counted already.
    pub duplicates: Vec<EvidenceId>,
}

impl Assessment {
    /// Returns how many are still to be accepted.
    pub fn gap(&self) -> u32 {
        if self.state.is_owed() { self.need.saturating_sub(self.accepted) } else { 0 }
    }
}

/// Expands a scheme into its duties. Groups are expanded on `scheme.groups_on`, or else on `today`.
///
/// # Errors
/// `Invalid` where a window cannot be resolved or a unit is not known; the message names the requirement.
pub fn expand(scheme: &Scheme, units: &Units, today: Date) -> Result<Vec<Duty>> {
    let mut res = Vec::new();
    let day = scheme.groups_on.unwrap_or(today);
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
    units: &Units,
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

fn one_unit(name: &str, units: &Units, day: Date) -> Result<UnitId> {
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

/// Finds the duty a claim counts for: the first of its standard, in the order of the scheme, whose kind and period
/// it fits, or the one a person pinned. `duties` are those of the claim's scheme and indicator.
///
/// # Errors
/// The findings that say, for each requirement of the standard, why it does not fit.
pub fn place<'a>(
    scheme: &Scheme,
    duties: &[&'a Duty],
    offer: &Offer,
) -> std::result::Result<&'a Duty, Vec<Finding>> {
    let mut misfits: Vec<Finding> = Vec::new();
    for duty in duties {
        let Some((_, requirement)) = scheme.requirement(&duty.key.requirement) else { continue };
        if offer.claim.requirement.as_ref().is_some_and(|pinned| *pinned != requirement.id) {
            continue;
        }
        match fits(duty, requirement, offer) {
            Ok(()) => return Ok(duty),
            Err(finding) if misfits.contains(&finding) => {}
            Err(finding) => misfits.push(finding),
        }
    }
    if misfits.is_empty() {
        misfits.push(Finding::new(Code::E10, offer.claim.indicator.to_string()));
    }
    // A wrong unit or kind says little where another requirement came closer and only the date is amiss.
    let closest = misfits.iter().map(|it| closeness(it.code)).max().unwrap_or(0);
    misfits.retain(|it| closeness(it.code) == closest);
    Err(misfits)
}

fn closeness(code: Code) -> u8 {
    match code {
        Code::E01 | Code::E13 => 2,
        Code::E06 => 1,
        _ => 0,
    }
}

fn fits(duty: &Duty, requirement: &Requirement, offer: &Offer) -> std::result::Result<(), Finding> {
    let provided = offer.evidence.unit.as_ref().is_some_and(|it| duty.providers.contains(it));
    if !provided {
        return Err(Finding::new(Code::E10, duty.indicator.to_string()));
    }
    let pinned = offer.claim.requirement.is_some();
    if !pinned && !requirement.kinds.is_empty() && !requirement.kinds.contains(&offer.evidence.kind) {
        return Err(Finding::new(Code::E06, requirement.title.clone()));
    }
    if !duty.period.is_bounded() {
        return Ok(());
    }
    let Some(date) = looked_at(requirement.date, offer.dates) else {
        return Err(Finding::new(Code::E13, requirement.title.clone()));
    };
    if duty.period.holds(date.from) {
        return Ok(());
    }
    let window =
        if requirement.cadence == Cadence::Once { duty.period.dates() } else { requirement.title.clone() };
    Err(Finding::new(Code::E01, format!("{} ∉ {window}", date.from)))
}

/// The date a requirement looks at: of its kind, from the strongest source; else one from a name, whose kind was
/// only guessed. A file's own time alone never puts material in a window.
pub fn looked_at(kind: DateKind, dates: &[Dated]) -> Option<Dated> {
    let sound = || dates.iter().filter(|it| it.provenance != Provenance::FileTime);
    let exact = sound().filter(|it| it.kind == kind).min_by_key(|it| it.provenance);
    exact.or_else(|| sound().filter(|it| it.provenance == Provenance::Name).min()).copied()
}

/// Counts the offers placed on a duty at the end of a day.
pub fn assess(
    duty: &Duty,
    measure: Measure,
    standing: &DutyStanding,
    offers: &[Offer],
    today: Date,
) -> Assessment {
    let mut accepted = BTreeSet::new();
    let mut pending = BTreeSet::new();
    let mut counted = Vec::new();
    let mut duplicates = Vec::new();
    let mut n_returned = 0_u32;
    let of = |wanted: fn(&Standing) -> bool| offers.iter().filter(move |it| wanted(&it.claim.standing));
    for offer in of(|it| *it == Standing::Accepted).chain(of(|it| *it == Standing::Pending)) {
        let is_accepted = offer.claim.standing == Standing::Accepted;
        let keys = counted_as(measure, offer);
        let fresh =
            keys.into_iter().filter(|it| !accepted.contains(it) && !pending.contains(it)).collect::<Vec<_>>();
        if fresh.is_empty() {
            duplicates.push(offer.evidence.id);
        } else {
            counted.push((offer.evidence.id, offer.claim.standing.word()));
        }
        let set = if is_accepted { &mut accepted } else { &mut pending };
        set.extend(fresh);
    }
    for offer in of(|it| matches!(it, Standing::Returned { .. })) {
        n_returned += 1;
        counted.push((offer.evidence.id, offer.claim.standing.word()));
    }
    let (k, p) = (count(&accepted), count(&pending));
    let state = state(standing, duty, (k, p, n_returned), today);
    Assessment { state, need: duty.need, accepted: k, pending: p, counted, duplicates }
}

fn count(set: &BTreeSet<String>) -> u32 {
    u32::try_from(set.len()).unwrap_or(u32::MAX)
}

fn state(standing: &DutyStanding, duty: &Duty, (k, p, n_returned): (u32, u32, u32), today: Date) -> State {
    match standing {
        DutyStanding::Waived { .. } => State::Waived,
        DutyStanding::Objected { .. } => State::Objected,
        DutyStanding::Open if !duty.period.has_begun(today) => State::NotYet,
        DutyStanding::Open if k >= duty.need => State::Accepted,
        DutyStanding::Open if n_returned > 0 && k + p < duty.need => State::Returned,
        DutyStanding::Open if k + p >= duty.need => State::Pending,
        DutyStanding::Open if k + p > 0 => State::Partial,
        DutyStanding::Open => State::Missing,
    }
}

/// What an offer is counted as in a measure; equal keys count once.
fn counted_as(measure: Measure, offer: &Offer) -> Vec<String> {
    match measure {
        Measure::Piece => offer.evidence.first().map(|it| it.blob.sha256.to_string()).into_iter().collect(),
        Measure::Photo => offer.photos.iter().map(ToString::to_string).collect(),
        Measure::Event => {
            let named = offer.evidence.caption.get("活动").map(|it| it.trim().to_owned());
            let day = || looked_at(DateKind::Activity, offer.dates).map(|it| it.from.to_string());
            named.filter(|it| !it.is_empty()).or_else(day).into_iter().collect()
        }
        Measure::Person => {
            let named = offer.evidence.caption.get("人物").map(String::as_str).unwrap_or_default();
            let split =
                |c: char| c.is_whitespace() || matches!(c, '、' | ',' | '\u{ff0c}' | ';' | '\u{ff1b}');
            named.split(split).filter(|it| !it.is_empty()).map(str::to_owned).collect()
        }
    }
}
