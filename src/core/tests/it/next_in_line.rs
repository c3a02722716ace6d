//! Who would lead next, and keeps its connection to the cloud warm for that.

use std::time::Duration;

use les_core::*;

use crate::support::*;

fn is_next(table: &Table) -> bool {
    table.view().leadership.next_in_line
}

#[test]
fn the_most_senior_follower_is_next_and_nobody_else() {
    let mut table = following();
    assert!(is_next(&table), "b:3 is junior");
    table.peer("b:3").doc().stamp = stamp(-50);
    table.run(Duration::from_secs(2));
    assert!(!is_next(&table), "b:3 is senior now");
    let senior = table.peer("b:3").doc().ext.as_mut().unwrap();
    senior.eligible = false;
    table.run(Duration::from_secs(2));
    assert!(is_next(&table), "b:3 may not lead");
    table.peer("a:2").manner = Manner::Refuses;
    table.all_name("me:1");
    table.until("leads", Duration::from_secs(3), View::leads);
    assert!(!is_next(&table), "the leader is not its own successor");
}

#[test]
fn without_a_leader_nobody_is_next() {
    let mut table = Table::new(
        &["a:2"],
        &[("a:2", Peer::answering(ours("a:2", 2, -9, None)))],
    );
    table.run(Duration::from_secs(2));
    assert!(!is_next(&table), "{:?}", table.view().role);
}
