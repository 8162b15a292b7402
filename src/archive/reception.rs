//! Reception: stages what comes through the door and recognises it, on a thread of its own, ahead of the batches.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc::Sender;

use crate::archive::Archive;
use crate::archive::filing::{Arrival, Line, Offering, Received};
use crate::domain::evidence::Claim;
use crate::domain::finding::{Code, Finding};
use crate::domain::media::size;
use crate::domain::submission::{Container, Filing, SentBack};
use crate::error::{Error, Result};
use crate::intake::bundle::Limits;
use crate::intake::door::{Offer, Opened};
use crate::intake::{Hints, Place, Recogniser, Visitor, folder, receive};
use crate::ledger::fold::Fold;
use crate::store::Staged;

/// What an intake needs to know before it begins.
pub(super) struct Reception {
    archive: Arc<Archive>,
    hints: Hints,
    zone: jiff::tz::TimeZone,
    offers: Vec<Offer>,
}

impl Reception {
    /// Checks what is offered: that it is there, that what is said of it is known, that the disk has room.
    pub(super) fn new(
        archive: &Arc<Archive>,
        fold: &Fold,
        offering: &Offering,
        now: jiff::Timestamp,
    ) -> Result<Self> {
        if let Some(unit) = offering.unit.as_ref().filter(|it| fold.units.get(it).is_none()) {
            return Err(Error::not_found(format!("There is no unit “{unit}”; see `juanzong unit list`."))
                .zh(format!("没有“{unit}”这个单位，请从单位列表中选择。")));
        }
        if let Some((scheme, indicator)) = &offering.standard
            && fold
                .scheme(scheme)
                .is_none_or(|it| !it.is_standard(indicator) || it.indicator(indicator).is_none())
        {
            return Err(Error::not_found(format!("{indicator} is no standard of scheme {scheme}."))
                .zh(format!("{indicator} 不是体系 {scheme} 的测评标准。")));
        }
        let kinds = fold.kinds();
        if let Some(kind) =
            offering.kind.as_ref().filter(|it| kinds.all().iter().all(|known| known.code != **it))
        {
            return Err(Error::not_found(format!("“{kind}” is not a kind of evidence."))
                .zh(format!("没有“{kind}”这种材料类型。")));
        }
        // An upload lies in the store's own folder of temporary files; it comes with a name of its own.
        let typed = offering.paths.get(offering.shown.len()..).unwrap_or_default();
        typed.iter().try_for_each(|it| outside(archive.root(), it))?;
        let folder::Survey { bytes, encodings, .. } = folder::survey(&offering.paths)?;
        // Containers are unpacked beside their own bytes; a tenth more covers what is derived.
        let wanted = bytes.saturating_add(bytes / 10);
        if let Some(free) = archive.store().free_bytes().filter(|free| *free < wanted) {
            let (free, bytes) = (size(free), size(bytes));
            let message = format!(
                "The disk of the archive has {free} free and {bytes} are offered; make room first. Nothing was filed."
            );
            let zh =
                format!("档案库所在磁盘可用 {free}，报送的材料有 {bytes}；请先腾出空间。没有归档任何文件。");
            return Err(Error::unavailable(message).zh(zh));
        }
        let shown = offering.shown.iter().cloned().map(Some).chain(std::iter::repeat(None));
        let offers = offering.paths.iter().cloned().zip(shown).zip(encodings);
        let offers =
            offers.map(|((path, shown), encoding)| Offer { path, shown, encoding }).collect::<Vec<_>>();
        let hints = Hints {
            unit: offering.unit.clone(),
            standard: offering.standard.clone(),
            kind: offering.kind.clone(),
            units: Arc::clone(&fold.units),
            schemes: fold.current_schemes().cloned().collect(),
            kinds,
            today: fold.today(now),
        };
        Ok(Self { archive: Arc::clone(archive), hints, zone: fold.zone(), offers })
    }

    /// Returns what is offered, as shown.
    pub(super) fn offered(&self) -> Vec<String> {
        self.offers.iter().map(Offer::name).collect()
    }

    /// Receives all that is offered; ends early where nobody listens any more.
    pub(super) fn receive(&self, to: &Sender<Arrival>, stop: &AtomicBool) -> Result<()> {
        let mut desk = FrontDesk { reception: self, recogniser: Recogniser::new(&self.hints), to, stop };
        let received = receive(&mut desk, self.archive.keeper(), Limits::default(), &self.offers);
        received.or_else(|error| if to.is_closed() { Ok(()) } else { Err(error) })
    }
}

/// Refuses what lies within the archive: it would file its own blobs, and more of them each time.
fn outside(root: &Path, offered: &Path) -> Result<()> {
    let real = |it: &Path| std::fs::canonicalize(it).map_err(|fault| Error::io("looking at", it, fault));
    if !real(offered)?.starts_with(real(root)?) {
        return Ok(());
    }
    let shown = offered.display();
    let message =
        format!("{shown} lies within the archive itself; offer the folder that the material came in.");
    Err(Error::invalid(message).zh(format!("{shown} 在档案库自身之内，请报送原来的材料文件夹。")))
}

struct FrontDesk<'a> {
    reception: &'a Reception,
    recogniser: Recogniser<'a>,
    to: &'a Sender<Arrival>,
    stop: &'a AtomicBool,
}

impl FrontDesk<'_> {
    fn send(&self, arrival: Arrival) -> Result<()> {
        let sent = self.to.blocking_send(arrival);
        sent.map_err(|_| Error::unavailable("The filing ended before everything was received."))
    }
}

impl Visitor for FrontDesk<'_> {
    type Spool = Staged;

    fn spool(&mut self, reader: &mut dyn Read) -> Result<Staged> {
        self.reception.archive.store().stage(reader)
    }

    fn open(&self, spool: &Staged) -> Result<File> {
        spool.open()
    }

    fn file(&mut self, place: Place, staged: Staged, amiss: Option<Finding>) -> Result<()> {
        if staged.blob.bytes == 0 {
            return self.turned(place, Filing::Empty, Finding::new(Code::E04, ""));
        }
        let modified = place.modified.map(|it| it.day(&self.reception.zone));
        let mut known = self.recogniser.recognise(&place.path, modified);
        known.findings.extend(amiss.into_iter().chain(decoded(&place)));
        self.send(Arrival::File(Box::new(Received {
            name: place.name().to_owned(),
            name_raw: place.path_raw.clone(),
            path: place.path,
            path_raw: place.path_raw,
            staged,
            unit: known.unit,
            alias: known.alias,
            standard: known.standard,
            kind: known.kind,
            title: known.title,
            dates: known.dates,
            findings: known.findings,
        })))
    }

    fn container(&mut self, place: Place, staged: Staged, opened: Opened) -> Result<()> {
        let container = Container {
            path: place.path.clone(),
            sha256: staged.blob.sha256,
            bytes: staged.blob.bytes,
            members: opened.members,
            kept: opened.failed,
            finding: opened.finding.clone(),
        };
        let line = Line::container(place, &staged.blob, opened.finding);
        self.send(Arrival::Container(Box::new(container), opened.failed.then_some(staged), line))
    }

    fn turned(&mut self, place: Place, filing: Filing, finding: Finding) -> Result<()> {
        self.send(Arrival::Turned(Line::turned(place, filing, Some(finding))))
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.to.is_closed()
    }
}

/// Says that a name is shown in other characters than its bytes are.
fn decoded(place: &Place) -> Option<Finding> {
    place.is_decoded().then(|| Finding::new(Code::W28, place.name().to_owned()))
}

/// What a dry run says of each file: what would be recognised, with nothing copied or kept.
pub(super) struct Rehearsal<'a, F> {
    reception: &'a Reception,
    recogniser: Recogniser<'a>,
    tell: F,
    fold: &'a Fold,
}

impl<F: FnMut(Line)> Visitor for Rehearsal<'_, F> {
    type Spool = Staged;

    fn spool(&mut self, reader: &mut dyn Read) -> Result<Staged> {
        self.reception.archive.store().stage(reader)
    }

    fn open(&self, spool: &Staged) -> Result<File> {
        spool.open()
    }

    fn file(&mut self, place: Place, staged: Staged, amiss: Option<Finding>) -> Result<()> {
        if staged.blob.bytes == 0 {
            return self.turned(place, Filing::Empty, Finding::new(Code::E04, ""));
        }
        let mut known = self.recogniser.recognise(&place.path, None);
        known.findings.extend(amiss.into_iter().chain(decoded(&place)));
        let mut line = Line {
            path: place.path,
            path_raw: place.path_raw,
            filing: Filing::Filed,
            evidence: None,
            sha256: Some(staged.blob.sha256),
            bytes: staged.blob.bytes,
            unit: known.unit,
            standard: known.standard,
            findings: known.findings,
            sent_back: vec![],
        };
        if let Some(piece) = self.fold.holder(line.unit.as_ref(), &staged.blob.sha256) {
            let again = line.standard.clone().map(|(scheme, indicator)| Claim::new(scheme, indicator));
            line.sent_back = SentBack::of(piece, again.as_slice());
            line.filing = Filing::Known;
        }
        (self.tell)(line);
        Ok(())
    }

    fn container(&mut self, place: Place, staged: Staged, opened: Opened) -> Result<()> {
        (self.tell)(Line::container(place, &staged.blob, opened.finding));
        Ok(())
    }

    fn turned(&mut self, place: Place, filing: Filing, finding: Finding) -> Result<()> {
        (self.tell)(Line::turned(place, filing, Some(finding)));
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        false
    }
}

impl Reception {
    /// Goes through all that is offered without keeping anything.
    pub(super) fn rehearse(&self, fold: &Fold, tell: impl FnMut(Line)) -> Result<()> {
        let recogniser = Recogniser::new(&self.hints);
        let mut rehearsal = Rehearsal { reception: self, recogniser, tell, fold };
        receive(&mut rehearsal, self.archive.keeper(), Limits::default(), &self.offers)
    }
}
