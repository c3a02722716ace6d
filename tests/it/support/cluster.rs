//! Several nodes that know each other.

use super::node::Node;
use super::wait::{PATIENCE, wait_for};

/// Nodes in the order of their start.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) nodes: Vec<Node>,
}

impl Cluster {
    /// Starts `n` nodes, each with the ones before it as seeds, and with further arguments for all.
    #[track_caller]
    pub(crate) fn start(n: usize, args: &[&str]) -> Self {
        let mut cluster = Self { nodes: Vec::new() };
        for _ in 0..n {
            let seeds = cluster.seeds();
            cluster
                .nodes
                .push(Node::start(&[&["--seeds", &seeds], args].concat()));
        }
        cluster
    }

    /// All addresses, as `--seeds` takes them.
    pub(crate) fn seeds(&self) -> String {
        self.nodes
            .iter()
            .map(|node| &*node.addr)
            .collect::<Vec<_>>()
            .join(",")
    }

    /// Waits until all nodes name one leader, which is one of them; returns its index.
    #[track_caller]
    pub(crate) fn agreed(&self) -> usize {
        wait_for("one leader that all agree on", PATIENCE, || self.leader())
    }

    /// The index of the leader that all name, if so.
    pub(crate) fn leader(&self) -> Option<usize> {
        let named = self.nodes[0].leader()?;
        let all = self
            .nodes
            .iter()
            .all(|node| node.leader().as_ref() == Some(&named));
        self.nodes
            .iter()
            .position(|node| node.addr == named)
            .filter(|_| all)
    }

    /// Takes the leader that all agree on out of the cluster.
    #[track_caller]
    pub(crate) fn take_leader(&mut self) -> Node {
        let leader = self.agreed();
        self.nodes.remove(leader)
    }
}
