//! How fast a tree is filed, beside `sha256sum`, `cp` and `sync` of the same tree in the same run, and in how much
//! memory: `cargo bench --bench filing [-- FILES [ROUNDS [GIBIBYTES]]]`.
//!
//! 5,000 files of together 2 GB, three rounds, then one file of 5 GiB, where nothing is said. Filing ends with its
//! receipt; nothing is read yet (`--no-wait`). The binary is the real one, so its peak is the peak of a filing.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

mod city;

/// How much longer than `sha256sum`, `cp` and `sync` a filing may take.
const GOAL: f64 = 1.2;

fn main() {
    let mut numbers = std::env::args().filter_map(|it| it.parse::<usize>().ok());
    let (n_files, n_rounds) = (numbers.next().unwrap_or(5_000), numbers.next().unwrap_or(3));
    let gibibytes = numbers.next().unwrap_or(5) as u64;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let tree = folder.path().join("报送");
    let megabytes = grow(&tree, n_files) as f64 / 1e6;
    println!("{n_files} files, {megabytes:.0} MB");
    sync(folder.path());
    by_hand(folder.path());

    let mut ratios = [Vec::new(), Vec::new()];
    let mut peak = 0;
    for round in 1..=n_rounds {
        let hand = by_hand(folder.path());
        let archive = Filer::new(folder.path());
        let (filed, peak_filing) = archive.file(&tree);
        let (again, peak_again) = archive.file(&tree);
        peak = peak.max(peak_filing).max(peak_again);
        for (ratios, took) in ratios.iter_mut().zip([filed, again]) {
            ratios.push(took.as_secs_f64() / hand.as_secs_f64());
        }
        println!("round {round}");
        for (what, took) in [("sha256sum, cp, sync", hand), ("filed", filed), ("filed again", again)] {
            let seconds = took.as_secs_f64();
            println!("  {what:<24}{seconds:>8.2} s{:>9.0} MB/s", megabytes / seconds);
        }
    }
    for (what, ratios) in ["filed", "filed again"].iter().zip(&mut ratios) {
        ratios.sort_by(f64::total_cmp);
        let median = ratios[ratios.len() / 2];
        println!("{what:<14} {median:.2} x of doing it by hand, median of {ratios:.2?}");
        if *what == "filed" {
            println!("  {} (goal {GOAL} x)", if median <= GOAL { "met" } else { "MISSED" });
        }
    }
    println!("peak memory    {peak} MB");
    one_large(folder.path(), gibibytes << 30);
}

/// Grows a tree of folders named by unit and standard, as they come from the offices. Returns its bytes.
fn grow(tree: &Path, n_files: usize) -> u64 {
    let (units, mut seed, mut bytes) = (city::units(), 1_u64, 0);
    for n in 0..n_files {
        let pick = random(&mut seed);
        // Of 500 files one is a video, 290 are photos, the rest are texts: together 400 kB a file.
        let (size, name) = match n % 500 {
            0 => (20_000_000 + pick % 30_000_000, format!("现场{n}.mp4")),
            1..291 => (200_000 + pick % 700_000, format!("2017-03-{:02} 活动照片{n}.jpg", n % 28 + 1)),
            _ => (200 + pick % 20_000, format!("关于第{n}项工作的总结.txt")),
        };
        let folder =
            tree.join(&units[n % 40].name).join(format!("{}.{}.{}", n % 6 + 1, n % 5 + 1, n % 8 + 1));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), noise(&mut seed, size)).unwrap();
        bytes += size;
    }
    bytes
}

fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Bytes that no compression shortens.
fn noise(seed: &mut u64, size: u64) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..size / 8 + 1).flat_map(|_| random(seed).to_le_bytes()).collect();
    bytes.truncate(size as usize);
    bytes
}

/// What an office would do by hand: a list of digests, a copy, and the wait until it is on the disk.
fn by_hand(folder: &Path) -> Duration {
    let (copy, list) = (folder.join("copy"), folder.join("list"));
    let since = Instant::now();
    let digests = "find 报送 -type f -print0 | xargs -0 sha256sum > list && cp -r 报送 copy && sync";
    assert!(Command::new("sh").args(["-c", digests]).current_dir(folder).status().unwrap().success());
    let took = since.elapsed();
    fs::remove_dir_all(copy).unwrap();
    fs::remove_file(list).unwrap();
    sync(folder);
    took
}

/// Lets nothing of one measurement be paid for by the next.
fn sync(folder: &Path) {
    assert!(Command::new("sync").arg("-f").arg(folder).status().unwrap().success());
}

/// An archive of its own, filed into by the real binary; gone when it is dropped.
struct Filer {
    folder: tempfile::TempDir,
}

impl Filer {
    fn new(beside: &Path) -> Self {
        let filer = Self { folder: tempfile::tempdir_in(beside).unwrap() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            city::found(&filer.root()).await.ledger().close().await;
        });
        sync(beside);
        filer
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("archive")
    }

    /// Files what lies at a path. Returns how long that took and the most memory it held, in MB.
    fn file(&self, path: &Path) -> (Duration, u64) {
        let since = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_juanzong"))
            .arg("--archive")
            .arg(self.root())
            .args(["intake", "--no-wait"])
            .arg(path)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let (id, mut peak) = (child.id().to_string(), 0);
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                assert!(status.success());
                let took = since.elapsed();
                sync(self.folder.path());
                return (took, peak);
            }
            peak = peak.max(city::peak(&id).unwrap_or(0));
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// One file larger than the memory anything may take for it; its bytes are zeros and take no room where they are.
fn one_large(folder: &Path, bytes: u64) {
    let path = folder.join("录像.mp4");
    fs::File::create(&path).unwrap().set_len(bytes).unwrap();
    let archive = Filer::new(folder);
    let (took, peak) = archive.file(&path);
    let seconds = took.as_secs_f64();
    println!(
        "one file of {:.1} GiB: {seconds:.1} s, {:.0} MB/s, peak memory {peak} MB",
        bytes as f64 / f64::from(1 << 30),
        bytes as f64 / 1e6 / seconds
    );
}
