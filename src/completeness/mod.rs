//! Completeness: who owes what, what counts for it, what is still missing.
//!
//! Pure over the state. Nothing is rounded up: 6 accepted of 7 is 6/7, and a surplus in one duty fills no other.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::{Date, DateTime};

use crate::domain::actor::Scope;
use crate::domain::counting::{Assessment, Offer, Photo, assess as count, place};
use crate::domain::duty::{Duty, DutyStanding, State, expand};
use crate::domain::evidence::{Claim, Dated, Evidence, Standing};
use crate::domain::finding::{Code, Finding};
use crate::domain::id::{EvidenceId, IndicatorPath, SchemeId, UnitId};
use crate::domain::reading::Facts;
use crate::domain::scheme::{Requirement, Scheme};
use crate::error::{Error, Result};
use crate::ledger::fold::Fold;

pub mod gap_list;

mod limits;

/// A duty with how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessed {
    /// What is owed.
    pub duty: Duty,
    /// How it stands.
    pub assessment: Assessment,
}

/// Something amiss with a claim, seen only when it is held against the duties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amiss {
    /// The piece.
    pub evidence: EvidenceId,
    /// Its unit.
    pub unit: Option<UnitId>,
    /// The standard it is said to prove.
    pub indicator: IndicatorPath,
    /// What is amiss.
    pub finding: Finding,
    /// Whether it counts for no duty because of it.
    pub counts_not: bool,
}

/// How a whole scheme stands at the end of a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Completeness {
    /// The scheme.
    pub scheme: Arc<Scheme>,
    /// The day.
    pub as_of: Date,
    /// Every duty, in the order of the scheme.
    pub duties: Vec<Assessed>,
    /// Claims with something amiss.
    pub amiss: Vec<Amiss>,
}

/// Holds every claim on a scheme against its duties. The state must be that of the end of the day asked for.
///
/// # Errors
/// `NotFound` where there is no such scheme; `Invalid` where it cannot be expanded.
pub fn assess(fold: &Fold, scheme: &SchemeId, scope: &Scope, as_of: Date) -> Result<Completeness> {
    let Some(scheme) = fold.scheme(scheme) else {
        return Err(Error::not_found(format!("There is no scheme {scheme}; see `juanzong scheme list`."))
            .zh(format!("没有体系 {scheme}。")));
    };
    let mut duties = expand(scheme, &fold.units, as_of)?;
    for duty in &mut duties {
        let departments: Vec<UnitId> =
            duty.providers.iter().flat_map(|it| fold.units.with_departments(it)).cloned().collect();
        duty.providers.extend(departments);
        duty.providers.sort();
        duty.providers.dedup();
    }
    duties.retain(|it| it.providers.iter().any(|unit| scope.holds(Some(unit))));
    let requirements = scheme.requirements();
    // Every duty was expanded from a requirement of this scheme.
    let asked: Vec<(&Duty, &Requirement)> =
        duties.iter().map(|it| (it, requirements[&it.key.requirement])).collect();
    let (placed, mut amiss) = place_all(fold, &asked, claims(fold, scheme, scope));
    let open = DutyStanding::Open;
    let counted = asked.iter().zip(&placed).map(|((duty, requirement), claims)| {
        let standing = fold.standings.get(&duty.key).unwrap_or(&open);
        let offers: Vec<Offer> = claims.iter().map(Known::offer).collect();
        count(duty, requirement.measure, standing, &offers, as_of)
    });
    let counted: Vec<Assessment> = counted.collect();
    for (n, (_, requirement)) in asked.iter().enumerate() {
        for (id, finding) in limits::surplus(requirement, &counted[n]) {
            let beyond = placed[n].iter().filter(|it| it.evidence.id == id);
            amiss.extend(beyond.map(|it| it.amiss(finding.clone(), false)));
        }
    }
    let assessed = duties.into_iter().zip(counted).map(|(duty, assessment)| Assessed { duty, assessment });
    Ok(Completeness { scheme: Arc::clone(scheme), as_of, duties: assessed.collect(), amiss })
}

/// A claim with what is known of its piece.
struct Known<'a> {
    evidence: &'a Evidence,
    claim: &'a Claim,
    dates: Cow<'a, [Dated]>,
    photos: Vec<Photo>,
}

impl Known<'_> {
    fn offer(&self) -> Offer<'_> {
        Offer { evidence: self.evidence, claim: self.claim, dates: &self.dates, photos: &self.photos }
    }

    fn amiss(&self, finding: Finding, counts_not: bool) -> Amiss {
        Amiss {
            evidence: self.evidence.id,
            unit: self.evidence.unit.clone(),
            indicator: self.claim.indicator.clone(),
            finding,
            counts_not,
        }
    }
}

fn claims<'a>(fold: &'a Fold, scheme: &'a Scheme, scope: &'a Scope) -> impl Iterator<Item = Known<'a>> {
    let seen = fold.evidence.values().filter(|it| scope.sees(it));
    seen.flat_map(move |evidence| {
        let claims = evidence.claims.iter().filter(|it| it.scheme == scheme.id);
        claims.map(move |claim| {
            let (dates, photos) = fold.known_of(evidence);
            Known { evidence, claim, dates, photos }
        })
    })
}

/// The duties of a standard that material of a unit may count for, in the order they are tried, with their numbers.
type Candidates<'a> = (Vec<usize>, Vec<(&'a Duty, &'a Requirement)>);

fn candidates<'a>(
    duties: &[(&'a Duty, &'a Requirement)],
) -> HashMap<(&'a IndicatorPath, &'a UnitId), Candidates<'a>> {
    let mut res: HashMap<_, Candidates> = HashMap::new();
    // A department's own duty comes before that of the unit above it.
    for own in [true, false] {
        for (n, (duty, requirement)) in duties.iter().enumerate() {
            for unit in duty.providers.iter().filter(|it| (duty.key.unit == **it) == own) {
                let (numbers, asked) = res.entry((&duty.indicator, unit)).or_default();
                numbers.push(n);
                asked.push((*duty, *requirement));
            }
        }
    }
    res
}

/// Places each claim on its duty; what fits none is noted with the reason. Returns the claims of each duty.
fn place_all<'a>(
    fold: &Fold,
    duties: &[(&Duty, &Requirement)],
    claims: impl Iterator<Item = Known<'a>>,
) -> (Vec<Vec<Known<'a>>>, Vec<Amiss>) {
    let candidates = candidates(duties);
    let nobody = Candidates::default();
    let mut placed: Vec<Vec<Known>> = duties.iter().map(|_| Vec::new()).collect();
    let mut amiss = Vec::new();
    for known in claims.filter(|it| !matches!(it.claim.standing, Standing::Withdrawn { .. })) {
        let unit = known.evidence.unit.as_ref();
        let found = unit.and_then(|it| candidates.get(&(&known.claim.indicator, it)));
        let (numbers, asked) = found.unwrap_or(&nobody);
        match place(asked, &known.offer()) {
            Ok(n) => {
                let lacking = lacking(fold, asked[n].1, known.evidence);
                if !lacking.is_empty() {
                    amiss.push(known.amiss(Finding::new(Code::E08, lacking.join("、")), false));
                }
                let beyond = limits::beyond(fold, asked[n].1, known.evidence);
                amiss.extend(beyond.into_iter().map(|it| known.amiss(it, false)));
                placed[numbers[n]].push(known);
            }
            Err(findings) => amiss.extend(findings.into_iter().map(|it| known.amiss(it, true))),
        }
    }
    (placed, amiss)
}

/// The fields a requirement asks for that a piece does not fill.
fn lacking(fold: &Fold, requirement: &Requirement, evidence: &Evidence) -> Vec<String> {
    let read = |known: fn(&Facts) -> bool| fold.readings_of(evidence).any(|(_, it)| known(&it.facts));
    let filled = |field: &str| match field {
        // What is read from the document is as good as what is typed.
        "document_number" | "文号" => {
            evidence.document_number.is_some() || read(|it| it.document_number.is_some())
        }
        "issuer" | "责任者" => evidence.issuer.is_some() || read(|it| it.issuer.is_some()),
        other => evidence.caption.get(other).is_some_and(|it| !it.trim().is_empty()),
    };
    requirement.fields.iter().filter(|it| !filled(it)).cloned().collect()
}

/// A sum over duties: pieces accepted of pieces owed, and how many duties that are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Accepted, at most what each duty asks.
    pub accepted: u64,
    /// Pending, at most what each duty lacks.
    pub pending: u64,
    /// Owed.
    pub need: u64,
    /// How many duties are in each state, in the order of [`State::ALL`].
    pub states: [u32; 8],
}

impl Sum {
    fn add(&mut self, assessed: &Assessed) {
        let Assessment { state, need, accepted, pending, .. } = assessed.assessment;
        if let Some(n) = State::ALL.iter().position(|it| *it == state) {
            self.states[n] += 1;
        }
        if state.is_owed() {
            let k = accepted.min(need);
            self.accepted += u64::from(k);
            self.pending += u64::from(pending.min(need - k));
            self.need += u64::from(need);
        }
    }

    /// Returns how many duties are in a state.
    pub fn n(&self, state: State) -> u32 {
        State::ALL.iter().position(|it| *it == state).map_or(0, |n| self.states[n])
    }

    /// Returns how many duties are in the denominator.
    pub fn owed(&self) -> u32 {
        State::ALL.iter().filter(|it| it.is_owed()).map(|it| self.n(*it)).sum()
    }

    /// Returns how many duties are open: owed and not accepted in full.
    pub fn open(&self) -> u32 {
        State::ALL.iter().filter(|it| it.is_open()).map(|it| self.n(*it)).sum()
    }

    /// Returns how many pieces are still to be accepted.
    pub fn gap(&self) -> u64 {
        self.need - self.accepted
    }

    /// Returns the one state that stands for all: what most needs doing, accepted only when everything owed is.
    pub fn state(&self) -> Option<State> {
        if self.states.iter().all(|&n| n == 0) {
            return None;
        }
        if self.owed() == 0 {
            return Some(if self.n(State::NotYet) > 0 { State::NotYet } else { State::Waived });
        }
        let some = |state: State| self.n(state) > 0;
        let only = |state: State| self.n(state) == self.owed();
        Some(match () {
            () if only(State::Accepted) => State::Accepted,
            () if some(State::Returned) => State::Returned,
            () if only(State::Missing) => State::Missing,
            () if only(State::Objected) => State::Objected,
            () if !some(State::Missing) && !some(State::Partial) && some(State::Pending) => State::Pending,
            () if !some(State::Missing) && !some(State::Partial) => State::Objected,
            () => State::Partial,
        })
    }
}

/// The matrix: units down, indicators of one level across.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// The indicators of the columns.
    pub columns: Vec<IndicatorPath>,
    /// A row for each unit that owes, those with the largest gap first.
    pub rows: Vec<MatrixRow>,
    /// The sums of the columns.
    pub bottom: Vec<Sum>,
    /// The sum of it all.
    pub total: Sum,
}

/// A row of the matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixRow {
    /// The unit.
    pub unit: UnitId,
    /// A cell for each column.
    pub cells: Vec<Sum>,
    /// Their sum.
    pub total: Sum,
}

impl Completeness {
    /// Returns the sum over all duties, or those of one unit.
    pub fn sum(&self, unit: Option<&UnitId>) -> Sum {
        let mut res = Sum::default();
        self.duties
            .iter()
            .filter(|it| unit.is_none_or(|id| it.duty.key.unit == *id))
            .for_each(|it| res.add(it));
        res
    }

    /// Returns the sum over the duties of an indicator and of all below it.
    pub fn sum_within(&self, path: &IndicatorPath) -> Sum {
        let mut res = Sum::default();
        self.duties.iter().filter(|it| it.duty.indicator.is_within(path)).for_each(|it| res.add(it));
        res
    }

    /// Returns the duties that are still open, of all units or one, those due first first.
    pub fn gaps(&self, unit: Option<&UnitId>) -> Vec<&Assessed> {
        let open =
            |it: &&Assessed| it.assessment.state.is_open() && unit.is_none_or(|id| it.duty.key.unit == *id);
        let mut res: Vec<&Assessed> = self.duties.iter().filter(open).collect();
        res.sort_by_key(|it| it.duty.deadline.is_none().then_some(DateTime::MAX).or(it.duty.deadline));
        res
    }

    /// Returns the matrix at a depth of the tree (1 is the root level), below one indicator or for all.
    pub fn matrix(&self, depth: usize, below: Option<&IndicatorPath>) -> Matrix {
        let within = |path: &IndicatorPath| below.is_none_or(|it| path.is_within(it));
        let column = |path: &IndicatorPath| {
            IndicatorPath::new(path.levels()[..depth.clamp(1, path.levels().len())].to_vec())
        };
        let mut columns: Vec<IndicatorPath> = Vec::new();
        for assessed in self.duties.iter().filter(|it| within(&it.duty.indicator)) {
            let path = column(&assessed.duty.indicator);
            if !columns.contains(&path) {
                columns.push(path);
            }
        }
        let mut rows: BTreeMap<&UnitId, (Vec<Sum>, Sum)> = BTreeMap::new();
        let mut bottom = vec![Sum::default(); columns.len()];
        let mut total = Sum::default();
        for assessed in self.duties.iter().filter(|it| within(&it.duty.indicator)) {
            let path = column(&assessed.duty.indicator);
            let Some(n) = columns.iter().position(|it| *it == path) else { continue };
            let row = rows
                .entry(&assessed.duty.key.unit)
                .or_insert_with(|| (bottom_row(columns.len()), Sum::default()));
            for sum in [&mut row.0[n], &mut row.1, &mut bottom[n], &mut total] {
                sum.add(assessed);
            }
        }
        let mut rows: Vec<MatrixRow> = rows
            .into_iter()
            .map(|(unit, (cells, total))| MatrixRow { unit: unit.clone(), cells, total })
            .collect();
        rows.sort_by_key(|it| std::cmp::Reverse((it.total.gap(), it.total.open())));
        Matrix { columns, rows, bottom, total }
    }

    /// Returns whole days from the day of the state to a deadline; negative when it has passed.
    pub fn days_to(&self, deadline: DateTime) -> i32 {
        self.as_of.until(deadline.date()).map_or(0, |it| it.get_days())
    }

    /// Returns the requirement of a duty.
    pub fn requirement(&self, duty: &Duty) -> Option<&Requirement> {
        self.scheme.requirement(&duty.key.requirement).map(|it| it.1)
    }
}

fn bottom_row(n_columns: usize) -> Vec<Sum> {
    vec![Sum::default(); n_columns]
}

#[cfg(test)]
mod tests;
