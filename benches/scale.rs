//! Search in an archive of a province's size: `cargo bench --bench scale [-- DOCUMENTS] [--keep FOLDER]`.
//!
//! Texts beside the project, varied and mixed into 1,000,000 documents, twenty of 1 MB, are filed and indexed. Then
//! whole answers (hits with their stretches of text, facets, filters) are timed by class of question: alone, cold and
//! warm, and by eight who ask together while new pieces come in, of which it is told after how long they are found.
//! `--keep` leaves the archive in a folder, and takes one that is there already.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use juanzong::archive::processing::TEXT;
use juanzong::archive::{Archive, Processing};
use juanzong::cage::Keeper;
use juanzong::domain::actor::Scope;
use juanzong::domain::id::Digest;
use juanzong::ledger::event::Event;
use juanzong::search::{Question, search};
use sha2::{Digest as _, Sha256};

mod city;

mod texts;

use city::{Since, Took};
use texts::Texts;

/// What the slowest of a hundred answers to two words may take, warm.
const GOAL_MS: f64 = 10.0;

/// After how long a piece that was filed must be found.
const FRESH: Duration = Duration::from_secs(2);

const ASKERS: usize = 8;

const HALVES: &[(&str, f64)] = &[("p50", 0.5), ("p99", 0.99)];

fn main() {
    let Some(texts) = Texts::read() else { return };
    let arguments: Vec<String> = std::env::args().collect();
    let n_documents = arguments.iter().find_map(|it| it.parse().ok()).unwrap_or(1_000_000);
    let kept = arguments.iter().skip_while(|it| *it != "--keep").nth(1).map(PathBuf::from);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let root = kept.unwrap_or_else(|| folder.path().to_owned()).join("archive");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let texts = Arc::new(texts);
    runtime.block_on(async {
        if !root.is_dir() {
            make(&root, &texts, n_documents).await;
        }
        let since = Since::now();
        let archive = opened(&root).await;
        city::print_times("opened, ledger folded", &[since.took()], &[("", 0.0)]);
        let since = Since::now();
        Processing::lock(&archive).unwrap().unwrap().index_all(|_, _| ()).await.unwrap();
        city::print_times("index brought up", &[since.took()], &[("", 0.0)]);
        archive.ledger().close().await;
        drop(archive);
        forget(&root);
        let archive = opened(&root).await;
        println!("cold, ten questions of each class after another");
        for (what, asked) in texts.classes() {
            let some: Vec<String> = asked.iter().step_by(asked.len() / 10).cloned().collect();
            let times = ask(&archive, &some).await.0;
            city::print_times(what, &times, &[("p50", 0.5), ("worst", 1.0)]);
        }
        alone(&archive, &texts).await;
        together(&archive, &texts).await;
        println!("  peak memory {:?} MB, recording and indexing included where done", city::peak("self"));
        archive.ledger().close().await;
    });
}

async fn make(root: &Path, texts: &Texts, n_documents: usize) {
    let archive = city::found(root).await;
    let mut bytes = 0;
    let pieces = (0..n_documents).map(|n| {
        let (title, text) = texts.varied(n, n_documents);
        bytes += text.len();
        (city::piece(n, &title, kept(&archive, n, &text)), city::reading(n))
    });
    let since = Since::now();
    city::fill(&archive, pieces).await;
    println!("an archive of {n_documents} documents, {:.0} MB of text", bytes as f64 / 1e6);
    city::print_times("recorded", &[since.took()], &[("", 0.0)]);
    let since = Since::now();
    Processing::lock(&archive).unwrap().unwrap().index_all(|_, _| ()).await.unwrap();
    city::print_times("indexed", &[since.took()], &[("", 0.0)]);
    let size: u64 = walkdir::WalkDir::new(root.join("index"))
        .into_iter()
        .filter_map(|it| it.ok()?.metadata().ok())
        .map(|it| it.len())
        .sum();
    println!("  index : text {:.2}", size as f64 / bytes as f64);
    archive.ledger().close().await;
}

/// Keeps a text as that of the bytes it stands for.
fn kept(archive: &Archive, n: usize, text: &str) -> Digest {
    let blob = Digest::new(Sha256::digest(format!("{n} {text}")).into());
    archive.store().put_derived(&blob, TEXT, text.as_bytes()).unwrap();
    blob
}

/// Opens the archive, with the state of its ledger.
async fn opened(root: &Path) -> Arc<Archive> {
    let archive = Archive::open(root, Keeper::of("none")).await.unwrap();
    archive.fold().await.unwrap();
    archive
}

/// Lets the system forget what it holds of the files of index and texts.
fn forget(root: &Path) {
    for entry in walkdir::WalkDir::new(root).into_iter().filter_map(Result::ok) {
        if entry.file_type().is_file() {
            let file = std::fs::File::open(entry.path()).unwrap();
            rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed).unwrap();
        }
    }
}

/// Asks one question after another; returns the times, and of how many hits how many have a mark.
async fn ask(archive: &Arc<Archive>, asked: &[String]) -> (Vec<Took>, usize, usize) {
    let (mut times, mut n_hits, mut n_marked) = (Vec::new(), 0, 0);
    for typed in asked {
        let question = Question { typed: typed.clone(), limit: 20, ..Question::default() };
        let since = Since::now();
        let answer = search(archive, &Scope::All, &question).await.unwrap();
        times.push(since.took());
        n_hits += answer.hits.len();
        n_marked += answer.hits.iter().filter(|it| !it.snippet.marks.is_empty()).count();
    }
    (times, n_hits, n_marked)
}

async fn alone(archive: &Arc<Archive>, texts: &Texts) {
    println!("warm, alone");
    let mut all = Vec::new();
    for (what, asked) in texts.classes() {
        ask(archive, &asked).await;
        let (times, n_hits, n_marked) = ask(archive, &asked).await;
        let slowest = city::print_times(what, &times, HALVES);
        let longest = times.iter().zip(&asked).max_by_key(|it| it.0.wall).map_or("", |it| it.1.as_str());
        let shown: String = longest.chars().take(20).collect();
        let n_asked = times.len();
        println!("  {:<26} {n_marked} of {n_hits} hits marked, in {n_asked}; slowest {shown}", "");
        if what == "two words" {
            println!("  {:<26} {} (goal p99 {GOAL_MS} ms)", "", said(slowest <= GOAL_MS));
        }
        all.extend(times);
    }
    city::print_times("all", &all, HALVES);
}

fn said(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

/// Eight who ask without a pause, while a piece is filed four times a second.
async fn together(archive: &Arc<Archive>, texts: &Arc<Texts>) {
    println!("warm, {ASKERS} asking together while pieces come in");
    let stop = Arc::new(AtomicBool::new(false));
    let askers: Vec<_> = (0..ASKERS)
        .map(|n| {
            let (archive, texts, stop) = (Arc::clone(archive), Arc::clone(texts), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut times: Vec<(&'static str, Took)> = Vec::new();
                let classes = texts.classes();
                for k in n.. {
                    let (what, asked) = &classes[k % classes.len()];
                    let one = std::slice::from_ref(&asked[k / classes.len() % asked.len()]);
                    times.push((what, ask(&archive, one).await.0[0]));
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                }
                times
            })
        })
        .collect();
    let mut fresh = Vec::new();
    let processing = Processing::lock(archive).unwrap().unwrap();
    // One that was kept holds those of earlier runs.
    let first = archive.fold().await.unwrap().evidence.len();
    for n in first..first + 40 {
        fresh.push(found_after(&processing, n).await);
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    stop.store(true, Ordering::Relaxed);
    let mut all = Vec::new();
    for asker in askers {
        all.extend(asker.await.unwrap());
    }
    for (what, _) in texts.classes() {
        let times: Vec<Took> = all.iter().filter(|it| it.0 == what).map(|it| it.1).collect();
        city::print_times(what, &times, HALVES);
    }
    fresh.sort_unstable();
    let at = |share: f64| fresh[((fresh.len() - 1) as f64 * share) as usize];
    let [half, slowest, worst] = [0.5, 0.99, 1.0].map(|it| at(it).as_secs_f64() * 1e3);
    println!("  filed to found             p50 {half:.0} ms, p99 {slowest:.0} ms, worst {worst:.0} ms");
    println!("  {:<26} {} (goal p99 {} s)", "", said(at(0.99) <= FRESH), FRESH.as_secs());
}

/// Files a piece and returns after how long it is found.
async fn found_after(processing: &Processing, n: usize) -> Duration {
    let archive = processing.archive();
    let word = format!("新近{n}号");
    let blob = kept(archive, n, &format!("{word}材料"));
    let piece = city::piece(n, &word, blob);
    let events = vec![
        Event::Filed { evidence: Box::new(piece) },
        Event::Read { blob, reading: Box::new(city::reading(n)) },
    ];
    city::tell(archive, events).await;
    let since = Instant::now();
    processing.index_new(|_, _| ()).await.unwrap();
    let question = Question { typed: format!("\"{word}\""), limit: 1, ..Question::default() };
    let answer = search(archive, &Scope::All, &question).await.unwrap();
    assert_eq!(answer.total, 1, "{word} is not found");
    since.elapsed()
}
