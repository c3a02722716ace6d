//! The main job: the address is where the leader is.

use les_provider::Operation;
use les_provider::memory::Fault;

use crate::support::{Cloud, Cluster, Finished, Node, PATIENCE, TOKEN, les, wait_for};

/// Three droplets, of which the first leads and holds the address.
#[track_caller]
fn settled(cloud: &Cloud) -> Cluster {
    let cluster = Cluster::start_with(3, |index, command| cloud.configure(index, command));
    assert_eq!(cluster.agreed(), 0);
    held_by(cloud, 1);
    cluster
}

#[track_caller]
fn held_by(cloud: &Cloud, droplet: u64) {
    wait_for("the address to arrive", PATIENCE, || {
        (cloud.holder() == Some(droplet)).then_some(())
    });
}

/// What the node's page says about the address, once it says `expected` for `key`.
#[track_caller]
fn page_says(node: &Node, key: &str, expected: &str) -> serde_json::Value {
    wait_for("the page to say so", PATIENCE, || {
        let address = node.get("/diag/").json()["les"]["addresses"][0].clone();
        (address[key] == expected).then_some(address)
    })
}

#[test]
fn the_address_moves_when_its_holder_is_killed_and_not_when_it_comes_back() {
    let cloud = Cloud::start("");
    let mut cluster = settled(&cloud);
    drop(cluster.take_leader());
    let leader = cluster.agreed();
    let heir = u64::try_from(leader).unwrap() + 2;
    held_by(&cloud, heir);
    let seeds = cluster.seeds();
    let mut command = Node::command(&seeds);
    cloud.configure(0, &mut command);
    cluster.nodes.push(Node::spawn(&mut command));
    assert_eq!(cluster.agreed(), leader);
    let page = page_says(&cluster.nodes[leader], "resting", "mine");
    assert_eq!(page["observed_holder"], page["wanted_holder"], "{page}");
    assert_eq!(cloud.moves(), [1, heir]);
}

#[test]
fn a_leader_that_says_goodbye_is_succeeded() {
    let cloud = Cloud::start("");
    let mut cluster = settled(&cloud);
    let mut leaving = cluster.take_leader();
    leaving.signal("TERM");
    assert_eq!(leaving.wait().code(), Some(0));
    let heir = u64::try_from(cluster.agreed()).unwrap() + 2;
    held_by(&cloud, heir);
    assert_eq!(cloud.moves(), [1, heir]);
}

#[test]
fn an_address_moved_by_hand_to_a_follower_comes_back() {
    let cloud = Cloud::start("");
    let _cluster = settled(&cloud);
    cloud.move_by_hand(3);
    held_by(&cloud, 1);
    assert_eq!(cloud.moves(), [1, 3, 1]);
}

#[test]
fn a_stranger_is_left_alone_if_the_configuration_says_so() {
    let cloud = Cloud::start("on_stranger = \"report\"");
    let cluster = settled(&cloud);
    cloud.move_by_hand(77);
    let page = page_says(&cluster.nodes[0], "resting", "stranger_left");
    assert_eq!(page["observed_holder"], "77", "{page}");
    assert_eq!(cloud.moves(), [1, 77]);
}

#[test]
fn a_call_that_fails_is_made_again() {
    let cloud = Cloud::start("");
    for fault in [
        Fault::Unavailable,
        Fault::Throttled { retry_after: None },
        Fault::ActionFails,
        Fault::Locked,
    ] {
        cloud.fault_once(Operation::Assign, fault);
    }
    let cluster = settled(&cloud);
    assert!(!cluster.nodes[0].events("assign_failed").is_empty());
    assert_eq!(cloud.moves(), [1]);
}

#[test]
fn a_cloud_that_hangs_delays_neither_pages_nor_elections() {
    let cloud = Cloud::start("");
    let mut cluster = settled(&cloud);
    cloud.fault(Operation::Observe, Some(Fault::Hang));
    cloud.fault(Operation::Assign, Some(Fault::Hang));
    page_says(&cluster.nodes[0], "call", "observe");
    drop(cluster.nodes.remove(0));
    let leader = cluster.agreed();
    let heir = u64::try_from(leader).unwrap() + 2;
    let page = wait_for("the successor to be at it", PATIENCE, || {
        let page = cluster.nodes[leader].get("/diag/").json()["les"]["addresses"][0].clone();
        page["call"].is_string().then_some(page)
    });
    assert!(page["call_ms"].is_u64(), "{page}");
    cloud.fault(Operation::Observe, None);
    cloud.fault(Operation::Assign, None);
    held_by(&cloud, heir);
}

#[test]
fn a_call_in_flight_ends_with_the_reign_and_does_not_hold_up_the_exit() {
    let cloud = Cloud::start("");
    cloud.fault(Operation::Assign, Some(Fault::Hang));
    let mut cluster = Cluster::start_with(2, |index, command| cloud.configure(index, command));
    assert_eq!(cluster.agreed(), 0);
    page_says(&cluster.nodes[0], "call", "assign");
    // A successor that is frozen makes it last: the call must not.
    cluster.nodes[1].signal("STOP");
    let mut leaving = cluster.nodes.remove(0);
    leaving.signal("TERM");
    assert_eq!(leaving.wait().code(), Some(0));
    let log = leaving.log();
    let position = |event: &str| log.find(&format!("\"event\":\"{event}\""));
    assert!(
        position("assign_cancelled").unwrap() < position("goodbye").unwrap(),
        "{log}"
    );
    // It was lost while it was waited for: nobody else could take over.
    assert!(position("handover_failed").is_some(), "{log}");
    assert!(position("stop_late").is_none(), "{log}");
}

#[test]
fn a_failure_that_lasts_is_said_once() {
    let cloud = Cloud::start("");
    cloud.fault(Operation::Observe, Some(Fault::Unavailable));
    let cluster = Cluster::start_with(2, |index, command| cloud.configure(index, command));
    assert_eq!(cluster.agreed(), 0);
    let said = wait_for("several attempts", PATIENCE, || {
        let page = cluster.nodes[0].get("/diag/").json();
        let attempts = page["les"]["addresses"][0]["attempts"].as_u64().unwrap();
        (attempts > 3).then(|| cluster.nodes[0].events("observe_failed").len())
    });
    assert_eq!(said, 1);
    cloud.fault(Operation::Observe, None);
    held_by(&cloud, 1);
}

#[test]
fn a_refused_token_is_reported_once_and_shown_nowhere() {
    let cloud = Cloud::start("");
    let wrong = "dop_v1_wrong-and-secret";
    let cluster = Cluster::start_with(2, |index, command| {
        cloud.configure(index, command);
        command
            .env("LES_LOG", "trace")
            .env("DIGITALOCEAN_TOKEN", if index == 0 { wrong } else { TOKEN });
    });
    assert_eq!(cluster.agreed(), 0);
    let page = wait_for("the refusal", PATIENCE, || {
        let page = cluster.nodes[0].get("/diag/");
        let denied = page.json()["les"]["addresses"][0]["last_error"]["kind"] == "denied";
        denied.then_some(page.body)
    });
    let pages = page + &cluster.nodes[1].get("/diag/").body;
    let logs: String = cluster.nodes.iter().map(Node::log).collect();
    for secret in [wrong, TOKEN] {
        assert!(!pages.contains(secret) && !logs.contains(secret));
    }
    assert_eq!(
        cluster.nodes[0]
            .events("observe_failed")
            .iter()
            .filter(|e| e["level"] == "ERROR")
            .count(),
        1
    );
    assert!(cloud.moves().is_empty());
}

#[test]
fn check_looks_and_writes_nothing() {
    let cloud = Cloud::start("");
    cloud.move_by_hand(3);
    let mut command = les();
    command.args(["check", "--advertise-addr", "127.0.0.1:4000"]);
    cloud.configure(1, &mut command);
    let check = Finished::run(&mut command);
    assert_eq!(check.code, Some(0), "{}", check.output);
    for part in [
        "digitalocean",
        "target         2",
        "203.0.113.7    held by 3",
    ] {
        assert!(
            check.output.contains(part),
            "{part:?} is missing in {}",
            check.output
        );
    }
    let refused = Finished::run(command.env("DIGITALOCEAN_TOKEN", "wrong"));
    assert_eq!(refused.code, Some(1), "{}", refused.output);
    let without = Finished::run(command.env_remove("DIGITALOCEAN_TOKEN"));
    assert_eq!(without.code, Some(64), "{}", without.output);
    assert!(
        without.output.contains("DIGITALOCEAN_TOKEN"),
        "{}",
        without.output
    );
    assert_eq!(cloud.moves(), [3]);
}
