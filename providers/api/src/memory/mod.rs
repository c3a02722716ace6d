//! An in-memory cloud: the specification of what `les` takes a cloud to be, and a stage for its faults.
//!
//! [`World`] is the state: pure, with time as an argument. [`MemoryCloud`] is a handle on one world and a clock, shared by whoever
//! plays the cloud's front; [`MemoryProvider`] is [`Provider`](crate::Provider) on it, for one machine.

mod action;
mod fault;
mod front;
mod log;
mod passage;
mod provider;
mod terms;
mod world;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

pub use action::{Action, ActionId, ActionState};
pub use fault::{Fault, Landing};
pub use front::{Asked, Refuse};
pub use log::{CallId, Event, What};
pub use passage::Passage;
pub use provider::{MemoryProvider, Profile};
pub use terms::{Behaviour, Machine, Reading, Refusal};
pub use world::World;

/// What time it is, counted from an epoch that all users of one cloud share.
pub type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// A handle on one in-memory cloud. Clones share it.
#[derive(Clone)]
pub struct MemoryCloud {
    shared: Arc<Shared>,
}

struct Shared {
    world: Mutex<World>,
    clock: Clock,
    changed: Notify,
}

impl MemoryCloud {
    /// An empty cloud whose log is written by `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            shared: Arc::new(Shared {
                world: Mutex::default(),
                clock,
                changed: Notify::new(),
            }),
        }
    }

    /// Looks at the world or changes it, after everything that is due by now has happened. `use_world` must not wait: every caller
    /// of this cloud does.
    pub fn with<R>(&self, use_world: impl FnOnce(&mut World, Duration) -> R) -> R {
        let result = self.with_quietly(use_world);
        self.shared.changed.notify_waiters();
        result
    }

    /// The events from number `first` on that are still kept, oldest first.
    #[must_use]
    pub fn events(&self, first: u64) -> Vec<Event> {
        self.with(|world, _| world.events(first).cloned().collect())
    }

    /// Waits until there are events from number `first` on, and returns them: call it again with the last number plus one.
    pub async fn next_events(&self, first: u64) -> Vec<Event> {
        loop {
            let changed = self.shared.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let (events, due_in) = self.with_quietly(|world, now| {
                let events: Vec<Event> = world.events(first).cloned().collect();
                (events, world.next_due().map(|due| due.saturating_sub(now)))
            });
            if !events.is_empty() {
                return events;
            }
            match due_in {
                Some(pause) => {
                    let _ = tokio::time::timeout(pause, changed).await;
                }
                None => changed.await,
            }
        }
    }

    /// As [`MemoryCloud::with`], but wakes nobody: for those who wait for a change themselves.
    fn with_quietly<R>(&self, use_world: impl FnOnce(&mut World, Duration) -> R) -> R {
        let mut world = self
            .shared
            .world
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let now = (self.shared.clock)();
        world.advance(now);
        use_world(&mut world, now)
    }

    /// Waits until an action has ended, or for ever if it was lost.
    pub async fn ended(&self, action: ActionId) -> ActionState {
        loop {
            let (state, due_in) = self.with(|world, now| {
                let action = world.action(action);
                (
                    action.map(Action::state),
                    action
                        .and_then(Action::due)
                        .map(|due| due.saturating_sub(now)),
                )
            });
            match (state, due_in) {
                (Some(ActionState::Lost) | None, _) => std::future::pending().await,
                (_, Some(pause)) => tokio::time::sleep(pause).await,
                (Some(state), None) => return state,
            }
        }
    }
}

impl fmt::Debug for MemoryCloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCloud").finish_non_exhaustive()
    }
}
