//! Clients and peers that mean ill, or mean nothing.

use std::io::Write as _;
use std::net::TcpStream;
use std::process::Command;

use crate::support::{Cluster, Node, PATIENCE, ScriptedPeer, get, wait_for};

/// More than a node keeps at a time.
const FLOOD: usize = 600;

#[test]
fn half_open_and_dripping_clients_keep_nobody_out() {
    let mut cluster = Cluster {
        // Fewer file descriptors than clients, as a machine with the usual limit has under a larger flood.
        nodes: vec![Node::spawn(&mut les_with_descriptors(FLOOD - 40))],
    };
    for _ in 0..2 {
        cluster.nodes.push(Node::start(&cluster.seeds()));
    }
    let agreed = cluster.agreed();
    let leader = &cluster.nodes[0];
    let mut dripping: Vec<TcpStream> = (0..FLOOD)
        .map(|_| TcpStream::connect(leader.socket).unwrap())
        .collect();
    for (i, stream) in dripping.iter_mut().enumerate() {
        // Every other one sends nothing at all. Those that were dropped by now refuse the bytes.
        if i % 2 == 0 {
            let _ = stream.write_all(b"GET /state HTTP/1.1\r\nX-Slow: ");
        }
    }
    assert_eq!(leader.get("/ping").body, "OK");
    assert_eq!(cluster.agreed(), agreed);
    assert!(
        cluster
            .nodes
            .iter()
            .all(|node| node.events("member_lost").is_empty()),
        "nobody was lost by it"
    );
}

/// A node that may open so many files and sockets.
fn les_with_descriptors(most: usize) -> Command {
    let node = Node::command("");
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit -n {most}; exec \"$@\""), "sh"]);
    shell.arg(node.get_program()).args(node.get_args());
    shell.env("LES_LOG_FORMAT", "json");
    shell
}

#[test]
fn oversized_requests_are_refused() {
    let node = Node::start("");
    let answer = crate::support::try_get(node.socket, &format!("/state/{}", "a".repeat(100_000)));
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status >= 400));
    assert_eq!(node.get("/ping").body, "OK");
}

#[test]
fn peers_that_answer_nonsense_are_left_out_and_the_others_elect() {
    let ok = r#""leader": false, "start_time": 1600000000.5"#;
    let peers: Vec<ScriptedPeer> = [
        "".to_owned(),
        "[]".to_owned(),
        "not json".to_owned(),
        format!(r#"{{"members": [], {ok}}}"#),
        format!(r#"{{"members": [1, 2], {ok}}}"#),
        format!(r#"{{"members": ["ME", {{}}], {ok}}}"#),
        format!(r#"{{"members": ["user:pw@host:80"], {ok}}}"#),
        r#"{"members": ["ME"], "leader": false, "start_time": 0}"#.to_owned(),
        r#"{"members": ["ME"], "leader": false, "start_time": null}"#.to_owned(),
        r#"{"members": ["ME"], "leader": false, "start_time": -Infinity}"#.to_owned(),
        r#"{"members": ["ME"], "leader": 7, "start_time": 1600000000.5}"#.to_owned(),
        format!(r#"{{"members": ["ME"], {ok}, "les": {{"v": 1}}}}"#),
        format!(
            r#"{{"members": ["ME"], {ok}, "x": "{}"}}"#,
            "x".repeat(300_000)
        ),
    ]
    .into_iter()
    .map(|body| ScriptedPeer::with_body(move |me| body.replace("ME", me)))
    .chain([
        ScriptedPeer::start(|_| "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n".into()),
        ScriptedPeer::start(|_| {
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
                .into()
        }),
        ScriptedPeer::start(|_| "SSH-2.0-OpenSSH_9.9\r\n".into()),
        ScriptedPeer::start(|_| String::new()),
    ])
    .collect();
    let bad = peers
        .iter()
        .map(|peer| peer.socket.to_string())
        .collect::<Vec<_>>()
        .join(",");
    let first = Node::start(&bad);
    let second = Node::start(&format!("{},{bad}", first.addr));
    let cluster = Cluster {
        nodes: vec![first, second],
    };
    cluster.agreed();
    wait_for("every bad peer to be asked again", PATIENCE, || {
        let again = peers.iter().all(|peer| peer.requests().len() > 2);
        again.then_some(())
    });
    cluster.agreed();
}

#[test]
fn a_rogue_that_claims_seniority_and_never_leads_delays_nobody_for_ever() {
    let rogue = ScriptedPeer::with_body(|me| {
        format!(r#"{{"members": ["{me}"], "leader": false, "start_time": 1000000000}}"#)
    });
    let node = |seeds: &str| {
        let mut command = Node::command(&format!("{seeds},{}", rogue.socket));
        Node::spawn(command.env("LES_ELECTION__ZOMBIE_AFTER", "4s"))
    };
    let first = node("");
    let second = node(&first.addr);
    wait_for("the two to elect one of them", PATIENCE, || {
        let leader = first.leader()?;
        let one = second.leader()? == leader && (leader == first.addr || leader == second.addr);
        one.then_some(())
    });
}

#[test]
fn addresses_in_a_path_lead_nowhere_else() {
    let node = Node::start("");
    let canary = ScriptedPeer::with_body(|_| "{}".into());
    let port = canary.socket.port();
    for attack in [
        format!("127.0.0.1:{port}%3Fsecret=1%23"),
        format!("127.0.0.1:{port}%23"),
        format!("127.0.0.1:{port}%2Fadmin%3F"),
        format!("user:pw@127.0.0.1:{port}"),
        format!("user%3Apw%40127.0.0.1%3A{port}"),
        format!("127.0.0.1:{port}%0d%0aX-Injected:1"),
        format!("%20127.0.0.1:{port}"),
        format!("127.0.0.1:{port}%20"),
        format!("127.0.0.1%00:{port}"),
        format!("0.0.0.0:{port}"),
        format!("[::]:{port}"),
        format!("2130706433:{port}%2f"),
        "169.254.169.254:80".to_owned(),
        "[::ffff:169.254.169.254]:80".to_owned(),
        "[fe80::1%25lo]:80".to_owned(),
        "metadata.google.internal:80%2FcomputeMetadata".to_owned(),
    ] {
        let answer = get(node.socket, &format!("/state/{attack}"));
        assert!(
            answer.status == 200 || answer.status == 400,
            "{attack}: {}",
            answer.status
        );
    }
    // An honest address afterwards: once it was asked, everything before it would have been too.
    assert_eq!(node.get(&format!("/state/{}", canary.socket)).status, 200);
    let asked = wait_for("the honest address to be asked", PATIENCE, || {
        Some(canary.requests()).filter(|requests| !requests.is_empty())
    });
    let expected = format!("GET /state/{} HTTP/1.1", node.addr);
    assert!(
        asked.iter().all(|request| *request == expected),
        "{asked:?}"
    );
}
