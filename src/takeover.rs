//! Takeovers, from the first sign that the leader is gone to a reading that shows the addresses here: how long each phase took, for the history, the metrics
//! and the traces.
//!
//! The node tells what the election notices, the reconcilers tell of their calls. Nothing here decides anything.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use les_core::{Addr, Notice, Time};
use tokio::sync::watch;
use tracing::{Span, field, info_span};

use crate::events::{Entry, Events};
use crate::metrics::Metrics;
use crate::reconcile::Call;
use crate::trace::{TARGET, adopt, context_of};

/// The takeovers of one node. Clones are the same ones.
#[derive(Clone, Debug)]
pub struct Takeovers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    node: String,
    addresses: usize,
    metrics: Metrics,
    events: Events,
    state: Mutex<State>,
    /// The trace under way, for requests to peers.
    context: watch::Sender<Option<String>>,
}

#[derive(Debug, Default)]
struct State {
    /// Whom this node follows.
    leader: Option<Addr>,
    /// When it was heard last.
    heard: Option<Time>,
    trouble: Option<Trouble>,
    reign: Option<Reign>,
    /// Somebody else's trace that was heard of last.
    heard_of: Option<String>,
}

/// A leader that may be gone.
#[derive(Debug)]
struct Trouble {
    sign: Time,
    lost: Option<(Time, &'static str)>,
    whole: Span,
    phase: Span,
}

/// How the leader before was lost.
#[derive(Debug)]
struct Loss {
    /// The first sign of it.
    sign: Time,
    /// When it was settled.
    settled: Time,
    how: &'static str,
    who: Addr,
}

/// A reign that has just begun, until every address is here.
#[derive(Debug)]
struct Reign {
    /// `None` where no leader was lost.
    after: Option<Loss>,
    elected: Time,
    whole: Span,
    moves: BTreeMap<String, Moving>,
}

/// One address in it.
#[derive(Debug)]
struct Moving {
    span: Span,
    attempts: u32,
    assigned: bool,
    written: Option<Time>,
    /// It is here, or stays elsewhere by a rule or an operator's wish: nothing that comes later is a part of this takeover.
    settled: bool,
}

impl Takeovers {
    /// For the node `node`, which looks after so many addresses.
    #[must_use]
    pub fn new(node: &Addr, addresses: usize, metrics: Metrics, events: Events) -> Self {
        Self(Arc::new(Shared {
            node: node.to_string(),
            addresses,
            metrics,
            events,
            state: Mutex::default(),
            context: watch::Sender::new(None),
        }))
    }

    /// Where the trace under way is shown, as a value of the header `traceparent`.
    #[must_use]
    pub fn context(&self) -> watch::Receiver<Option<String>> {
        self.0.context.subscribe()
    }

    /// The election noticed something. Returns the reason of an election that this node won.
    pub fn notice(&self, notice: &Notice, now: Time) -> Option<&'static str> {
        let mut state = self.state();
        match notice {
            Notice::Following { leader, .. } => {
                self.end(&mut state, "followed");
                state.leader = Some(leader.clone());
                state.heard = None;
            }
            Notice::Suspected { addr, .. } | Notice::StreamEnded { addr, .. }
                if state.leader.as_ref() == Some(addr) =>
            {
                self.sign(&mut state, now, addr);
            }
            Notice::MemberLost {
                addr,
                loss,
                was_leader: true,
            } => {
                state.leader = Some(addr.clone());
                // Silence begins with the last sign of life, whenever it was noticed.
                let heard = state.heard.filter(|_| !loss.is_proof());
                let trouble = self.sign(&mut state, now, addr);
                trouble.sign = heard.map_or(trouble.sign, |heard| heard.min(trouble.sign));
                trouble.settled(now, loss.as_str());
            }
            Notice::SteppedDown { why } => {
                self.0.metrics.stepped_down(why.as_str());
                self.end(&mut state, why.as_str());
                state.leader = None;
            }
            Notice::Elected { epoch, predecessor } => {
                return Some(self.elected(&mut state, now, epoch.0, predecessor.as_ref()));
            }
            _ => {}
        }
        None
    }

    /// The leader was heard at that moment: an earlier sign was a false one.
    pub fn leader_heard(&self, at: Time) {
        let mut state = self.state();
        state.heard = Some(at);
        let is_false = |t: &Trouble| t.lost.is_none() && at > t.sign;
        if state.trouble.as_ref().is_some_and(is_false) {
            self.end(&mut state, "cleared");
        }
    }

    /// Another node is at work on a takeover, and its document came with this trace: what this node answers is a part of it.
    pub fn heard_of(&self, context: &str) {
        let mut state = self.state();
        if state.heard_of.as_deref() != Some(context) {
            state.heard_of = Some(context.to_owned());
            let span = info_span!(target: TARGET, parent: None, "answer", node = %self.0.node);
            adopt(&span, context);
        }
    }

    /// The span of a call that is about to be made; no span for the readings of every day.
    #[must_use]
    pub fn call(&self, address: &str, call: Call) -> Span {
        let mut state = self.state();
        let pending = |reign: &&mut Reign| !reign.moves.get(address).is_some_and(|m| m.settled);
        let Some(reign) = state.reign.as_mut().filter(pending) else {
            return match call {
                Call::Observe => Span::none(),
                Call::Assign => {
                    info_span!(target: TARGET, parent: None, "move", node = %self.0.node, address, outcome = field::Empty)
                }
            };
        };
        let moving = reign.moving(address);
        moving.attempts += 1;
        moving.assigned |= call == Call::Assign;
        let attempt = moving.attempts;
        moving.span.record("attempts", attempt);
        match call {
            Call::Observe => {
                info_span!(target: TARGET, parent: &moving.span, "observe", address, attempt, outcome = field::Empty)
            }
            Call::Assign => {
                info_span!(target: TARGET, parent: &moving.span, "assign", address, attempt, outcome = field::Empty)
            }
        }
    }

    /// An address stays elsewhere by a rule or by an operator's wish, for however long; the others may be on their way.
    pub fn held_up(&self, address: &str, why: &str) {
        let mut state = self.state();
        if let Some(reign) = &mut state.reign {
            reign.moving(address).settle();
            self.end_if_settled(&mut state, why);
        }
    }

    /// A write ended well.
    pub fn written(&self, address: &str, now: Time) {
        if let Some(reign) = &mut self.state().reign {
            reign.moving(address).written = Some(now);
        }
    }

    /// A reading shows the address here.
    pub fn is_here(&self, address: &str, now: Time) {
        let mut state = self.state();
        let Some(reign) = &mut state.reign else {
            return;
        };
        let moving = reign.moving(address);
        if moving.settled {
            return;
        }
        let written = (moving.written, moving.assigned);
        moving.settle();
        self.tell(reign, address, written, now);
        self.end_if_settled(&mut state, "took_over");
    }

    fn end_if_settled(&self, state: &mut State, outcome: &str) {
        let settled = |reign: &Reign| reign.moves.values().filter(|m| m.settled).count();
        if state.reign.as_ref().map(settled) >= Some(self.0.addresses) {
            self.end(state, outcome);
        }
    }

    fn elected(
        &self,
        state: &mut State,
        now: Time,
        epoch: u64,
        predecessor: Option<&Addr>,
    ) -> &'static str {
        let trouble = state.trouble.take();
        let loser = state.leader.take();
        let whole = trouble
            .as_ref()
            .map_or_else(Span::none, |t| t.whole.clone());
        let loss = trouble.and_then(|t| t.lost.map(|lost| (t.sign, lost)));
        let after = loss.zip(loser).map(|((sign, (settled, how)), who)| Loss {
            sign,
            settled,
            how,
            who,
        });
        let reason = match (&after, predecessor) {
            (Some(loss), _) => loss.how,
            (None, None) => "first",
            (None, Some(before)) if before.as_str() == self.0.node => "again",
            // Nobody was lost: it is there, and has handed over.
            (None, Some(_)) => "resigned",
        };
        self.0.metrics.elected(reason);
        whole.record("epoch", epoch).record("cause", reason);
        if let Some(loss) = &after {
            let detect = loss.settled.since(loss.sign);
            self.0.metrics.takeover("detect", detect);
            self.0.metrics.takeover("elect", now.since(loss.settled));
        }
        if self.0.addresses == 0 {
            if let Some(loss) = &after {
                self.0.metrics.takeover("total", now.since(loss.sign));
            }
            whole.record("outcome", "took_over");
            self.0.context.send_replace(None);
            return reason;
        }
        state.reign = Some(Reign {
            after,
            elected: now,
            whole,
            moves: BTreeMap::new(),
        });
        reason
    }

    /// How an address came here, for the history and the metrics.
    fn tell(
        &self,
        reign: &Reign,
        address: &str,
        (written, assigned): (Option<Time>, bool),
        now: Time,
    ) {
        let since_election = |at: Time| at.since(reign.elected);
        // A move whose call did not say how it ended was over when a reading showed it here.
        let written = written.or(assigned.then_some(now));
        let moved = written.map_or(Duration::ZERO, since_election);
        let confirmed = now.since(written.unwrap_or(reign.elected));
        let (name, mut phases) = ("took_over", vec![("move", moved), ("confirm", confirmed)]);
        let Some(loss) = &reign.after else {
            if written.is_some() {
                let text = format!(
                    "{address} is here, {} ms after the election",
                    since_election(now).as_millis()
                );
                let entry = Entry::new(name, text).about(address).took(&phases);
                self.0.events.tell(now, entry);
            }
            return;
        };
        let metrics = &self.0.metrics;
        for (phase, took) in &phases {
            metrics.takeover(phase, *took);
        }
        let total = now.since(loss.sign);
        metrics.takeover("total", total);
        phases.splice(
            0..0,
            [
                ("detect", loss.settled.since(loss.sign)),
                ("elect", reign.elected.since(loss.settled)),
            ],
        );
        let text = format!(
            "{address} is here, {} ms after the first sign that {} was gone",
            total.as_millis(),
            loss.who
        );
        let entry = Entry::new(name, text)
            .about(address)
            .because(loss.how)
            .took(&phases);
        self.0.events.tell(now, entry);
    }

    fn sign<'a>(&self, state: &'a mut State, now: Time, leader: &Addr) -> &'a mut Trouble {
        let node = &self.0.node;
        state.trouble.get_or_insert_with(|| {
            let whole = info_span!(target: TARGET, parent: None, "takeover", %node, predecessor = %leader,
                epoch = field::Empty, cause = field::Empty, outcome = field::Empty);
            let phase = info_span!(target: TARGET, parent: &whole, "detect");
            self.0.context.send_replace(context_of(&whole));
            Trouble {
                sign: now,
                lost: None,
                whole,
                phase,
            }
        })
    }

    /// Whatever was under way is over.
    fn end(&self, state: &mut State, outcome: &str) {
        if let Some(trouble) = state.trouble.take() {
            trouble.whole.record("outcome", outcome);
        }
        if let Some(reign) = state.reign.take() {
            reign.whole.record("outcome", outcome);
        }
        self.0.context.send_replace(None);
    }

    /// Held for a moment, never across an await.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Trouble {
    fn settled(&mut self, now: Time, loss: &'static str) {
        if self.lost.is_none() {
            self.lost = Some((now, loss));
            self.phase = info_span!(target: TARGET, parent: &self.whole, "elect");
        }
    }
}

impl Reign {
    fn moving(&mut self, address: &str) -> &mut Moving {
        let whole = &self.whole;
        self.moves.entry(address.to_owned()).or_insert_with(|| Moving {
            // Where no leader was lost there is no whole, and the move is a trace of its own.
            span: info_span!(target: TARGET, parent: whole, "move", address, attempts = field::Empty),
            attempts: 0,
            assigned: false,
            written: None,
            settled: false,
        })
    }
}

impl Moving {
    /// Its span ends here.
    fn settle(&mut self) {
        self.settled = true;
        self.span = Span::none();
    }
}

#[cfg(test)]
#[path = "takeover_test.rs"]
mod tests;
