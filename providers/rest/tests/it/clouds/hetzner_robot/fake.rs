//! A Hetzner Robot from its documentation: failover IPs, and the block after three refused logins.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use les_provider::memory::{Asked, CallId, MemoryCloud, Passage, Refusal};
use les_provider::{AddressId, ErrorKind, Operation, Target};
use serde_json::{Value, json};

use crate::clouds::refused::{self, Wording};
use crate::clouds::stage::{fixture, header};

pub(super) const USER: &str = "#ws+lesrobot";
pub(super) const PASSWORD: &str = "r0b0t5ecre7";
/// `USER:PASSWORD` in base64.
pub(super) const LOGIN: &str = "I3dzK2xlc3JvYm90OnIwYjB0NWVjcmU3";

/// "the IP from which you attempt to access will be blocked for 10 minutes after 3 failed login attempts"
const REFUSALS_UNTIL_BLOCKED: usize = 3;

/// The web service of one account.
#[derive(Debug)]
pub(super) struct Fake {
    pub(super) cloud: MemoryCloud,
    /// Logins that were refused, since ever.
    pub(super) refused_logins: Arc<AtomicUsize>,
}

pub(super) fn router(fake: Fake) -> Router {
    let failover = get(describe).post(route).delete(unroute);
    Router::new()
        .route("/failover/{ip}", failover)
        .fallback(async || Refused::of(Code::NotFound))
        .with_state(Arc::new(fake))
}

impl Fake {
    async fn receive(
        &self,
        operation: Operation,
        address: &AddressId,
        target: Option<&Target>,
        headers: &HeaderMap,
        work: impl AsyncFnOnce(CallId, Passage) -> Answer,
    ) -> Answer {
        let asked = Asked {
            operation,
            address: Some(address),
            target,
            admitted: self.admits(headers),
        };
        self.cloud.receive(asked, work).await
    }

    /// Who is blocked gets no further, not with good credentials either.
    fn admits(&self, headers: &HeaderMap) -> bool {
        let login = header(headers, "authorization").and_then(|value| value.strip_prefix("Basic "));
        let blocked = self.refused_logins.load(Ordering::SeqCst) >= REFUSALS_UNTIL_BLOCKED;
        let admitted = !blocked && login == Some(LOGIN);
        if !admitted {
            self.refused_logins.fetch_add(1, Ordering::SeqCst);
        }
        admitted
    }
}

async fn describe(
    State(fake): State<Arc<Fake>>,
    Path(ip): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let address = AddressId(ip);
    fake.receive(
        Operation::Observe,
        &address,
        None,
        &headers,
        async |_, passage| {
            let reading = fake.cloud.reading(&address, passage)?;
            Ok(failover(&address, reading.holder.as_ref()))
        },
    )
    .await
}

/// Answers when the address is routed.
async fn route(
    State(fake): State<Arc<Fake>>,
    Path(ip): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let address = AddressId(ip);
    let to = Target(wanted(&headers, &body).ok_or(Refused::of(Code::InvalidInput))?);
    fake.receive(
        Operation::Assign,
        &address,
        Some(&to),
        &headers,
        async |call, passage| {
            let holder = fake.cloud.with(|world, _| world.read(&address))?.holder;
            if holder.as_ref() == Some(&to) {
                return Err(Refused::of(Code::AlreadyRouted));
            }
            fake.cloud
                .carry_out::<Refused>(call, &address, Some(&to), None, passage)
                .await?;
            Ok(failover(&address, Some(&to)))
        },
    )
    .await
}

async fn unroute(
    State(fake): State<Arc<Fake>>,
    Path(ip): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let address = AddressId(ip);
    if !body.is_empty() {
        return Err(Refused::of(Code::InvalidInput));
    }
    fake.receive(
        Operation::Release,
        &address,
        None,
        &headers,
        async |call, passage| {
            fake.cloud
                .carry_out::<Refused>(call, &address, None, None, passage)
                .await?;
            Ok(failover(&address, None))
        },
    )
    .await
}

/// `active_server_ip` of a form that has nothing else; JSON is not understood.
fn wanted(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let form = header(headers, "content-type")?.starts_with("application/x-www-form-urlencoded");
    let value = std::str::from_utf8(body)
        .ok()?
        .strip_prefix("active_server_ip=")?;
    let decoded = percent_encoding::percent_decode_str(value)
        .decode_utf8()
        .ok()?;
    let address: std::net::IpAddr = decoded.parse().ok()?;
    form.then(|| address.to_string())
}

/// The documentation's example, with this address and its route.
fn failover(address: &AddressId, active: Option<&Target>) -> Json<Value> {
    let example = match (address.0.contains(':'), active) {
        (true, _) => "hetzner-robot/failover_ipv6.json",
        (false, Some(_)) => "hetzner-robot/failover.json",
        (false, None) => "hetzner-robot/failover_unrouted.json",
    };
    let mut shown = fixture(example);
    shown["failover"]["ip"] = json!(address.0);
    shown["failover"]["active_server_ip"] = json!(active.map(|target| &target.0));
    Json(shown)
}

/// The codes of the documentation that the fake gives, but for the rate limit.
#[derive(Clone, Copy)]
enum Code {
    Unauthorized,
    InvalidInput,
    NotFound,
    NewServerNotFound,
    AlreadyRouted,
    Locked,
    Maintenance,
}

type Refused = refused::Refused<Fake>;
type Answer = refused::Answer<Fake>;

impl Refused {
    fn of(code: Code) -> Self {
        let kind = match code {
            Code::Unauthorized => ErrorKind::Denied,
            Code::InvalidInput => ErrorKind::Misconfigured,
            Code::NotFound | Code::NewServerNotFound => ErrorKind::NotFound,
            Code::AlreadyRouted => ErrorKind::Conflict,
            Code::Locked => ErrorKind::InProgress,
            Code::Maintenance => ErrorKind::Transient,
        };
        Self::saying(code, kind)
    }

    fn saying(code: Code, kind: ErrorKind) -> Self {
        let (status, name, message) = match code {
            Code::Unauthorized => (StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Unauthorized"),
            Code::InvalidInput => (StatusCode::BAD_REQUEST, "INVALID_INPUT", "invalid input"),
            Code::NotFound => (
                StatusCode::NOT_FOUND,
                "NOT_FOUND",
                "Failover IP address not found",
            ),
            Code::NewServerNotFound => (
                StatusCode::NOT_FOUND,
                "FAILOVER_NEW_SERVER_NOT_FOUND",
                "Destination server not found",
            ),
            Code::AlreadyRouted => (
                StatusCode::CONFLICT,
                "FAILOVER_ALREADY_ROUTED",
                "Failover already routed",
            ),
            Code::Locked => (
                StatusCode::CONFLICT,
                "FAILOVER_LOCKED",
                "blocked due to another active request",
            ),
            Code::Maintenance => (
                StatusCode::SERVICE_UNAVAILABLE,
                "UNAVAILABLE",
                "maintenance",
            ),
        };
        let mut body = fixture("hetzner-robot/error.json");
        body["error"] = json!({ "status": status.as_u16(), "code": name, "message": message });
        Self::new(status, body, kind)
    }

    /// How long to wait, in seconds, is in the body.
    fn throttled(retry_after: Option<Duration>) -> Self {
        let mut body = fixture("hetzner-robot/rate_limit_exceeded.json");
        let error = body["error"].as_object_mut().expect("an object");
        match retry_after {
            Some(wait) => error.insert("interval".to_owned(), json!(wait.as_secs())),
            None => error.remove("interval"),
        };
        let kind = ErrorKind::Throttled { retry_after };
        Self::new(StatusCode::FORBIDDEN, body, kind)
    }
}

impl Wording for Fake {
    fn refusal(refusal: Refusal) -> Refused {
        Refused::of(match refusal {
            Refusal::NoSuchAddress => Code::NotFound,
            Refusal::NoSuchTarget => Code::NewServerNotFound,
            Refusal::Locked | Refusal::Changed | Refusal::TargetHasAddress | Refusal::Held => {
                Code::Locked
            }
        })
    }

    fn denied() -> Refused {
        Refused::of(Code::Unauthorized)
    }

    fn by_fault(kind: ErrorKind) -> Refused {
        match kind {
            ErrorKind::Throttled { retry_after } => Refused::throttled(retry_after),
            ErrorKind::InProgress => Refused::saying(Code::Locked, kind),
            _ => Refused::saying(Code::Maintenance, kind),
        }
    }

    /// What there is to say is in the body.
    fn headers(_: ErrorKind) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}
