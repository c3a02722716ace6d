//! The one place of this crate that reads a clock: for the lifetime of tokens and the allowance of calls.

use std::time::SystemTime;

use tokio::time::Instant;

/// Now, on a clock that only goes forward.
pub(crate) fn now() -> Instant {
    #[expect(
        clippy::disallowed_methods,
        reason = "tokens and allowances live in the driver; no decision about an address depends on it"
    )]
    Instant::now()
}

/// Now, on the wall clock: only for a token's expiry where its issuer's answer has no `Date`.
pub(crate) fn wall() -> SystemTime {
    #[expect(
        clippy::disallowed_methods,
        reason = "an expiry is an absolute time, and nothing else tells what time it is"
    )]
    SystemTime::now()
}
