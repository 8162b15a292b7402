//! What happens when bytes change, on the disk of the archive or on the way.

use std::io::{Cursor, Write};

use juanzong::domain::verdict::Verdict;
use juanzong::dossier::layout::Layout;
use juanzong::dossier::report::{Report, What};
use juanzong::dossier::verify;
use juanzong::error::Kind;
use proptest::prelude::*;

use super::shelf::{self, empty, small};

fn verified(zip: &[u8]) -> Report {
    verify::verify(Cursor::new(zip))
}

#[test]
fn one_flipped_bit_is_found_and_named() {
    let (shelf, plan) = small();
    let layout = Layout::new(plan).unwrap();
    let zip = shelf.write(&layout);
    let sound = verified(&zip);
    assert_eq!((sound.verdict(), sound.checks.as_slice()), (Verdict::Pass, &[][..]));
    assert_eq!(sound.n_passed as usize, layout.members().len());
    assert_eq!(sound.seal.as_ref(), Some(layout.seal()));
    let mut damaged = zip.clone();
    let table = zip.windows(4).position(|it| it == [250, 251, 252, 253]).unwrap();
    damaged[table] ^= 1;
    let report = verified(&damaged);
    assert_eq!(report.verdict(), Verdict::Fail);
    assert_eq!((report.checks.len(), report.checks[0].what), (1, What::Differs));
    assert!(report.checks[0].subject.ends_with("=1+1 统计表.xlsx"), "{}", report.checks[0].line(true));
    proptest!(|(at in 0..zip.len(), bit in 0_u8..8)| {
        let mut damaged = zip.clone();
        damaged[at] ^= 1 << bit;
        prop_assert_ne!(verified(&damaged).verdict(), Verdict::Pass, "byte {} bit {}", at, bit);
    });
}

#[test]
fn every_byte_around_the_files_counts() {
    let (shelf, plan) = (shelf::Shelf::default(), empty());
    let layout = Layout::new(plan).unwrap();
    let zip = shelf.write(&layout);
    // The directory and the end, which no list covers.
    let directory = zip.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    for at in directory..zip.len() {
        for bit in [0, 3, 7] {
            let mut damaged = zip.clone();
            damaged[at] ^= 1 << bit;
            assert_ne!(verified(&damaged).verdict(), Verdict::Pass, "byte {at} bit {bit}");
        }
    }
    let mut longer = zip.clone();
    longer.extend(b"more");
    assert_ne!(verified(&longer).verdict(), Verdict::Pass);
}

#[test]
fn files_missing_and_added_are_named() {
    let (shelf, plan) = small();
    let layout = Layout::new(plan).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(shelf.write(&layout))).unwrap();
    let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let top = layout.file_name().strip_suffix(".zip").unwrap().to_owned();
    for n in 0..archive.len() {
        let file = archive.by_index_raw(n).unwrap();
        if !file.name().unwrap().ends_with("统计表.xlsx") {
            packed.raw_copy_file(file).unwrap();
        }
    }
    packed.start_file(format!("{top}/data/塞入.txt"), zip::write::SimpleFileOptions::default()).unwrap();
    packed.write_all(b"smuggled").unwrap();
    let report = verified(&packed.finish().unwrap().into_inner());
    let found = |what: What| {
        report.checks.iter().filter(|it| it.what == what).map(|it| it.subject.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(found(What::Extra), ["data/塞入.txt"]);
    assert!(found(What::Missing)[0].ends_with("统计表.xlsx"));
    assert_eq!(found(What::Sums), ["bag-info.txt"]);
    assert_eq!(found(What::Differs), [""; 0]);
}

#[test]
fn packed_again_it_is_told_apart_from_changed() {
    let (shelf, plan) = small();
    let layout = Layout::new(plan).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(shelf.write(&layout))).unwrap();
    let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..archive.len() {
        let mut file = archive.by_index(n).unwrap();
        let options =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        packed.start_file(file.name().unwrap().into_owned(), options).unwrap();
        std::io::copy(&mut file, &mut packed).unwrap();
    }
    let report = verified(&packed.finish().unwrap().into_inner());
    assert_eq!(report.verdict(), Verdict::Warn);
    assert!(report.checks.iter().all(|it| it.what == What::Repacked), "{:?}", report.checks);
}

#[test]
fn garbage_is_refused_with_a_sentence() {
    let (shelf, plan) = small();
    let zip = shelf.write(&Layout::new(plan).unwrap());
    proptest!(ProptestConfig::with_cases(64), |(len in 0..zip.len(), noise in prop::collection::vec(any::<u8>(), 0..2000))| {
        prop_assert_eq!(verified(&zip[..len]).verdict(), Verdict::Fail);
        prop_assert_eq!(verified(&noise).verdict(), Verdict::Fail);
    });
    assert!(verified(b"").checks[0].line(true).contains("cut off"));
}

#[test]
fn a_blob_that_changed_is_not_handed_over() {
    let (mut shelf, plan) = small();
    let layout = Layout::new(plan).unwrap();
    let name = &layout.members().iter().find(|it| it.path.ends_with("统计表.xlsx")).unwrap().clone();
    let sound = shelf.blobs[&name.sha256].clone();
    for (bytes, how) in [
        (Some(sound[1..].to_vec()), "length"),
        (Some([&[9], &sound[1..]].concat()), "bytes"),
        (None, "missing"),
    ] {
        match bytes {
            Some(bytes) => shelf.blobs.insert(name.sha256, bytes),
            None => shelf.blobs.remove(&name.sha256),
        };
        let fault = layout.write(&|it| shelf.open(it), &mut std::io::sink()).unwrap_err();
        assert_eq!(fault.kind(), Kind::Corrupt);
        assert!(fault.message().contains(&name.path) && fault.message().contains(how), "{fault}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn it_is_checked_in_the_cage() {
    let keeper = juanzong::cage::Keeper::of(env!("CARGO_BIN_EXE_juanzong"));
    let (shelf, plan) = small();
    let mut file = tempfile::tempfile().unwrap();
    let zip = shelf.write(&Layout::new(plan).unwrap());
    file.write_all(&zip).unwrap();
    assert_eq!(verify::check(&keeper, &file).unwrap(), verified(&zip));
    file.set_len(5000).unwrap();
    assert_eq!(verify::check(&keeper, &file).unwrap().verdict(), Verdict::Fail);
}
