//! T1: a live, eligible leader that a majority hears is never replaced, except by a side that hears no more than half of the nodes: it
//! cannot tell a partition from a loss of power on the other side, and in open mode it acts.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::faults::Fault;
use crate::node::Power;
use crate::time::At;
use crate::world::World;

/// How long links and nodes must have been undisturbed before the property is claimed: more than any silence in force.
const UNDISTURBED: Duration = Duration::from_secs(15);

/// When links and nodes were disturbed last.
#[derive(Clone, Debug, Default)]
pub struct Stability {
    nodes: BTreeMap<usize, At>,
    network: At,
    /// The same without loss.
    cuts: At,
}

impl Stability {
    pub(super) fn note(&mut self, now: At, nodes: usize, fault: &Fault) {
        match fault {
            Fault::Crash(node)
            | Fault::PowerOff(node)
            | Fault::Pause(node, _)
            | Fault::Resume(node)
            | Fault::Goodbye(node)
            | Fault::Retire(node, _)
            | Fault::HandOver(node, _)
            | Fault::Drain(node, _)
            | Fault::Undrain(node)
            | Fault::Restart(node, _)
            | Fault::Exit(node) => {
                self.nodes.insert(*node, now);
            }
            // A heal disturbs too: what was condemned before it may still be acted upon. A cut does not excuse those it does not touch.
            Fault::Loss(..) | Fault::EndLoss => self.network = now,
            Fault::Heal => {
                self.network = now;
                self.cuts = now;
            }
            Fault::Partition(side, ..) => {
                for node in 0..nodes {
                    if side.len() * 2 == nodes || side.contains(&node) == (side.len() * 2 < nodes) {
                        self.nodes.insert(node, now);
                    }
                }
            }
            Fault::OneWay(from, to, _) => {
                self.nodes.insert(*from, now);
                self.nodes.insert(*to, now);
            }
            Fault::ApiCut(..)
            | Fault::Cloud(..)
            | Fault::HandMove(_)
            | Fault::PauseMoves(..)
            | Fault::ResumeMoves
            | Fault::CloseStreams(_)
            | Fault::EndApiCut(_)
            | Fault::EndCloud => {}
        }
    }

    /// For how long nothing but loss has disturbed a node and its links.
    #[must_use]
    pub fn undisturbed_but_for_loss(&self, now: At, node: usize) -> Duration {
        let since = self.nodes.get(&node).copied().unwrap_or_default();
        now.since(since.max(self.cuts))
    }

    fn is_calm(&self, now: At, node: usize) -> bool {
        let since = self
            .nodes
            .get(&node)
            .copied()
            .unwrap_or_default()
            .max(self.network);
        now.since(since) >= UNDISTURBED
    }
}

/// Panics if the node that was just elected replaces a leader that it must not replace.
pub(super) fn heard_leader_stays(world: &World, elected: usize) {
    if world.network.loss > 0.0 {
        return;
    }
    let calm = |node: usize| {
        world.nodes[node].power == Power::Running && world.watch.stability.is_calm(world.now, node)
    };
    let linked = |a: usize, b: usize| a == b || world.network.is_clean(a, b);
    let side = (0..world.nodes.len())
        .filter(|i| world.nodes[*i].power == Power::Running && linked(elected, *i))
        .count();
    let majority_side = side * 2 > world.nodes.len();
    for (index, leader) in world
        .nodes
        .iter()
        .enumerate()
        .filter(|(i, n)| *i != elected && n.leads())
    {
        let reign = leader.view.leadership.reign.as_ref();
        let long = reign.is_some_and(|r| world.now.time().since(r.since) >= UNDISTURBED);
        let followers = (0..world.nodes.len()).filter(|i| calm(*i) && linked(index, *i));
        let followers = followers
            .filter(|i| *i == index || world.nodes[*i].view.named.as_ref() == Some(&leader.addr))
            .count();
        let majority = followers * 2 > world.nodes.len();
        assert!(
            !(long && calm(index) && majority && majority_side),
            "T1: {} is elected while {} leads and {followers} nodes hear it",
            world.nodes[elected].addr,
            leader.addr
        );
    }
}
