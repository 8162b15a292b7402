//! Decisions on pieces: whose they are, what is known of them, and where one ends.

use crate::domain::actor::Act;
use crate::domain::evidence::Claim;
use crate::domain::id::{Digest, EntryId, EvidenceId, UnitId};
use crate::error::{Error, Result};
use crate::ledger::event::{Edit, Event};
use crate::ledger::{Desk, Ledger, Touches};
use crate::review::claims::{On, seen, standard};

/// Gives pieces to a unit, to a standard, or both. Where the unit has the same bytes already the two become one.
/// Returns the numbers the pieces have now.
///
/// # Errors
/// `NotFound` for an unknown unit, standard or piece; `Invalid` where neither is given; `Denied` for a unit out of
/// the actor's scope.
pub async fn assign(
    ledger: &Ledger,
    act: &Act,
    pieces: &[EvidenceId],
    unit: Option<&UnitId>,
    on: Option<&On>,
) -> Result<Vec<EvidenceId>> {
    if unit.is_none() && on.is_none() {
        return Err(Error::invalid("Say to which unit or standard the material is to be assigned.")
            .zh("请填写要指定的单位或测评标准。"));
    }
    let mut touches = Touches::evidence(pieces.iter().copied());
    // The other holders of the same bytes are needed to see whether the unit has them already.
    touches.blobs = ledger.blobs_of(pieces).await?;
    let decide = |desk: &mut Desk| pieces.iter().map(|id| assign_one(desk, act, *id, unit, on)).collect();
    Ok(ledger.act(act.now, &act.actor, touches, decide).await?.0)
}

fn assign_one(
    desk: &mut Desk,
    act: &Act,
    id: EvidenceId,
    unit: Option<&UnitId>,
    on: Option<&On>,
) -> Result<EvidenceId> {
    let piece = seen(desk, act, id)?;
    let mut now = id;
    if let Some(unit) = unit.filter(|it| piece.unit.as_ref() != Some(*it)) {
        if desk.fold().units.get(unit).is_none() {
            return Err(Error::not_found(format!("There is no unit “{unit}”; see `juanzong unit list`."))
                .zh(format!("没有“{unit}”这个单位，请从单位列表中选择。")));
        }
        if !act.scope.holds(Some(unit)) {
            return Err(Error::denied("Material is given to another unit by the office; ask it to do so.")
                .zh("材料改归其他单位须由创建办办理，请联系创建办。"));
        }
        let twin = piece.parts.iter().find_map(|it| desk.fold().holder(Some(unit), &it.blob.sha256));
        if let Some(twin) = twin.map(|it| it.id).filter(|it| *it != id) {
            desk.record(Event::Absorbed { evidence: twin, absorbed: id })?;
            now = twin;
        } else {
            desk.record(Event::Assigned { evidence: id, unit: unit.clone() })?;
        }
    }
    if let Some((scheme, indicator)) = on {
        standard(desk.fold(), scheme, indicator)?;
        if desk.piece(now)?.claim(scheme, indicator).is_none_or(|it| it.standing.word() == "withdrawn") {
            let claim = Claim::new(scheme.clone(), indicator.clone());
            desk.record(Event::Claimed { evidence: now, claim })?;
        }
    }
    Ok(now)
}

/// Characters of a title.
const LONGEST_TITLE: usize = 300;

/// Corrects what is known of pieces: title, kind, dates, caption, document number, issuer.
///
/// # Errors
/// `Invalid` for an unknown kind, an empty title, or an edit that changes nothing.
pub async fn edit(ledger: &Ledger, act: &Act, pieces: &[EvidenceId], edit: &Edit) -> Result<()> {
    if *edit == Edit::default() {
        return Err(Error::invalid("Nothing to correct was given; name a title, kind, date or caption.")
            .zh("没有填写要更正的内容，请填写标题、类型、日期或图说。"));
    }
    if edit.title.as_ref().is_some_and(|it| it.trim().is_empty()) {
        return Err(Error::invalid("A title cannot be empty; write one.").zh("标题不能为空，请填写。"));
    }
    if edit
        .title
        .as_ref()
        .is_some_and(|it| it.chars().count() > LONGEST_TITLE || it.chars().any(char::is_control))
    {
        let message = format!("A title is one line of at most {LONGEST_TITLE} characters; write less.");
        return Err(Error::invalid(message).zh(format!("标题只能写一行，最多 {LONGEST_TITLE} 个字。")));
    }
    if edit.dates.iter().any(|it| it.from > it.to) {
        return Err(Error::invalid("A date ends before it begins; swap the two days.")
            .zh("日期的止日早于起日，请对调。"));
    }
    let decide = |desk: &mut Desk| {
        if let Some(kind) = &edit.kind
            && desk.fold().kinds().all().iter().all(|it| it.code != *kind)
        {
            return Err(Error::invalid(format!(
                "“{kind}” is not a kind of evidence; see `juanzong scheme show`."
            ))
            .zh(format!("没有“{kind}”这种材料类型，请从列表中选择。")));
        }
        for id in pieces {
            seen(desk, act, *id)?;
            desk.record(Event::Edited { evidence: *id, edit: edit.clone() })?;
        }
        Ok(())
    };
    ledger.act(act.now, &act.actor, Touches::evidence(pieces.iter().copied()), decide).await?;
    Ok(())
}

/// Joins pieces of one unit into the first of them, their parts in the order given: pages of one clipping.
///
/// # Errors
/// `Invalid` for fewer than two pieces or a piece named twice; `Conflict` where they are of several units.
pub async fn join(ledger: &Ledger, act: &Act, pieces: &[EvidenceId]) -> Result<EvidenceId> {
    let [first, rest @ ..] = pieces else {
        return Err(Error::invalid(
            "Joining needs at least two pieces; name them in the order of their pages.",
        )
        .zh("合并至少要两件材料，请按页序填写编号。"));
    };
    let mut sorted = pieces.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if rest.is_empty() || sorted.len() != pieces.len() {
        return Err(Error::invalid("Joining needs at least two different pieces; name each of them once.")
            .zh("合并至少要两件不同的材料，每件只写一次。"));
    }
    let decide = |desk: &mut Desk| {
        let unit = seen(desk, act, *first)?.unit.clone();
        for id in rest {
            if seen(desk, act, *id)?.unit != unit {
                return Err(Error::conflict(format!(
                    "Evidence #{id} is of another unit than #{first}; assign it first."
                ))
                .zh(format!("#{id} 与 #{first} 不是同一单位的材料，请先指定单位。")));
            }
            desk.record(Event::Absorbed { evidence: *first, absorbed: *id })?;
        }
        Ok(*first)
    };
    Ok(ledger.act(act.now, &act.actor, Touches::evidence(pieces.iter().copied()), decide).await?.0)
}

/// Splits parts, counted from 1, off a piece; they leave together as one new piece. Returns its number.
///
/// # Errors
/// `Invalid` where a part is not there, or none or all would leave.
pub async fn split(ledger: &Ledger, act: &Act, id: EvidenceId, parts: &[usize]) -> Result<EvidenceId> {
    let decide = |desk: &mut Desk| {
        let piece = seen(desk, act, id)?;
        let n_parts = piece.parts.len();
        let leaving: Option<Vec<Digest>> =
            parts.iter().map(|n| Some(piece.parts.get(n.checked_sub(1)?)?.blob.sha256)).collect();
        let Some(leaving) = leaving else {
            return Err(Error::invalid(format!(
                "Evidence #{id} has {n_parts} parts, counted from 1; correct the numbers."
            ))
            .zh(format!("#{id} 只有 {n_parts} 个文件，从 1 数起，请更正序号。")));
        };
        let n_leaving = piece.parts.iter().filter(|it| leaving.contains(&it.blob.sha256)).count();
        if n_leaving == 0 || n_leaving == n_parts {
            return Err(Error::invalid(
                "A split needs a part that leaves and one that stays; name some of the parts.",
            )
            .zh("拆分时至少要选一个文件，也至少要留下一个。"));
        }
        desk.record(Event::SplitOff { evidence: id, parts: leaving })
    };
    let (entry, _): (EntryId, _) = ledger.act(act.now, &act.actor, Touches::evidence([id]), decide).await?;
    Ok(EvidenceId(entry.0))
}
