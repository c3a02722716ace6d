//! Nobody leads, or nothing is to be moved.

use super::{Scene, why};
use crate::support::{Cloud, Dir, Finished, Node, PATIENCE, les, wait_for};

#[test]
fn a_node_that_never_met_anybody() {
    let scene = Scene::started(1, "", |_, _| {});
    scene.identified(0);
    scene.says(0, "no_leader", false, "alone");
}

#[test]
fn all_are_drained() {
    let dir = Dir::new();
    let socket = |index: usize| dir.0.join(format!("{index}.sock"));
    let scene = Scene::started(2, "", |index, command| {
        command.env("LES_NODE__ADMIN_SOCKET", socket(index));
    });
    scene.told(0, "mine", true);
    for index in [1, 0] {
        let mut drain = les();
        drain
            .args(["drain", "--force", "--socket"])
            .arg(socket(index));
        let drained = Finished::run(&mut drain);
        assert_eq!(drained.code, Some(0), "{}", drained.output);
    }
    scene.says(1, "no_leader", false, "all-drained");
}

#[test]
fn a_node_whose_target_is_not_known() {
    let cloud = Cloud::start("");
    let scene = Scene::on(cloud, 2, |index, command| {
        if index == 0 {
            command.env("LES_PROVIDER__METADATA_BASE", "http://127.0.0.1:9");
        }
    });
    wait_for("it to have been asked", PATIENCE, || {
        scene.cluster.nodes[0].events("target_failed").pop()
    });
    scene.says(0, "followed", true, "no-target");
}

#[test]
fn a_node_without_a_provider_knows_no_address() {
    let node = Node::start("");
    let answer = node.get("/why/203.0.113.7");
    assert_eq!(answer.status, 404);
    assert_eq!(why(&node, "203.0.113.7")["ok"], false);
    assert!(answer.body.contains("no provider"), "{}", answer.body);
}
