//! Quorum mode, witnesses, the reach of the cloud and preferences, in clusters of two to five.

use std::time::Duration;

use les_core::Mode;
use les_sim::faults::Fault;
use les_sim::network::Cut;
use les_sim::node::{Node, Power, addr_of, target_of};
use les_sim::world::World;

use crate::support::*;

/// Every node votes; the last one is a witness where that is said.
fn quorum(nodes: usize, witness: bool, seed: u64) -> World {
    let mut world = starting(nodes, seed);
    world.common.election.mode = Mode::Quorum((0..nodes).map(addr_of).collect());
    world.common.witness = witness.then(|| nodes - 1);
    started(world)
}

/// A minute after its start, node 0 leads and holds the address; what happened until then does not count.
fn started(mut world: World) -> World {
    for node in 0..world.size {
        run(&mut world, 1);
        world.start(node, 0);
    }
    run(&mut world, 60);
    assert_eq!(leader(&world), Some(0));
    assert_eq!(world.cloud.holder(0), Some(&*target_of(0)));
    world.cloud.moves.clear();
    world
}

fn leader(world: &World) -> Option<usize> {
    let mut leaders = (0..world.nodes.len()).filter(|i| world.nodes[*i].leads());
    let leader = leaders.next();
    assert_eq!(leaders.next(), None, "two lead");
    leader
}

fn each_quorum(nodes: usize, witness: bool, scenario: impl Fn(&mut World)) {
    for seed in 0..SEEDS {
        println!("{nodes} nodes, witness {witness}, seed {seed}");
        scenario(&mut quorum(nodes, witness, seed));
    }
}

#[test]
fn the_majority_moves_the_address_within_a_second_and_the_heal_moves_nothing() {
    for (nodes, witness, side) in [
        (3, false, vec![0]),
        (3, true, vec![0]),
        (5, false, vec![0]),
        (5, false, vec![0, 1]),
    ] {
        each_quorum(nodes, witness, |world| {
            let from = world.now;
            part(world, &side, Cut::Drop);
            run(world, 60);
            let moved = &world.cloud.moves;
            assert_eq!(moved.len(), 1, "{moved:?}");
            // The API of the simulator takes up to 0.2 s for each call, and a reading comes first.
            let took = moved[0].at.since(from);
            assert!(took < Duration::from_millis(1_600), "{took:?}");
            assert!(!world.nodes[0].leads(), "the minority has given up");
            inflict(world, &Fault::Heal);
            run(world, 60);
            assert_eq!(world.cloud.moves.len(), 1, "the heal moves nothing");
            assert!(leader(world).is_some());
        });
    }
}

#[test]
fn a_minority_without_the_leader_moves_nothing_however_long() {
    for (nodes, side) in [(3, vec![2]), (5, vec![3, 4]), (5, vec![1, 2])] {
        each_quorum(nodes, false, |world| {
            part(world, &side, Cut::Drop);
            run(world, 600);
            assert_eq!(leader(world), Some(0));
            inflict(world, &Fault::Heal);
            run(world, 60);
            assert!(world.cloud.moves.is_empty(), "{:?}", world.cloud.moves);
        });
    }
}

#[test]
fn where_nobody_has_a_majority_nothing_moves_and_the_last_leader_leads_again() {
    each_quorum(3, false, |world| {
        part(world, &[0], Cut::Drop);
        part(world, &[1], Cut::Drop);
        run(world, 60);
        assert_eq!(leader(world), None);
        inflict(world, &Fault::Heal);
        run(world, 60);
        assert_eq!(leader(world), Some(0));
        assert!(world.cloud.moves.is_empty(), "{:?}", world.cloud.moves);
    });
}

#[test]
fn two_of_three_that_die_leave_no_leader_and_one_that_comes_back_suffices() {
    each_quorum(3, false, |world| {
        world.set_power(0, Power::Crashed);
        world.set_power(1, Power::Crashed);
        run(world, 120);
        assert_eq!(leader(world), None, "one of three is no majority");
        // Its clock is an hour behind: it goes behind the cluster that had a leader all the same.
        world.start(1, -3_600_000_000);
        run(world, 60);
        assert_eq!(leader(world), Some(2));
        assert_eq!(world.cloud.holder(0), Some(&*target_of(2)));
    });
}

#[test]
fn a_majority_may_overwrite_a_holder_that_its_leader_never_followed() {
    each_quorum(3, false, |world| {
        // Node 1 starts anew without having heard of node 0, and becomes the leader.
        world.set_power(1, Power::Crashed);
        part(world, &[0], Cut::Drop);
        let end = world.now.after(Duration::from_millis(100));
        world.run_until(end);
        world.start(1, -3_600_000_000);
        run(world, 60);
        let now = leader(world).expect("the majority has one");
        assert_eq!(world.cloud.holder(0), Some(&*target_of(now)));
        assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
    });
}

#[test]
fn a_witness_lets_one_of_two_take_over_from_a_leader_that_falls_silent() {
    each_quorum(3, true, |world| {
        let from = world.now;
        world.set_power(0, Power::Off);
        run(world, 30);
        assert_eq!(leader(world), Some(1));
        let took = world.cloud.moves[0].at.since(from);
        assert!(took < Duration::from_millis(1_600), "{took:?}");
        world.start(0, 0);
        world.set_power(1, Power::Crashed);
        run(world, 60);
        assert_eq!(leader(world), Some(0), "and never the witness");
    });
}

#[test]
fn a_new_leader_that_has_no_answer_from_the_cloud_hands_over_to_one_that_has() {
    each(3, |world| {
        world.nodes[1].api_cut = true;
        world.set_power(0, Power::Crashed);
        run(world, 120);
        assert_eq!(leader(world), Some(2));
        assert_eq!(world.cloud.holder(0), Some(&*target_of(2)));
        assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
    });
}

#[test]
fn a_leader_that_holds_the_address_stays_though_the_cloud_does_not_answer_it() {
    each(3, |world| {
        world.nodes[0].api_cut = true;
        run(world, 600);
        assert!(world.nodes[0].leads());
        assert!(world.cloud.moves.is_empty(), "{:?}", world.cloud.moves);
    });
}

#[test]
fn where_the_cloud_answers_nobody_the_leader_stays() {
    each(3, |world| {
        for node in &mut world.nodes {
            node.api_cut = true;
        }
        world.set_power(0, Power::Crashed);
        run(world, 600);
        assert!(world.nodes[1].leads());
        world.nodes[1].api_cut = false;
        run(world, 60);
        assert_eq!(world.cloud.holder(0), Some(&*target_of(1)));
    });
}

#[test]
fn a_preferred_node_gets_the_address_once_all_has_been_well_for_the_hold_down() {
    for seed in 0..SEEDS {
        println!("seed {seed}");
        let mut world = starting(3, seed);
        world.common.preferences = vec![0, 0, 5];
        world.common.election.preference_hold = Duration::from_secs(300);
        // The simulator's followers touch the cloud only if they are asked to: here they need not.
        world.common.election.needs_target = false;
        let mut world = started(world);
        run(&mut world, 200);
        assert!(world.cloud.moves.is_empty(), "not yet");
        // A follower that restarts begins the hold-down anew.
        world.set_power(1, Power::Crashed);
        world.start(1, 0);
        run(&mut world, 200);
        assert!(world.cloud.moves.is_empty(), "nor now");
        run(&mut world, 300);
        assert_eq!(world.nodes.iter().position(Node::leads), Some(2));
        assert_eq!(world.cloud.holder(0), Some(&*target_of(2)));
        run(&mut world, 600);
        assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
    }
}
