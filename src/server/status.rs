//! `/status` and `/why/{id}`: what is known at this moment, for programs and for people.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use les_core::View;
use tokio::sync::watch;

use super::health;
use super::router::Shared;
use crate::reconcile::{AddressStatus, ProviderStatus, StandbyStatus};
use crate::why::{Situation, Verdict};
use crate::wire::{HealthBody, StatusInputs, StatusPage, WhyBody};

/// Everything that is shown, as it is at one moment.
pub(super) struct Snapshot {
    pub(super) view: Arc<View>,
    provider: Option<ProviderStatus>,
    pub(super) addresses: Vec<AddressStatus>,
    standbys: Vec<StandbyStatus>,
}

impl Snapshot {
    pub(super) fn of(shared: &Shared) -> Self {
        Self {
            view: Arc::clone(&shared.view.borrow()),
            provider: shared.provider.as_ref().map(|p| p.borrow().clone()),
            addresses: latest(&shared.addresses),
            standbys: latest(&shared.standbys),
        }
    }

    pub(super) fn situation(&self, shared: &Shared) -> Situation<'_> {
        Situation {
            view: &self.view,
            provider: self.provider.as_ref(),
            pace: shared.pace,
            addresses: &self.addresses,
            standbys: &self.standbys,
            now: shared.clock.now(),
        }
    }
}

/// The body of `GET /status` at this moment.
pub(super) fn page(shared: &Shared) -> StatusPage {
    let snapshot = Snapshot::of(shared);
    StatusPage::new(&StatusInputs {
        situation: snapshot.situation(shared),
        mode: &shared.mode,
        ready: health::is_ready(shared),
        budget_remaining: shared.budget_remaining(),
        events_kept: shared.events.are_kept(),
    })
}

/// Where an address is and why; `None` if it is not configured here.
pub(super) fn verdict(shared: &Shared, id: &str) -> Option<Verdict> {
    Snapshot::of(shared).situation(shared).why(id)
}

/// Always 200.
pub(super) async fn status(State(shared): State<Arc<Shared>>) -> Response {
    answer(StatusCode::OK, page(&shared).to_json())
}

/// 200; 404 for what is no address of this node.
pub(super) async fn why(
    State(shared): State<Arc<Shared>>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let id = id.map_or_else(|_| String::new(), |Path(id)| id);
    match verdict(&shared, &id) {
        Some(verdict) => answer(StatusCode::OK, WhyBody::new(id, verdict).to_json()),
        None => answer(StatusCode::NOT_FOUND, Ok(unknown(&shared).to_json())),
    }
}

/// Which addresses there are instead.
pub(super) fn unknown(shared: &Shared) -> HealthBody {
    let ids = latest(&shared.addresses).into_iter();
    let ids: Vec<_> = ids.map(|status| status.arbiter.address).collect();
    let why = if shared.provider.is_none() {
        "no such address: this node has no provider (provider.kind), and so no addresses; ask a node that has".to_owned()
    } else if ids.is_empty() {
        "no such address: none is configured on this node ([[address]])".to_owned()
    } else {
        format!(
            "no such address is configured on this node; there is {}",
            ids.join(", ")
        )
    };
    HealthBody { ok: false, why }
}

fn latest<T: Clone>(statuses: &[watch::Receiver<T>]) -> Vec<T> {
    statuses.iter().map(|s| s.borrow().clone()).collect()
}

fn answer(status: StatusCode, body: serde_json::Result<String>) -> Response {
    match body {
        Ok(body) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (status, headers, body).into_response()
        }
        Err(error) => {
            tracing::error!(event = "serialize_failed", "{error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
