//! The endpoints, each with and without a trailing slash.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use les_core::{Addr, Mode, Pace, View};
use tokio::sync::{mpsc, watch};

use super::health;
use super::status;
use super::watch::{Stream, Streams};
use crate::clock::Clock;
use crate::discovery::SourceStatus;
use crate::events::Events;
use crate::pulse::Heartbeat;
use crate::reconcile::{AddressStatus, ProviderStatus, StandbyStatus};
use crate::wire::{DiagBody, DiagInputs, StateBody};

/// Somebody asked for `/state/<addr>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerRequest {
    /// The address it gave.
    pub addr: Addr,
    /// It asks to be looked at, since it has news.
    pub look: bool,
    /// The document it got said goodbye.
    pub told_goodbye: bool,
}

/// What the handlers read and where they hand events on.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The time.
    pub clock: Clock,
    /// The sign of life of the election's loop.
    pub heartbeat: Heartbeat,
    /// The election.
    pub view: watch::Receiver<Arc<View>>,
    /// Who must confirm a leader.
    pub mode: Mode,
    /// Requests that name an address. Bounded: what finds no room is forgotten, and asked again by whoever means it.
    pub requests: mpsc::Sender<PeerRequest>,
    /// The provider, if there is one.
    pub provider: Option<watch::Receiver<ProviderStatus>>,
    /// How often addresses at rest are read, if there is a provider.
    pub pace: Option<Pace>,
    /// The addresses, in the order of the configuration.
    pub addresses: Vec<watch::Receiver<AddressStatus>>,
    /// Their readings while this node is the next in line, in the same order.
    pub standbys: Vec<watch::Receiver<StandbyStatus>>,
    /// Where seeds are found, if anywhere.
    pub discovery: Option<watch::Receiver<Vec<SourceStatus>>>,
    /// The history.
    pub events: Events,
    /// Streams, if this node serves them.
    pub streams: Option<Streams>,
}

/// The endpoints of one node.
pub fn router(shared: Shared) -> Router {
    Router::new()
        .route("/state", get(state))
        .route("/state/", get(state))
        .route("/state/{addr}", get(state_for))
        .route("/state/{addr}/", get(state_for))
        .route("/watch", get(watch))
        .route("/watch/", get(watch))
        .route("/watch/{addr}", get(watch))
        .route("/watch/{addr}/", get(watch))
        .route("/diag", get(diag))
        .route("/diag/", get(diag))
        .route("/health/live", get(health::live))
        .route("/health/live/", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/health/ready/", get(health::ready))
        .route("/status", get(status::status))
        .route("/status/", get(status::status))
        .route("/why/{id}", get(status::why))
        .route("/why/{id}/", get(status::why))
        .route("/ping", get(ping))
        .route("/ping/", get(ping))
        .with_state(Arc::new(shared))
}

async fn ping() -> &'static str {
    "OK"
}

async fn state(State(shared): State<Arc<Shared>>) -> Response {
    let doc = shared.view.borrow().doc(shared.clock.mono());
    json(serde_json::to_string(&StateBody::from(&doc)))
}

/// The same, for somebody who says who it is. What is no address is answered and forgotten, as the reference does.
async fn state_for(
    State(shared): State<Arc<Shared>>,
    addr: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let doc = shared.view.borrow().doc(shared.clock.mono());
    if let Ok(Ok(addr)) = addr.map(|Path(addr)| addr.parse::<Addr>()) {
        let look = headers
            .get("les-look")
            .is_some_and(|value| value == HeaderValue::from_static("1"));
        let told_goodbye = doc.ext.as_ref().is_some_and(|ext| ext.leaving);
        // No room: the queue is full of others who asked.
        let _ = shared.requests.try_send(PeerRequest {
            addr,
            look,
            told_goodbye,
        });
    }
    json(serde_json::to_string(&StateBody::from(&doc)))
}

/// Grants a stream, if there is a place. Whoever takes the response writes it.
async fn watch(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    addr: Result<Path<String>, PathRejection>,
) -> Response {
    let Some(streams) = shared.streams.clone() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some(place) = streams.places.take(remote.ip().to_canonical()) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let watcher = addr.ok().and_then(|Path(addr)| addr.parse::<Addr>().ok());
    if let Some(addr) = watcher.clone() {
        let (look, told_goodbye) = (false, false);
        // No room: the queue is full of others who asked.
        let _ = shared.requests.try_send(PeerRequest {
            addr,
            look,
            told_goodbye,
        });
    }
    let stream = Stream {
        shared,
        streams,
        watcher,
        _place: Arc::new(place),
    };
    Extension(stream).into_response()
}

async fn diag(State(shared): State<Arc<Shared>>) -> Response {
    let view = Arc::clone(&shared.view.borrow());
    let provider = shared
        .provider
        .as_ref()
        .map(|status| status.borrow().clone());
    let addresses: Vec<AddressStatus> = latest(&shared.addresses);
    let standbys: Vec<StandbyStatus> = latest(&shared.standbys);
    let discovery = shared.discovery.as_ref().map(|d| d.borrow().clone());
    let body = DiagBody::new(&DiagInputs {
        view: &view,
        provider: provider.as_ref(),
        pace: shared.pace,
        addresses: &addresses,
        standbys: &standbys,
        discovery: discovery.as_deref().unwrap_or_default(),
        events: &shared.events.snapshot(),
        now: shared.clock.mono(),
    });
    json(body.to_json())
}

fn latest<T: Clone>(statuses: &[watch::Receiver<T>]) -> Vec<T> {
    statuses.iter().map(|s| s.borrow().clone()).collect()
}

fn json(body: serde_json::Result<String>) -> Response {
    match body {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => {
            tracing::error!(event = "serialize_failed", "{error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
