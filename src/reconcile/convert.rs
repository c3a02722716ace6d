//! Between the provider's types and the core's, which know nothing of each other.

use les_core::{FailureKind, Seen};
use les_provider::{ErrorKind, Observation, Target};

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
