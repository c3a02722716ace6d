//! `/health/...`, as those ask who look at the status alone.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::support::{Finished, Node, PATIENCE, les, wait_for};

/// `les health`, as a container runs it: with the node's own settings.
fn health(node: &Node, args: &[&str]) -> Finished {
    let mut command = les();
    command.arg("health").args(args);
    command.env("LES_NODE__BIND_PORT", node.socket.port().to_string());
    // A part of a configuration that another layer completes: no reason to call a node sick.
    command.env("LES_NODE__DISCOVERY", "tag:les");
    Finished::run(&mut command)
}

#[test]
fn the_command_says_what_the_pages_say() {
    let mut node = Node::start("");
    let live = health(&node, &[]);
    assert_eq!(live.code, Some(0), "{}", live.output);
    assert!(live.output.contains("\"ok\":true"), "{}", live.output);
    let ready = health(&node, &["--ready"]);
    assert_eq!(ready.code, Some(1), "{}", ready.output);
    assert!(
        ready.output.contains("no other node was ever met"),
        "{}",
        ready.output
    );
    node.signal("KILL");
    node.wait();
    let gone = health(&node, &[]);
    assert_eq!(gone.code, Some(1), "{}", gone.output);
    assert!(gone.output.contains("does not answer"), "{}", gone.output);
}

#[test]
fn a_lone_node_is_live_and_not_ready_and_two_are_ready() {
    let first = Node::start("");
    assert_eq!(first.get("/health/live").status, 200);
    let alone = first.get("/health/ready");
    assert_eq!(alone.status, 503, "{}", alone.body);
    assert_eq!(alone.json()["ok"], false);
    let second = Node::start(&first.addr);
    for node in [&first, &second] {
        let ready = wait_for("it to be ready", PATIENCE, || {
            let ready = node.get("/health/ready/");
            (ready.status == 200).then_some(ready)
        });
        let leader = node.leader().unwrap();
        let why = ready.json()["why"].as_str().unwrap().to_owned();
        let expected = if leader == node.addr {
            "this node leads".to_owned()
        } else {
            format!("it follows {leader}")
        };
        assert_eq!(why, expected);
        assert!(ready.head.contains("cache-control: no-store"));
        assert_eq!(node.get("/health/live/").status, 200);
    }
}

#[test]
fn head_has_the_status_and_no_body() {
    let node = Node::start("");
    let mut stream = TcpStream::connect(node.socket).unwrap();
    stream
        .write_all(b"HEAD /health/ready HTTP/1.1\r\nHost: les\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}
