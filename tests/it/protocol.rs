//! The reference's endpoints, as a client sees them.

use std::net::SocketAddr;

use crate::support::{Cluster, Node, get, les};

#[test]
fn every_endpoint_answers_with_and_without_a_trailing_slash() {
    let node = Node::start("");
    for path in ["/ping", "/ping/"] {
        let answer = node.get(path);
        assert_eq!((answer.status, &*answer.body), (200, "OK"), "{path}");
    }
    for path in [
        "/state",
        "/state/",
        "/state/127.0.0.1:1",
        "/state/127.0.0.1:1/",
        "/state/nonsense",
        "/state/%5B::1%5D:4000",
        "/state/%ff",
    ] {
        let state = node.get(path).json();
        assert_eq!(state["members"][0], *node.addr, "{path}");
        assert_eq!(state["leader"], false, "{path}");
        assert!(
            state["start_time"]
                .as_f64()
                .is_some_and(|stamp| stamp > 1.6e9 && stamp < 4e9),
            "{path}"
        );
    }
    for path in ["/diag", "/diag/"] {
        assert_eq!(node.get(path).status, 200, "{path}");
    }
    assert_eq!(node.get("/nothing").status, 404);
}

#[test]
fn the_diag_page_has_the_references_shape_and_then_ours() {
    let cluster = Cluster::start(2, &[]);
    cluster.agreed();
    let answer = cluster.nodes[0].get("/diag/");
    let page = answer.json();
    let position = |key: &str| {
        answer
            .body
            .find(&format!("\n  \"{key}\": {{"))
            .unwrap_or_else(|| panic!("{key}: {}", answer.body))
    };
    assert!(
        position("state") < position("member_states")
            && position("member_states") < position("les")
    );
    assert!(answer.body.ends_with("}\n"));
    for node in &cluster.nodes {
        assert_eq!(
            page["member_states"][&node.addr]["members"][0], *node.addr,
            "every member, self included"
        );
    }
    assert_eq!(page["les"]["role"], "leader");
    assert_eq!(page["les"]["members"][0]["addr"], *cluster.nodes[1].addr);
    assert!(
        page["les"]["events"]
            .as_array()
            .unwrap()
            .iter()
            .any(|event| event["event"] == "elected")
    );
}

#[test]
fn a_connection_serves_one_request_and_closes() {
    let node = Node::start("");
    // `get` reads to the end of the stream: it would time out otherwise.
    assert!(node.get("/ping").head.contains("connection: close"));
}

#[test]
fn the_unspecified_ipv6_address_listens_on_both() {
    let mut command = les();
    command.args([
        "run",
        "--bind-interface",
        "::",
        "--bind-port",
        "0",
        "--seeds",
        "127.0.0.1:9",
    ]);
    let node = Node::spawn(&mut command);
    let port = node.socket.port();
    for loopback in [
        SocketAddr::from(([127, 0, 0, 1], port)),
        SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], port)),
    ] {
        assert_eq!(get(loopback, "/ping").body, "OK", "{loopback}");
    }
}

#[test]
fn two_nodes_meet_over_ipv6() {
    let ipv6 = |seeds: &str| {
        let mut command = les();
        command.args([
            "run",
            "--bind-interface",
            "::1",
            "--bind-port",
            "0",
            "--seeds",
            seeds,
        ]);
        Node::spawn(&mut command)
    };
    let first = ipv6("");
    let second = ipv6(&first.addr);
    assert!(first.addr.starts_with("[::1]:"), "{}", first.addr);
    let cluster = Cluster {
        nodes: vec![first, second],
    };
    cluster.agreed();
}
