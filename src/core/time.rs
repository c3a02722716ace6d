//! Time as an argument: the core never reads a clock, whoever drives it says what time it is.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

/// A moment on the driver's monotonic clock, counted from an epoch of the driver's choice (its own start).
///
/// Two values are comparable only if they come from the same driver.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(Duration);

impl Time {
    /// The driver's epoch.
    pub const ZERO: Self = Self(Duration::ZERO);

    /// The moment `since_epoch` after the driver's epoch.
    #[must_use]
    pub const fn from_epoch(since_epoch: Duration) -> Self {
        Self(since_epoch)
    }

    /// How long after the driver's epoch this moment is.
    #[must_use]
    pub const fn since_epoch(self) -> Duration {
        self.0
    }

    /// How long after `earlier` this moment is; zero if it is not after it.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Time {
    type Output = Self;

    fn add(self, later: Duration) -> Self {
        Self(self.0.saturating_add(later))
    }
}

impl Sub<Duration> for Time {
    type Output = Self;

    /// Saturates at the driver's epoch.
    fn sub(self, earlier: Duration) -> Self {
        Self(self.0.saturating_sub(earlier))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}s", self.0.as_secs_f64())
    }
}

/// Wall-clock time in microseconds since the Unix epoch, as this host believes it to be.
///
/// Only stamps and epochs are made from it, and only at the moments that `election` names; a wrong or stepping
/// clock therefore costs nothing but a place in the order of seniority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Wall(pub u64);

/// Both clocks at one moment: what a driver passes with every input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The monotonic clock: every interval and deadline is counted on it.
    pub mono: Time,
    /// The wall clock: see [`Wall`].
    pub wall: Wall,
}

impl Now {
    /// What the wall clock shows at `moment`, past or yet to come, if it is not set meanwhile.
    #[must_use]
    pub fn wall_at(self, moment: Time) -> Wall {
        let micros = |d: Duration| u64::try_from(d.as_micros()).unwrap_or(u64::MAX);
        let (past, to_come) = (self.mono.since(moment), moment.since(self.mono));
        let at_past = self.wall.0.saturating_sub(micros(past));
        Wall(at_past.saturating_add(micros(to_come)))
    }
}
