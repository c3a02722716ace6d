//! What a failed provider call tells its caller.

use std::error::Error;
use std::time::Duration;

/// What the caller may do after a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Too many calls: again, not before `retry_after` if the cloud named it.
    Throttled {
        /// The cloud's own wish.
        retry_after: Option<Duration>,
    },
    /// A fault that may pass: again. Nothing was changed.
    Transient,
    /// There was no answer: no connection, or it broke or stalled. Nothing was changed.
    Unreachable,
    /// Another action on the address or target is under way: wait for it. Nothing was changed.
    InProgress,
    /// The call may or may not have taken effect: observe before anything else.
    MaybeApplied,
    /// The address was not as expected: observe before anything else. Nothing was changed.
    Conflict,
    /// The credentials are missing, refused or may not do this: a person must grant it.
    Denied,
    /// The address or the target does not exist: a person must mend the configuration.
    NotFound,
    /// The configuration cannot work.
    Misconfigured,
}

impl ErrorKind {
    /// One word for logs, metrics and `/diag/`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Throttled { .. } => "throttled",
            Self::Transient => "transient",
            Self::Unreachable => "unreachable",
            Self::InProgress => "in_progress",
            Self::MaybeApplied => "maybe_applied",
            Self::Conflict => "conflict",
            Self::Denied => "denied",
            Self::NotFound => "not_found",
            Self::Misconfigured => "misconfigured",
        }
    }
}

/// A provider call failed. `Display` never repeats `source`: log the chain.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {message}")]
pub struct ProviderError {
    /// What the caller may do.
    pub kind: ErrorKind,
    /// Which call: `target`, `observe`, `assign`, `release`.
    pub operation: &'static str,
    /// What happened and, for a person's mistake, what to do about it. Never holds a credential.
    pub message: String,
    /// What caused it.
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
}
