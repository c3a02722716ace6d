//! Where the addresses should live in calm times.

use std::time::Duration;

use les_core::*;

use crate::resignation::leading;
use crate::support::*;

const HOLD: Duration = Duration::from_secs(300);
const MINUTE: Duration = Duration::from_secs(60);

fn prefers(table: &mut Table, name: &str, preference: u32) {
    let ext = table.peer(name).doc().ext.as_mut().expect("ours");
    ext.preference = preference;
    table.push(name);
}

fn resigned_to(table: &Table) -> Option<Addr> {
    table.view().resigned.and_then(|r| r.to)
}

#[test]
fn a_node_of_a_higher_weight_gets_the_lead_after_the_hold_down() {
    let mut table = leading();
    table.run(HOLD);
    prefers(&mut table, "b:3", 1);
    table.run(HOLD - MINUTE);
    assert!(table.view().leads(), "not yet");
    table.until("hands over", 2 * MINUTE, |v| !v.leads());
    assert_eq!(resigned_to(&table), Some(addr("b:3")));
    let why = StepDown::Preferred;
    assert!(table.notices.contains(&Notice::SteppedDown { why }));
}

#[test]
fn equal_weights_move_nothing() {
    let mut table = leading();
    table.run(4 * HOLD);
    assert!(table.view().leads());
}

#[test]
fn of_several_the_highest_is_chosen() {
    let mut table = leading();
    prefers(&mut table, "a:2", 1);
    prefers(&mut table, "b:3", 2);
    table.until("hands over", 3 * HOLD, |v| !v.leads());
    assert_eq!(resigned_to(&table), Some(addr("b:3")));
}

#[test]
fn whatever_is_amiss_begins_the_hold_down_anew() {
    let mut table = leading();
    table.run(HOLD);
    prefers(&mut table, "b:3", 1);
    for _ in 0..5 {
        table.run(HOLD - MINUTE);
        // It names nobody for a moment: it was restarted, perhaps.
        table.peer("a:2").doc().leader = None;
        table.push("a:2");
        table.peer("a:2").doc().leader = Some(addr("me:1"));
        table.push("a:2");
        assert!(table.view().leads());
    }
    table.run(HOLD + MINUTE);
    assert!(!table.view().leads());
}

#[test]
fn who_may_not_lead_is_not_preferred() {
    let mut table = leading();
    table.peer("b:3").doc().ext.as_mut().expect("ours").eligible = false;
    prefers(&mut table, "b:3", 9);
    table.run(3 * HOLD);
    assert!(table.view().leads());
}
