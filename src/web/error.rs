//! How an act that did not happen is shown: the status of HTTP, as a page to people and as JSON to programs.

use std::any::Any;
use std::sync::Arc;

use axum::Json;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use crate::error::{Error, Kind};
use crate::web::pages::shell;
use crate::web::shapes::{Reason, Refusal};
use crate::web::visitor::reads_english;

/// An error on its way out; [`shown`] gives it its form.
pub(super) struct Refused(Arc<Error>);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(Arc::new(error))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = status(self.0.kind()).into_response();
        response.extensions_mut().insert(self.0);
        response
    }
}

/// The status of an error: one of the two places that tell kinds apart.
fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Denied => StatusCode::FORBIDDEN,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Unsupported => StatusCode::NOT_IMPLEMENTED,
        Kind::Corrupt | Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Gives every refusal its form, those of extractors too, which say in plain text what was wrong with a request.
pub(super) async fn shown(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let kept = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    rendered(&kept, response).await
}

/// Renders a refusal for who asked; any other answer passes as it is.
pub(super) async fn rendered(parts: &Parts, response: Response) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let for_program = parts.uri.path().starts_with("/api/");
    let english = reads_english(&parts.headers);
    // A client that used a wrong method is told the right ones.
    let mut allowed = HeaderMap::new();
    if let Some(methods) = response.headers().get(header::ALLOW) {
        allowed.insert(header::ALLOW, methods.clone());
    }
    let (message, kind) = match response.extensions().get::<Arc<Error>>() {
        Some(error) => {
            if matches!(error.kind(), Kind::Internal | Kind::Corrupt | Kind::Unavailable) {
                tracing::error!(path = parts.uri.path(), "{error:#}");
            }
            (
                error.message_in(for_program || english).into_owned(),
                format!("{:?}", error.kind()).to_lowercase(),
            )
        }
        None if response.headers().get(header::CONTENT_TYPE).is_some_and(is_plain) => {
            let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap_or_default();
            let kind = if status == StatusCode::PAYLOAD_TOO_LARGE { "toolarge" } else { "invalid" };
            let said = String::from_utf8_lossy(&bytes).into_owned();
            let chinese = "地址或表单里有不能识别的内容，请返回上一页重新填写。";
            (if for_program || english { said } else { chinese.to_owned() }, kind.to_owned())
        }
        // What has its own form, such as the end of a range, keeps it.
        None => return response,
    };
    if for_program {
        return (status, allowed, Json(Refusal { error: Reason { kind, message } })).into_response();
    }
    (status, allowed, Html(shell::refusal(english, status, &message).into_string())).into_response()
}

fn is_plain(media_type: &header::HeaderValue) -> bool {
    media_type.as_bytes().starts_with(b"text/plain")
}

/// Answers where no page is.
pub(super) async fn no_such_page() -> Refused {
    Error::not_found("There is no such page.").zh("没有这个页面。").into()
}

/// Answers where a page is that cannot be asked in this way; the methods that serve stand in a header.
pub(super) async fn no_such_method() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, "This address does not take that method.").into_response()
}

/// Answers where a handler fell over; what it did not commit did not happen.
pub(super) fn panicked(fault: Box<dyn Any + Send + 'static>) -> Response {
    let text = fault.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| fault.downcast_ref::<&str>().copied()).unwrap_or_default();
    tracing::error!(text, "a handler fell over");
    Refused::from(
        Error::internal("The program made a mistake; nothing was changed.")
            .zh("程序出错，没有改动任何内容；请查看服务日志。"),
    )
    .into_response()
}
