//! The viewer: one part of a piece as a picture, pages, a film, sound, or its text with what was asked marked.

use std::sync::Arc;

use maud::{Markup, html};

use crate::archive::Archive;
use crate::domain::evidence::{Evidence, Part};
use crate::error::{Error, Result};
use crate::index::{highlight, query};
use crate::ledger::fold::Fold;
use crate::web::files::is_shown;
use crate::web::pages::evidence::Look;
use crate::web::pages::links;
use crate::web::pages::search::marked;
use crate::web::visitor::Visitor;

/// Characters of text on a page of the viewer.
const STRETCH: usize = 6_000;

/// A stretch of the text of a part.
#[derive(Debug, Default)]
pub(in crate::web) struct Stretch {
    text: String,
    /// Which stretch it is, counted from 1, of how many.
    page: usize,
    pages: usize,
}

/// Reads the stretch of text that is looked at.
pub(in crate::web) async fn text(archive: &Arc<Archive>, piece: &Evidence, look: &Look) -> Result<Stretch> {
    let Some(part) = part(piece, look) else { return Ok(Stretch::default()) };
    let (archive, digest, page, q) = (Arc::clone(archive), part.blob.sha256, look.page, asked(look));
    let read = move || -> Result<Stretch> {
        let text = archive.text(&digest)?;
        let pages = text.chars().count().div_ceil(STRETCH).max(1);
        // Who comes from a search is led to the place that answers.
        let asked =
            || highlight::marks(&text, &query::parse(&q).root.sought()).first().map_or(0, |it| it.start);
        let page = match page {
            0 => text[..asked()].chars().count() / STRETCH + 1,
            page => page.min(pages),
        };
        let stretch = text.chars().skip((page - 1) * STRETCH).take(STRETCH).collect();
        Ok(Stretch { text: stretch, page, pages })
    };
    let gone = |it| Error::internal("The reading thread ended unexpectedly.").with_source(it);
    tokio::task::spawn_blocking(read).await.map_err(gone)?
}

/// What is to be marked, no longer than a question is.
fn asked(look: &Look) -> String {
    look.q.chars().take(200).collect()
}

fn part<'a>(piece: &'a Evidence, look: &Look) -> Option<&'a Part> {
    piece.parts.get(look.part.max(1) - 1).or_else(|| piece.first())
}

/// Shows the part that is looked at, and ways to the others.
pub(in crate::web) fn view(
    visitor: &Visitor,
    fold: &Fold,
    piece: &Evidence,
    look: &Look,
    text: &Stretch,
) -> Markup {
    let Some(part) = part(piece, look) else { return html! {} };
    let n = piece.parts.iter().position(|it| it == part).map_or(1, |n| n + 1);
    html! {
        @if piece.parts.len() > 1 {
            nav.choices aria-label=(visitor.say("文件", "Files")) { @for (other, it) in (1..).zip(&piece.parts) {
                a href=(links::with(&links::evidence(piece.id), &[("part", &other.to_string()), ("queue", &look.queue)]))
                    aria-current=[(other == n).then_some("true")] title=(it.name) { (other) }
            } }
        }
        (picture(visitor, fold, piece, (n, part)))
        @if !text.text.trim().is_empty() { (words(visitor, piece, look, (n, text))) }
    }
}

/// The part itself, as far as a browser shows it.
fn picture(visitor: &Visitor, fold: &Fold, piece: &Evidence, (n, part): (usize, &Part)) -> Markup {
    let href = links::part(piece.id, n);
    let media = fold.media_type(part);
    let facts = fold.readings.get(&part.blob.sha256).map(|it| &it.facts);
    let side = |it: Option<u32>| it.map(|it| it.to_string());
    html! {
        @match media {
            it if !is_shown(it) => p.empty {
                (visitor.say("浏览器不能直接显示这种文件。", "A browser does not show this kind of file.")) " "
                a href=(format!("{href}?save=1")) { (visitor.say("下载原件", "Save the original")) }
            },
            it if it.starts_with("image/") => a.picture href=(href) {
                img src=(href) alt=(piece.title) width=[side(facts.and_then(|it| it.width))] height=[side(facts.and_then(|it| it.height))];
            },
            it if it.starts_with("video/") => video controls preload="metadata" src=(href) {},
            it if it.starts_with("audio/") => audio controls preload="metadata" src=(href) {},
            "application/pdf" => {
                iframe.pdf src=(href) title=(part.name) loading="lazy" {}
                p.meta { a href=(href) { (visitor.say("在新页打开 PDF", "Open the PDF alone")) } }
            },
            _ => p.meta { a href=(href) { (visitor.say("原始文件", "The file as it is")) } },
        }
    }
}

/// The text as read, with what was asked marked.
fn words(visitor: &Visitor, piece: &Evidence, look: &Look, (n, text): (usize, &Stretch)) -> Markup {
    let marks = highlight::marks(&text.text, &query::parse(&asked(look)).root.sought());
    let to = |page: usize| {
        let (part, page) = (n.to_string(), page.to_string());
        format!(
            "{}#text",
            links::with(&links::evidence(piece.id), &[("part", &part), ("page", &page), ("q", &asked(look))])
        )
    };
    html! {
        details.text #text open {
            summary { (visitor.say("文字内容", "Text")) @if text.pages > 1 { " " span.n { (text.page) "/" (text.pages) } } }
            pre.text { (marked(&text.text, &marks)) }
            @if text.pages > 1 {
                nav.pager {
                    @if text.page > 1 { a href=(to(text.page - 1)) { "← " (visitor.say("上一段", "Previous")) } }
                    @if text.page < text.pages { a href=(to(text.page + 1)) { (visitor.say("下一段", "Next")) " →" } }
                }
            }
        }
    }
}
