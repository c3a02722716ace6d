//! The admin routes. They are the same on the socket and, behind the token, on the HTTP port.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use les_core::{Addr, View};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, oneshot, watch};

use super::by_hand::{self, ByHand};
use super::desk::{Command, Handover, Order, Reply};
use super::eligibility::unable;
use super::log_level;
use super::pause::{self, PauseState};
use super::refusal::Refusal;
use crate::handover::Progress;
use crate::telemetry::LogControl;
use crate::wire::{DrainBody, DrainedBody, HandoffBody, HandoverBody, RefusalBody, StatusBody};

/// Bytes of a body: an address has 256 at most.
const MAX_BODY_BYTES: usize = 4096;
/// An answer comes within so long, below the 3 s that the HTTP port gives a connection; whoever wants to know more asks again.
pub(super) const ANSWER: Duration = Duration::from_secs(2);

/// Who gives an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A process of this machine.
    Socket {
        /// Its user, as the kernel says.
        uid: Option<u32>,
    },
    /// Somebody who has the token.
    Http {
        /// From where.
        remote: Option<SocketAddr>,
    },
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket { uid: Some(uid) } => write!(f, "uid {uid} on the admin socket"),
            Self::Socket { uid: None } => f.write_str("the admin socket"),
            Self::Http {
                remote: Some(remote),
            } => write!(f, "{remote} with the token"),
            Self::Http { remote: None } => f.write_str("HTTP with the token"),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let on_socket = parts.extensions.get::<Self>().copied();
        let remote = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let http = Self::Http {
            remote: remote.map(|ConnectInfo(remote)| *remote),
        };
        Ok(on_socket.unwrap_or(http))
    }
}

/// What the routes read, and where orders go.
#[derive(Clone, Debug)]
pub struct AdminState {
    /// The election.
    pub view: watch::Receiver<Arc<View>>,
    /// To the desk. Bounded: an order that finds no room is refused.
    pub orders: mpsc::Sender<Order>,
    /// The desk's latest hand-over.
    pub handover: watch::Receiver<Option<Handover>>,
    /// A drain holds over a restart.
    pub kept: bool,
    /// What is logged.
    pub logs: LogControl,
    /// Pauses.
    pub pause: PauseState,
    /// Moves by hand, if there is a provider.
    pub by_hand: Option<ByHand>,
}

/// The routes.
pub fn router(state: AdminState) -> Router {
    Router::new()
        .route("/admin/handoff", post(hand_off).get(latest_handover))
        .route("/admin/drain", post(drain))
        .route("/admin/undrain", post(undrain))
        .route("/admin/pause", post(pause::pause))
        .route("/admin/resume", post(pause::resume))
        .route("/admin/provider/assign", post(by_hand::assign))
        .route("/admin/provider/release", post(by_hand::release))
        .route("/admin/status", get(status))
        .route(
            "/admin/log-level",
            post(log_level::set).get(log_level::show),
        )
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(state)
}

async fn hand_off(State(mut state): State<AdminState>, caller: Caller, body: Bytes) -> Response {
    let to = match parse::<HandoffBody>(&body) {
        Ok(HandoffBody { to }) => to.map(|to| to.parse::<Addr>()).transpose(),
        Err(error) => return bad_request(&error.to_string()),
    };
    let to = match to {
        Ok(to) => to,
        Err(error) => return bad_request(&format!("to: {error}")),
    };
    match state.order(Command::Handoff { to }, caller).await {
        Ok(Reply {
            handover: Some(number),
        }) => state.handover_of(number).await,
        Ok(Reply { handover: None }) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => refused(&refusal),
    }
}

async fn latest_handover(State(mut state): State<AdminState>) -> Response {
    let number = state.handover.borrow().as_ref().map(|h| h.number);
    match number {
        Some(number) => state.handover_of(number).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn drain(State(mut state): State<AdminState>, caller: Caller, body: Bytes) -> Response {
    let force = match parse::<DrainBody>(&body) {
        Ok(DrainBody { force }) => force,
        Err(error) => return bad_request(&error.to_string()),
    };
    match state.order(Command::Drain { force }, caller).await {
        Ok(reply) => state.drained(reply).await,
        Err(refusal) => refused(&refusal),
    }
}

async fn undrain(State(mut state): State<AdminState>, caller: Caller) -> Response {
    match state.order(Command::Undrain, caller).await {
        Ok(reply) => state.drained(reply).await,
        Err(refusal) => refused(&refusal),
    }
}

async fn status(State(state): State<AdminState>) -> Response {
    let view = Arc::clone(&state.view.borrow());
    let handover = state.handover.borrow().as_ref().map(HandoverBody::from);
    let body = StatusBody::new(&view, state.kept, &unable(&view), handover);
    json(StatusCode::OK, &body)
}

impl AdminState {
    async fn order(&mut self, command: Command, caller: Caller) -> Result<Reply, Refusal> {
        let (reply, replied) = oneshot::channel();
        let order = Order {
            command,
            caller,
            reply,
        };
        self.orders.try_send(order).map_err(|_| Refusal::Unheard)?;
        match tokio::time::timeout(ANSWER, replied).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) | Err(_) => Err(Refusal::Unheard),
        }
    }

    /// Waits for its end, but not longer than an answer may take.
    async fn settled(&mut self, number: u64) -> Option<HandoverBody> {
        let ended = |latest: &Option<Handover>| {
            let this = latest.as_ref().filter(|h| h.number == number);
            this.is_none_or(|h| h.report.progress != Progress::Underway)
        };
        // Either way the latest is shown.
        let _ = tokio::time::timeout(ANSWER, self.handover.wait_for(ended)).await;
        self.handover.borrow().as_ref().map(HandoverBody::from)
    }

    async fn handover_of(&mut self, number: u64) -> Response {
        match self.settled(number).await {
            Some(body) => json(code(&body), &body),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }

    async fn drained(&mut self, reply: Reply) -> Response {
        let handover = match reply.handover {
            Some(number) => self.settled(number).await,
            None => None,
        };
        let status = handover.as_ref().map_or(StatusCode::OK, code);
        let view = Arc::clone(&self.view.borrow());
        json(status, &DrainedBody::new(&view, self.kept, handover))
    }
}

const fn code(handover: &HandoverBody) -> StatusCode {
    use crate::wire::ProgressBody;
    match handover.progress {
        ProgressBody::Underway => StatusCode::ACCEPTED,
        ProgressBody::Done => StatusCode::OK,
        ProgressBody::TookBack => StatusCode::CONFLICT,
        ProgressBody::Late => StatusCode::GATEWAY_TIMEOUT,
    }
}

pub(super) fn refused(refusal: &Refusal) -> Response {
    let status = match refusal {
        Refusal::NotLeader { .. }
        | Refusal::NobodyEligible(_)
        | Refusal::LastEligible(_)
        | Refusal::ToSelf(_)
        | Refusal::ToUnknown { .. }
        | Refusal::ToIneligible { .. }
        | Refusal::ToNotMostSenior { .. }
        | Refusal::Paused
        | Refusal::NotPaused
        | Refusal::LeaderUnaware(_)
        | Refusal::NobodyLeads
        | Refusal::Moving(_)
        | Refusal::ByHandUnderway
        | Refusal::NoProvider
        | Refusal::NoTarget
        | Refusal::Underway => StatusCode::CONFLICT,
        Refusal::UnknownAddress { .. } => StatusCode::NOT_FOUND,
        Refusal::Provider(_) | Refusal::MaybeDone(_) => StatusCode::BAD_GATEWAY,
        Refusal::Unheard => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::DrainMark { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    };
    json(status, &RefusalBody::from(refusal))
}

pub(super) fn parse<T: DeserializeOwned + Default>(body: &[u8]) -> serde_json::Result<T> {
    if body.is_empty() {
        return Ok(T::default());
    }
    parse_required(body)
}

/// A body that must be there.
pub(super) fn parse_required<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    // serde would take an array for an object, each element for the key at its place: an order must say what it means.
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(serde::de::Error::custom("the body must be an object"));
    }
    serde_json::from_slice(body)
}

pub(super) fn bad_request(message: &str) -> Response {
    let body = RefusalBody {
        code: "bad_request".to_owned(),
        message: message.to_owned(),
        leader: None,
    };
    json(StatusCode::BAD_REQUEST, &body)
}

pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_string(body) {
        Ok(body) => (
            status,
            [(header::CONTENT_TYPE, "application/json")],
            body + "\n",
        )
            .into_response(),
        Err(error) => {
            tracing::error!(event = "serialize_failed", "{error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
