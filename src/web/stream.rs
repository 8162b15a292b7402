//! Bytes on their way out: whole or any range of them, with their exact length, in flat memory.

use std::io::{self, Write};
use std::ops::Range;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio_util::io::{ReaderStream, SyncIoBridge};

use crate::error::Result;

/// What is sent: its length, its tag, its type and the name it is saved under.
pub(super) struct Sent<'a> {
    /// Bytes in all.
    pub total: u64,
    /// A tag that differs for every other content.
    pub tag: String,
    /// The media type.
    pub media_type: &'a str,
    /// The file name.
    pub name: &'a str,
    /// Whether the browser shows it rather than saves it.
    pub inline: bool,
}

/// Answers with the bytes asked for: all of them, one range, or that nothing changed. `write` is run on a thread of
/// its own with the range to be written.
pub(super) fn send(
    headers: &HeaderMap,
    sent: &Sent<'_>,
    write: impl FnOnce(Range<u64>, &mut dyn Write) -> Result<()> + Send + 'static,
) -> Response {
    let tag = format!("\"{}\"", sent.tag);
    let text = |name| headers.get(name).and_then(|it: &axum::http::HeaderValue| it.to_str().ok());
    if text(IF_NONE_MATCH).is_some_and(|it| it == "*" || it.split(',').any(|it| it.trim() == tag)) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
    }
    let fresh = text(IF_RANGE).is_none_or(|it| it == tag);
    let range = text(RANGE).filter(|_| fresh).map_or(Ok(None), |it| asked(it, sent.total));
    let Ok(range) = range else {
        let all = format!("bytes */{}", sent.total);
        return (StatusCode::RANGE_NOT_SATISFIABLE, [(CONTENT_RANGE, all)]).into_response();
    };
    let disposition = if sent.inline { "inline" } else { "attachment" };
    let name = utf8_percent_encode(sent.name, NON_ALPHANUMERIC);
    let part = range.clone().unwrap_or(0..sent.total);
    let common = [
        (CONTENT_TYPE, sent.media_type.to_owned()),
        (CONTENT_DISPOSITION, format!("{disposition}; filename*=UTF-8''{name}")),
        (CONTENT_LENGTH, (part.end - part.start).to_string()),
        (ACCEPT_RANGES, "bytes".to_owned()),
        (ETAG, tag),
    ];
    let body = body(part.clone(), write);
    if range.is_none() {
        return (common, body).into_response();
    }
    let shown = format!("bytes {}-{}/{}", part.start, part.end - 1, sent.total);
    (StatusCode::PARTIAL_CONTENT, common, [(CONTENT_RANGE, shown)], body).into_response()
}

/// The one range asked for; several, or what cannot be read, are answered with the whole, as RFC 9110 allows.
fn asked(header: &str, total: u64) -> std::result::Result<Option<Range<u64>>, ()> {
    let Ok(parsed) = http_range_header::parse_range_header(header) else { return Ok(None) };
    match parsed.validate(total).map_err(drop)?.as_slice() {
        [one] => Ok(Some(*one.start()..one.end() + 1)),
        _ => Ok(None),
    }
}

/// A body that a thread writes. Where it fails the body ends short of its length, which every client takes as broken.
fn body(
    range: Range<u64>,
    write: impl FnOnce(Range<u64>, &mut dyn Write) -> Result<()> + Send + 'static,
) -> Body {
    const BUFFER: usize = 256 << 10;
    let (near, far) = tokio::io::duplex(BUFFER);
    tokio::task::spawn_blocking(move || {
        let mut out = Leaving { to: SyncIoBridge::new(near), left: false };
        if let Err(error) = write(range, &mut out)
            && !out.left
        {
            tracing::error!("{error:#}");
        }
    });
    Body::from_stream(ReaderStream::with_capacity(far, BUFFER))
}

/// A writer that knows whether its reader left, which is no fault of ours.
struct Leaving<W> {
    to: W,
    left: bool,
}

impl<W: Write> Write for Leaving<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes).inspect_err(|_| self.left = true)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_cut_and_all_else_is_whole_or_refused() {
        for (header, expected) in [
            ("bytes=0-4", Ok(Some(0..5))),
            ("bytes=5-", Ok(Some(5..10))),
            ("bytes=-3", Ok(Some(7..10))),
            ("bytes=0-99", Ok(Some(0..10))),
            ("bytes=10-", Err(())),
            ("bytes=0-1,4-5", Ok(None)),
            ("lines=0-1", Ok(None)),
        ] {
            assert_eq!(asked(header, 10), expected, "{header}");
        }
    }
}
