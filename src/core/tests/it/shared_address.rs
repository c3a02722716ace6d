//! Two nodes: what the shared address itself says when the leader falls silent.

use std::time::Duration;

use les_core::*;

use crate::support::*;

const SOON: Duration = Duration::from_secs(3);
const TICK: Duration = Duration::from_millis(300);

/// Follows `a:2`, and there is nobody else.
fn pair() -> Table {
    let leader = in_reign(ours("a:2", 2, -100, Some("a:2")), 7, "a:2");
    let mut table = Table::new(&["a:2"], &[("a:2", Peer::answering(leader))]);
    table.until("follows", SOON, |v| matches!(v.role, Role::Follower { .. }));
    table
}

fn probe(table: &mut Table, answered: Option<bool>) {
    let begun = table.now.mono;
    let address = "203.0.113.7".into();
    table.happen(Input::AddressProbed {
        address,
        begun,
        answered,
    });
    table.run(TICK);
}

fn falls_silent(table: &mut Table) {
    table.peer("a:2").manner = Manner::Silent;
    table.peer("a:2").polls_us = false;
    table.until("silent", 10 * SOON, |v| v.leadership.probes_wanted);
}

/// Probes with that outcome, as fast as they are wanted.
fn probes(table: &mut Table, answered: Option<bool>, times: u32) {
    for _ in 0..times {
        probe(table, answered);
    }
}

#[test]
fn while_the_address_answers_a_silent_leader_is_left_in_place() {
    let mut table = pair();
    probe(&mut table, Some(true));
    falls_silent(&mut table);
    probes(&mut table, Some(true), 100);
    assert!(!table.view().leads());
    let told = Notice::HeldBack {
        leader: addr("a:2"),
    };
    let times = table.notices.iter().filter(|n| **n == told).count();
    assert_eq!(times, 1, "said once");
    probes(&mut table, Some(false), 20);
    assert!(table.view().leads(), "it answers no more");
}

#[test]
fn an_address_that_answers_no_more_holds_nothing_up() {
    let mut table = pair();
    probe(&mut table, Some(true));
    falls_silent(&mut table);
    probes(&mut table, Some(false), 40);
    assert!(table.view().leads());
}

#[test]
fn one_failed_probe_is_not_enough() {
    let mut table = pair();
    probe(&mut table, Some(true));
    falls_silent(&mut table);
    for _ in 0..20 {
        probes(&mut table, Some(false), 2);
        probe(&mut table, Some(true));
    }
    assert!(!table.view().leads());
}

#[test]
fn what_never_worked_or_is_this_nodes_own_says_nothing() {
    for before in [None, Some(Some(false)), Some(None)] {
        let mut table = pair();
        if let Some(outcome) = before {
            probe(&mut table, outcome);
        }
        falls_silent(&mut table);
        probes(&mut table, before.flatten(), 40);
        assert!(table.view().leads(), "{before:?}");
    }
}

#[test]
fn a_driver_that_brings_no_outcome_does_not_hold_it_up_for_ever() {
    let mut table = pair();
    probe(&mut table, Some(true));
    falls_silent(&mut table);
    table.run(10 * SOON);
    assert!(table.view().leads());
}
