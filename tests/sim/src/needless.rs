//! Moves that nobody needed: when the new leader was elected, the holder led, was eligible, and a majority heard it.

use std::time::Duration;

use les_core::Mode;

use crate::node::{Power, target_of};
use crate::world::World;

/// For so long before the election nothing but loss must have disturbed the holder: more than the time after which the last of many, who
/// doubts itself first, acts.
const UNDISTURBED: Duration = Duration::from_secs(7);

impl World {
    /// A node was elected: notes whom it replaces without need.
    pub(crate) fn judge_election(&mut self, elected: usize) {
        let deposed = (0..self.nodes.len()).filter(|i| *i != elected && self.is_fine_leader(*i));
        let deposed: Vec<usize> = deposed.collect();
        // A side that hears no more than half of the nodes cannot tell a partition from the others' death. In open mode it acts, once.
        let minority = !self.is_majority_of(elected);
        self.unneeded.insert(elected, (deposed, minority));
    }

    /// Counts a move that is about to land: `mover` takes the address from whoever holds it.
    pub(crate) fn judge_move(&mut self, mover: usize, address: usize) {
        let holder = self.cloud.holder(address).map(str::to_owned);
        let holder = (0..self.nodes.len()).find(|i| holder.as_deref() == Some(&*target_of(*i)));
        let (Some(holder), Some((deposed, minority))) = (holder, self.unneeded.get(&mover)) else {
            return;
        };
        // To where an operator moved it, no election did; and who has died or left since does not need it any more.
        let last = self.cloud.moves.iter().rfind(|m| m.address == address);
        let by_hand = last.is_some_and(|m| m.by_hand);
        let runs = self.nodes[holder].power == Power::Running;
        if !deposed.contains(&holder) || by_hand || !runs {
            return;
        }
        // In quorum mode no minority elects anybody.
        let kind = if *minority && self.common.election.mode == Mode::Open {
            "minority_moves"
        } else {
            "needless_moves"
        };
        self.say(&|| {
            let (mover, holder) = (&self.nodes[mover].addr, &self.nodes[holder].addr);
            format!("{kind}: {mover} takes from {holder}")
        });
        self.stats.bump(kind);
    }

    /// How often that happened in this run.
    pub(crate) fn count(&self, event: &str) -> usize {
        let count = self.stats.events.get(event).copied().unwrap_or_default();
        usize::try_from(count).unwrap_or(usize::MAX)
    }

    /// Two led at the same time, and one of them gave way.
    pub(crate) fn met_a_leader(&self) -> bool {
        self.stats.events.contains_key("step_down_lost_meeting")
    }

    fn is_fine_leader(&self, node: usize) -> bool {
        let leads = self.nodes[node].leads() && self.nodes[node].view.ineligible.is_empty();
        let calm = self
            .watch
            .stability
            .undisturbed_but_for_loss(self.now, node);
        leads && calm >= UNDISTURBED && self.is_majority_of(node)
    }

    /// More than half of all nodes run and are linked to this one, itself included.
    fn is_majority_of(&self, node: usize) -> bool {
        let linked = |i: &usize| {
            let open = self.network.cut(*i, node).is_none() && self.network.cut(node, *i).is_none();
            self.nodes[*i].power == Power::Running && (*i == node || open)
        };
        (0..self.nodes.len()).filter(linked).count() * 2 > self.size
    }
}
