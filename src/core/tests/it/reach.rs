//! A leader that has no answer from the cloud, and the others' answers.

use std::time::Duration;

use les_core::*;

use crate::resignation::leading;
use crate::support::*;

const SECOND: Duration = Duration::from_secs(1);

fn called(table: &mut Table, answered: bool, needed: bool) {
    let begun = table.now.mono;
    table.happen(Input::CloudCalled {
        begun,
        answered,
        needed,
    });
    table.run(SECOND);
}

/// `name` had an answer so long ago.
fn reached(table: &mut Table, name: &str, ago: Duration) {
    let ext = table.peer(name).doc().ext.as_mut().expect("ours");
    ext.reached = Some(ago);
    table.push(name);
}

fn resigned_to(table: &Table) -> Option<Addr> {
    table.view().resigned.and_then(|r| r.to)
}

#[test]
fn after_three_calls_without_an_answer_it_hands_over_to_who_had_one_since() {
    let mut table = leading();
    for _ in 0..3 {
        called(&mut table, false, true);
    }
    assert!(table.view().leads(), "nobody else had an answer");
    assert!(table.view().seeks_reach);
    // Before the first failure: that says nothing.
    reached(&mut table, "b:3", 10 * SECOND);
    assert!(table.view().leads());
    reached(&mut table, "b:3", Duration::ZERO);
    assert!(!table.view().leads());
    assert_eq!(resigned_to(&table), Some(addr("b:3")));
    let why = StepDown::Unreachable;
    assert!(table.notices.contains(&Notice::SteppedDown { why }));
}

#[test]
fn two_are_not_enough_and_an_answer_in_between_counts() {
    let mut table = leading();
    for answered in [false, false, true, false, false] {
        called(&mut table, answered, true);
        reached(&mut table, "b:3", Duration::ZERO);
    }
    assert!(table.view().leads());
    called(&mut table, false, true);
    reached(&mut table, "b:3", Duration::ZERO);
    assert!(!table.view().leads());
}

#[test]
fn a_leader_whose_address_is_here_needs_no_call_and_stays() {
    let mut table = leading();
    for _ in 0..10 {
        called(&mut table, false, false);
        reached(&mut table, "b:3", Duration::ZERO);
    }
    assert!(table.view().leads());
    assert!(!table.view().seeks_reach);
}

#[test]
fn a_follower_is_asked_by_its_leader_alone() {
    let mut table = watching();
    assert!(!table.view().leadership.reach_wanted);
    let seeks = |table: &mut Table, name: &str| {
        table
            .peer(name)
            .doc()
            .ext
            .as_mut()
            .expect("ours")
            .seeks_reach = true;
        table.push(name);
    };
    seeks(&mut table, "b:3");
    assert!(!table.view().leadership.reach_wanted, "b:3 does not lead");
    seeks(&mut table, "a:2");
    assert!(table.view().leadership.reach_wanted);
}
