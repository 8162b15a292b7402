//! The dossier: same plan, same bytes; what it says is what it holds; and any change of it is found.

use std::collections::HashSet;
use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::process::Command;

use juanzong::domain::verdict::Verdict;
use juanzong::dossier::container::{Container, Entry, Span, Stamp};
use juanzong::dossier::layout::{Content, Layout};
use juanzong::dossier::manifest::{Manifest, Standing};
use juanzong::dossier::verify;
use proptest::prelude::*;

mod damage;

mod shelf;

use shelf::{empty, large, piece, proof, small};

fn text<'a>(layout: &'a Layout, path: &str) -> &'a str {
    let member = layout.members().iter().find(|it| it.path == path).unwrap();
    let Content::Text(bytes) = &member.content else { panic!("{path} is no text") };
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    let (shelf, plan) = small();
    let layout = Layout::new(plan.clone()).unwrap();
    let zip = shelf.write(&layout);
    assert_eq!(zip.len() as u64, layout.total_bytes());
    let again = Manifest::parse(&plan.json().unwrap()).unwrap();
    assert_eq!(again, plan);
    assert_eq!(shelf.write(&Layout::new(again).unwrap()), zip);
    // Laid out again from its own manifest.json, paths and all, it is the same once more.
    let own = Manifest::parse(text(&layout, "manifest.json").as_bytes()).unwrap();
    assert_eq!(shelf.write(&Layout::new(own).unwrap()), zip);
}

#[test]
fn any_range_can_be_produced_alone() {
    let (shelf, plan) = small();
    let layout = Layout::new(plan).unwrap();
    let zip = shelf.write(&layout);
    let total = zip.len();
    proptest!(|(start in 0..total, len in 0..total)| {
        let end = (start + len).min(total);
        let mut out = Vec::new();
        layout.read_range(start as u64..(start + len) as u64, &|it| shelf.open(it), &mut out).unwrap();
        prop_assert!(out == zip[start..end], "{start}..{end}");
    });
}

#[test]
fn other_programs_open_it_and_check_it() {
    let (shelf, plan) = small();
    let layout = Layout::new(plan).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(layout.file_name());
    std::fs::write(&file, shelf.write(&layout)).unwrap();
    run("unzip", &["-tq", file.to_str().unwrap()]);
    let script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n\
        assert all(it.flag_bits & 0x800 and it.compress_type == 0 for it in z.infolist())\nz.extractall(sys.argv[2])";
    let out = folder.path().join("out");
    run("python3", &["-c", script, file.to_str().unwrap(), out.to_str().unwrap()]);
    let bag = out.join(layout.file_name().strip_suffix(".zip").unwrap());
    for list in ["manifest-sha256.txt", "tagmanifest-sha256.txt"] {
        let done =
            Command::new("sha256sum").args(["--strict", "-c", list]).current_dir(&bag).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    }
}

fn run(program: &str, args: &[&str]) {
    let done = Command::new(program).args(args).output().unwrap();
    assert!(
        done.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&[done.stdout, done.stderr].concat())
    );
}

#[test]
fn it_is_a_bag() {
    let (_, plan) = small();
    let layout = Layout::new(plan).unwrap();
    let listed = |list: &str| -> HashSet<String> {
        text(&layout, list).lines().map(|it| it.split_once("  ").unwrap().1.to_owned()).collect()
    };
    let (payload, tags): (Vec<_>, Vec<_>) =
        layout.members().iter().partition(|it| it.path.starts_with("data/"));
    let paths = |of: &[&juanzong::dossier::layout::Member]| {
        of.iter().map(|it| it.path.clone()).collect::<HashSet<_>>()
    };
    assert_eq!(listed("manifest-sha256.txt"), paths(&payload));
    let mut tags = paths(&tags);
    tags.remove("tagmanifest-sha256.txt");
    assert_eq!(listed("tagmanifest-sha256.txt"), tags);
    let bytes: u64 = payload.iter().map(|it| it.bytes).sum();
    // Eight parts, two of them the same bytes.
    assert_eq!(payload.len(), 7);
    assert!(text(&layout, "bag-info.txt").contains(&format!("Payload-Oxum: {bytes}.7\n")));
    assert!(
        text(&layout, "bag-info.txt").contains("Bagging-Date: 2017-04-21\n"),
        "a date of the archive's zone"
    );
}

#[test]
fn a_dossier_of_nothing_is_a_bag_too() {
    let (shelf, plan) = (shelf::Shelf::default(), empty());
    let layout = Layout::new(plan).unwrap();
    let report = verify::verify(Cursor::new(shelf.write(&layout)));
    assert_eq!((report.verdict(), report.checks.as_slice()), (Verdict::Pass, &[][..]));
    assert!(text(&layout, "index.html").contains("完整性未核查"));
}

#[test]
fn beyond_four_gigabytes() {
    const HUGE: u64 = 5 << 30;
    let (mut shelf, mut plan) = small();
    let mut film = shelf.part("film.mp4", "video/mp4", b"film".to_vec());
    (film.bytes, film.crc32) = (HUGE, 0);
    let after = shelf.part("after.txt", "text/plain", b"after the film".to_vec());
    plan.pieces.push(piece(50, "film", vec![proof("1.2", Standing::Accepted)], vec![film.clone()]));
    plan.pieces.push(piece(51, "after", vec![proof("1.2", Standing::Accepted)], vec![after.clone()]));
    let layout = Layout::new(plan).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut file = tempfile::NamedTempFile::new_in(&folder).unwrap();
    // Everything but the film itself, which stays a hole of the file.
    file.as_file().set_len(layout.total_bytes()).unwrap();
    let zeros = tempfile::tempfile().unwrap();
    zeros.set_len(HUGE).unwrap();
    let open = |it: &Content| match it {
        Content::Blob(digest) if *digest == film.sha256 => Ok(Box::new(zeros.try_clone().unwrap()) as Box<_>),
        other => shelf.open(other),
    };
    let head = layout.total_bytes() - HUGE - 100_000;
    layout.read_range(0..head.min(1_000_000), &open, &mut file).unwrap();
    let tail = layout.total_bytes() - 100_000;
    file.seek(SeekFrom::Start(tail)).unwrap();
    layout.read_range(tail..layout.total_bytes(), &open, &mut file).unwrap();
    let script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nlast = z.infolist()[-1]\n\
        assert z.infolist()[-2].file_size == 5 << 30\nassert last.header_offset > 5 << 30\n\
        assert z.read(last) == b'after the film'";
    run("python3", &["-c", script, file.path().to_str().unwrap()]);
    let listed = Command::new("unzip").args(["-Zt"]).arg(file.path()).output().unwrap();
    assert!(String::from_utf8_lossy(&listed.stdout).contains("files"), "{listed:?}");
    file.flush().unwrap();
}

#[test]
fn more_than_65535_members() {
    let names = (0..70_000).map(|n| format!("top/{n}"));
    let entries: Vec<Entry> =
        names.map(|name| Entry { name, bytes: 1, crc32: crc32fast::hash(b"x") }).collect();
    let container = Container::new(entries, Stamp { time: 0, date: 33 });
    let mut zip = Vec::new();
    while (zip.len() as u64) < container.total_bytes() {
        let (span, _) = container.at(zip.len() as u64);
        zip.extend(container.skeleton(span).unwrap_or_else(|| b"x".to_vec()));
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(&zip)).unwrap();
    assert_eq!(archive.len(), 70_000);
    let mut last = archive.by_name("top/69999").unwrap();
    let mut bytes = String::new();
    last.read_to_string(&mut bytes).unwrap();
    assert_eq!(bytes, "x");
    assert!(matches!(container.at(container.total_bytes() - 1).0, Span::End));
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&zip).unwrap();
    run("unzip", &["-tq", file.path().to_str().unwrap()]);
}

#[test]
fn the_pages_link_to_what_is_there_and_run_nothing() {
    for (_, plan) in [small(), large(300)] {
        let layout = Layout::new(plan).unwrap();
        let paths: HashSet<&str> = layout.members().iter().map(|it| it.path.as_str()).collect();
        let mut reached: HashSet<String> = HashSet::new();
        for page in
            layout.members().iter().filter(|it| it.path.ends_with(".html") && !it.path.starts_with("data/"))
        {
            let html = text(&layout, &page.path);
            let document = scraper::Html::parse_document(html);
            let select = |it: &str| scraper::Selector::parse(it).unwrap();
            let linked = select("[href], [src]");
            let links = document.select(&linked);
            for link in links.filter_map(|it| it.attr("href").or(it.attr("src"))) {
                let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
                let file = percent_encoding::percent_decode_str(file).decode_utf8().unwrap();
                let up =
                    if page.path.starts_with("pages/") { file.strip_prefix("../").unwrap() } else { &*file };
                let up = if up.is_empty() { &page.path } else { up };
                assert!(paths.contains(up), "{}: {link}", page.path);
                assert!(
                    anchor.is_empty() || text(&layout, up).contains(&format!("id=\"{anchor}\"")),
                    "{link}"
                );
                reached.insert(up.to_owned());
            }
            assert_eq!(document.select(&select("img[onerror]")).count(), 0);
            assert!(!html.contains("http://") && !html.contains("https://"), "{} goes outside", page.path);
        }
        let originals = paths.iter().filter(|it| it.starts_with("data/"));
        assert_eq!(
            originals.filter(|it| !reached.contains(**it)).count(),
            0,
            "every original can be reached"
        );
        let index = text(&layout, "index.html");
        let list = index
            .split("id=\"list\" type=\"application/json\">")
            .nth(1)
            .unwrap()
            .split("</script>")
            .next()
            .unwrap();
        let list: Vec<serde_json::Value> = serde_json::from_str(list).unwrap();
        assert_eq!(list.len(), layout.manifest().pieces.len());
        for link in list.iter().map(|it| it["h"].as_str().unwrap()) {
            let (file, anchor) = link.split_once('#').unwrap();
            let file = if file.is_empty() { "index.html" } else { file };
            assert!(text(&layout, file).contains(&format!("id=\"{anchor}\"")), "{link}");
        }
    }
}

#[test]
fn gaps_and_pending_pieces_are_told_and_nothing_is_rounded_up() {
    let (_, plan) = small();
    let layout = Layout::new(plan).unwrap();
    let index = text(&layout, "index.html");
    assert!(index.contains("应报 4 项，已通过 1 项，3 项未通过（缺 7 件），涉及 1 个单位。"));
    assert!(index.contains("6/7 件"));
    let sheet = text(&layout, "02-完整性核查表.csv");
    assert!(sheet.starts_with('\u{FEFF}'));
    assert!(sheet.contains("至少7篇报道,市住建局,,7 件,6,0,1,◐ 未报齐"), "{sheet}");
    assert!(sheet.contains("五月报表,市住建局,,1 件,0,0,不计,· 未到期"), "{sheet}");
    let catalog = text(&layout, "01-卷内文件目录.csv");
    assert!(catalog.lines().any(|it| it.starts_with("002,") && it.contains("◔ 待审")), "{catalog}");
    assert!(catalog.contains(",'=1+1 统计表,"), "no cell is a formula: {catalog}");
    assert!(text(&layout, "04-未收入及存疑材料.html").contains("含身份证号"));
    for page in ["01-卷内文件目录.html", "03-备考表.html", "index.html", "说明.txt"] {
        assert!(
            text(&layout, page).contains(&layout.seal().to_string()),
            "{page} bears the digest of the list"
        );
    }
}

#[test]
fn the_schema_of_the_manifest_is_published() {
    let schema = serde_json::to_string_pretty(&schemars::schema_for!(Manifest)).unwrap() + "\n";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/manifest.schema.json");
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    if found != schema {
        let fresh = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("manifest.schema.json");
        std::fs::write(&fresh, &schema).unwrap();
        panic!("the manifest has changed: look at {} and copy it to schema/", fresh.display());
    }
}
