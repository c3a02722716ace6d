//! S3: within one life no node goes back to an older reign.

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
