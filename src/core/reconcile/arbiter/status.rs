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
            resting: self.resting.clone(),
            rested: self.rested.clone(),
            moving: self.acting_on.clone(),
            moved: self.moved.clone(),
            on_stranger: self.config.on_stranger,
            attempts: self.attempts,
            moves: self.moves,
        }
    }
}
