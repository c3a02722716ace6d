//! What holds for every path: with and without a slash at the end; HEAD and OPTIONS say what GET would, without its body.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, StatusCode, Uri, header};
use axum::response::Response;
use tower_service::Service as _;

use super::serve::Granted;

/// The methods of what is only read.
const READ_ONLY: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");

/// Answers one request by `router`.
pub(super) async fn answer<B>(mut router: Router, request: Request<B>) -> Response
where
    B: axum::body::HttpBody<Data = axum::body::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    let mut request = request.map(Body::new);
    if let Some(trimmed) = without_slash(request.uri()) {
        *request.uri_mut() = trimmed;
    }
    let method = request.method().clone();
    let Ok::<_, Infallible>(mut response) = router.call(request).await;
    if method == Method::OPTIONS || method == Method::HEAD {
        // A stream that nobody reads is not begun.
        response.extensions_mut().remove::<Granted>();
    }
    // Where nobody answers OPTIONS the router has said already which methods there are.
    if method == Method::OPTIONS && response.status() != StatusCode::METHOD_NOT_ALLOWED {
        *response.body_mut() = Body::empty();
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        headers.remove(header::CONTENT_TYPE);
        headers.insert(header::ALLOW, READ_ONLY);
    }
    response
}

/// The same without the slash at its end; `None` if there is none to take away.
fn without_slash(uri: &Uri) -> Option<Uri> {
    let path = uri
        .path()
        .strip_suffix('/')
        .filter(|path| !path.is_empty())?;
    let query = uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    format!("{path}{query}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slash_at_the_end_is_nothing_and_the_root_keeps_its_own() {
        let trimmed = |text: &str| without_slash(&text.parse().unwrap()).map(|uri| uri.to_string());
        assert_eq!(trimmed("/diag/").as_deref(), Some("/diag"));
        assert_eq!(
            trimmed("/events/?limit=3").as_deref(),
            Some("/events?limit=3")
        );
        assert_eq!(trimmed("/diag"), None);
        assert_eq!(trimmed("/"), None);
    }
}
