//! Duties: how each stands, what counts for it, and the gap list.

use jiff::civil::{Date, DateTime};
use serde::Serialize;
use utoipa::ToSchema;

use crate::completeness::{self, Assessed, Completeness};
use crate::domain::duty::{DutyStanding, State};
use crate::domain::evidence::DateKind;
use crate::domain::id::{EvidenceId, IndicatorPath, RequirementId, SchemeId, UnitId};
use crate::domain::scheme::Measure;
use crate::ledger::fold::Fold;
use crate::web::shapes::doubts::Amiss;
use crate::web::shapes::pieces::Brief;

/// What a unit owes for a requirement in a period, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Duty {
    /// Who owes.
    pub unit: UnitId,
    /// The unit's name for tables.
    pub unit_name: String,
    /// The scheme.
    pub scheme: SchemeId,
    /// The standard.
    pub standard: IndicatorPath,
    /// Its code from the root down, as printed.
    pub code: String,
    /// The requirement.
    pub requirement: RequirementId,
    /// What is wanted, in words.
    pub title: Option<String>,
    /// The label of the period.
    pub period: String,
    /// How it stands.
    pub state: State,
    /// How many are owed.
    pub need: u32,
    /// How many are accepted.
    pub accepted: u32,
    /// How many await review.
    pub pending: u32,
    /// How many are still to be accepted.
    pub gap: u32,
    /// When it must be in, in the archive's time zone.
    #[schema(value_type = Option<String>)]
    pub deadline: Option<DateTime>,
    /// What is counted, or was returned: the number of each piece and the word of its standing.
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    pub evidence: Vec<(EvidenceId, &'static str)>,
}

impl Duty {
    /// Tells how a duty stands.
    pub fn of(fold: &Fold, all: &Completeness, it: &Assessed) -> Self {
        let (a, key) = (&it.assessment, &it.duty.key);
        Self {
            unit: key.unit.clone(),
            unit_name: fold.units.label(&key.unit).to_owned(),
            scheme: key.scheme.clone(),
            standard: it.duty.indicator.clone(),
            code: all.scheme.full_code(&it.duty.indicator),
            requirement: key.requirement.clone(),
            title: all.requirement(&it.duty).map(|it| it.title.clone()),
            period: key.period.clone(),
            state: a.state,
            need: a.need,
            accepted: a.accepted,
            pending: a.pending,
            gap: a.gap(),
            deadline: it.duty.deadline,
            evidence: a.counted.clone(),
        }
    }
}

/// How many duties are owed and open, of all units or one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tally {
    /// The day it is of.
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    /// The scheme.
    pub scheme: SchemeId,
    /// Duties owed and not accepted in full.
    pub open: u32,
    /// Duties owed.
    pub owed: u32,
    /// Pieces still to be accepted.
    pub gap: u64,
    /// Duties accepted.
    pub accepted: u32,
    /// Duties whose period has not begun.
    pub not_yet: u32,
    /// Duties waived.
    pub waived: u32,
}

impl Tally {
    /// Sums the duties of all units, or of one.
    pub fn of(all: &Completeness, unit: Option<&UnitId>) -> Self {
        let sum = all.sum(unit);
        Self {
            as_of: all.as_of,
            scheme: all.scheme.id.clone(),
            open: sum.open(),
            owed: sum.owed(),
            gap: sum.gap(),
            accepted: sum.n(State::Accepted),
            not_yet: sum.n(State::NotYet),
            waived: sum.n(State::Waived),
        }
    }
}

/// A page of a list of duties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Duties {
    /// How many there are in all.
    pub total: usize,
    /// The day it is of.
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    /// The open ones first, those due first before others.
    pub duties: Vec<Duty>,
}

/// The gap list: what is still owed, and what was sent and does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Gaps {
    /// The sums.
    #[serde(flatten)]
    pub tally: Tally,
    /// How many gaps there are in all, which is `open`.
    pub total: usize,
    /// A page of them, those due first before others.
    pub gaps: Vec<Duty>,
    /// How many claims have something amiss in all.
    pub amiss_total: usize,
    /// A page of them.
    pub amiss: Vec<Amiss>,
}

/// A piece that is held against a duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counted {
    /// The standing of its claim: `accepted`, `pending` or `returned`.
    pub standing: &'static str,
    /// The piece.
    #[serde(flatten)]
    pub piece: Brief,
}

/// One duty explained: what is asked, what counts, what does not and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Explained {
    /// The duty.
    #[serde(flatten)]
    pub duty: Duty,
    /// How it is counted.
    pub measure: Option<Measure>,
    /// Which date of a piece is looked at.
    pub date: Option<DateKind>,
    /// The first day of the window; none where it has no beginning.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last day of the window; none where it has no end.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// Whose material counts.
    pub providers: Vec<UnitId>,
    /// What was decided about the duty itself.
    pub standing: DutyStanding,
    /// What is counted, or was returned.
    pub counted: Vec<Counted>,
    /// What adds nothing because the same was counted already.
    pub duplicates: Vec<Brief>,
    /// What was sent for its standard and has something amiss.
    pub amiss: Vec<Amiss>,
}

impl Explained {
    /// Explains a duty.
    pub fn of(fold: &Fold, all: &Completeness, it: &Assessed, english: bool) -> Self {
        let requirement = all.requirement(&it.duty);
        let brief = |id: &EvidenceId| fold.current(*id).map(|it| Brief::of(fold, it));
        let counted = it.assessment.counted.iter();
        let counted = counted.filter_map(|(id, standing)| Some(Counted { standing, piece: brief(id)? }));
        let own = |amiss: &&completeness::Amiss| {
            amiss.indicator == it.duty.indicator
                && amiss.unit.as_ref().is_some_and(|unit| it.duty.providers.contains(unit))
        };
        Self {
            duty: Duty::of(fold, all, it),
            measure: requirement.map(|it| it.measure),
            date: requirement.map(|it| it.date),
            from: it.duty.period.from,
            to: it.duty.period.to,
            providers: it.duty.providers.clone(),
            standing: fold.standings.get(&it.duty.key).cloned().unwrap_or_default(),
            counted: counted.collect(),
            duplicates: it.assessment.duplicates.iter().filter_map(brief).collect(),
            amiss: all.amiss.iter().filter(own).map(|it| Amiss::of(it, english)).collect(),
        }
    }
}
