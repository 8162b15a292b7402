//! Filing: from an offer at the door to evidence in the ledger, in batches.
//!
//! A batch closes at 256 files, 64 MB or 200 ms, whichever comes first. Its blobs are made durable, then one
//! transaction records an entry a file, then its files are acknowledged. What is broken off between these steps
//! leaves blobs without an entry, which the next filing of the same files finds and uses.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::archive::Archive;
use crate::archive::reception::Reception;
use crate::archive::records::Record;
use crate::domain::actor::Act;
use crate::domain::evidence::{Alias, Blob, Dated, KindSource};
use crate::domain::finding::{Code, Finding};
use crate::domain::id::{Digest, EvidenceId, IndicatorPath, KindCode, SchemeId, SubmissionId, UnitId};
use crate::domain::media;
use crate::domain::submission::{Container, Filing, Head, Receipt, SentBack, Submission, TurnedAway};
use crate::error::{Error, Result};
use crate::intake::Place;
use crate::ledger::event::Event;
use crate::ledger::{Desk, Touches};
use crate::store::Staged;

/// What is offered, and what is said of all of it.
#[derive(Clone, Debug, Default)]
pub struct Offering {
    /// Folders and files.
    pub paths: Vec<PathBuf>,
    /// Names to show in place of the paths, where these are of our own making (an upload).
    pub shown: Vec<String>,
    /// The unit it is from.
    pub unit: Option<UnitId>,
    /// The standard it proves.
    pub standard: Option<(SchemeId, IndicatorPath)>,
    /// Its kind.
    pub kind: Option<KindCode>,
}

/// A file that was staged, with what was recognised of it.
pub(super) struct Received {
    pub(super) path: String,
    pub(super) path_raw: Option<String>,
    pub(super) name: String,
    pub(super) name_raw: Option<String>,
    pub(super) staged: Staged,
    pub(super) unit: Option<UnitId>,
    pub(super) alias: Option<Alias>,
    pub(super) standard: Option<(SchemeId, IndicatorPath)>,
    pub(super) kind: (KindCode, KindSource),
    pub(super) title: String,
    pub(super) dates: Vec<Dated>,
    pub(super) findings: Vec<Finding>,
}

/// What comes from the door, in order.
pub(super) enum Arrival {
    File(Box<Received>),
    Container(Box<Container>, Option<Staged>, Line),
    Turned(Line),
}

/// What came of one file, told when it is acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The path it was offered with; members of containers as `a.zip/b/c.jpg`.
    pub path: String,
    /// The raw bytes of the path in base64, where they are not UTF-8.
    pub path_raw: Option<String>,
    /// What came of it.
    pub filing: Filing,
    /// The piece it is part of.
    pub evidence: Option<EvidenceId>,
    /// The digest of its bytes.
    pub sha256: Option<Digest>,
    /// Their number.
    pub bytes: u64,
    /// The unit recognised.
    pub unit: Option<UnitId>,
    /// The standard recognised.
    pub standard: Option<(SchemeId, IndicatorPath)>,
    /// What intake itself sees amiss.
    pub findings: Vec<Finding>,
    /// What had been returned of the piece when its bytes came again.
    pub sent_back: Vec<SentBack>,
}

impl Line {
    /// Returns what came of it in words; of a container what it is, as its name tells.
    pub fn label(&self, english: bool) -> &'static str {
        let is_mail = matches!(media::by_name(&self.path), "message/rfc822" | "application/vnd.ms-outlook");
        match (self.filing, is_mail, english) {
            (Filing::Container, true, false) => "邮件",
            (Filing::Container, false, false) => "压缩包",
            (Filing::Container, true, true) => "mail",
            _ => self.filing.label(english),
        }
    }

    /// The line of something that becomes no piece.
    pub(super) fn turned(place: Place, filing: Filing, finding: Option<Finding>) -> Self {
        Self {
            path: place.path,
            path_raw: place.path_raw,
            filing,
            evidence: None,
            sha256: None,
            bytes: 0,
            unit: None,
            standard: None,
            findings: finding.into_iter().collect(),
            sent_back: vec![],
        }
    }

    /// The line of a container: one that breaks off or is beyond the limits is none that was opened.
    pub(super) fn container(place: Place, blob: &Blob, finding: Option<Finding>) -> Self {
        let filing = match finding.as_ref().map(|it| it.code) {
            // All of it was read that there was.
            None | Some(Code::W35) => Filing::Container,
            Some(Code::E12) => Filing::Refused,
            Some(_) => Filing::Unreadable,
        };
        let bytes = blob.bytes;
        Self { sha256: Some(blob.sha256), bytes, ..Self::turned(place, filing, finding) }
    }
}

/// The end of a filing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The submission.
    pub submission: SubmissionId,
    /// What came of it.
    pub receipt: Receipt,
    /// The end of the chain.
    pub head: Head,
}

const BATCH_FILES: usize = 256;
const BATCH_BYTES: u64 = 64 << 20;
const BATCH_TIME: Duration = Duration::from_millis(200);

/// Files an offering. `tell` is called for each file as it is acknowledged; `stop` ends it after the batch at hand.
///
/// # Errors
/// `NotFound` for a path, unit or standard that is not there; `Unavailable` where the disk is too full, said before
/// anything is copied. What was acknowledged before an error stays filed.
pub async fn file(
    archive: &Arc<Archive>,
    act: &Act,
    offering: &Offering,
    stop: &Arc<AtomicBool>,
    mut tell: impl FnMut(Line) + Send,
) -> Result<Filed> {
    let fold = archive.fold().await?;
    let reception = Reception::new(archive, &fold, offering, act.now)?;
    let open = Event::SubmissionOpened { offered: reception.offered() };
    let (entry, _) =
        archive.ledger.act(act.now, &act.actor, Touches::default(), |desk| desk.record(open)).await?;
    let mut run = Run {
        archive,
        act,
        submission: SubmissionId(entry.0),
        receipt: Receipt::default(),
        list: Sha256::new(),
        unwritten: Submission::MOST_TURNED_AWAY,
    };
    let (sender, mut arrivals) = mpsc::channel(BATCH_FILES);
    let (stopped, store, now) = (Arc::clone(stop), archive.store.clone(), act.now);
    let door = tokio::task::spawn_blocking(move || {
        // A run that was killed is often run again at once, and the disk has no room for both.
        if let Err(error) = store.sweep(now) {
            tracing::warn!("sweeping: {error:#}");
        }
        reception.receive(&sender, &stopped)
    });
    let mut result = Ok(());
    while let Some(batch) = next_batch(&mut arrivals).await {
        match run.keep(batch).await {
            Ok(lines) => lines.into_iter().for_each(&mut tell),
            Err(error) => {
                result = Err(error);
                break;
            }
        }
    }
    // Closing the channel ends the door's thread at its next file.
    drop(arrivals);
    let ended =
        door.await.map_err(|it| Error::internal("The intake thread ended unexpectedly.").with_source(it))?;
    let result = result.and(ended);
    run.receipt.broken_off = result.is_err() || stop.load(std::sync::atomic::Ordering::Relaxed);
    let filed = run.close().await;
    result.and(filed)
}

/// Goes through an offering without keeping anything: what would be filed, recognised, turned away.
///
/// # Errors
/// As [`file()`].
pub async fn rehearse(
    archive: &Arc<Archive>,
    act: &Act,
    offering: &Offering,
    tell: impl FnMut(Line) + Send + 'static,
) -> Result<()> {
    let fold = archive.fold().await?;
    let reception = Reception::new(archive, &fold, offering, act.now)?;
    let gone = |it| Error::internal("The intake thread ended unexpectedly.").with_source(it);
    tokio::task::spawn_blocking(move || reception.rehearse(&fold, tell)).await.map_err(gone)?
}

/// Gathers a batch: up to its bounds, or until nothing more comes in time. None when the door is closed.
async fn next_batch(arrivals: &mut mpsc::Receiver<Arrival>) -> Option<Vec<Arrival>> {
    let mut res = vec![arrivals.recv().await?];
    let deadline = Instant::now() + BATCH_TIME;
    let mut bytes = 0;
    while res.len() < BATCH_FILES && bytes < BATCH_BYTES {
        match timeout_at(deadline, arrivals.recv()).await {
            Ok(Some(arrival)) => {
                if let Arrival::File(it) = &arrival {
                    bytes += it.staged.blob.bytes;
                }
                res.push(arrival);
            }
            Ok(None) | Err(_) => break,
        }
    }
    Some(res)
}

/// One submission on its way into the archive.
struct Run<'a> {
    archive: &'a Arc<Archive>,
    act: &'a Act,
    submission: SubmissionId,
    receipt: Receipt,
    list: Sha256,
    /// How many files turned away may still be written down one by one.
    unwritten: usize,
}

impl Run<'_> {
    /// Makes a batch durable and records it; returns a line for each arrival.
    async fn keep(&mut self, batch: Vec<Arrival>) -> Result<Vec<Line>> {
        let mut staged = Vec::new();
        let mut records = Vec::new();
        for arrival in batch {
            records.push(match arrival {
                Arrival::File(file) => {
                    let (record, bytes) = Record::of(*file);
                    staged.push(bytes);
                    Record::File(Box::new(record))
                }
                Arrival::Container(container, kept, line) => {
                    staged.extend(kept);
                    Record::Container(container, line)
                }
                Arrival::Turned(line) => Record::Turned(line),
            });
        }
        let archive = Arc::clone(self.archive);
        let published = tokio::task::spawn_blocking(move || archive.store.publish(staged)).await;
        published
            .map_err(|it| Error::internal("The store's thread ended unexpectedly.").with_source(it))??;
        let touches = Touches {
            blobs: records.iter().filter_map(Record::digest).collect(),
            submissions: vec![self.submission],
            ..Touches::default()
        };
        let submission = self.submission;
        let actor = self.act.actor.clone();
        let files: Vec<TurnedAway> =
            records.iter().filter_map(Record::turned_away).take(self.unwritten).collect();
        self.unwritten -= files.len();
        let decide = |desk: &mut Desk| {
            let settled = records.into_iter().map(|it| it.settle(desk, submission, &actor));
            let lines = settled.collect::<Result<Vec<Line>>>()?;
            if !files.is_empty() {
                desk.record(Event::TurnedAway { submission, files })?;
            }
            Ok(lines)
        };
        let (lines, _) = self.archive.ledger.act(self.act.now, &self.act.actor, touches, decide).await?;
        lines.iter().for_each(|it| self.count(it));
        Ok(lines)
    }

    fn count(&mut self, line: &Line) {
        *self.receipt.counts.entry(line.filing).or_default() += 1;
        if let Some(digest) = line.sha256.filter(|_| line.filing.is_kept()) {
            self.receipt.bytes += line.bytes;
            self.receipt.unassigned += u64::from(line.unit.is_none());
            self.list.update(format!("{digest}\n"));
        }
    }

    async fn close(mut self) -> Result<Filed> {
        self.receipt.list_sha256 = Some(Digest::new(self.list.finalize().into()));
        let (submission, receipt) = (self.submission, self.receipt);
        let touches = Touches { submissions: vec![submission], ..Touches::default() };
        let event = Event::SubmissionClosed { submission, receipt: receipt.clone() };
        let act = self.act;
        let (_, entries) =
            self.archive.ledger.act(act.now, &act.actor, touches, |desk| desk.record(event)).await?;
        let last = entries.last().map(|it| Head { entry: it.id, hash: it.hash });
        let head = last.ok_or_else(|| Error::internal("The receipt was not recorded."))?;
        Ok(Filed { submission, receipt, head })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_called_a_mail() {
        let container = |path: &str| {
            let place = Place { path: path.into(), path_raw: None, modified: None, odd: false };
            Line::turned(place, Filing::Container, None)
        };
        assert_eq!(container("来/报送.EML").label(false), "邮件");
        assert_eq!(container("来/报送.msg").label(true), "mail");
        assert_eq!(container("来/报送.eml.zip").label(false), "压缩包");
        assert_eq!(Line { filing: Filing::Filed, ..container("报送.eml") }.label(false), "已归档");
    }
}
