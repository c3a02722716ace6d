//! The loop of one probed address: now and then while this node follows a leader, and fast while that leader shows no life.

use std::sync::Arc;
use std::time::Duration;

use les_core::{Input, Role, View};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::probe::probe;
use crate::clock::Clock;
use crate::config::ProbeTarget;

/// From one probe to the next while nothing is amiss: a probe must have worked under a leader before its failing means anything.
const CALM: Duration = Duration::from_secs(10);
/// The same while the leader shows no life: three of them in a second.
const WANTED: Duration = Duration::from_millis(300);
/// The first one after a leader was followed, at most.
const FIRST: Duration = Duration::from_secs(2);

/// What a prober is connected to.
#[derive(Clone, Debug)]
pub struct ProberWiring {
    /// The time.
    pub clock: Clock,
    /// What the election says.
    pub view: watch::Receiver<Arc<View>>,
    /// Where outcomes are told.
    pub inputs: mpsc::Sender<Input>,
    /// Ends the loop.
    pub stop: CancellationToken,
}

/// The loop of one address.
#[derive(Debug)]
pub struct Prober {
    id: String,
    target: ProbeTarget,
    wiring: ProberWiring,
    random: fastrand::Rng,
}

impl Prober {
    /// A loop for one address. `jitter_seed` spreads the probes.
    #[must_use]
    pub fn new(id: &str, target: ProbeTarget, jitter_seed: u64, wiring: ProberWiring) -> Self {
        Self {
            id: id.to_owned(),
            target,
            wiring,
            random: fastrand::Rng::with_seed(jitter_seed),
        }
    }

    /// Runs until the wiring's `stop`, or until the election is gone.
    pub async fn run(mut self) {
        let stop = self.wiring.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.probe_for_ever() => {}
        }
    }

    async fn probe_for_ever(&mut self) {
        let mut view = self.wiring.view.clone();
        let mut pause = FIRST.mul_f64(self.random.f64());
        loop {
            if !reached(&mut view, follows).await {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                there = reached(&mut view, |view| view.leadership.probes_wanted) => {
                    if !there {
                        return;
                    }
                    // Wanted since before the pause, or all of a sudden.
                    tokio::time::sleep(pause.min(WANTED)).await;
                }
            }
            let begun = self.wiring.clock.mono();
            let answered = probe(&self.target).await;
            let address = self.id.clone();
            let probed = Input::AddressProbed {
                address,
                begun,
                answered,
            };
            if self.wiring.inputs.send(probed).await.is_err() {
                return;
            }
            pause = if view.borrow().leadership.probes_wanted {
                WANTED
            } else {
                CALM.mul_f64(0.8 + self.random.f64() * 0.4)
            };
        }
    }
}

/// Waits until that holds; `false` if the election is gone.
async fn reached(view: &mut watch::Receiver<Arc<View>>, holds: impl Fn(&View) -> bool) -> bool {
    view.wait_for(|view| holds(view)).await.is_ok()
}

fn follows(view: &View) -> bool {
    matches!(view.role, Role::Follower { .. })
}
