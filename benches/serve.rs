//! How long the server takes from its start to its first answers: `cargo bench --bench serve [-- PIECES]`.
//!
//! An archive of a city (60,000 pieces where nothing is said) is made and indexed; then the real binary is started on it
//! several times, and asked for a sign of life, the matrix cold and warm, a unit, a search. Peak memory is that of the
//! server.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use juanzong::archive::Processing;

mod city;

const ROUNDS: usize = 5;

fn main() {
    let n_pieces = std::env::args().find_map(|it| it.parse().ok()).unwrap_or(60_000);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let root = folder.path().join("archive");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(fill(&root, n_pieces));
    drop(runtime);
    let mut times: Vec<(&str, Vec<Duration>)> = Vec::new();
    let mut peak = None;
    for _ in 0..ROUNDS {
        let since = Instant::now();
        let (mut child, address) = start(&root);
        note(&mut times, "start to /healthz", since, &get(&address, "/healthz"));
        let since = Instant::now();
        note(&mut times, "matrix, cold", since, &get(&address, "/s/2017"));
        for (what, path) in [
            ("matrix, warm", "/s/2017"),
            ("a unit", "/s/2017/units/u1"),
            ("all indicators", "/s/2017/indicators"),
            ("a search, cold", "/search?q=%E5%BF%97%E6%84%BF%E6%9C%8D%E5%8A%A1"),
            ("a search, warm", "/search?q=%E9%9B%B7%E9%94%8B%20%E6%B4%BB%E5%8A%A8"),
        ] {
            let since = Instant::now();
            note(&mut times, what, since, &get(&address, path));
        }
        peak = peak.max(city::peak(&child.id().to_string()));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    println!("{n_pieces} pieces, {ROUNDS} starts");
    for (what, times) in &mut times {
        times.sort_unstable();
        let ms = |n: usize| times[n].as_secs_f64() * 1e3;
        println!("  {what:<20} median {:8.1} ms   worst {:8.1} ms", ms(times.len() / 2), ms(times.len() - 1));
    }
    println!("  peak memory of the server {peak:?} MB");
}

async fn fill(root: &Path, n_pieces: usize) {
    let archive = city::found(root).await;
    let title = |n: usize| format!("学雷锋志愿服务活动第{n}次");
    let pieces = (0..n_pieces).map(|n| (city::piece(n, &title(n), city::blob(n)), city::reading(n)));
    city::fill(&archive, pieces).await;
    Processing::lock(&archive).unwrap().unwrap().index_all(|_, _| ()).await.unwrap();
    archive.ledger().close().await;
}

fn start(root: &Path) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_juanzong"))
        .args(["--json", "--archive"])
        .arg(root)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told: serde_json::Value = serde_json::from_str(&line).unwrap();
    let url = told["listening"].as_str().unwrap();
    (child, url.trim_start_matches("http://").trim_end_matches('/').to_owned())
}

fn get(address: &str, path: &str) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    write!(socket, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn note(times: &mut Vec<(&'static str, Vec<Duration>)>, what: &'static str, since: Instant, answer: &str) {
    let took = since.elapsed();
    assert!(answer.starts_with("HTTP/1.1 200"), "{what}: {}", answer.lines().next().unwrap_or_default());
    match times.iter_mut().find(|it| it.0 == what) {
        Some(known) => known.1.push(took),
        None => times.push((what, vec![took])),
    }
}
