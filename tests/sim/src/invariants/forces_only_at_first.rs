//! S6, second half: where the cloud has a compare-and-set, a reign forces nothing any more once a write of it has succeeded.

use les_core::Time;

use crate::node::Node;

/// Panics if the node is about to write without a version though it has already succeeded in this reign.
pub fn forces_only_at_first(node: &Node, address: usize, reign: Time) {
    assert_ne!(
        node.addresses[address].succeeded_in,
        Some(reign),
        "S6: {} forces address {address} in a reign in which it has moved it already",
        node.addr
    );
}
