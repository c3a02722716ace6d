//! Processes, HTTP, a cloud, and waiting.

mod cloud;
mod cluster;
mod dir;
#[cfg(feature = "aws")]
mod ec2;
mod http;
mod node;
mod peer;
mod wait;
mod watcher;

pub(crate) use cloud::{Cloud, TOKEN};
pub(crate) use cluster::Cluster;
pub(crate) use dir::Dir;
#[cfg(feature = "aws")]
pub(crate) use ec2::{Ec2, role as ec2_role};
pub(crate) use http::{get, try_get};
pub(crate) use node::{Finished, Node, les};
pub(crate) use peer::ScriptedPeer;
pub(crate) use wait::{PATIENCE, wait_for};
pub(crate) use watcher::WatchClient;
