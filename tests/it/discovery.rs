//! Nodes that no configuration names. By DNS with whole clusters: tests/netns.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;

use les_provider::Operation;
use les_provider::memory::Fault;

use crate::support::{Cloud, Cluster, Dir, Finished, Node, PATIENCE, les, wait_for};

/// A node without seeds, which finds whoever listens on that port of this machine.
fn discovers(port: u16) -> Command {
    let mut command = Node::command("");
    command.env("LES_NODE__DISCOVERY", format!("dns:localhost:{port}"));
    command
}

fn source(node: &Node) -> serde_json::Value {
    node.get("/diag/").json()["les"]["discovery"][0].clone()
}

#[test]
fn a_node_without_seeds_finds_another_one_by_its_name() {
    let first = Node::start("");
    let second = Node::spawn(&mut discovers(first.socket.port()));
    wait_for("one leader", PATIENCE, || {
        let leader = first.leader()?;
        (second.leader()? == leader).then_some(())
    });
    let shown = source(&second);
    assert_eq!(
        shown["source"],
        format!("dns:localhost:{}", first.socket.port())
    );
    let found = shown["found"].as_array().unwrap();
    assert!(found.contains(&first.addr.clone().into()), "{shown}");
}

#[test]
fn what_was_found_is_remembered_over_a_restart_for_that_source_only() {
    let first = Node::start("");
    let dir = Dir::new();
    let state = dir.0.to_str().unwrap();
    let mut command = discovers(first.socket.port());
    command.env("LES_NODE__STATE_DIR", state);
    let second = Node::spawn(&mut command);
    let kept = dir.0.join("discovered.json");
    wait_for("it to be kept", PATIENCE, || {
        let text = std::fs::read_to_string(&kept).ok()?;
        text.contains(&first.addr).then_some(())
    });
    drop(second);
    // The same answer under a name that is never answered for: what is remembered is all there is.
    let text = std::fs::read_to_string(&kept).unwrap();
    let source = format!("dns:localhost:{}", first.socket.port());
    std::fs::write(&kept, text.replace(&source, "dns:no-such-host.invalid")).unwrap();
    let mut command = Node::command("");
    command
        .env("LES_NODE__DISCOVERY", "dns:no-such-host.invalid")
        .env("LES_NODE__STATE_DIR", state);
    let third = Node::spawn(&mut command);
    wait_for("one leader", PATIENCE, || {
        let leader = first.leader()?;
        (third.leader()? == leader).then_some(())
    });
    std::fs::write(&kept, "damaged").unwrap();
    drop(third);
    let fourth = Node::spawn(&mut command);
    assert_eq!(
        fourth.events("discovery_cache").len(),
        1,
        "{}",
        fourth.log()
    );
}

#[test]
fn check_says_whom_a_source_names() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let check = |discovery: &str| {
        let mut command = les();
        command.args(["check", "--advertise-addr", "127.0.0.1:4000"]);
        Finished::run(command.env("LES_NODE__DISCOVERY", discovery))
    };
    let found = check(&format!("dns:localhost:{port}"));
    assert_eq!(found.code, Some(0), "{}", found.output);
    let expected = format!("dns:localhost:{port} names 127.0.0.1:{port}");
    assert!(found.output.contains(&expected), "{}", found.output);
    let refused = check("tag:les");
    assert_eq!(refused.code, Some(64));
    assert!(
        refused.output.contains("node.discovery"),
        "{}",
        refused.output
    );
}

/// Machines that differ in their addresses and not in their ports, as real ones do.
fn machine(index: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 0, index + 2)
}

#[test]
fn droplets_with_a_tag_find_each_other_and_a_cloud_that_is_down_later_changes_nothing() {
    let cloud = Cloud::start("");
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for index in 0..3 {
        cloud.tag(u64::from(index) + 1, "les", machine(index));
    }
    cloud.tag(4, "something-else", machine(3));
    let mut cluster = Cluster { nodes: Vec::new() };
    for index in 0..3 {
        let mut command = les();
        command.args(["run", "--bind-interface", &machine(index).to_string()]);
        command.args(["--bind-port", &port.to_string()]);
        cloud.configure(index.into(), &mut command);
        command
            .env("LES_NODE__DISCOVERY", "tag:les")
            .env("LES_NODE__DISCOVERY_INTERVAL", "10s");
        cluster.nodes.push(Node::spawn(&mut command));
    }
    let leader = cluster.agreed();
    for node in &cluster.nodes {
        let shown = wait_for("all three to be found", PATIENCE, || {
            let shown = source(node);
            (shown["found"].as_array().unwrap().len() == 3).then_some(shown)
        });
        assert_eq!(shown["source"], "tag:les", "{shown}");
    }
    wait_for("the address to arrive", PATIENCE, || cloud.holder());
    cloud.fault(Operation::Discover, Some(Fault::Unavailable));
    for node in &cluster.nodes {
        let shown = wait_for("it to fail", PATIENCE, || {
            let shown = source(node);
            shown["last_error"].is_object().then_some(shown)
        });
        assert_eq!(shown["found"].as_array().unwrap().len(), 3, "{shown}");
    }
    assert_eq!(cluster.agreed(), leader);
    assert_eq!(cloud.moves().len(), 1);
}
