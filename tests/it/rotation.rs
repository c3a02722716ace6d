//! A token that is replaced while nodes run.

use crate::support::{Cloud, Cluster, Dir, Node, PATIENCE, TOKEN, wait_for};

const NEW: &str = "dop_v1_the-new-one-not-to-be-seen";

#[track_caller]
fn held_by_1(cloud: &Cloud) {
    wait_for("the address to arrive", PATIENCE, || {
        (cloud.holder() == Some(1)).then_some(())
    });
}

#[test]
fn a_replaced_token_file_needs_no_restart() {
    let (cloud, dir) = (Cloud::start(""), Dir::new());
    let file = dir.file("token", &format!("{TOKEN}\n"));
    let cluster = Cluster::start_with(2, |index, command| {
        cloud.configure(index, command);
        command
            .env_remove("DIGITALOCEAN_TOKEN")
            .env("DIGITALOCEAN_TOKEN_FILE", &file)
            .env("LES_LOG", "debug");
    });
    assert_eq!(cluster.agreed(), 0);
    held_by_1(&cloud);
    // As tokens are rotated: a new one is made, a file with it takes the old one's name, and the old token is revoked.
    cloud.set_tokens(&[TOKEN, NEW]);
    std::fs::rename(dir.file("token.new", &format!("{NEW}\n")), &file).unwrap();
    let leader = &cluster.nodes[0];
    wait_for("the new token to be in use", PATIENCE, || {
        leader.events("credentials_changed").pop()
    });
    cloud.set_tokens(&[NEW]);
    cloud.move_by_hand(2);
    held_by_1(&cloud);
    assert_eq!(cloud.history(), [Some(1), Some(2), Some(1)]);
    let refused = leader.events("observe_failed").len() + leader.events("assign_failed").len();
    assert_eq!(refused, 0, "{}", leader.log());
    let told = |node: &Node| node.log() + &node.get("/diag/").body;
    let told: String = cluster.nodes.iter().map(told).collect();
    assert!(!told.contains(TOKEN) && !told.contains(NEW), "{told}");
}
