//! Faults that the in-memory cloud shows on command.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::operation::Operation;

/// One way in which a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call works, this much later.
    Latency(Duration),
    /// Too many calls (HTTP: 429), with the cloud's wish if it has one. No effect.
    Throttled {
        /// Not before this long.
        retry_after: Option<Duration>,
    },
    /// The cloud is out of order for a moment (HTTP: 503). No effect.
    Unavailable,
    /// No answer ever comes: the caller's own timeout ends the call. No effect.
    Hang,
    /// A write takes effect at once, but its answer never comes.
    TimeoutAfterSuccess,
    /// A write is lost without effect, and no answer comes. The caller cannot tell it from [`Fault::TimeoutAfterSuccess`].
    TimeoutWithoutEffect,
    /// A read answers with the state before the last move.
    StaleRead,
    /// No answer to a write comes, and it takes effect this long after it was received: whatever has happened to the address meanwhile.
    LateLanding {
        /// From the reception to the effect.
        after: Duration,
    },
    /// Another action on the address is under way. No effect.
    Locked,
    /// The cloud accepts a write, works on it and then reports that it failed. No effect.
    ActionFails,
}

/// What a fault leaves of a write: when it takes effect and whether the caller hears of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Landing {
    /// After the cloud's usual time, and the caller is told.
    Answered,
    /// After this long (`None`: never), and the caller is not told.
    Unheard(Option<Duration>),
    /// Never, and the caller is told that the action failed.
    Failed,
}

/// The faults to come: a queue for each operation, and for each operation one that stays.
#[derive(Debug, Default)]
pub(super) struct FaultPlan {
    queued: BTreeMap<Operation, VecDeque<Fault>>,
    standing: BTreeMap<Operation, Fault>,
}

impl FaultPlan {
    pub(super) fn queue(&mut self, on: Operation, fault: Fault, times: usize) {
        self.queued
            .entry(on)
            .or_default()
            .extend(std::iter::repeat_n(fault, times));
    }

    pub(super) fn set_standing(&mut self, on: Operation, fault: Option<Fault>) {
        match fault {
            Some(fault) => self.standing.insert(on, fault),
            None => self.standing.remove(&on),
        };
    }

    /// The fault that the next call of this kind meets.
    pub(super) fn take(&mut self, on: Operation) -> Option<Fault> {
        let queued = self.queued.get_mut(&on).and_then(VecDeque::pop_front);
        queued.or_else(|| self.standing.get(&on).copied())
    }
}
