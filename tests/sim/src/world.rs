//! The whole cluster in one thread: events in the order of simulated time, every random choice from one generator.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::time::Duration;

use fastrand::Rng;
use les_core::{Addr, Input, Notice, Output, PollId};

use crate::cloud::Cloud;
use crate::event::{Event, Scheduled};
use crate::invariants::Watch;
use crate::network::Network;
use crate::node::{Common, Node, Power};
use crate::stats::Stats;
use crate::streams::SimStream;
use crate::time::At;

/// How long the listener of a killed process may outlive its streams: what was measured of a process of 200 MB.
const MAX_DYING_US: u64 = 16_000;

/// The run.
#[derive(Clone)]
pub struct World {
    /// The present moment.
    pub now: At,
    /// The only source of chance.
    pub rng: Rng,
    /// Settings.
    pub common: Common,
    /// The nodes that have been started.
    pub nodes: Vec<Node>,
    /// How many there will be.
    pub size: usize,
    /// The network.
    pub network: Network,
    /// The cloud.
    pub cloud: Cloud,
    /// How often each kind of thing happened.
    pub stats: Stats,
    /// The invariants.
    pub watch: Watch,
    /// Print what happens.
    pub trace: bool,
    queue: BinaryHeap<Reverse<Scheduled>>,
    next_event: u64,
    /// What each node's last discovery found, kept over its lives.
    pub(crate) remembered: BTreeMap<usize, Vec<Addr>>,
    /// Whom the present reign of each node replaced without need, and whether a minority elected it.
    pub(crate) unneeded: BTreeMap<usize, (Vec<usize>, bool)>,
    pub(crate) streams: Vec<SimStream>,
    pub(crate) next_call: u64,
    /// Writes that the cloud refused, and that have not yet returned.
    pub(crate) fenced_calls: BTreeSet<u64>,
    pub(crate) settled_polls: BTreeMap<(usize, u64, PollId), ()>,
}

impl World {
    /// `count` nodes that start at the given moments, all seeds of each other unless they discover each other.
    #[must_use]
    pub fn new(count: usize, mut common: Common, network: Network, cloud: Cloud, rng: Rng) -> Self {
        common.election.discovers = common.discovery.is_some();
        if common.discovery.is_none() {
            common.election.seeds = (0..count).map(crate::node::addr_of).collect();
        }
        common.election.needs_target = true;
        Self {
            now: At::default(),
            rng,
            nodes: Vec::new(),
            size: count,
            common,
            network,
            cloud,
            stats: Stats::default(),
            watch: Watch::default(),
            trace: false,
            queue: BinaryHeap::new(),
            next_event: 0,
            remembered: BTreeMap::new(),
            unneeded: BTreeMap::new(),
            streams: Vec::new(),
            next_call: 0,
            fenced_calls: BTreeSet::new(),
            settled_polls: BTreeMap::new(),
        }
    }

    /// Plans an event.
    pub fn at(&mut self, at: At, event: Event) {
        self.next_event += 1;
        self.queue
            .push(Reverse(Scheduled(at.max(self.now), self.next_event, event)));
    }

    /// Prints a line of the trace.
    pub fn say(&self, text: &dyn Fn() -> String) {
        if self.trace {
            println!(
                "{:>12.6} {}",
                self.now.since(At::default()).as_secs_f64(),
                text()
            );
        }
    }

    /// Lets the world run until `end`.
    pub fn run_until(&mut self, end: At) {
        let mut still = 0_u32;
        while let Some(Reverse(Scheduled(at, ..))) = self.queue.peek() {
            if *at > end {
                break;
            }
            // A livelock fails, it never hangs.
            still = if *at == self.now { still + 1 } else { 0 };
            assert!(
                still < 10_000,
                "livelock at {:?}: {:?}",
                self.now,
                self.queue.peek().map(|e| &e.0.2)
            );
            let Some(Reverse(Scheduled(at, _, event))) = self.queue.pop() else {
                break;
            };
            self.now = at;
            self.happen(event);
        }
        self.now = self.now.max(end);
    }

    /// Starts node `index` anew; the nodes before it must have been started once.
    pub fn start(&mut self, index: usize, clock_offset: i64) {
        self.settle_streams();
        if index < self.nodes.len() {
            self.end_streams_of(index, Power::Off);
        }
        let life = self.nodes.get(index).map_or(1, |n| n.life + 1);
        let node = Node::start(index, life, &self.common, clock_offset, self.now);
        self.say(&|| format!("{} starts, life {life}, clock {clock_offset} us", node.addr));
        self.cloud.down.remove(&node.target);
        if index < self.nodes.len() {
            self.nodes[index] = node;
        } else {
            self.nodes.push(node);
        }
        if self.common.witness != Some(index) {
            let (provider, target) = ("sim".into(), crate::node::target_of(index));
            self.input(index, Input::Target { provider, target });
        }
        self.begin_discovery(index);
        self.begin_probes(index);
    }

    /// Changes a node's power state.
    pub fn set_power(&mut self, index: usize, power: Power) {
        self.settle_streams();
        let was = std::mem::replace(&mut self.nodes[index].power, power);
        if matches!(power, Power::Crashed | Power::Off) {
            let dying = Duration::from_micros(self.rng.u64(0..=MAX_DYING_US));
            self.nodes[index].listens_until = self.now.after(dying);
            self.end_streams_of(index, power);
        }
        if power == Power::Paused {
            self.nodes[index].paused_at = self.now;
        }
        self.say(&|| format!("{} {was:?} -> {power:?}", self.nodes[index].addr));
        if power == Power::Off {
            self.cloud.down.insert(self.nodes[index].target.clone(), ());
        }
        if was == Power::Paused && power == Power::Running {
            if self.now.since(self.nodes[index].paused_at) >= self.noticed_stop(index) {
                self.nodes[index].asked.clear();
            }
            // Whatever waited in the sockets and timers comes at once, in the order in which it came.
            for event in std::mem::take(&mut self.nodes[index].deferred) {
                self.at(self.now, event);
            }
        }
    }

    pub(crate) fn timer_fires(&mut self, node: usize) {
        self.take_beats(node);
        let due = self.nodes[node].election.poll_timeout();
        // A superseded timer does nothing.
        if due.is_some_and(|t| At::of(t) <= self.now) {
            let now = self.now.now(self.nodes[node].clock_offset);
            self.nodes[node].election.handle_timeout(now);
            self.after_input(node);
        }
    }

    /// Gives an input to a node and carries out what it asks for.
    pub fn input(&mut self, node: usize, input: Input) {
        self.take_beats(node);
        let now = self.now.now(self.nodes[node].clock_offset);
        self.nodes[node].election.handle(now, input);
        self.after_input(node);
    }

    pub(crate) fn after_input(&mut self, node: usize) {
        let now = self.now.now(self.nodes[node].clock_offset);
        let mut notices = Vec::new();
        while let Some(output) = self.nodes[node].election.poll_output() {
            match output {
                Output::Watch {
                    watch, addr, kind, ..
                } => self.open_stream(node, watch, addr.as_str(), kind),
                Output::Unwatch { watch } => self.close_stream(node, watch),
                Output::Poll {
                    poll, addr, look, ..
                } => {
                    self.nodes[node].asked.insert(addr.clone());
                    self.send_poll(node, poll, addr.as_str(), look);
                }
                Output::Notice(notice) => notices.push(notice),
            }
        }
        let view = self.nodes[node].election.view(now);
        let before = std::mem::replace(&mut self.nodes[node].view, view);
        if let Some(vote) = self.nodes[node].view.vote {
            self.watch.ballots.voted(node, vote);
        }
        let view = &self.nodes[node].view;
        if (&view.named, view.stands_for, view.vote)
            != (&before.named, before.stands_for, before.vote)
        {
            self.say(&|| {
                format!(
                    "{} names {:?}, stands for {:?}, votes {:?}",
                    view.me.addr, view.named, view.stands_for, view.vote
                )
            });
        }
        self.push(node, &before);
        for notice in notices {
            self.say(&|| format!("{}: {notice:?}", self.nodes[node].addr));
            self.observe_notice(node, &notice);
        }
        self.check_acknowledged(node);
        let life = self.nodes[node].life;
        let wake = self.nodes[node]
            .election
            .poll_timeout()
            .map(|t| At::of(t).max(self.now));
        if wake != self.nodes[node].wake || wake == Some(self.now) {
            self.nodes[node].wake = wake;
            if let Some(at) = wake {
                self.at(at, Event::Wake { node, life });
            }
        }
        self.plan_reach(node);
        for address in 0..self.common.addresses {
            self.drive_address(node, address);
        }
    }

    fn observe_notice(&mut self, node: usize, notice: &Notice) {
        self.stats.count(notice);
        crate::invariants::resumed_accuses_nobody(&self.nodes[node], notice);
        if let Notice::Elected { epoch, .. } = notice {
            crate::invariants::elected(self, node, *epoch);
            self.judge_election(node);
        }
    }

    fn check_acknowledged(&mut self, index: usize) {
        let node = &mut self.nodes[index];
        crate::invariants::acknowledged_epochs_rise(node);
        node.acknowledged = node.view.predecessor.0;
    }
}
