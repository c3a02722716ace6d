//! `GET /events`: the history.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::health::{answer_as, unwell};
use super::router::{Shared, json};
use crate::events::KEPT;
use crate::wire::{EventBody, EventsBody};

/// So many without `limit`.
const USUAL: usize = 200;

/// What may be asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    limit: Option<usize>,
}

/// The latest events, oldest first.
pub(super) async fn events(
    State(shared): State<Arc<Shared>>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let limit = match wanted {
        Ok(Query(wanted)) => wanted.limit.unwrap_or(USUAL),
        Err(_) => 0,
    };
    if !(1..=KEPT).contains(&limit) {
        let text = format!("limit must be a number from 1 to {KEPT}");
        return answer_as(StatusCode::BAD_REQUEST, &unwell(text));
    }
    let latest = shared.events.latest(limit);
    json(serde_json::to_string(&EventsBody {
        kept: shared.events.are_kept(),
        events: latest
            .iter()
            .map(|event| EventBody::from(&**event))
            .collect(),
    }))
}
