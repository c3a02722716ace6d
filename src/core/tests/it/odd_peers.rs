//! Peers that are not malicious, only odd: round-robin names, aliases in gossip, clocks of another century, clones that go away.

use std::time::Duration;

use les_core::*;

use crate::support::*;

const SOON: Duration = Duration::from_secs(3);

fn polls(table: &Table, name: &str) -> usize {
    table.polled.iter().filter(|(_, a)| a == name).count()
}

fn exclusions(table: &Table) -> usize {
    table
        .notices
        .iter()
        .filter(|n| matches!(n, Notice::Excluded { .. }))
        .count()
}

#[test]
fn a_stamp_at_the_end_of_the_order_ties_nobody_up() {
    let mut boss = in_reign(ours("a:2", 2, 0, Some("a:2")), 7, "a:2");
    boss.stamp = Stamp::from_micros(u64::MAX);
    let mut table = Table::new(&["a:2"], &[("a:2", Peer::answering(boss))]);
    table.until("follows", SOON, |v| v.named == Some(addr("a:2")));
}

#[test]
fn a_seed_that_leads_to_another_member_is_no_proof_of_death() {
    let a = in_reign(ours("a:2", 2, -100, Some("a:2")), 7, "a:2");
    let b = in_reign(ours("b:3", 3, 100, Some("a:2")), 7, "a:2");
    let all = [("lb:1", a.clone()), ("a:2", a.clone()), ("b:3", b.clone())];
    let peers = all.map(|(name, doc)| (name, Peer::answering(doc)));
    let mut table = Table::new(&["lb:1"], &peers);
    table.peer("lb:1").polls_us = false;
    table.until("follows", SOON, |v| v.named == Some(addr("a:2")));
    for _ in 0..20 {
        table.peer("lb:1").manner = answers(b.clone());
        table.run(Duration::from_millis(300));
        table.peer("lb:1").manner = answers(a.clone());
        table.run(Duration::from_millis(300));
    }
    let lost = table
        .notices
        .iter()
        .any(|n| matches!(n, Notice::MemberLost { .. }));
    assert!(!lost, "{:?}", table.notices);
}

#[test]
fn aliases_impostors_and_too_many_members_are_neither_polled_nor_told_without_end() {
    for (me_again, max_members) in [
        (ours("me:1", 1, 0, None), 256),
        (ours("me:1", 77, 0, None), 256),
        (ours("x:9", 9, 6, None), 1),
    ] {
        let mut gossip = ours("a:2", 2, 5, Some("me:1"));
        gossip.others = vec![addr("x:9")];
        let peers = [
            ("a:2", Peer::answering(gossip)),
            (
                "x:9",
                Peer {
                    polls_us: false,
                    ..Peer::answering(me_again)
                },
            ),
        ];
        let mut table = Table::with(&["a:2"], &peers, |c| c.max_members = max_members);
        table.run(Duration::from_secs(60));
        assert!(
            polls(&table, "x:9") <= 10,
            "{} polls in a minute",
            polls(&table, "x:9")
        );
        assert!(exclusions(&table) <= 1, "{} notices", exclusions(&table));
    }
}

#[test]
fn a_clone_that_is_gone_is_mended() {
    let mut clone = ours("c:4", 1, 50, None);
    clone.ext.as_mut().expect("ours").inc = inc(44);
    let other = ours("a:2", 2, 5, Some("me:1"));
    let peers = [
        ("a:2", Peer::answering(other)),
        ("c:4", Peer::answering(clone)),
    ];
    let mut table = Table::new(&["a:2", "c:4"], &peers);
    table.until("finds the clone", SOON, |v| {
        v.ineligible == [Ineligible::Clone]
    });
    table.peers.remove("c:4");
    table.until("leads", Duration::from_secs(90), View::leads);
}

#[test]
fn a_claimant_that_changes_its_reign_all_the_time_is_told_once() {
    let mut table = Table::new(
        &["a:2"],
        &[("a:2", Peer::answering(ours("a:2", 2, 5, Some("me:1"))))],
    );
    table.until("leads", SOON, View::leads);
    let rival = in_reign(ours("b:3", 3, 9, Some("b:3")), 8, "b:3");
    table.peers.insert("b:3".into(), Peer::answering(rival));
    for epoch in 8..200 {
        table.peer("b:3").doc().ext.as_mut().expect("ours").epoch = Epoch(epoch);
        table.run(Duration::from_millis(300));
    }
    let met = table
        .notices
        .iter()
        .filter(|n| matches!(n, Notice::MetLeader { .. }))
        .count();
    assert_eq!(met, 1);
}
