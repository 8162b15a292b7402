//! How long the matrix of a city takes, cold and warm: `cargo bench --bench matrix [-- PIECES]`.
//!
//! 2,500 duties and 60,000 pieces where nothing is said. Warm means that the state is kept from one question to the
//! next; the cases differ in whether an entry was appended since, and whether another request still holds the state.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use juanzong::archive::Archive;
use juanzong::cage::Keeper;
use juanzong::completeness::{self, Matrix};
use juanzong::domain::actor::Scope;
use juanzong::domain::evidence::Standing;
use juanzong::domain::id::{EvidenceId, IndicatorPath};
use juanzong::ledger::event::Event;
use juanzong::ledger::fold::Fold;

mod city;

/// How long it takes to find what leans on a batch that came, before it is indexed.
fn leaning(fold: &Fold) {
    for n in [1, 256] {
        let touched = fold.evidence.keys().rev().take(n).copied().collect();
        let mut took = Vec::new();
        for _ in 0..15 {
            let since = Instant::now();
            std::hint::black_box(juanzong::findings::leaning(fold, &touched, |_, _| false));
            took.push(since.elapsed());
        }
        row(&format!("what leans on a batch of {n}"), &took);
    }
}

/// What a warm matrix may take.
const GOAL_MS: f64 = 50.0;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let n_pieces = std::env::args().find_map(|it| it.parse().ok()).unwrap_or(60_000);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let root = folder.path().join("archive");
    let since = Instant::now();
    let archive = city::found(&root).await;
    let pieces = (0..n_pieces).map(|n| {
        let number = |n: usize| Some(format!("示创〔2017〕{n}号")).filter(|_| n.is_multiple_of(5));
        let (mut piece, mut reading) =
            (city::piece(n, "学雷锋志愿服务活动", city::blob(n)), city::reading(n));
        reading.facts.document_number = number(n);
        // Another piece bears the number of this one, and a person said so.
        piece.document_number = number(n + 1);
        (piece, reading)
    });
    city::fill(&archive, pieces).await;
    println!("{n_pieces} pieces recorded in {:.1} s", since.elapsed().as_secs_f64());
    archive.ledger().close().await;
    drop(archive);

    let before = city::peak("self");
    let since = Instant::now();
    let archive = Archive::open(&root, Keeper::of("none")).await.unwrap();
    let fold = archive.fold().await.unwrap();
    row("cold: read the state", &[since.elapsed()]);
    let (n_duties, _) = matrix(&fold);
    row("cold: all, to the matrix", &[since.elapsed()]);
    println!("  {n_duties} duties; peak memory {before:?} MB before, {:?} MB after", city::peak("self"));

    leaning(&fold);

    let mut parts: [Vec<Duration>; 2] = Default::default();
    for _ in 0..15 {
        let since = Instant::now();
        let all = assess(&fold);
        parts[0].push(since.elapsed());
        let since = Instant::now();
        all.matrix(2, None);
        parts[1].push(since.elapsed());
    }
    row("of it, to assess", &parts[0]);
    row("of it, to sum", &parts[1]);
    warm(&archive, "warm", (false, false)).await;
    drop(fold);
    warm(&archive, "warm, one entry since", (true, false)).await;
    warm(&archive, "warm, entry since, shared", (true, true)).await;
    println!("peak memory {:?} MB (recording included)", city::peak("self"));
}

/// Asks again and again, an entry appended before each question, the state of the last one still held by another.
async fn warm(archive: &Arc<Archive>, what: &str, (appended, shared): (bool, bool)) {
    let mut times = Vec::new();
    for n in 0..15 {
        let first = *archive.fold().await.unwrap().evidence.keys().nth(n * 7).unwrap();
        if appended {
            judge(archive, first, n % 2 == 0).await;
        }
        let held = if shared { Some(archive.fold().await.unwrap()) } else { None };
        if shared {
            judge(archive, first, n % 2 == 1).await;
        }
        let since = Instant::now();
        let fold = archive.fold().await.unwrap();
        let (_, matrix) = matrix(&fold);
        times.push(since.elapsed());
        assert!(!matrix.rows.is_empty());
        drop(held);
    }
    let median = row(what, &times);
    println!("  {} (goal {GOAL_MS} ms)", if median <= GOAL_MS { "met" } else { "MISSED" });
}

async fn judge(archive: &Archive, evidence: EvidenceId, accept: bool) {
    let fold = archive.fold().await.unwrap();
    let claim = &fold.evidence[&evidence].claims[0];
    let (scheme, indicator): (_, IndicatorPath) = (claim.scheme.clone(), claim.indicator.clone());
    drop(fold);
    let standing = if accept { Standing::Accepted } else { Standing::Pending };
    let touches = juanzong::ledger::Touches::evidence([evidence]);
    let event = Event::Judged { evidence, scheme, indicator, standing };
    archive.ledger().act(city::now(), "clerk", touches, |desk| desk.record(event)).await.unwrap();
}

fn assess(fold: &Fold) -> completeness::Completeness {
    completeness::assess(fold, &city::scheme_id(), &Scope::All, fold.today(city::now())).unwrap()
}

fn matrix(fold: &Fold) -> (usize, Matrix) {
    let all = assess(fold);
    (all.duties.len(), all.matrix(2, None))
}

/// Prints the median and the worst of some times. Returns the median in milliseconds.
fn row(what: &str, times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    let [median, worst] = [times.len() / 2, times.len() - 1].map(|n| times[n].as_secs_f64() * 1e3);
    println!("  {what:<28}{median:>10.1} ms median{worst:>10.1} ms worst");
    median
}
