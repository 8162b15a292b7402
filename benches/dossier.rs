//! How fast a dossier is written, beside `cat` and `zip -0` of the same files in the same run, and in how much memory.
//!
//! `cargo bench --bench dossier -- [FILES [MEGABYTES]]`; 5,000 files of together 2,000 MB where nothing is said.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::fs::{self, File};
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use juanzong::domain::id::{Digest, EntryId, EvidenceId, IndicatorPath};
use juanzong::dossier::layout::{Content, Layout};
use juanzong::dossier::manifest::{Manifest, Node, Part, Piece, Proof, Rulebook, Standing, VERSION};
use juanzong::dossier::verify;
use sha2::{Digest as _, Sha256};

fn main() {
    let mut numbers = std::env::args().filter_map(|it| it.parse::<u64>().ok());
    let n_files = numbers.next().unwrap_or(5_000);
    let bytes = numbers.next().unwrap_or(2_000) << 20;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let parts: Vec<Part> = (0..n_files).map(|n| make(folder.path(), n, bytes / n_files)).collect();
    let files: Vec<PathBuf> = parts.iter().map(|it| folder.path().join(it.sha256.to_string())).collect();
    let megabytes = parts.iter().map(|it| it.bytes).sum::<u64>() as f64 / 1e6;

    let since = Instant::now();
    let layout = Layout::new(plan(&parts)).unwrap();
    let texts: usize = layout
        .members()
        .iter()
        .map(|it| if let Content::Text(it) = &it.content { it.len() } else { 0 })
        .sum();
    println!(
        "layout of {n_files} files: {:.2} s, {:.1} MB of text",
        since.elapsed().as_secs_f64(),
        texts as f64 / 1e6
    );

    let open = |it: &Content| match it {
        Content::Blob(it) => Ok(Box::new(File::open(folder.path().join(it.to_string())).unwrap()) as Box<_>),
        _ => unreachable!(),
    };
    let null = || File::options().write(true).open("/dev/null").unwrap();
    let out = folder.path().join("out");
    let row =
        |name: &str, seconds: f64| println!("{name:<28}{seconds:>8.2} s{:>9.0} MB/s", megabytes / seconds);
    for round in 1..=2 {
        println!("\nround {round}, {megabytes:.0} MB");
        row("cat > /dev/null", timed(|| cat(&files, null())));
        row("dossier > /dev/null", timed(|| layout.write(&open, &mut null()).unwrap()));
        row("cat > file, synced", timed(|| synced(&out, |to| cat(&files, to.try_clone().unwrap()))));
        row("dossier > file, synced", timed(|| synced(&out, |mut to| layout.write(&open, &mut to).unwrap())));
        println!("{:<28}{:>8} MB (everything so far)", "peak memory", peak() >> 10);
        row(
            "dossier verify",
            timed(|| {
                let report = verify::verify(BufReader::new(File::open(&out).unwrap()));
                assert!(report.checks.is_empty(), "{:?}", report.checks);
            }),
        );
        let zip = folder.path().join("out.zip");
        row("zip -0, synced", timed(|| zip_stored(&zip, folder.path())));
        fs::remove_file(&zip).unwrap_or_default();
    }
}

/// Bytes that no compression shortens, some files four times as long as others.
fn make(folder: &Path, n: u64, mean: u64) -> Part {
    let mut state = n + 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let words = mean / 8 * (n % 4 * 2 + 1) / 4;
    let bytes: Vec<u8> = (0..words.max(1)).flat_map(|_| next().to_le_bytes()).collect();
    let sha256 = Digest::new(Sha256::digest(&bytes).into());
    fs::write(folder.join(sha256.to_string()), &bytes).unwrap();
    Part {
        sha256,
        bytes: bytes.len() as u64,
        crc32: crc32fast::hash(&bytes),
        media_type: "image/jpeg".into(),
        name: format!("IMG_{n}.jpg"),
        n_pages: None,
        thumbnail: None,
        member: String::new(),
    }
}

fn plan(parts: &[Part]) -> Manifest {
    let path = |n: usize| IndicatorPath::new(vec![1, (n % 200) as u16 + 1]);
    let pieces = parts.iter().enumerate().map(|(n, part)| Piece {
        evidence: EvidenceId(n as i64 + 1),
        unit: "市教育局".into(),
        kind: "照片".into(),
        title: format!("志愿服务活动第{n}场"),
        document_number: None,
        issuer: None,
        date: None,
        date_to: None,
        caption: [("地点", "人民广场"), ("人物", "志愿者")].map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
        proofs: vec![Proof {
            indicator: path(n),
            standing: Standing::Accepted,
            note: String::new(),
            pages: String::new(),
        }],
        parts: vec![part.clone()],
    });
    let node = |n: usize| Node {
        path: path(n),
        code: format!("Ⅰ-1 Ⅱ-{}", n + 1),
        title: format!("测评标准{}", n + 1),
        text: String::new(),
        methods: vec![],
    };
    Manifest {
        version: VERSION,
        title: "迎检档案".into(),
        organization: "市创建办".into(),
        made_by: String::new(),
        made_at: "2017-04-20T08:00:00Z".parse().unwrap(),
        timezone: "Asia/Shanghai".into(),
        scheme: Rulebook { id: "2017".parse().unwrap(), title: "测评体系".into() },
        selection: "全部".into(),
        entry: EntryId(1),
        entry_hash: Digest::new([0; 32]),
        indicators: (0..200).map(node).collect(),
        units: vec![],
        pieces: pieces.collect(),
        duties: vec![],
        withheld: vec![],
        findings: vec![],
    }
}

fn timed(act: impl FnOnce()) -> f64 {
    let since = Instant::now();
    act();
    since.elapsed().as_secs_f64()
}

fn cat(files: &[PathBuf], to: File) {
    assert!(Command::new("cat").args(files).stdout(to).status().unwrap().success());
}

fn synced(path: &Path, write: impl FnOnce(&File)) {
    let mut file = File::create(path).unwrap();
    write(&file);
    file.flush().unwrap();
    file.sync_all().unwrap();
}

fn zip_stored(to: &Path, folder: &Path) {
    let done = Command::new("zip")
        .args(["-0qr"])
        .arg(to)
        .arg(".")
        .args(["-x", "out*"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .status();
    match done {
        Ok(status) => assert!(status.success()),
        Err(_) => println!("zip is not installed"),
    }
    if let Ok(file) = File::open(to) {
        file.sync_all().unwrap();
    }
}

/// The most memory this process ever held, in KiB; 0 where the system does not say.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|it| it.parse().ok()).unwrap_or(0)
}
