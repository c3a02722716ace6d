//! Keeps each configured address where the election says: one task per address drives a [`les_core::Arbiter`], which decides, against a provider, which does.
//!
//! ```text
//! watch<View> --+                                    +-- Observe --> provider.observe --+
//! target -------+--> arbiter.next(now, leadership) --+-- Assign  --> provider.assign  --+--> read_done / write_done, and again
//! deadline -----+                                    +-- Rest until one of the three
//! ```
//!
//! Every step is decided anew from the latest view: what wakes the loop carries no meaning. There is never more than one call in flight per
//! address, and a call ends when the reign that it was made in does.

mod address;
mod backoff;
mod bounded;
mod convert;
mod standby;
mod status;
mod target;
mod voice;

pub use address::{Reconciler, Wiring};
pub use backoff::Backoff;
pub(crate) use bounded::bounded;
pub use standby::Standby;
pub use status::{AddressStatus, Call, LastError, ProviderStatus, StandbyStatus};
pub use target::{TargetFinder, TargetWiring};

#[cfg(test)]
mod tests;
