//! A cloud in a process: the in-memory cloud behind DigitalOcean's HTTP API, for the demo, the tests and the benchmark.
//!
//! ```text
//! GET  /v2/reserved_ips/{ip}                 who holds it
//! POST /v2/reserved_ips/{ip}/actions         assign or unassign: 201 and an action in progress
//! GET  /v2/reserved_ips/{ip}/actions/{id}    how far it is
//! GET  /node/{droplet}/metadata/v1/id        the metadata service, as that droplet sees it
//! ```
//!
//! Shapes are those of DigitalOcean's OpenAPI description; behaviour is what its users report: an address is locked while it moves,
//! the move happens at the end of the action, and a droplet takes no second address.

mod answers;
mod calls;
mod cloud;
mod handlers;
mod shapes;

pub use cloud::{Settings, SimulatedCloud};
