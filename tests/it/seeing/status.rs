//! `les status` and `les why`.

use serde_json::Value;

use super::{ask, shows};
use crate::handover::Droplets;
use crate::support::{Cloud, Finished, Node, les};

#[test]
fn leader_and_follower_show_the_same_cluster_and_it_is_well() {
    let droplets = Droplets::settled(3);
    let nodes = &droplets.cluster.nodes;
    let leads = format!("{} leads in epoch ", nodes[0].addr);
    let well = format!("{}: as it should be", Cloud::ADDRESS);
    let held = format!("observed  {} (1)", nodes[0].addr);
    for (node, role) in nodes.iter().zip(["the leader", "a follower", "a follower"]) {
        let asked = format!("asked: {}, {role}", node.addr);
        let text = shows(node, 0, &[&leads, &well, &held, &asked]);
        let members = nodes
            .iter()
            .map(|node| text.find(&format!("  {}", node.addr)));
        let members: Vec<usize> = members.map(Option::unwrap).collect();
        assert!(members.is_sorted(), "by seniority: {text}");
        assert!(!text.contains('\x1b'), "no colours without a terminal");
    }
    let json = ask(&nodes[1], &["status", "--json"]);
    assert_eq!(json.code, Some(0), "{}", json.output);
    let page: Value = serde_json::from_str(&json.output).unwrap();
    assert_eq!(page["addr"], *nodes[1].addr);
    assert_eq!(page["leader"], *nodes[0].addr);
}

#[test]
fn it_is_found_as_it_is_configured_and_alone_it_is_not_well() {
    let node = Node::start("");
    let mut command = les();
    command
        .arg("status")
        .env("LES_NODE__BIND_PORT", node.socket.port().to_string());
    // Of a part of a configuration that another layer completes.
    command.env("LES_NODE__DISCOVERY", "tag:les");
    let status = Finished::run(&mut command);
    assert_eq!(status.code, Some(1), "{}", status.output);
    for text in ["NOBODY LEADS: ", "not ready", "no address is configured"] {
        assert!(status.output.contains(text), "{text}: {}", status.output);
    }
}

#[test]
fn against_nobody_it_says_whom_it_asked_and_wrong_usage_is_told_apart() {
    let mut node = Node::start("");
    node.signal("KILL");
    node.wait();
    for args in [&["status"] as &[&str], &["why"], &["events"]] {
        let gone = ask(&node, args);
        assert_eq!(gone.code, Some(1), "{}", gone.output);
        let told = format!("nobody listens at {}", node.socket);
        assert!(gone.output.contains(&told), "{}", gone.output);
    }
    for args in [
        &["status", "--url", "https://localhost:1"] as &[&str],
        &["status", "--url", "localhost"],
        &["status", "--bind-port", "0"],
        &["status", "--bind-port", "many"],
        &["status", "--config", "/nonexistent"],
        &["status", "--config", "x", "--url", "http://localhost:1"],
    ] {
        let wrong = Finished::run(les().args(args));
        assert_eq!(wrong.code, Some(64), "{args:?}: {}", wrong.output);
    }
}

#[test]
fn why_needs_no_name_for_the_only_address_and_lists_them_for_an_unknown_one() {
    let droplets = Droplets::settled(2);
    let leader = &droplets.cluster.nodes[0];
    let named = ask(leader, &["why", Cloud::ADDRESS]);
    assert_eq!(named.code, Some(0), "{}", named.output);
    assert!(named.output.lines().all(|line| line.chars().count() <= 80));
    let alone = ask(leader, &["why", "--json"]);
    assert_eq!(alone.code, Some(0), "{}", alone.output);
    let page: Value = serde_json::from_str(&alone.output).unwrap();
    assert_eq!(
        (&page["address"], &page["code"]),
        (&Cloud::ADDRESS.into(), &"mine".into())
    );
    let unknown = ask(leader, &["why", "203.0.113.99/x"]);
    assert_eq!(unknown.code, Some(64), "{}", unknown.output);
    let listed = format!(
        "203.0.113.99/x is not an address of this node: configured are {}",
        Cloud::ADDRESS
    );
    assert!(unknown.output.contains(&listed), "{}", unknown.output);
}
