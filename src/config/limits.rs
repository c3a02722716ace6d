//! Bounds, words and defaults of what may be written, in one place: the rules check them, and the reference tells them.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

/// From the least to the most, both allowed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds<T> {
    pub(super) least: T,
    pub(super) most: T,
}

const fn from<T>(least: T, most: T) -> Bounds<T> {
    Bounds { least, most }
}

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

const fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

const HOUR: Duration = secs(3600);

/// The defaults of `[node]`; those of `[election]` are the core's.
pub(super) mod default {
    use super::{Duration, IpAddr, Ipv4Addr, secs};

    pub(in crate::config) const BIND_INTERFACE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    pub(in crate::config) const BIND_PORT: u16 = 4000;
    pub(in crate::config) const DISCOVERY_INTERVAL: Duration = secs(60);
    pub(in crate::config) const LOOP_RATE: Duration = secs(5);
}

pub(super) const DISCOVERY_INTERVAL: Bounds<Duration> = from(secs(10), HOUR);
pub(super) const LOOP_RATE: Bounds<Duration> = from(secs(1), HOUR);
pub(super) const PREFERENCE: Bounds<u32> = from(0, 100);

pub(super) const BEAT: Bounds<Duration> = from(ms(10), secs(10));
pub(super) const JOIN_WINDOW: Bounds<Duration> = from(ms(50), secs(60));
pub(super) const LONE_WAIT: Bounds<Duration> = from(Duration::ZERO, HOUR);
/// The state document of so many members still fits into the 256 KiB that peers read.
pub(super) const MAX_MEMBERS: Bounds<u32> = from(1, 1024);
pub(super) const MISSED_POLLS: Bounds<u32> = from(1, 100);
pub(super) const POLL_INTERVAL: Bounds<Duration> = from(ms(10), secs(4));
pub(super) const POLL_TIMEOUT: Bounds<Duration> = from(ms(50), secs(10));
pub(super) const PREFERENCE_HOLD: Bounds<Duration> = from(secs(1), secs(24 * 3600));
pub(super) const REFERENCE_POLL_INTERVAL: Bounds<Duration> = from(ms(100), secs(60));
/// Of members with a stream and of those without.
pub(super) const SILENCE: Bounds<Duration> = from(ms(100), secs(600));
pub(super) const ZOMBIE_AFTER: Bounds<Duration> = from(secs(1), HOUR);

/// Each address is a task and a call per tick; peers read at most so many `holds`.
pub(super) const MAX_ADDRESSES: usize = 64;
/// Each source is a task and a question per interval; one or two are what people have.
pub(super) const MAX_SOURCES: usize = 8;

// The first word is the default.
pub(super) const MODES: &[&str] = &["open", "quorum"];
pub(super) const ON_LONE_SILENCE: &[&str] = &["act", "wait"];
pub(super) const ON_STRANGER: &[&str] = &["repair", "always", "report"];
pub(super) const PROFILES: &[&str] = &["default", "fast", "wan"];
pub(super) const ROLES: &[&str] = &["member", "witness"];
