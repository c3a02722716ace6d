//! A settled cluster to start from, and what is done to it.

use std::time::Duration;

use fastrand::Rng;
use les_core::{ElectionConfig, OnStranger};
use les_sim::cloud::Cloud;
use les_sim::discovery::Discovery;
use les_sim::faults::Fault;
use les_sim::invariants::one_leader_at_rest;
use les_sim::network::{Cut, Network};
use les_sim::node::{Common, target_of};
use les_sim::time::At;
use les_sim::world::World;

pub(crate) const SEEDS: u64 = 20;

/// `nodes` nodes started a second apart, settled: node 0 leads and holds the address.
pub(crate) fn settled(nodes: usize, seed: u64) -> World {
    let mut world = settling(nodes, seed, None);
    world.run_until(At::secs(30));
    assert!(world.nodes[0].leads(), "seed {seed}");
    assert_eq!(world.cloud.holder(0), Some(&*target_of(0)));
    world.cloud.moves.clear();
    world
}

/// The same before it has settled: the last one was just started.
pub(crate) fn settling(nodes: usize, seed: u64, discovery: Option<Discovery>) -> World {
    let mut world = not_started(nodes, seed, discovery);
    for index in 0..nodes {
        world.start(index, 0);
        world.run_until(At::secs(index as u64 + 1));
    }
    world
}

/// Nodes that are not started yet.
pub(crate) fn starting(nodes: usize, seed: u64) -> World {
    not_started(nodes, seed, None)
}

fn not_started(nodes: usize, seed: u64, discovery: Option<Discovery>) -> World {
    let mut rng = Rng::with_seed(seed);
    let common = Common {
        election: ElectionConfig::default(),
        tick: Duration::from_secs(5),
        addresses: 1,
        on_stranger: OnStranger::Repair,
        discovery,
        two_calls: false,
        plain: std::collections::BTreeSet::new(),
        preferences: Vec::new(),
        witness: None,
        probe: false,
    };
    let network = Network::new(nodes, (200, 2_000));
    World::new(
        nodes,
        common,
        network,
        Cloud::new(1, (20_000, 200_000)),
        rng.fork(),
    )
}

pub(crate) fn run(world: &mut World, seconds: u64) {
    let end = world.now.after(Duration::from_secs(seconds));
    world.run_until(end);
}

pub(crate) fn each(nodes: usize, scenario: impl Fn(&mut World)) {
    for seed in 0..SEEDS {
        println!("seed {seed}, {nodes} nodes");
        let mut world = settled(nodes, seed);
        scenario(&mut world);
        one_leader_at_rest(&world);
    }
}

pub(crate) fn inflict(world: &mut World, fault: &Fault) {
    let _ = world.inflict(fault);
}

/// Through the fault, so that the invariants know of it; mended by the test.
pub(crate) fn part(world: &mut World, side: &[usize], cut: Cut) {
    inflict(world, &Fault::Partition(side.to_vec(), cut, Duration::ZERO));
}
