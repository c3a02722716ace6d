//! The next in line reads each address now and then, so that its connection and its credentials are warm, and known to work, when it has to
//! take over. So does whoever follows a leader that has no answer from the cloud. What is read licenses nothing; the election hears that the cloud answers.

use std::sync::Arc;
use std::time::Duration;

use les_core::{Input, Leadership, Time, View};
use les_provider::{AddressId, ErrorKind, Provider, ProviderError};
use tokio::sync::watch;

use super::address::Wiring;
use super::bounded::bounded;
use super::status::{LastError, StandbyStatus};

/// The first reading comes within this time after a node became the next in line: not at once, since an election may be going on.
const FIRST: Duration = Duration::from_secs(2);
/// From one reading to the next while the leader has no answer from the cloud and asks who has.
const ASKED: Duration = Duration::from_secs(3);

/// The loop of one address.
#[derive(Debug)]
pub struct Standby {
    id: AddressId,
    pause: Duration,
    wiring: Wiring,
    random: fastrand::Rng,
    status: watch::Sender<StandbyStatus>,
    /// Not before then, however often the order of seniority changes.
    next: Option<Time>,
    /// When the latest reading began.
    tried: Option<Time>,
    /// The failure that was told last, until a reading succeeds.
    said: Option<&'static str>,
}

impl Standby {
    /// A loop for one address that is read after each `pause`. `jitter_seed` spreads the readings.
    #[must_use]
    pub fn new(
        id: &str,
        pause: Duration,
        jitter_seed: u64,
        wiring: Wiring,
    ) -> (Self, watch::Receiver<StandbyStatus>) {
        let (status, receiver) = watch::channel(StandbyStatus::default());
        let standby = Self {
            id: AddressId(id.to_owned()),
            pause,
            wiring,
            random: fastrand::Rng::with_seed(jitter_seed),
            status,
            next: None,
            tried: None,
            said: None,
        };
        (standby, receiver)
    }

    /// Runs until the wiring's `stop`, or until the election is gone. A reading under way is dropped as soon as this node is not the next in
    /// line any more: when it leads, nothing waits for that.
    pub async fn run(mut self) {
        let (stop, mut view) = (self.wiring.stop.clone(), self.wiring.view.clone());
        let mut changed = view.clone();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                awaited = view.wait_for(|view| is_next(&view.leadership)) => if awaited.is_err() { return },
            }
            self.status.send_modify(|status| status.next_in_line = true);
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                ended = changed.wait_for(|view| !is_next(&view.leadership)) => if ended.is_err() { return },
                () = self.read_for_ever() => {}
            }
            self.status
                .send_modify(|status| status.next_in_line = false);
        }
    }

    async fn read_for_ever(&mut self) {
        loop {
            let soon = self.now() + FIRST.mul_f64(self.random.f64());
            let due = self.next.unwrap_or(soon);
            tokio::select! {
                () = self.wiring.clock.sleep_until(due) => {}
                () = self.asked() => {}
            }
            let provider = Arc::clone(&self.wiring.provider);
            tokio::time::sleep(provider.routine_pause()).await;
            // Up to a fifth more or less, so that the nodes of many clusters do not ask at once.
            let pause = self.pause.mul_f64(0.8 + self.random.f64() * 0.4);
            self.next = Some(self.now() + pause);
            self.read(&*provider).await;
        }
    }

    /// The leader asks whether this node reaches the cloud, and it has not just tried.
    async fn asked(&self) {
        let asks = |view: &Arc<View>| view.leadership.reach_wanted;
        let mut view = self.wiring.view.clone();
        if view.wait_for(asks).await.is_err() {
            return std::future::pending().await;
        }
        if let Some(tried) = self.tried {
            self.wiring.clock.sleep_until(tried + ASKED).await;
        }
    }

    async fn read(&mut self, provider: &dyn Provider) {
        let begun = self.now();
        self.tried = Some(begun);
        let reading = provider.observe(&self.id);
        let outcome = bounded(provider, "observe", ErrorKind::Unreachable, reading).await;
        let unreachable = |error: &ProviderError| error.kind == ErrorKind::Unreachable;
        let called = Input::CloudCalled {
            begun,
            answered: !outcome.as_ref().is_err_and(unreachable),
            needed: false,
        };
        match outcome {
            Ok(_) => self.succeeded(),
            Err(error) => self.failed(&error),
        }
        // The election is gone: nobody is left to be told.
        let _ = self.wiring.inputs.send(called).await;
    }

    fn succeeded(&mut self) {
        let now = self.now();
        self.status.send_modify(|status| status.last_ok = Some(now));
        if self.said.take().is_some() {
            let text = format!("{}: could take over again", self.id);
            tracing::info!(event = "standby_ok", address = %self.id, "{text}");
            self.wiring.events.record(now, "standby_ok", text);
        }
    }

    fn failed(&mut self, error: &ProviderError) {
        let failure = LastError::new(error, self.now());
        let kind = error.kind.as_str();
        // Before it is said: who reads of it finds it in `/diag/`.
        self.status
            .send_modify(|status| status.last_error = Some(failure.clone()));
        if self.said.replace(kind) != Some(kind) {
            let text = format!("{}: could not take over: {}", self.id, failure.message);
            tracing::warn!(event = "standby_failed", address = %self.id, kind, "{text}");
            self.wiring
                .events
                .record(failure.at, "standby_failed", text);
        }
    }

    fn now(&self) -> Time {
        self.wiring.clock.mono()
    }
}

const fn is_next(leadership: &Leadership) -> bool {
    leadership.next_in_line || leadership.reach_wanted
}
