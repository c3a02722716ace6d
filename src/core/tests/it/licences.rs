//! What an election licenses, and for how long; and what it takes for proof.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use les_core::*;

use crate::support::*;

const SOON: Duration = Duration::from_secs(3);

fn licence(table: &Table, name: &str) -> Option<(Epoch, Loss)> {
    let view = table.view();
    view.leadership
        .nodes
        .iter()
        .find(|n| n.addr.as_str() == name)
        .and_then(|n| n.licence)
}

fn reign(table: &Table) -> Reign {
    table.view().leadership.reign.expect("leads")
}

#[test]
fn a_licence_lasts_until_the_loser_acknowledges_a_newer_reign() {
    let mut table = following();
    table.peer("b:3").doc().leader = Some(addr("me:1"));
    table.peer("a:2").manner = Manner::Refuses;
    table.until("leads", SOON, View::leads);
    assert_eq!(licence(&table, "a:2"), Some((Epoch(7), Loss::Dead)));
    table.peer("a:2").manner = answers(in_reign(ours("a:2", 2, -100, None), 7, "a:2"));
    table.run(SOON);
    assert!(
        licence(&table, "a:2").is_some(),
        "it is back and has not acknowledged this reign"
    );
    let epoch = reign(&table).epoch.0;
    table.peer("a:2").manner = answers(in_reign(ours("a:2", 2, -100, Some("me:1")), epoch, "me:1"));
    table.run(SOON);
    assert_eq!(licence(&table, "a:2"), None);
}

#[test]
fn a_leader_that_resigns_may_be_overwritten_and_one_that_leads_again_may_not() {
    let mut table = following();
    table.peer("a:2").doc().leader = None;
    table.run(SOON);
    assert_eq!(licence(&table, "a:2"), Some((Epoch(7), Loss::Resigned)));
    table.peer("a:2").doc().leader = Some(addr("a:2"));
    table.run(SOON);
    assert_eq!(licence(&table, "a:2"), None);
}

#[test]
fn a_refusal_somewhere_else_proves_nothing() {
    let mut table = following();
    table.peer("a:2").manner = Manner::Silent;
    table.run(Duration::from_millis(600));
    let elsewhere = SocketAddr::from(([10, 9, 9, 9], 2));
    for poll in 0..10_000 {
        let evidence = Evidence::Refused { at: elsewhere };
        table.node.handle(
            table.now,
            Input::Failed {
                poll: PollId(poll),
                evidence,
            },
        );
    }
    let member = table
        .view()
        .members
        .into_iter()
        .find(|m| m.addr.as_str() == "a:2");
    assert_eq!(
        member.map(|m| m.missed),
        Some(1),
        "its name leads elsewhere now: a missed poll"
    );
}

#[test]
fn a_blind_takeover_needs_a_dead_predecessor_and_everybody_else_heard() {
    let holds = BTreeMap::from([(
        "203.0.113.7".to_owned(),
        Holding {
            mine: true,
            holder: HeldBy::Unsaid,
            age: Duration::ZERO,
        },
    )]);
    let orphan = |others_silent: bool, leader_after: Manner| {
        let mut table = following();
        table.peer("a:2").doc().ext.as_mut().expect("ours").holds = holds.clone();
        table.run(SOON);
        let b = if others_silent {
            Manner::Silent
        } else {
            answers(in_reign(ours("b:3", 3, 1000, Some("me:1")), 7, "a:2"))
        };
        table.peer("b:3").manner = b;
        table.peer("b:3").polls_us = !others_silent;
        table.run(Duration::from_millis(600));
        let silent = matches!(leader_after, Manner::Silent);
        table.peer("a:2").polls_us = false;
        table.peer("a:2").manner = leader_after;
        if silent && !others_silent {
            table.peer("b:3").doc().ext.as_mut().expect("ours").suspects = vec![addr("a:2")];
        }
        table.until("leads", Duration::from_secs(30), View::leads);
        reign(&table)
    };
    let blind = orphan(false, Manner::Refuses)
        .blind
        .expect("dead, and everybody is heard");
    assert!(blind.held.contains_key("203.0.113.7"));
    assert_eq!(
        orphan(true, Manner::Refuses).blind,
        None,
        "b:3 is silent and may have moved it"
    );
    assert_eq!(
        orphan(false, Manner::Silent).blind,
        None,
        "silence is no proof"
    );
}

#[test]
fn a_senior_orphan_has_the_first_turn_for_a_minute() {
    let mut table = following();
    table.peer("b:3").doc().stamp = stamp(-50);
    table.run(SOON);
    for peer in table.peers.values_mut() {
        peer.manner = Manner::Silent;
        peer.polls_us = false;
    }
    table.until("leads", Duration::from_secs(30), View::leads);
    assert_eq!(
        reign(&table).rank,
        1,
        "b:3 was more senior, and may be an orphan too; the predecessor is not one"
    );
}

#[test]
fn half_of_the_members_silent_at_once_are_not_believed_gone_at_once() {
    let mut table = following();
    for name in ["c:4", "d:5"] {
        let id = u128::from(name.as_bytes()[0]);
        let doc = in_reign(ours(name, id, 2000, Some("a:2")), 7, "a:2");
        table.peers.insert(name.into(), Peer::answering(doc));
    }
    table.until("hears all", SOON, |v| v.members.len() == 4);
    let gone = ["a:2", "c:4", "d:5"];
    for name in gone {
        table.peer(name).manner = Manner::Silent;
        table.peer(name).polls_us = false;
    }
    table.peer("b:3").doc().ext.as_mut().expect("ours").suspects = gone.map(addr).to_vec();
    table.run(Duration::from_secs(9));
    assert_eq!(
        table.view().members.len(),
        4,
        "this side may be the one that is cut off"
    );
    table.until("believes it", Duration::from_secs(9), |v| {
        v.members.len() == 1
    });
}

#[test]
fn somebody_lost_on_silence_leaves_open_who_a_stranger_is() {
    let mut table = following();
    assert_eq!(table.view().leadership.seeds, SeedsHeard::All);
    table.peer("a:2").manner = Manner::Silent;
    table.run(Duration::from_millis(2_600));
    assert_ne!(table.view().leadership.seeds, SeedsHeard::All);
}
