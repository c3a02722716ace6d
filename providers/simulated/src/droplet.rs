//! What is said of a droplet beside its state.

use std::net::Ipv4Addr;

/// A droplet's tags and addresses, as the list of droplets shows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Droplet {
    /// What it can be found by.
    pub tags: Vec<String>,
    /// Its address in its VPC.
    pub private: Option<Ipv4Addr>,
    /// Its own public address; `None` while it is being created.
    pub public: Option<Ipv4Addr>,
}
