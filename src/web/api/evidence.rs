//! Pieces: one whole, its history, the text of its parts; what has no unit yet, and what awaits review.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};

use crate::domain::evidence::{Evidence, Standing};
use crate::domain::id::{EvidenceId, SchemeId};
use crate::error::{Error, Result};
use crate::ledger::fold::Fold;
use crate::web::api::{Answer, Page};
use crate::web::pages::evidence::seen;
use crate::web::pages::shell::known;
use crate::web::pages::unassigned::is_lost;
use crate::web::pages::{history as sentences, links};
use crate::web::shapes::{
    Amiss, File, History, Listed, OneEntry, Piece, Pieces, Refusal, Section, Text, Told, Whole,
};
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// A piece with everything known of it.
#[utoipa::path(get, path = "/evidence/{id}", tag = "evidence", params(("id" = EvidenceId, Path)),
    responses((status = 200, description = "What was asked for", body = Whole), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn evidence(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<EvidenceId>,
) -> Answer<Whole> {
    let fold = site.archive.fold().await?;
    let piece = seen(&fold, &visitor, id)?;
    let entries = site.archive.ledger().history(piece.id).await?;
    Ok(Json(Whole {
        piece: Piece::of(&fold, piece, &entries, visitor.english),
        files: files(&fold, piece),
        amiss: amiss(&site, &visitor, piece).await?,
        same: same(&fold, &visitor, piece),
    }))
}

fn files(fold: &Fold, piece: &Evidence) -> Vec<File> {
    let file = |(n, part)| {
        let media_type = fold.media_type(part).to_owned();
        let thumbnail = media_type.starts_with("image/").then(|| links::thumbnail(piece.id, n));
        let (bytes, text) =
            (links::part(piece.id, n), format!("/api/v1/evidence/{}/parts/{n}/text", piece.id));
        File { part: n, name: part.name.clone(), media_type, bytes, thumbnail, text }
    };
    (1..).zip(&piece.parts).map(file).collect()
}

/// What is amiss with the claims of a piece under each scheme it is said to prove something of.
async fn amiss(site: &Site, visitor: &Visitor, piece: &Evidence) -> Result<Vec<Amiss>> {
    let mut schemes: Vec<&SchemeId> = piece.claims.iter().map(|it| &it.scheme).collect();
    schemes.sort_unstable();
    schemes.dedup();
    let mut res = Vec::new();
    for scheme in schemes {
        let (_, all) = site.completeness(scheme, None, &visitor.act).await?;
        let own = all.amiss.iter().filter(|it| it.evidence == piece.id);
        res.extend(own.map(|it| Amiss::of(it, visitor.english)));
    }
    Ok(res)
}

/// Other pieces that hold one of the files of a piece.
fn same(fold: &Fold, visitor: &Visitor, piece: &Evidence) -> Vec<EvidenceId> {
    let holders = piece.parts.iter().flat_map(|it| fold.holders_of(&it.blob.sha256));
    let others = holders.filter(|it| it.id != piece.id && visitor.act.scope.sees(it));
    let mut res: Vec<EvidenceId> = others.map(|it| it.id).collect();
    res.sort_unstable();
    res.dedup();
    res
}

/// What happened to a piece, each as a sentence.
#[utoipa::path(get, path = "/evidence/{id}/history", tag = "evidence", params(("id" = EvidenceId, Path), Page),
    responses((status = 200, description = "What was asked for", body = History), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn history(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<EvidenceId>,
    Query(page): Query<Page>,
) -> Answer<History> {
    let fold = site.archive.fold().await?;
    let piece = seen(&fold, &visitor, id)?;
    let all = site.archive.ledger().history(piece.id).await?;
    let entries = page
        .of(&all)
        .map(|it| Told { entry: OneEntry::from(it), told: sentences::sentence(&fold, it, visitor.english) });
    Ok(Json(History { evidence: piece.id, total: all.len(), entries: entries.collect() }))
}

/// The text of a part, counted from 1.
#[utoipa::path(get, path = "/evidence/{id}/parts/{n}/text", tag = "evidence",
    params(("id" = EvidenceId, Path), ("n" = usize, Path)),
    responses((status = 200, description = "What was asked for", body = Text), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn text(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path((id, n)): Path<(EvidenceId, usize)>,
) -> Answer<Text> {
    let fold = site.archive.fold().await?;
    let piece = seen(&fold, &visitor, id)?;
    let missing = || Error::not_found(format!("Evidence #{id} has no part {n}."));
    let part = n.checked_sub(1).and_then(|it| piece.parts.get(it)).ok_or_else(missing)?;
    let (archive, sha256, evidence) = (Arc::clone(&site.archive), part.blob.sha256, piece.id);
    let read = move || -> Result<Text> {
        let sections = archive.sections(&sha256)?.into_iter().map(Section::from).collect();
        Ok(Text { evidence, part: n, sha256, text: archive.text(&sha256)?, sections })
    };
    let gone = |it| Error::internal("The reading thread ended unexpectedly.").with_source(it);
    Ok(Json(tokio::task::spawn_blocking(read).await.map_err(gone)??))
}

/// What has no unit, or nothing it proves, the latest first.
#[utoipa::path(get, path = "/unassigned", tag = "evidence", params(Page),
    responses((status = 200, description = "What was asked for", body = Pieces), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn unassigned(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Query(page): Query<Page>,
) -> Answer<Pieces> {
    let fold = site.archive.fold().await?;
    let lost = visitor.seen(&fold).rev().filter(|it| is_lost(it));
    Ok(Json(listed(&fold, lost.collect(), page)))
}

/// What awaits review under a scheme, the oldest first.
#[utoipa::path(get, path = "/schemes/{scheme}/review", tag = "schemes",
    params(("scheme" = SchemeId, Path), Page),
    responses((status = 200, description = "What was asked for", body = Pieces), (status = "default", description = "What was not done, and why", body = Refusal)))]
pub(super) async fn review(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<SchemeId>,
    Query(page): Query<Page>,
) -> Answer<Pieces> {
    let fold = site.archive.fold().await?;
    known(&fold, &id)?;
    let pending =
        |it: &Evidence| it.claims.iter().any(|it| it.scheme == id && it.standing == Standing::Pending);
    let waits = |it: &&Arc<Evidence>| visitor.act.scope.sees(it) && it.unit.is_some() && pending(it);
    Ok(Json(listed(&fold, visitor.seen(&fold).filter(waits).collect(), page)))
}

/// The page of a list of pieces.
pub(super) fn listed(fold: &Fold, all: Vec<&Arc<Evidence>>, page: Page) -> Pieces {
    Pieces { total: all.len(), pieces: page.of(&all).map(|it| Listed::of(fold, it)).collect() }
}
