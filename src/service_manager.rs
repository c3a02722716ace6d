//! What systemd is told: that this node is ready, that its loop turns, what it is, and that it stops.
//!
//! Ready means that it listens and its loop has turned, not that it leads or follows: a node that is alone waits for others for as long as it
//! takes, and no start may time out over that. Who wants to know more asks `GET /health/ready`.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use les_core::{Role, View};
use sd_notify::NotifyState;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::pulse::Heartbeat;
use crate::words;

/// The environment variable by which a service manager says that it wants to be told.
const SOCKET: &str = "NOTIFY_SOCKET";

/// Messages that wait for a service manager that takes nothing at the moment; what does not fit is dropped, and a fresher one follows.
const MESSAGES: usize = 16;

/// Tells the service manager, from the first turn of the loop to the last.
#[derive(Debug)]
pub struct ServiceManager {
    /// Lines as in sd_notify(3), to whoever delivers them.
    messages: SyncSender<String>,
    /// It has a watchdog that wants to be fed.
    watched: bool,
    heartbeat: Heartbeat,
    view: watch::Receiver<Arc<View>>,
    leave: CancellationToken,
    /// The last status, so that it is not said again with every change of the view.
    told: String,
}

impl ServiceManager {
    /// `None` if nobody wants to be told.
    #[must_use]
    pub fn new(
        heartbeat: Heartbeat,
        view: watch::Receiver<Arc<View>>,
        leave: CancellationToken,
    ) -> Option<Self> {
        std::env::var_os(SOCKET)?;
        let (messages, received) = sync_channel(MESSAGES);
        // A thread of its own: delivering may block, and must neither hold up a worker of the election nor queue behind name look-ups that hang.
        let delivering = thread::Builder::new()
            .name("notify".to_owned())
            .spawn(move || {
                received
                    .iter()
                    .for_each(|message: String| deliver(&message));
            });
        if let Err(error) = delivering {
            tracing::warn!(
                event = "notify_failed",
                "systemd cannot be told anything: {error}"
            );
            return None;
        }
        Some(Self {
            messages,
            watched: sd_notify::watchdog_enabled().is_some(),
            heartbeat,
            view,
            leave,
            told: String::new(),
        })
    }

    /// Runs until the loop has ended. A loop that stalls is not vouched for: the watchdog does the rest.
    pub async fn run(mut self) {
        let (mut ready, mut stopping) = (false, false);
        loop {
            tokio::select! {
                biased;
                () = self.leave.cancelled(), if !stopping => {
                    stopping = true;
                    self.tell("STOPPING=1\nSTATUS=leaves");
                }
                turned = self.heartbeat.next() => {
                    if !turned {
                        return;
                    }
                    if !ready {
                        ready = true;
                        self.tell("READY=1");
                        self.tell_status();
                    }
                    if self.watched {
                        self.tell("WATCHDOG=1");
                    }
                }
                changed = self.view.changed(), if ready && !stopping => {
                    if changed.is_err() {
                        return;
                    }
                    self.tell_status();
                }
            }
        }
    }

    fn tell_status(&mut self) {
        let status = status(&self.view.borrow_and_update());
        if status != self.told {
            self.tell(&format!("STATUS={status}"));
            self.told = status;
        }
    }

    fn tell(&self, message: &str) {
        // Full: nothing was taken for a while, and the watchdog will have its reasons.
        let _ = self.messages.try_send(message.to_owned());
    }
}

/// What `systemctl status` shows.
fn status(view: &View) -> String {
    match &view.role {
        Role::Leader { epoch, .. } => format!("leads in epoch {epoch}"),
        Role::Follower { leader, .. } => format!("follows {leader}"),
        Role::Undecided(why) => words::undecided(why),
    }
}

/// Waits as long as the service manager lets it.
fn deliver(message: &str) {
    if let Err(error) = sd_notify::notify(&[NotifyState::Custom(message)]) {
        tracing::debug!(
            event = "notify_failed",
            "the service manager was not told: {error}"
        );
    }
}

/// Shows `status` in `systemctl status`, if this process runs under systemd: for what comes before the loop. May wait.
pub fn show_status(status: &str) {
    deliver(&format!("STATUS={status}"));
}

#[cfg(test)]
#[path = "service_manager_test.rs"]
mod tests;
