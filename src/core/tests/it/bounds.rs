//! Bounds on what strangers can make a node do: F15 to F18.

use std::time::Duration;

use les_core::*;

use crate::support::*;

const SOON: Duration = Duration::from_secs(3);

#[test]
fn f16_only_an_own_valid_answer_makes_a_member() {
    let mut gossip = ours("a:2", 2, 5, Some("me:1"));
    gossip.others = (0..200).map(|i| addr(&format!("dead{i}:7"))).collect();
    let mut table = Table::new(&["a:2"], &[("a:2", Peer::answering(gossip))]);
    table.until("leads", SOON, View::leads);
    table.run(Duration::from_secs(60));
    assert_eq!(table.view().members.len(), 1);
}

#[test]
fn f16_the_member_list_is_bounded() {
    let names: Vec<String> = (0..40).map(|i| format!("n{i}:7")).collect();
    let peers: Vec<(&str, Peer)> = names
        .iter()
        .enumerate()
        .map(|(i, n)| (n.as_str(), Peer::answering(ours(n, i as u128 + 2, 5, None))))
        .collect();
    let seeds: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut table = Table::with(&seeds, &peers, |c| c.max_members = 10);
    table.run(SOON);
    assert_eq!(table.view().members.len(), 10);
}

#[test]
fn f15_f17_addresses_learned_from_others_are_tried_ten_times_a_second_at_most() {
    let mut table = Table::new(&[], &[]);
    for i in 0..10_000 {
        table.node.handle(
            table.now,
            Input::PolledBy {
                addr: addr(&format!("flood{i}:7")),
                look: true,
            },
        );
    }
    table.run(Duration::from_secs(10));
    let tried = table.polled.len();
    assert!((50..=101).contains(&tried), "{tried} probes in ten seconds");
    table.run(Duration::from_secs(60));
    assert!(
        table.polled.len() <= 256 + 1,
        "what exceeds the queue is forgotten: {}",
        table.polled.len()
    );
}

#[test]
fn f18_somebody_who_asks_and_cannot_be_reached_costs_the_others_nothing() {
    let mut table = Table::new(
        &["a:2"],
        &[
            ("a:2", Peer::answering(ours("a:2", 2, 5, Some("me:1")))),
            (
                "unreachable:9",
                Peer {
                    manner: Manner::Silent,
                    polls_us: true,
                },
            ),
        ],
    );
    table.until("leads", SOON, View::leads);
    table.polled.clear();
    table.run(Duration::from_secs(10));
    let polls_of_a = table.polled.iter().filter(|(_, a)| a == "a:2").count();
    assert!(
        polls_of_a >= 35,
        "the member is still polled four times a second: {polls_of_a}"
    );
}

#[test]
fn a_peer_cannot_make_us_ask_it_without_end() {
    let mut table = Table::new(
        &["a:2"],
        &[("a:2", Peer::answering(ours("a:2", 2, 5, Some("me:1"))))],
    );
    table.until("leads", SOON, View::leads);
    table.polled.clear();
    for _ in 0..1000 {
        table.node.handle(
            table.now,
            Input::PolledBy {
                addr: addr("a:2"),
                look: true,
            },
        );
        table.run(Duration::from_millis(1));
    }
    assert!(
        table.polled.len() <= 80,
        "{} polls in a second or two",
        table.polled.len()
    );
}

#[test]
fn an_idle_node_sleeps() {
    let mut table = Table::new(&[], &[]);
    table.run(Duration::from_secs(5));
    assert_eq!(table.node.poll_timeout(), None);
}
