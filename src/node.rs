//! The driver: the only owner of the [`Election`]. One task, no locks: something happens, the election is told, everything that it wants is done,
//! and what it thinks is published.

use std::collections::BTreeSet;
use std::iter;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use les_core::{Addr, Election, Input, Output, PollId, View};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::events::Events;
use crate::metrics::Metrics;
use crate::notices;
use crate::peers::{Poller, Watched, Watcher, Watches};
use crate::publish::publish;
use crate::pulse::Pulse;
use crate::server::PeerRequest;
use crate::takeover::Takeovers;

/// Inputs of each kind that are handled before the view is published again: with many members that is the greater part of the work.
const BATCH: usize = 32;
/// How long a goodbye waits for members to fetch it. They ask within milliseconds of being looked at; what takes longer is not there.
const GOODBYE: Duration = Duration::from_secs(2);

/// What a node is connected to.
#[derive(Debug)]
pub struct NodeWiring {
    /// The time.
    pub clock: Clock,
    /// Polls.
    pub poller: Poller,
    /// Streams.
    pub watcher: Watcher,
    /// From the reconcilers.
    pub inputs: mpsc::Receiver<Input>,
    /// From the server.
    pub requests: mpsc::Receiver<PeerRequest>,
    /// Where the view is published.
    pub view: watch::Sender<Arc<View>>,
    /// Where the loop shows that it turns.
    pub pulse: Pulse,
    /// The history.
    pub events: Events,
    /// Where it is told how late the loop is woken.
    pub metrics: Metrics,
    /// What the election notices goes there, too.
    pub takeovers: Takeovers,
    /// Says goodbye and ends.
    pub leave: CancellationToken,
}

/// The driver.
#[derive(Debug)]
pub struct Node {
    election: Election,
    wiring: NodeWiring,
    polls: JoinSet<Input>,
    watches: Watches,
    /// Members that have not yet fetched the goodbye; `None` before it.
    unaware: Option<BTreeSet<Addr>>,
}

impl Node {
    /// A driver for `election`.
    #[must_use]
    pub fn new(election: Election, wiring: NodeWiring) -> Self {
        Self {
            election,
            watches: Watches::new(wiring.watcher.clone()),
            wiring,
            polls: JoinSet::new(),
            unaware: None,
        }
    }

    /// Runs until `leave`, and then until everybody knows. Returns with no poll in flight.
    pub async fn run(mut self) {
        self.drain_outputs();
        self.publish();
        let leave = self.wiring.leave.clone();
        while !leave.is_cancelled() {
            tokio::select! {
                () = leave.cancelled() => {}
                () = self.step() => {}
            }
        }
        self.say_goodbye().await;
    }

    /// Something happens: it is handled, and so is whatever else has happened by then.
    async fn step(&mut self) {
        let mut inputs = Vec::new();
        let NodeWiring {
            clock,
            inputs: told,
            requests,
            pulse,
            ..
        } = &mut self.wiring;
        let timeout = self.election.poll_timeout();
        let (due, mut woken_by_timer) = (pulse.due(), false);
        let due = timeout.map_or(due, |timeout| timeout.min(due));
        let asked = clock.mono();
        // What was awaited comes before what anybody can send: a flood of requests must not delay an answer, nor the end of a stream.
        tokio::select! {
            biased;
            Some(outcome) = self.polls.join_next() => inputs.extend(outcome),
            report = self.watches.next() => inputs.push(report),
            Some(input) = told.recv() => inputs.push(input),
            () = clock.sleep_until(due) => woken_by_timer = true,
            Some(request) = requests.recv() => inputs.push(heed(&mut self.unaware, request)),
        }
        if woken_by_timer {
            // What was due before it was asked for is not the runtime's delay.
            let late = self.wiring.clock.mono().since(due.max(asked));
            self.wiring.metrics.woken_late(late);
        }
        self.gather(&mut inputs);
        for input in inputs {
            self.handle(input);
        }
        let now = self.wiring.clock.now();
        if self
            .election
            .poll_timeout()
            .is_some_and(|at| at <= now.mono)
        {
            self.election.handle_timeout(now);
            self.drain_outputs();
        }
        self.publish();
        self.wiring.pulse.turned(self.wiring.clock.mono());
    }

    /// Whatever else is there already, of each kind so much that none has to wait for another.
    fn gather(&mut self, inputs: &mut Vec<Input>) {
        let (polls, watches) = (&mut self.polls, &mut self.watches);
        let NodeWiring {
            inputs: told,
            requests,
            ..
        } = &mut self.wiring;
        let unaware = &mut self.unaware;
        inputs.extend(
            iter::from_fn(|| polls.try_join_next())
                .take(BATCH)
                .flatten(),
        );
        inputs.extend(iter::from_fn(|| watches.try_next()).take(BATCH));
        inputs.extend(iter::from_fn(|| told.try_recv().ok()).take(BATCH));
        let requests = iter::from_fn(|| requests.try_recv().ok()).take(BATCH);
        inputs.extend(requests.map(|request| heed(unaware, request)));
    }

    fn handle(&mut self, input: Input) {
        if let Input::Answer { doc, .. } | Input::Watched { doc, .. } = &input
            && let Some(trace) = doc.ext.as_ref().and_then(|ext| ext.trace.as_deref())
        {
            self.wiring.takeovers.heard_of(trace);
        }
        self.election.handle(self.wiring.clock.now(), input);
        self.drain_outputs();
    }

    fn drain_outputs(&mut self) {
        while let Some(output) = self.election.poll_output() {
            match output {
                Output::Poll {
                    poll,
                    addr,
                    at,
                    look,
                } => self.poll(poll, addr, at, look),
                Output::Watch {
                    watch,
                    addr,
                    at,
                    kind,
                } => self.watches.open(Watched {
                    watch,
                    addr,
                    at,
                    kind,
                }),
                Output::Unwatch { watch } => self.watches.close(watch),
                Output::Notice(notice) => {
                    let NodeWiring {
                        events,
                        takeovers,
                        clock,
                        ..
                    } = &self.wiring;
                    notices::tell(&notice, events, takeovers, clock.mono());
                }
            }
        }
    }

    /// Bounded: of each address the election has one poll in flight and some probes, and the poller ends each of them.
    fn poll(&mut self, poll: PollId, addr: Addr, at: Option<SocketAddr>, look: bool) {
        let poller = self.wiring.poller.clone();
        self.polls.spawn(async move {
            match poller.poll(&addr, at, look).await {
                Ok(answer) => Input::Answer {
                    poll,
                    from: answer.from,
                    doc: Box::new(answer.doc),
                },
                Err(evidence) => Input::Failed { poll, evidence },
            }
        });
    }

    fn publish(&self) {
        let view = self.election.view(self.wiring.clock.now());
        if let Some(heard) = view.leader_heard {
            self.wiring.takeovers.leader_heard(heard);
        }
        publish(&self.wiring.view, view);
    }

    /// Leaves the election and stays until every member of ours has fetched the news, or for a moment.
    async fn say_goodbye(&mut self) {
        let members = self
            .wiring
            .view
            .borrow()
            .members
            .iter()
            .filter(|m| m.doc.ext.is_some() && !m.silent)
            .map(|m| m.addr.clone())
            .collect();
        self.unaware = Some(members);
        self.handle(Input::Leave);
        self.publish();
        let told = async {
            while self
                .unaware
                .as_ref()
                .is_some_and(|unaware| !unaware.is_empty())
            {
                self.step().await;
            }
        };
        let all = tokio::time::timeout(GOODBYE, told).await.is_ok();
        let unaware = self.unaware.as_ref().map_or(0, BTreeSet::len);
        tracing::info!(
            event = "goodbye",
            told_everybody = all,
            unaware,
            "said goodbye"
        );
    }
}

/// A request as an input, and who has fetched the goodbye.
fn heed(unaware: &mut Option<BTreeSet<Addr>>, request: PeerRequest) -> Input {
    if request.told_goodbye
        && let Some(unaware) = unaware
    {
        unaware.remove(&request.addr);
    }
    Input::PolledBy {
        addr: request.addr,
        look: request.look,
    }
}
