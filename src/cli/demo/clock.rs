//! The demo's clock: the time of day at the start, and from there on a clock that nobody sets.

use std::time::Duration;

use les::clock::Clock;
use les_core::Time;

/// Tells the time since the Unix epoch, as the nodes' log lines do. Copies agree.
#[derive(Clone, Copy, Debug)]
pub(super) struct DemoClock {
    clock: Clock,
    start: Duration,
}

impl DemoClock {
    pub(super) fn start() -> Self {
        let clock = Clock::start();
        let now = clock.now();
        let start = Duration::from_micros(now.wall.0).saturating_sub(now.mono.since(Time::ZERO));
        Self { clock, start }
    }

    /// When the demo began.
    pub(super) const fn began(&self) -> Duration {
        self.start
    }

    /// Now.
    pub(super) fn now(&self) -> Duration {
        self.start + self.clock.mono().since(Time::ZERO)
    }
}
