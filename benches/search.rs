//! Quality and speed of search on texts beside the project: `cargo bench --bench search`.
//!
//! Prints MRR@10 for questions as asked and in the other script, the share of fragments whose complete set of
//! documents comes back (truth is brute force over folded text), the rate of indexing, and times per question; then
//! the same texts, varied and mixed into 100,000 documents (`-- DOCUMENTS`), twenty of 1 MB, and the times of whole
//! answers from an archive of them: hits with their stretches of text, facets, filters.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs
)]

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use juanzong::archive::Processing;
use juanzong::archive::processing::TEXT;
use juanzong::domain::actor::Scope;
use juanzong::domain::id::{Digest, EntryId};
use juanzong::extract::clean;
use juanzong::index::fold::folded;
use juanzong::index::query::Term;
use juanzong::index::{Asked, Document, Index, Sort, Want};
use juanzong::search::{Question, search};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

mod city;

use city::Since;

fn main() {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/search");
    let data = std::env::var_os("JUANZONG_DATA").map_or(beside, PathBuf::from);
    if !data.join("docs.jsonl").is_file() {
        println!("NOT RUN: the texts are not at {}; name their folder in JUANZONG_DATA.", data.display());
        return;
    }
    let rows = |name: &str| -> Vec<Value> {
        let text = std::fs::read_to_string(data.join(name)).unwrap();
        text.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
    };
    let docs = rows("docs.jsonl");
    let ids: HashMap<String, i64> =
        (1..).zip(&docs).map(|(n, it)| (it["id"].as_str().unwrap().to_owned(), n)).collect();
    let bytes: usize = docs.iter().map(|it| it["text"].as_str().unwrap().len()).sum();
    let dir = tempfile::tempdir().unwrap();
    let index = built(&dir.path().join("index"), &docs, bytes);
    fragments(&index, &docs, &data, &ids);
    let queries = rows("queries.jsonl");
    questions(&index, &queries, &data, &ids);
    garbled(&docs);
    drop(index);
    let n_documents = std::env::args().find_map(|it| it.parse().ok()).unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(at_scale(&docs, &queries, n_documents));
}

fn built(folder: &Path, docs: &[Value], bytes: usize) -> Index {
    let began = Instant::now();
    let index = Index::create(folder, &[]).unwrap();
    let mut writer = index.writer().unwrap();
    for (n, stretch) in (0..).zip(docs.chunks(500)) {
        let document = |(k, it): (i64, &Value)| Document {
            evidence: n * 500 + k,
            kind: "document".into(),
            titles: vec![it["title"].as_str().unwrap_or_default().to_owned()],
            texts: vec![it["text"].as_str().unwrap().to_owned()],
            ..Document::default()
        };
        let coming: Vec<Document> = (1..).zip(stretch).map(document).collect();
        writer.apply(&[], &coming).unwrap();
    }
    writer.commit(EntryId(1)).unwrap();
    writer.finish().unwrap();
    let seconds = began.elapsed().as_secs_f64();
    let size: u64 = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(|it| it.ok()?.metadata().ok())
        .map(|it| it.len())
        .sum();
    let megabytes = bytes as f64 / 1e6;
    println!("documents            {:>10}", docs.len());
    println!("text                 {megabytes:>10.1} MB");
    println!("indexing             {:>10.2} MB/s", megabytes / seconds);
    println!("index : text         {:>10.2}", size as f64 / bytes as f64);
    index
}

fn fragments(index: &Index, docs: &[Value], data: &Path, _ids: &HashMap<String, i64>) {
    let texts: Vec<String> = docs
        .iter()
        .map(|it| {
            format!(
                "{}\u{1}{}",
                folded(it["title"].as_str().unwrap_or_default()),
                folded(it["text"].as_str().unwrap())
            )
        })
        .collect();
    let fragments = std::fs::read_to_string(data.join("substrings.tsv")).unwrap();
    let (mut n_all, mut n_complete, mut times) = (0, 0, Vec::new());
    for line in fragments.lines() {
        let fragment = line.split('\t').next().unwrap();
        let needle = folded(fragment);
        if needle.is_empty() {
            continue;
        }
        let truth: HashSet<i64> =
            (1..).zip(&texts).filter(|(_, it)| it.contains(&needle)).map(|(n, _)| n).collect();
        let term = Term { text: fragment.to_owned(), exact: true, ..Term::default() };
        let asked = Asked { want: Want::Text(term), scope: None };
        let began = Instant::now();
        let found = index.search(&asked, (0, docs.len()), Sort::Relevance).unwrap();
        times.push(began.elapsed());
        let found: HashSet<i64> = found.hits.iter().map(|it| it.evidence.0).collect();
        n_all += 1;
        n_complete += usize::from(found == truth);
    }
    println!(
        "fragments complete   {n_complete:>10} of {n_all} ({:.2} %)",
        100.0 * f64::from(n_complete as u32) / f64::from(n_all)
    );
    print_times("fragments, all hits", &mut times);
}

fn questions(index: &Index, queries: &[Value], data: &Path, ids: &HashMap<String, i64>) {
    let qrels = std::fs::read_to_string(data.join("qrels.tsv")).unwrap();
    let mut right: HashMap<&str, HashSet<i64>> = HashMap::new();
    for line in qrels.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        right.entry(cells[0]).or_default().insert(ids[cells[1]]);
    }
    for field in ["q", "q_alt"] {
        let (mut sum, mut times) = (0.0, Vec::new());
        for query in queries {
            let asked = Asked::typed(query[field].as_str().unwrap());
            let began = Instant::now();
            let found = index.search(&asked, (0, 10), Sort::Relevance).unwrap();
            times.push(began.elapsed());
            let wanted = &right[query["qid"].as_str().unwrap()];
            let rank = found.hits.iter().position(|it| wanted.contains(&it.evidence.0));
            sum += rank.map_or(0.0, |it| 1.0 / (it as f64 + 1.0));
        }
        println!("MRR@10 {field:<13} {:>10.3}", sum / queries.len() as f64);
        print_times(field, &mut times);
    }
}

fn garbled(docs: &[Value]) {
    let n = docs.iter().filter(|it| !clean::garbled(it["text"].as_str().unwrap()).is_empty()).count();
    println!(
        "clean texts called garbled {n:>4} of {} ({:.2} %)",
        docs.len(),
        100.0 * n as f64 / docs.len() as f64
    );
}

fn print_times(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("  {what:<22} p50 {:.2} ms, p99 {:.2} ms", at(0.5), at(0.99));
}

/// What the slowest of a hundred answers may take.
const GOAL_MS: f64 = 10.0;

/// Documents of 1 MB.
const LARGE: usize = 20;

async fn at_scale(docs: &[Value], queries: &[Value], n_documents: usize) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let archive = city::found(&folder.path().join("archive")).await;
    let mut bytes = 0;
    let pieces = (0..n_documents).map(|n| {
        let (title, text) = varied(docs, n, n_documents);
        let blob = Digest::new(Sha256::digest(format!("{n} {text}")).into());
        archive.store().put_derived(&blob, TEXT, text.as_bytes()).unwrap();
        bytes += text.len();
        (city::piece(n, &title, blob), city::reading(n))
    });
    let since = Instant::now();
    city::fill(&archive, pieces).await;
    println!("\nan archive of {n_documents} documents, {:.0} MB of text", bytes as f64 / 1e6);
    println!("  recorded in {:.0} s", since.elapsed().as_secs_f64());
    let since = Instant::now();
    Processing::lock(&archive).unwrap().unwrap().index_all(|_, _| ()).await.unwrap();
    println!("  indexed in {:.0} s", since.elapsed().as_secs_f64());

    let since = Since::now();
    let first = Question { typed: "志愿服务".into(), limit: 20, ..Question::default() };
    search(&archive, &Scope::All, &first).await.unwrap();
    city::print_times("the first, all cold", &[since.took()], &[("", 0.0)]);
    let mut all = Vec::new();
    for (what, asked) in mixed(docs, queries) {
        let mut times = Vec::new();
        let (mut n_hits, mut n_marked) = (0, 0);
        for typed in asked {
            let question = Question { typed, limit: 20, ..Question::default() };
            let since = Since::now();
            let answer = search(&archive, &Scope::All, &question).await.unwrap();
            times.push(since.took());
            n_hits += answer.hits.len();
            n_marked += answer.hits.iter().filter(|it| !it.snippet.marks.is_empty()).count();
        }
        city::print_times(what, &times, &[("p50", 0.5), ("p99", 0.99)]);
        println!("  {:<26} {n_marked} of {n_hits} hits marked, in {} questions", "", times.len());
        all.extend(times);
    }
    let slowest = city::print_times("all", &all, &[("p50", 0.5), ("p99", 0.99)]);
    println!("  {} (goal p99 {GOAL_MS} ms)", if slowest <= GOAL_MS { "met" } else { "MISSED" });
    println!("  peak memory {:?} MB, recording and indexing included", city::peak("self"));
}

/// Document `n`: the first half of one text and the second of another, or many texts together.
fn varied(docs: &[Value], n: usize, n_documents: usize) -> (String, String) {
    let text = |n: usize| docs[n % docs.len()]["text"].as_str().unwrap();
    let title = docs[n % docs.len()]["title"].as_str().unwrap_or_default();
    if n % (n_documents / LARGE).max(1) == 7 {
        let mut all = String::new();
        for k in n.. {
            if all.len() > 1 << 20 {
                break;
            }
            all.push_str(text(k * 31));
            all.push('\n');
        }
        return (format!("汇编 {title}"), all);
    }
    let half = |it: &str| it.floor_char_boundary(it.len() / 2);
    let (one, other) = (text(n), text(n * 13 + n / docs.len()));
    (title.to_owned(), format!("{}\n{}", &one[..half(one)], &other[half(other)..]))
}

/// What is asked: a character, two, two words, a question, a narrowed word; each in both scripts.
fn mixed(docs: &[Value], queries: &[Value]) -> Vec<(&'static str, Vec<String>)> {
    let few = |field: &str, n: usize| -> Vec<String> {
        let step = queries.len() / 200;
        let asked = queries.iter().step_by(step).take(200).map(|it| it[field].as_str().unwrap().chars());
        asked.map(|it| it.filter(|c| c.is_alphanumeric()).skip(2).take(n).collect()).collect()
    };
    let both = |make: &dyn Fn(&str) -> Vec<String>| [make("q"), make("q_alt")].concat();
    let two = |field: &str| -> Vec<String> {
        let (a, b) = (few(field, 2), few(field, 7));
        let later = b.iter().map(|it| it.chars().skip(4).take(2).collect::<String>());
        a.iter().zip(later).map(|(a, b)| format!("{a} {b}")).collect()
    };
    let narrowed = |field: &str| -> Vec<String> {
        let filters = ["状态:已通过", "指标:2.1", "单位:市财政局", "类型:照片", "日期:2016-08..2016-10"];
        few(field, 2)
            .iter()
            .zip(filters.iter().cycle())
            .map(|(it, filter)| format!("{it} {filter}"))
            .collect()
    };
    let large = (0..20).map(|n| docs[n * 31]["text"].as_str().unwrap().chars().skip(n).take(4).collect());
    vec![
        ("one character", both(&|it| few(it, 1))),
        ("two characters", both(&|it| few(it, 2))),
        ("two words", both(&two)),
        ("long question", both(&|it| few(it, 200))),
        ("narrowed", both(&narrowed)),
        ("fragment of the large", large.collect()),
    ]
}
