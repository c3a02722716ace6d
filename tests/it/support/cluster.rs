//! Several nodes that know each other.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

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
        Self::start_with(n, |_, command| {
            command.args(args);
        })
    }

    /// The same, with whatever `prepare` makes of the command of the node with this index.
    #[track_caller]
    pub(crate) fn start_with(n: usize, prepare: impl Fn(usize, &mut Command)) -> Self {
        let mut cluster = Self { nodes: Vec::new() };
        for index in 0..n {
            let mut command = Node::command(&cluster.seeds());
            prepare(index, &mut command);
            let node = Node::spawn(&mut command);
            // Seniority is the order of joining: with this it is the order of the list, however busy the machine is.
            wait_for("the node to join", PATIENCE, || node.events("joined").pop());
            cluster.nodes.push(node);
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

    /// Waits until every node lists all others, nobody else, and follows one of them, in one reign: whoever only names a nominee may still
    /// follow another. Returns the leader's index.
    #[track_caller]
    pub(crate) fn agreed(&self) -> usize {
        wait_for("one leader and one member list", PATIENCE, || {
            let states: Vec<Value> = self.nodes.iter().map(Node::state).collect();
            let addrs: BTreeSet<&str> = self.nodes.iter().map(|node| &*node.addr).collect();
            let members_of = |state: &Value| {
                let members = state["members"].as_array().unwrap().iter();
                members
                    .map(|member| member.as_str().unwrap().to_owned())
                    .collect::<Vec<_>>()
            };
            let complete = states.iter().all(|state| {
                let members = members_of(state);
                members.len() == addrs.len()
                    && members.iter().all(|member| addrs.contains(&**member))
            });
            let reign = |state: &Value| (state["leader"].clone(), state["les"]["epoch"].clone());
            let one = states.iter().all(|state| reign(state) == reign(&states[0]));
            let leader = self
                .nodes
                .iter()
                .position(|node| states[0]["leader"] == *node.addr);
            leader.filter(|_| complete && one)
        })
    }

    /// Takes the leader that all agree on out of the cluster.
    #[track_caller]
    pub(crate) fn take_leader(&mut self) -> Node {
        let leader = self.agreed();
        self.nodes.remove(leader)
    }
}
