//! `les pause` and `les resume`.

use super::shows;
use crate::handover::{Droplets, configure};
use crate::support::{Cluster, Dir, Finished, Node, les};

#[test]
fn while_moves_are_paused_the_address_stays_with_a_dead_leader_and_moves_when_they_are_resumed() {
    let mut droplets = Droplets::settled(3);
    let paused = droplets.les(0, &["pause"]);
    assert_eq!(paused.code, Some(0), "{}", paused.output);
    let by = droplets.cluster.nodes[0].addr.clone();
    for text in [
        &format!("moves are paused, by {by} since "),
        "also after a restart",
        &format!("known to {by}"),
    ] {
        assert!(paused.output.contains(text), "{text}: {}", paused.output);
    }
    let seen = format!("MOVES ARE PAUSED by {by}");
    for node in &droplets.cluster.nodes {
        let text = shows(node, 0, &[&seen]);
        assert!(!text.contains("NOT YET"), "{text}");
    }
    drop(droplets.cluster.take_leader());
    assert_eq!(droplets.cluster.agreed(), 0);
    let leader = &droplets.cluster.nodes[0];
    shows(leader, 1, &[&seen, "NOT AS IT SHOULD BE (paused)", "(1)"]);
    assert_eq!(droplets.cloud.history(), [Some(1)], "not moved");

    // Any node takes the order.
    let resumed = droplets.les(2, &["resume"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.output);
    assert!(
        resumed.output.contains("moves are not paused"),
        "{}",
        resumed.output
    );
    droplets.held_by(2);
    let text = shows(leader, 0, &["as it should be"]);
    assert!(!text.contains("PAUSED"), "{text}");
}

#[test]
fn a_pause_outlives_a_restart_of_all_nodes() {
    let mut droplets = Droplets::settled(2);
    let paused = droplets.les(1, &["pause"]);
    assert_eq!(paused.code, Some(0), "{}", paused.output);
    let seen = format!("MOVES ARE PAUSED by {}", droplets.cluster.nodes[1].addr);
    droplets.cluster.nodes.clear();
    // The one that does not hold the address comes first, and leads.
    for index in [1, 0] {
        let mut command = Node::command(&droplets.cluster.seeds());
        configure(&droplets.cloud, &droplets.dir, index, &mut command);
        droplets.cluster.nodes.push(Node::spawn(&mut command));
    }
    let leader = droplets.cluster.agreed();
    for node in &droplets.cluster.nodes {
        let code = i32::from(leader == 0);
        shows(node, code, &[&seen]);
    }
    assert_eq!(droplets.cloud.history(), [Some(1)], "not moved");
    assert_eq!(droplets.les(0, &["resume"]).code, Some(0));
    droplets.held_by(if leader == 0 { 2 } else { 1 });
}

#[test]
fn without_a_state_dir_it_says_how_long_it_holds_and_as_json_too() {
    let dir = Dir::new();
    let socket = |index: usize| dir.0.join(format!("{index}.sock"));
    let cluster = Cluster::start_with(2, |index, command| {
        command.env("LES_NODE__ADMIN_SOCKET", socket(index));
    });
    assert_eq!(cluster.agreed(), 0);
    let order = |args: &[&str]| {
        let mut command = les();
        command.args(args).env("LES_NODE__ADMIN_SOCKET", socket(1));
        Finished::run(&mut command)
    };
    let paused = order(&["pause"]);
    assert_eq!(paused.code, Some(0), "{}", paused.output);
    assert!(
        paused.output.contains("until all nodes were restarted"),
        "{}",
        paused.output
    );
    let again = order(&["pause", "--json"]);
    let body: serde_json::Value = serde_json::from_str(&again.output).unwrap();
    assert_eq!(
        (&body["paused"], &body["kept"]),
        (&true.into(), &false.into())
    );
    assert_eq!(order(&["resume"]).code, Some(0));
    shows(&cluster.nodes[0], 0, &["leads"]);
}
