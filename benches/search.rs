//! Quality and speed of search on texts beside the project: `cargo bench --bench search`.
//!
//! Prints MRR@10 and recall for questions as asked and in the other script, the share of fragments whose complete set of
//! documents comes back (truth is brute force over folded text), the rate of indexing, times per question, and
//! what is still found where characters were misread. How it goes in a large archive `--bench scale` tells.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs
)]

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use juanzong::domain::id::EntryId;
use juanzong::extract::clean;
use juanzong::index::fold::folded;
use juanzong::index::query::Term;
use juanzong::index::{Asked, Document, Index, Sort, Want, Writer};
use serde_json::Value;

mod texts;

use texts::Texts;

fn main() {
    let Some(texts) = Texts::read() else { return };
    let (docs, data) = (&texts.docs, &texts.folder);
    let ids: HashMap<String, i64> =
        (1..).zip(docs).map(|(n, it)| (it["id"].as_str().unwrap().to_owned(), n)).collect();
    let bytes: usize = docs.iter().map(|it| it["text"].as_str().unwrap().len()).sum();
    let dir = tempfile::tempdir().unwrap();
    let index = built(&dir.path().join("index"), docs, bytes);
    fragments(&index, docs, data);
    questions(&index, &texts.queries, data, &ids);
    garbled(docs);
    misread(docs, data, &dir.path().join("misread"));
}

fn built(folder: &Path, docs: &[Value], bytes: usize) -> Arc<Index> {
    let began = Instant::now();
    let index = Arc::new(Index::create(folder, &[]).unwrap());
    let mut writer = Writer::open(Arc::clone(&index)).unwrap();
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

fn fragments(index: &Index, docs: &[Value], data: &Path) {
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
        let (mut reciprocal, mut in_10, mut in_100, mut times) = (0.0, 0.0, 0.0, Vec::new());
        for query in queries {
            let asked = Asked::typed(query[field].as_str().unwrap());
            let began = Instant::now();
            let found = index.search(&asked, (0, 100), Sort::Relevance).unwrap();
            times.push(began.elapsed());
            let wanted = &right[query["qid"].as_str().unwrap()];
            let found: Vec<bool> = found.hits.iter().map(|it| wanted.contains(&it.evidence.0)).collect();
            let share =
                |n: usize| found.iter().take(n).filter(|it| **it).count() as f64 / wanted.len() as f64;
            let rank = found.iter().take(10).position(|it| *it);
            reciprocal += rank.map_or(0.0, |it| 1.0 / (it as f64 + 1.0));
            in_10 += share(10);
            in_100 += share(100);
        }
        let n = queries.len() as f64;
        let [reciprocal, in_10, in_100] = [reciprocal, in_10, in_100].map(|it| it / n);
        println!("{field:<9} MRR@10 {reciprocal:.3}, recall@10 {in_10:.3}, recall@100 {in_100:.3}");
        print_times(field, &mut times);
    }
}

/// Three of a hundred characters are read wrong, as in what is recognised in pictures: how many of the documents that
/// hold a fragment of five to eight characters still come, as asked or near to it.
fn misread(docs: &[Value], data: &Path, folder: &Path) {
    const WRONG: f64 = 0.03;
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    let mut throw = move || {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice
    };
    let texts: Vec<Vec<char>> =
        docs.iter().map(|it| it["text"].as_str().unwrap().chars().collect()).collect();
    let any = |n: u64| {
        let text = &texts[n as usize % texts.len()];
        text[(n >> 32) as usize % text.len()]
    };
    let index = Arc::new(Index::create(folder, &[]).unwrap());
    let mut writer = Writer::open(Arc::clone(&index)).unwrap();
    for (n, text) in (1..).zip(&texts) {
        let read = |c: &char| if throw() as f64 / (u64::MAX as f64) < WRONG { any(throw()) } else { *c };
        let recognised = vec![text.iter().map(read).collect()];
        writer.apply(&[], &[Document { evidence: n, recognised, ..Document::default() }]).unwrap();
    }
    writer.commit(EntryId(1)).unwrap();
    writer.finish().unwrap();
    let folded_texts: Vec<String> = docs.iter().map(|it| folded(it["text"].as_str().unwrap())).collect();
    let fragments = std::fs::read_to_string(data.join("substrings.tsv")).unwrap();
    let (mut n_holding, mut n_asked, mut n_near) = (0, 0, 0);
    for fragment in fragments.lines().filter_map(|it| it.split('\t').next()) {
        let needle = folded(fragment);
        if !(5..=8).contains(&needle.chars().count()) {
            continue;
        }
        let holding: HashSet<i64> =
            (1..).zip(&folded_texts).filter(|(_, it)| it.contains(&needle)).map(|(n, _)| n).collect();
        let found = index
            .search(&Asked::typed(&format!("~\"{fragment}\"")), (0, docs.len()), Sort::Relevance)
            .unwrap();
        let strict = index
            .search(&Asked::typed(&format!("\"{fragment}\"")), (0, docs.len()), Sort::Relevance)
            .unwrap();
        n_holding += holding.len();
        n_asked += strict.hits.iter().filter(|it| holding.contains(&it.evidence.0)).count();
        n_near += found.hits.iter().filter(|it| holding.contains(&it.evidence.0)).count();
    }
    let share = |n: usize| 100.0 * n as f64 / n_holding as f64;
    println!(
        "3 % of characters misread: {:.1} % found as typed, {:.1} % with one character wrong",
        share(n_asked),
        share(n_near)
    );
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
