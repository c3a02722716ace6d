//! Clusters that have no seeds and discover each other.

use std::time::Duration;

use les_core::Role;
use les_sim::discovery::Discovery;
use les_sim::invariants::one_leader_at_rest;
use les_sim::node::{Power, target_of};

use crate::support::*;

const PROMPT: Discovery = Discovery {
    first: (Duration::from_millis(1), Duration::from_millis(500)),
    interval: Duration::from_secs(60),
    failure: 0.0,
};
/// Long after the join window.
const LATE: Discovery = Discovery {
    first: (Duration::from_secs(3), Duration::from_secs(20)),
    ..PROMPT
};

#[test]
fn nodes_without_seeds_find_each_other_sooner_or_later() {
    for discovery in [PROMPT, LATE] {
        for nodes in 2..=5 {
            for seed in 0..SEEDS {
                println!("seed {seed}, {nodes} nodes, {discovery:?}");
                let mut world = settling(nodes, seed, Some(discovery));
                run(&mut world, 120);
                one_leader_at_rest(&world);
                assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
            }
        }
    }
}

#[test]
fn a_node_that_starts_again_is_found_joins_behind_and_moves_nothing() {
    for seed in 0..SEEDS {
        let mut world = settling(3, seed, Some(PROMPT));
        run(&mut world, 120);
        world.set_power(2, Power::Crashed);
        run(&mut world, 60);
        let leader = world.nodes.iter().position(|n| n.leads()).unwrap();
        let moves = world.cloud.moves.len();
        world.start(2, -3_600_000_000);
        run(&mut world, 60);
        one_leader_at_rest(&world);
        assert!(world.nodes[leader].leads(), "seed {seed}");
        assert_eq!(world.cloud.moves.len(), moves, "seed {seed}");
    }
}

#[test]
fn when_the_list_cannot_be_asked_nothing_changes_and_a_restart_remembers() {
    for seed in 0..SEEDS {
        let mut world = settling(3, seed, Some(PROMPT));
        run(&mut world, 60);
        world.common.discovery = Some(Discovery {
            failure: 1.0,
            ..PROMPT
        });
        let leader = world.nodes.iter().position(|n| n.leads()).unwrap();
        run(&mut world, 120);
        assert!(world.nodes[leader].leads(), "seed {seed}");
        assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
        let other = (leader + 1) % 3;
        world.set_power(other, Power::Crashed);
        run(&mut world, 10);
        world.start(other, 0);
        run(&mut world, 10);
        let follows = matches!(world.nodes[other].view.role, Role::Follower { .. });
        assert!(follows, "seed {seed}: {:?}", world.nodes[other].view.role);
        assert_eq!(world.cloud.holder(0), Some(&*target_of(leader)));
    }
}
