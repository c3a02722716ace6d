//! How nodes without seeds find each other: a list that every machine is on from its first start, asked now and then.

use std::time::Duration;

use les_core::{Addr, Input};

use crate::event::Event;
use crate::node::Power;
use crate::world::World;

/// How a cluster's nodes discover each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Discovery {
    /// A node's first answer comes this long after its start, at least and at most.
    pub first: (Duration, Duration),
    /// From one answer to the next.
    pub interval: Duration,
    /// With that probability the list cannot be asked; it is asked again after a second.
    pub failure: f64,
}

impl Discovery {
    /// What random clusters have: answers that come before the join window ends and long after it, and an unreliable list.
    pub const RANDOM: Self = Self {
        first: (Duration::from_millis(5), Duration::from_secs(4)),
        interval: Duration::from_secs(60),
        failure: 0.3,
    };
}

impl World {
    /// A node starts: it remembers what it found in an earlier life, and asks.
    pub(crate) fn begin_discovery(&mut self, node: usize) {
        let Some(discovery) = self.common.discovery else {
            return;
        };
        if let Some(found) = self.remembered.get(&node).cloned() {
            self.stats.bump("discovery_remembered");
            let complete = false;
            self.input(node, Input::Seeds { found, complete });
        }
        let (least, most) = discovery.first;
        let after = least + most.saturating_sub(least).mul_f64(self.rng.f64());
        self.discover_after(node, after);
    }

    pub(crate) fn discovery_ends(&mut self, node: usize) {
        let Some(discovery) = self.common.discovery else {
            return;
        };
        if self.rng.f64() < discovery.failure {
            self.stats.bump("discovery_failed");
            return self.discover_after(node, Duration::from_secs(1));
        }
        self.stats.bump("discovery_found");
        let found = self.listed();
        self.say(&|| format!("{}: discovers {found:?}", self.nodes[node].addr));
        self.remembered.insert(node, found.clone());
        let complete = true;
        self.input(node, Input::Seeds { found, complete });
        self.discover_after(node, discovery.interval);
    }

    /// Machines that are dead may be on the list, or not any more.
    fn listed(&mut self) -> Vec<Addr> {
        let rng = &mut self.rng;
        let mut is_listed = |power| matches!(power, Power::Running | Power::Paused) || rng.bool();
        let nodes = self.nodes.iter();
        nodes
            .filter(|node| is_listed(node.power))
            .map(|node| node.addr.clone())
            .collect()
    }

    fn discover_after(&mut self, node: usize, after: Duration) {
        let life = self.nodes[node].life;
        self.at(self.now.after(after), Event::Discovery { node, life });
    }
}
