//! What others are shown of an arbiter.

use super::Arbiter;
use crate::reconcile::types::ArbiterStatus;

impl Arbiter {
    /// For `/diag/`, and for the sentence that says why the address is where it is.
    #[must_use]
    pub fn status(&self) -> ArbiterStatus {
        ArbiterStatus {
            address: self.config.address.clone(),
            target: self.target.clone(),
            seen: self.reading.as_ref().map(|r| (r.seen.clone(), r.begun)),
            seen_ended: self.reading.as_ref().map(|r| r.ended),
            last_seen: self.last_seen.clone(),
            resting: self.resting.clone(),
            rested: self.rested.clone(),
            moving: self.acting_on.clone(),
            moved: self.moved.clone(),
            on_stranger: self.config.on_stranger,
            attempts: self.attempts,
            moves: self.moves,
        }
    }

    /// This node leads, and does not know the address to be here: calls are needed.
    #[must_use]
    pub fn needs_calls(&self) -> bool {
        self.tenure.as_ref().is_some_and(|t| !t.is_here())
    }
}
