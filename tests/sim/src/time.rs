//! Simulated time: microseconds since the start of the run.

use std::time::Duration;

use les_core::{Now, Time, Wall};

/// A moment of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct At(pub u64);

/// Every run starts at this wall clock, 2026-11-23, in microseconds since the Unix epoch.
const WALL_START: u64 = 1_795_000_000_000_000;

impl At {
    /// `ms` milliseconds after the start.
    #[must_use]
    pub const fn ms(ms: u64) -> Self {
        Self(ms * 1000)
    }

    /// `s` seconds after the start.
    #[must_use]
    pub const fn secs(s: u64) -> Self {
        Self(s * 1_000_000)
    }

    /// The moment `by` later.
    #[must_use]
    pub fn after(self, by: Duration) -> Self {
        Self(
            self.0
                .saturating_add(u64::try_from(by.as_micros()).unwrap_or(u64::MAX)),
        )
    }

    /// How long after `earlier` this is; zero if it is not.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }

    /// As the core's monotonic time.
    #[must_use]
    pub const fn time(self) -> Time {
        Time::from_epoch(Duration::from_micros(self.0))
    }

    /// Both clocks of a host whose wall clock is `offset` microseconds wrong.
    #[must_use]
    pub fn now(self, offset: i64) -> Now {
        Now {
            mono: self.time(),
            wall: Wall((WALL_START + self.0).saturating_add_signed(offset)),
        }
    }

    /// The moment of a core time, rounded up: a timer never fires early.
    #[must_use]
    pub fn of(time: Time) -> Self {
        Self(u64::try_from(time.since_epoch().as_nanos().div_ceil(1000)).unwrap_or(u64::MAX))
    }
}
