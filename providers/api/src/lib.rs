//! What `les` asks of a cloud.
//!
//! One trait, [`Provider`]: who am I there, who holds the address, move it to me.
//! [`memory`] is a cloud without a network, to be read as the specification of one; [`conformance`] is the suite that every
//! provider passes.

pub mod conformance;
mod error;
pub mod memory;
mod operation;
mod provider;
mod secret;
mod tracing_context;

pub use error::{ErrorKind, ProviderError};
pub use operation::Operation;
pub use provider::{
    AddressId, Capabilities, MAX_DISCOVERED, Observation, Provider, Rehearsed, Target,
};
pub use secret::Secret;
pub use tracing_context::{in_trace, trace_context};
