//! What must hold at every moment of every run: one property per file.
//!
//! | property of the design | where |
//! | --- | --- |
//! | S1 (quorum) one leader per epoch | `one_leader_per_epoch` |
//! | S2 only the confirmed leader writes | `only_leader_writes` |
//! | S3 epochs of successive leaders rise | `epochs_rise` |
//! | S4 no leader without contact and confirmations | `leader_is_confirmed` |
//! | S6 one call in flight; no forcing after a success | `one_call_in_flight`, `forces_only_at_first` |
//! | P1 a pause that was heard of is kept | `paused_moves_nothing` |
//! | T1 a leader that a majority hears stays | `heard_leader_stays` |
//! | T2, T3, T4 moves have a reason, one each | `bounded_moves` |
//! | T5 who resumes accuses nobody unasked | `resumed_accuses_nobody` |
//! | V3, V4, V5 at rest after the last fault | `one_leader_at_rest` |
//! | V1, V2, V6 how long it takes | the scenarios of `tests/scenarios/timing.rs` |
//!
//! S7 is about authentication, which does not exist yet. C1 to C3 are about real nodes of the reference: `tests/interop`.

mod bounded_moves;
mod epochs_rise;
mod forces_only_at_first;
mod heard_leader_stays;
mod leader_is_confirmed;
mod one_call_in_flight;
mod one_leader_at_rest;
mod one_leader_per_epoch;
mod only_leader_writes;
mod paused_moves_nothing;
mod resumed_accuses_nobody;

pub use bounded_moves::{MoveBudget, bounded_moves};
pub use epochs_rise::acknowledged_epochs_rise;
pub use forces_only_at_first::forces_only_at_first;
pub use heard_leader_stays::Stability;
pub use one_call_in_flight::one_call_in_flight;
pub use one_leader_at_rest::one_leader_at_rest;
pub use one_leader_per_epoch::Ballots;
pub use only_leader_writes::only_leader_writes;
pub use paused_moves_nothing::paused_moves_nothing;
pub use resumed_accuses_nobody::resumed_accuses_nobody;

use les_core::Epoch;

use crate::faults::Fault;
use crate::world::World;

/// What the invariants remember of a run.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// How many moves the faults so far excuse.
    pub budget: MoveBudget,
    /// Since when links and nodes have been undisturbed.
    pub stability: Stability,
    /// Votes and their winners.
    pub ballots: Ballots,
}

/// A node was elected.
pub fn elected(world: &mut World, node: usize, epoch: Epoch) {
    one_leader_per_epoch::one_leader_per_epoch(world, node, epoch);
    epochs_rise::elected_epoch_is_higher(&world.nodes[node], epoch);
    leader_is_confirmed::leader_is_confirmed(world, node, epoch);
    heard_leader_stays::heard_leader_stays(world, node);
}

impl World {
    /// Tells the invariants of a fault, before it is inflicted.
    pub fn watch_fault(&mut self, fault: &Fault) {
        self.stats.bump(fault.name());
        bounded_moves::forget_unused(self);
        let allowed = bounded_moves::excused_by(self, fault);
        self.watch.budget.allowed += allowed;
        let (now, nodes) = (self.now, self.nodes.len());
        self.watch.stability.note(now, nodes, fault);
    }
}

impl Fault {
    /// For the counters.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Crash(_) => "fault_crash",
            Self::PowerOff(_) => "fault_off",
            Self::Pause(..) => "fault_pause",
            Self::Goodbye(_) => "fault_goodbye",
            Self::Restart(..) => "fault_restart",
            Self::Partition(_, crate::network::Cut::Drop, _) => "fault_partition",
            Self::Partition(_, crate::network::Cut::Reset, _) => "fault_reset_partition",
            Self::Partition(_, crate::network::Cut::Refuse, _) => "fault_refuse_partition",
            Self::OneWay(..) => "fault_one_way",
            Self::Loss(..) => "fault_loss",
            Self::ApiCut(..) => "fault_api_cut",
            Self::Cloud(..) => "fault_cloud",
            Self::HandMove(Some(_)) => "fault_hand_move_member",
            Self::HandMove(None) => "fault_hand_move_stranger",
            Self::Heal => "fault_heal",
            Self::EndLoss => "end_loss",
            Self::Resume(_) => "resume",
            Self::EndApiCut(_) => "end_api_cut",
            Self::EndCloud => "end_cloud",
            Self::Exit(_) => "exit",
            Self::Retire(..) => "fault_retire",
            Self::HandOver(..) => "fault_hand_over",
            Self::Drain(..) => "fault_drain",
            Self::Undrain(_) => "end_drain",
            Self::PauseMoves(..) => "fault_pause_moves",
            Self::ResumeMoves => "end_pause_moves",
            Self::CloseStreams(_) => "fault_close_streams",
        }
    }
}
