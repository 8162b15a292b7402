//! The files of evidence: shown inline where a browser cannot be harmed by them, saved otherwise.

use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::archive::processing::THUMBNAIL;
use crate::domain::evidence::Part;
use crate::domain::id::EvidenceId;
use crate::error::{Error, Result};
use crate::ledger::fold::Fold;
use crate::web::error::Refused;
use crate::web::site::Site;
use crate::web::stream::{self, Sent};
use crate::web::visitor::Visitor;

/// Media types that a browser shows without running anything in them. HTML, SVG and XML are never among them.
const SHOWN: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/bmp",
    "application/pdf",
    "video/mp4",
    "video/webm",
    "video/quicktime",
    "audio/mpeg",
    "audio/mp4",
    "audio/wav",
    "text/plain",
    "text/csv",
];

/// Nothing in a file may load, run or be framed by others. A PDF is not sandboxed, because the viewer of Chromium shows
/// nothing then; it runs in a process of its own that knows no page.
const SANDBOX: &str = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; \
    frame-ancestors 'self'";
const UNSANDBOXED: &str = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; object-src 'self'; \
    frame-ancestors 'self'";

/// How a file is wanted.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    /// Whether it is to be saved rather than shown.
    #[serde(default)]
    save: Option<String>,
}

/// Returns whether a browser may show a media type.
pub(super) fn is_shown(media_type: &str) -> bool {
    SHOWN.contains(&media_type)
}

/// Sends a part of a piece, whole or a range of it.
pub(super) async fn part(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path((id, n)): Path<(EvidenceId, usize)>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> std::result::Result<Response, Refused> {
    let fold = site.archive.fold().await?;
    let part = found(&fold, &visitor, id, n)?;
    let media_type = fold.media_type(part);
    let inline = is_shown(media_type) && wanted.save.is_none();
    let typed = match media_type {
        "text/plain" | "text/csv" => "text/plain; charset=utf-8",
        it if inline => it,
        _ => "application/octet-stream",
    };
    let digest = part.blob.sha256;
    let archive = Arc::clone(&site.archive);
    let write = move |range: std::ops::Range<u64>, out: &mut dyn Write| -> Result<()> {
        let mut file = archive.store().open_blob(&digest)?;
        let failed = |it| Error::corrupt(format!("The file {digest} could not be sent.")).with_source(it);
        file.seek(SeekFrom::Start(range.start)).map_err(failed)?;
        std::io::copy(&mut file.take(range.end - range.start), out).map_err(failed)?;
        Ok(())
    };
    let sent =
        Sent { total: part.blob.bytes, tag: digest.to_string(), media_type: typed, name: &part.name, inline };
    let mut response = stream::send(&headers, &sent, write);
    let policy = if media_type == "application/pdf" { UNSANDBOXED } else { SANDBOX };
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    Ok(response)
}

/// Sends the thumbnail of a part.
pub(super) async fn thumbnail(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path((id, n)): Path<(EvidenceId, usize)>,
) -> std::result::Result<Response, Refused> {
    let fold = site.archive.fold().await?;
    let digest = found(&fold, &visitor, id, n)?.blob.sha256;
    let archive = Arc::clone(&site.archive);
    let read = tokio::task::spawn_blocking(move || archive.store().derived(&digest, THUMBNAIL)).await;
    let read =
        read.map_err(|it| Error::internal("The reading thread ended unexpectedly.").with_source(it))?;
    let bytes = read?
        .ok_or_else(|| Error::not_found("There is no thumbnail of this file.").zh("这个文件没有缩略图。"))?;
    let kept = [
        (CONTENT_TYPE, "image/jpeg"),
        (CACHE_CONTROL, "private, max-age=86400"),
        (CONTENT_SECURITY_POLICY, SANDBOX),
    ];
    Ok((kept, bytes).into_response())
}

/// A part, counted from 1, of a piece the visitor may see.
fn found<'a>(fold: &'a Fold, visitor: &Visitor, id: EvidenceId, n: usize) -> Result<&'a Part> {
    let piece = fold.current(id).filter(|it| visitor.act.scope.sees(it));
    let part = piece.and_then(|it| it.parts.get(n.checked_sub(1)?));
    part.ok_or_else(|| {
        Error::not_found(format!("Evidence #{id} has no part {n}.")).zh(format!("#{id} 没有第 {n} 个文件。"))
    })
}
