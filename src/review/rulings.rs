//! Decisions on what is amiss: whether a piece may be handed over all the same.

use crate::domain::actor::Act;
use crate::domain::evidence::Ruling;
use crate::domain::finding::Code;
use crate::domain::id::EvidenceId;
use crate::error::{Error, Result};
use crate::findings;
use crate::ledger::event::Event;
use crate::ledger::fold::Fold;
use crate::ledger::{Desk, Ledger, Touches};
use crate::review::claims::seen;

/// A decision on findings of one code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The code.
    pub code: Code,
    /// Whether the pieces may be handed over all the same; none opens the finding again.
    pub fit: Option<bool>,
    /// Why; a ruling needs a reason.
    pub reason: String,
}

/// Decides on a finding of each piece, all or none. `fold` is the whole state, which says what is amiss now.
///
/// # Errors
/// `NotFound` for a piece out of sight; `Conflict` where a piece has no such finding, or none was decided on;
/// `Invalid` without a reason.
pub async fn rule(ledger: &Ledger, act: &Act, fold: &Fold, pieces: &[EvidenceId], rule: &Rule) -> Result<()> {
    let code = rule.code;
    if rule.fit.is_some() && rule.reason.trim().is_empty() {
        return Err(Error::invalid("A decision needs a reason; write one.").zh("请填写处理理由。"));
    }
    let decide = |desk: &mut Desk| {
        for id in pieces {
            let piece = seen(desk, act, *id)?;
            let details = |id| {
                let found = fold.evidence.get(id).map(|it| findings::of(fold, it)).unwrap_or_default();
                found.into_iter().filter(|it| it.code == code).map(|it| it.detail).collect::<Vec<_>>()
            };
            let ruling = rule.fit.map(|fit| Ruling {
                code,
                details: details(id),
                fit,
                reason: rule.reason.trim().to_owned(),
                by: act.actor.clone(),
            });
            let known = piece.rulings.iter().any(|it| it.code == code);
            if ruling.as_ref().is_some_and(|it| it.details.is_empty()) || (ruling.is_none() && !known) {
                let code = code.as_str();
                let (en, zh) = match ruling {
                    Some(_) => (
                        format!("Evidence #{id} has no finding {code}; look at `juanzong show {id}`."),
                        format!("#{id} 没有 {code} 这项疑点，请先查看该材料。"),
                    ),
                    None => (
                        format!("Nothing was decided about {code} of evidence #{id}."),
                        format!("#{id} 的 {code} 还没有处理意见。"),
                    ),
                };
                return Err(Error::conflict(en).zh(zh));
            }
            desk.record(Event::Ruled { evidence: *id, code, ruling })?;
        }
        Ok(())
    };
    ledger.act(act.now, &act.actor, Touches::evidence(pieces.iter().copied()), decide).await?;
    Ok(())
}
