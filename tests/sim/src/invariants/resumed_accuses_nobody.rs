//! T5: a node that was stopped for longer than noise and goes on finds everybody silent. It takes nobody for lost before it has asked again.

use std::time::Duration;

use les_core::{Loss, Notice};

use crate::node::Node;
use crate::world::World;

impl World {
    /// A stop of this length is noticed: by a timer that is late by a quarter of the silence that counts (by half a second without streams), where
    /// timers are a beat apart while anybody is suspected. Shorter ones are noise, for which that silence leaves room.
    pub(crate) fn noticed_stop(&self, node: usize) -> Duration {
        let election = &self.common.election;
        let late = if self.nodes[node].plain {
            Duration::from_millis(500)
        } else {
            (election.silence_after / 4).max(Duration::from_millis(100))
        };
        late + election.beat
    }
}

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
