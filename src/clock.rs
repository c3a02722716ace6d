//! The only file that reads a clock. Everything else is told the time, so that it can be tested and simulated.

#![expect(clippy::disallowed_methods, reason = "this is the one place for it")]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use les_core::{Now, Time, Wall};

/// Both clocks of this process. Moments count from its start; copies agree with each other.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// A clock that starts now.
    #[must_use]
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }

    /// This clock, so much ahead: for tests of what takes long.
    #[cfg(test)]
    pub(crate) fn advanced(&self, by: Duration) -> Self {
        Self {
            start: self
                .start
                .checked_sub(by)
                .expect("the machine runs for longer"),
        }
    }

    /// Both clocks at this moment.
    #[must_use]
    pub fn now(&self) -> Now {
        Now {
            mono: self.mono(),
            wall: Wall(u64::try_from(unix_time().as_micros()).unwrap_or(u64::MAX)),
        }
    }

    /// The monotonic clock at this moment.
    #[must_use]
    pub fn mono(&self) -> Time {
        Time::from_epoch(self.start.elapsed())
    }

    /// Waits until `moment`; at once if it has passed.
    pub async fn sleep_until(&self, moment: Time) {
        tokio::time::sleep(moment.since(self.mono())).await;
    }

    /// Waits until `moment`, or for ever without one.
    pub async fn sleep_until_some(&self, moment: Option<Time>) {
        match moment {
            Some(moment) => self.sleep_until(moment).await,
            None => std::future::pending().await,
        }
    }
}

/// Since the Unix epoch; zero if the host believes to be before it.
fn unix_time() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}
