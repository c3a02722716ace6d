//! Processes, HTTP and waiting.

mod cluster;
mod http;
mod node;
mod peer;
mod wait;

pub(crate) use cluster::Cluster;
pub(crate) use http::{get, try_get};
pub(crate) use node::{Finished, Node, les};
pub(crate) use peer::ScriptedPeer;
pub(crate) use wait::{PATIENCE, wait_for};
