//! The endpoints of the HTTP port.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{ConnectInfo, Path, State};
use axum::handler::Handler;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Extension, Router};
use les_core::{Addr, Mode, Pace, StateDoc, View};
use les_provider::Provider;
use tokio::sync::{mpsc, watch};

use super::places::Places;
use super::serve::Granted;
use super::status::Snapshot;
use super::watch::{Stream, Streams};
use super::{health, history, live, openapi, page, roles, scrape, status};
use crate::clock::Clock;
use crate::discovery::SourceStatus;
use crate::events::Events;
use crate::metrics::Metrics;
use crate::pulse::Heartbeat;
use crate::reconcile::{AddressStatus, ProviderStatus, StandbyStatus};
use crate::trace;
use crate::wire::{DiagBody, DiagInputs, StateBody};

/// Events at `/diag/`; all of them are at `/events`.
const SHOWN: usize = 64;

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
    /// What was counted.
    pub metrics: Metrics,
    /// Who knows how many calls are left.
    pub cloud: Option<Arc<dyn Provider>>,
    /// Places of those who look on at `/live`.
    pub pages: Places,
    /// When the process started, in seconds since the Unix epoch.
    pub started: f64,
    /// The trace of a takeover that is under way.
    pub trace: watch::Receiver<Option<String>>,
}

impl Shared {
    /// What this node says of itself, as `view` has it.
    pub(super) fn doc(&self, view: &View) -> StateDoc {
        let mut doc = view.doc(self.clock.mono());
        if let Some(ext) = &mut doc.ext {
            ext.trace.clone_from(&self.trace.borrow());
        }
        doc
    }

    /// Calls that are left of the cloud's allowance, where that is known.
    pub(super) fn budget_remaining(&self) -> Option<u32> {
        self.cloud.as_ref()?.budget_remaining()
    }
}

/// The endpoints of one node. What holds for all of them is in `manners`.
pub fn router(shared: Shared) -> Router {
    Router::new()
        .route("/", read(page::page))
        .route("/state", read(state))
        .route("/state/{addr}", read(state_for))
        .route("/watch", read(watch))
        .route("/watch/{addr}", read(watch))
        .route("/diag", read(diag))
        .route("/health/live", read(health::live))
        .route("/health/ready", read(health::ready))
        .route("/health/address/{id}", read(roles::address))
        .route("/leader", read(roles::leader))
        .route("/follower", read(roles::follower))
        .route("/status", read(status::status))
        .route("/why/{id}", read(status::why))
        .route("/events", read(history::events))
        .route("/live", read(live::live))
        .route("/metrics", read(scrape::metrics))
        .route("/openapi.json", read(openapi::description))
        .route("/ping", read(ping))
        .with_state(Arc::new(shared))
}

/// What is only read: GET, HEAD, and OPTIONS, which has the status that GET would have.
fn read<H, T>(handler: H) -> MethodRouter<Arc<Shared>>
where
    H: Handler<T, Arc<Shared>>,
    T: 'static,
{
    get(handler.clone()).options(handler)
}

async fn ping() -> &'static str {
    "OK"
}

async fn state(State(shared): State<Arc<Shared>>) -> Response {
    let doc = shared.doc(&shared.view.borrow());
    json(serde_json::to_string(&StateBody::from(&doc)))
}

/// The same, for somebody who says who it is. What is no address is answered and forgotten, as the reference does.
async fn state_for(
    State(shared): State<Arc<Shared>>,
    addr: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    note_trace(&headers, &shared);
    let doc = shared.doc(&shared.view.borrow());
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

/// A peer that asks in the course of a takeover says which: the answer is a part of its trace.
fn note_trace(headers: &HeaderMap, shared: &Shared) {
    let context = headers.get(trace::HEADER).and_then(|c| c.to_str().ok());
    if let Some(context) = context {
        let node = &shared.view.borrow().me.addr;
        let span = tracing::info_span!(target: trace::TARGET, parent: None, "answer", %node);
        trace::adopt(&span, context);
    }
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
    Extension(Granted::Watch(stream)).into_response()
}

async fn diag(State(shared): State<Arc<Shared>>) -> Response {
    let snapshot = Snapshot::of(&shared);
    let discovery = shared.discovery.as_ref().map(|d| d.borrow().clone());
    let body = DiagBody::new(&DiagInputs {
        situation: snapshot.situation(&shared),
        discovery: discovery.as_deref().unwrap_or_default(),
        events: &shared.events.of_this_life(SHOWN),
    });
    json(body.to_json())
}

pub(super) fn json(body: serde_json::Result<String>) -> Response {
    match body {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => {
            tracing::error!(event = "serialize_failed", "{error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
