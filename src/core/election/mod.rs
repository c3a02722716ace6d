//! Leader election by seniority.

mod config;
mod input;
mod leadership;
mod output;
mod view;

pub use config::{ElectionConfig, Identity};
pub use input::{Evidence, Input, PollId};
pub use leadership::{BlindTakeover, KnownNode, Leadership, Reign, SeedsHeard, Standing};
pub use output::{Exclusion, Loss, Notice, Output, StepDown};
pub use view::{Ineligible, LostView, MemberView, Role, Undecided, View};

/// Interface stub: replaced by the real state machine.
#[derive(Debug)]
pub struct Election;
impl Election {
    /// A node that starts at `now`.
    #[must_use]
    pub fn new(_me: Identity, _config: ElectionConfig, _now: crate::Now) -> Self {
        Self
    }
    /// Something happened.
    pub fn handle(&mut self, _now: crate::Now, _input: Input) {}
    /// The moment of `poll_timeout` came.
    pub fn handle_timeout(&mut self, _now: crate::Now) {}
    /// The next thing to do, until `None`.
    pub fn poll_output(&mut self) -> Option<Output> {
        None
    }
    /// When `handle_timeout` is wanted.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<crate::Time> {
        None
    }
    /// The snapshot.
    #[must_use]
    pub fn view(&self, _now: crate::Now) -> View {
        unreachable!("stub")
    }
}
