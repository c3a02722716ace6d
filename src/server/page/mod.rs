//! `GET /`: the page. One document, put together once from the files beside this one; it asks nobody but this node.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};

static PAGE: LazyLock<String> = LazyLock::new(|| {
    let parts = [
        ("{{style.css}}", include_str!("style.css")),
        ("{{dom.js}}", include_str!("dom.js")),
        ("{{time.js}}", include_str!("time.js")),
        ("{{verdict.js}}", include_str!("verdict.js")),
        ("{{status.js}}", include_str!("status.js")),
        ("{{timeline.js}}", include_str!("timeline.js")),
        ("{{stream.js}}", include_str!("stream.js")),
    ];
    let page = include_str!("index.html").to_owned();
    parts
        .iter()
        .fold(page, |page, (place, part)| page.replace(place, part))
});
const NONCE: &str = "{{nonce}}";

/// The document. Its style and script are allowed by a number that is drawn anew for each answer; nothing else may run, and nothing come from elsewhere.
pub(super) async fn page() -> Response {
    let mut random = [0; 16];
    if getrandom::fill(&mut random).is_err() {
        return axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let nonce = format!("{:032x}", u128::from_ne_bytes(random));
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    (headers, PAGE.replace(NONCE, &nonce)).into_response()
}
