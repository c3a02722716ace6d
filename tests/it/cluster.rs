//! Who leads, through kills, freezes and goodbyes.

use crate::support::{Cluster, Node, PATIENCE, les, wait_for};

#[test]
fn three_nodes_elect_the_one_that_started_first() {
    let cluster = Cluster::start(3, &[]);
    assert_eq!(cluster.agreed(), 0);
    for node in &cluster.nodes {
        let members = wait_for("three members", PATIENCE, || {
            let members = node.state()["members"].as_array().unwrap().clone();
            (members.len() == 3).then_some(members)
        });
        assert_eq!(members[0], *node.addr, "members[0] is the node itself");
    }
}

#[test]
fn a_killed_leader_is_replaced() {
    let mut cluster = Cluster::start(3, &[]);
    let mut killed = cluster.take_leader();
    killed.signal("KILL");
    killed.wait();
    cluster.agreed();
    let lost = cluster.nodes[0].events("member_lost");
    assert_eq!(
        (&lost[0]["loss"], &lost[0]["was_leader"]),
        (&"dead".into(), &true.into()),
        "a refused port is proof: {lost:?}"
    );
}

#[test]
fn of_two_nodes_the_survivor_leads() {
    let mut cluster = Cluster::start(2, &[]);
    drop(cluster.take_leader());
    assert_eq!(cluster.agreed(), 0);
}

#[test]
fn a_leader_that_comes_back_does_not_lead_again() {
    let mut cluster = Cluster::start(3, &[]);
    let killed = cluster.take_leader();
    let (addr, port) = (killed.addr.clone(), killed.socket.port().to_string());
    drop(killed);
    let leader = cluster.agreed();
    let seeds = cluster.seeds();
    let back = Node::spawn(les().args([
        "run",
        "--bind-interface",
        "127.0.0.1",
        "--bind-port",
        &port,
        "--seeds",
        &seeds,
    ]));
    assert_eq!(back.addr, addr);
    cluster.nodes.push(back);
    assert_eq!(cluster.agreed(), leader);
    assert_eq!(cluster.nodes[leader].events("stepped_down").len(), 0);
}

#[test]
fn sigterm_says_goodbye_and_exits_with_0() {
    for signal in ["TERM", "INT"] {
        let mut cluster = Cluster::start(3, &[]);
        let mut leaving = cluster.take_leader();
        leaving.signal(signal);
        assert_eq!(leaving.wait().code(), Some(0), "{}", leaving.log());
        assert_eq!(
            leaving.events("goodbye")[0]["told_everybody"],
            true,
            "{}",
            leaving.log()
        );
        cluster.agreed();
        for node in &cluster.nodes {
            let lost = node.events("member_lost");
            assert_eq!(
                (lost.len(), &lost[0]["loss"]),
                (1, &"goodbye".into()),
                "{lost:?}"
            );
        }
    }
}

#[test]
fn a_frozen_leader_is_replaced_and_follows_when_it_thaws() {
    let mut cluster = Cluster::start(3, &[]);
    let frozen = cluster.take_leader();
    frozen.signal("STOP");
    let leader = cluster.agreed();
    let leader = cluster.nodes[leader].addr.clone();
    frozen.signal("CONT");
    wait_for("the thawed node to follow", PATIENCE, || {
        (frozen.leader().as_ref() == Some(&leader)).then_some(())
    });
    assert!(
        cluster
            .nodes
            .iter()
            .all(|node| node.leader().as_ref() == Some(&leader)),
        "nobody follows the old leader again"
    );
}

#[test]
fn a_frozen_follower_changes_nothing() {
    let cluster = Cluster::start(3, &[]);
    assert_eq!(cluster.agreed(), 0);
    let frozen = &cluster.nodes[2];
    frozen.signal("STOP");
    wait_for("it to be missed", PATIENCE, || {
        cluster.nodes[0].events("member_lost").pop()
    });
    frozen.signal("CONT");
    wait_for("it to be a member again", PATIENCE, || {
        (cluster.nodes[0].events("member_joined").len() == 3).then_some(())
    });
    assert_eq!(cluster.agreed(), 0);
    assert_eq!(
        cluster.nodes[0].events("stepped_down").len()
            + cluster.nodes[1].events("elected").len()
            + frozen.events("elected").len(),
        0
    );
}

#[test]
fn a_node_that_never_met_anybody_does_not_lead() {
    let alone = Node::start("");
    let why = alone.get("/diag/").json()["les"]["why"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        why.contains("alone") || why.contains("waiting for the seeds"),
        "{why}"
    );
    assert_eq!(alone.state()["leader"], false);
    let mut command = Node::command("");
    let configured = Node::spawn(command.env("LES_ELECTION__ALONE_AFTER", "200ms"));
    wait_for("it to lead, as configured", PATIENCE, || {
        (configured.leader().as_ref() == Some(&configured.addr)).then_some(())
    });
    assert_eq!(alone.state()["leader"], false);
}
