//! How fast each family is read, a fresh caged child for every file, beside hashing the same bytes.
//!
//! `cargo bench --bench extract [FOLDER]` reads our fixtures, or every file below a folder.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use juanzong::cage::{Budget, Keeper};
use juanzong::extract;
use sha2::{Digest, Sha256};

#[derive(Default)]
struct Row {
    files: u32,
    bytes: u64,
    reading: Duration,
    slowest: Duration,
    hashing: Duration,
}

fn main() {
    let keeper = Keeper::of(env!("CARGO_BIN_EXE_juanzong"));
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents");
    let folder = std::env::args().skip(1).find(|it| !it.starts_with('-')).map_or(fixtures, PathBuf::from);
    let (n, nothing) = (200, File::open("/dev/null").unwrap());
    let since = Instant::now();
    for _ in 0..n {
        extract::extract(&keeper, &nothing, "", Budget::default()).unwrap();
    }
    println!(
        "a child that finds an empty file: {:.2} ms\n",
        since.elapsed().as_secs_f64() * 1e3 / f64::from(n)
    );
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder).into_iter().flatten().filter(|it| it.file_type().is_file()) {
        let file = File::open(entry.path()).unwrap();
        let bytes = std::fs::read(entry.path()).unwrap();
        let since = Instant::now();
        std::hint::black_box(Sha256::digest(&bytes));
        let hashing = since.elapsed();
        let since = Instant::now();
        let name = entry.file_name().to_string_lossy();
        let read = extract::extract(&keeper, &file, &name, extract::budget(bytes.len() as u64)).unwrap();
        let reading = since.elapsed();
        let row =
            rows.entry(format!("{} {}", read.reading.extractor, read.reading.status.word())).or_default();
        row.files += 1;
        row.bytes += bytes.len() as u64;
        row.reading += reading;
        row.slowest = row.slowest.max(reading);
        row.hashing += hashing;
    }
    println!(
        "{:<20} {:>6} {:>9} {:>9} {:>8} {:>11} {:>10}",
        "reader, status", "files", "files/s", "MB/s", "ms/file", "slowest ms", "SHA-256 ms"
    );
    for (what, row) in rows {
        let (seconds, files) = (row.reading.as_secs_f64(), f64::from(row.files));
        println!(
            "{what:<20} {:>6} {:>9.0} {:>9.1} {:>8.1} {:>11.1} {:>10.3}",
            row.files,
            files / seconds,
            row.bytes as f64 / 1e6 / seconds,
            seconds * 1e3 / files,
            row.slowest.as_secs_f64() * 1e3,
            row.hashing.as_secs_f64() * 1e3 / files,
        );
    }
}
