//! How the fakes say no: a status with a JSON body, worded as each cloud words it.

use std::marker::PhantomData;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use les_provider::ErrorKind;
use les_provider::memory::{Refusal, Refuse};
use serde_json::Value;

/// What a fake answers to most calls.
pub(super) type Answer<C> = Result<Json<Value>, Refused<C>>;

/// The refusals of one cloud's API.
pub(super) trait Wording: Sized {
    /// What the world does not allow.
    fn refusal(refusal: Refusal) -> Refused<Self>;
    /// The credentials are not accepted.
    fn denied() -> Refused<Self>;
    /// As [`Refuse::by_fault`].
    fn by_fault(kind: ErrorKind) -> Refused<Self>;
    /// Beside the body's own: `Retry-After` in seconds, where the cloud says how long to wait.
    fn headers(kind: ErrorKind) -> Vec<(&'static str, String)> {
        match kind {
            ErrorKind::Throttled {
                retry_after: Some(wish),
            } => vec![("retry-after", wish.as_secs().to_string())],
            _ => Vec::new(),
        }
    }
}

/// A refusal of the cloud `C`.
#[derive(Debug)]
pub(super) struct Refused<C> {
    status: StatusCode,
    body: Value,
    kind: ErrorKind,
    cloud: PhantomData<fn() -> C>,
}

impl<C> Refused<C> {
    pub(super) fn new(status: StatusCode, body: Value, kind: ErrorKind) -> Self {
        Self {
            status,
            body,
            kind,
            cloud: PhantomData,
        }
    }
}

impl<C: Wording> From<Refusal> for Refused<C> {
    fn from(refusal: Refusal) -> Self {
        C::refusal(refusal)
    }
}

impl<C: Wording> Refuse for Refused<C> {
    fn denied() -> Self {
        C::denied()
    }
    fn by_fault(kind: ErrorKind) -> Self {
        C::by_fault(kind)
    }
    fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl<C: Wording> IntoResponse for Refused<C> {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        for (name, value) in C::headers(self.kind) {
            let value = value.parse().expect("a header's value");
            response.headers_mut().insert(name, value);
        }
        response
    }
}
