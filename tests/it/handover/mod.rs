//! The lead is given up on purpose: nobody notices but the logs.

mod access;
mod draining;
mod orders;
mod sigterm;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::support::{Cloud, Cluster, Dir, Finished, Node, PATIENCE, les, wait_for};

/// Droplets with a `state_dir` each, and so with an admin socket each. The first leads and holds the address.
pub(crate) struct Droplets {
    pub(crate) cloud: Cloud,
    pub(crate) cluster: Cluster,
    pub(crate) dir: Dir,
}

impl Droplets {
    #[track_caller]
    pub(crate) fn settled(n: usize) -> Self {
        Self::settled_with(n, |_| {})
    }

    #[track_caller]
    pub(crate) fn settled_with(n: usize, prepare: impl Fn(&mut Command)) -> Self {
        let (cloud, dir) = (Cloud::start(""), Dir::new());
        let cluster = Cluster::start_with(n, |index, command| {
            configure(&cloud, &dir, index, command);
            prepare(command);
        });
        let droplets = Self {
            cloud,
            cluster,
            dir,
        };
        assert_eq!(droplets.cluster.agreed(), 0);
        droplets.held_by(1);
        droplets.known_to_hold(0);
        droplets
    }

    fn socket(&self, index: usize) -> PathBuf {
        state_dir(&self.dir, index).join("admin.sock")
    }

    /// Runs `les ARGS --socket` of the node `index` to its end.
    pub(crate) fn les(&self, index: usize, args: &[&str]) -> Finished {
        Finished::run(les().args(args).arg("--socket").arg(self.socket(index)))
    }

    #[track_caller]
    pub(crate) fn held_by(&self, droplet: u64) {
        wait_for("the address to arrive", PATIENCE, || {
            (self.cloud.holder() == Some(droplet)).then_some(())
        });
    }

    /// Waits until everybody has heard that the leader holds the address.
    #[track_caller]
    fn known_to_hold(&self, leader: usize) {
        let nodes = &self.cluster.nodes;
        wait_for("the leader to say that it holds it", PATIENCE, || {
            let mut pages = nodes.iter().map(|node| node.get("/diag/").json());
            let holds = |page: &Value| {
                let said = &page["member_states"][&nodes[leader].addr]["les"]["holds"];
                said[Cloud::ADDRESS]["mine"] == true
            };
            pages.all(|page| holds(&page)).then_some(())
        });
    }

    /// The node `index`, last in the order of seniority, follows the node `leader`.
    #[track_caller]
    fn follows_as_the_most_junior(&self, index: usize, leader: usize) {
        let nodes = &self.cluster.nodes;
        assert_eq!(self.cluster.agreed(), leader);
        let stamp = |node: &Node| node.state()["start_time"].as_f64().unwrap();
        let mine = stamp(&nodes[index]);
        let others = nodes.iter().enumerate().filter(|(i, _)| *i != index);
        assert!(
            others
                .map(|(_, node)| stamp(node))
                .all(|other| other < mine)
        );
    }
}

fn state_dir(dir: &Dir, index: usize) -> PathBuf {
    dir.0.join(index.to_string())
}

pub(crate) fn configure(cloud: &Cloud, dir: &Dir, index: usize, command: &mut Command) {
    cloud.configure(index, command);
    command.env("LES_NODE__STATE_DIR", state_dir(dir, index));
}

/// The one event of this name in the node's log.
#[track_caller]
fn told(node: &Node, event: &str) -> String {
    let mut events = node.events(event);
    assert_eq!(events.len(), 1, "{event}: {}", node.log());
    events.remove(0)["message"].as_str().unwrap().to_owned()
}

#[track_caller]
fn is_gone(path: &PathBuf) {
    assert!(
        fs::symlink_metadata(path).is_err(),
        "{} is there",
        path.display()
    );
}
