//! The one way to wait: for a state of the world, with a deadline.

use std::time::{Duration, Instant};

/// Far longer than anything takes on an idle machine, so that a loaded one passes too. It is the time to a failure, not of a success.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Looks until there is something, and panics with `what` at the deadline.
#[track_caller]
#[expect(
    clippy::disallowed_methods,
    reason = "the deadline of a test, which no node sees"
)]
pub(crate) fn wait_for<T>(
    what: &str,
    deadline: Duration,
    mut look: impl FnMut() -> Option<T>,
) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            start.elapsed() < deadline,
            "waited {deadline:?} in vain for {what}"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}
