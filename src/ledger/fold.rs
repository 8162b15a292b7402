//! The state of the archive as its entries tell it: what [`apply`](Fold::apply) makes of them, one after another.
//!
//! There is one `apply`. The tables are written from what it changed, a past date is reached by it from the first
//! entry on, and a test drops the tables and finds them again by it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::domain::counting::Photo;
use crate::domain::duty::{DutyKey, DutyStanding};
use crate::domain::evidence::{Dated, Evidence, KindSource, Part, Role};
use crate::domain::id::{Digest, EvidenceId, IndicatorPath, SchemeId, SubmissionId, UnitId};
use crate::domain::kind::Kinds;
use crate::domain::likeness::{Likeness, Look};
use crate::domain::reading::Reading;
use crate::domain::scheme::Scheme;
use crate::domain::shared::Shared;
use crate::domain::submission::{Head, Submission};
use crate::domain::unit::Units;

/// A scheme as imported.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The scheme.
    pub scheme: Arc<Scheme>,
    /// Whether it is no longer current.
    pub retired: bool,
}

/// What is left of a piece that was disposed of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposal {
    /// By what right.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// The state of the archive, or of the part of it that an act touches. A copy shares with it all that stays the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fold {
    /// The end of the chain it was folded to; none for a part.
    pub head: Option<Head>,
    /// The IANA name of the archive's time zone.
    pub timezone: String,
    /// The units.
    pub units: Arc<Units>,
    /// The schemes by id.
    pub schemes: BTreeMap<SchemeId, Imported>,
    /// The pieces by number.
    pub evidence: Shared<EvidenceId, Arc<Evidence>>,
    /// What blobs say, by digest.
    pub readings: Shared<Digest, Arc<Reading>>,
    /// Duties that were decided on; all others are open.
    pub standings: Shared<DutyKey, DutyStanding>,
    /// The submissions by number.
    pub submissions: Shared<SubmissionId, Arc<Submission>>,
    /// Pieces that became part of another, and of which.
    pub absorbed: Shared<EvidenceId, EvidenceId>,
    /// Pieces that were disposed of.
    pub disposed: Shared<EvidenceId, Disposal>,
    /// What the blobs look like and how they read, as their readings say.
    pub likeness: Arc<Likeness>,
    /// Which pieces hold a blob.
    pub(super) holders: Shared<(Digest, EvidenceId), ()>,
}

/// What an event changed, so that just that is written to the tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Pieces added, changed or gone.
    pub evidence: BTreeSet<EvidenceId>,
    /// Blobs read.
    pub readings: BTreeSet<Digest>,
    /// Duties decided on.
    pub standings: BTreeSet<DutyKey>,
    /// Units set.
    pub units: BTreeSet<UnitId>,
    /// Schemes imported or retired.
    pub schemes: BTreeSet<SchemeId>,
    /// Submissions opened, added to or closed.
    pub submissions: BTreeSet<SubmissionId>,
    /// Whether the archive itself changed.
    pub archive: bool,
}

impl Fold {
    /// Returns the schemes that are current, newest id first.
    pub fn current_schemes(&self) -> impl Iterator<Item = &Arc<Scheme>> {
        self.schemes.values().rev().filter(|it| !it.retired).map(|it| &it.scheme)
    }

    /// Returns a scheme by id, current or retired.
    pub fn scheme(&self, id: &SchemeId) -> Option<&Arc<Scheme>> {
        self.schemes.get(id).map(|it| &it.scheme)
    }

    /// Returns the code of a standard as printed, from the root down; its path where its scheme is not known.
    pub fn code_of(&self, scheme: &SchemeId, indicator: &IndicatorPath) -> String {
        self.scheme(scheme).map_or_else(|| indicator.to_string(), |it| it.full_code(indicator))
    }

    /// Returns the kinds of evidence: those of the schemes before the usual ones.
    pub fn kinds(&self) -> Kinds {
        Kinds::with(self.current_schemes().flat_map(|it| &it.kinds))
    }

    /// Returns the piece that a unit, or no unit yet, has of a blob.
    pub fn holder(&self, unit: Option<&UnitId>, blob: &Digest) -> Option<&Arc<Evidence>> {
        self.holders_of(blob).find(|it| it.unit.as_ref() == unit)
    }

    /// Returns every piece that holds a blob.
    pub fn holders_of(&self, blob: &Digest) -> impl Iterator<Item = &Arc<Evidence>> {
        let all = self.holders.from((*blob, EvidenceId(i64::MIN))).map(|it| it.0);
        all.take_while(|it| it.0 == *blob).filter_map(|it| self.evidence.get(&it.1))
    }

    /// Returns every blob that some piece holds, and every container that was kept.
    pub fn blobs(&self) -> BTreeSet<Digest> {
        let containers = self.submissions.values().flat_map(|it| &it.containers).filter(|it| it.kept);
        self.holders.keys().map(|it| it.0).chain(containers.map(|it| it.sha256)).collect()
    }

    /// Returns every date known of a piece: those said or named, then those read from its parts.
    pub fn dates_of(&self, evidence: &Evidence) -> Vec<Dated> {
        self.known_of(evidence).0.into_owned()
    }

    /// Returns the parts of a piece that are images; before a part is read its name decides.
    pub fn photos_of(&self, evidence: &Evidence) -> Vec<Photo> {
        self.known_of(evidence).1
    }

    /// Returns what a piece is counted by: its dates, as [`dates_of`](Self::dates_of), and its images, as
    /// [`photos_of`](Self::photos_of), its readings being looked up once.
    pub fn known_of<'a>(&self, evidence: &'a Evidence) -> (Cow<'a, [Dated]>, Vec<Photo>) {
        let (mut dates, mut photos) = (Cow::Borrowed(evidence.dates.as_slice()), Vec::new());
        for part in &evidence.parts {
            let reading = self.readings.get(&part.blob.sha256);
            let media_type = match reading {
                Some(reading) => &reading.facts.media_type,
                None => crate::domain::media::by_name(&part.name),
            };
            if media_type.starts_with("image/") {
                let look = reading.and_then(|it| Look::all(&it.facts).next());
                photos.push(Photo { blob: part.blob.sha256, look });
            }
            let read = reading.filter(|_| part.role != Role::Rendition).map(|it| it.facts.dates.as_slice());
            if let Some(read @ [_, ..]) = read {
                dates.to_mut().extend_from_slice(read);
            }
        }
        (dates, photos)
    }

    /// Returns the media type of a part as read; before that as its name ends.
    pub fn media_type<'a>(&'a self, part: &'a Part) -> &'a str {
        match self.readings.get(&part.blob.sha256) {
            Some(reading) => &reading.facts.media_type,
            None => crate::domain::media::by_name(&part.name),
        }
    }

    /// Returns what was read of the parts of a piece; a rendition says nothing new.
    pub fn readings_of<'a>(
        &'a self,
        evidence: &'a Evidence,
    ) -> impl Iterator<Item = (&'a Part, &'a Arc<Reading>)> {
        let parts = evidence.parts.iter().filter(|it| it.role != Role::Rendition);
        parts.filter_map(|it| self.readings.get(&it.blob.sha256).map(|reading| (it, reading)))
    }

    /// Returns what speaks for the kind of a piece, where its content told it.
    pub fn reason_of_kind(&self, evidence: &Evidence) -> Option<&str> {
        let told = evidence.first().filter(|_| evidence.kind_source == KindSource::Content)?;
        self.readings.get(&told.blob.sha256)?.facts.kind.as_ref().map(|it| it.reason.as_str())
    }

    /// Returns the piece of a number, or the one it became part of.
    pub fn current(&self, id: EvidenceId) -> Option<&Arc<Evidence>> {
        let mut id = id;
        while let Some(into) = self.absorbed.get(&id) {
            id = *into;
        }
        self.evidence.get(&id)
    }

    /// Returns the time zone of the archive; UTC before it is known.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.timezone).unwrap_or(TimeZone::UTC)
    }

    /// Returns the day of an instant in the archive's time zone.
    pub fn today(&self, now: Timestamp) -> Date {
        self.zone().to_datetime(now).date()
    }

    /// Takes up what was read of a blob, or forgets it, and keeps what looks and reads like it.
    pub(super) fn read(&mut self, blob: Digest, reading: Option<Arc<Reading>>) {
        let before = match &reading {
            Some(reading) => self.readings.insert(blob, Arc::clone(reading)),
            None => self.readings.remove(&blob),
        };
        let (before, now) = (before.as_ref().map(|it| &it.facts), reading.as_ref().map(|it| &it.facts));
        // Most of what is read again looks and reads as it did.
        if Likeness::is_same(before, now) {
            return;
        }
        let likeness = Arc::make_mut(&mut self.likeness);
        before.into_iter().for_each(|it| likeness.remove(&blob, it));
        now.into_iter().for_each(|it| likeness.add(blob, it));
    }

    /// Puts a piece in its place, or takes it away, and keeps who holds which blob.
    pub(super) fn put(&mut self, id: EvidenceId, evidence: Option<Arc<Evidence>>) {
        let before = self.evidence.remove(&id);
        for part in before.iter().flat_map(|it| &it.parts) {
            self.holders.remove(&(part.blob.sha256, id));
        }
        if let Some(evidence) = evidence {
            for part in &evidence.parts {
                self.holders.insert((part.blob.sha256, id), ());
            }
            self.evidence.insert(id, evidence);
        }
    }
}
