//! What the in-memory cloud was asked and what came of it, with times.

use std::collections::VecDeque;
use std::time::Duration;

use crate::error::ErrorKind;
use crate::operation::Operation;
use crate::provider::{AddressId, Target};

/// How many events are kept: hours of a demo or a benchmark, 10 MiB at most.
const MAX_EVENTS: usize = 65_536;

/// One call that the cloud received; unique within one cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its place in the log, from 0, without gaps.
    pub number: u64,
    /// When, on the clock that the cloud was given.
    pub at: Duration,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A call was received.
    Asked {
        /// Which.
        call: CallId,
        /// What it asks.
        operation: Operation,
        /// About which address; `None` for [`Operation::Target`].
        address: Option<AddressId>,
        /// To whom the address shall go, or from whom it shall be taken.
        target: Option<Target>,
    },
    /// A call was answered; calls whose answer is lost have no such event.
    Answered {
        /// Which.
        call: CallId,
        /// `None`: done or, where writes are jobs, accepted.
        refused: Option<ErrorKind>,
    },
    /// An action came to its end at the cloud: from here on readings show its effect.
    Confirmed {
        /// The call that began it.
        call: CallId,
        /// The address.
        address: AddressId,
        /// It had its effect; `false`: the cloud reports it as failed.
        done: bool,
    },
    /// The address changed hands.
    Moved {
        /// Which.
        address: AddressId,
        /// Who held it.
        from: Option<Target>,
        /// Who holds it now.
        to: Option<Target>,
        /// The call that did it; `None`: somebody did it by hand.
        call: Option<CallId>,
    },
}

/// The log. The oldest events go first once it is full.
#[derive(Debug, Default)]
pub(super) struct Log {
    events: VecDeque<Event>,
    next: u64,
}

impl Log {
    pub(super) fn push(&mut self, at: Duration, what: What) {
        if self.events.len() == MAX_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(Event {
            number: self.next,
            at,
            what,
        });
        self.next += 1;
    }

    /// The events from number `first` on, oldest first.
    pub(super) fn from(&self, first: u64) -> impl Iterator<Item = &Event> {
        self.events
            .iter()
            .filter(move |event| event.number >= first)
    }

    pub(super) const fn next_number(&self) -> u64 {
        self.next
    }
}
