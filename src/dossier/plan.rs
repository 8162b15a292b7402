//! Planning: from the state of the archive and a choice to the sworn list.
//!
//! Accepted evidence goes in, pending evidence goes in marked, what was returned or withdrawn is held back and told,
//! with what carries an error. The completeness sheet tells the gaps of what was chosen.

use std::fs::File;
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::archive::Archive;
use crate::archive::processing::THUMBNAIL;
use crate::completeness::{self, Completeness};
use crate::domain::actor::Scope;
use crate::domain::evidence::{self, Claim, Evidence, Provenance, Role, Standing as ClaimStanding};
use crate::domain::finding::{Code, Severity};
use crate::domain::id::{Digest, EvidenceId, IndicatorPath, SchemeId, UnitId};
use crate::dossier::layout::Content;
use crate::dossier::manifest::{
    Doubt, Manifest, Node, Office, Part, Piece, Proof, Row, Rulebook, Standing, Thumbnail, VERSION, Withheld,
};
use crate::dossier::write::Source;
use crate::error::{Error, Result};
use crate::findings::{self, Hold};
use crate::ledger::fold::Fold;

/// What a dossier is cut from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Everything of the scheme.
    Whole,
    /// An indicator and all below it.
    Indicator(IndicatorPath),
    /// The material of a unit and its departments.
    Unit(UnitId),
    /// Pieces that a query found, with the query.
    Pieces(Vec<EvidenceId>, String),
}

impl Selection {
    /// Cuts a dossier from what a query found.
    ///
    /// # Errors
    /// `TooLarge` for more than a thousand pieces: they are named one by one in its address.
    pub fn found(pieces: &[Arc<Evidence>], query: String) -> Result<Self> {
        const MOST: usize = 1_000;
        if pieces.len() > MOST {
            let message = "The query finds more than 1000 pieces; narrow it, or cut by indicator.";
            return Err(Error::too_large(message).zh("检索结果超过 1000 件，请缩小范围，或按指标制作。"));
        }
        Ok(Self::Pieces(pieces.iter().map(|it| it.id).collect(), query))
    }
}

/// Who hands it over, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// The name of the body that hands it over.
    pub organization: String,
    /// Who makes it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// What they may see: nothing else is in it or counted.
    pub scope: Scope,
}

/// Plans a dossier of a scheme from the state given.
///
/// # Errors
/// `NotFound` for an unknown scheme, indicator or unit; `Conflict` where nothing would be in it.
pub fn plan(
    archive: &Archive,
    fold: &Fold,
    scheme_id: &SchemeId,
    selection: &Selection,
    handover: &Handover,
) -> Result<Manifest> {
    let as_of = fold.today(handover.made_at);
    let all = completeness::assess(fold, scheme_id, &handover.scope, as_of)?;
    let chosen = Chosen::of(fold, &all, selection)?;
    let head = fold.head.ok_or_else(|| Error::internal("A dossier is planned from the whole state."))?;
    let mut manifest = Manifest {
        version: VERSION,
        title: chosen.title.clone(),
        organization: handover.organization.clone(),
        made_by: handover.made_by.clone(),
        made_at: handover.made_at,
        timezone: fold.timezone.clone(),
        scheme: Rulebook { id: scheme_id.clone(), title: all.scheme.title.clone() },
        selection: chosen.selection.clone(),
        entry: head.entry,
        entry_hash: head.hash,
        indicators: nodes(&all, &chosen),
        units: fold.units.0.iter().map(|it| Office { id: it.id.clone(), name: it.name.clone() }).collect(),
        pieces: vec![],
        duties: rows(fold, &all, &chosen),
        withheld: vec![],
        findings: vec![],
    };
    let desk = Desk { archive, fold, all: &all, chosen: &chosen };
    for evidence in fold.evidence.values().filter(|it| handover.scope.sees(it)) {
        desk.take(evidence, &mut manifest)?;
    }
    if manifest.pieces.is_empty() && manifest.duties.is_empty() {
        return Err(Error::conflict("Nothing of what was chosen is filed or owed; choose something else.")
            .zh("所选范围内既没有材料也没有应报要求，请另选。"));
    }
    manifest.pieces.sort_by(|a, b| {
        let key = |it: &Piece| {
            (it.proofs.first().map(|it| it.indicator.clone()), it.unit.clone(), it.date, it.evidence)
        };
        key(a).cmp(&key(b))
    });
    Ok(manifest)
}

/// A selection held against the scheme.
struct Chosen {
    title: String,
    selection: String,
    below: Option<IndicatorPath>,
    units: Option<Vec<UnitId>>,
    pieces: Option<Vec<EvidenceId>>,
}

impl Chosen {
    fn of(fold: &Fold, all: &Completeness, selection: &Selection) -> Result<Self> {
        let scheme = &all.scheme;
        let mut res = Self {
            title: scheme.title.clone(),
            selection: "全部".into(),
            below: None,
            units: None,
            pieces: None,
        };
        match selection {
            Selection::Whole => {}
            Selection::Indicator(path) => {
                let missing = || {
                    Error::not_found(format!("Scheme {} has no indicator {path}.", scheme.id))
                        .zh(format!("体系 {} 没有指标 {path}。", scheme.id))
                };
                let indicator = scheme.indicator(path).ok_or_else(missing)?;
                res.title = format!("{} {}", scheme.full_code(path), indicator.title);
                res.selection = format!("指标 {}", res.title);
                res.below = Some(path.clone());
            }
            Selection::Unit(unit) => {
                let missing =
                    || Error::not_found(format!("There is no unit {unit}.")).zh(format!("没有单位 {unit}。"));
                let name = fold.units.get(unit).ok_or_else(missing)?.name.clone();
                res.title = format!("{name} {}", scheme.title);
                res.selection = format!("单位 {name}");
                res.units = Some(fold.units.with_departments(unit).into_iter().cloned().collect());
            }
            Selection::Pieces(pieces, query) => {
                res.title = format!("{} 检索结果", scheme.title);
                res.selection = format!("检索 {query}");
                res.pieces = Some(pieces.clone());
            }
        }
        Ok(res)
    }

    fn holds_path(&self, path: &IndicatorPath) -> bool {
        self.below.as_ref().is_none_or(|it| path.is_within(it))
    }

    fn holds_unit(&self, unit: Option<&UnitId>) -> bool {
        self.units.as_ref().is_none_or(|units| unit.is_some_and(|it| units.contains(it)))
    }

    fn holds(&self, evidence: &Evidence) -> bool {
        self.pieces.as_ref().is_none_or(|it| it.contains(&evidence.id))
            && self.holds_unit(evidence.unit.as_ref())
    }
}

/// The chosen indicators with those above them.
fn nodes(all: &Completeness, chosen: &Chosen) -> Vec<Node> {
    let scheme = &all.scheme;
    let above = |path: &IndicatorPath| chosen.below.as_ref().is_some_and(|it| it.is_within(path));
    let shown = scheme.indicators.iter().filter(|it| chosen.holds_path(&it.path) || above(&it.path));
    let node = |it: &crate::domain::scheme::Indicator| Node {
        path: it.path.clone(),
        code: scheme.full_code(&it.path),
        title: it.title.clone(),
        text: it.text.clone(),
        methods: it.methods.clone(),
    };
    shown.map(node).collect()
}

/// The duties of what was chosen. A dossier of search results speaks of no duty.
fn rows(fold: &Fold, all: &Completeness, chosen: &Chosen) -> Vec<Row> {
    if chosen.pieces.is_some() {
        return vec![];
    }
    let mine = |it: &&completeness::Assessed| {
        chosen.holds_path(&it.duty.indicator) && chosen.holds_unit(Some(&it.duty.key.unit))
    };
    let row = |it: &completeness::Assessed| {
        let requirement = all.requirement(&it.duty);
        let standing = fold.standings.get(&it.duty.key);
        Row {
            indicator: it.duty.indicator.clone(),
            requirement: it.duty.key.requirement.clone(),
            text: requirement.map(|it| it.title.clone()).unwrap_or_default(),
            unit: fold.units.label(&it.duty.key.unit).to_owned(),
            period: if it.duty.key.period == "once" { String::new() } else { it.duty.key.period.clone() },
            measure: requirement.map_or("", |it| it.measure.label(false)).to_owned(),
            need: it.assessment.need,
            accepted: it.assessment.accepted,
            pending: it.assessment.pending,
            state: it.assessment.state,
            gap: it.assessment.gap(),
            remark: standing.map(remark).unwrap_or_default(),
        }
    };
    all.duties.iter().filter(mine).map(row).collect()
}

fn remark(standing: &crate::domain::duty::DutyStanding) -> String {
    use crate::domain::duty::DutyStanding as Decided;
    match standing {
        Decided::Open => String::new(),
        Decided::Objected { reason } => format!("异议:{reason}"),
        Decided::Waived { reason, by } => format!("免报:{reason}({by})"),
    }
}

/// What pieces are taken from, and by what they are chosen.
struct Desk<'a> {
    archive: &'a Archive,
    fold: &'a Fold,
    all: &'a Completeness,
    chosen: &'a Chosen,
}

impl Desk<'_> {
    /// Puts a piece in, or says why it is held back.
    fn take(&self, evidence: &Evidence, manifest: &mut Manifest) -> Result<()> {
        if !self.chosen.holds(evidence) {
            return Ok(());
        }
        let (mut proofs, mut held) = self.proofs(evidence);
        if proofs.is_empty() && held.is_empty() {
            return Ok(());
        }
        let unit = evidence.unit.as_ref().map_or("未归属", |it| self.fold.units.label(it)).to_owned();
        let told = findings::told(self.fold, evidence);
        let kept = findings::hold(self.fold, evidence);
        // What may not be handed over may not be told by its title either, though it is held back for another reason.
        let title = if kept.is_some() { "〔未公开〕" } else { evidence.title.as_str() }.to_owned();
        if proofs.is_empty() {
            held.dedup();
            manifest.withheld.push(Withheld { evidence: evidence.id, title, unit, why: held.join(";") });
            return Ok(());
        }
        if let Some(it) = &kept {
            manifest.withheld.push(Withheld { evidence: evidence.id, title, unit, why: why(it) });
            return Ok(());
        }
        proofs.sort_by(|a, b| a.indicator.cmp(&b.indicator));
        let read = told.iter().filter(|it| it.is_open()).map(|it| &it.finding);
        let amiss = self.all.amiss.iter().filter(|it| it.evidence == evidence.id).map(|it| &it.finding);
        for finding in read.chain(amiss).filter(|it| it.code.severity() != Severity::Info) {
            let doubt = Doubt { evidence: evidence.id, code: finding.code, detail: finding.detail.clone() };
            if !manifest.findings.contains(&doubt) {
                manifest.findings.push(doubt);
            }
        }
        manifest.pieces.push(self.piece(evidence, unit, proofs)?);
        Ok(())
    }

    /// What a piece proves of what was chosen, and why it is held back from the rest.
    fn proofs(&self, evidence: &Evidence) -> (Vec<Proof>, Vec<String>) {
        let (mut proofs, mut held) = (Vec::new(), Vec::new());
        let scheme = &self.all.scheme.id;
        let chosen = |it: &&Claim| it.scheme == *scheme && self.chosen.holds_path(&it.indicator);
        for claim in evidence.claims.iter().filter(chosen) {
            let standing = match &claim.standing {
                ClaimStanding::Accepted => Standing::Accepted,
                ClaimStanding::Pending => Standing::Pending,
                ClaimStanding::Returned { reason, .. } => {
                    held.push(format!("已退回:{reason}"));
                    continue;
                }
                ClaimStanding::Withdrawn { reason } => {
                    held.push(format!("已撤回:{reason}"));
                    continue;
                }
            };
            let (note, pages) = (claim.note.clone(), claim.pages.clone());
            proofs.push(Proof { indicator: claim.indicator.clone(), standing, note, pages });
        }
        (proofs, held)
    }

    fn piece(&self, evidence: &Evidence, unit: String, proofs: Vec<Proof>) -> Result<Piece> {
        let dates = self.fold.dates_of(evidence);
        let sound = dates.iter().filter(|it| it.provenance != Provenance::FileTime);
        let date = sound.min_by_key(|it| it.provenance);
        let number = self.fold.readings_of(evidence).find_map(|(_, it)| it.facts.document_number.clone());
        let own = self.fold.readings_of(evidence).filter(|it| it.0.role != Role::Attachment);
        let issuer = own.filter_map(|(_, it)| it.facts.issuer.clone()).next();
        Ok(Piece {
            evidence: evidence.id,
            unit,
            kind: self.fold.kinds().label(&evidence.kind, false).to_owned(),
            title: evidence.title.clone(),
            document_number: evidence.document_number.clone().or(number),
            issuer: evidence.issuer.clone().or(issuer),
            date: date.map(|it| it.from),
            date_to: date.map(|it| it.to).filter(|to| date.is_some_and(|it| it.from != *to)),
            caption: evidence.caption.clone(),
            proofs,
            parts: evidence.parts.iter().map(|it| self.part(it)).collect::<Result<_>>()?,
        })
    }

    fn part(&self, it: &evidence::Part) -> Result<Part> {
        let sha256 = it.blob.sha256;
        let thumbnail = self.archive.store().derived(&sha256, THUMBNAIL)?.map(|bytes| Thumbnail {
            sha256: Digest::new(Sha256::digest(&bytes).into()),
            bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            crc32: crc32fast::hash(&bytes),
            member: String::new(),
        });
        Ok(Part {
            sha256,
            bytes: it.blob.bytes,
            crc32: it.blob.crc32,
            media_type: self.fold.media_type(it).to_owned(),
            name: it.name.clone(),
            n_pages: self.fold.readings.get(&sha256).and_then(|it| it.facts.pages),
            thumbnail,
            member: String::new(),
        })
    }
}

/// Why a finding keeps a piece out.
fn why(hold: &Hold) -> String {
    let sentence = |code: Code| format!("{} {}", code.as_str(), code.sentence(false));
    match hold {
        Hold::Decided(it) => format!("{}审核人决定不编入：{}", sentence(it.code), it.reason),
        Hold::Unread => "尚未读取，未核对个人信息和密级；读取完成后请重新制作。".into(),
        Hold::Open(it) => format!("{}尚待审核人决定", sentence(it.code)),
    }
}

/// Returns a piece of a dossier planned earlier that may not be handed over as the state is now.
pub fn held_since(fold: &Fold, manifest: &Manifest) -> Option<EvidenceId> {
    let is_held = |id: &EvidenceId| fold.current(*id).is_none_or(|it| findings::hold(fold, it).is_some());
    manifest.pieces.iter().map(|it| it.evidence).find(is_held)
}

/// Returns what opens the members of a dossier in an archive.
pub fn opener(archive: &Arc<Archive>) -> impl Fn(&Content) -> Result<Box<dyn Source>> + use<> {
    let archive = Arc::clone(archive);
    move |content| {
        let file: File = match content {
            Content::Text(text) => return Ok(Box::new(std::io::Cursor::new(text.clone()))),
            Content::Blob(digest) => archive.store().open_blob(digest)?,
            Content::Thumbnail { of } => {
                let gone =
                    || Error::not_found("A thumbnail was made anew since the plan; plan the dossier again.");
                archive.store().open_derived(of, THUMBNAIL)?.ok_or_else(gone)?
            }
        };
        Ok(Box::new(file))
    }
}
