//! Mails: as they are, and messages of Outlook built of pieces, so that mutations reach what is inside the compound file.
#![no_main]

use std::io::{Cursor, Write};

use juanzong::intake::mail::{self, Body, Form};

/// Where the pieces of a message go. The streams of one storage stand together.
const STREAMS: &[&str] = &[
    "/__properties_version1.0",
    "/__substg1.0_10090102",
    "/__substg1.0_0037001E",
    "/__substg1.0_007D001F",
    "/__substg1.0_10130102",
    "/__recip_version1.0_#00000000/__properties_version1.0",
    "/__recip_version1.0_#00000000/__substg1.0_3001001F",
    "/__attach_version1.0_#00000000/__substg1.0_3707001E",
    "/__attach_version1.0_#00000000/__substg1.0_37010102",
    "/__attach_version1.0_#00000001/__substg1.0_3701000D/__properties_version1.0",
    "/__attach_version1.0_#00000001/__substg1.0_3701000D/__substg1.0_1000001E",
];

/// Cuts the input into pieces, the length of each in the two bytes before it.
fn message(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).ok()?;
    for path in STREAMS {
        let Some((length, more)) = rest.split_first_chunk() else { break };
        let (piece, more) = more.split_at(more.len().min(usize::from(u16::from_le_bytes(*length))));
        rest = more;
        if piece.is_empty() {
            continue;
        }
        let folder = path.rsplit_once('/').map_or("", |it| it.0);
        if !folder.is_empty() {
            file.create_storage_all(folder).ok()?;
        }
        file.create_stream(path).ok()?.write_all(piece).ok()?;
    }
    file.flush().ok()?;
    Some(file.into_inner().into_inner())
}

fn look(letter: &mail::Letter, depth: u8) {
    assert!(letter.text().starts_with(&letter.heading()));
    if let Body::Html(page) = &letter.body {
        assert!(mail::page_with(&letter.heading(), page).len() > page.len());
    }
    for enclosure in letter.enclosures.iter().filter(|_| depth < 3) {
        assert!(
            !enclosure.name.contains(['/', '\\', '\0'])
                && !matches!(enclosure.name.as_str(), "" | "." | "..")
        );
        if let Some(inner) = mail::read_bytes(&enclosure.bytes) {
            look(&inner, depth + 1);
        }
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((mode, bytes)) = bytes.split_first() else { return };
    let letter = match mode % 2 {
        0 => message(bytes).and_then(|it| mail::read_bytes(&it)),
        _ => {
            if let Some(form) = mail::form("eml", bytes) {
                assert_ne!(form, Form::Outlook);
            }
            let parts = mail::letters(bytes).filter_map(Result::ok).flatten();
            assert!(parts.map(|it| it.len()).sum::<usize>() <= bytes.len());
            mail::read_bytes(bytes)
        }
    };
    if let Some(letter) = letter {
        look(&letter, 0);
    }
});
