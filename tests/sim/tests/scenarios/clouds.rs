//! What the cloud and the shared address themselves have to say: versions, calls that land late, probes.

use std::time::Duration;

use les_sim::cloud::CallFaults;
use les_sim::faults::Fault;
use les_sim::network::Cut;
use les_sim::node::{Power, target_of};
use les_sim::world::World;

use crate::support::*;

/// Two nodes that know whether the shared address answers; node 0 leads.
fn pair_that_probes(seed: u64) -> World {
    let mut world = starting(2, seed);
    world.common.probe = true;
    for node in 0..2 {
        world.start(node, 0);
        run(&mut world, 1);
    }
    run(&mut world, 30);
    assert!(world.nodes[0].leads());
    world.cloud.moves.clear();
    world
}

fn each_pair(scenario: impl Fn(&mut World)) {
    for seed in 0..SEEDS {
        println!("two nodes that probe, seed {seed}");
        scenario(&mut pair_that_probes(seed));
    }
}

#[test]
fn two_nodes_are_split_and_the_address_answers_nothing_moves() {
    each_pair(|world| {
        part(world, &[0], Cut::Drop);
        run(world, 600);
        assert!(world.nodes[0].leads() && !world.nodes[1].leads());
        inflict(world, &Fault::Heal);
        run(world, 60);
        assert!(world.cloud.moves.is_empty(), "{:?}", world.cloud.moves);
    });
}

#[test]
fn the_leader_dies_behind_the_split_and_the_address_answers_no_more_one_move() {
    for power in [Power::Crashed, Power::Off, Power::Paused] {
        each_pair(|world| {
            part(world, &[0], Cut::Drop);
            run(world, 60);
            world.set_power(0, power);
            run(world, 15);
            assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
            assert_eq!(world.cloud.holder(0), Some(&*target_of(1)));
        });
    }
}

#[test]
fn two_nodes_are_split_and_nobody_can_tell_one_move_and_none_on_the_heal() {
    each(2, |world| {
        part(world, &[0], Cut::Drop);
        run(world, 600);
        assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
        inflict(world, &Fault::Heal);
        run(world, 60);
        assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
    });
}

/// The address is moved by hand and the leader's call to take it back hangs; the leader dies, the next one takes the address, and only then
/// the call lands.
fn a_call_of_the_dead_lands(world: &mut World, versioned: bool) {
    world.cloud.versioned = versioned;
    let late = CallFaults {
        late: 100,
        ..CallFaults::default()
    };
    inflict(world, &Fault::Cloud(late, Duration::ZERO));
    inflict(world, &Fault::HandMove(Some(1)));
    let writes = world.stats.writes;
    while world.stats.writes == writes {
        let soon = world.now.after(Duration::from_millis(10));
        world.run_until(soon);
    }
    inflict(world, &Fault::Crash(0));
    inflict(world, &Fault::EndCloud);
    // To the third node and back: whoever leads has written, whatever it found.
    inflict(world, &Fault::HandMove(Some(2)));
    run(world, 8);
    let leader = world.nodes.iter().position(les_sim::node::Node::leads);
    assert_eq!(leader, Some(1));
    assert_eq!(world.cloud.holder(0), Some(&*target_of(1)));
    world.cloud.moves.clear();
    run(world, 60);
    assert_eq!(world.cloud.holder(0), Some(&*target_of(1)));
}

#[test]
fn a_late_call_of_the_dead_is_fenced_where_the_cloud_compares_versions() {
    each(3, |world| {
        a_call_of_the_dead_lands(world, true);
        assert!(world.cloud.moves.is_empty(), "{:?}", world.cloud.moves);
        assert_eq!(world.stats.events.get("late_write_fenced"), Some(&1));
    });
}

#[test]
fn and_is_undone_once_where_it_does_not() {
    each(3, |world| {
        a_call_of_the_dead_lands(world, false);
        let moves = &world.cloud.moves;
        assert_eq!(moves.len(), 2, "there and back: {moves:?}");
        assert!(moves[0].late && !moves[1].late, "{moves:?}");
    });
}

/// The leader and its successor are each cut off from everybody and from the cloud; the third node takes the address, and all heals while its call is
/// under way, or some time later.
fn a_black_hole_heals(world: &mut World, later: Duration) {
    for (from, to) in [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)] {
        inflict(world, &Fault::OneWay(from, to, Duration::ZERO));
    }
    for node in [0, 1] {
        inflict(world, &Fault::ApiCut(node, Duration::ZERO));
    }
    let writes = world.stats.writes;
    while world.stats.writes == writes {
        let soon = world.now.after(Duration::from_millis(1));
        world.run_until(soon);
    }
    let heals = world.now.after(later);
    world.run_until(heals);
    inflict(world, &Fault::Heal);
    for node in [0, 1] {
        inflict(world, &Fault::EndApiCut(node));
    }
}

#[test]
fn a_black_hole_around_two_of_three_heals_while_the_address_moves_one_move() {
    for later in [0, 10, 50, 200, 1_000, 5_000] {
        each(3, |world| {
            println!("healed {later} ms later");
            a_black_hole_heals(world, Duration::from_millis(later));
            run(world, 60);
            let moves = &world.cloud.moves;
            assert_eq!(moves.len(), 1, "{moves:?}");
            assert_eq!(world.cloud.holder(0), Some(&*target_of(2)));
        });
    }
}
