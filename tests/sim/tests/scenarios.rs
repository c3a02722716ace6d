//! Named scenarios on a whole cluster: the failures F1 to F4, F9, F22 to F24 of the reference, and rows of the fault matrix. Each one runs
//! with several seeds, since latencies and phases differ.

use std::time::Duration;

use fastrand::Rng;
use les_core::{ElectionConfig, OnStranger};
use les_sim::cloud::{CallFaults, Cloud};
use les_sim::faults::{Fault, STRANGER};
use les_sim::invariants::one_leader_at_rest;
use les_sim::network::{Cut, Network};
use les_sim::node::{Common, Power, target_of};
use les_sim::time::At;
use les_sim::world::World;

const SEEDS: u64 = 20;

/// `nodes` nodes started a second apart, settled: node 0 leads and holds the address.
fn settled(nodes: usize, seed: u64) -> World {
    let mut rng = Rng::with_seed(seed);
    let common = Common {
        election: ElectionConfig::default(),
        tick: Duration::from_secs(5),
        addresses: 1,
        on_stranger: OnStranger::Repair,
    };
    let network = Network::new(nodes, (200, 2_000));
    let mut world = World::new(
        nodes,
        common,
        network,
        Cloud::new(1, (20_000, 200_000)),
        rng.fork(),
    );
    for index in 0..nodes {
        world.start(index, 0);
        world.run_until(At::secs(index as u64 + 1));
    }
    world.run_until(At::secs(30));
    assert!(world.nodes[0].leads(), "seed {seed}");
    assert_eq!(world.cloud.holder(0), Some(&*target_of(0)));
    world.cloud.moves.clear();
    world
}

fn run(world: &mut World, seconds: u64) {
    let end = world.now.after(Duration::from_secs(seconds));
    world.run_until(end);
}

fn each(nodes: usize, scenario: impl Fn(&mut World)) {
    for seed in 0..SEEDS {
        println!("seed {seed}, {nodes} nodes");
        let mut world = settled(nodes, seed);
        scenario(&mut world);
        one_leader_at_rest(&world);
    }
}

fn inflict(world: &mut World, fault: &Fault) {
    let _ = world.inflict(fault);
}

/// Through the fault, so that the invariants know of it; mended by the test.
fn part(world: &mut World, side: &[usize], cut: Cut) {
    inflict(world, &Fault::Partition(side.to_vec(), cut, Duration::ZERO));
}

#[test]
fn f01_to_f03_a_partition_moves_the_address_once_and_its_heal_never() {
    for nodes in 2..=5 {
        for (side, cut) in [
            (vec![0], Cut::Drop),
            (vec![0], Cut::Reset),
            ((1..nodes).collect(), Cut::Drop),
        ] {
            each(nodes, |world| {
                part(world, &side, cut);
                run(world, 60);
                assert_eq!(
                    world.cloud.moves.len(),
                    1,
                    "the orphans act: {:?}",
                    world.cloud.moves
                );
                let holder = world.cloud.holder(0).map(str::to_owned);
                inflict(world, &Fault::Heal);
                run(world, 60);
                assert_eq!(
                    world.cloud.holder(0),
                    holder.as_deref(),
                    "the heal moves nothing"
                );
            });
        }
    }
}

#[test]
fn f04_repeated_partitions_move_it_at_most_once_each() {
    for nodes in 2..=5 {
        each(nodes, |world| {
            for partition in 1..=6 {
                let hold = world.rng.u64(1..40);
                let side = vec![world.rng.usize(0..nodes)];
                part(world, &side, Cut::Drop);
                run(world, hold);
                inflict(world, &Fault::Heal);
                run(world, 25);
                assert!(
                    world.cloud.moves.len() <= partition,
                    "{:?}",
                    world.cloud.moves
                );
            }
        });
    }
}

#[test]
fn a_short_partition_moves_nothing() {
    for nodes in 2..=5 {
        each(nodes, |world| {
            part(world, &[0], Cut::Drop);
            let end = world.now.after(Duration::from_millis(2500));
            world.run_until(end);
            inflict(world, &Fault::Heal);
            run(world, 30);
            assert!(world.cloud.moves.is_empty(), "{:?}", world.cloud.moves);
        });
    }
}

#[test]
fn t1_a_minority_that_hears_others_doubts_itself_before_it_acts() {
    each(5, |world| {
        part(world, &[3, 4], Cut::Drop);
        run(world, 7);
        world.network.heal();
        run(world, 30);
        assert!(world.cloud.moves.is_empty(), "{:?}", world.cloud.moves);
    });
}

#[test]
fn f02_the_holder_dies_after_the_heal_and_the_other_takes_it() {
    for nodes in 2..=5 {
        each(nodes, |world| {
            part(world, &[0], Cut::Drop);
            run(world, 40);
            inflict(world, &Fault::Heal);
            run(world, 20);
            let leader = world
                .nodes
                .iter()
                .position(les_sim::node::Node::leads)
                .unwrap();
            world.set_power(leader, Power::Crashed);
            run(world, 30);
            assert_eq!(world.cloud.moves.len(), 2);
        });
    }
}

#[test]
fn a_kill_moves_it_once_and_the_return_never() {
    for nodes in 2..=5 {
        each(nodes, |world| {
            world.set_power(0, Power::Crashed);
            run(world, 10);
            assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
            world.start(0, -3_600_000_000);
            run(world, 60);
            assert_eq!(
                world.cloud.moves.len(),
                1,
                "F19: back with a clock an hour slow: {:?}",
                world.cloud.moves
            );
        });
    }
}

#[test]
fn f22_a_quick_restart_moves_it_once_and_never_twice() {
    for nodes in 2..=5 {
        each(nodes, |world| {
            world.set_power(0, Power::Crashed);
            let end = world.now.after(Duration::from_millis(50));
            world.run_until(end);
            world.start(0, 0);
            run(world, 60);
            assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
        });
    }
}

#[test]
fn a_rolling_restart_of_the_juniors_moves_nothing_and_of_the_leader_once() {
    each(4, |world| {
        for index in (0..4).rev() {
            inflict(world, &Fault::Goodbye(index));
            run(world, 1);
            world.set_power(index, Power::Crashed);
            run(world, 2);
            world.start(index, 0);
            run(world, 5);
            assert_eq!(
                world.cloud.moves.len(),
                usize::from(index == 0),
                "{:?}",
                world.cloud.moves
            );
        }
    });
}

#[test]
fn t2_what_happens_to_followers_causes_no_write() {
    each(5, |world| {
        let writes = world.stats.writes;
        world.set_power(4, Power::Crashed);
        run(world, 20);
        inflict(world, &Fault::Goodbye(3));
        run(world, 20);
        world.set_power(2, Power::Paused);
        run(world, 20);
        world.set_power(2, Power::Running);
        world.start(4, 3_600_000_000);
        world.set_power(3, Power::Crashed);
        run(world, 30);
        assert_eq!(world.stats.writes, writes);
    });
}

#[test]
fn a_frozen_leader_is_replaced_once_and_writes_nothing_when_it_goes_on() {
    for nodes in 2..=5 {
        each(nodes, |world| {
            world.set_power(0, Power::Paused);
            run(world, 30);
            assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
            let writes = world.stats.writes;
            world.set_power(0, Power::Running);
            run(world, 30);
            assert_eq!(world.stats.writes, writes);
            assert_eq!(world.cloud.moves.len(), 1);
        });
    }
}

#[test]
fn a_leader_frozen_for_a_moment_stays() {
    for nodes in 2..=5 {
        each(nodes, |world| {
            world.set_power(0, Power::Paused);
            let end = world.now.after(Duration::from_millis(1500));
            world.run_until(end);
            world.set_power(0, Power::Running);
            run(world, 30);
            assert!(world.nodes[0].leads() && world.cloud.moves.is_empty());
        });
    }
}

#[test]
fn f09_one_way_cuts_deadlock_nobody() {
    for nodes in 2..=4 {
        for (from, to) in (0..nodes)
            .flat_map(|a| (0..nodes).map(move |b| (a, b)))
            .filter(|(a, b)| a != b)
        {
            each(nodes, |world| {
                world.network.set(from, to, Some(Cut::Drop));
                run(world, 90);
                let leaders = world.nodes.iter().filter(|n| n.leads()).count();
                assert_eq!(
                    leaders, 1,
                    "{from} cannot reach {to}: one leads all the same"
                );
                assert!(world.cloud.moves.len() <= 1);
                inflict(world, &Fault::Heal);
                run(world, 60);
                assert!(world.cloud.moves.len() <= 1, "{:?}", world.cloud.moves);
            });
        }
    }
}

#[test]
fn a_cut_that_a_third_node_does_not_see_moves_nothing() {
    for nodes in 3..=5 {
        each(nodes, |world| {
            world.network.set(0, 1, Some(Cut::Drop));
            world.network.set(1, 0, Some(Cut::Drop));
            run(world, 120);
            assert!(world.nodes[0].leads() && world.cloud.moves.is_empty());
            inflict(world, &Fault::Heal);
            run(world, 30);
        });
    }
}

#[test]
fn two_of_three_lose_power_and_the_last_one_acts() {
    for seed in 0..SEEDS {
        let mut world = settled(3, seed);
        world.set_power(0, Power::Off);
        world.set_power(1, Power::Off);
        run(&mut world, 60);
        assert_eq!(world.cloud.holder(0), Some(&*target_of(2)), "seed {seed}");
    }
}

#[test]
fn f24_a_call_of_the_old_leader_that_lands_late_is_moved_back() {
    for nodes in 2..=5 {
        each(nodes, |world| {
            part(world, &[0], Cut::Drop);
            run(world, 22);
            let holder = world.cloud.holder(0).map(str::to_owned);
            assert_ne!(
                holder.as_deref(),
                Some(&*target_of(0)),
                "the others took it"
            );
            world
                .cloud
                .apply(world.now, 0, Some(target_of(0)), true, false);
            run(world, 6);
            assert_eq!(
                world.cloud.holder(0),
                holder.as_deref(),
                "moved back at the next verification or tick"
            );
            inflict(world, &Fault::Heal);
            run(world, 60);
            assert_eq!(world.cloud.holder(0), holder.as_deref());
        });
    }
}

#[test]
fn somebody_moves_the_address_by_hand_and_it_comes_back() {
    for to in [STRANGER.to_owned(), target_of(1)] {
        each(3, |world| {
            world
                .cloud
                .apply(world.now, 0, Some(to.clone()), false, true);
            run(world, 8);
            assert_eq!(
                world.cloud.holder(0),
                Some(&*target_of(0)),
                "within a tick and a poll"
            );
        });
    }
}

#[test]
fn the_cloud_is_down_for_a_minute_while_the_leader_dies() {
    each(3, |world| {
        world.cloud.faults = CallFaults {
            transient: 100,
            ..CallFaults::default()
        };
        world.set_power(0, Power::Crashed);
        run(world, 60);
        assert!(world.cloud.moves.is_empty());
        world.cloud.faults = CallFaults::default();
        run(world, 30);
        assert_eq!(world.cloud.moves.len(), 1);
    });
}

#[test]
fn two_percent_loss_for_an_hour_moves_nothing() {
    for nodes in 2..=5 {
        let mut world = settled(nodes, nodes as u64);
        world.network.loss = 0.02;
        run(&mut world, 3600);
        assert!(world.stats.lost_messages > 100);
        assert!(
            world.cloud.moves.is_empty(),
            "{nodes} nodes: {:?}",
            world.cloud.moves
        );
    }
}

#[test]
fn five_nodes_cut_for_ten_minutes_move_it_once_in_all() {
    for side in [vec![0, 1], vec![0]] {
        each(5, |world| {
            part(world, &side, Cut::Drop);
            run(world, 600);
            inflict(world, &Fault::Heal);
            run(world, 60);
            assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
        });
    }
}

#[test]
fn a_fresh_side_of_a_partition_that_never_met_the_holder_takes_nothing() {
    for seed in 0..SEEDS {
        let mut world = settled(4, seed);
        for fresh in [2, 3] {
            world.set_power(fresh, Power::Crashed);
        }
        run(&mut world, 10);
        part(&mut world, &[2, 3], Cut::Drop);
        world.start(2, 0);
        world.start(3, 0);
        run(&mut world, 300);
        assert!(
            world.nodes[2].leads() || world.nodes[3].leads(),
            "seed {seed}: they elect"
        );
        assert!(
            world.cloud.moves.is_empty(),
            "seed {seed}: {:?}",
            world.cloud.moves
        );
        inflict(&mut world, &Fault::Heal);
        run(&mut world, 60);
        assert!(
            world.cloud.moves.is_empty(),
            "seed {seed}: {:?}",
            world.cloud.moves
        );
    }
}
