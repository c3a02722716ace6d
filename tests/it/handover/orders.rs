//! `les handoff`: who may be asked for what, and what comes of it.

use std::time::Duration;

use les_provider::Operation;
use les_provider::memory::Fault;
use serde_json::Value;

use super::Droplets;
use crate::support::{Cloud, Finished, les};

#[test]
fn the_most_senior_of_the_others_leads_and_holds_the_address_and_the_old_leader_stays() {
    let droplets = Droplets::settled(3);
    let done = droplets.les(0, &["handoff"]);
    assert_eq!(done.code, Some(0), "{}", done.output);
    // No waiting: it says what has happened.
    assert_eq!(droplets.cloud.history(), [Some(1), Some(2)]);
    let (old, new) = (
        &droplets.cluster.nodes[0].addr,
        &droplets.cluster.nodes[1].addr,
    );
    let says = |text: &str| assert!(done.output.contains(text), "{text}: {}", done.output);
    says(&format!("{new} leads in epoch "));
    says(&format!("after {old} gave up the lead"));
    says(&format!("{} is held by it after ", Cloud::ADDRESS));
    droplets.follows_as_the_most_junior(0, 1);
    assert_eq!(droplets.cloud.history(), [Some(1), Some(2)], "one move");
}

#[test]
fn whoever_is_chosen_leads() {
    let droplets = Droplets::settled(3);
    let to = droplets.cluster.nodes[2].addr.clone();
    let done = droplets.les(0, &["handoff", "--json", "--to", &to]);
    assert_eq!(done.code, Some(0), "{}", done.output);
    assert_eq!(droplets.cloud.history(), [Some(1), Some(3)]);
    let said: Value = serde_json::from_str(&done.output).unwrap();
    assert_eq!(
        (&said["progress"], &said["leader"]),
        (&"done".into(), &(*to).into())
    );
    assert!(said["epoch"].as_u64() > said["given_up"].as_u64(), "{said}");
    let held = &said["addresses"][0];
    assert!(
        held["held_after_ms"].as_u64() >= said["leads_after_ms"].as_u64(),
        "{said}"
    );
    droplets.follows_as_the_most_junior(0, 2);
}

#[test]
fn orders_that_cannot_be_carried_out_change_nothing_and_say_why() {
    let droplets = Droplets::settled(2);
    let addr = |n: usize| droplets.cluster.nodes[n].addr.clone();
    let (first, second) = (addr(0), addr(1));
    let refused = |index: usize, args: &[&str], reason: &str| {
        let said = droplets.les(index, args);
        assert_eq!(said.code, Some(1), "{}", said.output);
        assert!(said.output.contains(reason), "{reason}: {}", said.output);
        assert_eq!(said.output.lines().count(), 1, "{}", said.output);
    };
    refused(
        1,
        &["handoff"],
        &format!("{second} does not lead: {first} does"),
    );
    refused(
        0,
        &["handoff", "--to", &first],
        "is this node, which leads already",
    );
    refused(
        0,
        &["handoff", "--to", "127.0.0.1:9"],
        &format!("not a member as this node knows them; members are {second}"),
    );
    refused(0, &["handoff", "--to", "nonsense"], "to:");
    let drained = droplets.les(1, &["drain"]);
    assert_eq!(drained.code, Some(0), "{}", drained.output);
    refused(
        0,
        &["handoff", "--to", &second],
        &format!("{second} cannot take over: it says that it may not lead"),
    );
    refused(
        0,
        &["handoff"],
        &format!("no other node may lead now, so the lead stays here: {second} says that"),
    );
    assert_eq!(droplets.cluster.agreed(), 0);
    assert_eq!(droplets.cloud.history(), [Some(1)]);
}

#[test]
fn a_node_that_is_not_there_is_told_from_one_that_is_not_found() {
    let mut droplets = Droplets::settled(2);
    let code_and_text = |finished: Finished| (finished.code, finished.output);
    let (code, text) = code_and_text(Finished::run(les().arg("handoff")));
    assert_eq!(code, Some(64), "{text}");
    assert!(
        text.contains("--config") && text.contains("--socket"),
        "{text}"
    );
    let (code, text) = code_and_text(droplets.les(7, &["drain"]));
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("there is no admin socket at"), "{text}");
    drop(droplets.cluster.take_leader());
    let (code, text) = code_and_text(droplets.les(0, &["handoff"]));
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("is not running"), "{text}");
    let usage = Finished::run(les().args(["handoff", "--url", "https://example.org"]));
    assert_eq!(usage.code, Some(64), "{}", usage.output);
}

#[test]
fn a_slow_move_is_waited_for_and_one_that_fails_is_reported() {
    let droplets = Droplets::settled(2);
    // Longer than one answer of the node waits.
    droplets.cloud.set_action_takes(Duration::from_secs(3));
    let slow = droplets.les(0, &["handoff"]);
    assert_eq!(slow.code, Some(0), "{}", slow.output);
    assert_eq!(droplets.cloud.history(), [Some(1), Some(2)]);
    assert_eq!(droplets.cluster.agreed(), 1);
    droplets
        .cloud
        .fault(Operation::Assign, Some(Fault::Unavailable));
    let failed = droplets.les(1, &["handoff"]);
    assert_eq!(failed.code, Some(1), "{}", failed.output);
    let successor = &droplets.cluster.nodes[0].addr;
    let says = |text: &str| assert!(failed.output.contains(text), "{text}: {}", failed.output);
    says(&format!("not all is handed over: {successor} leads after"));
    says(&format!("http://{successor}/diag/"));
    droplets.cloud.fault(Operation::Assign, None);
    droplets.held_by(1);
}
