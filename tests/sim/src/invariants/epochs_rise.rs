//! S3: epochs of successive leaders rise. Within one life no node goes back to an older reign, and whoever is elected takes a higher epoch than
//! any that it has acknowledged.

use les_core::Epoch;

use crate::node::Node;

/// Panics if the node now acknowledges an older reign than before.
pub fn acknowledged_epochs_rise(node: &Node) {
    let now = node.view.predecessor.0;
    assert!(
        now >= node.acknowledged,
        "S3: {} went from reign {} back to {now}",
        node.addr,
        node.acknowledged
    );
}

/// Panics if the node was elected in an epoch that is no higher than what it had acknowledged before.
pub(super) fn elected_epoch_is_higher(node: &Node, epoch: Epoch) {
    assert!(
        epoch > node.acknowledged,
        "S3: {} is elected in epoch {epoch}, and has acknowledged {}",
        node.addr,
        node.acknowledged
    );
}
