//! `GET /openapi.json`: the description of every endpoint.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};

/// As it is written, with this program's version in the place of `0.0.0`.
static DESCRIPTION: LazyLock<String> = LazyLock::new(|| {
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    include_str!("openapi.json").replacen("\"version\": \"0.0.0\"", &version, 1)
});

/// The description (OpenAPI 3.1).
pub(super) async fn description() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], &**DESCRIPTION).into_response()
}
