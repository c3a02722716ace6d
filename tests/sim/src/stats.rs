//! How often each kind of thing happened: a simulation in which something never happens has not tested it.

use std::collections::BTreeMap;

use les_core::{Licence, Loss, Notice, StepDown, WatchEnd};

/// Counters of one run, or of many.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// Requests between nodes.
    pub polls: u64,
    /// Messages lost by chance.
    pub lost_messages: u64,
    /// Readings begun.
    pub reads: u64,
    /// Writes begun.
    pub writes: u64,
    /// Calls that failed.
    pub failed_calls: u64,
    /// Writes abandoned at a step-down.
    pub cancelled_calls: u64,
    /// Writes that took effect after their caller had given up.
    pub late_landings: u64,
    /// Changes of holder.
    pub moves: u64,
    /// Everything else, by name.
    pub events: BTreeMap<&'static str, u64>,
}

/// What must happen at least once in a full run.
pub const MUST_HAPPEN: &[&str] = &[
    "joined",
    "joined_behind",
    "member_joined",
    "suspected",
    "lost_dead",
    "lost_goodbye",
    "lost_silent",
    "lost_lone_silence",
    "candidate",
    "elected",
    "following",
    "step_down_lost_meeting",
    "step_down_newer_epoch",
    "step_down_ineligible",
    "step_down_leaving",
    "restamped",
    "met_leader",
    "won_meeting",
    "deaf",
    "licence_free",
    "licence_drift",
    "licence_succession",
    "licence_departed",
    "licence_holder_down",
    "licence_stranger",
    "licence_blind_takeover",
    "discovery_found",
    "discovery_failed",
    "discovery_remembered",
    "two_calls_freed",
    "two_calls_broken_off",
    "two_calls_rival",
    "fault_crash",
    "fault_off",
    "fault_pause",
    "fault_restart",
    "fault_goodbye",
    "fault_partition",
    "fault_reset_partition",
    "fault_refuse_partition",
    "fault_one_way",
    "fault_heal",
    "fault_loss",
    "fault_api_cut",
    "fault_hand_move_member",
    "fault_hand_move_stranger",
    "fault_retire",
    "fault_hand_over",
    "fault_drain",
    "fault_pause_moves",
    "end_pause_moves",
    "fault_close_streams",
    "stream_closed",
    "stream_broken",
    "step_down_resigned",
    "step_down_no_quorum",
    "quorum_elected",
    "licence_majority",
    "step_down_preferred",
    "step_down_cloud_unreachable",
    "held_back",
    "hears_again",
    "lost_zombie",
    "fault_cloud",
    "write_conflict",
    "late_write_fenced",
];

impl Stats {
    /// Counts one thing.
    pub fn bump(&mut self, name: &'static str) {
        *self.events.entry(name).or_default() += 1;
    }

    /// Counts a write's licence.
    pub fn count_licence(&mut self, licence: &Licence) {
        self.bump(match licence {
            Licence::Free => "licence_free",
            Licence::Drift(_) => "licence_drift",
            Licence::Succession(..) => "licence_succession",
            Licence::Departed(_) => "licence_departed",
            Licence::Majority(_) => "licence_majority",
            Licence::HolderDown => "licence_holder_down",
            Licence::Stranger => "licence_stranger",
            Licence::Blind(_) => "licence_blind_takeover",
        });
    }

    /// Counts a notice.
    pub fn count(&mut self, notice: &Notice) {
        self.bump(match notice {
            Notice::Joined { behind: false, .. } => "joined",
            Notice::Joined { behind: true, .. } => "joined_behind",
            Notice::MemberJoined { .. } => "member_joined",
            Notice::Suspected { .. } => "suspected",
            Notice::StreamEnded {
                end: WatchEnd::Closed,
                ..
            } => "stream_closed",
            Notice::StreamEnded { .. } => "stream_broken",
            Notice::MemberLost { loss, .. } => match loss {
                Loss::Dead => "lost_dead",
                Loss::Goodbye => "lost_goodbye",
                Loss::Silent => "lost_silent",
                Loss::LoneSilence => "lost_lone_silence",
                Loss::Zombie => "lost_zombie",
                Loss::Resigned => "lost_resigned",
            },
            Notice::HeldBack { .. } => "held_back",
            Notice::Candidate { .. } => "candidate",
            Notice::Elected { .. } => "elected",
            Notice::Following { .. } => "following",
            Notice::SteppedDown { why } => match why {
                StepDown::LostMeeting => "step_down_lost_meeting",
                StepDown::NewerEpoch => "step_down_newer_epoch",
                StepDown::MoreSenior => "step_down_more_senior",
                StepDown::Ineligible => "step_down_ineligible",
                StepDown::Leaving => "step_down_leaving",
                StepDown::Resigned => "step_down_resigned",
                StepDown::NoQuorum => "step_down_no_quorum",
                StepDown::Unreachable => "step_down_cloud_unreachable",
                StepDown::Preferred => "step_down_preferred",
            },
            Notice::Restamped { .. } => "restamped",
            Notice::MetLeader { .. } => "met_leader",
            Notice::WonMeeting { .. } => "won_meeting",
            Notice::Clone { .. } => "clone",
            Notice::Pause(pause) if pause.paused => "paused",
            Notice::Pause(_) => "resumed",
            Notice::Deaf(true) => "deaf",
            Notice::Deaf(false) => "hears_again",
            Notice::Excluded { .. } => "excluded",
        });
    }

    /// Adds another run's counters.
    pub fn add(&mut self, other: &Self) {
        self.polls += other.polls;
        self.lost_messages += other.lost_messages;
        self.reads += other.reads;
        self.writes += other.writes;
        self.failed_calls += other.failed_calls;
        self.cancelled_calls += other.cancelled_calls;
        self.late_landings += other.late_landings;
        self.moves += other.moves;
        for (name, n) in &other.events {
            *self.events.entry(name).or_default() += n;
        }
    }

    /// What must happen and never did.
    #[must_use]
    pub fn never_happened(&self) -> Vec<&'static str> {
        MUST_HAPPEN
            .iter()
            .copied()
            .filter(|name| !self.events.contains_key(name))
            .collect()
    }
}

impl std::fmt::Display for Stats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fixed = [
            ("polls", self.polls),
            ("lost_messages", self.lost_messages),
            ("reads", self.reads),
            ("writes", self.writes),
            ("failed_calls", self.failed_calls),
            ("cancelled_calls", self.cancelled_calls),
            ("late_landings", self.late_landings),
            ("moves", self.moves),
        ];
        for (name, n) in fixed
            .into_iter()
            .chain(self.events.iter().map(|(k, v)| (*k, *v)))
        {
            writeln!(f, "{name:>26} {n}")?;
        }
        Ok(())
    }
}
