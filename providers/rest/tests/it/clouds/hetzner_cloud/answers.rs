//! What the Hetzner Cloud says when it refuses.

use axum::http::StatusCode;
use les_provider::ErrorKind;
use les_provider::memory::Refusal;
use serde_json::json;

use crate::clouds::refused::{self, Wording};
use crate::clouds::stage::fixture;

/// The time that the fake claims for its answers, and an hour later in Unix seconds: when all 3,600 calls are free again.
const NOW: &str = "Thu, 01 Jan 2026 00:00:00 GMT";
const ALL_FREE: &str = "1767229200";

/// How the Hetzner Cloud words its refusals.
pub(super) struct HetznerCloud;

pub(super) type Refused = refused::Refused<HetznerCloud>;
pub(super) type Answer = refused::Answer<HetznerCloud>;

impl Refused {
    /// `{"error": {code, message, details}}` with a status.
    fn saying(status: StatusCode, code: &str, message: &str, kind: ErrorKind) -> Self {
        let error = json!({ "code": code, "message": message, "details": null });
        Self::new(status, json!({ "error": error }), kind)
    }

    pub(super) fn not_found() -> Self {
        Self::saying(
            StatusCode::NOT_FOUND,
            "not_found",
            "the resource was not found",
            ErrorKind::NotFound,
        )
    }

    pub(super) fn invalid_input() -> Self {
        Self::saying(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_input",
            "invalid input in field 'server'",
            ErrorKind::Misconfigured,
        )
    }

    pub(super) fn already_assigned() -> Self {
        Self::saying(
            StatusCode::UNPROCESSABLE_ENTITY,
            "floating_ip_assigned",
            "The Floating IP is already assigned",
            ErrorKind::Conflict,
        )
    }

    fn unauthorized() -> Self {
        Self::saying(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "unable to authenticate",
            ErrorKind::Denied,
        )
    }

    fn locked() -> Self {
        Self::saying(
            StatusCode::LOCKED,
            "locked",
            "floating_ip is locked",
            ErrorKind::InProgress,
        )
    }

    fn conflict() -> Self {
        Self::saying(
            StatusCode::CONFLICT,
            "conflict",
            "the resource has changed",
            ErrorKind::Conflict,
        )
    }

    fn unavailable() -> Self {
        Self::saying(
            StatusCode::SERVICE_UNAVAILABLE,
            "maintenance",
            "maintenance is under way",
            ErrorKind::Transient,
        )
    }
}

impl Wording for HetznerCloud {
    fn refusal(refusal: Refusal) -> Refused {
        match refusal {
            Refusal::NoSuchAddress | Refusal::NoSuchTarget => Refused::not_found(),
            Refusal::Locked => Refused::locked(),
            Refusal::Changed | Refusal::TargetHasAddress | Refusal::Held => Refused::conflict(),
        }
    }

    fn denied() -> Refused {
        Refused::unauthorized()
    }

    fn by_fault(kind: ErrorKind) -> Refused {
        match kind {
            ErrorKind::InProgress => Refused::locked(),
            ErrorKind::Throttled { .. } => {
                let body = fixture("hetzner-cloud/rate_limit_exceeded.json");
                Refused::new(StatusCode::TOO_MANY_REQUESTS, body, kind)
            }
            _ => Refused::unavailable(),
        }
    }

    /// It only says when the whole allowance will be back.
    fn headers(kind: ErrorKind) -> Vec<(&'static str, String)> {
        let headers = [
            ("ratelimit-limit", "3600"),
            ("ratelimit-remaining", "0"),
            ("ratelimit-reset", ALL_FREE),
            ("date", NOW),
        ];
        if matches!(kind, ErrorKind::Throttled { .. }) {
            headers.map(|(name, value)| (name, value.to_owned())).into()
        } else {
            Vec::new()
        }
    }
}
