//! Who a node is, how senior it is, and which reign is meant: ids, incarnations, stamps and epochs.

use std::fmt;
use std::str::FromStr;

/// 128 random bits, 32 hexadecimal digits on the wire.
macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u128);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:08x}", self.0 >> 96)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if text.len() != 32 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return Err(NotAnId);
                }
                u128::from_str_radix(text, 16).map(Self).map_err(|_| NotAnId)
            }
        }
    };
}

random_id! {
    /// One installation: kept in `state_dir` over restarts, else drawn anew at each start.
    NodeId
}
random_id! {
    /// One process start: drawn anew each time. Another incarnation at an address proves that the one before is dead.
    Incarnation
}

/// A string is not 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is 32 hexadecimal digits")]
pub struct NotAnId;

/// The place in the order of seniority: microseconds since the Unix epoch, lowest first. On the wire it is `start_time`, in seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(u64);

/// Why a `start_time` is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// NaN or an infinity.
    #[error("start_time is not a finite number")]
    NotFinite,
    /// Outside 1 s to 4e9 s after the Unix epoch.
    #[error("start_time is not between 1 and 4e9 seconds")]
    Implausible,
}

impl Stamp {
    /// What nodes that must not lead publish (rule R4): just below 4e9 s, where an `f64` still tells microseconds apart.
    pub const LAST: Self = Self(3_999_999_999_000_000);

    /// A stamp of `micros` microseconds, held between 2 s and just below [`Stamp::LAST`].
    #[must_use]
    pub fn from_micros(micros: u64) -> Self {
        Self(micros.clamp(2_000_000, Self::LAST.0 - 1))
    }

    /// Parses a `start_time`.
    ///
    /// # Errors
    /// Not finite, or implausible: a rogue's 0, 1 (`true`), negative or infinite seniority (the reference's failure F14).
    pub fn from_seconds(seconds: f64) -> Result<Self, StampError> {
        if !seconds.is_finite() {
            return Err(StampError::NotFinite);
        }
        if seconds <= 1.0 || seconds >= 4e9 {
            return Err(StampError::Implausible);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded just above"
        )]
        Ok(Self((seconds * 1e6).round() as u64))
    }

    /// The value of `start_time`: seconds, exact to the microsecond.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "microseconds below 4e9 s fit into 52 bits"
    )]
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// The next stamp, one microsecond later.
    #[must_use]
    pub fn next(self) -> Self {
        Self::from_micros(self.0.saturating_add(1))
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.as_seconds())
    }
}

/// One reign: rises at each change of leader, so that (epoch, id) is a fencing token. At least the wall clock in milliseconds, so that
/// it rises over a full restart of the cluster without a disk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Epoch(pub u64);

impl Epoch {
    /// No leader was ever followed.
    pub const NONE: Self = Self(0);
    /// Highest epoch that a clock makes: 4e9 s in milliseconds. Above it the epochs rise by one, so that a clock gone mad does not use
    /// them up.
    pub const WALL_MAX: Self = Self(4_000_000_000_000);
    /// Highest epoch accepted from a peer: what every JSON parser holds exactly.
    pub const MAX: Self = Self(9_000_000_000_000_000);
}

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "e{}", self.0)
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_survive_the_wire_to_the_microsecond() {
        for micros in [
            2_000_000,
            1_627_515_915_703_066,
            1_795_000_000_000_001,
            Stamp::LAST.0 - 1,
        ] {
            let stamp = Stamp::from_micros(micros);
            assert_eq!(Stamp::from_seconds(stamp.as_seconds()), Ok(stamp));
            assert_eq!(stamp.as_micros(), micros);
        }
        assert_eq!(
            Stamp::from_seconds(Stamp::LAST.as_seconds()),
            Ok(Stamp::LAST)
        );
    }

    #[test]
    fn rogue_seniority_is_refused() {
        for rogue in [0.0, 1.0, -5.0, 4e9, 1e300] {
            assert_eq!(
                Stamp::from_seconds(rogue),
                Err(StampError::Implausible),
                "{rogue}"
            );
        }
        for rogue in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Stamp::from_seconds(rogue), Err(StampError::NotFinite));
        }
    }

    #[test]
    fn ids_are_32_hex_digits() {
        let id = NodeId(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("+123".parse::<NodeId>().is_err());
        assert!("g".repeat(32).parse::<NodeId>().is_err());
    }
}
