//! Moments and spans, as JSON has them.

use les_core::{Now, Time, Wall};

use crate::why::wall_time;
use crate::wire::state::millis;

/// RFC 3339 in UTC, to the millisecond.
pub(super) fn rfc3339(wall: Wall) -> String {
    humantime::format_rfc3339_millis(wall_time(wall)).to_string()
}

/// What the wall clock showed at a moment that has passed.
pub(super) fn at(now: Now, moment: Time) -> String {
    let ago = u64::try_from(now.mono.since(moment).as_micros()).unwrap_or(u64::MAX);
    rfc3339(Wall(now.wall.0.saturating_sub(ago)))
}

/// Milliseconds since then.
pub(super) fn ago(now: Now, moment: Time) -> u64 {
    millis(now.mono.since(moment))
}
