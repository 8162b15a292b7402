//! Search beside other programs on the same texts in the same run: `cargo bench --bench beside`.
//!
//! SQLite's FTS5 with its trigram tokenizer, `ripgrep` over a file a text, and Recoll, where they are installed, each
//! asked for the first twenty and the number of all. Printed are the time to index, the size, times per question, their
//! ratio to ours, and of how many questions every text that holds it comes back (truth is brute force over the
//! characters as they stand, so that nobody loses for not folding scripts).

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, missing_docs)]

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use juanzong::domain::id::EntryId;
use juanzong::index::{Asked, Document, Index, Sort, Writer};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Row, SqlitePool};

mod texts;

use texts::Texts;

/// The numbers of the texts found, and how long it took.
type Answer = (HashSet<usize>, Duration);

/// A way to ask.
type Ask<'a> = Box<dyn Fn(&Words) -> Answer + 'a>;

/// What is asked: words that a text must hold all of.
type Words = Vec<String>;

fn main() {
    let Some(texts) = Texts::read() else { return };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bytes: usize = (0..texts.docs.len()).map(|n| texts.at(n).1.len()).sum();
    println!("{} texts, {:.0} MB", texts.docs.len(), bytes as f64 / 1e6);
    let ours = ours(&texts, &folder.path().join("ours"));
    let sqlite = runtime.block_on(fts5(&texts, &folder.path().join("fts5")));
    let files = folder.path().join("files");
    written(&texts, &files);
    let recoll = recoll(&files, &folder.path().join("recoll"));
    let engines: Vec<(&str, usize, Option<Ask>)> = vec![
        ("juanzong", usize::MAX, Some(Box::new(|it| ask_ours(&ours, it)))),
        ("SQLite FTS5 trigram", 40, Some(Box::new(|it| runtime.block_on(ask_fts5(&sqlite, it))))),
        ("ripgrep", 20, has("rg").then_some(Box::new(|it| ask_ripgrep(&files, it)))),
        ("Recoll", 20, recoll.as_deref().map(|conf| Box::new(move |it: &Words| ask_recoll(conf, it)) as Ask)),
    ];
    for (what, asked) in classes(&texts) {
        println!("{what}");
        let truth: Vec<HashSet<usize>> = asked.iter().map(|it| brute(&texts, it)).collect();
        let mut usual = None;
        for (name, most, ask) in &engines {
            let Some(ask) = ask else {
                println!("  {name:<22} NOT RUN: it is not installed.");
                continue;
            };
            let answers: Vec<Answer> = asked.iter().take(*most).map(ask).collect();
            let n_complete = answers.iter().zip(&truth).filter(|(it, truth)| truth.is_subset(&it.0)).count();
            let mut times: Vec<f64> = answers.iter().map(|it| it.1.as_secs_f64() * 1e3).collect();
            times.sort_unstable_by(f64::total_cmp);
            let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
            let (half, slowest) = (at(0.5), at(0.99));
            let (one, other) = *usual.get_or_insert((half, slowest));
            println!(
                "  {name:<22} p50 {half:>8.2} ms ({:>6.1} x)   p99 {slowest:>8.2} ms ({:>6.1} x)   complete {n_complete} of {}",
                half / one,
                slowest / other,
                answers.len(),
            );
        }
    }
}

/// Two characters, two words of two, and the fragments of the data, all as they stand in texts.
fn classes(texts: &Texts) -> Vec<(&'static str, Vec<Words>)> {
    let two = texts.two_words("q");
    let pairs = two.iter().map(|it| it.split(' ').map(str::to_owned).collect::<Words>());
    let pairs: Vec<Words> = pairs.filter(|it| it.iter().all(|it| it.chars().count() == 2)).collect();
    let single = pairs.iter().map(|it| vec![it[0].clone()]).collect();
    let fragments = std::fs::read_to_string(texts.folder.join("substrings.tsv")).unwrap();
    let plain = |it: &&str| it.chars().count() > 2 && it.chars().all(char::is_alphanumeric);
    let fragments = fragments.lines().filter_map(|it| it.split('\t').next());
    let fragments = fragments.filter(plain).take(200).map(|it| vec![it.to_owned()]).collect();
    vec![("two characters", single), ("two words", pairs), ("fragments of three and more", fragments)]
}

fn brute(texts: &Texts, words: &Words) -> HashSet<usize> {
    let holds = |n: &usize| {
        let (title, text) = texts.at(*n);
        words.iter().all(|it| title.contains(it.as_str()) || text.contains(it.as_str()))
    };
    (0..texts.docs.len()).filter(holds).collect()
}

fn size(path: &Path) -> f64 {
    let files = walkdir::WalkDir::new(path).into_iter().filter_map(|it| it.ok()?.metadata().ok());
    files.filter(|it| it.is_file()).map(|it| it.len()).sum::<u64>() as f64 / 1e6
}

fn print_made(what: &str, since: Instant, folder: &Path) {
    println!("  {what:<22} indexed in {:>6.1} s, {:>6.0} MB", since.elapsed().as_secs_f64(), size(folder));
}

fn ours(texts: &Texts, folder: &Path) -> Arc<Index> {
    let since = Instant::now();
    let index = Arc::new(Index::create(folder, &[]).unwrap());
    let mut writer = Writer::open(Arc::clone(&index)).unwrap();
    for n in 0..texts.docs.len() {
        let (title, text) = texts.at(n);
        let document = Document {
            evidence: n as i64,
            kind: "document".into(),
            titles: vec![title.into()],
            texts: vec![text.into()],
            ..Document::default()
        };
        writer.apply(&[], &[document]).unwrap();
    }
    writer.commit(EntryId(1)).unwrap();
    writer.finish().unwrap();
    print_made("juanzong", since, folder);
    index
}

fn ask_ours(index: &Index, words: &Words) -> Answer {
    // What stands beside each other in a phrase is asked as it stands, here as elsewhere.
    let quoted: Vec<String> = words.iter().map(|it| format!("\"{it}\"")).collect();
    let asked = Asked::typed(&quoted.join(" "));
    let since = Instant::now();
    let found = index.search(&asked, (0, 20), Sort::Relevance).unwrap();
    let took = since.elapsed();
    let all = index.search(&asked, (0, found.total), Sort::Relevance).unwrap();
    (all.hits.iter().map(|it| it.evidence.0 as usize).collect(), took)
}

async fn fts5(texts: &Texts, folder: &Path) -> SqlitePool {
    std::fs::create_dir_all(folder).unwrap();
    let since = Instant::now();
    let options = SqliteConnectOptions::new().filename(folder.join("fts5.sqlite")).create_if_missing(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let create = "create virtual table texts using fts5(title, text, tokenize = 'trigram')";
    sqlx::query(create).execute(&pool).await.unwrap();
    let mut transaction = pool.begin().await.unwrap();
    for n in 0..texts.docs.len() {
        let (title, text) = texts.at(n);
        let insert = sqlx::query("insert into texts (rowid, title, text) values (?, ?, ?)");
        insert.bind(n as i64).bind(title).bind(text).execute(&mut *transaction).await.unwrap();
    }
    transaction.commit().await.unwrap();
    sqlx::query("insert into texts (texts) values ('optimize')").execute(&pool).await.unwrap();
    print_made("SQLite FTS5 trigram", since, folder);
    pool
}

/// Asks for what a trigram index finds; words of two characters it can only scan for.
async fn ask_fts5(pool: &SqlitePool, words: &Words) -> Answer {
    let scans = words.iter().any(|it| it.chars().count() < 3);
    let (condition, bound): (String, Vec<String>) = match scans {
        true => (
            vec!["(title like ? or text like ?)"; words.len()].join(" and "),
            words.iter().flat_map(|it| [format!("%{it}%"), format!("%{it}%")]).collect(),
        ),
        false => {
            let quoted: Vec<String> = words.iter().map(|it| format!("\"{it}\"")).collect();
            ("texts match ?".into(), vec![quoted.join(" ")])
        }
    };
    let order = if scans { "" } else { "order by rank" };
    let first = format!("select rowid from texts where {condition} {order} limit 20");
    let count = format!("select count(*) from texts where {condition}");
    let all = format!("select rowid from texts where {condition}");
    let run = async |sql: String| {
        let query = bound.iter().fold(sqlx::query(sqlx::AssertSqlSafe(sql)), |it, value| it.bind(value));
        query.fetch_all(pool).await.unwrap()
    };
    let since = Instant::now();
    run(first).await;
    run(count).await;
    let took = since.elapsed();
    (run(all).await.iter().map(|it| it.get::<i64, _>(0) as usize).collect(), took)
}

/// Writes a file a text, its title on the first line.
fn written(texts: &Texts, folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for n in 0..texts.docs.len() {
        let (title, text) = texts.at(n);
        std::fs::write(folder.join(format!("{n}.txt")), format!("{title}\n{text}\n")).unwrap();
    }
}

fn has(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

fn numbers(output: &str) -> HashSet<usize> {
    let number = |line: &str| Path::new(line.trim()).file_stem()?.to_str()?.parse().ok();
    output.lines().filter_map(number).collect()
}

fn ask_ripgrep(folder: &Path, words: &Words) -> Answer {
    let since = Instant::now();
    let mut found: Option<HashSet<usize>> = None;
    for word in words {
        let output = Command::new("rg").args(["-lF", word]).arg(folder).output().unwrap();
        let these = numbers(&String::from_utf8_lossy(&output.stdout));
        found = Some(found.map_or(these.clone(), |it| it.intersection(&these).copied().collect()));
    }
    (found.unwrap_or_default(), since.elapsed())
}

fn recoll(files: &Path, folder: &Path) -> Option<PathBuf> {
    if !has("recollindex") {
        return None;
    }
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("recoll.conf"), format!("topdirs = {}\n", files.display())).unwrap();
    let since = Instant::now();
    let silent = Stdio::null;
    let mut command = Command::new("recollindex");
    command.arg("-c").arg(folder).stdout(silent()).stderr(silent()).env("LC_ALL", "C.UTF-8");
    assert!(command.status().unwrap().success());
    print_made("Recoll", since, folder);
    Some(folder.to_owned())
}

fn ask_recoll(folder: &Path, words: &Words) -> Answer {
    let quoted: Vec<String> = words.iter().map(|it| format!("\"{it}\"")).collect();
    let run = |n: &str| {
        let mut command = Command::new("recollq");
        command.arg("-c").arg(folder).args(["-b", "-n", n]).arg(quoted.join(" "));
        command.env("LC_ALL", "C.UTF-8").output().unwrap()
    };
    let since = Instant::now();
    run("20");
    let took = since.elapsed();
    (numbers(&String::from_utf8_lossy(&run("0").stdout)), took)
}
