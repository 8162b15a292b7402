//! Pictures of every format, films and recordings: what is known of them, with ffmpeg and without.

use std::fs::File;
use std::path::Path;

use jiff::civil::date;
use juanzong::cage::{Budget, Keeper};
use juanzong::domain::finding::Code;
use juanzong::domain::likeness::Look;
use juanzong::domain::reading::Status;
use juanzong::extract::{Extraction, extract};

use crate::world;

fn fixture(name: &str) -> File {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents").join(name);
    File::open(path).unwrap()
}

fn read(name: &str) -> Extraction {
    extract(&world::keeper(), &fixture(name), name, Budget::default()).unwrap()
}

fn codes(read: &Extraction) -> Vec<Code> {
    read.reading.findings.iter().map(|it| it.code).collect()
}

#[test]
fn one_picture_looks_the_same_in_every_format() {
    let original = read("scene.png").reading.facts;
    let look = Look::all(&original).next().unwrap();
    for name in ["scene.jpg", "scene.tiff", "scene.webp", "scene.heic", "scene.gif", "scene.bmp"] {
        let picture = read(name);
        let facts = &picture.reading.facts;
        assert_eq!((picture.reading.status, codes(&picture)), (Status::Ok, vec![]), "{name}");
        let small = ["scene.gif", "scene.bmp"].contains(&name);
        let size = if small { (128, 96) } else { (256, 192) };
        assert_eq!((facts.width, facts.height), (Some(size.0), Some(size.1)), "{name}");
        let apart = Look::all(facts).next().unwrap().distance(&look);
        assert!(apart <= Look::NEAR / 2, "{name}: {apart}");
        let thumbnail = image::load_from_memory(&picture.thumbnail.unwrap()).unwrap();
        assert_eq!((thumbnail.width(), thumbnail.height()), size, "{name}");
    }
    let other = read("photo.jpg").reading.facts;
    assert!(Look::all(&other).all(|it| it.distance(&look) > Look::NEAR));
    assert_eq!(read("dot.png").reading.facts.look, None);
}

#[test]
fn films_tell_their_length_and_size_and_show_a_picture() {
    for name in ["film.avi", "film.wmv", "film.flv", "film.mkv"] {
        let film = read(name);
        let facts = &film.reading.facts;
        assert_eq!((film.reading.status, codes(&film)), (Status::Ok, vec![]), "{name}");
        assert_eq!((facts.width, facts.height), (Some(160), Some(120)), "{name}");
        let length = facts.duration_ms.unwrap();
        assert!((1_900..2_300).contains(&length), "{name}: {length}");
        assert_eq!(Look::all(facts).count(), 3, "{name}");
        let poster = image::load_from_memory(&film.thumbnail.unwrap()).unwrap();
        assert_eq!((poster.width(), poster.height()), (160, 120), "{name}");
    }
    let made = read("film.wmv").reading.facts.captured_at.or(read("film.mkv").reading.facts.captured_at);
    assert_eq!(made, Some(date(2017, 3, 15).at(9, 0, 0, 0)));
}

#[test]
fn recordings_tell_their_length() {
    for name in ["voice.mp3", "voice.wav", "voice.m4a"] {
        let voice = read(name);
        let facts = &voice.reading.facts;
        assert_eq!((voice.reading.status, codes(&voice)), (Status::Ok, vec![]), "{name}");
        let length = facts.duration_ms.unwrap();
        assert!((1_450..1_700).contains(&length), "{name}: {length}");
        assert_eq!((facts.width, voice.thumbnail), (None, None), "{name}");
    }
}

#[test]
fn without_the_programs_what_they_would_tell_is_unchecked() {
    let alone = Keeper::of(env!("CARGO_BIN_EXE_juanzong"));
    let read = |name: &str| extract(&alone, &fixture(name), name, Budget::default()).unwrap();
    for name in ["film.avi", "film.wmv", "film.flv", "voice.mp3", "voice.wav"] {
        let film = read(name);
        assert_eq!((film.reading.status, codes(&film)), (Status::Unsupported, vec![Code::I06]), "{name}");
        assert_eq!(film.reading.facts.duration_ms, None, "{name}");
    }
    let clip = read("clip.mp4");
    assert_eq!((clip.reading.status, codes(&clip)), (Status::Ok, vec![Code::I06]));
    assert_eq!(clip.reading.facts.duration_ms, Some(12_500));
    assert_eq!(codes(&read("voice.m4a")), []);
}

#[test]
fn a_film_without_pictures_or_without_sense_is_told() {
    let clip = read("clip.mp4");
    assert_eq!((clip.reading.status, codes(&clip)), (Status::Partial, vec![Code::W27]));
    assert_eq!(clip.reading.facts.duration_ms, Some(12_500));
    let mut torn =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents/film.avi")).unwrap();
    torn[12..].fill(7);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), torn).unwrap();
    let torn = extract(&world::keeper(), file.as_file(), "film.avi", Budget::default()).unwrap();
    assert_eq!((torn.reading.status, codes(&torn)), (Status::Corrupt, vec![Code::E02]));
}
