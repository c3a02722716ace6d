//! Series that are shown before they count: a counter that appears with its first step hides that step from `increase()`.

use les_core::{Loss, StepDown};

use super::Metrics;

/// Elections without a loss: see [`crate::takeover::Takeovers::notice`].
const WITHOUT_LOSS: [&str; 2] = ["first", "again"];
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
    let losses = Loss::ALL.map(Loss::as_str);
    for reason in WITHOUT_LOSS.iter().chain(&losses) {
        all.elections.with_label_values(&[reason]);
    }
    for why in StepDown::ALL {
        all.step_downs.with_label_values(&[why.as_str()]);
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
    use std::net::SocketAddr;

    use les_core::{Evidence, Forbidden, Licence};
    use les_provider::{ErrorKind, Operation};

    use super::*;

    fn same(list: &[&str], words: &[&str]) {
        let sorted = |words: &[&str]| {
            let mut words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
            words.sort();
            words
        };
        assert_eq!(sorted(list), sorted(words));
    }

    #[test]
    fn the_lists_are_those_of_the_types_that_are_counted() {
        let node = || "a:1".parse().unwrap();
        let licences = [
            Licence::Free,
            Licence::Drift(node()),
            Licence::Succession(node(), Loss::Dead),
            Licence::Departed(node()),
            Licence::Majority(node()),
            Licence::HolderDown,
            Licence::Stranger,
            Licence::Blind(node()),
        ];
        same(&MOVES, &licences.each_ref().map(Licence::as_str));
        let kinds = [
            ErrorKind::Throttled { retry_after: None },
            ErrorKind::Transient,
            ErrorKind::Unreachable,
            ErrorKind::InProgress,
            ErrorKind::MaybeApplied,
            ErrorKind::Conflict,
            ErrorKind::Denied,
            ErrorKind::NotFound,
            ErrorKind::Misconfigured,
        ];
        let ends = [&["ok", "dropped"][..], &kinds.map(ErrorKind::as_str)].concat();
        same(&OUTCOMES, &ends);
        let at = SocketAddr::from(([127, 0, 0, 1], 1));
        let evidence = [
            Evidence::Refused { at },
            Evidence::Silent,
            Evidence::Broken,
            Evidence::Unreachable,
            Evidence::BadAnswer,
            Evidence::Forbidden(Forbidden::Loopback),
        ];
        same(
            &POLLS,
            &[&["ok"][..], &evidence.map(Evidence::as_str)].concat(),
        );
        let counted = [
            Operation::Target,
            Operation::Observe,
            Operation::Assign,
            Operation::Release,
            Operation::Discover,
        ];
        same(&OPERATIONS, &counted.map(Operation::as_str));
    }
}
