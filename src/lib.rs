//! Everything of `les` that touches the world, around the two machines of [`les_core`] that decide.
//!
//! ```text
//!  peers' HTTP --> server --try_send--> requests (bounded) --+        +-- timer at poll_timeout()
//!                    ^                                       v        v
//!                    | watch<View>                         node { Election }        one task, no locks
//!                    +------------------------------------- publish | drain outputs
//!                    |                                              +- polls --> peers --> answers and evidence
//!  GET /diag/ ...    |                                              +- notices --> logs, events
//!                    |                                                                    | (only a trigger: the value is re-read)
//!                    |                              tick --> reconcile { Arbiter }: observe, assign, observe
//!                    +-- watch<AddressStatus> <------------------+      \-- failure: backoff, deadline
//! ```
//!
//! Start at [`app::App`], which wires all of it and lists every task; then [`node::Node`] and [`reconcile::Reconciler`].

pub mod admin;
pub mod advertise;
mod announce;
pub mod app;
pub mod clock;
pub mod config;
pub mod discovery;
pub mod events;
#[cfg(test)]
mod fake_provider;
pub mod handover;
pub mod identity;
#[cfg(test)]
mod lone_view;
pub mod metrics;
pub mod node;
pub mod notices;
mod operators;
pub mod optional_parts;
pub mod peers;
mod publish;
pub mod pulse;
pub mod reconcile;
mod record;
pub mod restarts;
pub mod server;
pub mod service_manager;
pub mod shared_address;
pub mod takeover;
pub mod telemetry;
pub mod trace;
pub mod why;
pub mod wire;
pub mod words;

/// The version and the commit, if the build knew it: `0.1.0 (0123456789ab)`.
pub const VERSION: &str = env!("LES_VERSION");
