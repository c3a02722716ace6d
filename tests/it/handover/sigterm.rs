//! SIGTERM: the address is elsewhere before the process has gone.

use std::time::Duration;

use les_provider::Operation;
use les_provider::memory::Fault;

use super::{Droplets, is_gone, told};
use crate::support::{Cloud, Node, PATIENCE, wait_for};

/// A move that takes so long that whoever does not wait for it exits before it has landed.
const SLOW: Duration = Duration::from_millis(700);

#[test]
fn the_successor_holds_the_address_before_the_leader_exits() {
    for n in [2, 3] {
        let mut droplets = Droplets::settled(n);
        droplets.cloud.set_action_takes(SLOW);
        let mut leaving = droplets.cluster.nodes.remove(0);
        leaving.signal("TERM");
        let status = leaving.wait();
        // No waiting: by now it has happened.
        let holder = droplets.cloud.holder().unwrap();
        assert_eq!(status.code(), Some(0), "{}", leaving.log());
        assert_eq!(
            droplets.cloud.history(),
            [Some(1), Some(holder)],
            "one move, never free"
        );
        let successor = droplets.cluster.agreed();
        assert_eq!(u64::try_from(successor).unwrap() + 2, holder);
        let told = told(&leaving, "handed_over");
        let (addr, address) = (&droplets.cluster.nodes[successor].addr, Cloud::ADDRESS);
        assert!(told.contains(&format!("{addr} leads")), "{told}");
        assert!(told.contains(&format!("holds {address}")), "{told}");
        is_gone(&droplets.socket(0));
        let lost = droplets.cluster.nodes[successor].events("member_lost");
        assert_eq!(lost.len(), 1, "{lost:?}");
        assert_eq!(lost[0]["loss"], "goodbye");
    }
}

#[test]
fn a_follower_that_leaves_hands_nothing_over() {
    let mut droplets = Droplets::settled(3);
    let mut leaving = droplets.cluster.nodes.remove(2);
    leaving.signal("TERM");
    assert_eq!(leaving.wait().code(), Some(0));
    assert_eq!(leaving.events("handed_over").len(), 0);
    assert_eq!(leaving.events("handover_failed").len(), 0);
    assert_eq!(droplets.cluster.agreed(), 0);
    assert_eq!(droplets.cloud.history(), [Some(1)]);
}

#[test]
fn a_node_without_a_successor_leaves_at_once() {
    let mut command = Node::command("");
    let mut alone = Node::spawn(command.env("LES_ELECTION__ALONE_AFTER", "100ms"));
    wait_for("it to lead", PATIENCE, || alone.events("elected").pop());
    alone.signal("TERM");
    assert_eq!(alone.wait().code(), Some(0));
    let told = told(&alone, "handover_impossible");
    assert!(told.contains("without a successor"), "{told}");
    assert_eq!(
        alone.events("handover_failed").len(),
        0,
        "nothing was waited for"
    );
}

#[test]
fn a_successor_that_cannot_reach_the_cloud_is_not_waited_for_for_ever() {
    let mut droplets = Droplets::settled(2);
    droplets
        .cloud
        .fault(Operation::Assign, Some(Fault::Unavailable));
    let mut leaving = droplets.cluster.nodes.remove(0);
    leaving.signal("TERM");
    assert_eq!(leaving.wait().code(), Some(0), "{}", leaving.log());
    let told = told(&leaving, "handover_failed");
    let leads = format!("{} leads", droplets.cluster.nodes[0].addr);
    assert!(
        told.contains(&leads) && told.contains("has not said that it holds"),
        "{told}"
    );
    droplets.cloud.fault(Operation::Assign, None);
    droplets.held_by(2);
}
