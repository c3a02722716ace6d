//! Every built-in preset against a fake of its cloud: the conformance suite, and what is particular to that cloud.

mod refused;
mod stage;

mod digitalocean;
mod hetzner_cloud;
mod hetzner_robot;
mod linode;
mod openstack;
mod scaleway;
mod two_calls;
mod upcloud;
mod vultr;
