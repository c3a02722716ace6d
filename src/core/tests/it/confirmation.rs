//! Rule 7 and what goes wrong with it: F8, F9, F21 and F27, predecessors, and newer reigns (H3, H4).

use std::time::Duration;

use les_core::*;

use crate::support::*;

const SOON: Duration = Duration::from_secs(3);

/// Two others: `b:3` follows this node's naming as the test says; `a:2` led and can be killed.
fn orphaned() -> Table {
    let mut table = following();
    table.peer("a:2").manner = Manner::Refuses;
    table
}

#[test]
fn a_candidate_waits_for_every_live_member() {
    let mut table = orphaned();
    table.run(Duration::from_secs(20));
    assert_eq!(
        table.view().role,
        Role::Undecided(Undecided::Candidate(vec![addr("b:3")])),
        "b:3 still names the old leader"
    );
    assert_eq!(
        table.view().named,
        None,
        "F27: a candidate names nobody, least of all the dead"
    );
    table.peer("b:3").doc().leader = Some(addr("me:1"));
    table.until("leads", SOON, View::leads);
}

#[test]
fn f08_a_zombie_that_never_asks_does_not_block_the_election() {
    let mut table = orphaned();
    table.peer("b:3").polls_us = false;
    table.run(Duration::from_secs(20));
    assert!(
        !table.view().leads(),
        "not before it is known to be a zombie"
    );
    table.until("leads", Duration::from_secs(15), View::leads);
}

#[test]
fn f08_a_reference_zombie_that_names_a_dead_leader_does_not_block_the_election() {
    let mut table = orphaned();
    table.peers.insert(
        "b:3".into(),
        Peer::answering(reference("b:3", 1000, Some("a:2"))),
    );
    table.run(Duration::from_secs(20));
    assert!(
        !table.view().leads(),
        "a reference node that names the dead leader is undecided for a while"
    );
    table.until("leads", Duration::from_secs(20), View::leads);
}

#[test]
fn a_confirmation_for_another_predecessor_does_not_count() {
    let mut table = orphaned();
    let confirmer = in_reign(ours("b:3", 3, 1000, Some("me:1")), 3, "somebody:9");
    table.peer("b:3").manner = answers(confirmer);
    table.run(Duration::from_secs(20));
    assert!(!table.view().leads());
    table.all_acknowledge(Epoch(7), "a:2");
    table.until("leads", SOON, View::leads);
}

#[test]
fn h4_a_candidate_adopts_the_newest_reign_that_a_live_member_followed() {
    let mut table = orphaned();
    let newer = in_reign(ours("b:3", 3, 1000, Some("me:1")), 9, "c:4");
    table.peer("b:3").manner = answers(newer);
    table.until("leads", SOON, View::leads);
    let view = table.view();
    assert!(view.predecessor.0 > Epoch(9));
    let reign = view.leadership.reign.unwrap();
    assert_eq!(reign.predecessor, Some(addr("c:4")));
    assert_eq!(
        reign.blind, None,
        "a reign that was only heard of licenses nothing"
    );
}

#[test]
fn h4_a_leader_that_hears_of_a_newer_reign_and_of_no_leader_of_it_makes_room() {
    let mut table = Table::new(
        &["a:2"],
        &[("a:2", Peer::answering(ours("a:2", 2, 5, Some("me:1"))))],
    );
    table.until("leads", SOON, View::leads);
    let newer = in_reign(ours("a:2", 2, 5, None), 4_000_000_000_000 - 1, "gone:9");
    table.peer("a:2").manner = answers(newer);
    table.until("steps down", Duration::from_secs(5), |v| !v.leads());
    assert!(table.notices.contains(&Notice::SteppedDown {
        why: StepDown::NewerEpoch
    }));
    assert!(table.view().stamp > stamp(5), "R2: it goes to the tail");
}

#[test]
fn h3_a_claim_from_an_older_reign_is_not_followed() {
    let mut table = orphaned();
    // Follows b:3 in reign 9, then b:3 dies and somebody claims the lead of reign 8.
    table.peer("b:3").manner = answers(in_reign(ours("b:3", 3, 1000, Some("b:3")), 9, "b:3"));
    table.until(
        "follows b",
        SOON,
        |v| matches!(&v.role, Role::Follower { leader, .. } if leader.as_str() == "b:3"),
    );
    table.peer("b:3").manner = Manner::Refuses;
    table.peers.insert(
        "c:4".into(),
        Peer::answering(in_reign(ours("c:4", 4, 2000, Some("c:4")), 8, "c:4")),
    );
    table.run(Duration::from_secs(10));
    assert!(
        !matches!(table.view().role, Role::Follower { .. }),
        "{:?}",
        table.view().role
    );
}

#[test]
fn f21_a_confirmation_asked_for_before_the_candidacy_does_not_count() {
    let mut table = orphaned();
    // b:3 answers "me:1" to a request that is still on its way when a:2 is found dead, and has changed its mind since.
    table.peer("a:2").manner = answers(in_reign(ours("a:2", 2, -100, Some("a:2")), 7, "a:2"));
    table.peer("b:3").doc().leader = Some(addr("me:1"));
    table.hold = true;
    table.run(Duration::from_millis(300));
    table.peer("b:3").doc().leader = Some(addr("a:2"));
    table.peer("a:2").manner = Manner::Refuses;
    table.release();
    table.run(Duration::from_secs(5));
    assert!(!table.view().leads());
}

#[test]
fn silence_of_one_observer_is_not_enough_with_three_nodes() {
    let mut table = orphaned();
    table.peer("a:2").manner = Manner::Silent;
    table.peer("b:3").doc().ext.as_mut().unwrap().leader_heard = Some(Duration::from_millis(200));
    table.run(Duration::from_secs(60));
    assert_eq!(
        table.view().named,
        Some(addr("a:2")),
        "b:3 hears it and vouches for it"
    );
    table.peer("b:3").doc().ext.as_mut().unwrap().leader_heard = Some(Duration::from_secs(9));
    table.peer("b:3").doc().ext.as_mut().unwrap().suspects = vec![addr("a:2")];
    table.until("loses it", SOON, |v| {
        v.lost.iter().any(|l| l.loss == Loss::Silent)
    });
}

#[test]
fn f09_a_node_that_is_asked_and_hears_nobody_says_so_and_does_not_lead() {
    let mut table = orphaned();
    for peer in table.peers.values_mut() {
        peer.manner = Manner::Silent;
    }
    table.until("is deaf", Duration::from_secs(20), |v| {
        v.ineligible == [Ineligible::Deaf]
    });
    table.run(Duration::from_secs(60));
    assert!(
        !table.view().leads() && table.view().lost.is_empty(),
        "it accuses nobody"
    );
}

#[test]
fn t5_a_node_that_was_stopped_accuses_nobody_before_it_asked_again() {
    let mut table = orphaned();
    table.peer("a:2").manner = answers(in_reign(ours("a:2", 2, -100, Some("a:2")), 7, "a:2"));
    table.until("follows", SOON, |v| matches!(v.role, Role::Follower { .. }));
    table.peer("a:2").manner = Manner::Silent;
    table.peer("b:3").manner = Manner::Silent;
    table.run(Duration::from_millis(2500));
    table.advance(Duration::from_secs(60));
    table.node.handle_timeout(table.now);
    let view = table.view();
    assert_eq!((view.members.len(), view.suspects.len()), (2, 0));
}

/// `a:2` stands and was confirmed by this node a moment ago; then `b:3` is heard, which is senior to it.
fn confirmed_one_of_two() -> Table {
    let candidate = ours("a:2", 2, -100, None);
    let mut table = Table::new(&["a:2"], &[("a:2", Peer::answering(candidate))]);
    table.until("confirms", SOON, |v| v.named == Some(addr("a:2")));
    let senior = ours("b:3", 3, -200, None);
    table.peers.insert("b:3".into(), Peer::answering(senior));
    let (addr, look) = (addr("b:3"), false);
    table.happen(Input::PolledBy { addr, look });
    table.until("hears both", SOON, |v| v.members.len() == 2);
    table
}

#[test]
fn who_confirmed_one_candidate_does_not_confirm_another_at_once() {
    let mut table = confirmed_one_of_two();
    assert_eq!(
        table.view().named,
        Some(addr("a:2")),
        "it may lead already, and not know of b:3"
    );
    table.run(Duration::from_millis(250));
    assert_eq!(table.view().named, Some(addr("b:3")));
}

#[test]
fn a_candidate_that_gives_way_frees_who_confirmed_it() {
    let mut table = confirmed_one_of_two();
    table.peer("a:2").doc().leader = Some(addr("b:3"));
    table.push("a:2");
    let named = table.view().named;
    assert_eq!(named, Some(addr("b:3")));
}
