//! How often addresses are read when nothing happens, so that half of what a cloud allows is left for takeovers.

use std::time::Duration;

/// How often the next in line reads an address, to keep its connection and credentials warm: below the minute or more after which
/// idle connections are closed, and a sixth of what the leader reads by default.
pub const STANDBY_PAUSE: Duration = Duration::from_secs(30);

/// The pauses between routine readings of one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// At the leader: the reconcile tick.
    pub tick: Duration,
    /// At the next in line.
    pub standby: Duration,
}

impl Pace {
    /// What is configured, or slower where the leader's and the next in line's readings of all `addresses` would come to more than
    /// half of `calls_per_hour`.
    #[must_use]
    pub fn within(loop_rate: Duration, addresses: usize, calls_per_hour: Option<u32>) -> Self {
        let wanted = Self {
            tick: loop_rate,
            standby: STANDBY_PAUSE.max(loop_rate),
        };
        let Some(calls_per_hour) = calls_per_hour else {
            return wanted;
        };
        let addresses = u32::try_from(addresses).unwrap_or(u32::MAX);
        // Seconds that one of the two may take for a round, so that each has half of the half; the next in line never needs more than its pause asks for.
        let quarter = every(addresses, f64::from(calls_per_hour) / 4.0);
        let standby = wanted.standby.max(quarter);
        let by_standby = f64::from(addresses) * HOUR / standby.as_secs_f64();
        let left = f64::from(calls_per_hour) / 2.0 - by_standby;
        Self {
            tick: wanted.tick.max(every(addresses, left)),
            standby,
        }
    }
}

const HOUR: f64 = 3600.0;

/// The pause between rounds of so many calls that makes so many an hour.
fn every(calls: u32, per_hour: f64) -> Duration {
    let most = Duration::from_secs(24 * 3600);
    Duration::try_from_secs_f64(f64::from(calls) * HOUR / per_hour.max(f64::MIN_POSITIVE))
        .unwrap_or(most)
        .min(most)
}
