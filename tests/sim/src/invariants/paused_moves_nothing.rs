//! An operator's pause: no node that has heard of it begins a write.

use crate::node::Node;

/// Panics if a write begins at a node that knows that moves are paused.
pub fn paused_moves_nothing(node: &Node) {
    assert!(
        !node.view.is_paused(),
        "P1: {} moves an address although moves are paused",
        node.addr
    );
}
