//! What may be written: every value still as it was typed, so that the rules of `validate.rs` can quote it.
//!
//! The docs of these fields are the reference (`docs/configuration.md`) and the JSON Schema: they speak to who writes a configuration. Beside each stands what
//! it may be. A key without a default begins with `Optional.` or `Required.`.

mod election;
mod node;
mod provider;
mod value;

use schemars::JsonSchema;
use serde::Deserialize;

use super::limits::MAX_ADDRESSES;
use super::reference::values::tables;

pub(super) use election::RawElection;
pub(super) use node::RawNode;
pub(super) use provider::{RawAddress, RawProvider};
pub(super) use value::{List, Scalar};

/// The configuration of one node of les. Every key may be left out, but for the id of an address.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "les.toml")]
pub(super) struct RawConfig {
    /// This node: where it listens, how the others are found, who may give it orders.
    pub(super) node: RawNode,
    /// The election: who must agree to a leader, and how soon a silent node is given up.
    ///
    /// `mode` and `voters` are the same on every node. A profile brings the two timings that matter; the others seldom need to be written.
    pub(super) election: RawElection,
    /// The cloud that moves the addresses.
    ///
    /// Credentials are not written here, nor in any other table: they come from the environment, or from files that it names.
    pub(super) provider: RawProvider,
    /// The shared addresses, a table for each, the same ones in the same order on every node: when two leaders meet, the first address decides which of them goes on.
    #[schemars(transform = tables(MAX_ADDRESSES))]
    pub(super) address: Vec<RawAddress>,
}
