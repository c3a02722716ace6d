//! One simulated process: an election, one arbiter per address, and the thin driver around them.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use les_core::{
    Addr, Arbiter, ArbiterConfig, Election, ElectionConfig, Epoch, Identity, Incarnation, NodeId,
    OnStranger, View,
};

use crate::cloud::{CALL_TIMEOUT, SETTLE};
use crate::discovery::Discovery;
use crate::event::Event;
use crate::time::At;

/// What state a process and its host are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// It runs.
    Running,
    /// It is stopped (SIGSTOP): its host takes connections, nobody answers.
    Paused,
    /// It is dead, its host is up: connections are refused.
    Crashed,
    /// Its host is off: nothing comes back.
    Off,
}

/// A call in flight.
#[derive(Clone, Debug)]
pub struct Call {
    /// Tells its end from that of an abandoned one.
    pub id: u64,
    /// When it began.
    pub begun: At,
    /// It writes.
    pub write: bool,
    /// The reign it belongs to.
    pub reign: (les_core::Time, Epoch),
}

/// One address at one node.
#[derive(Clone, Debug)]
pub struct AddressDriver {
    /// The decisions.
    pub arbiter: Arbiter,
    /// The one call in flight.
    pub call: Option<Call>,
    /// When to ask the arbiter again.
    pub wake: Option<At>,
    /// Failures in a row, for the back-off.
    pub attempts: u32,
    /// The reign in which a write last succeeded.
    pub succeeded_in: Option<les_core::Time>,
}

/// One simulated node over all its lives.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its advertised address.
    pub addr: Addr,
    /// Where it listens.
    pub at: SocketAddr,
    /// Who it is in the cloud.
    pub target: String,
    /// How wrong its wall clock is, in microseconds.
    pub clock_offset: i64,
    /// Its state.
    pub power: Power,
    /// Rises with every start, so that events of a former life are dropped.
    pub life: u64,
    /// The election of the present life.
    pub election: Election,
    /// The snapshot after the last input.
    pub view: View,
    /// The addresses.
    pub addresses: Vec<AddressDriver>,
    /// What arrived while it was paused.
    pub deferred: Vec<Event>,
    /// When the timer was last set for.
    pub wake: Option<At>,
    /// Its process is dead; until then its listener is not.
    pub listens_until: At,
    /// It speaks the protocol of the versions before `/watch`.
    pub plain: bool,
    /// The cloud cannot be reached from here.
    pub api_cut: bool,
    /// A try to reach the cloud is planned or under way.
    pub tries_reach: bool,
    /// When it was stopped last.
    pub paused_at: At,
    /// Whom it has asked anything since its start, or since it went on after a stop that it cannot miss.
    pub asked: BTreeSet<Addr>,
    /// The last reign acknowledged, over all inputs of this life.
    pub acknowledged: Epoch,
}

/// What all nodes of a run have in common.
#[derive(Clone, Debug)]
pub struct Common {
    /// Election settings, without seeds.
    pub election: ElectionConfig,
    /// The reconcile tick.
    pub tick: Duration,
    /// Number of addresses.
    pub addresses: usize,
    /// What to do about strangers.
    pub on_stranger: OnStranger,
    /// Nodes have no seeds and discover each other; without it every node is a seed.
    pub discovery: Option<Discovery>,
    /// Nodes that start without streams, as the versions before `/watch` do.
    pub plain: BTreeSet<usize>,
    /// The weight of each node as a home of the addresses; missing ones have none.
    pub preferences: Vec<u32>,
    /// A node that confirms and never leads, and is no machine of the cloud.
    pub witness: Option<usize>,
    /// Nodes probe the shared address, by the public network.
    pub probe: bool,
    /// The cloud frees an address by one call and assigns it by another.
    pub two_calls: bool,
}

/// The advertised address of node `index`.
#[must_use]
pub fn addr_of(index: usize) -> Addr {
    let text = format!("10.0.0.{}:4000", index + 1);
    text.parse()
        .unwrap_or_else(|e| unreachable!("a literal address: {e}"))
}

/// The node's name in the cloud.
#[must_use]
pub fn target_of(index: usize) -> String {
    format!("machine-{}", index + 1)
}

impl Node {
    /// Starts (or restarts) node `index` at `at`.
    #[must_use]
    pub fn start(index: usize, life: u64, common: &Common, clock_offset: i64, at: At) -> Self {
        let addr = addr_of(index);
        let identity = Identity {
            addr: addr.clone(),
            id: NodeId(index as u128 + 1),
            inc: Incarnation(((index as u128) << 64) + u128::from(life)),
        };
        let now = at.now(clock_offset);
        let config = ElectionConfig {
            watch: !common.plain.contains(&index),
            witness: common.witness == Some(index),
            preference: common.preferences.get(index).copied().unwrap_or_default(),
            ..common.election.clone()
        };
        let election = Election::new(identity, config, now);
        let view = election.view(now);
        Self {
            at: SocketAddr::from(([10, 0, 0, u8::try_from(index).unwrap_or(u8::MAX) + 1], 4000)),
            addr,
            target: target_of(index),
            clock_offset,
            power: Power::Running,
            life,
            election,
            view,
            addresses: (0..common.addresses)
                .map(|i| AddressDriver::new(i, index, common))
                .collect(),
            deferred: Vec::new(),
            wake: None,
            listens_until: at,
            plain: common.plain.contains(&index),
            api_cut: false,
            tries_reach: false,
            paused_at: at,
            asked: BTreeSet::new(),
            acknowledged: Epoch::NONE,
        }
    }

    /// It runs and leads.
    #[must_use]
    pub fn leads(&self) -> bool {
        self.power == Power::Running && self.view.leads()
    }
}

/// The name of address `index` at the provider.
#[must_use]
pub fn address_name(index: usize) -> String {
    format!("203.0.113.{}", index + 1)
}

impl AddressDriver {
    fn new(address: usize, node: usize, common: &Common) -> Self {
        let mut arbiter = Arbiter::new(ArbiterConfig {
            address: address_name(address),
            provider: "sim".into(),
            tick: common.tick,
            settle: SETTLE,
            // A look, a call that frees and a call that assigns, each as slow as can be.
            request_timeout: CALL_TIMEOUT * if common.two_calls { 3 } else { 1 },
            moves_in_one_call: !common.two_calls,
            free_may_be_moving: common.two_calls,
            on_stranger: common.on_stranger,
        });
        arbiter.set_target(target_of(node));
        Self {
            arbiter,
            call: None,
            wake: None,
            attempts: 0,
            succeeded_in: None,
        }
    }
}
