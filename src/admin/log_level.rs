//! `/admin/log-level`: what a running node logs.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::router::{AdminState, Caller, bad_request, json, parse};
use crate::wire::LogLevelBody;

/// The filter in force.
pub(super) async fn show(State(state): State<AdminState>) -> Response {
    let filter = state.logs.filter();
    json(StatusCode::OK, &LogLevelBody { filter })
}

/// Puts another filter in force, until the node ends; an empty one is the one with which it started.
pub(super) async fn set(State(state): State<AdminState>, caller: Caller, body: Bytes) -> Response {
    let wanted = match parse::<LogLevelBody>(&body) {
        Ok(LogLevelBody { filter }) => filter,
        Err(error) => return bad_request(&error.to_string()),
    };
    // Under the filter that is in force still: the next one may hide it.
    tracing::warn!(event = "admin_order", %caller, "an operator changes the log filter to {wanted:?}");
    match state.logs.set(wanted.trim()) {
        Ok(filter) => json(StatusCode::OK, &LogLevelBody { filter }),
        Err(error) => {
            let refusal = format!(
                "{wanted:?} is no log filter: {error}; a level (error, warn, info, debug, trace), or target=level with commas between"
            );
            tracing::info!(event = "admin_refused", %caller, "{refusal}");
            bad_request(&refusal)
        }
    }
}
