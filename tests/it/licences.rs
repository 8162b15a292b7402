//! The licence of every dependency: only those that let anyone use, change and sell what is built on them.

use std::process::Command;

use serde_json::Value;

const ALLOWED: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "zlib-acknowledgement",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "CC0-1.0",
    "0BSD",
    "Unlicense",
    "BSL-1.0",
    // In the manner of BSD: that of bzip2.
    "bzip2-1.0.6",
    // Weak copyleft by the file: linked unmodified from the registry, its own sources stay open there.
    "MPL-2.0",
];

/// Packages that carry their licence as a file, with what it is.
const BY_FILE: &[(&str, &str)] = &[("nom-exif", "MIT")];

#[test]
fn every_dependency_may_be_used() {
    // The cargo that runs the tests says where it is.
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let told = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--offline",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let metadata: Value = serde_json::from_slice(&told.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100);
    let mut refused = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let by_file = BY_FILE.iter().find(|it| it.0 == name).map(|it| it.1);
        let Some(licence) = package["license"].as_str().or(by_file) else {
            refused.push(format!("{name}: says no licence"));
            continue;
        };
        if !allowed(licence) {
            refused.push(format!("{name}: {licence}"));
        }
    }
    assert!(refused.is_empty(), "These dependencies may not be used:\n{}", refused.join("\n"));
}

/// Evaluates an expression of AND, OR and brackets; `/` is an old way to write OR.
fn allowed(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let res = any(&words, &mut at);
    res && at == words.len()
}

fn any(words: &[&str], at: &mut usize) -> bool {
    let mut res = all(words, at);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        res |= all(words, at);
    }
    res
}

fn all(words: &[&str], at: &mut usize) -> bool {
    let mut res = one(words, at);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        res &= one(words, at);
    }
    res
}

fn one(words: &[&str], at: &mut usize) -> bool {
    let word = words.get(*at).copied().unwrap_or_default();
    *at += 1;
    if word == "(" {
        let res = any(words, at);
        *at += 1;
        return res;
    }
    // An exception only adds rights.
    if words.get(*at) == Some(&"WITH") {
        *at += 2;
    }
    ALLOWED.contains(&word)
}

#[test]
fn expressions_are_understood() {
    for licence in [
        "MIT",
        "MIT OR GPL-3.0",
        "Apache-2.0 WITH LLVM-exception",
        "(MIT OR GPL-2.0) AND BSD-3-Clause",
        "Unlicense/MIT",
    ] {
        assert!(allowed(licence), "{licence}");
    }
    for licence in ["GPL-3.0", "MIT AND GPL-3.0", "AGPL-3.0-only", "(GPL-2.0 OR LGPL-3.0) AND MIT", ""] {
        assert!(!allowed(licence), "{licence}");
    }
}
