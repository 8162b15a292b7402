//! The rules of the house, checked like any other behaviour.
//!
//! `src/lib.rs` lists the chapters in reading order, and a chapter may use only those before it.

use std::fs;
use std::path::{Path, PathBuf};

/// Outside crates, and where alone they may be named.
const DOORS: &[(&str, &[&str])] = &[
    ("sqlx", &["ledger/"]),
    ("tantivy", &["index/"]),
    ("axum", &["web/"]),
    ("tower", &["web/"]),
    ("tower_http", &["web/"]),
    ("utoipa", &["web/"]),
    ("maud", &["web/", "dossier/"]),
    ("clap", &["cli/", "config.rs"]),
    ("indicatif", &["cli/"]),
    ("zip", &["intake/bundle/", "extract/", "dossier/verify.rs"]),
    ("landlock", &["cage/"]),
    ("seccompiler", &["cage/"]),
    ("jieba_rs", &["index/analyzer.rs"]),
];

/// Words that say that a thing has two jobs or none.
const BANNED: &[&str] = &[
    "Manager",
    "Service",
    "Helper",
    "Util",
    "Common",
    "Handler",
    "Processor",
    "Wrapper",
    "Data",
    "Info",
    "Item",
    "Base",
    "Impl",
];

#[test]
fn chapters_use_only_earlier_chapters() {
    let order = chapters();
    assert!(order.len() > 10, "lib.rs lists no chapters");
    // Tests may look ahead.
    for (file, text) in sources().into_iter().filter(|it| !it.0.ends_with("tests.rs")) {
        assert!(!text.contains("use crate::{"), "{file}: write one `use crate::chapter::…` line a chapter.");
        let Some(here) = order.iter().position(|it| *it == chapter(&file)) else { continue };
        for used in text.split("crate::").skip(1).map(first_word) {
            let Some(there) = order.iter().position(|it| *it == used) else { continue };
            assert!(there <= here, "{file}: `crate::{used}` comes later in lib.rs.");
        }
    }
}

#[test]
fn outside_crates_enter_by_their_door() {
    for (file, text) in sources() {
        for (name, doors) in DOORS {
            let named = code(&text).any(|line| names(line, name));
            assert!(
                !named || doors.iter().any(|it| file.starts_with(it)),
                "{file}: `{name}` has another door."
            );
        }
    }
}

fn names(line: &str, name: &str) -> bool {
    let path = format!("{name}::");
    let import = format!("use {name};");
    line.trim() == import
        || line
            .match_indices(&path)
            .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    for (file, text) in sources().into_iter().chain(below("tests/it")) {
        assert!(
            text.lines().count() <= 400,
            "{file} is longer than 400 lines; give a part of it a file of its own."
        );
        assert!(text.starts_with("//! "), "{file} does not open with a `//!` line that says what it is for.");
    }
}

#[test]
fn names_say_one_thing() {
    for (file, text) in sources() {
        // What a trait of a library names its parts is not ours.
        for line in code(&text).filter(|it| !it.starts_with("    type ")) {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            while let Some(word) = words.next() {
                if !matches!(word, "struct" | "enum" | "trait" | "type") {
                    continue;
                }
                let name = words.next().unwrap_or_default();
                let banned = BANNED.iter().find(|it| camel(name).contains(it));
                assert!(
                    banned.is_none(),
                    "{file}: `{name}` says “{}”; name the one thing it is.",
                    banned.unwrap()
                );
            }
        }
    }
}

fn camel(name: &str) -> Vec<&str> {
    let mut starts: Vec<usize> =
        name.char_indices().filter(|it| it.1.is_uppercase()).map(|it| it.0).collect();
    starts.push(name.len());
    starts.windows(2).map(|it| &name[it[0]..it[1]]).collect()
}

#[test]
fn the_domain_is_pure_and_the_edge_is_thin() {
    for (file, text) in sources() {
        for line in code(&text) {
            let impure = ["std::fs", "std::net", "tokio", "std::process", "std::thread", "async fn"];
            let found = impure.iter().find(|it| line.contains(*it));
            assert!(
                !file.starts_with("domain/") || found.is_none(),
                "{file}: the domain does not use {}.",
                found.unwrap()
            );
            let prints =
                ["println!(", "print!(", "eprintln!(", "eprint!("].iter().any(|it| line.contains(it));
            assert!(!prints, "{file}: printing is for cli/output.rs: {line}");
            let asks =
                line.contains("std::env::var") || line.contains("env::args") || line.contains("env::vars");
            assert!(
                !asks || matches!(file.as_str(), "config.rs" | "main.rs"),
                "{file}: the environment is read in config.rs and main.rs."
            );
        }
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let main = fs::read_to_string(root().join("tests/it/main.rs")).unwrap();
    for entry in fs::read_dir(root().join("tests/it")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(stem) = name.strip_suffix(".rs").filter(|it| *it != "main") {
            assert!(main.contains(&format!("mod {stem};")), "tests/it/{name} is not listed in main.rs.");
        }
    }
}

#[test]
fn both_readmes_open_with_the_two_commands() {
    for name in ["README.md", "README.zh-CN.md"] {
        let text = fs::read_to_string(root().join(name)).unwrap();
        for command in ["cargo run --release -- demo", "bash tests/run"] {
            assert!(text.contains(command), "{name} does not say `{command}`.");
        }
    }
}

fn chapters() -> Vec<String> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let module = |line: &str| {
        Some(line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';')?.to_owned())
    };
    lib.lines().filter_map(module).collect()
}

fn chapter(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap()
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap()
}

/// The lines of a source that are not comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|it| !it.trim_start().starts_with("//"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Every source file, as its path below `src` and its text.
fn sources() -> Vec<(String, String)> {
    below("src")
}

fn below(folder: &str) -> Vec<(String, String)> {
    let top = root().join(folder);
    let mut res = Vec::new();
    let mut open = vec![top.clone()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let file = path.strip_prefix(&top).unwrap().to_str().unwrap().to_owned();
                res.push((file, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    res
}
