//! T5: a node that was stopped and goes on finds everybody silent. It takes nobody for lost before it has asked again.

use les_core::{Loss, Notice};

use crate::node::Node;

/// Panics if silence counts against somebody whom the node has not asked anything since it started or went on.
pub fn resumed_accuses_nobody(node: &Node, notice: &Notice) {
    let Notice::MemberLost {
        addr,
        loss: loss @ (Loss::Silent | Loss::LoneSilence),
        ..
    } = notice
    else {
        return;
    };
    assert!(
        node.asked.contains(addr),
        "T5: {} takes {addr} for lost ({loss:?}) and has not asked it anything since it went on",
        node.addr
    );
}
