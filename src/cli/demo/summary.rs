//! What the demo has shown.

use serde::Serialize;

use super::happening::Name;
use super::takeover::Timings;

/// The outcome: every value is read from the cloud or reported by a node.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    pub(super) ok: bool,
    pub(super) nodes: usize,
    pub(super) address: &'static str,
    /// The leader that was killed, by the nodes.
    pub(super) killed: Name,
    /// Who held the address just before, by the cloud.
    pub(super) holder_before: Option<Name>,
    /// The leader after the kill, by the nodes; still so at the end.
    pub(super) new_leader: Name,
    /// Who holds the address at the end, by the cloud.
    pub(super) holder_after: Option<Name>,
    /// Whom the killed node follows since it came back.
    pub(super) returned_follows: Name,
    /// The holder that lost its node and every one since, by the cloud's log.
    pub(super) holders: Vec<Name>,
    /// Readings that the cloud answered since the old leader was back and everybody knew it: one a tick.
    pub(super) ticks_watched: usize,
    /// Calls to move the address since the old leader was started again.
    pub(super) assigns_after_return: usize,
    pub(super) timings: Timings,
}

impl Summary {
    /// What a working cluster cannot show, if this shows it.
    pub(super) fn contradiction(&self) -> Option<String> {
        let expected = [self.killed, self.new_leader];
        if self.holder_before != Some(self.killed) {
            Some(format!(
                "the leader, {}, did not hold the address",
                self.killed
            ))
        } else if self.assigns_after_return > 0 {
            let calls = self.assigns_after_return;
            Some(format!(
                "the cloud was asked {calls} times to move the address after {} came back",
                self.killed
            ))
        } else if self.holder_after != Some(self.new_leader) {
            Some(format!(
                "the new leader, {}, does not hold the address",
                self.new_leader
            ))
        } else if self.holders != expected {
            Some("the address moved more than once".to_owned())
        } else {
            None
        }
    }
}
