//! What the office of the invented city decided, as written in `review.toml`, played through the verbs people use.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::archive::Archive;
use crate::cli::Desk;
use crate::completeness;
use crate::domain::actor::Scope;
use crate::domain::duty::DutyStanding;
use crate::domain::evidence::{Claim, Evidence, Standing};
use crate::domain::id::{EvidenceId, RequirementId, SchemeId};
use crate::error::{Error, Result};
use crate::ledger::event::Edit;
use crate::ledger::fold::Fold;
use crate::review::{self, Decision, Duties};

const REVIEW: &str = include_str!("../../../fixtures/demo/review.toml");

/// What the office decided, as written in `review.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decisions {
    waiting: Vec<String>,
    later: Vec<String>,
    join: Vec<Clipping>,
    edit: Vec<Correction>,
    #[serde(rename = "return")]
    returns: Vec<Refusal>,
    object: Vec<OnDuty>,
    waive: Vec<OnDuty>,
}

#[derive(Debug, Deserialize)]
struct Clipping {
    title: String,
    files: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Correction {
    file: String,
    #[serde(flatten)]
    edit: Edit,
}

#[derive(Debug, Deserialize)]
struct Refusal {
    file: String,
    reason: String,
    until: Date,
}

#[derive(Debug, Deserialize)]
struct OnDuty {
    requirement: RequirementId,
    unit: String,
    period: Option<String>,
    reason: String,
}

/// Plays what the office decided: joins, captions, returns, accepts, and what it said of duties.
pub(super) async fn decide(desk: &Desk, archive: &Archive, scheme: &SchemeId) -> Result<()> {
    let odd = |it| Error::internal("review.toml of the demo cannot be read.").with_source(it);
    let decisions: Decisions = toml::from_str(REVIEW).map_err(odd)?;
    let (ledger, act) = (archive.ledger(), desk.act());
    let fold = archive.fold().await?;
    for Clipping { title, files } in &decisions.join {
        let pages = files.iter().map(|it| piece(&fold, it).map(|it| it.id)).collect::<Result<Vec<_>>>()?;
        let whole = review::join(ledger, &act, &pages).await?;
        review::edit(ledger, &act, &[whole], &Edit { title: Some(title.clone()), ..Edit::default() }).await?;
    }
    for Correction { file, edit } in &decisions.edit {
        review::edit(ledger, &act, &[piece(&fold, file)?.id], edit).await?;
    }
    for Refusal { file, reason, until } in &decisions.returns {
        let decision = Decision::Return { reason: reason.clone(), deadline: Some(*until) };
        review::judge(ledger, &act, &[piece(&fold, file)?.id], None, &decision).await?;
    }
    accept(desk, archive, scheme, &decisions).await?;
    for it in &decisions.object {
        let standing = DutyStanding::Objected { reason: it.reason.clone() };
        review::decide_duty(ledger, &act, &it.duties(&fold, scheme)?, standing).await?;
    }
    for it in &decisions.waive {
        let standing = DutyStanding::Waived { reason: it.reason.clone(), by: desk.actor.clone() };
        review::decide_duty(ledger, &act, &it.duties(&fold, scheme)?, standing).await?;
    }
    Ok(())
}

impl OnDuty {
    fn duties(&self, fold: &Fold, scheme: &SchemeId) -> Result<Duties> {
        Ok(Duties {
            scheme: scheme.clone(),
            requirement: self.requirement.clone(),
            unit: fold.unit_named(&self.unit)?,
            period: self.period.clone(),
        })
    }
}

/// The piece whose path ends so.
fn piece<'a>(fold: &'a Fold, file: &str) -> Result<&'a Evidence> {
    let found = fold.evidence.values().find(|it| came_as(it, file));
    let found = found.ok_or_else(|| Error::internal(format!("The demo holds no file {file}.")));
    found.map(AsRef::as_ref)
}

fn came_as(evidence: &Evidence, file: &str) -> bool {
    evidence.sightings.iter().any(|it| it.path.ends_with(file))
}

/// Accepts what counts and waits for nobody, standard by standard.
async fn accept(desk: &Desk, archive: &Archive, scheme: &SchemeId, decisions: &Decisions) -> Result<()> {
    let fold = archive.fold().await?;
    let all = completeness::assess(&fold, scheme, &Scope::All, fold.today(desk.now))?;
    let waiting = decisions.waiting.iter().map(|it| fold.unit_named(it)).collect::<Result<Vec<_>>>()?;
    let waits = |it: &Evidence| {
        it.unit.as_ref().is_none_or(|unit| waiting.contains(unit))
            || decisions.later.iter().any(|file| came_as(it, file))
    };
    let counts = |it: &Evidence, claim: &Claim| {
        !all.amiss
            .iter()
            .any(|amiss| amiss.counts_not && amiss.evidence == it.id && amiss.indicator == claim.indicator)
    };
    let mut accepted: BTreeMap<_, Vec<EvidenceId>> = BTreeMap::new();
    for piece in fold.evidence.values().filter(|it| !waits(it)) {
        for claim in piece.claims.iter().filter(|it| it.standing == Standing::Pending && counts(piece, it)) {
            accepted.entry((claim.scheme.clone(), claim.indicator.clone())).or_default().push(piece.id);
        }
    }
    for (on, pieces) in accepted {
        review::judge(archive.ledger(), &desk.act(), &pieces, Some(&on), &Decision::Accept).await?;
    }
    Ok(())
}
