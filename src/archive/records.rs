//! Records: what the ledger keeps of each arrival of a batch.

use crate::archive::filing::{Line, Received};
use crate::domain::evidence::{Alias, Claim, Evidence, Part, Role, Sighting};
use crate::domain::finding::{Code, Finding};
use crate::domain::id::{Digest, EvidenceId, SubmissionId};
use crate::domain::submission::{Container, Filing, SentBack, TurnedAway};
use crate::error::{Error, Result};
use crate::ledger::Desk;
use crate::ledger::event::Event;
use crate::store::Staged;

/// An arrival whose bytes are durable.
pub(super) enum Record {
    File(Box<FileRecord>),
    Container(Box<Container>, Line),
    Turned(Line),
}

/// A file whose bytes are durable.
pub(super) struct FileRecord {
    evidence: Evidence,
    path: String,
    path_raw: Option<String>,
    alias: Option<Alias>,
    findings: Vec<Finding>,
}

impl Record {
    pub(super) fn of(file: Received) -> (FileRecord, Staged) {
        let part = Part {
            blob: file.staged.blob.clone(),
            role: Role::Main,
            name: file.name,
            name_raw: file.name_raw,
        };
        let evidence = Evidence {
            id: EvidenceId(0),
            unit: file.unit,
            kind: file.kind.0,
            kind_source: file.kind.1,
            title: file.title,
            document_number: None,
            issuer: None,
            caption: std::collections::BTreeMap::new(),
            dates: file.dates,
            parts: vec![part],
            claims: file
                .standard
                .into_iter()
                .map(|(scheme, indicator)| Claim::new(scheme, indicator))
                .collect(),
            rulings: vec![],
            tags: std::collections::BTreeSet::new(),
            sightings: vec![],
            filed_at: jiff::Timestamp::UNIX_EPOCH,
            filed_by: String::new(),
        };
        (
            FileRecord {
                evidence,
                path: file.path,
                path_raw: file.path_raw,
                alias: file.alias,
                findings: file.findings,
            },
            file.staged,
        )
    }

    pub(super) fn digest(&self) -> Option<Digest> {
        match self {
            Self::File(file) => file.evidence.first().map(|it| it.blob.sha256),
            Self::Container(..) | Self::Turned(_) => None,
        }
    }

    /// Returns what is written down of a file that was turned away; that some program left its own is not worth it.
    pub(super) fn turned_away(&self) -> Option<TurnedAway> {
        let Self::Turned(line) = self else { return None };
        (line.filing != Filing::Junk).then(|| TurnedAway {
            path: line.path.clone(),
            raw: line.path_raw.clone(),
            filing: line.filing,
            finding: line.findings.first().cloned(),
        })
    }

    pub(super) fn settle(self, desk: &mut Desk, submission: SubmissionId, actor: &str) -> Result<Line> {
        match self {
            Self::Turned(line) => Ok(line),
            Self::Container(container, line) => {
                desk.record(Event::ContainerReceived { submission, container: *container })?;
                Ok(line)
            }
            Self::File(file) => file.settle(desk, submission, actor),
        }
    }
}

impl FileRecord {
    /// Files the piece, or adds to the one that the unit has of the same bytes.
    fn settle(mut self, desk: &mut Desk, submission: SubmissionId, actor: &str) -> Result<Line> {
        let Some(blob) = self.evidence.first().map(|it| it.blob.clone()) else {
            return Err(Error::internal("A file was received without bytes."));
        };
        let (unit, now) = (self.evidence.unit.clone(), desk.now());
        let standard = self.evidence.claims.first().map(|it| (it.scheme.clone(), it.indicator.clone()));
        let fold = desk.fold();
        let known = fold.holder(unit.as_ref(), &blob.sha256);
        // What was once filed as unassigned and given to a unit since is not filed anew from the same path.
        let given =
            || fold.holders_of(&blob.sha256).find(|it| it.sightings.iter().any(|s| s.path == self.path));
        let known = known.or_else(|| if unit.is_none() { given() } else { None });
        let sent_back = known.map(|it| SentBack::of(it, &self.evidence.claims)).unwrap_or_default();
        let known = known.map(|it| it.id);
        let sighting = Sighting {
            submission,
            path: self.path.clone(),
            at: now,
            alias: self.alias,
            sent_back: sent_back.clone(),
        };
        let elsewhere: Vec<String> = fold
            .holders_of(&blob.sha256)
            .filter_map(|it| it.unit.as_ref())
            .map(|it| fold.units.label(it).to_owned())
            .collect();
        let (filing, id) = if let Some(id) = known {
            let claims = std::mem::take(&mut self.evidence.claims);
            desk.record(Event::Sighted { evidence: id, sighting, claims })?;
            (Filing::Known, id)
        } else {
            let mut evidence = self.evidence;
            evidence.sightings = vec![sighting];
            (evidence.filed_at, evidence.filed_by) = (now, actor.to_owned());
            let entry = desk.record(Event::Filed { evidence: Box::new(evidence) })?;
            if !elsewhere.is_empty() {
                self.findings.push(Finding::new(Code::W26, elsewhere.join("、")));
            }
            (if elsewhere.is_empty() { Filing::Filed } else { Filing::FiledAgain }, EvidenceId(entry.0))
        };
        Ok(Line {
            path: self.path,
            path_raw: self.path_raw,
            filing,
            evidence: Some(id),
            sha256: Some(blob.sha256),
            bytes: blob.bytes,
            unit,
            standard,
            findings: self.findings,
            sent_back,
        })
    }
}
