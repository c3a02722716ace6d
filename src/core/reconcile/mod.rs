//! Where an address should be, decided from what is seen: the cloud as arbiter.
//!
//! Reconciling on every tick without arbitration is worse than not reconciling: the two sides of a partition would move the address
//! back and forth at tick rate. So a leader writes only with a [`Licence`], and *silence licenses a takeover only from a leader that
//! this node itself was following when it fell silent*: whoever was overwritten never followed the one who overwrote it, so it yields.

mod arbiter;
mod judge;
mod pace;
mod reading;
mod tenure;
mod types;

pub use arbiter::Arbiter;
pub use pace::{Pace, STANDBY_PAUSE};
pub use types::{
    ArbiterConfig, ArbiterStatus, Failed, FailureKind, Licence, OnStranger, Seen, Step, Urgency,
    Why,
};
