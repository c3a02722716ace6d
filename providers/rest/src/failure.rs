//! Making errors.

use std::time::Duration;

use les_provider::{ErrorKind, Operation, ProviderError};

/// An error without a cause of its own.
pub(crate) fn failed(operation: Operation, kind: ErrorKind, message: String) -> ProviderError {
    ProviderError {
        kind,
        operation: operation.as_str(),
        message,
        source: None,
    }
}

/// The pause after a question in a row of them has failed, usually `usual`; `None`: asking again cannot help.
pub(crate) fn pause_after(kind: ErrorKind, usual: Duration) -> Option<Duration> {
    match kind {
        ErrorKind::Throttled { retry_after } => Some(retry_after.unwrap_or(usual).max(usual)),
        ErrorKind::Transient
        | ErrorKind::Unreachable
        | ErrorKind::InProgress
        | ErrorKind::Conflict
        | ErrorKind::MaybeApplied => Some(usual),
        ErrorKind::Denied | ErrorKind::NotFound | ErrorKind::Misconfigured => None,
    }
}

/// An error with the status that came with it.
#[derive(Debug)]
pub(crate) struct CallError {
    pub(crate) error: ProviderError,
    pub(crate) status: Option<u16>,
    /// A look at the address can turn it into a success.
    pub(crate) look_again: bool,
}

impl From<ProviderError> for CallError {
    fn from(error: ProviderError) -> Self {
        Self {
            error,
            status: None,
            look_again: false,
        }
    }
}

impl CallError {
    /// An answer that is no success. Clouds refuse, among other things, what is done already: only a look at the address tells.
    pub(crate) fn refused(error: ProviderError, status: u16) -> Self {
        let pending = matches!(
            error.kind,
            ErrorKind::InProgress | ErrorKind::Throttled { .. }
        );
        let look_again =
            error.kind == ErrorKind::Conflict || (!pending && matches!(status, 409 | 412 | 422));
        Self {
            error,
            status: Some(status),
            look_again,
        }
    }

    /// As part of another call.
    pub(crate) fn within(mut self, operation: Operation) -> Self {
        self.error.operation = operation.as_str();
        self
    }
}
