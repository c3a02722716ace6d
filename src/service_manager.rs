//! What systemd is told: that this node is ready, that its loop turns, what it is, and that it stops.
//!
//! Ready means that it listens and its loop has turned, not that it leads or follows: a node that is alone waits for others for as long as it
//! takes, and no start may time out over that. Who wants to know more asks `GET /health/ready`.

use std::fmt;
use std::io;
use std::sync::Arc;

use les_core::{Role, View};
use sd_notify::NotifyState;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::pulse::Heartbeat;
use crate::words;

/// The environment variable by which a service manager says that it wants to be told.
const SOCKET: &str = "NOTIFY_SOCKET";

/// How a message gets there: lines as in sd_notify(3).
type Deliver = Arc<dyn Fn(&str) -> io::Result<()> + Send + Sync>;

/// Tells the service manager, from the first turn of the loop to the last.
pub struct ServiceManager {
    deliver: Deliver,
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
        Some(Self {
            deliver: Arc::new(deliver),
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
                turned = self.heartbeat.next() => {
                    if !turned {
                        return;
                    }
                    if !ready {
                        ready = true;
                        self.tell("READY=1".to_owned()).await;
                        self.tell_status().await;
                    }
                    if self.watched {
                        self.tell("WATCHDOG=1".to_owned()).await;
                    }
                }
                changed = self.view.changed(), if ready && !stopping => {
                    if changed.is_err() {
                        return;
                    }
                    self.tell_status().await;
                }
                () = self.leave.cancelled(), if !stopping => {
                    stopping = true;
                    self.tell("STOPPING=1\nSTATUS=leaves".to_owned()).await;
                }
            }
        }
    }

    async fn tell_status(&mut self) {
        let status = status(&self.view.borrow_and_update());
        if status != self.told {
            self.tell(format!("STATUS={status}")).await;
            self.told = status;
        }
    }

    /// On a thread of its own: a service manager that takes nothing must not hold up a worker of the election.
    async fn tell(&self, message: String) {
        let deliver = Arc::clone(&self.deliver);
        let told = tokio::task::spawn_blocking(move || deliver(&message));
        if let Ok(Err(error)) = told.await {
            tracing::debug!(
                event = "notify_failed",
                "the service manager was not told: {error}"
            );
        }
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

fn deliver(message: &str) -> io::Result<()> {
    sd_notify::notify(&[NotifyState::Custom(message)])
}

/// Shows `status` in `systemctl status`, if this process runs under systemd: for what comes before the loop.
pub fn show_status(status: &str) {
    // Who is not told sees it in the log.
    let _ = deliver(&format!("STATUS={status}"));
}

impl fmt::Debug for ServiceManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceManager")
            .field("watched", &self.watched)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "service_manager_test.rs"]
mod tests;
