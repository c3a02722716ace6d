//! One address: the loop that does what its arbiter decides.

use std::sync::Arc;
use std::time::Duration;

use les_core::{
    Arbiter, Epoch, Failed, HeldBy, Input, Leadership, Licence, Seen, Step, Time, Urgency, View,
    Why,
};
use les_provider::{AddressId, ErrorKind, Provider, ProviderError, Target};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span};

use super::backoff::Backoff;
use super::bounded::bounded;
use super::convert;
use super::status::{AddressStatus, Call, LastError, ProviderStatus};
use super::voice::Voice;
use crate::clock::Clock;
use crate::config::AddressConfig;
use crate::events::Events;
use crate::metrics::Metrics;
use crate::takeover::Takeovers;

/// What a cancelled or impossible call is tried again after.
const SOON: Duration = Duration::from_millis(100);

/// What a reconciler is connected to.
#[derive(Clone, Debug)]
pub struct Wiring {
    /// Who does it.
    pub provider: Arc<dyn Provider>,
    /// The time.
    pub clock: Clock,
    /// What the election says.
    pub view: watch::Receiver<Arc<View>>,
    /// Who this node is at the provider, once known.
    pub identified: watch::Receiver<ProviderStatus>,
    /// Where readings are told.
    pub inputs: mpsc::Sender<Input>,
    /// The history.
    pub events: Events,
    /// Moves are counted there.
    pub metrics: Metrics,
    /// Calls are told there.
    pub takeovers: Takeovers,
    /// Ends the loop.
    pub stop: CancellationToken,
}

/// The loop of one address.
#[derive(Debug)]
pub struct Reconciler {
    id: AddressId,
    first: bool,
    wiring: Wiring,
    arbiter: Arbiter,
    backoff: Backoff,
    status: watch::Sender<AddressStatus>,
    target: Option<Target>,
    /// The beginning of the reign that calls are made in; a call ends with it. (The epoch rises within a reign, when a meeting is won.)
    reign: Option<Time>,
    last_error: Option<LastError>,
    /// The holder of the latest reading, and when the first reading began of the unbroken row that shows it.
    held_since: Option<(Option<String>, Time)>,
    voice: Voice,
}

impl Reconciler {
    /// A loop for one address. `first` is the first configured one, which decides between leaders that meet; `jitter_seed` spreads its retries.
    #[must_use]
    pub fn new(
        config: &AddressConfig,
        tick: Duration,
        first: bool,
        jitter_seed: u64,
        wiring: Wiring,
    ) -> (Self, watch::Receiver<AddressStatus>) {
        let voice = Voice::new(
            AddressId(config.id.clone()),
            wiring.clock,
            wiring.events.clone(),
            wiring.metrics.clone(),
        );
        let arbiter = Arbiter::new(convert::arbiter_config(
            config.id.clone(),
            config.on_stranger,
            tick,
            &*wiring.provider,
        ));
        let (status, receiver) = watch::channel(AddressStatus {
            arbiter: arbiter.status(),
            call: None,
            last_error: None,
            held_since: None,
        });
        let reconciler = Self {
            id: AddressId(config.id.clone()),
            first,
            wiring,
            arbiter,
            backoff: Backoff::new(jitter_seed),
            status,
            target: None,
            reign: None,
            last_error: None,
            held_since: None,
            voice,
        };
        (reconciler, receiver)
    }

    /// Runs until the wiring's `stop`, or until the election is gone. Returns with no call in flight.
    pub async fn run(mut self) {
        let stop = self.wiring.stop.clone();
        while !stop.is_cancelled() && self.wiring.view.has_changed().is_ok() {
            self.adopt_target();
            let view = Arc::clone(&self.wiring.view.borrow_and_update());
            self.adopt_reign(&view.leadership);
            match self.arbiter.next(self.now(), &view.leadership) {
                Step::Rest { why, until } => self.rest(why, until).await,
                Step::Observe(urgency) => self.observe_or_wait(urgency).await,
                Step::Assign {
                    seen,
                    epoch,
                    licence,
                } => self.assign(seen, epoch, &licence).await,
            }
        }
    }

    async fn rest(&mut self, why: Why, until: Option<Time>) {
        if let Some(held_up) = held_up(&why) {
            self.wiring.takeovers.held_up(&self.id.0, held_up);
        }
        self.voice.resting(why);
        self.publish(None);
        let Wiring {
            view,
            identified,
            clock,
            stop,
            ..
        } = &mut self.wiring;
        tokio::select! {
            // An error means that the election is gone; `run` sees that too.
            _ = view.changed() => {}
            Ok(()) = identified.changed() => {}
            () = clock.sleep_until_some(until) => {}
            () = stop.cancelled() => {}
        }
    }

    /// A reading that can wait leaves the cloud's allowance to those that cannot: the arbiter rests for a while and decides anew.
    async fn observe_or_wait(&mut self, urgency: Urgency) {
        let pause = self.wiring.provider.routine_pause();
        if urgency == Urgency::Routine && !pause.is_zero() {
            self.arbiter.postpone(self.now() + pause);
        } else {
            self.observe().await;
        }
    }

    async fn observe(&mut self) {
        let begun = self.now();
        self.publish(Some((Call::Observe, begun)));
        let span = self.wiring.takeovers.call(&self.id.0, Call::Observe);
        let provider = Arc::clone(&self.wiring.provider);
        let outcome = tokio::select! {
            biased;
            () = self.reign_ended() => None,
            outcome = bounded(&*provider, "observe", ErrorKind::Unreachable, provider.observe(&self.id)).instrument(span.clone()) => Some(outcome),
        };
        tell_outcome(&span, outcome.as_ref().map(Result::as_ref));
        let now = self.now();
        self.tell_called(begun, outcome.as_ref().map(Result::as_ref))
            .await;
        let mut holder = HeldBy::Unsaid;
        let mine = match outcome {
            Some(Ok(observation)) => {
                let seen = convert::seen(observation);
                holder = seen.held_by();
                self.note_holder(&seen, begun);
                self.backoff.reset();
                let mine = self.is_mine(&seen);
                self.voice.read(&seen, mine);
                if mine && !seen.busy {
                    // Now, and not when the reading ended: the history is in the order in which it was told.
                    self.wiring.takeovers.is_here(&self.id.0, self.now());
                }
                // An address on its way is neither one's own nor another's.
                let settled = (!seen.busy).then_some(mine);
                self.arbiter.read_done(begun, now, Ok(seen));
                settled
            }
            Some(Err(error)) => {
                let failed = self.failed(Call::Observe, &error, now);
                self.arbiter.read_done(begun, now, Err(failed));
                None
            }
            // Nothing was read, and the next reign begins without it.
            None => return,
        };
        self.publish(None);
        let read = Input::AddressRead {
            address: self.id.0.clone(),
            first: self.first,
            begun,
            mine,
            holder,
        };
        // The election is gone: nobody is left to be told.
        let _ = self.wiring.inputs.send(read).await;
    }

    async fn assign(&mut self, seen: Option<Seen>, epoch: Epoch, licence: &Licence) {
        let begun = self.now();
        let Some(target) = self.target.clone() else {
            let failed = Failed {
                kind: les_core::FailureKind::Transient,
                retry_in: SOON,
            };
            return self.arbiter.write_done(begun, begun, Err(failed));
        };
        let observation = seen.as_ref().map(convert::observation);
        let from = seen.and_then(|seen| seen.holder);
        self.voice.begun(epoch, licence, from.as_deref(), &target);
        self.tell_moving(true);
        self.publish(Some((Call::Assign, begun)));
        let span = self.wiring.takeovers.call(&self.id.0, Call::Assign);
        let provider = Arc::clone(&self.wiring.provider);
        let moving = async {
            match &observation {
                Some(seen) if licence.is_takeover() => {
                    provider.take_over(&self.id, &target, seen).await
                }
                seen => provider.assign(&self.id, &target, seen.as_ref()).await,
            }
        };
        let outcome = tokio::select! {
            // First: leadership is looked at once more, and nothing is sent if it has gone.
            biased;
            () = self.reign_ended() => None,
            outcome = bounded(&*provider, "assign", ErrorKind::MaybeApplied, moving).instrument(span.clone()) => Some(outcome),
        };
        tell_outcome(&span, outcome.as_ref().map(Result::as_ref));
        let now = self.now();
        // What was read before it is history, whoever else has written meanwhile.
        self.held_since = None;
        self.tell_moving(false);
        self.tell_called(begun, outcome.as_ref().map(Result::as_ref))
            .await;
        match outcome {
            Some(Ok(())) => {
                self.backoff.reset();
                self.voice.done(now.since(begun), licence);
                self.wiring.takeovers.written(&self.id.0, now);
                self.arbiter.write_done(begun, now, Ok(()));
            }
            Some(Err(error)) => {
                let failed = self.failed(Call::Assign, &error, now);
                self.arbiter.write_done(begun, now, Err(failed));
            }
            None => {
                self.voice.cancelled();
                self.arbiter.write_cancelled(now);
            }
        }
        self.publish(None);
    }

    /// The others hear that a move is under way. The move does not wait for that: an election that takes no inputs publishes none.
    fn tell_moving(&self, moving: bool) {
        let address = self.id.0.clone();
        let moving = Input::AddressMoving { address, moving };
        // No room: it is shown late, or not at all.
        let _ = self.wiring.inputs.try_send(moving);
    }

    /// The election hears whether the cloud answers this node. A write that may have taken effect says nothing about that.
    async fn tell_called<T>(&self, begun: Time, outcome: Option<Result<&T, &ProviderError>>) {
        let answered = match outcome {
            None => return,
            Some(Err(error)) if error.kind == ErrorKind::MaybeApplied => return,
            Some(outcome) => !outcome.is_err_and(|error| error.kind == ErrorKind::Unreachable),
        };
        let called = Input::CloudCalled {
            begun,
            answered,
            needed: self.arbiter.needs_calls(),
        };
        // The election is gone: nobody is left to be told.
        let _ = self.wiring.inputs.send(called).await;
    }

    /// Ends when the reign does that the current step belongs to, or when the loop is to stop.
    fn reign_ended(&self) -> impl Future<Output = ()> + use<> {
        let (mut view, reign, stop) = (
            self.wiring.view.clone(),
            self.reign,
            self.wiring.stop.clone(),
        );
        async move {
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                _ = view.wait_for(|view| reign_of(&view.leadership) != reign) => {}
            }
        }
    }

    fn adopt_target(&mut self) {
        if self.target.is_none()
            && let Some(target) = self.wiring.identified.borrow_and_update().target.clone()
        {
            self.arbiter.set_target(target.clone());
            self.target = Some(Target(target));
        }
    }

    fn adopt_reign(&mut self, leadership: &Leadership) {
        let reign = reign_of(leadership);
        if self.reign != reign {
            self.reign = reign;
            self.held_since = None;
            self.backoff.reset();
        }
    }

    fn is_mine(&self, seen: &Seen) -> bool {
        seen.holder.is_some()
            && seen.holder.as_deref() == self.target.as_ref().map(|target| &*target.0)
    }

    fn failed(&mut self, call: Call, error: &ProviderError, now: Time) -> Failed {
        let last_error = LastError::new(error, now);
        let failed = Failed {
            kind: last_error.kind,
            retry_in: self.backoff.after(error.kind),
        };
        self.voice
            .failed(call, error.kind, &last_error, failed.retry_in);
        self.last_error = Some(last_error);
        failed
    }

    fn publish(&self, call: Option<(Call, Time)>) {
        let status = AddressStatus {
            arbiter: self.arbiter.status(),
            call,
            last_error: self.last_error.clone(),
            held_since: self.held_since.as_ref().map(|(_, since)| *since),
        };
        self.status.send_if_modified(|published| {
            let modified = *published != status;
            *published = status;
            modified
        });
    }

    fn note_holder(&mut self, seen: &Seen, begun: Time) {
        if self.held_since.as_ref().map(|(holder, _)| holder) != Some(&seen.holder) {
            self.held_since = Some((seen.holder.clone(), begun));
        }
    }

    fn now(&self) -> Time {
        self.wiring.clock.mono()
    }
}

/// What keeps an address elsewhere for as long as a person or a rule likes: no takeover is under way then.
const fn held_up(why: &Why) -> Option<&'static str> {
    match why {
        Why::Paused
        | Why::Yielded(..)
        | Why::UnreachableMember(_)
        | Why::StrangerSeedsUnheard(..)
        | Why::StrangerLeft(_) => Some(why.as_str()),
        _ => None,
    }
}

fn tell_outcome<T>(span: &Span, outcome: Option<Result<&T, &ProviderError>>) {
    let outcome = match outcome {
        None => "dropped",
        Some(Ok(_)) => "ok",
        Some(Err(error)) => error.kind.as_str(),
    };
    span.record("outcome", outcome);
}

fn reign_of(leadership: &Leadership) -> Option<Time> {
    leadership.reign.as_ref().map(|reign| reign.since)
}
