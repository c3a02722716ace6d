//! Interface stub: replaced by the real state machine.

use crate::election::Leadership;
use crate::reconcile::types::{ArbiterConfig, Failed, Seen, Step, Why};
use crate::time::Time;

/// One address's reconciliation.
#[derive(Debug)]
pub struct Arbiter;

/// What `/diag/` shows of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArbiterStatus {
    /// The address's identity.
    pub address: String,
    /// The last successful reading, and when it began.
    pub seen: Option<(Seen, Time)>,
    /// Why nothing is done, if so.
    pub resting: Option<Why>,
    /// Failed calls since the last success.
    pub attempts: u32,
    /// Times this node moved the address to itself.
    pub moves: u64,
}

impl Arbiter {
    /// A fresh one.
    #[must_use]
    pub fn new(_config: ArbiterConfig) -> Self {
        Self
    }
    /// This node's own target, once known.
    pub fn set_target(&mut self, _target: String) {}
    /// The next step. After `Observe` or `Assign` the driver does exactly that and reports it with `read_done` or `write_done` before it asks again.
    pub fn next(&mut self, _now: Time, _lead: &Leadership) -> Step {
        Step::Rest { why: Why::NotLeader, until: None }
    }
    /// A reading ended. `begun` is when it began.
    pub fn read_done(&mut self, _begun: Time, _now: Time, _result: Result<Seen, Failed>) {}
    /// A write ended. `begun` is when it began.
    pub fn write_done(&mut self, _begun: Time, _now: Time, _result: Result<(), Failed>) {}
    /// A write was cancelled because leadership changed while it was in flight: it may still take effect.
    pub fn write_cancelled(&mut self, _now: Time) {}
    /// For `/diag/`.
    #[must_use]
    pub fn status(&self) -> ArbiterStatus {
        unreachable!("stub")
    }
}
