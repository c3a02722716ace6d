//! The whole cluster in one thread: events in the order of simulated time, every random choice from one generator.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use fastrand::Rng;
use les_core::{
    Evidence, Failed, FailureKind, Input, Notice, Output, PollId, Seen, StateDoc, Step,
};

use crate::cloud::{CALL_TIMEOUT, Cloud};
use crate::invariants::Watch;
use crate::network::{Cut, Network};
use crate::node::{Call, Common, Node, Power, address_name};
use crate::stats::Stats;
use crate::time::At;

/// Something that is going to happen.
#[derive(Clone, Debug)]
pub enum Event {
    /// A node's timer.
    Wake { node: usize, life: u64 },
    /// An arbiter's timer.
    AddressWake {
        node: usize,
        life: u64,
        address: usize,
    },
    /// A request arrives.
    Request {
        from: usize,
        to: usize,
        life: u64,
        poll: PollId,
        look: bool,
    },
    /// A request's outcome arrives.
    Outcome {
        node: usize,
        life: u64,
        poll: PollId,
        outcome: Outcome,
    },
    /// A reading reaches the cloud.
    ReadArrives {
        node: usize,
        life: u64,
        address: usize,
        call: u64,
        returns: At,
    },
    /// A reading returns.
    ReadReturns {
        node: usize,
        life: u64,
        address: usize,
        call: u64,
        result: Result<Seen, FailureKind>,
    },
    /// A write takes effect.
    WriteLands {
        node: usize,
        address: usize,
        late: bool,
    },
    /// A write returns.
    WriteReturns {
        node: usize,
        life: u64,
        address: usize,
        call: u64,
        result: Result<(), FailureKind>,
    },
}

/// How a poll ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// With a document of that node.
    Answer(usize, Box<StateDoc>),
    /// Without one.
    Failed(Evidence),
}

struct Scheduled(At, u64, Event);

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        (self.0, self.1) == (other.0, other.1)
    }
}
impl Eq for Scheduled {}
impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0, self.1).cmp(&(other.0, other.1))
    }
}

/// The run.
pub struct World {
    /// The present moment.
    pub now: At,
    /// The only source of chance.
    pub rng: Rng,
    /// Settings.
    pub common: Common,
    /// The nodes.
    pub nodes: Vec<Node>,
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
    next_call: u64,
    settled_polls: BTreeMap<(usize, u64, PollId), ()>,
}

impl World {
    /// `count` nodes that start at the given moments, all seeds of each other.
    #[must_use]
    pub fn new(count: usize, mut common: Common, network: Network, cloud: Cloud, rng: Rng) -> Self {
        common.election.seeds = (0..count).map(crate::node::addr_of).collect();
        common.election.needs_target = true;
        Self {
            now: At::default(),
            rng,
            nodes: Vec::new(),
            common,
            network,
            cloud,
            stats: Stats::default(),
            watch: Watch::default(),
            trace: false,
            queue: BinaryHeap::new(),
            next_event: 0,
            next_call: 0,
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
        let life = self.nodes.get(index).map_or(1, |n| n.life + 1);
        let node = Node::start(index, life, &self.common, clock_offset, self.now);
        self.say(&|| format!("{} starts, life {life}, clock {clock_offset} us", node.addr));
        self.cloud.down.remove(&node.target);
        if index < self.nodes.len() {
            self.nodes[index] = node;
        } else {
            self.nodes.push(node);
        }
        self.input(
            index,
            Input::Target {
                provider: "sim".into(),
                target: crate::node::target_of(index),
            },
        );
    }

    /// Changes a node's power state.
    pub fn set_power(&mut self, index: usize, power: Power) {
        let was = std::mem::replace(&mut self.nodes[index].power, power);
        self.say(&|| format!("{} {was:?} -> {power:?}", self.nodes[index].addr));
        if power == Power::Off {
            self.cloud.down.insert(self.nodes[index].target.clone(), ());
        }
        if was == Power::Paused && power == Power::Running {
            // Whatever waited in the sockets and timers comes at once, in the order in which it came.
            for event in std::mem::take(&mut self.nodes[index].deferred) {
                self.at(self.now, event);
            }
        }
    }

    fn happen(&mut self, event: Event) {
        let owner = match &event {
            Event::Wake { node, life }
            | Event::AddressWake { node, life, .. }
            | Event::Outcome { node, life, .. }
            | Event::ReadReturns { node, life, .. }
            | Event::WriteReturns { node, life, .. } => Some((*node, *life)),
            Event::Request { .. } | Event::ReadArrives { .. } | Event::WriteLands { .. } => None,
        };
        if let Some((node, life)) = owner {
            let node = &mut self.nodes[node];
            match node.power {
                _ if node.life != life => return,
                Power::Running => {}
                Power::Paused => {
                    node.deferred.push(event);
                    return;
                }
                Power::Crashed | Power::Off => return,
            }
        }
        self.dispatch(event);
    }

    fn dispatch(&mut self, event: Event) {
        match event {
            Event::Wake { node, .. } => {
                // A superseded timer does nothing.
                if self.nodes[node]
                    .election
                    .poll_timeout()
                    .is_some_and(|t| At::of(t) <= self.now)
                {
                    let now = self.now.now(self.nodes[node].clock_offset);
                    self.nodes[node].election.handle_timeout(now);
                    self.after_input(node);
                }
            }
            Event::AddressWake { node, address, .. } => self.drive_address(node, address),
            Event::Request {
                from,
                to,
                life,
                poll,
                look,
            } => self.request_arrives(from, to, life, poll, look),
            Event::Outcome {
                node,
                life,
                poll,
                outcome,
            } => {
                if self.settled_polls.remove(&(node, life, poll)).is_some() {
                    let input = match outcome {
                        Outcome::Answer(peer, doc) => Input::Answer {
                            poll,
                            from: self.nodes[peer].at,
                            doc,
                        },
                        Outcome::Failed(evidence) => Input::Failed { poll, evidence },
                    };
                    self.input(node, input);
                }
            }
            Event::ReadArrives {
                node,
                life,
                address,
                call,
                returns,
            } => {
                let seen = self.cloud.read(self.now, address, &mut self.rng);
                self.at(
                    returns,
                    Event::ReadReturns {
                        node,
                        life,
                        address,
                        call,
                        result: Ok(seen),
                    },
                );
            }
            Event::ReadReturns {
                node,
                address,
                call,
                result,
                ..
            } => self.read_returns(node, address, call, result),
            Event::WriteLands {
                node,
                address,
                late,
            } => {
                let target = crate::node::target_of(node);
                self.stats.late_landings += u64::from(late);
                self.say(&|| {
                    format!(
                        "cloud: {} -> {target}{}",
                        address_name(address),
                        if late { " (late)" } else { "" }
                    )
                });
                self.cloud
                    .apply(self.now, address, Some(target), late, false);
            }
            Event::WriteReturns {
                node,
                address,
                call,
                result,
                ..
            } => self.write_returns(node, address, call, result),
        }
    }

    /// Gives an input to a node and carries out what it asks for.
    pub fn input(&mut self, node: usize, input: Input) {
        let now = self.now.now(self.nodes[node].clock_offset);
        self.nodes[node].election.handle(now, input);
        self.after_input(node);
    }

    fn after_input(&mut self, node: usize) {
        let now = self.now.now(self.nodes[node].clock_offset);
        let mut notices = Vec::new();
        while let Some(output) = self.nodes[node].election.poll_output() {
            match output {
                Output::Poll { poll, addr, look } => {
                    self.send_poll(node, poll, addr.as_str(), look)
                }
                Output::Notice(notice) => notices.push(notice),
            }
        }
        self.nodes[node].view = self.nodes[node].election.view(now);
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
        for address in 0..self.common.addresses {
            self.drive_address(node, address);
        }
    }

    fn send_poll(&mut self, from: usize, poll: PollId, addr: &str, look: bool) {
        self.stats.polls += 1;
        let life = self.nodes[from].life;
        self.settled_polls.insert((from, life, poll), ());
        let timeout = self.now.after(self.common.election.poll_timeout);
        self.at(
            timeout,
            Event::Outcome {
                node: from,
                life,
                poll,
                outcome: Outcome::Failed(Evidence::Silent),
            },
        );
        let Some(to) = self.nodes.iter().position(|n| n.addr.as_str() == addr) else {
            return;
        };
        match self.network.cut(from, to) {
            Some(Cut::Drop) => {}
            Some(Cut::Reset) => {
                let back = self.now.after(self.network.delay(&mut self.rng) * 2);
                self.at(
                    back,
                    Event::Outcome {
                        node: from,
                        life,
                        poll,
                        outcome: Outcome::Failed(Evidence::Broken),
                    },
                );
            }
            None if self.network.loses(&mut self.rng) => self.stats.lost_messages += 1,
            None => {
                let arrives = self.now.after(self.network.delay(&mut self.rng));
                self.at(
                    arrives,
                    Event::Request {
                        from,
                        to,
                        life,
                        poll,
                        look,
                    },
                );
            }
        }
    }

    fn request_arrives(&mut self, from: usize, to: usize, life: u64, poll: PollId, look: bool) {
        let outcome = match self.nodes[to].power {
            Power::Off => return,
            Power::Paused => {
                self.nodes[to].deferred.push(Event::Request {
                    from,
                    to,
                    life,
                    poll,
                    look,
                });
                return;
            }
            Power::Crashed => Outcome::Failed(Evidence::Refused {
                at: self.nodes[to].at,
            }),
            Power::Running => {
                let addr = self.nodes[from].addr.clone();
                let doc = self.nodes[to].view.doc(self.now.time());
                self.input(to, Input::PolledBy { addr, look });
                Outcome::Answer(to, Box::new(doc))
            }
        };
        if self.network.loses(&mut self.rng) {
            self.stats.lost_messages += 1;
            return;
        }
        let back = self.now.after(self.network.delay(&mut self.rng));
        self.at(
            back,
            Event::Outcome {
                node: from,
                life,
                poll,
                outcome,
            },
        );
    }

    /// The thin driver of one address, as the real one: one call at a time, cancelled when the reign it belongs to is over.
    fn drive_address(&mut self, node: usize, address: usize) {
        if self.nodes[node].power != Power::Running {
            return;
        }
        let reign = self.nodes[node]
            .view
            .leadership
            .reign
            .as_ref()
            .map(|r| (r.since, r.epoch));
        let now = self.now.time();
        if let Some(call) = &self.nodes[node].addresses[address].call {
            if reign.map(|r| r.0) == Some(call.reign.0) {
                return;
            }
            let write = call.write;
            let driver = &mut self.nodes[node].addresses[address];
            driver.call = None;
            if write {
                self.stats.cancelled_calls += 1;
                driver.arbiter.write_cancelled(now);
            }
        }
        let Node {
            addresses, view, ..
        } = &mut self.nodes[node];
        let driver = &mut addresses[address];
        match (driver.arbiter.next(now, &view.leadership), reign) {
            (Step::Rest { until, .. }, _) => {
                let wake = until.map(|t| At::of(t).max(self.now));
                if driver.wake != wake
                    && let Some(at) = wake
                {
                    driver.wake = wake;
                    // A rest that ends now would spin: the arbiter must never ask for that.
                    assert!(
                        at > self.now,
                        "{} rests until now: {:?}",
                        self.nodes[node].addr,
                        self.nodes[node].addresses[address].arbiter.status()
                    );
                    let life = self.nodes[node].life;
                    self.at(
                        at,
                        Event::AddressWake {
                            node,
                            life,
                            address,
                        },
                    );
                }
            }
            (Step::Observe, Some(reign)) => self.begin_read(node, address, reign),
            (Step::Assign { licence, epoch, .. }, Some(reign)) => {
                self.say(&|| {
                    format!(
                        "{}: assign {} ({licence:?}, {epoch:?})",
                        self.nodes[node].addr,
                        address_name(address)
                    )
                });
                self.begin_write(node, address, reign, epoch, &licence);
            }
            (step, None) => panic!("{} steps without a reign: {step:?}", self.nodes[node].addr),
        }
    }

    fn begin_call(
        &mut self,
        node: usize,
        address: usize,
        write: bool,
        reign: (les_core::Time, les_core::Epoch),
    ) -> u64 {
        self.next_call += 1;
        let driver = &mut self.nodes[node].addresses[address];
        crate::invariants::one_call_in_flight(&driver.call);
        driver.wake = None;
        driver.call = Some(Call {
            id: self.next_call,
            begun: self.now,
            write,
            reign,
        });
        self.next_call
    }

    fn begin_read(
        &mut self,
        node: usize,
        address: usize,
        reign: (les_core::Time, les_core::Epoch),
    ) {
        self.stats.reads += 1;
        let life = self.nodes[node].life;
        let call = self.begin_call(node, address, false, reign);
        if self.nodes[node].api_cut {
            let returns = self.now.after(CALL_TIMEOUT);
            return self.at(
                returns,
                Event::ReadReturns {
                    node,
                    life,
                    address,
                    call,
                    result: Err(FailureKind::Transient),
                },
            );
        }
        match self.cloud.plan_read(self.now, &mut self.rng) {
            (arrives, returns, None) => self.at(
                arrives,
                Event::ReadArrives {
                    node,
                    life,
                    address,
                    call,
                    returns,
                },
            ),
            (_, returns, Some(kind)) => self.at(
                returns,
                Event::ReadReturns {
                    node,
                    life,
                    address,
                    call,
                    result: Err(kind),
                },
            ),
        }
    }

    fn begin_write(
        &mut self,
        node: usize,
        address: usize,
        reign: (les_core::Time, les_core::Epoch),
        epoch: les_core::Epoch,
        licence: &les_core::Licence,
    ) {
        self.stats.writes += 1;
        self.stats.count_licence(licence);
        crate::invariants::only_leader_writes(&self.nodes[node], epoch);
        let life = self.nodes[node].life;
        let call = self.begin_call(node, address, true, reign);
        if self.nodes[node].api_cut {
            let returns = self.now.after(CALL_TIMEOUT);
            return self.at(
                returns,
                Event::WriteReturns {
                    node,
                    life,
                    address,
                    call,
                    result: Err(FailureKind::Transient),
                },
            );
        }
        let fate = self.cloud.plan_write(self.now, &mut self.rng);
        if let Some(at) = fate.effect {
            self.at(
                at,
                Event::WriteLands {
                    node,
                    address,
                    late: fate.late,
                },
            );
        }
        self.at(
            fate.returns,
            Event::WriteReturns {
                node,
                life,
                address,
                call,
                result: fate.result,
            },
        );
    }

    fn end_call(&mut self, node: usize, address: usize, call: u64) -> Option<Call> {
        let driver = &mut self.nodes[node].addresses[address];
        if driver.call.as_ref().is_some_and(|c| c.id == call) {
            driver.call.take()
        } else {
            None
        }
    }

    fn failed(&mut self, node: usize, address: usize, kind: FailureKind) -> Failed {
        let driver = &mut self.nodes[node].addresses[address];
        driver.attempts += 1;
        self.stats.failed_calls += 1;
        Cloud::failed(kind, driver.attempts, &mut self.rng)
    }

    fn read_returns(
        &mut self,
        node: usize,
        address: usize,
        call: u64,
        result: Result<Seen, FailureKind>,
    ) {
        let Some(call) = self.end_call(node, address, call) else {
            return;
        };
        let result = result.map_err(|kind| self.failed(node, address, kind));
        let mine = result
            .as_ref()
            .ok()
            .map(|seen| seen.holder.as_deref() == Some(&*self.nodes[node].target));
        let now = self.now.time();
        let driver = &mut self.nodes[node].addresses[address];
        if result.is_ok() {
            driver.attempts = 0;
        }
        driver.arbiter.read_done(call.begun.time(), now, result);
        let input = Input::AddressRead {
            address: address_name(address),
            first: address == 0,
            begun: call.begun.time(),
            mine,
        };
        self.input(node, input);
    }

    fn write_returns(
        &mut self,
        node: usize,
        address: usize,
        call: u64,
        result: Result<(), FailureKind>,
    ) {
        let Some(call) = self.end_call(node, address, call) else {
            return;
        };
        let result = result.map_err(|kind| self.failed(node, address, kind));
        let now = self.now.time();
        self.nodes[node].addresses[address]
            .arbiter
            .write_done(call.begun.time(), now, result);
        self.drive_address(node, address);
    }

    fn observe_notice(&mut self, node: usize, notice: &Notice) {
        self.stats.count(notice);
        if let Notice::Elected { epoch, .. } = notice {
            crate::invariants::elected(self, node, *epoch);
        }
    }

    fn check_acknowledged(&mut self, node: usize) {
        let node = &mut self.nodes[node];
        crate::invariants::acknowledged_epochs_rise(node);
        node.acknowledged = node.view.predecessor.0;
    }
}
