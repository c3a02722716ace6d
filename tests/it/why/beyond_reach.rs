//! Whoever holds the address may be serving where this node does not see it.

use std::net::TcpListener;

use super::Scene;
use crate::support::{Cloud, Cluster, Node, PATIENCE, ScriptedPeer, wait_for};

#[test]
fn yielded_to_a_member_that_is_not_heard() {
    let scene = Scene::settled(3, "");
    scene.cluster.nodes[2].signal("STOP");
    wait_for("it to be lost", PATIENCE, || {
        scene.cluster.nodes[0].events("member_lost").pop()
    });
    scene.cloud.move_by_hand(3);
    scene.says(0, "yielded", false, "yielded");
    scene.says(1, "elsewhere", false, "yielded-from-a-follower");
}

#[test]
fn a_stranger_that_may_be_a_seed_which_was_never_heard() {
    // Takes connections and answers nothing: neither an answer nor a refusal.
    let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
    let seed = deaf.local_addr().unwrap().to_string();
    let cloud = Cloud::start("");
    let mut nodes: Vec<Node> = Vec::new();
    for index in 0..2 {
        let first = nodes.first().map_or(&seed, |node: &Node| &node.addr);
        let mut command = Node::command(&format!("{seed},{first}"));
        cloud.configure(index, &mut command);
        let node = Node::spawn(&mut command);
        wait_for("it to join", PATIENCE, || node.events("joined").pop());
        nodes.push(node);
    }
    let scene = Scene::of(cloud, Cluster { nodes });
    scene.told(0, "mine", true);
    scene.cloud.move_by_hand(77);
    scene.says(0, "stranger_seeds_unheard", false, "seed-unheard");
}

#[test]
fn a_reference_node_leads() {
    let peer = ScriptedPeer::with_body(|me| {
        format!(r#"{{"members": ["{me}"], "leader": "{me}", "start_time": 1600000000.5}}"#)
    });
    let cloud = Cloud::start("");
    let mut command = Node::command(&peer.socket.to_string());
    cloud.configure(0, &mut command);
    let nodes = vec![Node::spawn(&mut command)];
    let mut scene = Scene::of(cloud, Cluster { nodes });
    scene.names.push(peer.socket.to_string());
    scene.identified(0);
    scene.says(0, "not_leader", false, "reference-leader");
}
