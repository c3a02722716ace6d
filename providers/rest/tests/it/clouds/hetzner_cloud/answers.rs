//! What the Hetzner Cloud says when it refuses.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use les_provider::ErrorKind;
use les_provider::memory::{Refusal, Refuse};
use serde_json::json;

use crate::clouds::stage::fixture;

/// The time that the fake claims for its answers, and an hour later in Unix seconds: when all 3,600 calls are free again.
const NOW: &str = "Thu, 01 Jan 2026 00:00:00 GMT";
const ALL_FREE: &str = "1767229200";

/// A refusal: `{"error": {code, message, details}}` with a status.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
    kind: ErrorKind,
}

impl Refused {
    const fn new(
        status: StatusCode,
        code: &'static str,
        message: &'static str,
        kind: ErrorKind,
    ) -> Self {
        Self {
            status,
            code,
            message,
            kind,
        }
    }

    pub(super) const NOT_FOUND: Self = Self::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "the resource was not found",
        ErrorKind::NotFound,
    );
    pub(super) const INVALID_INPUT: Self = Self::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid_input",
        "invalid input in field 'server'",
        ErrorKind::Misconfigured,
    );
    pub(super) const ALREADY_ASSIGNED: Self = Self::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "floating_ip_assigned",
        "The Floating IP is already assigned",
        ErrorKind::Conflict,
    );
    const UNAUTHORIZED: Self = Self::new(
        StatusCode::UNAUTHORIZED,
        "unauthorized",
        "unable to authenticate",
        ErrorKind::Denied,
    );
    const LOCKED: Self = Self::new(
        StatusCode::LOCKED,
        "locked",
        "floating_ip is locked",
        ErrorKind::InProgress,
    );
    const CONFLICT: Self = Self::new(
        StatusCode::CONFLICT,
        "conflict",
        "the resource has changed",
        ErrorKind::Conflict,
    );
    const UNAVAILABLE: Self = Self::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "maintenance",
        "maintenance is under way",
        ErrorKind::Transient,
    );
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchAddress | Refusal::NoSuchTarget => Self::NOT_FOUND,
            Refusal::Locked => Self::LOCKED,
            Refusal::Changed | Refusal::TargetHasAddress | Refusal::Held => Self::CONFLICT,
        }
    }
}

impl Refuse for Refused {
    fn denied() -> Self {
        Self::UNAUTHORIZED
    }

    fn by_fault(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::InProgress => Self::LOCKED,
            ErrorKind::Throttled { .. } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "rate_limit_exceeded",
                "",
                kind,
            ),
            _ => Self::UNAVAILABLE,
        }
    }

    fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        if !matches!(self.kind, ErrorKind::Throttled { .. }) {
            let error = json!({ "code": self.code, "message": self.message, "details": null });
            return (self.status, Json(json!({ "error": error }))).into_response();
        }
        let headers = [
            ("ratelimit-limit", "3600"),
            ("ratelimit-remaining", "0"),
            ("ratelimit-reset", ALL_FREE),
            ("date", NOW),
        ];
        let body = Json(fixture("hetzner-cloud/rate_limit_exceeded.json"));
        (self.status, headers, body).into_response()
    }
}
