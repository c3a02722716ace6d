//! One reading of an address, and for how long it is believed.

use std::time::Duration;

use crate::reconcile::types::Seen;
use crate::time::Time;

/// A reading older than this is not written upon: it is read again first.
/// Long enough for a member's answer, or its refusal, to arrive after the reading.
pub(super) const FRESH: Duration = Duration::from_secs(5);
/// How soon a busy address is read again.
pub(super) const BUSY_RETRY: Duration = Duration::from_secs(1);

/// What was read, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) seen: Seen,
    pub(super) begun: Time,
    pub(super) ended: Time,
}

impl Reading {
    /// It shows the address at `target`, and the cloud is not at work on it.
    pub(super) fn is_at_rest(&self, target: &str) -> bool {
        self.seen.holder.as_deref() == Some(target) && !self.seen.busy
    }

    /// After a tick, or sooner where the cloud is at work or a write is to be verified.
    pub(super) fn stale_at(&self, tick: Duration, verification_due: Option<Time>) -> Time {
        let after_tick = self.ended + tick;
        let verify = verification_due.unwrap_or(after_tick);
        let busy = if self.seen.busy {
            self.ended + BUSY_RETRY
        } else {
            after_tick
        };
        after_tick.min(verify).min(busy)
    }
}
