//! A cluster at a moment of a schedule.

use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use fastrand::Rng;
use les_core::{ElectionConfig, Mode, OnStranger};
use les_sim::cloud::Cloud;
use les_sim::faults::Fault;
use les_sim::invariants::{bounded_moves, one_leader_at_rest};
use les_sim::network::Network;
use les_sim::node::{Common, Power, addr_of};
use les_sim::run::mend;
use les_sim::world::World;

use crate::choice::Choice;
use crate::model::Bound;

/// From one moment to the next: less than the silence that counts, so that each stage of a takeover is met.
const STEP: Duration = Duration::from_millis(700);
/// When the nodes have settled, before the first moment.
const SETTLED: Duration = Duration::from_secs(20);
/// After the last moment everything is mended; then there must be one leader, at rest.
const LIVENESS: Duration = Duration::from_secs(90);

/// A cluster, and how it came here.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) schedule: Vec<Choice>,
    /// The invariant that does not hold.
    pub(crate) broken: Option<String>,
}

/// What was done is what distinguishes states: everything else follows from it.
impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.schedule.hash(state);
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.schedule == other.schedule
    }
}

impl Eq for State {}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.schedule)
    }
}

impl State {
    /// A settled cluster: node 0 leads and holds the address.
    pub(crate) fn settled(bound: &Bound) -> Self {
        let mut election = ElectionConfig::default();
        if bound.quorum {
            election.mode = Mode::Quorum((0..bound.nodes).map(addr_of).collect());
        }
        let common = Common {
            election,
            tick: Duration::from_secs(5),
            addresses: 1,
            on_stranger: OnStranger::Repair,
            discovery: None,
            plain: Default::default(),
            preferences: Vec::new(),
            witness: None,
            probe: false,
            two_calls: false,
        };
        let network = Network::new(bound.nodes, (500, 500));
        let cloud = Cloud::new(1, (100_000, 100_000));
        let mut world = World::new(bound.nodes, common, network, cloud, Rng::with_seed(0));
        for node in 0..bound.nodes {
            world.start(node, 0);
            world.run_until(world.now.after(Duration::from_millis(300)));
        }
        world.run_until(world.now.after(SETTLED));
        Self {
            world,
            schedule: Vec::new(),
            broken: None,
        }
    }

    /// Events so far.
    pub(crate) fn events(&self) -> usize {
        self.schedule.iter().filter(|c| **c != Choice::Wait).count()
    }

    /// The cluster one moment later. After the last one it is mended and must come to rest.
    pub(crate) fn after(&self, choice: Choice, last: bool) -> Self {
        let mut next = self.clone();
        next.schedule.push(choice);
        let world = &mut next.world;
        let happens = AssertUnwindSafe(|| {
            choice.happen(world, STEP);
            bounded_moves(world);
            if last {
                come_to_rest(world);
            }
        });
        if let Err(panic) = catch_unwind(happens) {
            let text = panic.downcast_ref::<String>().cloned();
            let literal = || panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
            next.broken = text.or_else(literal).or_else(|| Some("a panic".into()));
        }
        next
    }
}

fn come_to_rest(world: &mut World) {
    mend(world);
    for node in 0..world.nodes.len() {
        if world.nodes[node].power != Power::Running {
            let _ = world.inflict(&Fault::Restart(node, 0));
        }
    }
    world.run_until(world.now.after(LIVENESS));
    one_leader_at_rest(world);
    bounded_moves(world);
}
