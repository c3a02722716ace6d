//! S1 (quorum mode): an epoch has one leader, and a majority of the voters has voted for it, each once for an epoch and ever higher.

use std::collections::{BTreeMap, BTreeSet};

use les_core::{Epoch, Incarnation, Mode, Vote};

use crate::world::World;

/// What was voted in a run, and who led.
#[derive(Clone, Debug, Default)]
pub struct Ballots {
    votes: BTreeMap<(Epoch, Incarnation), BTreeSet<usize>>,
    leaders: BTreeMap<Epoch, (usize, u64)>,
}

impl Ballots {
    /// Node `voter` shows this vote.
    pub fn voted(&mut self, voter: usize, vote: Vote) {
        let voters = self.votes.entry((vote.epoch, vote.inc)).or_default();
        voters.insert(voter);
    }
}

/// Panics if the node that was just elected has no majority of votes, or somebody else led in this epoch.
pub(super) fn one_leader_per_epoch(world: &mut World, elected: usize, epoch: Epoch) {
    let Mode::Quorum(voters) = &world.common.election.mode else {
        return;
    };
    let needed = voters.len() / 2 + 1;
    let node = &world.nodes[elected];
    let ballots = &mut world.watch.ballots;
    let votes = ballots.votes.get(&(epoch, node.view.me.inc));
    let votes = votes.map_or(0, BTreeSet::len);
    assert!(
        votes >= needed,
        "S1: {} leads in {epoch} with {votes} of {needed} votes",
        node.addr
    );
    // Votes are in memory alone, and clocks go back: a voter whose machine has forgotten both may give its own number once more, after its process
    // and the reign of that number have ended. Nobody else ever gives it.
    let reign = (elected, node.life);
    let before = ballots.leaders.insert(epoch, reign);
    assert!(
        before.is_none_or(|(leader, life)| leader == elected && life < node.life),
        "S1: {} leads in {epoch}, and so did node {before:?}",
        node.addr
    );
    world.stats.bump("quorum_elected");
}
