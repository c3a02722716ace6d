//! One run: a cluster from a seed, a safety phase with faults, a liveness phase without.

use std::collections::BTreeSet;
use std::time::Duration;

use fastrand::Rng;
use les_core::{ElectionConfig, Ineligible, Input, Mode, OnStranger};

use crate::cloud::{CallFaults, Cloud};
use crate::discovery::Discovery;
use crate::faults::Fault;
use crate::invariants::{bounded_moves, one_leader_at_rest};
use crate::network::Network;
use crate::node::{Common, Power, addr_of};
use crate::stats::Stats;
use crate::time::At;
use crate::world::World;

/// When the faults end.
const LAST_FAULT: At = At::secs(450);
/// When everything that was broken is mended.
const MENDED: At = At::secs(480);
/// The length of a run.
pub const SPAN: Duration = Duration::from_secs(600);
/// Its end.
const END: At = At::secs(SPAN.as_secs());

/// What a run was.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its seed.
    pub seed: u64,
    /// What happened how often.
    pub stats: Stats,
}

/// Runs one seed. Panics where an invariant does not hold.
#[must_use]
pub fn run_seed(seed: u64, trace: bool) -> Report {
    run(seed, trace, false)
}

/// The same with a fault every eight seconds, whatever the seed says.
#[must_use]
pub fn run_dense(seed: u64, trace: bool) -> Report {
    run(seed, trace, true)
}

fn run(seed: u64, trace: bool, dense: bool) -> Report {
    let mut rng = Rng::with_seed(seed);
    // By the seed itself, so that the other clusters are the same with and without it.
    let discovery = (seed % 5 == 4).then_some(Discovery::RANDOM);
    let mut world = draw_world(&mut rng, discovery);
    world.common.two_calls = seed % 7 == 3;
    world.cloud.versioned = seed % 3 == 1 && !world.common.two_calls;
    world.common.probe = seed % 9 == 5;
    // A rolling upgrade that never ends: some nodes of every sixth cluster are of a version without streams.
    if seed % 6 == 1 {
        world.common.plain = (0..world.size).filter(|i| i % 2 == 0).collect();
    }
    // Two nodes and more have a witness beside them, in either mode; in quorum mode all of them vote.
    if seed % 8 >= 6 && world.size >= 3 {
        world.common.witness = Some(world.size - 1);
    }
    if seed % 4 == 2 || seed % 8 == 7 {
        world.common.election.mode = Mode::Quorum((0..world.size).map(addr_of).collect());
    }
    // Of a few clusters the youngest is preferred.
    if seed % 10 == 9 {
        world.common.preferences = (0..world.size as u32).collect();
        world.common.election.preference_hold = Duration::from_secs(20);
    }
    world.trace = trace;
    cold_start(&mut world);
    suffer(&mut world, dense);
    world.run_until(MENDED);
    mend(&mut world);
    world.run_until(END);
    one_leader_at_rest(&world);
    bounded_moves(&world);
    world.stats.moves = world.cloud.moves.len() as u64;
    Report {
        seed,
        stats: world.stats,
    }
}

fn draw_world(rng: &mut Rng, discovery: Option<Discovery>) -> World {
    let nodes = rng.usize(2..=5);
    let latency = [(100, 300), (500, 5_000), (5_000, 60_000)][rng.usize(0..3)];
    // `fast`, `default` and `wan`, whichever the network allows.
    let profile = if latency.1 < 1_000 {
        (50, 300)
    } else if latency.1 < 10_000 {
        (100, 800)
    } else {
        (250, 2500)
    };
    let api = [(20_000, 200_000), (200_000, 3_000_000)][rng.usize(0..2)];
    let (beat, silence_after) = profile;
    let election = ElectionConfig {
        poll_interval: Duration::from_millis([250, 1000, 1000, 2000][rng.usize(0..4)]),
        beat: Duration::from_millis(beat),
        silence_after: Duration::from_millis(silence_after),
        ..ElectionConfig::default()
    };
    let common = Common {
        election,
        tick: Duration::from_secs(rng.u64(2..=8)),
        addresses: rng.usize(1..=2),
        on_stranger: if rng.bool() {
            OnStranger::Repair
        } else {
            OnStranger::Always
        },
        discovery,
        two_calls: false,
        plain: BTreeSet::new(),
        preferences: Vec::new(),
        witness: None,
        probe: false,
    };
    let mut cloud = Cloud::new(common.addresses, api);
    cloud.reports_status = rng.bool();
    World::new(
        nodes,
        common,
        Network::new(nodes, latency),
        cloud,
        rng.fork(),
    )
}

/// Together, or one by one; with clocks that are right, an hour wrong, or at 1970.
fn cold_start(world: &mut World) {
    let nodes = world.size;
    let spread = [1_000, 3_000_000, 20_000_000][world.rng.usize(0..3)];
    let mut starts: Vec<u64> = (0..nodes).map(|_| world.rng.u64(0..spread)).collect();
    starts.sort_unstable();
    for (index, start) in starts.into_iter().enumerate() {
        world.run_until(At(start));
        let offset = [0, 0, 0, 3_600_000_000, -3_600_000_000][world.rng.usize(0..5)];
        world.start(index, offset);
    }
}

fn suffer(world: &mut World, dense: bool) {
    let mut pending: Vec<(At, Fault)> = Vec::new();
    let mut strangers_left = if world.common.on_stranger == OnStranger::Always {
        3
    } else {
        1
    };
    let mean_gap = [8.0, 25.0, 70.0][world.rng.usize(0..3)];
    let mean_gap = if dense { 8.0 } else { mean_gap };
    let mut next = At::secs(40);
    while next < LAST_FAULT || !pending.is_empty() {
        pending.sort_by_key(|(at, _)| *at);
        match pending
            .first()
            .filter(|(at, _)| *at <= next || next >= LAST_FAULT)
            .cloned()
        {
            Some((at, fault)) => {
                pending.remove(0);
                world.run_until(at);
                pending.extend(world.inflict(&fault));
            }
            None => {
                world.run_until(next);
                if let Some(fault) = world.draw_fault(&mut strangers_left) {
                    pending.extend(world.inflict(&fault));
                }
                let gap = -mean_gap * (1.0 - world.rng.f64()).ln();
                next = next.after(Duration::from_secs_f64(gap.clamp(0.01, 200.0)));
            }
        }
        bounded_moves(world);
    }
}

/// What an operator began and could not end, since the node was stopped just then.
fn finish_orders(world: &mut World, node: usize) {
    if world.nodes[node].power != Power::Running {
        return;
    }
    world.input(node, Input::Drain(false));
    if world.nodes[node]
        .view
        .ineligible
        .contains(&Ineligible::Leaving)
    {
        world.set_power(node, Power::Crashed);
        world.start(node, 0);
    }
}

/// Mends everything. Hosts without power get it back unless the cloud tells that they are off; dead processes stay dead as long as two
/// nodes run (a lone node that never met anybody must not lead).
pub fn mend(world: &mut World) {
    let _ = world.inflict(&Fault::Heal);
    world.network.loss = 0.0;
    world.network.slow.fill(Duration::ZERO);
    world.cloud.faults = CallFaults::default();
    for index in 0..world.nodes.len() {
        world.nodes[index].api_cut = false;
        match world.nodes[index].power {
            Power::Paused => world.set_power(index, Power::Running),
            Power::Off if !world.cloud.reports_status => world.start(index, 0),
            Power::Running | Power::Crashed | Power::Off => {}
        }
        finish_orders(world, index);
    }
    for index in 0..world.nodes.len() {
        let running = world
            .nodes
            .iter()
            .filter(|n| n.power == Power::Running)
            .count();
        let enough = match &world.common.election.mode {
            Mode::Open => 2,
            Mode::Quorum(voters) => 2.max(voters.len() / 2 + 1),
        };
        if running < enough && world.nodes[index].power != Power::Running {
            world.start(index, 0);
        }
    }
}
