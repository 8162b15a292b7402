//! Reads every file of a folder in the cage, on every processor, and says how each kind of file fares.
//!
//! `cargo bench --bench corpus [FOLDER] [--fuzz N] [--seed S]` reads `../shared/data/documents` beside the project, or the
//! folder given. The texts go to `target/corpus.jsonl`, one object a line (`path`, `text`, `status`). With `--fuzz` it
//! also reads N damaged copies of every file, each with 20 mutations, the same for the same seed.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use juanzong::cage::Keeper;
use juanzong::domain::reading::Status;
use juanzong::extract;
use sha2::{Digest, Sha256};

const STATUSES: [Status; 8] = [
    Status::Ok,
    Status::Partial,
    Status::Encrypted,
    Status::Corrupt,
    Status::Unsupported,
    Status::Timeout,
    Status::Oom,
    Status::Crash,
];

const MUTATIONS: usize = 20;

/// What became of the files with one extension.
#[derive(Default)]
struct Row {
    ended: [u32; STATUSES.len()],
    bytes: u64,
    reading: Duration,
    hashing: Duration,
    slowest: Duration,
}

impl Row {
    fn files(&self) -> u32 {
        self.ended.iter().sum()
    }

    fn add(&mut self, other: &Self) {
        for (mine, more) in self.ended.iter_mut().zip(other.ended) {
            *mine += more;
        }
        self.bytes += other.bytes;
        self.reading += other.reading;
        self.hashing += other.hashing;
        self.slowest = self.slowest.max(other.slowest);
    }
}

type Rows = BTreeMap<String, Row>;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|it| it != "--bench");
    let mut folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/documents");
    let (mut n_fuzzed, mut seed) = (0, 20_170_315);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--fuzz" => n_fuzzed = arguments.next().unwrap().parse().unwrap(),
            "--seed" => seed = arguments.next().unwrap().parse().unwrap(),
            _ => folder = PathBuf::from(argument),
        }
    }
    if !folder.is_dir() {
        println!("There is no folder {}: name one that holds documents.", folder.display());
        return;
    }
    let all = walkdir::WalkDir::new(&folder).sort_by_file_name().into_iter().flatten();
    let files: Vec<PathBuf> =
        all.filter(|it| it.file_type().is_file()).map(walkdir::DirEntry::into_path).collect();
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/corpus.jsonl");
    let lines = Mutex::new(File::create(&target).unwrap());
    let before = resident();
    let (rows, peaks, took) =
        read_all(&files, |path, bytes| (path.to_owned(), bytes), Some((&folder, &lines)));
    println!("{} files of {} as they are, {:.1} s", files.len(), folder.display(), took.as_secs_f64());
    print(&rows, &peaks);
    println!("texts: {}", target.display());
    println!("resident memory of the service: {before} kB before, {} kB after", resident());
    for round in 0..n_fuzzed {
        let seed = seed + round;
        let fuzz = |path: &Path, bytes: Vec<u8>| {
            let name = path.strip_prefix(&folder).unwrap_or(path).to_string_lossy().into_owned();
            (path.to_owned(), mutated(bytes, Dice::new(&format!("{seed} {name}"))))
        };
        let (rows, peaks, took) = read_all(&files, fuzz, None);
        println!("\n{MUTATIONS} mutations a file, seed {seed}, {:.1} s", took.as_secs_f64());
        print(&rows, &peaks);
        println!("resident memory of the service: {} kB", resident());
    }
}

/// Reads the files on every processor; returns the rows by extension, the sampled peak memory of a child in kB, and the
/// time it took. Every text goes to the lines, where there are any.
fn read_all(
    files: &[PathBuf],
    prepare: impl Fn(&Path, Vec<u8>) -> (PathBuf, Vec<u8>) + Sync,
    lines: Option<(&Path, &Mutex<File>)>,
) -> (Rows, BTreeMap<String, u64>, Duration) {
    let keeper = Keeper::of(env!("CARGO_BIN_EXE_juanzong"));
    let (next, done, since) = (AtomicUsize::new(0), AtomicBool::new(false), Instant::now());
    let rows = Mutex::new(Rows::new());
    let work = || {
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (path, bytes) = prepare(path, std::fs::read(path).unwrap());
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&bytes).unwrap();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let hashing = Instant::now();
            std::hint::black_box(Sha256::digest(&bytes));
            let hashing = hashing.elapsed();
            let reading = Instant::now();
            let read = extract::extract(&keeper, &file, &name, extract::budget(bytes.len() as u64)).unwrap();
            let reading = reading.elapsed();
            let mut row =
                Row { bytes: bytes.len() as u64, reading, hashing, slowest: reading, ..Row::default() };
            let status = read.reading.status;
            row.ended[STATUSES.iter().position(|it| *it == status).unwrap()] = 1;
            rows.lock().unwrap().entry(extension(&name)).or_default().add(&row);
            if let Some((folder, lines)) = lines {
                let path = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy();
                let codes: Vec<String> = read.reading.findings.iter().map(|it| it.line(true)).collect();
                let line = serde_json::json!({"path": path, "text": read.text, "status": status.word(),
                    "findings": codes, "facts": read.reading.facts, "ms": reading.as_millis() as u64});
                lines.lock().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
            }
        }
    };
    let mut peaks = BTreeMap::new();
    std::thread::scope(|scope| {
        let n = std::thread::available_parallelism().map_or(2, usize::from);
        let workers: Vec<_> = (0..n).map(|_| scope.spawn(work)).collect();
        let sampler = scope.spawn(|| sample(&done));
        for worker in workers {
            worker.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        peaks = sampler.join().unwrap();
    });
    (rows.into_inner().unwrap(), peaks, since.elapsed())
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or_else(|| "(none)".into(), |it| it.1.to_lowercase())
}

/// Looks at the children every few milliseconds; returns the highest resident memory in kB seen by extension, which the
/// command line of a child tells. Children that live shorter than that are the small ones.
fn sample(done: &AtomicBool) -> BTreeMap<String, u64> {
    let mut peaks: BTreeMap<String, u64> = BTreeMap::new();
    while !done.load(Ordering::Relaxed) {
        #[expect(clippy::disallowed_methods, reason = "a sampler looks again after a while")]
        std::thread::sleep(Duration::from_millis(5));
        for task in std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            for child in children.split_whitespace() {
                let said = std::fs::read_to_string(format!("/proc/{child}/cmdline")).unwrap_or_default();
                let Some((_, name)) = said.split_once(r#""name":""#) else { continue };
                let peak = status_kb(&format!("/proc/{child}/status"), "VmHWM:");
                let kept = peaks.entry(extension(name.split('"').next().unwrap_or_default())).or_default();
                *kept = peak.max(*kept);
            }
        }
    }
    peaks
}

fn resident() -> u64 {
    status_kb("/proc/self/status", "VmRSS:")
}

fn status_kb(path: &str, field: &str) -> u64 {
    let status = std::fs::read_to_string(path).unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix(field)).unwrap_or_default();
    line.split_whitespace().next().and_then(|it| it.parse().ok()).unwrap_or(0)
}

fn print(rows: &Rows, peaks: &BTreeMap<String, u64>) {
    print!("{:<10} {:>5}", "extension", "files");
    STATUSES.iter().for_each(|it| print!(" {:>11}", it.word()));
    println!(" {:>8} {:>7} {:>10} {:>8} {:>10}", "files/s", "MB/s", "slowest ms", "peak MB", "SHA-256 ms");
    let mut whole = Row::default();
    for (extension, row) in rows {
        whole.add(row);
        line(extension, row, peaks.get(extension).copied());
    }
    line("all", &whole, peaks.values().max().copied());
}

/// Rates are those of one worker.
fn line(extension: &str, row: &Row, peak: Option<u64>) {
    let seconds = row.reading.as_secs_f64();
    print!("{extension:<10.10} {:>5}", row.files());
    row.ended.iter().for_each(|n| print!(" {n:>11}"));
    println!(
        " {:>8.1} {:>7.2} {:>10.0} {:>8} {:>10.3}",
        f64::from(row.files()) / seconds,
        row.bytes as f64 / 1e6 / seconds,
        row.slowest.as_secs_f64() * 1e3,
        peak.map_or_else(|| "-".into(), |kb| (kb >> 10).to_string()),
        row.hashing.as_secs_f64() * 1e3 / f64::from(row.files()),
    );
}

/// Flips bits, cuts the end off, repeats and zeroes spans.
fn mutated(mut bytes: Vec<u8>, mut dice: Dice) -> Vec<u8> {
    for _ in 0..MUTATIONS {
        if bytes.is_empty() {
            break;
        }
        let at = dice.below(bytes.len());
        let span = at..(at + 1 + dice.below(64)).min(bytes.len());
        match dice.below(16) {
            0 => bytes.truncate(bytes.len() - dice.below(bytes.len() / 8 + 1)),
            1 | 2 => bytes[span].fill(0),
            3 | 4 => {
                let copy = bytes[span].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => bytes[at] ^= 1 << dice.below(8),
        }
    }
    bytes
}

/// Random numbers that are the same for the same seed: bytes of SHA-256 of the seed and a counter.
struct Dice {
    seed: String,
    rolls: u64,
}

impl Dice {
    fn new(seed: &str) -> Self {
        Self { seed: seed.to_owned(), rolls: 0 }
    }

    fn below(&mut self, n: usize) -> usize {
        self.rolls += 1;
        let digest = Sha256::digest(format!("{} {}", self.seed, self.rolls));
        let number = digest.iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        (number % n as u64) as usize
    }
}
