//! Seeds that a discovery finds: when a node takes its place, what is kept, and what is forgotten.

use std::time::Duration;

use les_core::*;

use crate::support::*;

const SOON: Duration = Duration::from_secs(3);

fn discovers(peers: &[(&str, Peer)]) -> Table {
    Table::with(&[], peers, |c| {
        c.discovers = true;
        c.join_window = Duration::from_secs(30);
    })
}

fn finds(table: &mut Table, found: &[&str], complete: bool) {
    let found = found.iter().map(|name| addr(name)).collect();
    let input = Input::Seeds { found, complete };
    table.node.handle(table.now, input);
}

fn leader() -> Peer {
    Peer::answering(in_reign(ours("a:2", 2, -100, Some("a:2")), 7, "a:2"))
}

fn silent() -> Peer {
    Peer {
        manner: Manner::Silent,
        polls_us: false,
    }
}

fn polls_of(table: &Table, name: &str) -> usize {
    table.polled.iter().filter(|(_, a)| a == name).count()
}

#[test]
fn r1_a_node_that_discovers_takes_its_place_when_what_was_found_has_answered() {
    let mut table = discovers(&[("a:2", leader())]);
    table.run(Duration::from_secs(10));
    let waits = Role::Undecided(Undecided::Joining);
    assert_eq!(table.view().role, waits, "nothing was found yet");
    finds(&mut table, &["a:2", "me:1"], true);
    table.until("follows", SOON, |v| matches!(v.role, Role::Follower { .. }));
    table.run(SOON);
    let behind = |n: &Notice| matches!(n, Notice::Joined { behind: true, .. });
    assert!(table.notices.iter().any(behind), "{:?}", table.notices);
}

#[test]
fn r1_what_is_remembered_is_asked_but_does_not_end_the_wait() {
    let mut table = discovers(&[("old:2", Peer::answering(ours("old:2", 3, 5, None)))]);
    finds(&mut table, &["old:2"], false);
    table.run(SOON);
    assert_eq!(table.view().members.len(), 1);
    assert_eq!(table.view().role, Role::Undecided(Undecided::Joining));
    assert_eq!(table.view().leadership.seeds, SeedsHeard::Unheard);
    finds(&mut table, &["old:2"], true);
    table.run(Duration::from_millis(20));
    assert_ne!(table.view().role, Role::Undecided(Undecided::Joining));
    assert_eq!(table.view().leadership.seeds, SeedsHeard::All);
}

#[test]
fn r1_the_join_window_bounds_the_wait_for_a_discovery() {
    let mut table = discovers(&[]);
    table.until("joins", Duration::from_secs(31), |v| {
        v.role != Role::Undecided(Undecided::Joining)
    });
    let unheard = table.view().leadership.seeds;
    assert_eq!(
        unheard,
        SeedsHeard::Unheard,
        "there may be nodes that are not known"
    );
}

#[test]
fn what_is_found_no_more_is_forgotten_unless_it_is_a_member() {
    let mut table = discovers(&[("a:2", leader()), ("gone:3", silent())]);
    finds(&mut table, &["a:2", "gone:3"], true);
    table.run(Duration::from_secs(5));
    assert_ne!(table.view().leadership.seeds, SeedsHeard::All);
    finds(&mut table, &[], true);
    table.run(Duration::from_secs(2));
    table.polled.clear();
    table.run(Duration::from_secs(10));
    assert_eq!(polls_of(&table, "gone:3"), 0);
    let members: Vec<_> = table.view().members.into_iter().map(|m| m.addr).collect();
    assert_eq!(members, [addr("a:2")], "a member stays one");
    assert_eq!(table.view().leadership.seeds, SeedsHeard::All);
}

#[test]
fn what_is_found_again_keeps_its_turn() {
    let mut table = discovers(&[("gone:3", silent())]);
    for _ in 0..100 {
        finds(&mut table, &["gone:3", "gone:3"], true);
        table.run(Duration::from_millis(50));
    }
    let polls = polls_of(&table, "gone:3");
    assert!((1..=6).contains(&polls), "{polls} polls in 5 s");
}

#[test]
fn an_answer_that_arrives_when_its_seed_is_found_no_more_is_still_a_members() {
    let alias = Peer {
        polls_us: false,
        ..leader()
    };
    let mut table = discovers(&[("a:2", leader()), ("alias:9", alias)]);
    table.hold = true;
    finds(&mut table, &["a:2", "alias:9"], true);
    table.run(Duration::from_millis(50));
    finds(&mut table, &["b:3"], true);
    table.release();
    table.run(SOON);
    let members: Vec<_> = table.view().members.into_iter().map(|m| m.addr).collect();
    assert_eq!(members, [addr("a:2")]);
    assert_eq!(polls_of(&table, "alias:9"), 1, "{:?}", table.polled);
}

#[test]
fn configured_seeds_stay_and_an_address_of_this_node_is_recognised() {
    let me = StateDoc {
        ext: ours("me:1", 1, 0, None)
            .ext
            .map(|ext| Ext { inc: inc(1), ..ext }),
        ..ours("me:1", 1, 0, None)
    };
    let own = Peer {
        polls_us: false,
        ..Peer::answering(me)
    };
    let peers = [("a:2", leader()), ("second-interface:1", own)];
    let mut table = Table::with(&["a:2"], &peers, |c| c.discovers = true);
    finds(&mut table, &["second-interface:1"], true);
    table.run(SOON);
    finds(&mut table, &["second-interface:1"], true);
    table.peer("a:2").manner = Manner::Refuses;
    table.polled.clear();
    table.run(Duration::from_secs(10));
    assert_eq!(polls_of(&table, "second-interface:1"), 0, "it is this node");
    assert!(polls_of(&table, "a:2") >= 9, "a configured seed is retried");
    assert!(table.view().members.is_empty());
}

#[test]
fn what_is_found_is_bounded() {
    let mut table = discovers(&[]);
    let names: Vec<String> = (0..1000).map(|i| format!("n{i:04}:7")).collect();
    let found: Vec<&str> = names.iter().map(String::as_str).collect();
    finds(&mut table, &found, true);
    table.run(Duration::from_millis(500));
    assert_eq!(table.polled.len(), MAX_SEEDS);
}
