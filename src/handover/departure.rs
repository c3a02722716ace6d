//! SIGTERM on a node that leads: the successor holds the addresses before the goodbye.

use std::sync::Arc;
use std::time::Duration;

use les_core::{Input, Role, View};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::{Progress, Watcher};
use crate::clock::Clock;
use crate::events::Events;

/// The election takes an input within milliseconds; a node that cannot even do that just leaves.
const TELLING: Duration = Duration::from_secs(1);

/// What happens between the wish to leave and the goodbye.
#[derive(Debug)]
pub struct Departure {
    /// The time.
    pub clock: Clock,
    /// The election.
    pub view: watch::Receiver<Arc<View>>,
    /// To the election.
    pub inputs: mpsc::Sender<Input>,
    /// The history.
    pub events: Events,
    /// The configured addresses.
    pub addresses: Vec<String>,
    /// The wish to leave.
    pub leave: CancellationToken,
    /// Tells the node to say goodbye.
    pub goodbye: CancellationToken,
    /// The node has ended.
    pub stop: CancellationToken,
}

impl Departure {
    /// Waits for the wish, hands over if there is something to hand over and somebody to take it, and lets the node say goodbye.
    pub async fn run(mut self) {
        tokio::select! {
            () = self.leave.cancelled() => {}
            () = self.stop.cancelled() => return,
        }
        let view = Arc::clone(&self.view.borrow());
        if has_lead_to_give(&view) {
            if view.heirs.is_empty() {
                self.tell_warning(
                    "handover_impossible",
                    "leaves without a successor: no other node may lead now".into(),
                );
            } else {
                self.hand_over(&view).await;
            }
        }
        self.goodbye.cancel();
    }

    async fn hand_over(&mut self, view: &View) {
        let mut watcher = Watcher::begin(view, &self.addresses, self.clock.mono());
        let told = tokio::time::timeout(TELLING, self.inputs.send(Input::Retire));
        if !matches!(told.await, Ok(Ok(()))) {
            return;
        }
        let mut view = self.view.clone();
        tokio::select! {
            () = watcher.follow(&mut self.view, self.clock) => {}
            // An error means that the election is gone.
            _ = view.wait_for(|view| has_lead_to_give(view) && view.heirs.is_empty()) => {}
        }
        let seen = Arc::clone(&self.view.borrow());
        watcher.look(&seen, self.clock.mono());
        let report = watcher.report();
        match report.progress {
            Progress::Done => {
                let text = report.to_string();
                tracing::info!(event = "handed_over", "{text}");
                self.events.record(self.clock.mono(), "handed_over", text);
            }
            Progress::Underway | Progress::TookBack | Progress::Late => {
                self.tell_warning("handover_failed", format!("leaves all the same: {report}"));
            }
        }
    }

    fn tell_warning(&self, name: &'static str, text: String) {
        tracing::warn!(event = name, "{text}");
        self.events.record(self.clock.mono(), name, text);
    }
}

/// It leads, or has just given up the lead and nobody has it yet.
fn has_lead_to_give(view: &View) -> bool {
    match view.role {
        Role::Leader { .. } => true,
        Role::Undecided(_) => view.resigned.is_some(),
        Role::Follower { .. } => false,
    }
}
