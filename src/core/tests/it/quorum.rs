//! Quorum mode: votes, bids that are outbid, and a leader that loses its majority; witnesses; `on_lone_silence`.

use std::time::Duration;

use les_core::*;

use crate::support::*;

const SOON: Duration = Duration::from_secs(3);
/// More than one turn of a bid, and less than two.
const TURN: Duration = Duration::from_millis(300);

fn quorum(config: &mut ElectionConfig) {
    let voters = ["a:2", "b:3", "me:1"].map(addr);
    config.mode = Mode::Quorum(voters.into());
}

/// `a:2` led reign 7 and is dead; `b:3` names this node.
fn candidate() -> Table {
    let mut table = following_with(quorum);
    table.peer("a:2").manner = Manner::Refuses;
    table.peer("b:3").doc().leader = Some(addr("me:1"));
    table.until("stands", SOON, |v| v.stands_for.is_some());
    table
}

fn votes(table: &mut Table, name: &str, epoch: Epoch, inc: Incarnation) {
    let ext = table.peer(name).doc().ext.as_mut().expect("ours");
    ext.vote = Some(Vote { epoch, inc });
}

/// Elected by the vote of `b:3`.
fn leader() -> Table {
    let mut table = candidate();
    let bid = table.view().stands_for.expect("it stands");
    votes(&mut table, "b:3", bid, inc(1));
    table.until("leads", SOON, View::leads);
    let follower = table.peer("b:3").doc().clone();
    *table.peer("b:3").doc() = in_reign(follower, bid.0, "me:1");
    table.run(SOON);
    table
}

#[test]
fn a_confirmed_candidate_leads_with_the_votes_of_a_majority_and_not_before() {
    let mut table = candidate();
    table.run(10 * SOON);
    let lacks = Undecided::NoQuorum {
        votes: 1,
        needed: 2,
    };
    assert_eq!(table.view().role, Role::Undecided(lacks));
    let bid = table.view().stands_for.expect("it stands");
    assert!(bid > Epoch(7), "{bid}");
    votes(&mut table, "b:3", bid, inc(1));
    table.until("leads", SOON, View::leads);
    let reign = table.view().leadership.reign.expect("it leads");
    assert_eq!(reign.epoch, bid, "what was voted for");
}

#[test]
fn a_vote_for_an_older_bid_or_for_another_process_does_not_count() {
    for (older, process) in [(1, 1), (0, 99)] {
        let mut table = candidate();
        let bid = table.view().stands_for.expect("it stands");
        votes(&mut table, "b:3", Epoch(bid.0 - older), inc(process));
        table.run(TURN);
        assert!(!table.view().leads(), "{older} {process}");
    }
}

#[test]
fn the_vote_of_a_voter_that_is_deaf_or_silent_does_not_count() {
    let mut table = candidate();
    let confirming = in_reign(ours("d:5", 5, 2000, Some("me:1")), 7, "a:2");
    table
        .peers
        .insert("d:5".into(), Peer::answering(confirming));
    let (at, look) = (addr("d:5"), false);
    table.happen(Input::PolledBy { addr: at, look });
    let deaf = |table: &mut Table, deaf| {
        table.peer("b:3").doc().ext.as_mut().expect("ours").deaf = deaf;
        table.run(SOON);
    };
    deaf(&mut table, true);
    // Whatever it asks for, the deaf one votes for it.
    for _ in 0..300 {
        if let Some(bid) = table.view().stands_for {
            votes(&mut table, "b:3", bid, inc(1));
        }
        table.run(SOON / 300);
        assert!(
            !table.view().leads(),
            "only d:5 confirms, and it is no voter"
        );
    }
    deaf(&mut table, false);
    table.until("leads", SOON, View::leads);
}

#[test]
fn the_vote_of_a_voter_that_names_another_candidate_by_now_does_not_count() {
    let mut table = candidate();
    let bid = table.view().stands_for.expect("it stands");
    table.peer("b:3").doc().leader = Some(addr("x:9"));
    votes(&mut table, "b:3", bid, inc(1));
    for _ in 0..100 {
        table.run(SOON / 10);
        assert!(!table.view().leads(), "it is about to vote for the other");
    }
    table.peer("b:3").doc().leader = Some(addr("me:1"));
    table.until("leads", SOON, View::leads);
}

#[test]
fn votes_that_are_enough_do_not_wait_for_who_is_undecided() {
    let mut table = candidate();
    let undecided = ours("d:5", 5, 2000, None);
    table.peers.insert("d:5".into(), Peer::answering(undecided));
    let (at, look) = (addr("d:5"), false);
    table.happen(Input::PolledBy { addr: at, look });
    table.until("joined", SOON, |v| v.members.len() == 2);
    let bid = table.view().stands_for.expect("it stands");
    votes(&mut table, "b:3", bid, inc(1));
    table.until("leads", SOON, View::leads);
}

#[test]
fn each_voter_numbers_its_reigns_in_a_class_of_its_own() {
    let bid = candidate().view().stands_for.expect("it stands");
    let place = 2; // a:2, b:3, me:1
    assert_eq!(bid.0 % MAX_VOTERS, place);
}

#[test]
fn who_is_outbid_bids_higher_in_its_own_time() {
    let mut table = candidate();
    let first = table.view().stands_for.expect("it stands");
    let rival = Epoch(first.0 + 1000);
    votes(&mut table, "b:3", rival, inc(3));
    let waited = table.until("bids again", SOON, |v| v.stands_for > Some(first));
    assert!(table.view().stands_for > Some(rival));
    // Its place is the third: three turns of 200 ms.
    assert!(waited >= Duration::from_millis(500), "{waited:?}");
}

/// `me:1` is junior to `b:3`, which stands for a reign.
fn voter() -> Table {
    let mut table = following_with(quorum);
    table.peer("b:3").doc().stamp = stamp(-1000);
    table.run(SOON);
    table.peer("a:2").manner = Manner::Refuses;
    table.until("nominates", SOON, |v| v.named == Some(addr("b:3")));
    table
}

fn stands(table: &mut Table, epoch: u64) {
    let doc = table.peer("b:3").doc();
    doc.leader = None;
    let ext = doc.ext.as_mut().expect("ours");
    ext.stands_for = Some(Epoch(epoch));
    table.run(SOON);
}

#[test]
fn a_voter_votes_for_its_nominee_and_never_for_an_older_reign() {
    let mut table = voter();
    assert_eq!(table.view().vote, None, "nobody asked");
    let voted = |table: &Table| table.view().vote;
    stands(&mut table, 6);
    assert_eq!(voted(&table), None, "it follows on 7");
    for (bid, vote) in [(1001, 1001), (1000, 1001), (1001, 1001), (1002, 1002)] {
        stands(&mut table, bid);
        let (epoch, inc) = (Epoch(vote), inc(3));
        assert_eq!(voted(&table), Some(Vote { epoch, inc }));
    }
}

#[test]
fn a_leader_without_a_majority_gives_up_and_keeps_its_place() {
    let mut table = leader();
    let before = table.view().stamp;
    table.peer("b:3").manner = Manner::Silent;
    table.peer("b:3").polls_us = false;
    table.until("gives up", 4 * SOON, |v| !v.leads());
    let why = StepDown::NoQuorum;
    assert!(table.notices.contains(&Notice::SteppedDown { why }));
    let view = table.view();
    assert_eq!((view.stamp, view.resigned), (before, None));
}

#[test]
fn a_voter_that_follows_another_leader_is_lost_to_the_majority() {
    let mut table = leader();
    table.peer("b:3").doc().leader = Some(addr("z:9"));
    table.until("gives up", SOON, |v| !v.leads());
}

#[test]
fn the_last_leader_leads_again_when_nobody_was_elected_meanwhile() {
    let mut table = leader();
    // b:3 is more senior meanwhile, whatever that came of.
    table.peer("b:3").doc().stamp = stamp(-1000);
    let answering = table.peer("b:3").manner.clone();
    table.peer("b:3").manner = Manner::Silent;
    table.until("gives up", 4 * SOON, |v| !v.leads());
    table.peer("b:3").manner = answering;
    table.run(SOON);
    table.until("stands", 4 * SOON, |v| v.stands_for.is_some());
    let bid = table.view().stands_for.expect("it stands");
    votes(&mut table, "b:3", bid, inc(1));
    table.until("leads", SOON, View::leads);
}

#[test]
fn who_is_no_voter_does_not_stand() {
    let mut table = following_with(|config| {
        config.mode = Mode::Quorum(["a:2", "b:3"].map(addr).into());
    });
    assert_eq!(table.view().ineligible, [Ineligible::NotVoter]);
    table.peer("a:2").manner = Manner::Refuses;
    table.run(4 * SOON);
    assert_eq!(table.view().named, Some(addr("b:3")));
}

#[test]
fn a_witness_confirms_and_never_stands() {
    let mut table = following_with(|config| config.witness = true);
    assert_eq!(table.view().ineligible, [Ineligible::Witness]);
    assert_eq!(table.view().stamp, Stamp::LAST, "R4");
    table.peer("a:2").manner = Manner::Refuses;
    table.until("confirms", SOON, |v| v.named == Some(addr("b:3")));
    table.run(20 * SOON);
    assert!(!table.view().leads());
}

#[test]
fn lone_silence_is_waited_out_if_so_configured_and_proof_is_acted_on() {
    for (acts, proof, leads) in [
        (true, false, true),
        (false, false, false),
        (false, true, true),
    ] {
        let leader = in_reign(ours("a:2", 2, -100, Some("a:2")), 7, "a:2");
        let mut table = Table::with(&["a:2"], &[("a:2", Peer::answering(leader))], |config| {
            config.acts_on_lone_silence = acts;
        });
        table.until("follows", SOON, |v| matches!(v.role, Role::Follower { .. }));
        table.peer("a:2").polls_us = false;
        table.peer("a:2").manner = if proof {
            Manner::Refuses
        } else {
            Manner::Silent
        };
        table.run(20 * SOON);
        assert_eq!(table.view().leads(), leads, "{acts} {proof}");
    }
}
