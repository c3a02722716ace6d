//! When a candidate waits no longer: who vetoes, who is merely undecided, and what a takeover then may do without reading.

use std::time::Duration;

use les_core::*;

use crate::support::*;

const MS: Duration = Duration::from_millis(1);
const SOON: Duration = Duration::from_secs(3);

/// `e:6` falls silent for everybody.
fn lose_silently(table: &mut Table) {
    let doc = in_reign(ours("e:6", 6, 1006, Some("a:2")), 7, "a:2");
    table.peers.insert("e:6".into(), Peer::answering(doc));
    let (at, look) = (addr("e:6"), false);
    table.happen(Input::PolledBy { addr: at, look });
    table.until("joined", SOON, |v| v.members.len() == 5);
    table.peer("e:6").manner = Manner::Silent;
    for name in ["a:2", "b:3", "c:4", "d:5"] {
        let ext = table.peer(name).doc().ext.as_mut().expect("ours");
        ext.suspects = vec![addr("e:6")];
        table.push(name);
    }
    table.until("lost", 20 * SOON, |v| v.members.len() == 4);
}

/// The leader `a:2` is proven dead here, `b:3` and `c:4` confirm, and `d:5` names it still: with `hears_it` it goes on to hear it.
fn candidate(hears_it: bool) -> Table {
    candidate_after(hears_it, |_| ())
}

fn candidate_after(hears_it: bool, before: impl Fn(&mut Table)) -> Table {
    let mut table = watching();
    for (name, n) in [("c:4", 4), ("d:5", 5)] {
        let mut doc = in_reign(ours(name, n, 1000 + n as i64, Some("a:2")), 7, "a:2");
        let heard_ago = if hears_it { 0 } else { 700 };
        doc.ext.as_mut().expect("ours").leader_heard = Some(heard_ago * MS);
        table.peers.insert(name.into(), Peer::answering(doc));
        let (addr, look) = (addr(name), false);
        table.happen(Input::PolledBy { addr, look });
        table.until("joined", SOON, |v| v.members.len() >= n as usize - 1);
        table.push(name);
    }
    before(&mut table);
    table.run(Duration::from_secs(1));
    table.peer("a:2").manner = Manner::Refuses;
    table.streams = hears_it;
    table.end_stream("a:2", WatchEnd::Closed);
    table.until("stands", SOON, |v| {
        matches!(v.role, Role::Undecided(Undecided::Candidate(_)))
    });
    // From here on nobody answers a request: only streams speak.
    table.hold = true;
    let ballot = table.view().ballot;
    for name in ["b:3", "c:4"] {
        let doc = table.peer(name).doc();
        doc.leader = Some(addr("me:1"));
        let confirms = Confirmation {
            inc: inc(1),
            ballot,
        };
        let ext = doc.ext.as_mut().expect("ours");
        ext.confirms = Some(confirms);
        // Newer than the answers that are on their way.
        ext.made = Duration::from_secs(3600);
        table.push(name);
    }
    table
}

#[test]
fn who_names_the_dead_delays_a_majority_for_a_moment_only() {
    let mut table = candidate(false);
    table.run(100 * MS);
    assert!(!table.view().leads(), "it may still speak");
    table.run(150 * MS);
    assert!(table.view().leads());
}

#[test]
fn who_hears_the_leader_after_it_was_lost_here_vetoes() {
    let mut table = candidate(true);
    table.run(400 * MS);
    assert!(!table.view().leads());
}

#[test]
fn half_of_them_is_no_majority() {
    let mut table = candidate(false);
    let doc = table.peer("c:4").doc();
    doc.leader = Some(addr("a:2"));
    table.push("c:4");
    table.run(400 * MS);
    assert!(!table.view().leads(), "this node and one more, of five");
}

#[test]
fn who_fell_silent_counts_against_the_majority() {
    let mut table = candidate_after(false, lose_silently);
    table.run(400 * MS);
    assert!(!table.view().leads(), "this node and two more, of six");
}

#[test]
fn nothing_is_read_first_only_if_everybody_else_is_heard() {
    let mut table = candidate(false);
    table.run(250 * MS);
    assert!(
        table
            .view()
            .leadership
            .reign
            .expect("leads")
            .blind
            .is_some()
    );

    // The same with a member that was lost on silence before.
    let mut table = watching();
    table.peer("b:3").manner = Manner::Silent;
    let suspects = vec![addr("b:3")];
    table.peer("a:2").doc().ext.as_mut().expect("ours").suspects = suspects;
    table.push("a:2");
    table.until("b:3 is lost", SOON, |v| v.members.len() == 1);
    table.peer("a:2").manner = Manner::Refuses;
    table.end_stream("a:2", WatchEnd::Closed);
    table.until("leads", SOON, View::leads);
    assert_eq!(table.view().leadership.reign.expect("leads").blind, None);
}

#[test]
fn a_goodbye_by_stream_is_a_goodbye() {
    let mut table = watching();
    table.peer("b:3").doc().ext.as_mut().expect("ours").leaving = true;
    table.push("b:3");
    let lost = table.view().lost;
    assert_eq!(lost.first().map(|l| l.loss), Some(Loss::Goodbye));
    // What another connection brings of that life afterwards is older than its last word.
    table.peer("b:3").doc().ext.as_mut().expect("ours").leaving = false;
    table.run(SOON);
    assert_eq!(table.view().members.len(), 1);
}
