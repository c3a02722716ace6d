//! How long things take in simulated time, which no noise disturbs: V1, V2 and V6 of the design, and the rows of the fault matrix that name one.
//!
//! The network's latency is 0.2 to 2 ms one way; the cloud's call arrives 10 to 100 ms after it was sent.

use std::time::Duration;

use les_core::{ElectionConfig, Role};
use les_sim::faults::Fault;
use les_sim::network::Cut;
use les_sim::node::{Power, target_of};
use les_sim::time::At;
use les_sim::world::World;

use crate::support::*;

const MS: Duration = Duration::from_millis(1);
/// Longest round trip between nodes.
const RTT: Duration = Duration::from_millis(4);

/// How long until another node than `leader` has sent a write; the world stands still then.
fn until_write(world: &mut World, most: Duration) -> Duration {
    let (began, writes) = (world.now, world.stats.writes);
    while world.stats.writes == writes {
        let waited = world.now.since(began);
        assert!(waited < most, "no write within {most:?}");
        world.run_until(world.now.after(MS));
    }
    world.now.since(began)
}

/// One death in twenty resets its streams, which proves nothing: the silence decides.
fn was_reset(world: &World) -> bool {
    world.stats.events.contains_key("stream_broken")
}

#[test]
fn v1_after_a_kill_the_call_is_sent_within_milliseconds() {
    // Up to 16 ms of it are the dying process's, whose listener may outlive its streams.
    let most = Duration::from_millis(16) + RTT * 3 + Duration::from_millis(25);
    for nodes in 2..=5 {
        each(nodes, |world| {
            world.set_power(0, Power::Crashed);
            let took = until_write(world, Duration::from_secs(3));
            assert!(was_reset(world) || took <= most, "{took:?}");
            run(world, 20);
            assert_eq!(world.cloud.moves.len(), 1);
        });
    }
}

#[test]
fn v2_a_frozen_or_cut_off_leader_is_replaced_within_the_silence() {
    let silence = ElectionConfig::default().silence_after;
    for nodes in 3..=5 {
        for frozen in [true, false] {
            each(nodes, |world| {
                if frozen {
                    world.set_power(0, Power::Paused);
                } else {
                    part(world, &[0], Cut::Drop);
                }
                let (began, mut elected) = (world.now, false);
                while !elected {
                    world.run_until(world.now.after(MS));
                    elected = world.nodes[1..].iter().any(|n| n.leads());
                    let took = world.now.since(began);
                    assert!(took <= silence + RTT * 4 + 50 * MS, "{took:?}");
                }
                run(world, 30);
                inflict(world, &Fault::Heal);
                world.set_power(0, Power::Running);
                run(world, 30);
                assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
            });
        }
    }
}

#[test]
fn a_leader_killed_while_another_node_is_frozen_is_replaced_within_the_silence_of_that_one() {
    each(3, |world| {
        world.set_power(2, Power::Paused);
        world.set_power(0, Power::Crashed);
        let began = world.now;
        while !world.nodes[1].leads() {
            world.run_until(world.now.after(MS));
            let took = world.now.since(began);
            let most = if was_reset(world) { 7000 } else { 1000 };
            assert!(took <= most * MS, "{took:?}");
        }
        world.set_power(2, Power::Running);
        run(world, 30);
        assert_eq!(world.cloud.moves.len(), 1);
    });
}

#[test]
fn where_a_majority_confirms_nobody_waits_for_who_is_frozen() {
    each(5, |world| {
        world.set_power(4, Power::Paused);
        world.set_power(0, Power::Crashed);
        let began = world.now;
        while !world.nodes[1].leads() {
            world.run_until(world.now.after(MS));
            let took = world.now.since(began);
            let most = if was_reset(world) { 1000 } else { 300 };
            assert!(took <= most * MS, "{took:?}");
        }
        world.set_power(4, Power::Running);
        run(world, 30);
        assert_eq!(world.cloud.moves.len(), 1);
    });
}

#[test]
fn v6_who_retires_is_succeeded_at_once_and_exits_when_the_address_is_moved() {
    for nodes in 2..=5 {
        each(nodes, |world| {
            inflict(world, &Fault::Retire(0, Duration::ZERO));
            let took = until_write(world, Duration::from_secs(1));
            assert!(took <= RTT * 3 + 2 * MS, "{took:?}");
            assert_eq!(world.stats.events.get("licence_blind_takeover"), Some(&1));
            run(world, 5);
            assert_eq!(world.cloud.holder(0), Some(&*target_of(1)));
            let follows = matches!(world.nodes[0].view.role, Role::Follower { .. });
            assert!(follows, "{:?}", world.nodes[0].view.role);
            inflict(world, &Fault::Goodbye(0));
            run(world, 1);
            world.set_power(0, Power::Crashed);
            run(world, 30);
            assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
        });
    }
}

#[test]
fn a_hand_over_goes_to_whom_it_is_given_and_the_old_leader_is_last_in_line() {
    each(4, |world| {
        inflict(world, &Fault::HandOver(0, Some(3)));
        let took = until_write(world, Duration::from_secs(1));
        assert!(took <= RTT * 3 + 2 * MS, "{took:?}");
        run(world, 30);
        assert!(world.nodes[3].leads());
        assert_eq!(world.cloud.moves.len(), 1);
        world.set_power(3, Power::Crashed);
        run(world, 5);
        assert!(world.nodes[1].leads(), "the old leader went to the end");
    });
}

#[test]
fn a_chosen_successor_that_dies_at_that_moment_delays_and_does_not_block() {
    each(3, |world| {
        inflict(world, &Fault::HandOver(0, Some(2)));
        world.set_power(2, Power::Off);
        run(world, 30);
        let leaders = world.nodes.iter().filter(|n| n.leads()).count();
        assert_eq!(leaders, 1);
        assert!(world.cloud.moves.len() <= 1, "{:?}", world.cloud.moves);
    });
}

#[test]
fn a_drained_leader_hands_over_never_leads_again_and_returns_last() {
    each(3, |world| {
        inflict(world, &Fault::Drain(0, Duration::ZERO));
        run(world, 5);
        assert!(world.nodes[1].leads());
        world.set_power(1, Power::Crashed);
        run(world, 5);
        assert!(world.nodes[2].leads(), "not the drained one");
        inflict(world, &Fault::Undrain(0));
        run(world, 5);
        assert_eq!(world.cloud.moves.len(), 2);
        world.set_power(2, Power::Crashed);
        run(world, 10);
        assert!(world.nodes[0].leads());
    });
}

#[test]
fn loss_stalls_streams_and_moves_nothing() {
    for (loss, nodes) in [(0.01, 3), (0.05, 2), (0.05, 3), (0.1, 3)] {
        each(nodes, |world| {
            world.network.loss = loss;
            run(world, 600);
            world.network.loss = 0.0;
            run(world, 10);
            assert!(world.cloud.moves.is_empty(), "{:?}", world.cloud.moves);
            assert!(world.nodes[0].leads());
        });
    }
}

#[test]
fn a_proxy_that_closes_streams_moves_nothing() {
    each(3, |world| {
        for _ in 0..200 {
            inflict(world, &Fault::CloseStreams(0));
            world.run_until(world.now.after(100 * MS));
        }
        run(world, 10);
        assert!(world.cloud.moves.is_empty() && world.nodes[0].leads());
        assert!(world.stats.events["stream_closed"] > 20);
    });
}

#[test]
fn a_cold_start_has_a_leader_within_a_second_and_a_half() {
    for nodes in 2..=5 {
        for seed in 0..SEEDS {
            let mut world = starting(nodes, seed);
            for index in 0..nodes {
                world.start(index, 0);
            }
            world.run_until(At::ms(1500));
            assert!(world.nodes.iter().any(|n| n.leads()), "seed {seed}");
        }
    }
}

#[test]
fn an_upgrade_of_every_node_from_polling_to_streams_moves_it_once() {
    for seed in 0..SEEDS {
        let mut world = starting(3, seed);
        world.common.plain = (0..3).collect();
        for index in 0..3 {
            world.start(index, 0);
            run(&mut world, 1);
        }
        run(&mut world, 30);
        assert_eq!(world.cloud.holder(0), Some(&*target_of(0)));
        world.cloud.moves.clear();
        for index in (0..3).rev() {
            inflict(&mut world, &Fault::Goodbye(index));
            run(&mut world, 1);
            world.set_power(index, Power::Crashed);
            world.common.plain.remove(&index);
            run(&mut world, 1);
            world.start(index, 0);
            run(&mut world, 10);
        }
        assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
    }
}
