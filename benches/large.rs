//! A file of 5 GiB from intake to a verified dossier through the real binary: how long, and in how much memory.
//!
//! `cargo bench --bench large -- [GIBIBYTES]`. The file offered is a hole; the archive and the dossier really hold it,
//! so that twice its size must be free beside the build. Python waits for each step and asks the system what it held.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

const UNITS: &str = "[[unit]]\nid = \"jyj\"\nname = \"市教育局\"\n";

const SCHEME: &str = r#"
id = "2017"
title = "测评体系"
levels = ["测评标准"]

[[indicator]]
path = "1"
code = "Ⅰ-1"
title = "主题活动"
lead = "jyj"

  [[indicator.requirement]]
  id = "sp"
  title = "视频"
  kinds = ["video"]
"#;

/// Prints the seconds a step took and the most memory it or any child of it held, in KiB.
const WAIT: &str = "import resource, subprocess, sys, time\nsince = time.monotonic()\n\
    subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n\
    print(time.monotonic() - since, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";

fn main() {
    let gibibytes = std::env::args().find_map(|it| it.parse::<u64>().ok()).unwrap_or(5);
    let bytes = gibibytes << 30;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let dir = folder.path();
    let film = dir.join("材料/市教育局/视频/2017-03-05 纪录片.mp4");
    fs::create_dir_all(film.parent().unwrap()).unwrap();
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents/clip.mp4"), &film).unwrap();
    File::options().write(true).open(&film).unwrap().set_len(bytes).unwrap();
    fs::write(dir.join("units.toml"), UNITS).unwrap();
    fs::write(dir.join("scheme.toml"), SCHEME).unwrap();
    for words in [&["init"][..], &["unit", "import", "units.toml"], &["scheme", "import", "scheme.toml"]] {
        step(dir, words);
    }
    println!("{:<32}{:>10}{:>12}{:>14}", format!("{gibibytes} GiB"), "seconds", "MB/s", "peak memory");
    let steps: [&[&str]; 5] = [
        &["intake", "--standard", "Ⅰ-1", "材料"],
        &["intake", "--standard", "Ⅰ-1", "材料"],
        &["audit"],
        &["dossier", "build", "-o", "dossier.zip"],
        &["dossier", "verify", "dossier.zip"],
    ];
    for words in steps {
        let (seconds, kibibytes) = step(dir, words);
        let rate = bytes as f64 / 1e6 / seconds;
        println!(
            "{:<32}{seconds:>10.1}{rate:>12.0}{:>11} MB",
            words[..words.len().min(2)].join(" "),
            kibibytes >> 10
        );
    }
}

fn step(dir: &Path, words: &[&str]) -> (f64, u64) {
    let mut command = Command::new("python3");
    command.args(["-c", WAIT, env!("CARGO_BIN_EXE_juanzong")]).args(words).current_dir(dir);
    let output = command.stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "{words:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    let (seconds, kibibytes) = told.trim().split_once(' ').unwrap();
    (seconds.parse().unwrap(), kibibytes.parse().unwrap())
}
