//! Where an address should be, decided from what is seen: the cloud as arbiter.

mod arbiter;
mod types;

pub use arbiter::{Arbiter, ArbiterStatus};
pub use types::{ArbiterConfig, Failed, FailureKind, Licence, OnStranger, Seen, Step, Why};
