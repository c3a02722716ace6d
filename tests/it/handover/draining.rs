//! `les drain`, `les undrain`: members that never lead.

use super::{Droplets, configure};
use crate::support::{Cluster, Dir, Node, PATIENCE, wait_for};

/// Waits until the node says whether it may lead.
#[track_caller]
fn says_eligible(node: &Node, eligible: bool) {
    wait_for("it to say whether it may lead", PATIENCE, || {
        (node.state()["les"]["eligible"] == eligible).then_some(())
    });
}

#[test]
fn a_drained_leader_hands_over_and_leads_again_only_when_undrained() {
    let droplets = Droplets::settled(2);
    let done = droplets.les(0, &["drain"]);
    assert_eq!(done.code, Some(0), "{}", done.output);
    assert_eq!(droplets.cloud.history(), [Some(1), Some(2)]);
    let says = |text: &str| assert!(done.output.contains(text), "{text}: {}", done.output);
    says("is drained: it stays a member and never leads, also after a restart");
    says(&format!(
        "{} leads in epoch ",
        droplets.cluster.nodes[1].addr
    ));
    assert_eq!(droplets.cluster.agreed(), 1);
    let refused = droplets.les(1, &["handoff"]);
    assert_eq!(refused.code, Some(1), "nobody is left: {}", refused.output);
    let undrained = droplets.les(0, &["undrain"]);
    assert_eq!(undrained.code, Some(0), "{}", undrained.output);
    assert!(
        undrained.output.contains("may lead again"),
        "{}",
        undrained.output
    );
    droplets.follows_as_the_most_junior(0, 1);
    says_eligible(&droplets.cluster.nodes[0], true);
    wait_for("it to be an heir", PATIENCE, || {
        (droplets.les(1, &["handoff"]).code == Some(0)).then_some(())
    });
    assert_eq!(droplets.cloud.history(), [Some(1), Some(2), Some(1)]);
}

#[test]
fn a_drain_outlives_a_restart() {
    let mut droplets = Droplets::settled(2);
    assert_eq!(droplets.les(1, &["drain"]).code, Some(0));
    drop(droplets.cluster.nodes.remove(1));
    let mut command = Node::command(&droplets.cluster.seeds());
    configure(&droplets.cloud, &droplets.dir, 1, &mut command);
    droplets.cluster.nodes.push(Node::spawn(&mut command));
    assert_eq!(droplets.cluster.agreed(), 0);
    drop(droplets.cluster.take_leader());
    let back = &droplets.cluster.nodes[0];
    wait_for("nobody to be left who may lead", PATIENCE, || {
        let page = back.get("/diag/").json()["les"].clone();
        let why = page["why"].as_str().unwrap_or_default().to_owned();
        (why == "nobody who is heard may lead" && page["ineligible"][0] == "drained").then_some(())
    });
    assert_eq!(back.events("elected").len(), 0, "not for a moment");
    assert_eq!(droplets.les(1, &["undrain"]).code, Some(0));
    droplets.held_by(2);
    assert!(!droplets.dir.0.join("1/drained").exists());
}

#[test]
fn the_last_node_that_may_lead_is_drained_only_by_force() {
    let droplets = Droplets::settled(2);
    assert_eq!(droplets.les(1, &["drain"]).code, Some(0));
    let refused = droplets.les(0, &["drain"]);
    assert_eq!(refused.code, Some(1), "{}", refused.output);
    assert!(refused.output.contains("--force"), "{}", refused.output);
    assert_eq!(droplets.cluster.agreed(), 0);
    let forced = droplets.les(0, &["drain", "--force"]);
    assert_eq!(forced.code, Some(0), "{}", forced.output);
    wait_for("nobody to lead", PATIENCE, || {
        let nodes = &droplets.cluster.nodes;
        nodes
            .iter()
            .all(|node| node.leader().is_none())
            .then_some(())
    });
    assert_eq!(droplets.cloud.holder(), Some(1), "the address stays");
}

#[test]
fn without_a_state_dir_it_says_that_a_restart_ends_it() {
    let dir = Dir::new();
    let socket = |index: usize| dir.0.join(format!("{index}.sock"));
    let cluster = Cluster::start_with(2, |index, command| {
        command.env("LES_NODE__ADMIN_SOCKET", socket(index));
    });
    assert_eq!(cluster.agreed(), 0);
    let mut command = crate::support::les();
    // As an operator does who has the node's configuration in the environment.
    command
        .arg("drain")
        .env("LES_NODE__ADMIN_SOCKET", socket(0));
    let drained = crate::support::Finished::run(&mut command);
    assert_eq!(drained.code, Some(0), "{}", drained.output);
    assert!(
        drained.output.contains("until it is restarted"),
        "{}",
        drained.output
    );
    assert_eq!(cluster.agreed(), 1);
}

#[test]
fn a_drain_that_cannot_be_kept_is_refused() {
    let droplets = Droplets::settled(2);
    // A folder in its place: nothing that is written there can take its name.
    std::fs::create_dir(droplets.dir.0.join("0/drained")).unwrap();
    let refused = droplets.les(0, &["drain"]);
    assert_eq!(refused.code, Some(1), "{}", refused.output);
    assert!(
        refused
            .output
            .contains("cannot be written, so nothing was changed"),
        "{}",
        refused.output
    );
    assert_eq!(droplets.cluster.agreed(), 0);
}
