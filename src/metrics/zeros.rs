//! Series that are shown before they count: a counter that appears with its first step hides that step from `increase()`.

use super::Metrics;

const ELECTIONS: [&str; 8] = [
    "first",
    "again",
    "dead",
    "goodbye",
    "silent",
    "lone_silence",
    "zombie",
    "resigned",
];
const STEP_DOWNS: [&str; 9] = [
    "lost_meeting",
    "newer_epoch",
    "more_senior",
    "ineligible",
    "leaving",
    "resigned",
    "no_quorum",
    "cloud_unreachable",
    "preferred",
];
const MOVES: [&str; 8] = [
    "free",
    "drift",
    "succession",
    "departed",
    "majority",
    "holder_down",
    "stranger",
    "blind_takeover",
];
const PHASES: [&str; 5] = ["detect", "elect", "move", "confirm", "total"];
const OPERATIONS: [&str; 5] = ["target", "observe", "assign", "release", "discover"];
const OUTCOMES: [&str; 11] = [
    "ok",
    "throttled",
    "transient",
    "unreachable",
    "in_progress",
    "maybe_applied",
    "conflict",
    "denied",
    "not_found",
    "misconfigured",
    "dropped",
];
const POLLS: [&str; 7] = [
    "ok",
    "refused",
    "silent",
    "broken",
    "unreachable",
    "bad_answer",
    "forbidden",
];

/// Shows all of them.
pub(super) fn begin(metrics: &Metrics, addresses: &[&str]) {
    let all = &metrics.0;
    for reason in ELECTIONS {
        all.elections.with_label_values(&[reason]);
    }
    for reason in STEP_DOWNS {
        all.step_downs.with_label_values(&[reason]);
    }
    for phase in PHASES {
        all.takeovers.with_label_values(&[phase]);
    }
    for outcome in POLLS {
        all.polls.with_label_values(&[outcome]);
    }
    for address in addresses {
        for reason in MOVES {
            all.moves.with_label_values(&[address, reason]);
        }
    }
    for operation in OPERATIONS {
        all.call_seconds.with_label_values(&[operation]);
        for outcome in OUTCOMES {
            all.calls.with_label_values(&[operation, outcome]);
        }
    }
}

#[cfg(test)]
mod tests {
    use les_core::{Evidence, Loss, StepDown};
    use les_provider::ErrorKind;

    use super::*;

    #[test]
    fn the_lists_are_those_of_the_types_that_are_counted() {
        let losses = [
            Loss::Dead,
            Loss::Goodbye,
            Loss::Silent,
            Loss::LoneSilence,
            Loss::Zombie,
            Loss::Resigned,
        ];
        assert!(losses.iter().all(|loss| ELECTIONS.contains(&loss.as_str())));
        let why = [
            StepDown::Unreachable,
            StepDown::NoQuorum,
            StepDown::Preferred,
        ];
        assert!(why.iter().all(|why| STEP_DOWNS.contains(&why.as_str())));
        let kinds = [
            ErrorKind::Denied,
            ErrorKind::MaybeApplied,
            ErrorKind::Conflict,
        ];
        assert!(kinds.iter().all(|kind| OUTCOMES.contains(&kind.as_str())));
        let evidence = [Evidence::Silent, Evidence::Broken, Evidence::BadAnswer];
        assert!(evidence.iter().all(|e| POLLS.contains(&e.as_str())));
    }
}
