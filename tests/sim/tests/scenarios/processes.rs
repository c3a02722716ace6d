//! What happens to processes, hosts, the cloud, and the address itself.

use std::time::Duration;

use les_sim::cloud::CallFaults;
use les_sim::faults::{Fault, STRANGER};
use les_sim::node::{Power, target_of};

use crate::support::*;

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
            let end = world.now.after(Duration::from_millis(400));
            world.run_until(end);
            world.set_power(0, Power::Running);
            run(world, 30);
            assert!(world.nodes[0].leads() && world.cloud.moves.is_empty());
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
