//! How much each weight of ranking brings: `cargo bench --bench boosts`.
//!
//! The pieces of the demo stand among the texts beside the project in one index. Six judged sets are asked:
//!
//! - *proof*: short words for standards (2–6 characters); right are the pieces filed for those standards, wherever the
//!   words stand, or whether they do;
//! - *answer*: the one or two rarest words of a question over a text (2–6 characters); right is the text it was asked of;
//! - *question*: the questions as they are;
//! - *statute*: the matter a statute names itself after; right are the texts of the statutes so named. Titles decide here
//!   by the way the set is made, so no weight is chosen by it alone;
//! - *recalled*: two words out of a demo piece's title, as somebody recalls it; right are the pieces of that title;
//! - *number*: the number of a demo document in another spelling; right are the pieces that bear it, not those that cite it.
//!
//! Printed are nDCG@10 (MRR@10 where one text is right) with the weights as they are, and with each of them at nothing,
//! half and double.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, missing_docs)]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::process::Command;
use std::sync::Arc;

use juanzong::archive::Archive;
use juanzong::cage::Keeper;
use juanzong::domain::id::EntryId;
use juanzong::index::analyzer::Analyzer;
use juanzong::index::{Asked, Document, Index, Sort, Weights, Writer};

mod texts;

use texts::Texts;

/// Words for standards of the demo, by their paths.
const PROOF: &[(&str, &[&str])] = &[
    ("学雷锋", &["1.1.1"]),
    ("雷锋活动", &["1.1.1"]),
    ("注册志愿者", &["1.1.1"]),
    ("空巢老人", &["1.1.2"]),
    ("关爱老人", &["1.1.2"]),
    ("重阳节", &["1.1.2", "1.3.1"]),
    ("医院志愿", &["1.1.3"]),
    ("导诊", &["1.1.3"]),
    ("义诊", &["1.1.3"]),
    ("道德讲堂", &["1.2.1"]),
    ("讲堂", &["1.2.1"]),
    ("身边好人", &["1.2.2"]),
    ("道德模范", &["1.2.2"]),
    ("诚信", &["1.2.3"]),
    ("红黑榜", &["1.2.3"]),
    ("端午", &["1.3.1"]),
    ("清明节", &["1.3.1"]),
    ("传统节日", &["1.3.1"]),
    ("未成年人", &["1.3.2"]),
    ("经典诵读", &["1.3.2"]),
    ("联席会议", &["1.3.2"]),
    ("街巷", &["2.1.1"]),
    ("市容整治", &["2.1.1"]),
    ("垃圾分类", &["2.1.2"]),
    ("收运台账", &["2.1.2"]),
    ("六个一", &["2.2.1"]),
    ("社区环境", &["2.2.1"]),
    ("老旧小区", &["2.2.2"]),
    ("改造", &["2.2.2"]),
    ("禁烟", &["2.3.1"]),
    ("控烟", &["2.3.1"]),
    ("文明餐桌", &["2.3.2"]),
    ("光盘行动", &["2.3.2"]),
    ("文明交通", &["3.1.1"]),
    ("交通违法", &["3.1.1"]),
    ("劝导", &["3.1.1"]),
    ("公交", &["3.1.2"]),
    ("窗口", &["3.2.1"]),
    ("窗口服务", &["3.2.1"]),
    ("督查通报", &["3.2.1"]),
    ("投诉", &["3.2.2"]),
    ("外来人员", &["3.2.3"]),
    ("公益广告", &["4.1.1", "4.1.2", "4.1.3"]),
    ("户外广告", &["4.1.3"]),
    ("播出单", &["4.1.2"]),
    ("专栏", &["4.2.1"]),
    ("网络文明", &["4.2.2"]),
    ("安全事故", &["5.1.1"]),
    ("食品药品", &["5.1.2"]),
];

/// What one set asks, and which documents are right.
struct Judged {
    name: &'static str,
    asked: Vec<(String, HashSet<i64>)>,
}

fn main() {
    let Some(texts) = Texts::read() else { return };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (mut documents, claims) = runtime.block_on(demo(folder.path()));
    let n_pieces = documents.len();
    let others = (1..).zip(&texts.docs).map(|(n, it)| Document {
        evidence: OTHERS + n,
        kind: "document".into(),
        titles: vec![it["title"].as_str().unwrap_or_default().to_owned()],
        texts: vec![it["text"].as_str().unwrap().to_owned()],
        ..Document::default()
    });
    let sets = vec![
        proof(&claims),
        answers(&texts),
        questions(&texts),
        statutes(&texts),
        recalled(&documents),
        numbers(&documents),
    ];
    documents.extend(others);
    let index = Arc::new(Index::create(&folder.path().join("index"), &[]).unwrap());
    let mut writer = Writer::open(Arc::clone(&index)).unwrap();
    for some in documents.chunks(1000) {
        writer.apply(&[], some).unwrap();
    }
    writer.commit(EntryId(1)).unwrap();
    writer.finish().unwrap();
    println!("{n_pieces} pieces of the demo among {} texts", texts.docs.len());
    let heads: Vec<String> = sets.iter().map(|it| format!("{:>10} {:<5}", it.name, it.asked.len())).collect();
    println!("{:<20}{}", "", heads.join(""));
    let normal = Weights::default();
    let usual = scores(&index, &sets, normal);
    print_row("as they are", &usual, None);
    for (name, weight) in WEIGHTS {
        for (times, word) in [(0.0, "without"), (0.5, "half"), (2.0, "double")] {
            let mut weights = normal;
            *weight(&mut weights) *= times;
            print_row(&format!("{word} {name}"), &scores(&index, &sets, weights), Some(&usual));
        }
    }
}

/// The number from which the texts beside the project are counted.
const OTHERS: i64 = 1_000_000;

type Weight = fn(&mut Weights) -> &mut f32;

const WEIGHTS: [(&str, Weight); 7] = [
    ("bigrams", |it| &mut it.bigrams),
    ("head", |it| &mut it.head),
    ("title", |it| &mut it.title),
    ("caption", |it| &mut it.caption),
    ("number", |it| &mut it.number),
    ("whole", |it| &mut it.whole),
    ("common", |it| &mut it.common),
];

fn print_row(name: &str, scores: &[f64], usual: Option<&[f64]>) {
    print!("{name:<20}");
    for (n, score) in scores.iter().enumerate() {
        match usual {
            None => print!("{score:>10.3}      "),
            Some(usual) => print!("{score:>10.3}{:>+6.3}", score - usual[n]),
        }
    }
    println!();
}

fn scores(index: &Index, sets: &[Judged], weights: Weights) -> Vec<f64> {
    let score = |set: &Judged| {
        let of = |(asked, right): &(String, HashSet<i64>)| {
            let found = index.weighed(&Asked::typed(asked), (0, 10), Sort::Relevance, weights).unwrap();
            let gain = |n: usize| 1.0 / (n as f64 + 2.0).log2();
            let hits = found.hits.iter().enumerate().filter(|(_, it)| right.contains(&it.evidence.0));
            let ideal: f64 = (0..right.len().min(10)).map(gain).sum();
            match right.len() {
                1 => hits.map(|(n, _)| 1.0 / (n as f64 + 1.0)).next().unwrap_or(0.0),
                _ => hits.map(|(n, _)| gain(n)).sum::<f64>() / ideal,
            }
        };
        set.asked.iter().map(of).sum::<f64>() / set.asked.len() as f64
    };
    sets.iter().map(score).collect()
}

/// The demo's pieces as indexed, and for each standard those filed for it.
async fn demo(folder: &std::path::Path) -> (Vec<Document>, BTreeMap<String, HashSet<i64>>) {
    let root = folder.join("demo");
    let made = Command::new(env!("CARGO_BIN_EXE_juanzong"))
        .args(["--json", "demo", "--no-serve", "--keep"])
        .arg(&root)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let archive = Archive::open(&root, Keeper::of(env!("CARGO_BIN_EXE_juanzong"))).await.unwrap();
    let fold = archive.fold().await.unwrap();
    let mut claims: BTreeMap<String, HashSet<i64>> = BTreeMap::new();
    let mut documents = Vec::new();
    for evidence in fold.evidence.values() {
        documents.push(archive.document(&fold, evidence).unwrap());
        for claim in &evidence.claims {
            claims.entry(claim.indicator.to_string()).or_default().insert(evidence.id.0);
        }
    }
    (documents, claims)
}

fn proof(claims: &BTreeMap<String, HashSet<i64>>) -> Judged {
    let right = |paths: &[&str]| paths.iter().flat_map(|it| claims.get(*it)).flatten().copied().collect();
    let asked = PROOF.iter().map(|(word, paths)| ((*word).to_owned(), right(paths)));
    Judged { name: "proof", asked: asked.filter(|it: &(String, HashSet<i64>)| !it.1.is_empty()).collect() }
}

fn answers(texts: &Texts) -> Judged {
    let analyzer = Analyzer::new(&[]);
    let mut n_holding: HashMap<String, usize> = HashMap::new();
    let words: Vec<HashSet<String>> = texts
        .docs
        .iter()
        .map(|it| analyzer.words(it["text"].as_str().unwrap()).into_iter().collect())
        .collect();
    for word in words.iter().flatten() {
        *n_holding.entry(word.clone()).or_default() += 1;
    }
    let right = asked_of(texts);
    let mut asked = Vec::new();
    for query in &texts.queries {
        let place = right[query["qid"].as_str().unwrap()];
        let mut known: Vec<(usize, String)> = analyzer
            .words(query["q"].as_str().unwrap())
            .into_iter()
            .filter(|it| it.chars().nth(1).is_some() && words[place].contains(it))
            .map(|it| (n_holding[&it], it))
            .collect();
        known.sort();
        known.dedup();
        let mut row: Vec<String> = Vec::new();
        for (_, word) in known.into_iter().take(2) {
            if row.iter().chain([&word]).map(|it| it.chars().count()).sum::<usize>() <= 6 {
                row.push(word);
            }
        }
        if !row.is_empty() {
            asked.push((row.join(" "), HashSet::from([OTHERS + 1 + place as i64])));
        }
    }
    Judged { name: "answer", asked }
}

/// The text each question was asked of.
fn asked_of(texts: &Texts) -> HashMap<String, usize> {
    let places: HashMap<&str, usize> =
        (0..).zip(&texts.docs).map(|(n, it)| (it["id"].as_str().unwrap(), n)).collect();
    let qrels = std::fs::read_to_string(texts.folder.join("qrels.tsv")).unwrap();
    let pairs = qrels.lines().map(|it| it.split('\t'));
    pairs.map(|mut it| (it.next().unwrap().to_owned(), places[it.next().unwrap()])).collect()
}

fn questions(texts: &Texts) -> Judged {
    let right = asked_of(texts);
    let place = |it: &serde_json::Value| OTHERS + 1 + right[it["qid"].as_str().unwrap()] as i64;
    let asked = |it: &serde_json::Value| (it["q"].as_str().unwrap().to_owned(), HashSet::from([place(it)]));
    Judged { name: "question", asked: texts.queries.iter().step_by(4).map(asked).collect() }
}

fn numbers(documents: &[Document]) -> Judged {
    let mut asked: BTreeMap<String, HashSet<i64>> = BTreeMap::new();
    for document in documents {
        for number in &document.numbers {
            let other = number.replace(['〔', '［'], "(").replace(['〕', '］'], ")").replace("号", " 號");
            asked.entry(other).or_default().insert(document.evidence);
        }
    }
    Judged { name: "number", asked: asked.into_iter().collect() }
}

fn statutes(texts: &Texts) -> Judged {
    const FORMS: [&str; 10] = [
        "实施办法",
        "管理条例",
        "管理办法",
        "暂行条例",
        "保护条例",
        "促进条例",
        "条例",
        "办法",
        "规定",
        "法",
    ];
    let title = |it: &'_ serde_json::Value| it["title"].as_str().unwrap_or_default().to_owned();
    let laws: Vec<(i64, String)> = (1..)
        .zip(&texts.docs)
        .filter(|(_, it)| it["src"] == "law")
        .map(|(n, it)| (OTHERS + n, title(it)))
        .collect();
    let mut matters: HashSet<String> = HashSet::new();
    for (_, title) in &laws {
        let title = title.trim_start_matches("中华人民共和国");
        // The place a local statute is of is no part of its matter.
        let title =
            ["省", "自治区", "市"].iter().fold(title, |it, sign| it.split_once(sign).map_or(it, |it| it.1));
        if let Some(matter) = FORMS.iter().find_map(|form| title.strip_suffix(form))
            && (2..=6).contains(&matter.chars().count())
        {
            matters.insert(matter.to_owned());
        }
    }
    let mut matters: Vec<String> = matters.into_iter().collect();
    matters.sort();
    let right = |matter: &str| laws.iter().filter(|it| it.1.contains(matter)).map(|it| it.0).collect();
    let step = (matters.len() / 300).max(1);
    let asked = matters.iter().step_by(step).map(|it| (it.clone(), right(it))).collect();
    Judged { name: "statute", asked }
}

fn recalled(documents: &[Document]) -> Judged {
    let analyzer = Analyzer::new(&[]);
    let mut asked: BTreeMap<String, HashSet<i64>> = BTreeMap::new();
    for document in documents {
        let named = |it: &String| it.chars().nth(1).is_some() && it.chars().all(|c| !c.is_ascii());
        let words: Vec<String> = analyzer.words(&document.titles[0]).into_iter().filter(named).collect();
        if let [first, .., last] = words.as_slice() {
            let right = documents.iter().filter(|it| it.titles[0] == document.titles[0]);
            asked.entry(format!("{last} {first}")).or_default().extend(right.map(|it| it.evidence));
        }
    }
    Judged { name: "recalled", asked: asked.into_iter().collect() }
}
