//! The one `apply`: what an entry makes of the state before it.
//!
//! It is total. An event on a piece that is not there (its filing was emptied by a disposal) changes nothing.

use std::sync::Arc;

use crate::domain::dates;
use crate::domain::evidence::{
    Claim, DateKind, Dated, Evidence, KindSource, Part, Provenance, Role, Ruling, Standing,
};
use crate::domain::id::{Digest, EvidenceId, KindCode, SubmissionId};
use crate::domain::kind::Kinds;
use crate::domain::reading::Facts;
use crate::domain::shared::Shared;
use crate::domain::submission::{Head, Submission};
use crate::ledger::entry::Entry;
use crate::ledger::event::{Edit, Event};
use crate::ledger::fold::{Changed, Disposal, Fold, Imported};

impl Fold {
    /// Takes one entry into the state and returns what it changed. An emptied entry changes nothing but the head.
    pub fn apply(&mut self, entry: &Entry) -> Changed {
        let mut changed = Changed::default();
        self.head = Some(Head { entry: entry.id, hash: entry.hash });
        let Some(event) = &entry.event else { return changed };
        match event {
            Event::ArchiveCreated { timezone } => {
                self.timezone.clone_from(timezone);
                changed.archive = true;
            }
            Event::UnitSet { unit } => {
                let units = &mut Arc::make_mut(&mut self.units).0;
                match units.iter_mut().find(|it| it.id == unit.id) {
                    Some(known) => known.clone_from(unit),
                    None => units.push(unit.clone()),
                }
                changed.units.insert(unit.id.clone());
            }
            Event::SchemeImported { scheme } => {
                let imported = Imported { scheme: Arc::new(scheme.as_ref().clone()), retired: false };
                self.schemes.insert(scheme.id.clone(), imported);
                changed.schemes.insert(scheme.id.clone());
            }
            Event::SchemeRetired { scheme } => {
                if let Some(known) = self.schemes.get_mut(scheme) {
                    known.retired = true;
                    changed.schemes.insert(scheme.clone());
                }
            }
            Event::DutyDecided { duty, standing } => {
                self.standings.insert(duty.clone(), standing.clone());
                changed.standings.insert(duty.clone());
            }
            Event::Read { blob, reading } => {
                self.read(*blob, Some(Arc::new(reading.as_ref().clone())));
                changed.readings.insert(*blob);
                let holders: Vec<EvidenceId> = self.holders_of(blob).map(|it| it.id).collect();
                holders.iter().for_each(|it| self.learn(*it));
                changed.evidence.extend(holders);
            }
            Event::SubmissionOpened { .. }
            | Event::ContainerReceived { .. }
            | Event::TurnedAway { .. }
            | Event::SubmissionClosed { .. }
            | Event::SubmissionRestated { .. } => {
                self.apply_at_the_door(entry, event, &mut changed);
            }
            _ => self.apply_to_evidence(entry, event, &mut changed),
        }
        changed
    }

    fn apply_at_the_door(&mut self, entry: &Entry, event: &Event, changed: &mut Changed) {
        let id = match event {
            Event::SubmissionOpened { offered } => {
                let id = SubmissionId(entry.id.0);
                let submission = Submission {
                    id,
                    offered: offered.clone(),
                    by: entry.actor.clone(),
                    opened_at: entry.at,
                    containers: vec![],
                    turned_away: vec![],
                    receipt: None,
                };
                self.submissions.insert(id, Arc::new(submission));
                id
            }
            Event::ContainerReceived { submission, container } => {
                if let Some(known) = self.submissions.get_mut(submission) {
                    Arc::make_mut(known).containers.push(container.clone());
                }
                *submission
            }
            Event::TurnedAway { submission, files } => {
                if let Some(known) = self.submissions.get_mut(submission) {
                    Arc::make_mut(known).turned_away.extend_from_slice(files);
                }
                *submission
            }
            Event::SubmissionClosed { submission, receipt } => {
                if let Some(known) = self.submissions.get_mut(submission) {
                    Arc::make_mut(known).receipt = Some(receipt.clone());
                }
                *submission
            }
            Event::SubmissionRestated { submission } => {
                self.submissions.insert(submission.id, Arc::new(submission.as_ref().clone()));
                submission.id
            }
            _ => return,
        };
        // Its opening may have been emptied; it is known again from where it was restated.
        if self.submissions.contains_key(&id) {
            changed.submissions.insert(id);
        }
    }

    fn apply_to_evidence(&mut self, entry: &Entry, event: &Event, changed: &mut Changed) {
        let own = EvidenceId(entry.id.0);
        changed.evidence.extend(event.speaks_of(own));
        match event {
            Event::Filed { evidence } => {
                let filed = Evidence { id: own, ..evidence.as_ref().clone() };
                self.put(own, Some(Arc::new(filed)));
                self.learn(own);
            }
            Event::Restated { evidence } => self.put(evidence.id, Some(Arc::new(evidence.as_ref().clone()))),
            Event::Absorbed { evidence, absorbed } => self.absorb(*evidence, *absorbed),
            Event::SplitOff { evidence, parts } => self.split_off(*evidence, parts, own),
            Event::Disposed { evidence, reason, .. } => {
                let disposal = Disposal { reason: reason.clone(), by: entry.actor.clone(), at: entry.at };
                self.forget(*evidence, changed);
                self.disposed.insert(*evidence, disposal);
            }
            _ => self.change(event),
        }
    }

    /// Takes the kind that the first part speaks for, unless a person or a name told it; and the date its caption tells.
    fn learn(&mut self, id: EvidenceId) {
        let Some(piece) = self.evidence.get(&id) else { return };
        let open = matches!(piece.kind_source, KindSource::Proposed | KindSource::Content);
        let first = piece.first().filter(|_| open).map(|it| it.blob.sha256);
        let kind = first.and_then(|it| self.readings.get(&it)).and_then(|it| self.kind_by_content(&it.facts));
        let Some(known) = self.evidence.get_mut(&id) else { return };
        if let Some(kind) = kind {
            let piece = Arc::make_mut(known);
            (piece.kind, piece.kind_source) = (kind, KindSource::Content);
        }
        if !known.caption.is_empty() {
            date_by_caption(Arc::make_mut(known));
        }
    }

    /// The kind that content speaks for. Where nothing but the media type speaks, a scheme may have a kind of its own for it.
    fn kind_by_content(&self, facts: &Facts) -> Option<KindCode> {
        let proposed = &facts.kind.as_ref()?.kind;
        let of_media = |kinds: &Kinds| kinds.proposed(&facts.media_type).map(|it| it.code.clone());
        let own = self.current_schemes().any(|it| !it.kinds.is_empty());
        let by_media = own && of_media(&Kinds::with([])).as_ref() == Some(proposed);
        if by_media { of_media(&self.kinds()) } else { Some(proposed.clone()) }
    }

    /// Takes away a piece and all that names it: what it absorbed, readings of its own blobs, its containers.
    fn forget(&mut self, id: EvidenceId, changed: &mut Changed) {
        let piece = self.evidence.get(&id).cloned();
        self.put(id, None);
        let mut family = vec![id];
        let next = |absorbed: &Shared<_, EvidenceId>, family: &[EvidenceId]| {
            absorbed.iter().find(|it| family.contains(it.1)).map(|it| *it.0)
        };
        while let Some(absorbed) = next(&self.absorbed, &family) {
            self.absorbed.remove(&absorbed);
            family.push(absorbed);
        }
        let Some(piece) = piece else { return };
        for part in &piece.parts {
            if self.holders_of(&part.blob.sha256).next().is_none() {
                self.read(part.blob.sha256, None);
                changed.readings.insert(part.blob.sha256);
            }
        }
        for sighting in &piece.sightings {
            if let Some(submission) = self.submissions.get_mut(&sighting.submission) {
                Arc::make_mut(submission).forget(&sighting.path);
                changed.submissions.insert(sighting.submission);
            }
        }
    }

    /// Applies what changes one piece in place.
    fn change(&mut self, event: &Event) {
        let id = match event.speaks_of(EvidenceId(0)).first() {
            Some(id) => *id,
            None => return,
        };
        let Some(known) = self.evidence.get_mut(&id) else { return };
        let piece = Arc::make_mut(known);
        match event {
            Event::Sighted { sighting, claims, .. } => {
                if !piece.sightings.contains(sighting) {
                    piece.sightings.push(sighting.clone());
                }
                claims.iter().for_each(|it| add_claim(piece, it));
            }
            Event::Assigned { unit, .. } => piece.unit = Some(unit.clone()),
            Event::Claimed { claim, .. } => add_claim(piece, claim),
            Event::Edited { edit, .. } => correct(piece, edit),
            Event::Judged { scheme, indicator, standing, .. } => {
                if let Some(claim) = piece.claims.iter_mut().find(|it| it.is_on(scheme, indicator)) {
                    claim.standing.clone_from(standing);
                }
            }
            Event::Ruled { code, ruling, .. } => {
                piece.rulings.retain(|it| it.code != *code);
                piece.rulings.extend(ruling.clone());
            }
            Event::Tagged { add, remove, .. } => {
                piece.tags.retain(|it| !remove.contains(it));
                piece.tags.extend(add.iter().cloned());
            }
            Event::Described { scheme, indicator, requirement, note, pages, .. } => {
                if let Some(claim) = piece.claims.iter_mut().find(|it| it.is_on(scheme, indicator)) {
                    claim.requirement.clone_from(requirement);
                    claim.note.clone_from(note);
                    claim.pages.clone_from(pages);
                }
            }
            _ => {}
        }
    }

    fn absorb(&mut self, id: EvidenceId, absorbed: EvidenceId) {
        self.absorbed.insert(absorbed, id);
        let (Some(remaining), Some(going)) = (self.evidence.get(&id), self.evidence.get(&absorbed)) else {
            return self.put(absorbed, None);
        };
        let (mut piece, going) = (remaining.as_ref().clone(), Arc::clone(going));
        for part in &going.parts {
            if !piece.parts.iter().any(|it| it.blob.sha256 == part.blob.sha256) {
                piece.parts.push(Part { role: Role::Page, ..part.clone() });
            }
        }
        if piece.parts.len() > 1 {
            for part in piece.parts.iter_mut().filter(|it| it.role == Role::Main) {
                part.role = Role::Page;
            }
        }
        for sighting in &going.sightings {
            if !piece.sightings.contains(sighting) {
                piece.sightings.push(sighting.clone());
            }
        }
        let grown = piece.parts.len() > remaining.parts.len();
        merge_claims(&mut piece, &going, grown);
        for date in &going.dates {
            if !piece.dates.contains(date) {
                piece.dates.push(*date);
            }
        }
        piece.tags.extend(going.tags.iter().cloned());
        piece.rulings = merged_rulings(remaining, &going, grown);
        // The caption of what goes does not come along, and neither does the date it told.
        date_by_caption(&mut piece);
        self.put(absorbed, None);
        self.put(id, Some(Arc::new(piece)));
    }

    /// The piece that leaves keeps unit, kind, caption and dates; its claims stand pending, for they were judged as a whole.
    fn split_off(&mut self, id: EvidenceId, parts: &[Digest], own: EvidenceId) {
        let Some(known) = self.evidence.get(&id) else { return };
        let mut staying = known.as_ref().clone();
        let mut leaving = staying.clone();
        staying.parts.retain(|it| !parts.contains(&it.blob.sha256));
        leaving.parts.retain(|it| parts.contains(&it.blob.sha256));
        if staying.parts.is_empty() || leaving.parts.is_empty() {
            return;
        }
        leaving.id = own;
        if let Some(first) = leaving.parts.first() {
            leaving.title = stem(&first.name).to_owned();
        }
        leaving.claims.iter_mut().for_each(|it| it.standing = Standing::Pending);
        // Where a part was seen goes with it; a path that names neither stays with both.
        let both = (leaving.parts.clone(), staying.parts.clone());
        leaving.sightings.retain(|it| it.is_of(&both.0) || !it.is_of(&both.1));
        staying.sightings.retain(|it| it.is_of(&both.1) || !it.is_of(&both.0));
        for piece in [&mut staying, &mut leaving] {
            if let [only] = piece.parts.as_mut_slice() {
                only.role = Role::Main;
            }
        }
        self.put(id, Some(Arc::new(staying)));
        self.put(own, Some(Arc::new(leaving)));
    }
}

/// Returns a file name without its ending.
pub fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |it| it.0)
}

/// Adds a claim, or makes a returned or withdrawn one on the same standard pending again.
fn add_claim(piece: &mut Evidence, claim: &Claim) {
    match piece.claims.iter_mut().find(|it| it.is_on(&claim.scheme, &claim.indicator)) {
        None => piece.claims.push(claim.clone()),
        Some(known) => {
            if matches!(known.standing, Standing::Returned { .. } | Standing::Withdrawn { .. }) {
                known.standing = Standing::Pending;
            }
        }
    }
}

/// Takes over the claims of a piece that becomes part of another. With the same bytes it came again, as in a refiling;
/// with more bytes nobody has judged the whole, unless each of the two was accepted.
fn merge_claims(piece: &mut Evidence, going: &Evidence, grown: bool) {
    let accepted = |it: &Claim| it.standing == Standing::Accepted;
    for claim in piece.claims.iter_mut().filter(|it| grown && accepted(it)) {
        if !going.claim(&claim.scheme, &claim.indicator).is_some_and(accepted) {
            claim.standing = Standing::Pending;
        }
    }
    for claim in &going.claims {
        if piece.claim(&claim.scheme, &claim.indicator).is_none() {
            let standing = if grown && accepted(claim) { Standing::Pending } else { claim.standing.clone() };
            piece.claims.push(Claim { standing, ..claim.clone() });
        } else if !grown && matches!(claim.standing, Standing::Pending | Standing::Accepted) {
            add_claim(piece, claim);
        }
    }
}

fn correct(piece: &mut Evidence, edit: &Edit) {
    let given = |text: &String| Some(text.clone()).filter(|it| !it.is_empty());
    if let Some(title) = &edit.title {
        piece.title.clone_from(title);
    }
    if let Some(kind) = &edit.kind {
        piece.kind.clone_from(kind);
        piece.kind_source = KindSource::Said;
    }
    if let Some(number) = &edit.document_number {
        piece.document_number = given(number);
    }
    if let Some(issuer) = &edit.issuer {
        piece.issuer = given(issuer);
    }
    for (field, text) in &edit.caption {
        if text.is_empty() {
            piece.caption.remove(field);
        } else {
            piece.caption.insert(field.clone(), text.clone());
        }
    }
    for date in &edit.dates {
        piece.dates.retain(|it| it.kind != date.kind || it.provenance != Provenance::Person);
        piece.dates.push(*date);
    }
    date_by_caption(piece);
}

/// Keeps the date that the caption tells: that of its field for the time, else the first in its description.
fn date_by_caption(piece: &mut Evidence) {
    piece.dates.retain(|it| it.provenance != Provenance::Caption);
    let of = |words: &[&str]| {
        let fields = piece.caption.iter().filter(|it| words.iter().any(|word| it.0.contains(word)));
        fields.filter_map(|it| dates::in_name(it.1)).next()
    };
    if let Some((from, to)) = of(&["时间", "日期"]).or_else(|| of(&["图说", "说明"])) {
        let kind = DateKind::spoken_of(&piece.kind, from, to);
        piece.dates.push(Dated { kind, from, to, provenance: Provenance::Caption });
    }
}

/// The rulings of a piece that another came into. What keeps back either keeps back the whole; what frees one of them
/// frees the whole only where both were freed, unless nothing came to it.
fn merged_rulings(remaining: &Evidence, going: &Evidence, grown: bool) -> Vec<Ruling> {
    let kept_back = remaining.rulings.iter().chain(&going.rulings).filter(|it| !it.fit);
    let mut res: Vec<Ruling> = Vec::new();
    for ruling in kept_back {
        if !res.iter().any(|it| it.code == ruling.code) {
            res.push(ruling.clone());
        }
    }
    for ruling in remaining.rulings.iter().filter(|it| it.fit) {
        let other = going.rulings.iter().find(|it| it.fit && it.code == ruling.code);
        if (other.is_some() || !grown) && !res.iter().any(|it| it.code == ruling.code) {
            let mut both = ruling.clone();
            both.details.extend(other.into_iter().flat_map(|it| it.details.iter().cloned()));
            both.details.sort_unstable();
            both.details.dedup();
            res.push(both);
        }
    }
    res
}
