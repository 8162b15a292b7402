//! What is turned away before a handler sees it, and the headers every answer carries.
//!
//! The server has no accounts yet and listens on loopback, so what protects it is this: a name that is rebound to
//! 127.0.0.1 is not ours (`Host`), and a page of another site cannot write (`Origin`, `Sec-Fetch-Site`).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::{Error, Result};
use crate::web::error::Refused;
use crate::web::site::Site;

/// What pages may load: their own style, script, pictures and frames, and nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; \
    frame-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Turns away what is not meant for this server or comes from a page of another, and adds the headers of safety.
pub(super) async fn guard(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let writes = !request.method().is_safe();
    let mut response = match allowed(&site, request.headers(), writes) {
        Ok(()) => next.run(request).await,
        Err(error) => {
            let (parts, _) = request.into_parts();
            crate::web::error::rendered(&parts, Refused::from(error).into_response()).await
        }
    };
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    put(CONTENT_SECURITY_POLICY, POLICY);
    put(X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(REFERRER_POLICY, "same-origin");
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(CACHE_CONTROL, "no-cache");
    response
}

fn allowed(site: &Site, headers: &HeaderMap, writes: bool) -> Result<()> {
    let text = |name: HeaderName| headers.get(name).map(|it| it.to_str().unwrap_or("?"));
    let host = text(HOST).unwrap_or_default();
    if !site.hosts.iter().any(|it| it.eq_ignore_ascii_case(host)) {
        let known = site.hosts.first().map_or("", String::as_str);
        return Err(Error::denied(format!("This server answers to http://{known} only; open that address."))
            .zh(format!("本服务只应答 http://{known}，请打开这个地址。")));
    }
    // A picture or script of another site may not make this server work either; a link followed may.
    let mode = text(HeaderName::from_static("sec-fetch-mode"));
    let foreign = text(HeaderName::from_static("sec-fetch-site")) == Some("cross-site");
    if foreign && mode != Some("navigate") {
        return Err(Error::denied(
            "A page of another site asked for this; open it on a page of this server.",
        )
        .zh("这个请求是从其他网站发起的；请在本系统的页面上打开。"));
    }
    if !writes {
        return Ok(());
    }
    let own = |origin: &str| origin.strip_prefix("http://").is_some_and(|it| it.eq_ignore_ascii_case(host));
    let origin = text(ORIGIN).is_none_or(own);
    let site =
        text(HeaderName::from_static("sec-fetch-site")).is_none_or(|it| matches!(it, "same-origin" | "none"));
    if origin && site {
        return Ok(());
    }
    Err(Error::denied(
        "A page of another site asked for this change; it was not made. Do it from a page of this server.",
    )
    .zh("这个操作是从其他网站发起的，没有执行；请在本系统的页面上操作。"))
}

/// The span that log lines of a request stand in.
pub(super) fn span(request: &Request) -> tracing::Span {
    tracing::info_span!("request", method = %request.method(), path = request.uri().path())
}

/// Logs how a request was answered.
pub(super) fn answered(response: &Response, took: Duration, _: &tracing::Span) {
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(status = response.status().as_u16(), ms, "answered");
}
