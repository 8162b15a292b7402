//! Checks a dossier that came back from outside: every file against the lists, the lists against the files, and the
//! zip around them against what this program would have written.
//!
//! **Invariant:** any bytes give a [`Report`], in flat memory but for lists and directory; it runs in the cage.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

use crate::cage::{Budget, Keeper, Outcome, Output, Task};
use crate::domain::id::Digest;
use crate::dossier::bag;
use crate::dossier::container::{Container, Entry, Span, Stamp};
use crate::dossier::manifest::Manifest;
use crate::dossier::report::{Report, What};
use crate::error::{Error, Result};

/// The name of the job in the cage.
pub const JOB: &str = "verify";

/// Checks a dossier in the cage.
///
/// # Errors
/// Where no child could be started, or the platform has no cage.
pub fn check(keeper: &Keeper, file: &File) -> Result<Report> {
    let bytes = file.metadata().map_or(0, |it| it.len());
    let gigabytes = bytes >> 30;
    let budget = Budget {
        memory_bytes: 1 << 30,
        cpu: Duration::from_secs(60 + 30 * gigabytes),
        // A USB stick reads a gigabyte in about a minute.
        wall: Duration::from_secs(600 + 300 * gigabytes),
        ..Budget::default()
    };
    let mut report = Report::default();
    let how = match keeper.run(JOB, file, &(), budget)? {
        Outcome::Done(json) => match serde_json::from_slice(&json) {
            Ok(report) => return Ok(report),
            Err(it) => it.to_string(),
        },
        Outcome::Refused(why) => why,
        Outcome::Timeout => "time".to_owned(),
        Outcome::OutOfMemory | Outcome::TooMuch => "memory".to_owned(),
        Outcome::Crash(how) => {
            tracing::warn!(how, "the check of a dossier died");
            "crash".to_owned()
        }
    };
    report.note(What::Stopped, "", how);
    Ok(report)
}

/// The body of the job.
///
/// # Errors
/// Where the keeper no longer listens.
pub fn child(task: Task, output: &mut Output) -> Result<()> {
    let report = serde_json::to_vec(&verify(task.input))
        .map_err(|it| Error::internal("The report could not be written.").with_source(it))?;
    output.bytes(&report)
}

/// Checks a dossier. Foreign bytes are to be given to [`check`], which does this in the cage.
pub fn verify(mut file: impl Read + Seek) -> Report {
    let mut report = Report::default();
    let total = match file.seek(SeekFrom::End(0)) {
        Ok(it) => it,
        Err(it) => {
            report.note(What::Unreadable, "", it.to_string());
            return report;
        }
    };
    match ZipArchive::new(&mut file) {
        Ok(archive) => Bag::new(archive, total, &mut report).check(),
        Err(it) => report.note(What::Unreadable, "", it.to_string()),
    }
    report
}

struct Bag<'a, R> {
    archive: ZipArchive<R>,
    total: u64,
    report: &'a mut Report,
    /// Path in the bag → place in the archive, and declared size.
    files: BTreeMap<String, (usize, u64)>,
    entries: Vec<Entry>,
    stamp: Stamp,
}

impl<'a, R: Read + Seek> Bag<'a, R> {
    fn new(archive: ZipArchive<R>, total: u64, report: &'a mut Report) -> Self {
        let stamp = Stamp { time: 0, date: 0 };
        Self { archive, total, report, files: BTreeMap::new(), entries: Vec::new(), stamp }
    }

    fn check(mut self) {
        if !self.open() {
            return;
        }
        if self.text(bag::BAGIT_FILE).as_deref() != Some(bag::BAGIT.as_bytes()) {
            self.report.note(What::NoBag, bag::BAGIT_FILE, "");
            return;
        }
        let originals = self.list(bag::PAYLOAD_FILE);
        let tags = self.list(bag::TAGS_FILE);
        if !tags.contains_key(bag::PAYLOAD_FILE) {
            self.report.note(What::Extra, bag::PAYLOAD_FILE, bag::TAGS_FILE);
        }
        self.hash_all(&originals, &tags);
        self.sums();
        self.sizes();
        self.skeleton();
    }

    /// Reads the directory; false where it holds no bag.
    fn open(&mut self) -> bool {
        let mut top: Option<String> = None;
        let mut declared: u64 = 0;
        for n in 0..self.archive.len() {
            let file = match self.archive.by_index_raw(n) {
                Ok(it) => it,
                Err(it) => {
                    self.report.note(What::Unreadable, "", it.to_string());
                    return false;
                }
            };
            let Ok(name) = String::from_utf8(file.name_raw().to_vec()) else {
                self.report.note(What::NoBag, &String::from_utf8_lossy(file.name_raw()), "");
                return false;
            };
            let (folder, path) = name.split_once('/').unwrap_or(("", &name));
            if top.get_or_insert_with(|| folder.to_owned()).as_str() != folder || folder.is_empty() {
                self.report.note(What::NoBag, &name, "");
                return false;
            }
            if n == 0
                && let Some(at) = file.last_modified()
            {
                self.stamp = Stamp { time: at.timepart(), date: at.datepart() };
            }
            declared = declared.saturating_add(file.size());
            if !name.ends_with('/') {
                self.files.insert(path.to_owned(), (n, file.size()));
            }
            self.entries.push(Entry { bytes: file.size(), crc32: file.crc32(), name });
        }
        // Ours are stored; a dossier packed again by hand shrinks its texts, not its photos.
        if declared > self.total.saturating_mul(20) + (64 << 20) {
            self.report.note(What::TooMuch, "", declared.to_string());
            return false;
        }
        if self.files.is_empty() {
            self.report.note(What::NoBag, "", "");
        }
        !self.files.is_empty()
    }

    /// Reads a list: `digest  path` a line.
    fn list(&mut self, name: &str) -> HashMap<String, Digest> {
        let mut res = HashMap::new();
        let Some(text) = self.text(name) else {
            self.report.note(What::Missing, name, "");
            return res;
        };
        for (n, line) in text.split(|it| *it == b'\n').enumerate().filter(|it| !it.1.is_empty()) {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let read = std::str::from_utf8(line)
                .ok()
                .and_then(|it| it.split_once("  ").or_else(|| it.split_once(" *")));
            let parsed = read.and_then(|(digest, path)| Some((digest.parse::<Digest>().ok()?, path)));
            let known = parsed.is_some_and(|(digest, path)| res.insert(path.to_owned(), digest).is_none());
            if !known {
                self.report.note(What::Line, name, format!("{}", n + 1));
            }
        }
        res
    }

    /// Reads a text of the bag whole; none where it is missing, damaged or too long to be one.
    fn text(&mut self, path: &str) -> Option<Vec<u8>> {
        const LONGEST: u64 = 256 << 20;
        let (n, bytes) = *self.files.get(path)?;
        if bytes > LONGEST {
            return None;
        }
        let mut res = Vec::new();
        self.archive.by_index(n).ok()?.take(LONGEST).read_to_end(&mut res).ok()?;
        Some(res)
    }

    /// Holds every file against the lists, in the order in which they lie in the zip.
    fn hash_all(&mut self, originals: &HashMap<String, Digest>, tags: &HashMap<String, Digest>) {
        let mut order: Vec<(usize, u64, String)> =
            self.files.iter().map(|(path, (n, bytes))| (*n, *bytes, path.clone())).collect();
        order.sort_unstable();
        for (n, bytes, path) in order {
            let listed = originals.get(&path).or_else(|| tags.get(&path));
            let digest = self.hash(n, bytes);
            if path == bag::PAYLOAD_FILE {
                self.report.seal = digest.as_ref().ok().copied();
            }
            let is_list = path == bag::TAGS_FILE;
            match (listed, digest) {
                (Some(listed), Ok(digest)) if *listed == digest => self.report.n_passed += 1,
                (None, Ok(_)) if is_list => self.report.n_passed += 1,
                (None, _) if !is_list => self.report.note(What::Extra, &path, ""),
                (_, Ok(digest)) => self.report.note(What::Differs, &path, format!("SHA-256 {digest}")),
                (_, Err(how)) => self.report.note(What::Differs, &path, how),
            }
        }
        let mut missing: Vec<&String> =
            originals.keys().chain(tags.keys()).filter(|it| !self.files.contains_key(*it)).collect();
        missing.sort();
        for path in missing {
            self.report.note(What::Missing, path, "");
        }
    }

    fn hash(&mut self, n: usize, bytes: u64) -> std::result::Result<Digest, String> {
        // One byte more than declared is enough to know that it is another file.
        let mut file = self.archive.by_index(n).map_err(|it| it.to_string())?.take(bytes.saturating_add(1));
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 64 << 10];
        loop {
            match file.read(&mut buffer).map_err(|it| it.to_string())? {
                0 => return Ok(Digest::new(hash.finalize().into())),
                read => {
                    hash.update(&buffer[..read]);
                    self.report.n_bytes += read as u64;
                }
            }
        }
    }

    /// Holds `Payload-Oxum` against the files under `data/`.
    fn sums(&mut self) {
        let about = self.text(bag::ABOUT_FILE).unwrap_or_default();
        let about = String::from_utf8_lossy(&about).into_owned();
        let said = about.lines().find_map(|it| it.strip_prefix("Payload-Oxum:")).map(str::trim);
        let payload = self.files.iter().filter(|it| it.0.starts_with("data/"));
        let (bytes, files) = payload.fold((0_u64, 0), |sum, it| (sum.0.saturating_add(it.1.1), sum.1 + 1));
        if said != Some(format!("{bytes}.{files}").as_str()) {
            let said = said.unwrap_or_default();
            self.report.note(What::Sums, bag::ABOUT_FILE, format!("{said} ≠ {bytes}.{files}"));
        }
    }

    /// Holds the sizes in `manifest.json` against the files.
    fn sizes(&mut self) {
        let manifest = self.text(bag::MANIFEST_FILE).and_then(|it| Manifest::parse(&it).ok());
        let Some(manifest) = manifest else {
            self.report.note(What::NoManifest, bag::MANIFEST_FILE, "");
            return;
        };
        for part in manifest.parts() {
            match self.files.get(&part.member) {
                Some((_, bytes)) if *bytes == part.bytes => {}
                Some((_, bytes)) => {
                    self.report.note(What::Size, &part.member, format!("{bytes} ≠ {}", part.bytes));
                }
                None => self.report.note(What::Missing, &part.member, bag::MANIFEST_FILE),
            }
        }
        self.report.title = manifest.title;
    }

    /// Holds every byte that belongs to no file against what this program writes there.
    fn skeleton(self) {
        let container = Container::new(self.entries, self.stamp);
        let mut file = self.archive.into_inner();
        let mut place = 0;
        let mut note = |subject: &str, detail: String| self.report.note(What::Repacked, subject, detail);
        if container.total_bytes() != self.total {
            note("", format!("{} ≠ {}", self.total, container.total_bytes()));
        }
        while place < container.total_bytes() {
            let (span, stretch) = container.at(place);
            place = stretch.end;
            let Some(expected) = container.skeleton(span) else { continue };
            let mut found = vec![0; expected.len()];
            let read = file.seek(SeekFrom::Start(stretch.start)).and_then(|_| file.read_exact(&mut found));
            if read.is_err() || found != expected {
                let subject = match span {
                    Span::Header(n) | Span::Line(n) | Span::Content(n) => {
                        container.entries()[n].name.as_str()
                    }
                    Span::End => "",
                };
                note(subject, format!("@{}", stretch.start));
                // The first one says it; those after it are mostly the same shift.
                return;
            }
        }
    }
}
