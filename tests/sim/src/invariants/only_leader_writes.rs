//! S2: only the confirmed leader writes to the cloud, and not while it meets another leader.

use les_core::{Epoch, Ineligible};

use crate::node::Node;

/// Panics if a write begins elsewhere.
pub fn only_leader_writes(node: &Node, epoch: Epoch) {
    assert!(node.leads(), "S2: {} writes and does not lead", node.addr);
    let reign = node.view.leadership.reign.as_ref();
    assert_eq!(
        reign.map(|r| r.epoch),
        Some(epoch),
        "S2: {} writes for another reign",
        node.addr
    );
    assert!(
        reign.is_some_and(|r| r.meeting.is_none()),
        "H2: {} writes while it meets another leader",
        node.addr
    );
    assert!(
        !node.view.ineligible.contains(&Ineligible::Leaving),
        "S2: {} writes after its goodbye",
        node.addr
    );
}
