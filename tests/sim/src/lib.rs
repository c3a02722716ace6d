//! A seeded simulation of a whole `les` cluster: elections, network, processes and the cloud, in one thread.
//!
//! One seed decides everything: the number of nodes, their clocks, the latencies, and a schedule of faults. Each run has a safety phase
//! with faults, in which the [`invariants`] are checked at every event, and a liveness phase without faults, at whose end the
//! cluster must have one leader that holds the addresses. `les-sim replay SEED` prints a run event by event.

mod calls;
pub mod cloud;
pub mod discovery;
mod dispatch;
pub mod event;
mod exchange;
pub mod faults;
pub mod invariants;
mod many;
mod needless;
pub mod network;
pub mod node;
mod probes;
pub mod run;
pub mod soak;
pub mod stats;
pub mod streams;
pub mod time;
pub mod two_calls;
pub mod world;

pub use many::run_many;
pub use run::{Report, run_dense, run_seed};
