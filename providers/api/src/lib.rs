//! What `les` asks of a cloud.
//!
//! One trait, [`Provider`]: who am I there, who holds the address, move it to me.

mod error;
mod provider;

pub use error::{ErrorKind, ProviderError};
pub use provider::{AddressId, Capabilities, Observation, Provider, Target};
