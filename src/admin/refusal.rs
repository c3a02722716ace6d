//! Why an order was not carried out. Nothing was changed then, unless it says that it may have been.

use std::io;
use std::path::PathBuf;

use les_core::Addr;
use les_provider::ProviderError;

use super::eligibility::WhyNot;
use crate::handover::PATIENCE;
use crate::words;

/// A refused order. Its text says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Only the leader has a lead to hand over.
    #[error("{me} does not lead: {}", match leader {
        Some(leader) => format!("{leader} does; ask it there"),
        None => "nobody does at the moment; les shows why at /diag/".to_owned(),
    })]
    NotLeader {
        /// This node.
        me: Addr,
        /// Who leads.
        leader: Option<Addr>,
    },
    /// Nobody else may lead.
    #[error("no other node may lead now, so the lead stays here: {}", reasons(.0))]
    NobodyEligible(Vec<(Addr, WhyNot)>),
    /// Drained, the cluster would have no leader.
    #[error("no other node may lead now, and without this one nobody would: {}; --force drains all the same", reasons(.0))]
    LastEligible(Vec<(Addr, WhyNot)>),
    /// `to` is this node.
    #[error("{0} is this node, which leads already")]
    ToSelf(Addr),
    /// `to` is no member.
    #[error("{to} is not a member as this node knows them; members are {}", others(.members))]
    ToUnknown {
        /// Who was named.
        to: Addr,
        /// The others.
        members: Vec<Addr>,
    },
    /// `to` cannot take over.
    #[error("{to} cannot take over: it {why}")]
    ToIneligible {
        /// Who was named.
        to: Addr,
        /// Why.
        why: WhyNot,
    },
    /// Reference nodes follow nobody but the most senior.
    #[error(
        "{to} cannot be chosen: with reference nodes among the members the most senior one always leads, and that would be {most_senior}"
    )]
    ToNotMostSenior {
        /// Who was named.
        to: Addr,
        /// Who would lead.
        most_senior: Addr,
    },
    /// One at a time.
    #[error("a hand-over is under way already; it ends within {} s", PATIENCE.as_secs())]
    Underway,
    /// A hand-over would move the addresses, and nothing is to be moved.
    #[error("moves are paused, and a hand-over would move the addresses: `les resume` first")]
    Paused,
    /// Only while moves are paused.
    #[error(
        "moves are not paused, so the leader would do it itself or undo it: `les pause` first, or `les handoff` to move the lead and the addresses with it"
    )]
    NotPaused,
    /// The leader might move it in the same moment.
    #[error(
        "moves are paused, but {0}, which leads, has not said that it knows: try again, and look at `les status`"
    )]
    LeaderUnaware(Addr),
    /// Who might move it is not known.
    #[error(
        "nobody leads as far as this node knows, so who else might move it cannot be known; `les status` says what it waits for"
    )]
    NobodyLeads,
    /// A call that was begun before the pause.
    #[error(
        "a call that was begun before the pause moves {0} just now: try again when it has ended"
    )]
    Moving(String),
    /// One by one.
    #[error("an address is being moved by hand just now: wait for its end")]
    ByHandUnderway,
    /// The cloud did not say how it ended.
    #[error(
        "the cloud may have done it, or may do it later: look with `les provider observe` before anything else"
    )]
    MaybeDone(#[source] ProviderError),
    /// Nothing moves addresses here.
    #[error("this node has no provider (provider.kind), so it moves nothing")]
    NoProvider,
    /// Nowhere to move it to.
    #[error("who this node is at the provider is not known yet; `les check` says why")]
    NoTarget,
    /// Not one of the configured ones.
    #[error("{address} is not configured here; {}", known(.configured))]
    UnknownAddress {
        /// What was named.
        address: String,
        /// What there is.
        configured: Vec<String>,
    },
    /// The cloud did not do it, or is not known to have.
    #[error("the cloud did not do it")]
    Provider(#[source] ProviderError),
    /// The election did not take the order in time: the node is overloaded or about to exit.
    #[error(
        "the node did not take the order in time; it may be overloaded, or about to exit. Look at its log, and ask again"
    )]
    Unheard,
    /// The state could not be kept over a restart.
    #[error("{} cannot be {}, so nothing was changed", .path.display(), if *.set { "written" } else { "removed" })]
    DrainMark {
        /// The file.
        path: PathBuf,
        /// Whether it was to be there, or to go.
        set: bool,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

impl Refusal {
    /// One word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotLeader { .. } => "not_leader",
            Self::NobodyEligible(_) => "nobody_eligible",
            Self::LastEligible(_) => "last_eligible",
            Self::ToSelf(_) => "to_self",
            Self::ToUnknown { .. } => "to_unknown",
            Self::ToIneligible { .. } => "to_ineligible",
            Self::ToNotMostSenior { .. } => "to_not_most_senior",
            Self::Underway => "underway",
            Self::Paused => "paused",
            Self::NotPaused => "not_paused",
            Self::LeaderUnaware(_) => "leader_unaware",
            Self::NobodyLeads => "nobody_leads",
            Self::Moving(_) => "moving",
            Self::ByHandUnderway => "by_hand_underway",
            Self::MaybeDone(_) => "maybe_done",
            Self::NoProvider => "no_provider",
            Self::NoTarget => "no_target",
            Self::UnknownAddress { .. } => "unknown_address",
            Self::Provider(_) => "provider",
            Self::Unheard => "unheard",
            Self::DrainMark { .. } => "drain_mark",
        }
    }

    /// Who leads instead, where that is the reason.
    #[must_use]
    pub const fn leader(&self) -> Option<&Addr> {
        match self {
            Self::NotLeader { leader, .. } => leader.as_ref(),
            Self::LeaderUnaware(leader) => Some(leader),
            _ => None,
        }
    }
}

fn known(addresses: &[String]) -> String {
    if addresses.is_empty() {
        return "no address is".to_owned();
    }
    format!("configured are {}", addresses.join(", "))
}

fn reasons(unable: &[(Addr, WhyNot)]) -> String {
    if unable.is_empty() {
        return "it knows no other member".to_owned();
    }
    let each = unable.iter().map(|(addr, why)| format!("{addr} {why}"));
    each.collect::<Vec<_>>().join("; ")
}

fn others(members: &[Addr]) -> String {
    if members.is_empty() {
        return "nobody else".to_owned();
    }
    words::list(members)
}
