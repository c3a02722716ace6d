//! `GET /watch` as a client sees it, and what a watcher makes of peers that do not keep to it.

use std::io::{ErrorKind, Read as _};

use crate::support::{Cluster, Node, PATIENCE, ScriptedPeer, WatchClient, get, wait_for};

/// As the node's own bound for one IP.
const MAX_PER_IP: usize = 64;

#[test]
fn a_watcher_gets_the_document_at_once_and_then_beats() {
    let node = Node::start("");
    for path in [
        "/watch",
        "/watch/",
        "/watch/127.0.0.1:1",
        "/watch/127.0.0.1:1/",
        "/watch/x",
    ] {
        let mut watcher = WatchClient::open(node.socket, path);
        let head = watcher.head.to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 200 "), "{path}: {head}");
        assert!(
            head.contains("content-type: application/x-ndjson"),
            "{head}"
        );
        assert!(!head.contains("content-length"), "{head}");
        let first = watcher.line().unwrap();
        assert_eq!(first["members"][0], *node.addr, "{path}");
        assert!(first["les"]["inc"].is_string(), "{first}");
        let beat = wait_for("a beat", PATIENCE, || {
            watcher.line().filter(|line| !line["beat"].is_null())
        });
        assert!(
            beat["beat"]["leader_heard_ms"].is_null(),
            "it follows nobody: {beat}"
        );
    }
}

#[test]
fn a_change_is_pushed_and_followers_say_how_fresh_their_leader_is() {
    let mut cluster = Cluster::start(2, &[]);
    assert_eq!(cluster.agreed(), 0);
    let mut watcher = WatchClient::open(cluster.nodes[1].socket, "/watch");
    let leader = cluster.nodes[0].addr.clone();
    watcher.document(|doc| doc["leader"] == *leader);
    let beat = wait_for("a beat", PATIENCE, || {
        watcher.line().filter(|line| !line["beat"].is_null())
    });
    assert!(beat["beat"]["leader_heard_ms"].is_u64(), "{beat}");
    drop(cluster.nodes.remove(0));
    let follower = cluster.nodes[0].addr.clone();
    let changed = watcher.document(|doc| doc["leader"] == *follower);
    assert_eq!(changed["members"].as_array().unwrap().len(), 1, "{changed}");
}

#[test]
fn who_watches_becomes_known() {
    let node = Node::start("");
    let peer = ScriptedPeer::with_body(|_| "{}".into());
    let _watcher = WatchClient::open(node.socket, &format!("/watch/{}", peer.socket));
    wait_for("the watcher to be asked", PATIENCE, || {
        peer.requests().pop()
    });
}

#[test]
fn a_watcher_that_takes_nothing_is_dropped_and_delays_nobody() {
    let cluster = Cluster::start_with(2, |_, command| {
        command.env("LES_ELECTION__BEAT", "10ms");
    });
    let leader = cluster.agreed();
    let node = &cluster.nodes[0];
    wait_for("the other node to watch", PATIENCE, || {
        let page = cluster.nodes[1].get("/diag/").json();
        (page["les"]["members"][0]["stream"] == "open").then_some(())
    });
    let mut stuck = WatchClient::stuck(node.socket, "/watch");
    // The other node watches too.
    let mut others: Vec<WatchClient> = (2..MAX_PER_IP)
        .map(|_| WatchClient::open(node.socket, "/watch"))
        .collect();
    wait_for("the place of the stuck one", PATIENCE, || {
        for other in &mut others {
            other.line().expect("the others are served");
        }
        let next = WatchClient::open(node.socket, "/watch");
        next.head.starts_with("HTTP/1.1 200").then_some(())
    });
    let end = stuck.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(
        end.kind(),
        ErrorKind::ConnectionReset,
        "nothing is kept for it"
    );
    assert_eq!(cluster.agreed(), leader);
    assert_eq!(node.events("stream_ended").len(), 0);
}

#[test]
fn streams_are_bounded_and_a_place_is_free_again() {
    let node = Node::start("");
    let mut watchers: Vec<WatchClient> = (0..MAX_PER_IP)
        .map(|_| WatchClient::open(node.socket, "/watch"))
        .collect();
    assert_eq!(get(node.socket, "/watch").status, 503);
    assert_eq!(node.get("/ping").body, "OK", "requests have other places");
    for watcher in &mut watchers {
        assert!(watcher.line().is_some(), "nobody was dropped for it");
    }
    watchers.pop();
    wait_for("a place", PATIENCE, || {
        let watcher = WatchClient::open(node.socket, "/watch");
        watcher.head.starts_with("HTTP/1.1 200").then_some(())
    });
}

#[test]
fn a_watcher_that_talks_is_hung_up_on() {
    let node = Node::start("");
    let mut watcher = WatchClient::open(node.socket, "/watch");
    watcher.line().unwrap();
    watcher.say("GET /ping HTTP/1.1\r\n\r\n").unwrap();
    // In order, or by a reset: with what it had not read.
    if let Err(error) = watcher.end() {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
    assert_eq!(node.get("/ping").body, "OK");
}

#[test]
fn a_killed_node_closes_its_streams_in_order() {
    let mut node = Node::start("");
    let watchers: Vec<WatchClient> = (0..20)
        .map(|_| WatchClient::open(node.socket, "/watch/127.0.0.1:1"))
        .collect();
    node.signal("KILL");
    node.wait();
    for watcher in watchers {
        watcher.end().expect("an end in order, and no reset");
    }
}

#[test]
fn a_node_that_leaves_says_so_on_its_streams_and_ends_them() {
    let mut cluster = Cluster::start(2, &[]);
    let mut leaving = cluster.take_leader();
    let mut watcher = WatchClient::open(leaving.socket, "/watch");
    leaving.signal("TERM");
    watcher.document(|doc| doc["les"]["leaving"] == true);
    watcher.end().expect("an end in order");
    assert_eq!(leaving.wait().code(), Some(0), "{}", leaving.log());
    assert_eq!(leaving.events("goodbye")[0]["told_everybody"], true);
}

#[test]
fn without_streams_a_node_is_as_before() {
    let cluster = Cluster::start_with(3, |_, command| {
        command.env("LES_ELECTION__WATCH", "false");
    });
    cluster.agreed();
    for path in ["/watch", "/watch/", "/watch/127.0.0.1:1"] {
        assert_eq!(cluster.nodes[0].get(path).status, 404, "{path}");
    }
}

#[test]
fn members_watch_each_other_and_see_a_kill_by_the_end_of_the_stream() {
    let mut cluster = Cluster::start(3, &[]);
    cluster.agreed();
    wait_for("every stream to be open", PATIENCE, || {
        let open = |node: &Node| {
            let page = node.get("/diag/").json();
            let members = page["les"]["members"].as_array().unwrap().clone();
            members.len() == 2 && members.iter().all(|m| m["stream"] == "open")
        };
        cluster.nodes.iter().all(open).then_some(())
    });
    drop(cluster.take_leader());
    cluster.agreed();
    for node in &cluster.nodes {
        let ended = node.events("stream_ended");
        assert_eq!(ended.len(), 1, "{ended:?}");
        assert_eq!(node.events("member_lost")[0]["loss"], "dead");
    }
}

#[test]
fn peers_whose_streams_are_no_streams_do_no_harm() {
    let inc = "00000000000000000000000000000001";
    for (name, lines) in [
        ("garbage", "garbage\n".to_owned()),
        (
            "a beat of nobody",
            "{\"beat\":{\"leader_heard_ms\":1}}\n".to_owned(),
        ),
        ("no end", "x".repeat(300_000)),
        (
            "another's document",
            "{\"members\":[\"10.0.0.1:1\"],\"leader\":false,\"start_time\":1}\n".to_owned(),
        ),
        ("nothing", String::new()),
    ] {
        let answers = lines.clone();
        let peer = ScriptedPeer::by_path(move |me, path| {
            if path.starts_with("/watch") {
                return format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{answers}");
            }
            let body = format!(
                r#"{{"members":["{me}"],"leader":false,"start_time":1700000000,"les":{{"v":1,"id":"{inc}","inc":"{inc}","epoch":0,"epoch_leader":null,"eligible":false,"leaving":false,"deaf":false,"leader_heard_ms":null,"suspects":[],"targets":{{}},"holds":{{}},"meets":[]}}}}"#
            );
            format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )
        });
        let node = Node::start(&peer.socket.to_string());
        wait_for(
            "its stream to be tried, and it to be asked after that",
            PATIENCE,
            || {
                let requests = peer.requests();
                let tried = requests.iter().position(|line| line.contains("/watch/"))?;
                requests[tried..]
                    .iter()
                    .any(|line| line.contains("/state/"))
                    .then_some(())
            },
        );
        assert_eq!(node.get("/ping").body, "OK", "{name}");
        let members = node.state()["members"].clone();
        assert_eq!(members.as_array().unwrap().len(), 2, "{name}: {members}");
    }
}
