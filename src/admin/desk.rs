//! Carries out operators' orders, one at a time. The task outlives whoever asked: an order that was begun is brought to its end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use les_core::{Addr, Ineligible, Input, View};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::drain_mark::DrainMark;
use super::eligibility::{unable, why_not};
use super::refusal::Refusal;
use super::router::Caller;
use crate::clock::Clock;
use crate::events::Events;
use crate::handover::{Progress, Report, Watcher};

/// The election takes an input within milliseconds, and publishes at once what came of it.
const TAKING: Duration = Duration::from_secs(1);

/// What an operator wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Give up the lead.
    Handoff {
        /// Who shall have it; `None` is the most senior of the others.
        to: Option<Addr>,
    },
    /// Never lead from now on.
    Drain {
        /// Also if nobody else may lead.
        force: bool,
    },
    /// Be eligible again.
    Undrain,
}

/// What came of an order right away. A hand-over that it began goes on, and [`Handover`] shows how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// A hand-over was begun: its number.
    pub handover: Option<u64>,
}

/// A command, and where the answer goes.
#[derive(Debug)]
pub struct Order {
    /// What is wanted.
    pub command: Command,
    /// By whom, for the log.
    pub caller: Caller,
    /// Where the answer goes.
    pub reply: oneshot::Sender<Result<Reply, Refusal>>,
}

/// A hand-over of this node, the latest one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// Counts from 1 in each life.
    pub number: u64,
    /// How it goes, or went.
    pub report: Report,
}

/// What the desk is connected to.
#[derive(Debug)]
pub struct DeskWiring {
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
    /// Keeps the drain over a restart.
    pub mark: DrainMark,
    /// Ends the task.
    pub stop: CancellationToken,
}

/// The task.
#[derive(Debug)]
pub struct Desk {
    wiring: DeskWiring,
    orders: mpsc::Receiver<Order>,
    latest: watch::Sender<Option<Handover>>,
    running: Option<Watcher>,
}

impl Desk {
    /// A desk that takes `orders`, and where its hand-overs can be watched.
    #[must_use]
    pub fn new(
        wiring: DeskWiring,
        orders: mpsc::Receiver<Order>,
    ) -> (Self, watch::Receiver<Option<Handover>>) {
        let (latest, handover) = watch::channel(None);
        let desk = Self {
            wiring,
            orders,
            latest,
            running: None,
        };
        (desk, handover)
    }

    /// Runs until the wiring's `stop`.
    pub async fn run(mut self) {
        let stop = self.wiring.stop.clone();
        let mut view = self.wiring.view.clone();
        let clock = self.wiring.clock;
        while !stop.is_cancelled() {
            let Self {
                orders, running, ..
            } = &mut self;
            let followed = async {
                match running {
                    Some(watcher) => watcher.follow(&mut view, clock).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                Some(order) = orders.recv() => self.take(order).await,
                () = followed => self.end_handover(),
            }
        }
    }

    async fn take(&mut self, order: Order) {
        let Order {
            command,
            caller,
            reply,
        } = order;
        tracing::info!(event = "admin_order", %caller, "{}", words(&command));
        let outcome = match command {
            Command::Handoff { to } => self.hand_off(to).await,
            Command::Drain { force } => self.drain(force).await,
            Command::Undrain => self.undrain().await,
        };
        if let Err(refusal) = &outcome {
            tracing::info!(event = "admin_refused", %caller, "{refusal}");
        }
        // Whoever asked may have gone; the order stands.
        let _ = reply.send(outcome);
    }

    async fn hand_off(&mut self, to: Option<Addr>) -> Result<Reply, Refusal> {
        let view = Arc::clone(&self.wiring.view.borrow());
        if self.running.is_some() {
            return Err(Refusal::Underway);
        }
        if view.is_paused() {
            return Err(Refusal::Paused);
        }
        may_hand_off(&view, to.as_ref())?;
        let watcher = self.watcher(&view);
        self.tell(Input::Resign { to }).await?;
        Ok(self.begin_handover(watcher))
    }

    /// The mark comes first: an order that was confirmed must hold over a restart, and one that cannot be kept changes nothing.
    async fn drain(&mut self, force: bool) -> Result<Reply, Refusal> {
        let view = Arc::clone(&self.wiring.view.borrow());
        let drained = is_drained(&view);
        if view.heirs.is_empty() && !force && !drained {
            return Err(Refusal::LastEligible(unable(&view)));
        }
        if self.running.is_some() && view.leads() {
            return Err(Refusal::Underway);
        }
        let watcher = self.watcher(&view);
        self.set_drained(true, drained).await?;
        self.record(
            "drained",
            "drained by an operator: never leads until undrained".into(),
        );
        if view.leads() && !view.heirs.is_empty() {
            return Ok(self.begin_handover(watcher));
        }
        Ok(Reply { handover: None })
    }

    async fn undrain(&mut self) -> Result<Reply, Refusal> {
        let drained = is_drained(&self.wiring.view.borrow());
        self.set_drained(false, drained).await?;
        self.record(
            "undrained",
            "undrained by an operator: may lead again".into(),
        );
        Ok(Reply { handover: None })
    }

    async fn set_drained(&self, drained: bool, before: bool) -> Result<(), Refusal> {
        self.keep(drained).await?;
        let told = async {
            self.tell(Input::Drain(drained)).await?;
            self.taken(drained).await
        };
        let outcome = told.await;
        if outcome.is_err() {
            // The order is refused: a restart must not find that it was given. If that cannot be kept either, the first error says enough.
            let _ = self.keep(before).await;
        }
        outcome
    }

    fn watcher(&self, view: &View) -> Watcher {
        Watcher::begin(view, &self.wiring.addresses, self.wiring.clock.mono())
    }

    fn begin_handover(&mut self, watcher: Watcher) -> Reply {
        let number = self.latest.borrow().as_ref().map_or(0, |h| h.number) + 1;
        let report = watcher.report().clone();
        self.latest.send_replace(Some(Handover { number, report }));
        self.running = Some(watcher);
        Reply {
            handover: Some(number),
        }
    }

    fn end_handover(&mut self) {
        let Some(watcher) = self.running.take() else {
            return;
        };
        let report = watcher.report();
        let text = report.to_string();
        let name = if report.progress == Progress::Done {
            tracing::info!(event = "handed_over", "{text}");
            "handed_over"
        } else {
            tracing::warn!(event = "handover_failed", "{text}");
            "handover_failed"
        };
        self.record(name, text);
        self.latest.send_modify(|latest| {
            if let Some(latest) = latest {
                latest.report = report.clone();
            }
        });
    }

    async fn tell(&self, input: Input) -> Result<(), Refusal> {
        let sent = tokio::time::timeout(TAKING, self.wiring.inputs.send(input));
        match sent.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Refusal::Unheard),
        }
    }

    /// Waits until the published view shows the drain.
    async fn taken(&self, drained: bool) -> Result<(), Refusal> {
        let mut view = self.wiring.view.clone();
        let shown = view.wait_for(|view| is_drained(view) == drained);
        match tokio::time::timeout(TAKING, shown).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Refusal::Unheard),
        }
    }

    async fn keep(&self, drained: bool) -> Result<(), Refusal> {
        let mark = self.wiring.mark.clone();
        let written = tokio::task::spawn_blocking(move || mark.set(drained)).await;
        written
            .map_err(io::Error::other)
            .flatten()
            .map_err(|source| Refusal::DrainMark {
                path: self.wiring.mark.path(),
                set: drained,
                source,
            })
    }

    fn record(&self, name: &'static str, text: String) {
        self.wiring
            .events
            .record(self.wiring.clock.mono(), name, text);
    }
}

/// Whether the node was drained.
#[must_use]
pub fn is_drained(view: &View) -> bool {
    view.ineligible.contains(&Ineligible::Drained)
}

fn may_hand_off(view: &View, to: Option<&Addr>) -> Result<(), Refusal> {
    if !view.leads() {
        return Err(Refusal::NotLeader {
            me: view.me.addr.clone(),
            leader: view.named.clone(),
        });
    }
    if let Some(to) = to {
        may_choose(view, to)?;
    }
    if view.heirs.is_empty() {
        return Err(Refusal::NobodyEligible(unable(view)));
    }
    Ok(())
}

fn may_choose(view: &View, to: &Addr) -> Result<(), Refusal> {
    if *to == view.me.addr {
        return Err(Refusal::ToSelf(to.clone()));
    }
    let Some(member) = view.members.iter().find(|m| m.addr == *to) else {
        return Err(Refusal::ToUnknown {
            to: to.clone(),
            members: view.members.iter().map(|m| m.addr.clone()).collect(),
        });
    };
    if let Some(why) = why_not(view, member) {
        return Err(Refusal::ToIneligible {
            to: to.clone(),
            why,
        });
    }
    let mixed = view.members.iter().any(|m| m.doc.ext.is_none());
    match view.heirs.first() {
        Some(first) if mixed && first != to => Err(Refusal::ToNotMostSenior {
            to: to.clone(),
            most_senior: first.clone(),
        }),
        _ => Ok(()),
    }
}

fn words(command: &Command) -> String {
    match command {
        Command::Handoff { to: Some(to) } => format!("an operator wants {to} to lead"),
        Command::Handoff { to: None } => "an operator wants another node to lead".to_owned(),
        Command::Drain { force: false } => "an operator drains this node".to_owned(),
        Command::Drain { force: true } => {
            "an operator drains this node, whoever else may lead".to_owned()
        }
        Command::Undrain => "an operator undrains this node".to_owned(),
    }
}

#[cfg(test)]
#[path = "desk_test.rs"]
mod tests;
