//! Counting: which duty a claim counts for, and how much of a duty is met. All of it is pure.
//!
//! [`place`] finds the duty a claim counts for or says why it fits none; [`assess`] counts what was placed.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::duty::{Duty, DutyStanding, State};
use crate::domain::evidence::{Claim, DateKind, Dated, Evidence, Provenance, Standing};
use crate::domain::finding::{Code, Finding};
use crate::domain::id::{Digest, EvidenceId};
use crate::domain::likeness::Look;
use crate::domain::scheme::{Measure, Requirement};
use crate::domain::window::Cadence;

/// One claim of one evidence as it is held against the duties: with every date known of it and its photos.
#[derive(Clone, Debug)]
pub struct Offer<'a> {
    /// The evidence.
    pub evidence: &'a Evidence,
    /// The claim.
    pub claim: &'a Claim,
    /// Every date known of the evidence, said, named or read.
    pub dates: &'a [Dated],
    /// Its parts that are images.
    pub photos: &'a [Photo],
}

/// An image as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Its bytes.
    pub blob: Digest,
    /// How it looks, where it was read and is not plain; what looks the same, turned or mirrored too, and is of one day
    /// counts once.
    pub look: Option<Look>,
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

/// Finds the duty a claim counts for, and returns its place among `duties`: the first of its standard, in the order
/// of the scheme, whose kind and period it fits, or the one a person pinned. `duties` are those of the claim's scheme
/// and indicator, each with its requirement.
///
/// # Errors
/// The findings that say, for each requirement of the standard, why it does not fit.
pub fn place(duties: &[(&Duty, &Requirement)], offer: &Offer) -> Result<usize, Vec<Finding>> {
    let mut misfits: Vec<Finding> = Vec::new();
    for (n, (duty, requirement)) in duties.iter().enumerate() {
        if offer.claim.requirement.as_ref().is_some_and(|pinned| *pinned != requirement.id) {
            continue;
        }
        match fits(duty, requirement, offer) {
            Ok(()) => return Ok(n),
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

fn fits(duty: &Duty, requirement: &Requirement, offer: &Offer) -> Result<(), Finding> {
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
    // A document number tells a year alone; only part of it may lie in the window.
    let (from, to) = (date.from, date.to);
    let vague = is_year(&date) && duty.period.holds(from) != duty.period.holds(to)
        || is_year(&date) && duty.period.from.is_some_and(|it| from < it && it <= to);
    if vague {
        return Err(Finding::new(Code::E13, format!("{}（只知 {} 年）", requirement.title, from.year())));
    }
    if duty.period.holds(from) {
        return Ok(());
    }
    let window =
        if requirement.cadence == Cadence::Once { duty.period.dates() } else { requirement.title.clone() };
    Err(Finding::new(Code::E01, format!("{} ∉ {window}", date.from)))
}

fn is_year(date: &Dated) -> bool {
    let (from, to) = (date.from, date.to);
    from.year() == to.year() && (from.month(), from.day(), to.month(), to.day()) == (1, 1, 12, 31)
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
    let (mut fresh, mut shown) = (Vec::new(), Vec::new());
    let mut counted = Vec::new();
    let mut duplicates = Vec::new();
    let mut n_returned = 0_u32;
    let of = |wanted: fn(&Standing) -> bool| offers.iter().filter(move |it| wanted(&it.claim.standing));
    for offer in of(|it| *it == Standing::Accepted).chain(of(|it| *it == Standing::Pending)) {
        let is_accepted = offer.claim.standing == Standing::Accepted;
        counted_as(measure, offer, &mut shown, &mut fresh);
        fresh.retain(|it| !accepted.contains(it) && !pending.contains(it));
        if fresh.is_empty() {
            duplicates.push(offer.evidence.id);
        } else {
            counted.push((offer.evidence.id, offer.claim.standing.word()));
        }
        let set = if is_accepted { &mut accepted } else { &mut pending };
        set.extend(fresh.drain(..));
    }
    for offer in of(|it| matches!(it, Standing::Returned { .. })) {
        n_returned += 1;
        counted.push((offer.evidence.id, offer.claim.standing.word()));
    }
    let (k, p) = (count(&accepted), count(&pending));
    let state = state(standing, duty, (k, p, n_returned), today);
    Assessment { state, need: duty.need, accepted: k, pending: p, counted, duplicates }
}

fn count(set: &BTreeSet<Counted>) -> u32 {
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

/// What is counted: bytes, a day, or something by its name; equal ones count once.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Counted<'a> {
    Bytes(Digest),
    Day(Date),
    Named(&'a str),
}

/// The photos of a duty that were counted, one of each look and day.
type Shown = Vec<(Look, Option<Date>, Digest)>;

/// Returns the photo that stands for one: the first that looks the same however it is turned or mirrored, or itself.
/// What looks the same and is of another day is told as a finding and left to people: a hall looks alike every month.
fn standing_for(photo: &Photo, day: Option<Date>, shown: &mut Shown) -> Digest {
    let Some(look) = photo.look else { return photo.blob };
    // Turning costs more than comparing: it waits for one that is not the same as it lies.
    let ways = LazyCell::new(|| look.turned());
    let is_same = |it: &&(Look, Option<Date>, Digest)| {
        it.1.zip(day).is_none_or(|(one, other)| one == other)
            && (it.0.is_near(&look) || ways.iter().any(|way| way.near(&it.0).is_some()))
    };
    if let Some((.., first)) = shown.iter().find(is_same) {
        return *first;
    }
    shown.push((look, day, photo.blob));
    photo.blob
}

/// Adds what an offer is counted as in a measure.
fn counted_as<'a>(measure: Measure, offer: &Offer<'a>, shown: &mut Shown, to: &mut Vec<Counted<'a>>) {
    match measure {
        Measure::Piece => to.extend(offer.evidence.first().map(|it| Counted::Bytes(it.blob.sha256))),
        Measure::Photo => {
            let day = looked_at(DateKind::Activity, offer.dates).map(|it| it.from);
            to.extend(offer.photos.iter().map(|it| Counted::Bytes(standing_for(it, day, shown))));
        }
        Measure::Event => {
            let named = offer.evidence.caption.get("活动").map(|it| it.trim()).filter(|it| !it.is_empty());
            let day = || looked_at(DateKind::Activity, offer.dates).map(|it| Counted::Day(it.from));
            to.extend(named.map(Counted::Named).or_else(day));
        }
        Measure::Person => {
            let named = offer.evidence.caption.get("人物").map(String::as_str).unwrap_or_default();
            let split =
                |c: char| c.is_whitespace() || matches!(c, '、' | ',' | '\u{ff0c}' | ';' | '\u{ff1b}');
            to.extend(named.split(split).filter(|it| !it.is_empty()).map(Counted::Named));
        }
    }
}
