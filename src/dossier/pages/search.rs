//! Searching without a server: a list of the pieces in the page, and a small script that looks through it.

use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use crate::dossier::manifest::Piece;
use crate::dossier::pages::{Book, href};

/// ES5 without any library; where it does not run, the box stays hidden and the tree is all there.
const SCRIPT: &str = include_str!("search.js");

/// One line of the list; short names, for there may be thousands.
#[derive(Serialize)]
struct Entry {
    /// Its number.
    n: String,
    /// Its title.
    t: String,
    /// What is shown below.
    s: String,
    /// What else it is found by.
    w: String,
    /// The link.
    h: String,
}

pub(super) fn form(book: &Book) -> Markup {
    html! {
        form #search role="search" hidden {
            label for="q" { "检索 " span.en { "Search" } }
            input #q type="search" autocomplete="off" placeholder="题名、文号、单位、日期、指标、图说…";
            p #told aria-live="polite" {}
            ol #hits {}
        }
        script #list type="application/json" { (PreEscaped(list(book))) }
        script { (PreEscaped(SCRIPT)) }
    }
}

/// The list as JSON that no text in it can end: `<`, `>` and `&` are written as escapes.
fn list(book: &Book) -> String {
    let entries: Vec<Entry> =
        book.manifest.pieces.iter().enumerate().map(|(n, it)| entry(book, n, it)).collect();
    let json = serde_json::to_string(&entries).unwrap_or_else(|_| "[]".to_owned());
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

fn entry(book: &Book, n: usize, piece: &Piece) -> Entry {
    let codes: Vec<String> = piece.proofs.iter().map(|it| book.code_of(&it.indicator)).collect();
    let days = piece.days();
    let shown = [
        piece.document_number.as_deref().unwrap_or_default(),
        &piece.unit,
        &days,
        &piece.kind,
        &codes.join("、"),
    ];
    let shown: Vec<&str> = shown.into_iter().filter(|it| !it.is_empty()).collect();
    let words = piece
        .caption
        .values()
        .map(String::as_str)
        .chain(piece.issuer.as_deref())
        .chain(piece.proofs.iter().map(|it| it.note.as_str()))
        .chain(piece.parts.iter().map(|it| it.name.as_str()))
        .collect::<Vec<_>>();
    let paths: Vec<String> = piece.proofs.iter().map(|it| it.indicator.to_string()).collect();
    let home = piece.proofs.first().map(|it| &it.indicator);
    let link = match home {
        Some(path) if !book.is_small() => format!("{}#p{}", href("", &super::page_of(path)), n + 1),
        _ => format!("#p{}", n + 1),
    };
    let state = if piece.is_pending() { " ◔ 待审" } else { "" };
    Entry {
        n: book.number(n),
        t: piece.title.clone(),
        s: format!("{}{state}", shown.join(" · ")),
        w: format!("{} {} #{}", words.join(" "), paths.join(" "), piece.evidence),
        h: link,
    }
}
