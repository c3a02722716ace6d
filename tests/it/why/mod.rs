//! `GET /why/{id}`: what a person is told at 3 a.m., in situations of real processes. The paragraphs are in `tests/golden/why`, one file for each.

mod beyond_reach;
mod clouds;
mod moved;
mod nobody_leads;
mod normal;
mod orders;

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::support::{Cloud, Cluster, Node, PATIENCE, wait_for};

/// What a node says of an address.
#[track_caller]
fn why(node: &Node, id: &str) -> Value {
    node.get(&format!("/why/{id}")).json()
}

/// Nodes, and the names that they have in the golden files: in the order of their start, `n1`, `n2` ...
struct Scene {
    cloud: Cloud,
    cluster: Cluster,
    names: Vec<String>,
}

impl Scene {
    /// `n` droplets, of which the first leads and holds the address, as each of them knows.
    #[track_caller]
    fn settled(n: usize, further: &str) -> Self {
        let scene = Self::started(n, further, |_, _| {});
        assert_eq!(scene.cluster.agreed(), 0);
        scene.told(0, "mine", true);
        for follower in 1..n {
            scene.told(follower, "followed", true);
        }
        scene
    }

    /// The same, with whatever `prepare` makes of the command of each, and nothing waited for.
    #[track_caller]
    fn started(n: usize, further: &str, prepare: impl Fn(usize, &mut Command)) -> Self {
        let cloud = Cloud::start(further);
        Self::on(cloud, n, prepare)
    }

    #[track_caller]
    fn on(cloud: Cloud, n: usize, prepare: impl Fn(usize, &mut Command)) -> Self {
        let cluster = Cluster::start_with(n, |index, command| {
            cloud.configure(index, command);
            prepare(index, command);
        });
        Self::of(cloud, cluster)
    }

    fn of(cloud: Cloud, cluster: Cluster) -> Self {
        let names = cluster.nodes.iter().map(|n| n.addr.clone()).collect();
        Self {
            cloud,
            cluster,
            names,
        }
    }

    /// Waits until the node knows who it is at the provider: a node that does not says so, whatever else it says.
    #[track_caller]
    fn identified(&self, index: usize) {
        let node = &self.cluster.nodes[index];
        wait_for("the node's target", PATIENCE, || {
            let page = node.get("/status").json();
            let eligible = page["ineligible"].as_array().unwrap().is_empty();
            (eligible && page["provider"]["target"].is_string()).then_some(())
        });
    }

    /// Kills the node with this index; those after it move up.
    fn kill(&mut self, index: usize) {
        drop(self.cluster.nodes.remove(index));
    }

    /// Waits until a node has this to say of the address.
    #[track_caller]
    fn told(&self, index: usize, code: &str, right: bool) -> Value {
        self.told_of(Cloud::ADDRESS, index, code, right)
    }

    #[track_caller]
    fn told_of(&self, id: &str, index: usize, code: &str, right: bool) -> Value {
        let node = &self.cluster.nodes[index];
        let mut last = Value::Null;
        let what = format!("{} to say {code} of {id}", node.addr);
        let found = || {
            last = why(node, id);
            (last["code"] == code && last["right"] == right).then(|| last.clone())
        };
        wait_for(&what, PATIENCE, found)
    }

    /// Waits for that, and compares the paragraph with the golden file of this name.
    #[track_caller]
    fn says(&self, index: usize, code: &str, right: bool, golden: &str) {
        let told = self.told(index, code, right);
        self.is_golden(&told, golden);
    }

    #[track_caller]
    fn is_golden(&self, told: &Value, golden: &str) {
        let text = normal::normal(told["text"].as_str().unwrap(), &self.names);
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/why");
        let path = path.join(format!("{golden}.txt"));
        if std::env::var_os("LES_UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, format!("{text}\n")).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            text,
            expected.trim_end(),
            "{} (LES_UPDATE_GOLDEN=1 writes it)",
            path.display()
        );
    }

    /// Everybody who ever held the address, once it is these.
    #[track_caller]
    fn moves(&self, expected: &[u64]) {
        wait_for("the address to move", PATIENCE, || {
            (self.cloud.moves() == expected).then_some(())
        });
    }
}
