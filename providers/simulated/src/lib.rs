//! A cloud in a process: the in-memory cloud behind DigitalOcean's HTTP API, for the demo, the tests and the benchmark.
//!
//! ```text
//! GET  /v2/reserved_ips/{ip}                 who holds it
//! POST /v2/reserved_ips/{ip}/actions         assign or unassign: 201 and an action in progress
//! GET  /v2/reserved_ips/{ip}/actions/{id}    how far it is
//! GET  /v2/reserved_ipv6/{ip}                the same for IPv6,
//! POST /v2/reserved_ipv6/{ip}/actions
//! GET  /v2/actions/{id}                      whose actions have no other place
//! GET  /v2/droplets?tag_name={tag}           the droplets that bear a tag
//! GET  /node/{droplet}/metadata/v1/id        the metadata service, as that droplet sees it
//! ```
//!
//! Shapes are those of DigitalOcean's OpenAPI description; behaviour is what its users report: an address is locked while it moves,
//! the move happens at the end of the action, and a droplet takes no second address of a family. An IPv6 address does not show that
//! it is locked.

mod answers;
mod cloud;
mod droplet;
mod handlers;
mod shapes;

pub use cloud::{Settings, SimulatedCloud};
pub use droplet::Droplet;
