//! Between the provider's types and the core's, which know nothing of each other.

use std::time::Duration;

use les_core::{ArbiterConfig, FailureKind, OnStranger, Seen};
use les_provider::{AddressId, ErrorKind, Observation, Provider, Target};

pub(super) fn seen(observation: Observation) -> Seen {
    Seen {
        holder: observation.holder.map(|target| target.0),
        version: observation.version,
        busy: observation.busy,
        holder_down: observation.holder_down,
    }
}

pub(super) fn observation(seen: &Seen) -> Observation {
    Observation {
        holder: seen.holder.clone().map(Target),
        version: seen.version.clone(),
        busy: seen.busy,
        holder_down: seen.holder_down,
    }
}

pub(super) const fn failure_kind(kind: ErrorKind) -> FailureKind {
    match kind {
        ErrorKind::Throttled { .. } => FailureKind::Throttled,
        ErrorKind::Transient => FailureKind::Transient,
        ErrorKind::Unreachable => FailureKind::Unreachable,
        ErrorKind::InProgress => FailureKind::InProgress,
        ErrorKind::MaybeApplied => FailureKind::MaybeApplied,
        ErrorKind::Conflict => FailureKind::Conflict,
        ErrorKind::Denied => FailureKind::Denied,
        ErrorKind::NotFound => FailureKind::NotFound,
        ErrorKind::Misconfigured => FailureKind::Misconfigured,
    }
}

/// What an arbiter must know of a provider.
pub(super) fn arbiter_config(
    address: String,
    on_stranger: OnStranger,
    tick: Duration,
    provider: &dyn Provider,
) -> ArbiterConfig {
    let can = provider.capabilities();
    let seen_within = provider.seen_within(&AddressId(address.clone()));
    ArbiterConfig {
        address,
        provider: provider.name().to_owned(),
        tick,
        settle: can.settle,
        request_timeout: seen_within,
        moves_in_one_call: can.moves_in_one_call,
        free_may_be_moving: !can.moves_in_one_call || seen_within > can.request_timeout,
        on_stranger,
    }
}
