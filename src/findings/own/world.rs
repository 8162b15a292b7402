//! A few pieces of one unit, for the tests of the rules.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::evidence::{
    Blob, DateKind, Dated, Evidence, KindSource, Part, Provenance, Role, Sighting,
};
use crate::domain::id::{Digest, EntryId, EvidenceId, SubmissionId};
use crate::domain::reading::{Facts, Reading, Status};
use crate::ledger::entry::Entry;
use crate::ledger::event::Event;
use crate::ledger::fold::Fold;

/// An archive with a unit, its department and another unit.
pub(super) struct World {
    pub(super) fold: Fold,
    n_told: i64,
}

/// A piece of one file, as it came in the folder `来`.
pub(super) fn named(name: &str) -> Evidence {
    let blob = Blob { sha256: Digest::new([0; 32]), bytes: 1, crc32: 0 };
    Evidence {
        id: EvidenceId(0),
        unit: Some("jyj".parse().unwrap()),
        kind: "document".parse().unwrap(),
        kind_source: KindSource::Said,
        title: name.rsplit_once('.').map_or(name, |it| it.0).into(),
        document_number: None,
        issuer: None,
        caption: Default::default(),
        dates: vec![],
        parts: vec![Part { blob, role: Role::Main, name: name.into(), name_raw: None }],
        claims: vec![],
        rulings: vec![],
        tags: std::collections::BTreeSet::new(),
        sightings: vec![Sighting {
            submission: SubmissionId(1),
            path: format!("来/{name}"),
            at: Timestamp::UNIX_EPOCH,
            alias: None,
            sent_back: vec![],
        }],
        filed_at: Timestamp::UNIX_EPOCH,
        filed_by: "clerk".into(),
    }
}

pub(super) fn dated(kind: DateKind, provenance: Provenance, from: Date, to: Date) -> Dated {
    Dated { kind, from, to, provenance }
}

impl World {
    pub(super) fn new() -> Self {
        let mut world = Self { fold: Fold::default(), n_told: 0 };
        let units = serde_json::json!([
            { "id": "jyj", "name": "濮阳市教育局", "aliases": ["教育局", "市教体局"] },
            { "id": "jyj-dy", "name": "德育科", "parent": "jyj" },
            { "id": "wmb", "name": "市文明办" }
        ]);
        for unit in serde_json::from_value::<Vec<_>>(units).unwrap() {
            world.tell(Event::UnitSet { unit });
        }
        world
    }

    pub(super) fn tell(&mut self, event: Event) -> EvidenceId {
        self.n_told += 1;
        let entry = Entry {
            id: EntryId(self.n_told),
            at: Timestamp::UNIX_EPOCH,
            actor: "clerk".into(),
            verb: event.verb().into(),
            event: Some(event),
            hash: Digest::new([0; 32]),
        };
        self.fold.apply(&entry);
        EvidenceId(self.n_told)
    }

    /// Files a piece of the unit `jyj` and reads it.
    pub(super) fn file(&mut self, kind: &str, name: &str, facts: Facts, dates: &[Dated]) -> EvidenceId {
        let mut piece = named(name);
        piece.kind = kind.parse().unwrap();
        piece.dates = dates.to_vec();
        self.put(piece, facts)
    }

    /// Files a piece and reads it.
    pub(super) fn put(&mut self, mut piece: Evidence, facts: Facts) -> EvidenceId {
        let byte = u8::try_from(self.n_told).unwrap();
        piece.parts[0].blob.sha256 = Digest::new([byte; 32]);
        let blob = piece.parts[0].blob.sha256;
        let id = self.tell(Event::Filed { evidence: Box::new(piece) });
        let reading =
            Reading { extractor: "test".into(), version: 1, status: Status::Ok, facts, findings: vec![] };
        self.tell(Event::Read { blob, reading: Box::new(reading) });
        id
    }

    pub(super) fn piece(&self, id: EvidenceId) -> &Arc<Evidence> {
        &self.fold.evidence[&id]
    }
}
