//! Calls that end.

use std::time::Duration;

use les_provider::{ErrorKind, Provider, ProviderError};

/// A provider ends its own calls; one that does not is ended so long after it should have.
const GRACE: Duration = Duration::from_secs(1);

/// A call that ends, whatever the provider does.
pub(crate) async fn bounded<T>(
    provider: &dyn Provider,
    operation: &'static str,
    unended: ErrorKind,
    call: impl Future<Output = Result<T, ProviderError>>,
) -> Result<T, ProviderError> {
    let limit = provider.capabilities().call_timeout + GRACE;
    tokio::time::timeout(limit, call).await.unwrap_or_else(|_| {
        Err(ProviderError {
            kind: unended,
            operation,
            message: format!("no end within {} s", limit.as_secs()),
            source: None,
        })
    })
}
