//! A hand-over as the old leader sees it: who leads now, and since when it holds each address.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use les_core::{Addr, Epoch, MemberView, Role, Time, View};
use tokio::sync::watch;

use super::PATIENCE;
use crate::clock::Clock;

/// How far a hand-over is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// No successor yet, or it does not hold every address yet.
    Underway,
    /// A successor leads and holds every address.
    Done,
    /// This node leads again, in a new reign: nobody else took it.
    TookBack,
    /// [`PATIENCE`] is over.
    Late,
}

/// Who leads now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor {
    /// Who.
    pub addr: Addr,
    /// In which reign; [`Epoch::NONE`] for a reference node.
    pub epoch: Epoch,
    /// How long after the beginning that was seen.
    pub after: Duration,
    /// A reference node never says what it holds.
    pub reference: bool,
}

/// One address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The address's identity.
    pub id: String,
    /// How long after the beginning the successor said that it holds it.
    pub after: Option<Duration>,
}

/// What is known of a hand-over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Who gave up the lead.
    pub from: Addr,
    /// The reign that it gave up.
    pub given_up: Epoch,
    /// Who leads now.
    pub successor: Option<Successor>,
    /// Every configured address.
    pub addresses: Vec<Held>,
    /// How far it is.
    pub progress: Progress,
    /// How long it has taken so far, or took.
    pub elapsed: Duration,
}

/// Watches one hand-over.
#[derive(Clone, Debug)]
pub struct Watcher {
    begun: Time,
    report: Report,
}

impl Watcher {
    /// A hand-over that begins at `now`, seen from the node of `view`, which leads.
    #[must_use]
    pub fn begin(view: &View, addresses: &[String], now: Time) -> Self {
        let given_up = match &view.role {
            Role::Leader { epoch, .. } => *epoch,
            Role::Follower { .. } | Role::Undecided(_) => view.predecessor.0,
        };
        let unheld = |id: &String| Held {
            id: id.clone(),
            after: None,
        };
        Self {
            begun: now,
            report: Report {
                from: view.me.addr.clone(),
                given_up,
                successor: None,
                addresses: addresses.iter().map(unheld).collect(),
                progress: Progress::Underway,
                elapsed: Duration::ZERO,
            },
        }
    }

    /// What is known so far.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// Takes in what the election thinks at `now`.
    pub fn look(&mut self, view: &View, now: Time) {
        self.report.elapsed = now.since(self.begun);
        match &view.role {
            Role::Leader { epoch, .. } if *epoch > self.report.given_up => {
                self.report.progress = Progress::TookBack;
                return;
            }
            Role::Follower { leader, epoch, .. } => {
                if let Some(member) = view.members.iter().find(|m| m.addr == *leader) {
                    self.followed(member, *epoch);
                }
            }
            Role::Leader { .. } | Role::Undecided(_) => {}
        }
        let reference = self.report.successor.as_ref().map(|s| s.reference);
        let all_held = self
            .report
            .addresses
            .iter()
            .all(|held| held.after.is_some());
        self.report.progress = match reference {
            // While moves are paused the addresses stay where they are.
            Some(reference) if reference || all_held || view.is_paused() => Progress::Done,
            _ if self.report.elapsed >= PATIENCE => Progress::Late,
            _ => Progress::Underway,
        };
    }

    fn followed(&mut self, leader: &MemberView, epoch: Epoch) {
        let after = self.report.elapsed;
        if self.report.successor.as_ref().map(|s| &s.addr) != Some(&leader.addr) {
            self.report
                .addresses
                .iter_mut()
                .for_each(|held| held.after = None);
            self.report.successor = Some(Successor {
                addr: leader.addr.clone(),
                epoch,
                after,
                reference: leader.doc.ext.is_none(),
            });
        }
        let Some(ext) = &leader.doc.ext else {
            return;
        };
        for held in &mut self.report.addresses {
            // A reading from before the hand-over, of an earlier reign of the same node, says nothing.
            let mine = ext
                .holds
                .get(&held.id)
                .is_some_and(|h| h.mine && leader.told.since(self.begun) >= h.age);
            if mine && held.after.is_none() {
                held.after = Some(after);
            }
        }
    }

    /// Watches until the hand-over has ended in one way or another, for [`PATIENCE`] at most. Safe to drop and to call again.
    pub async fn follow(&mut self, view: &mut watch::Receiver<Arc<View>>, clock: Clock) {
        let deadline = self.begun + PATIENCE;
        loop {
            let seen = Arc::clone(&view.borrow_and_update());
            self.look(&seen, clock.mono());
            if self.report.progress != Progress::Underway {
                return;
            }
            tokio::select! {
                changed = view.changed() => if changed.is_err() {
                    // The election is gone: nobody will ever follow.
                    self.report.progress = Progress::Late;
                    return;
                },
                () = clock.sleep_until(deadline) => {}
            }
        }
    }
}

impl fmt::Display for Report {
    /// What happened, in one sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(successor) = &self.successor else {
            let ms = self.elapsed.as_millis();
            return match self.progress {
                Progress::TookBack => write!(
                    f,
                    "nobody took the lead, and {} leads again after {ms} ms",
                    self.from
                ),
                Progress::Underway | Progress::Done | Progress::Late => {
                    write!(f, "nobody has taken the lead after {ms} ms")
                }
            };
        };
        write!(
            f,
            "{} leads after {} ms",
            successor.addr,
            successor.after.as_millis()
        )?;
        for held in &self.addresses {
            match held.after {
                Some(after) => write!(f, ", holds {} after {} ms", held.id, after.as_millis())?,
                None if successor.reference => write!(
                    f,
                    ", and does not say whether it holds {} (a reference node)",
                    held.id
                )?,
                None => write!(
                    f,
                    ", has not said that it holds {} after {} ms",
                    held.id,
                    self.elapsed.as_millis()
                )?,
            }
        }
        if self.progress == Progress::TookBack {
            write!(f, "; and {} leads again", self.from)?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "watcher_test.rs"]
mod tests;
