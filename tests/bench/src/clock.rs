//! The one clock of a measurement: CLOCK_MONOTONIC of the machine, which every process reads alike.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// Time since the machine's boot, more or less. Zero on a system without this clock, which is none.
pub(crate) fn now() -> Duration {
    clock_gettime(ClockId::CLOCK_MONOTONIC).map_or(Duration::ZERO, Duration::from)
}

/// Lets time pass: between two looks, and so that faults come at random moments.
pub(crate) async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// Blocks this thread until then: some 0.1 ms late, where a timer of the runtime is a whole millisecond late.
pub(crate) fn block_until(at: Duration) {
    std::thread::sleep(at.saturating_sub(now()));
}
