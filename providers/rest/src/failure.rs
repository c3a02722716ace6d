//! Making errors.

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
