//! Streams and what their ends, their silence and fresh connections prove (E1, E2).

use std::time::Duration;

use les_core::*;

use crate::support::*;

const MS: Duration = Duration::from_millis(1);
const SOON: Duration = Duration::from_secs(3);

fn is_member(view: &View, name: &str) -> bool {
    view.members.iter().any(|m| m.addr.as_str() == name)
}

fn loss_of(table: &Table, name: &str) -> Option<Loss> {
    let view = table.view();
    view.lost
        .iter()
        .find(|l| l.addr.as_str() == name)
        .map(|l| l.loss)
}

/// How often `name` was asked within `span`.
fn asked(table: &mut Table, name: &str, span: Duration) -> usize {
    table.polled.clear();
    table.run(span);
    table.polled.iter().filter(|(_, n)| n == name).count()
}

#[test]
fn ours_are_watched_by_streams_and_reference_nodes_by_canaries() {
    let peers = [
        ("a:2", Peer::answering(ours("a:2", 2, -100, None))),
        ("b:3", Peer::answering(reference("b:3", 100, None))),
    ];
    let mut table = Table::new(&["a:2", "b:3"], &peers);
    table.run(SOON);
    assert_eq!(table.watches["a:2"].1, WatchKind::Stream);
    assert_eq!(table.watches["b:3"].1, WatchKind::Canary);
    let mut table = Table::with(&["a:2", "b:3"], &peers, |config| config.watch = false);
    table.run(SOON);
    assert!(table.watches.is_empty(), "a version without streams");
}

#[test]
fn who_is_watched_is_asked_seldom_and_who_knows_no_streams_as_before() {
    let mut table = watching();
    assert!(asked(&mut table, "a:2", Duration::from_secs(10)) <= 3);
    let mut table = following();
    table.end_stream("a:2", WatchEnd::Unsupported);
    assert!(asked(&mut table, "a:2", Duration::from_secs(10)) >= 30);
    assert!(
        !table.watches.contains_key("a:2"),
        "it is not asked for a stream again at once"
    );
}

#[test]
fn a_reference_node_that_its_canary_blocks_loses_the_canary_and_not_its_place() {
    let answers = Peer::answering(reference("a:2", -100, Some("a:2")));
    let mut table = Table::new(&["a:2"], &[("a:2", answers.clone())]);
    let mut canaries = 0;
    let mut had_one = false;
    for _ in 0..6000 {
        let has_one = table.watches.contains_key("a:2");
        canaries += u32::from(has_one && !had_one);
        had_one = has_one;
        *table.peer("a:2") = answers.clone();
        if has_one {
            table.peer("a:2").manner = Manner::Silent;
        }
        table.run(10 * MS);
    }
    assert_eq!(canaries, 1, "in a minute");
    assert!(is_member(&table.view(), "a:2"));
    assert_eq!(loss_of(&table, "a:2"), None);
}

#[test]
fn a_canary_that_cannot_be_opened_proves_nothing_and_the_refusal_does() {
    let peers = [
        ("a:2", Peer::answering(reference("a:2", -100, Some("a:2")))),
        ("b:3", Peer::answering(ours("b:3", 3, 100, Some("a:2")))),
    ];
    let mut table = Table::new(&["a:2", "b:3"], &peers);
    table.run(SOON);
    table.end_stream("a:2", WatchEnd::Failed(Evidence::Silent));
    while !table.watches.contains_key("a:2") {
        assert!(is_member(&table.view(), "a:2"));
        table.run(10 * MS);
    }
    table.peer("a:2").manner = Manner::Refuses;
    let at = "10.0.0.1:2".parse().unwrap();
    table.end_stream("a:2", WatchEnd::Failed(Evidence::Refused { at }));
    table.until("is dead", SOON, |v| !is_member(v, "a:2"));
    assert_eq!(loss_of(&table, "a:2"), Some(Loss::Dead));
}

#[test]
fn e1_an_orderly_end_and_a_refusal_prove_death_at_once() {
    let mut table = watching();
    table.peer("a:2").manner = Manner::Refuses;
    table.end_stream("a:2", WatchEnd::Closed);
    let took = table.until("is dead", SOON, |v| !is_member(v, "a:2"));
    assert!(took <= 10 * MS, "{took:?}");
    assert_eq!(loss_of(&table, "a:2"), Some(Loss::Dead));
}

#[test]
fn e1_the_listener_of_a_dying_process_is_asked_until_it_refuses() {
    let mut table = watching();
    table.peer("a:2").manner = Manner::Garbles;
    table.end_stream("a:2", WatchEnd::Closed);
    table.run(25 * MS);
    let probes = table.polled.iter().rev().take_while(|(_, n)| n == "a:2");
    assert!(probes.count() >= 4, "at 0, 1, 3, 8, 20 ms");
    assert!(is_member(&table.view(), "a:2"), "nothing is proven yet");
    table.peer("a:2").manner = Manner::Refuses;
    table.until("is dead", 100 * MS, |v| !is_member(v, "a:2"));
    assert_eq!(loss_of(&table, "a:2"), Some(Loss::Dead));
}

#[test]
fn a_stream_that_ends_while_its_peer_answers_is_opened_again_and_proves_nothing() {
    let mut table = watching();
    for _ in 0..20 {
        table.end_stream("a:2", WatchEnd::Closed);
        table.run(Duration::from_secs(6));
        assert!(is_member(&table.view(), "a:2"));
        assert!(table.watches.contains_key("a:2"));
    }
    assert!(matches!(table.view().role, Role::Follower { .. }));
}

#[test]
fn a_refusal_without_an_orderly_end_is_a_firewalls_or_a_deaths_and_proves_nothing() {
    for reset in [false, true] {
        let mut table = watching();
        table.peer("b:3").manner = Manner::Refuses;
        if reset {
            table.end_stream("b:3", WatchEnd::Failed(Evidence::Broken));
        }
        table.run(300 * MS);
        assert!(is_member(&table.view(), "b:3"), "reset: {reset}");
        // a:2 misses it too, so silence condemns it.
        let suspects = vec![addr("b:3")];
        table.peer("a:2").doc().ext.as_mut().unwrap().suspects = suspects;
        table.push("a:2");
        table.until("is silent", SOON, |v| !is_member(v, "b:3"));
        assert_eq!(loss_of(&table, "b:3"), Some(Loss::Silent));
        table.run(Duration::from_secs(5));
        assert_eq!(loss_of(&table, "b:3"), Some(Loss::Silent));
        table.run(Duration::from_secs(15));
        let after_long = loss_of(&table, "b:3");
        assert_eq!(after_long, Some(Loss::Dead), "refused for ten seconds");
    }
}

#[test]
fn e2_silence_of_a_stream_is_probed_at_its_own_socket_and_any_answer_clears_it() {
    let mut table = watching();
    table.watches.remove("b:3");
    assert!(asked(&mut table, "b:3", Duration::from_secs(2)) >= 3);
    assert!(
        is_member(&table.view(), "b:3"),
        "it answers: its stream is stuck, not the peer"
    );
    assert!(table.watches.contains_key("b:3"), "and was replaced");
    table.peer("b:3").manner = Manner::Silent;
    let suspects = vec![addr("b:3")];
    table.peer("a:2").doc().ext.as_mut().unwrap().suspects = suspects;
    table.push("a:2");
    let took = table.until("is silent", SOON, |v| !is_member(v, "b:3"));
    assert!((700 * MS..900 * MS).contains(&took), "{took:?}");
}

#[test]
fn an_observer_that_hears_the_leader_keeps_it_and_one_that_heard_it_long_ago_does_not() {
    let mut table = watching();
    table.peer("a:2").manner = Manner::Silent;
    table.run(Duration::from_secs(2));
    assert!(is_member(&table.view(), "a:2"), "b:3 hears it");
    // The beats of b:3 say nothing of the leader any more; what it suspects, it has said.
    let suspects = vec![addr("a:2")];
    table.peer("b:3").doc().ext.as_mut().unwrap().suspects = suspects;
    table.peer("b:3").doc().leader = None;
    table.push("b:3");
    table.until("is lost", SOON, |v| !is_member(v, "a:2"));
}

#[test]
fn t5_a_node_that_was_stopped_accuses_nobody() {
    let mut table = watching();
    table.advance(Duration::from_secs(5));
    table.run(200 * MS);
    let view = table.view();
    assert!(is_member(&view, "a:2") && is_member(&view, "b:3"));
    assert!(view.suspects.is_empty() && view.lost.is_empty());
}

/// Everybody else is lost, and this node leads alone. It is stopped; meanwhile `b:3` leads.
fn wakes_up_alone(table: &mut Table) -> View {
    table.until("leads alone", 10 * SOON, View::leads);
    let leader = in_reign(ours("b:3", 3, 1000, Some("b:3")), u64::MAX >> 20, "b:3");
    table.peer("b:3").manner = Manner::Answers(Box::new(leader));
    table.advance(SOON);
    table.node.handle_timeout(table.now);
    table.view()
}

fn writes(view: &View) -> bool {
    let reign = view.leadership.reign.as_ref();
    reign.is_some_and(|r| r.meeting.is_none())
}

#[test]
fn t5_a_node_that_was_stopped_asks_whom_it_had_lost_before_it_leads_alone() {
    let lost = [
        (Manner::Silent, WatchEnd::Failed(Evidence::Broken)),
        (Manner::Refuses, WatchEnd::Closed),
    ];
    for (manner, end) in lost {
        let mut table = watching();
        for name in ["a:2", "b:3"] {
            table.peer(name).manner = manner.clone();
            table.peer(name).polls_us = false;
            table.end_stream(name, end);
        }
        let view = wakes_up_alone(&mut table);
        assert!(!writes(&view), "{manner:?}: it may have started again");
    }
}

#[test]
fn a_stop_is_noticed_while_somebody_is_suspected_however_far_the_next_timer_is() {
    let mut table = watching();
    for name in ["a:2", "b:3"] {
        table.peer(name).manner = Manner::Silent;
    }
    table.run(500 * MS);
    // Those that it does not hear go on to ask, so it keeps them, and probes them ever more seldom.
    for _ in 0..40 {
        table.run(100 * MS);
        let (addr, look) = (addr("a:2"), false);
        table.happen(Input::PolledBy { addr, look });
        let due = table.node.poll_timeout().expect("something is due");
        assert!(due.since(table.now.mono) <= 100 * MS);
    }
}

#[test]
fn an_older_document_does_not_replace_a_newer_one_that_came_another_way() {
    let mut table = watching();
    let old = table.peer("b:3").doc().clone();
    let doc = table.peer("b:3").doc();
    doc.ext.as_mut().unwrap().made = Duration::from_secs(100);
    doc.ext.as_mut().unwrap().suspects = vec![addr("c:4")];
    table.push("b:3");
    table.peer("b:3").manner = Manner::Answers(Box::new(old));
    table.push("b:3");
    let view = table.view();
    let b = view.members.iter().find(|m| m.addr.as_str() == "b:3");
    let suspects = &b.unwrap().doc.ext.as_ref().unwrap().suspects;
    assert_eq!(suspects, &[addr("c:4")]);
}

#[test]
fn where_each_stream_reaches_another_process_they_are_opened_ever_more_seldom() {
    let mut table = watching();
    let mut opened = 0;
    for life in 0..400_u32 {
        if table.watches.contains_key("b:3") {
            opened += 1;
            table.peer("b:3").doc().ext.as_mut().unwrap().inc = inc(100 + u128::from(life));
            table.push("b:3");
        }
        table.run(10 * MS);
    }
    assert!(opened < 10, "{opened} streams in four seconds");
}

#[test]
fn a_node_that_is_asked_by_those_it_does_not_hear_is_deaf_and_accuses_nobody() {
    for nodes in [2, 3] {
        let mut table = watching();
        if nodes == 2 {
            table.peers.remove("b:3");
            table.end_stream("b:3", WatchEnd::Closed);
            table.run(SOON);
        }
        for peer in table.peers.values_mut() {
            peer.manner = Manner::Silent;
        }
        for _ in 0..40 {
            for name in ["a:2", "b:3"].into_iter().take(nodes - 1) {
                let (addr, look) = (addr(name), false);
                table.happen(Input::PolledBy { addr, look });
            }
            table.run(250 * MS);
            let view = table.view();
            assert!(!view.leads() && is_member(&view, "a:2"), "{nodes} nodes");
        }
        assert_eq!(table.view().ineligible, [Ineligible::Deaf]);
        // Stopped for a while, it is as deaf as before, though it is asked every few seconds only.
        table.advance(SOON);
        table.peer("a:2").polls_us = false;
        for _ in 0..3 {
            let (addr, look) = (addr("a:2"), false);
            table.happen(Input::PolledBy { addr, look });
            for _ in 0..20 {
                table.run(250 * MS);
                let view = table.view();
                assert!(!view.leads() && is_member(&view, "a:2"), "{nodes} nodes");
            }
        }
    }
}

#[test]
fn a_stream_that_brings_another_nodes_document_is_closed() {
    let mut table = watching();
    let (watch, _) = table.watches["b:3"];
    let doc = Box::new(ours("x:9", 9, 0, None));
    let from = "10.0.0.1:3".parse().unwrap();
    table.happen(Input::Watched { watch, from, doc });
    assert!(!table.watches.contains_key("b:3"));
    assert!(!is_member(&table.view(), "x:9"));
}

#[test]
fn a_pushed_confirmation_counts_if_it_knows_of_this_candidacy() {
    let mut table = watching();
    table.peer("a:2").manner = Manner::Refuses;
    table.end_stream("a:2", WatchEnd::Closed);
    table.until("stands", SOON, |v| {
        matches!(v.role, Role::Undecided(Undecided::Candidate(_)))
    });
    // Whatever is asked from now on gets no answer; only the stream speaks.
    table.hold = true;
    let ballot = table.view().ballot;
    let confirm = |table: &mut Table, ballot| {
        let doc = table.peer("b:3").doc();
        doc.leader = Some(addr("me:1"));
        doc.ext.as_mut().unwrap().confirms = Some(Confirmation {
            inc: inc(1),
            ballot,
        });
        table.push("b:3");
    };
    confirm(&mut table, ballot - 1);
    assert!(!table.view().leads(), "F21: it may have been overtaken");
    confirm(&mut table, ballot);
    assert!(table.view().leads());
    let blind = table.view().leadership.reign.unwrap().blind;
    assert!(blind.is_some(), "proven dead, and everybody else is heard");
}
