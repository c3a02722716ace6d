//! Moments and spans, as JSON and sentences have them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use les_core::{Now, Time, Wall};

use super::state::millis;

/// The last second of the year 9999: what no calendar has is not said. A peer's clock may claim anything.
const LAST_MICROS: u64 = 253_402_300_799_000_000;

/// A moment of the wall clock.
#[must_use]
pub fn wall_time(wall: Wall) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(wall.0.min(LAST_MICROS))
}

/// RFC 3339 in UTC, to the millisecond, as all our JSON has it.
#[must_use]
pub fn rfc3339(wall: Wall) -> String {
    humantime::format_rfc3339_millis(wall_time(wall)).to_string()
}

/// What the wall clock showed at a moment that has passed.
pub(super) fn at(now: Now, moment: Time) -> String {
    rfc3339(now.wall_at(moment))
}

/// Milliseconds since then.
pub(super) fn ago(now: Time, moment: Time) -> u64 {
    millis(now.since(moment))
}
