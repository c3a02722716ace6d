//! For tests: an EC2 that we did not write, made to behave as EC2 where it does not, with faults on command; and a metadata service.
//!
//! Everything panics where a test should: it is no library for anything else.

#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test may panic, and so may what it calls"
)]

mod corrections;
mod ec2;
mod front;
mod metadata;
mod process;

pub use ec2::{ElasticIp, Hand, Machine, all};
pub use front::{Fault, Front, REFUSED_KEY};
pub use metadata::{Metadata, Role};
pub use process::Moto;
