//! Rows of the design's fault matrix that have no file of their own: each with the exact number of moves.

use std::time::Duration;

use les_sim::cloud::CallFaults;
use les_sim::faults::Fault;
use les_sim::network::Cut;
use les_sim::node::{Node, Power, target_of};
use les_sim::world::World;

use crate::support::*;

/// Sets one way in which calls fail.
type SetFault = fn(&mut CallFaults);

const HOUR_US: i64 = 3_600_000_000;

fn no_moves(world: &World) {
    assert!(world.cloud.moves.is_empty(), "{:?}", world.cloud.moves);
}

#[test]
fn the_leader_is_in_the_majority_and_the_cut_off_follower_moves_it_once_at_most() {
    for (nodes, side) in [(3, vec![2]), (3, vec![1]), (5, vec![4]), (5, vec![3, 4])] {
        each(nodes, |world| {
            part(world, &side, Cut::Drop);
            run(world, 60);
            let moves = world.cloud.moves.len();
            // One that hears nobody cannot tell this from the others' loss of power; two hear each other, and doubt themselves.
            assert!(moves <= 1, "{:?}", world.cloud.moves);
            inflict(world, &Fault::Heal);
            run(world, 60);
            assert_eq!(world.cloud.moves.len(), moves, "the heal moves nothing");
        });
    }
}

#[test]
fn the_holder_dies_behind_a_partition_and_a_live_node_holds_it_after_the_heal() {
    for nodes in 2..=5 {
        each(nodes, |world| {
            part(world, &[0], Cut::Drop);
            run(world, 30);
            let holder = (0..nodes).find(|i| world.cloud.holder(0) == Some(&*target_of(*i)));
            inflict(world, &Fault::Crash(holder.unwrap()));
            run(world, 30);
            inflict(world, &Fault::Heal);
            run(world, 30);
            let holder = (0..nodes).find(|i| world.cloud.holder(0) == Some(&*target_of(*i)));
            assert_eq!(world.nodes[holder.unwrap()].power, Power::Running);
            assert!(world.cloud.moves.len() <= 2, "{:?}", world.cloud.moves);
        });
    }
}

#[test]
fn the_successor_dies_before_its_call_lands_and_the_third_takes_it() {
    each(3, |world| {
        let hangs = CallFaults {
            timeout: 100,
            ..CallFaults::default()
        };
        inflict(world, &Fault::Crash(0));
        inflict(world, &Fault::Cloud(hangs, Duration::ZERO));
        let soon = world.now.after(Duration::from_secs(1));
        while !world.nodes[1].leads() && world.now < soon {
            let next = world.now.after(Duration::from_millis(1));
            world.run_until(next);
        }
        assert!(world.nodes[1].leads(), "the next in line is elected");
        inflict(world, &Fault::Crash(1));
        inflict(world, &Fault::EndCloud);
        no_moves(world);
        run(world, 60);
        assert_eq!(world.cloud.holder(0), Some(&*target_of(2)));
        assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
        // Two at least must run for the end of the scenario.
        inflict(world, &Fault::Restart(0, 0));
        run(world, 30);
        assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
    });
}

#[test]
fn a_follower_stopped_and_resumed_moves_nothing() {
    for (nodes, seconds) in [(2, 1), (3, 1), (3, 30), (5, 30), (5, 300)] {
        each(nodes, |world| {
            let follower = nodes - 1;
            inflict(world, &Fault::Pause(follower, Duration::ZERO));
            run(world, seconds);
            inflict(world, &Fault::Resume(follower));
            run(world, 60);
            no_moves(world);
            assert!(world.nodes[0].leads());
        });
    }
}

#[test]
fn clocks_that_step_move_nothing() {
    for nodes in 2..=5 {
        for step in [HOUR_US, -HOUR_US, -1_700_000_000_000_000] {
            each(nodes, |world| {
                for node in 0..nodes {
                    world.nodes[node].clock_offset += step;
                    run(world, 20);
                }
                no_moves(world);
                assert!(world.nodes[0].leads());
            });
        }
    }
}

#[test]
fn a_node_that_boots_in_1970_or_an_hour_off_joins_at_the_end_and_moves_nothing() {
    for offset in [HOUR_US, -HOUR_US, -1_700_000_000_000_000] {
        each(3, |world| {
            inflict(world, &Fault::Crash(2));
            run(world, 10);
            inflict(world, &Fault::Restart(2, offset));
            run(world, 60);
            no_moves(world);
            inflict(world, &Fault::Crash(0));
            run(world, 30);
            assert!(world.nodes[1].leads(), "the one that stayed is more senior");
            assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
        });
    }
}

#[test]
fn the_first_of_three_waits_alone_and_leads_when_a_second_comes() {
    for seed in 0..SEEDS {
        println!("seed {seed}");
        let mut world = starting(3, seed);
        world.start(0, 0);
        run(&mut world, 600);
        assert!(
            !world.nodes[0].leads(),
            "a lone node that never met anybody"
        );
        no_moves(&world);
        world.start(1, 0);
        run(&mut world, 10);
        assert!(world.nodes[0].leads());
        assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
    }
}

#[test]
fn whatever_the_api_does_the_address_comes_to_the_leader_and_stays() {
    let faults: [(&str, SetFault); 5] = [
        ("429", |f| f.throttled = 60),
        ("5xx", |f| f.transient = 60),
        ("timeout without effect", |f| f.timeout = 60),
        ("timeout after the effect", |f| f.effect_then_timeout = 90),
        ("stale readings", |f| f.stale = 100),
    ];
    for (name, set) in faults {
        println!("{name}");
        each(3, |world| {
            let mut faults = CallFaults::default();
            set(&mut faults);
            inflict(world, &Fault::Cloud(faults, Duration::ZERO));
            run(world, 30);
            no_moves(world);
            inflict(world, &Fault::Crash(0));
            // A reading and a write must succeed one after the other, and the pauses between failures grow to 13 s.
            run(world, 900);
            let leader = world.nodes.iter().position(Node::leads).unwrap();
            assert_eq!(world.cloud.holder(0), Some(&*target_of(leader)), "{name}");
            assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
        });
    }
}

#[test]
fn loss_of_one_to_five_percent_and_slow_links_move_nothing_in_an_hour() {
    for (loss, latency) in [
        (0.01, (200, 2_000)),
        (0.05, (200, 2_000)),
        (0.0, (50_000, 200_000)),
    ] {
        for seed in 0..4 {
            println!("loss {loss}, latency {latency:?} us, seed {seed}");
            let mut world = settled(3, seed);
            world.network.latency = latency;
            inflict(&mut world, &Fault::Loss(loss, Duration::ZERO));
            run(&mut world, 3600);
            no_moves(&world);
        }
    }
}

#[test]
fn ten_percent_loss_moves_nothing_in_a_day() {
    for seed in 0..2 {
        println!("seed {seed}");
        let mut world = settled(3, seed);
        inflict(&mut world, &Fault::Loss(0.1, Duration::ZERO));
        run(&mut world, 24 * 3600);
        no_moves(&world);
    }
}
