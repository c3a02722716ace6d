//! A write under way at the in-memory cloud.

use std::time::Duration;

use super::fault::Landing;
use crate::provider::{AddressId, Target};

/// A write's number: that of the call that began it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(pub u64);

/// How far a write is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionState {
    /// The cloud is at work.
    Pending,
    /// It took effect.
    Done,
    /// It ended without effect.
    Failed,
    /// It was lost on its way: it never takes effect.
    Lost,
}

/// A write under way, or past.
#[derive(Debug)]
pub struct Action {
    pub(super) address: AddressId,
    pub(super) to: Option<Target>,
    began: Duration,
    due: Duration,
    landing: Landing,
    state: ActionState,
}

impl Action {
    pub(super) fn begin(
        now: Duration,
        takes: Duration,
        address: &AddressId,
        to: Option<&Target>,
        landing: Landing,
    ) -> Self {
        let (due, state) = match landing {
            Landing::Answered | Landing::Failed => (now + takes, ActionState::Pending),
            Landing::Unheard(Some(after)) => (now + after, ActionState::Pending),
            Landing::Unheard(None) => (now, ActionState::Lost),
        };
        Self {
            address: address.clone(),
            to: to.cloned(),
            began: now,
            due,
            landing,
            state,
        }
    }

    /// How far it is.
    #[must_use]
    pub const fn state(&self) -> ActionState {
        self.state
    }

    /// When it was accepted.
    #[must_use]
    pub const fn began(&self) -> Duration {
        self.began
    }

    /// Which address it moves.
    #[must_use]
    pub const fn address(&self) -> &AddressId {
        &self.address
    }

    /// To whom; `None`: to nobody.
    #[must_use]
    pub const fn to(&self) -> Option<&Target> {
        self.to.as_ref()
    }

    /// When it ends, if it has not.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        (self.state == ActionState::Pending).then_some(self.due)
    }

    /// When it ended, if it has.
    #[must_use]
    pub fn ended(&self) -> Option<Duration> {
        matches!(self.state, ActionState::Done | ActionState::Failed).then_some(self.due)
    }

    /// It keeps others from the address. A write that is late does not: the cloud does not know of it yet.
    pub(super) fn locks(&self, address: &AddressId) -> bool {
        self.state == ActionState::Pending
            && !matches!(self.landing, Landing::Unheard(_))
            && self.address == *address
    }

    pub(super) fn end(&mut self) {
        self.state = if self.landing == Landing::Failed {
            ActionState::Failed
        } else {
            ActionState::Done
        };
    }
}
