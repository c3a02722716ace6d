//! What the API answers when it refuses.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use les_provider::ErrorKind;
use les_provider::memory::{Refusal, Refuse};
use serde_json::json;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");

/// A refusal: DigitalOcean's `{id, message}` with a status.
#[derive(Debug)]
pub(crate) struct Refused {
    status: StatusCode,
    message: &'static str,
    retry_after: Option<Duration>,
    kind: ErrorKind,
}

impl Refused {
    const fn new(status: StatusCode, message: &'static str, kind: ErrorKind) -> Self {
        Self {
            status,
            message,
            retry_after: None,
            kind,
        }
    }

    const UNAUTHORIZED: Self = Self::new(
        StatusCode::UNAUTHORIZED,
        "Unable to authenticate you",
        ErrorKind::Denied,
    );
    pub(crate) const NOT_FOUND: Self = Self::new(
        StatusCode::NOT_FOUND,
        "The resource you were accessing could not be found.",
        ErrorKind::NotFound,
    );
    const LOCKED: Self = Self::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "The floating IP already has a pending event.",
        ErrorKind::InProgress,
    );
    pub(crate) const NOT_ASSIGNED: Self = Self::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "The reserved IP is not assigned to a Droplet.",
        ErrorKind::Conflict,
    );
    pub(crate) const NO_SUCH_ACTION_TYPE: Self = Self::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "You specified an invalid action type.",
        ErrorKind::Misconfigured,
    );
    pub(crate) const NO_SUCH_PAGE: Self = Self::new(
        StatusCode::BAD_REQUEST,
        "invalid page or per_page",
        ErrorKind::Misconfigured,
    );
    const UNAVAILABLE: Self = Self::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "Server was unable to give you a response.",
        ErrorKind::Transient,
    );
    const HAS_ADDRESS: Self = Self::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "The droplet already has a reserved IP.",
        ErrorKind::Conflict,
    );

    const fn throttled(retry_after: Option<Duration>) -> Self {
        let kind = ErrorKind::Throttled { retry_after };
        Self {
            retry_after,
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "API Rate limit exceeded.",
                kind,
            )
        }
    }

    /// A short name for the status, as the API has one.
    const fn id(&self) -> &'static str {
        match self.status {
            StatusCode::BAD_REQUEST => "bad_request",
            StatusCode::UNAUTHORIZED => "unauthorized",
            StatusCode::NOT_FOUND => "not_found",
            StatusCode::UNPROCESSABLE_ENTITY => "unprocessable_entity",
            StatusCode::TOO_MANY_REQUESTS => "too_many_requests",
            _ => "server_error",
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchAddress | Refusal::NoSuchTarget => Self::NOT_FOUND,
            Refusal::Locked => Self::LOCKED,
            Refusal::Changed | Refusal::TargetHasAddress | Refusal::Held => Self::HAS_ADDRESS,
        }
    }
}

impl Refuse for Refused {
    fn denied() -> Self {
        Self::UNAUTHORIZED
    }

    fn by_fault(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Throttled { retry_after } => Self::throttled(retry_after),
            ErrorKind::InProgress => Self::LOCKED,
            _ => Self::UNAVAILABLE,
        }
    }

    fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = Json(json!({ "id": self.id(), "message": self.message }));
        let mut response = (self.status, body).into_response();
        if let Some(retry_after) = self.retry_after {
            response.headers_mut().insert(
                header::RETRY_AFTER,
                HeaderValue::from(retry_after.as_secs()),
            );
        }
        response
    }
}

/// Puts the rate limit into every answer, as the API does. Its reset time is left out: this cloud knows no wall clock.
pub(crate) async fn with_rate_limit(mut response: Response) -> Response {
    let remaining = if response.status() == StatusCode::TOO_MANY_REQUESTS {
        "0"
    } else {
        "4999"
    };
    response
        .headers_mut()
        .insert(LIMIT, HeaderValue::from_static("5000"));
    response
        .headers_mut()
        .insert(REMAINING, HeaderValue::from_static(remaining));
    response
}
