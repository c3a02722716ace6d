//! A bounded history of what happened here: the latest events in memory, and in `state_dir` if there is one, so that a restart does not lose them.

mod keeper;

use std::borrow::Cow;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use les_core::{Time, Wall};
use tokio::sync::watch;

use crate::clock::Clock;
use keeper::Keeper;

/// So many of the latest events are in memory: weeks of a quiet cluster, an hour of a broken one, and half a megabyte at most.
pub const KEPT: usize = 1000;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When, by the wall clock.
    pub wall: Wall,
    /// When; `None` for one of an earlier life.
    pub at: Option<Time>,
    /// What.
    pub entry: Entry,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its stable name: `elected`, `member_lost`, `assign_done` ...
    pub name: Cow<'static, str>,
    /// What, for a person.
    pub text: String,
    /// The address that it is about.
    pub address: Option<String>,
    /// Why, in one word: how a member was lost, what licensed a move, what kind of failure.
    pub cause: Option<Cow<'static, str>>,
    /// How long each phase took, in their order.
    pub phases: Vec<(Cow<'static, str>, Duration)>,
}

impl Entry {
    /// An event of that name.
    #[must_use]
    pub fn new(name: &'static str, text: String) -> Self {
        Self {
            name: Cow::Borrowed(name),
            text,
            address: None,
            cause: None,
            phases: Vec::new(),
        }
    }

    /// It is about this address.
    #[must_use]
    pub fn about(mut self, address: &str) -> Self {
        self.address = Some(address.to_owned());
        self
    }

    /// This is why.
    #[must_use]
    pub fn because(mut self, cause: &'static str) -> Self {
        self.cause = Some(Cow::Borrowed(cause));
        self
    }

    /// Its phases took so long.
    #[must_use]
    pub fn took(mut self, phases: &[(&'static str, Duration)]) -> Self {
        let phase = |(name, took): &(&'static str, Duration)| (Cow::Borrowed(*name), *took);
        self.phases = phases.iter().map(phase).collect();
        self
    }
}

/// The history. Clones share it.
#[derive(Clone, Debug)]
pub struct Events {
    clock: Clock,
    latest: watch::Sender<VecDeque<Arc<Event>>>,
    keeper: Option<Arc<Keeper>>,
}

impl Default for Events {
    fn default() -> Self {
        Self::in_memory(Clock::start())
    }
}

impl Events {
    /// A history that ends with the process.
    #[must_use]
    pub fn in_memory(clock: Clock) -> Self {
        Self {
            clock,
            latest: watch::Sender::new(VecDeque::with_capacity(KEPT)),
            keeper: None,
        }
    }

    /// One that goes on where an earlier life in `state_dir` ended. What cannot be read is left out: it must not keep a node from starting.
    #[must_use]
    pub fn kept_in(state_dir: Option<&Path>, clock: Clock) -> Self {
        let mut events = Self::in_memory(clock);
        if let Some(dir) = state_dir {
            let earlier = keeper::read(dir, KEPT);
            events
                .latest
                .send_replace(earlier.into_iter().map(Arc::new).collect());
            events.keeper = Keeper::start(dir).map(Arc::new);
        }
        events
    }

    /// Adds an event that is no more than a name and a text.
    pub fn record(&self, at: Time, name: &'static str, text: String) {
        self.tell(at, Entry::new(name, text));
    }

    /// Adds an event; the oldest one makes room. Waits for nothing.
    pub fn tell(&self, at: Time, entry: Entry) {
        let event = Arc::new(Event {
            wall: self.clock.now().wall_at(at),
            at: Some(at),
            entry,
        });
        if let Some(keeper) = &self.keeper {
            keeper.keep(&event);
        }
        self.latest.send_modify(|events| {
            if events.len() == KEPT {
                events.pop_front();
            }
            events.push_back(event);
        });
    }

    /// The latest events, oldest first, at most so many.
    #[must_use]
    pub fn latest(&self, most: usize) -> Vec<Arc<Event>> {
        let events = self.latest.borrow();
        let skipped = events.len().saturating_sub(most);
        events.iter().skip(skipped).cloned().collect()
    }

    /// The latest events of this life, oldest first, at most so many.
    #[must_use]
    pub fn of_this_life(&self, most: usize) -> Vec<Arc<Event>> {
        let mut latest = self.latest(most);
        latest.retain(|event| event.at.is_some());
        latest
    }

    /// A restart finds them again: there is a directory, and the last event could be written there.
    #[must_use]
    pub fn are_kept(&self) -> bool {
        self.keeper.as_ref().is_some_and(|keeper| keeper.keeps())
    }

    /// How many could not be written.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.keeper.as_ref().map_or(0, |keeper| keeper.lost())
    }

    /// Waits until what was told so far is on the disk, for a second at most. At the end of a process.
    pub async fn settle(&self) {
        if let Some(keeper) = &self.keeper {
            keeper.settle().await;
        }
    }
}

#[cfg(test)]
#[path = "events_test.rs"]
mod tests;
