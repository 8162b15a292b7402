//! Decisions on claims: accept, return, reopen, withdraw; and what a claim says.

use std::sync::Arc;

use jiff::civil::Date;

use crate::domain::actor::Act;
use crate::domain::evidence::{Claim, Evidence, Standing};
use crate::domain::id::{EvidenceId, IndicatorPath, RequirementId, SchemeId, UnitId};
use crate::domain::scheme::Scheme;
use crate::error::{Error, Result};
use crate::ledger::event::Event;
use crate::ledger::fold::Fold;
use crate::ledger::{Desk, Ledger, Touches};

/// The claim meant, where a piece has several.
pub type On = (SchemeId, IndicatorPath);

/// A decision on a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It proves the standard.
    Accept,
    /// It goes back to the unit.
    Return {
        /// Why, as told to the unit.
        reason: String,
        /// Until when it is to be sent again.
        deadline: Option<Date>,
    },
    /// It is to be judged again.
    Reopen,
    /// The unit takes it back.
    Withdraw {
        /// Why.
        reason: String,
    },
}

/// Decides on a claim of each piece, all or none. Returns the claims decided on.
///
/// # Errors
/// `NotFound` for a piece out of sight; `Invalid` where a piece has several claims and none is named, or a reason
/// is missing; `Conflict` where a claim stands so already; `Denied` to accept one's own material.
pub async fn judge(
    ledger: &Ledger,
    act: &Act,
    pieces: &[EvidenceId],
    on: Option<&On>,
    decision: &Decision,
) -> Result<Vec<(EvidenceId, On)>> {
    let standing = standing(decision)?;
    let touches = Touches::evidence(pieces.iter().copied());
    let decide = |desk: &mut Desk| {
        let mut res = Vec::new();
        for id in pieces {
            let piece = seen(desk, act, *id)?;
            let claim = meant(&piece, on, desk.fold())?;
            allowed(desk.fold(), act, &piece, &claim, &standing)?;
            let (scheme, indicator) = (claim.scheme.clone(), claim.indicator.clone());
            res.push((*id, (scheme.clone(), indicator.clone())));
            desk.record(Event::Judged { evidence: *id, scheme, indicator, standing: standing.clone() })?;
        }
        Ok(res)
    };
    Ok(ledger.act(act.now, &act.actor, touches, decide).await?.0)
}

fn standing(decision: &Decision) -> Result<Standing> {
    let said = |reason: &String, what: &str| match reason.trim() {
        "" => Err(Error::invalid(format!("{what} needs a reason the unit can act on; add one."))
            .zh("请写明原因，让单位知道怎样修改。")),
        reason => Ok(reason.to_owned()),
    };
    Ok(match decision {
        Decision::Accept => Standing::Accepted,
        Decision::Reopen => Standing::Pending,
        Decision::Return { reason, deadline } => {
            Standing::Returned { reason: said(reason, "A return")?, deadline: *deadline }
        }
        Decision::Withdraw { reason } => Standing::Withdrawn { reason: reason.trim().to_owned() },
    })
}

/// A piece the actor may see; to others it is as if it were not there.
pub(super) fn seen(desk: &Desk, act: &Act, id: EvidenceId) -> Result<Arc<Evidence>> {
    let piece = desk.piece(id)?;
    if act.scope.sees(piece) {
        return Ok(Arc::clone(piece));
    }
    Err(Error::not_found(format!("There is no evidence #{id}; look it up with `juanzong search`."))
        .zh(format!("没有 #{id} 这件材料，请先检索。")))
}

/// The claim a decision is on: the one named, or the only one.
fn meant(piece: &Evidence, on: Option<&On>, fold: &Fold) -> Result<Claim> {
    let id = piece.id;
    if let Some((scheme, indicator)) = on {
        let found = piece.claim(scheme, indicator).cloned();
        return found.ok_or_else(|| {
            let code = fold.scheme(scheme).map(|it| it.full_code(indicator)).unwrap_or_default();
            Error::not_found(format!(
                "Evidence #{id} is not filed under {code} of {scheme}; assign it first."
            ))
            .zh(format!("#{id} 没有对应到 {scheme} 的 {code}，请先指定标准。"))
        });
    }
    match piece.claims.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(Error::invalid(format!("Evidence #{id} proves no standard yet; assign it to one first."))
            .zh(format!("#{id} 还没有对应任何测评标准，请先指定。"))),
        several => {
            let code =
                |it: &Claim| fold.scheme(&it.scheme).map(|s| s.full_code(&it.indicator)).unwrap_or_default();
            let codes: Vec<String> = several.iter().map(code).collect();
            Err(Error::invalid(format!(
                "Evidence #{id} proves {}; say which standard is meant.",
                codes.join(", ")
            ))
            .zh(format!("#{id} 对应 {}，请说明是哪一条标准。", codes.join("、"))))
        }
    }
}

fn allowed(fold: &Fold, act: &Act, piece: &Evidence, claim: &Claim, standing: &Standing) -> Result<()> {
    let id = piece.id;
    if claim.standing == *standing {
        return Err(Error::conflict(format!("Evidence #{id} is {} already.", standing.word()))
            .zh(format!("#{id} 已经是“{}”。", standing.label(false))));
    }
    if *standing != Standing::Accepted {
        return Ok(());
    }
    if let Standing::Withdrawn { .. } = claim.standing {
        return Err(Error::conflict(format!("Evidence #{id} was withdrawn by its unit; reopen it first."))
            .zh(format!("#{id} 已由单位撤回，请先重新打开。")));
    }
    let Some(unit) = &piece.unit else {
        return Err(Error::conflict(format!(
            "Evidence #{id} has no unit yet; assign it before it is accepted."
        ))
        .zh(format!("#{id} 还没有单位，请先指定单位再通过。")));
    };
    if is_own(fold, act, unit) && !fold.scheme(&claim.scheme).is_some_and(|it| it.accept_own) {
        return Err(Error::denied("Nobody accepts their own material; ask the office to review it.")
            .zh("不能审核通过自己单位的材料，请由创建办审核。"));
    }
    Ok(())
}

/// Whether a unit's material is that of who acts: what a department sends counts for the unit above it.
pub(super) fn is_own(fold: &Fold, act: &Act, unit: &UnitId) -> bool {
    act.unit.as_ref().is_some_and(|own| own == unit || fold.units.with_departments(own).contains(&unit))
}

/// Describes a claim: pins it to a requirement or derives it again, and gives 印证说明 and pages.
///
/// # Errors
/// As [`judge`]; `NotFound` where the requirement is not one of the standard.
pub async fn describe(
    ledger: &Ledger,
    act: &Act,
    id: EvidenceId,
    on: Option<&On>,
    (requirement, note, pages): (Option<&RequirementId>, &str, &str),
) -> Result<()> {
    let decide = |desk: &mut Desk| {
        let piece = seen(desk, act, id)?;
        let claim = meant(&piece, on, desk.fold())?;
        if let Some(requirement) = requirement {
            let scheme = standard(desk.fold(), &claim.scheme, &claim.indicator)?;
            if scheme.requirement(requirement).is_none_or(|(indicator, _)| indicator.path != claim.indicator)
            {
                let message = format!(
                    "Requirement {requirement} does not belong to {}.",
                    scheme.full_code(&claim.indicator)
                );
                return Err(Error::not_found(message));
            }
        }
        desk.record(Event::Described {
            evidence: id,
            scheme: claim.scheme,
            indicator: claim.indicator,
            requirement: requirement.cloned(),
            note: note.trim().to_owned(),
            pages: pages.trim().to_owned(),
        })
    };
    ledger.act(act.now, &act.actor, Touches::evidence([id]), decide).await?;
    Ok(())
}

/// A scheme that has the standard.
pub(super) fn standard(fold: &Fold, scheme: &SchemeId, indicator: &IndicatorPath) -> Result<Arc<Scheme>> {
    let known =
        fold.scheme(scheme).filter(|it| it.indicator(indicator).is_some() && it.is_standard(indicator));
    known.cloned().ok_or_else(|| {
        Error::not_found(format!("Scheme {scheme} has no standard {indicator}."))
            .zh(format!("体系 {scheme} 没有标准 {indicator}。"))
    })
}
