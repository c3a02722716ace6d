//! The one place of this crate that reads a clock: for how long a refusal may be IAM's lag after boot.

use tokio::time::Instant;

/// Now, on a clock that only goes forward.
pub(crate) fn now() -> Instant {
    #[expect(
        clippy::disallowed_methods,
        reason = "the age of the process words an error; no decision about an address depends on it"
    )]
    Instant::now()
}
