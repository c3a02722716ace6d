//! What the core's closed sets mean, and what went wrong, said to a person: for `/diag/` and the logs.

use std::error::Error;

use les_core::{Addr, FailureKind, Ineligible, Undecided, Why};

/// `a:1, b:2`.
#[must_use]
pub fn list(addrs: &[Addr]) -> String {
    addrs
        .iter()
        .map(Addr::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Why there is no leader yet.
#[must_use]
pub fn undecided(why: &Undecided) -> String {
    match why {
        Undecided::Joining => {
            "waiting for the seeds to answer before taking a place in the order".into()
        }
        Undecided::NoContact => {
            "no other node was ever met: alone, a node does not lead (election.alone_after)".into()
        }
        Undecided::NobodyEligible => "nobody who is heard may lead".into(),
        Undecided::Nominated(addr) => format!("{addr} is the most senior, and does not lead yet"),
        Undecided::Candidate(waiting) => {
            format!("nominated; waiting for {} to confirm", list(waiting))
        }
        Undecided::NoQuorum { votes, needed } => format!(
            "nominated, with {votes} of {needed} votes that are needed (election.voters): the other voters are not heard, or hear another leader"
        ),
        Undecided::Leaving => "about to exit".into(),
    }
}

/// Why a node may not lead.
#[must_use]
pub const fn ineligible(why: Ineligible) -> &'static str {
    match why {
        Ineligible::Joining => "it has just started and waits for the seeds",
        Ineligible::NoTarget => "who it is at the provider is not known yet",
        Ineligible::Clone => "another node has the same id",
        Ineligible::Deaf => "it is asked by others and hears nobody",
        Ineligible::Leaving => "it is about to exit",
        Ineligible::Drained => "it is drained",
        Ineligible::Witness => "it is a witness (node.role)",
        Ineligible::NotVoter => "it is not on its own list of voters (election.voters)",
    }
}

/// Why nothing is done about an address.
#[must_use]
pub fn resting(why: &Why) -> String {
    match why {
        Why::NotLeader => "this node does not lead".into(),
        Why::NoTarget => "who this node is at the provider is not known yet".into(),
        Why::Mine => "this node holds it".into(),
        Why::Paused => "moves are paused by an operator: `les resume` lets it be moved here".into(),
        Why::Busy => "the cloud is at work on it".into(),
        Why::BackingOff(kind) => format!("{}; the pause before the next try runs", failure(*kind)),
        Why::Settling => "the cloud's readings may still be old".into(),
        Why::OnItsWay => "nobody holds it, and a leader that is not heard may be moving it".into(),
        Why::Meeting => {
            "another leader is heard: nothing is written until one of the two yields".into()
        }
        Why::WaitingTurn => {
            "more senior nodes may be taking it over: they have the first turn".into()
        }
        Why::AwaitingAnswer(addr) => {
            format!("{addr} holds it and has not answered since the reading")
        }
        Why::UnreachableMember(addr) => format!(
            "{addr} holds it, cannot be reached, and was never followed by this node: not taken"
        ),
        Why::Yielded(holder, Some(node)) => format!(
            "yielded: it is on {node} ({holder}), which took it while this node could not hear it"
        ),
        Why::Yielded(holder, None) => {
            format!("yielded: it is on {holder}, which took it from this node")
        }
        Why::Confirming(holder) => {
            format!("{holder} holds it now: a second reading decides whether to yield")
        }
        Why::StrangerSeedsUnheard(holder, seeds) => {
            let unheard = match &seeds[..] {
                [] => "members are out of reach".to_owned(),
                [seed] => format!("seed {seed} was never heard"),
                seeds => format!("seeds {} were never heard", list(seeds)),
            };
            format!(
                "not taken: an unknown machine, {holder}, holds it, and {unheard}: it may be a member beyond a partition"
            )
        }
        Why::StrangerLeft(holder) => format!(
            "{holder}, an unknown machine, holds it, and is left there (address.on_stranger)"
        ),
    }
}

/// What a failed call means.
#[must_use]
pub const fn failure(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Throttled => "the cloud asked for fewer calls",
        FailureKind::Transient => "the call failed",
        FailureKind::Unreachable => "the cloud does not answer",
        FailureKind::InProgress => "another action is under way",
        FailureKind::MaybeApplied => "the call may or may not have taken effect",
        FailureKind::Conflict => "the address was not as expected",
        FailureKind::Denied => "the credentials do not allow this",
        FailureKind::NotFound => "the address or this node does not exist at the provider",
        FailureKind::Misconfigured => "the provider's configuration cannot work",
    }
}

/// One word for a failure.
#[must_use]
pub const fn failure_code(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Throttled => "throttled",
        FailureKind::Transient => "transient",
        FailureKind::Unreachable => "unreachable",
        FailureKind::InProgress => "in_progress",
        FailureKind::MaybeApplied => "maybe_applied",
        FailureKind::Conflict => "conflict",
        FailureKind::Denied => "denied",
        FailureKind::NotFound => "not_found",
        FailureKind::Misconfigured => "misconfigured",
    }
}

/// An error and its causes in one line. (`Display` of our errors never repeats the source.)
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
