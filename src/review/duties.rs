//! Decisions on duties themselves: objected, waived, open again.

use crate::domain::actor::Act;
use crate::domain::duty::{DutyKey, DutyStanding, expand};
use crate::domain::id::{RequirementId, SchemeId, UnitId};
use crate::error::{Error, Result};
use crate::ledger::event::Event;
use crate::ledger::{Desk, Ledger, Touches};
use crate::review::claims::is_own;

/// The duties of one requirement and unit that a decision is on: one period of it, or all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duties {
    /// The scheme.
    pub scheme: SchemeId,
    /// The requirement.
    pub requirement: RequirementId,
    /// Who owes.
    pub unit: UnitId,
    /// The label of the period; none for all of them.
    pub period: Option<String>,
}

/// Objects to duties, waives them, or opens them again. Returns their keys.
///
/// # Errors
/// `NotFound` where there is no such duty; `Invalid` without a reason; `Denied` to waive one's own duty.
pub async fn decide_duty(
    ledger: &Ledger,
    act: &Act,
    duties: &Duties,
    standing: DutyStanding,
) -> Result<Vec<DutyKey>> {
    if let DutyStanding::Objected { reason } | DutyStanding::Waived { reason, .. } = &standing
        && reason.trim().is_empty()
    {
        return Err(Error::invalid("This needs a reason; say why the duty is not owed.")
            .zh("请写明理由，说明为什么不应报。"));
    }
    let unseen = || {
        Error::not_found(format!("Unit {} owes nothing for {}.", duties.unit, duties.requirement))
            .zh(format!("单位 {} 没有 {} 这项应报材料。", duties.unit, duties.requirement))
    };
    if !act.scope.holds(Some(&duties.unit)) {
        return Err(unseen());
    }
    let touches = Touches { standings: true, ..Touches::default() };
    let decide = |desk: &mut Desk| {
        let fold = desk.fold();
        if matches!(standing, DutyStanding::Waived { .. }) && is_own(fold, act, &duties.unit) {
            return Err(Error::denied(
                "Nobody waives their own duty; object to it and let the office decide.",
            )
            .zh("不能免去自己单位的应报材料，请提出异议，由创建办决定。"));
        }
        let scheme = fold.scheme(&duties.scheme).ok_or_else(unseen)?;
        let today = fold.today(act.now);
        let of = |key: &DutyKey| {
            key.requirement == duties.requirement
                && key.unit == duties.unit
                && duties.period.as_ref().is_none_or(|it| *it == key.period)
        };
        let all = expand(scheme, &fold.units, today)?;
        let keys: Vec<DutyKey> = all.into_iter().map(|it| it.key).filter(of).collect();
        if keys.is_empty() {
            return Err(unseen());
        }
        for duty in &keys {
            desk.record(Event::DutyDecided { duty: duty.clone(), standing: standing.clone() })?;
        }
        Ok(keys)
    };
    Ok(ledger.act(act.now, &act.actor, touches, decide).await?.0)
}
