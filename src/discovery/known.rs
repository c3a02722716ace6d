//! What one source is known to say: its good answers, for as long as they count.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use les_core::{Addr, Time};

/// An answer that leaves out who was named before may be a mistake, such as a lost label: the node counts for so many intervals of answers without it.
const BELIEVED_AFTER: u32 = 3;

/// What a source says when it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whom it names.
    pub named: BTreeSet<Addr>,
    /// All of it could be asked: the answer leaves out only who is not there.
    pub whole: bool,
}

/// What a source is known to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    found: BTreeSet<Addr>,
    /// Since when answers have left out one that was named before.
    left_out: BTreeMap<Addr, Time>,
    /// It was asked in this life, with whatever outcome.
    asked: bool,
    /// When it answered last, in this life.
    answered: Option<Time>,
    /// It named somebody in this life.
    named: bool,
    /// Since when it has said that nobody is there.
    nobody_since: Option<Time>,
    /// It has said so for long enough.
    nobody: bool,
    /// Since when a part of it could not be asked.
    partial_since: Option<Time>,
    /// What it said is from an earlier life.
    remembered: bool,
}

impl Known {
    /// It answered in an earlier life.
    pub(super) fn remembered(found: BTreeSet<Addr>) -> Self {
        Self {
            remembered: !found.is_empty(),
            found,
            ..Self::default()
        }
    }

    /// It answered. Who is named counts at once, who is not named any more is dropped after a while.
    pub(super) fn answered(&mut self, now: Time, answer: Answer, interval: Duration) {
        let long = interval * BELIEVED_AFTER;
        let Answer { named, whole } = answer;
        self.asked = true;
        self.answered = Some(now);
        if whole {
            self.partial_since = None;
        } else {
            let since = *self.partial_since.get_or_insert(now);
            // A part that never answers, as AAAA at some servers, does not exist.
            if now.since(since) < long {
                self.left_out.retain(|addr, _| !named.contains(addr));
                self.found.extend(named);
                return;
            }
        }
        if named.is_empty() {
            let since = *self.nobody_since.get_or_insert(now);
            self.nobody = now.since(since) >= long;
        } else {
            self.nobody_since = None;
            self.nobody = false;
            self.named = true;
            self.remembered = false;
        }
        self.left_out.retain(|addr, _| !named.contains(addr));
        for addr in self.found.difference(&named) {
            self.left_out.entry(addr.clone()).or_insert(now);
        }
        self.found.extend(named);
        let left_out = &mut self.left_out;
        self.found.retain(|addr| {
            let gone = left_out
                .get(addr)
                .is_some_and(|since| now.since(*since) >= long);
            if gone {
                left_out.remove(addr);
            }
            !gone
        });
        self.remembered &= !self.found.is_empty();
    }

    /// It could not be asked: that says nothing about who is there.
    pub(super) const fn failed(&mut self) {
        self.asked = true;
    }

    /// Asked in this life, and has named somebody in this life or in an earlier one. A source that names nobody may be misspelled, or not
    /// there yet: it is believed after a while.
    pub(super) const fn is_complete(&self) -> bool {
        self.asked && (self.named || self.remembered || self.nobody)
    }

    /// Who is there, as far as is known.
    pub(super) const fn found(&self) -> &BTreeSet<Addr> {
        &self.found
    }

    /// When it answered last, in this life.
    pub(super) const fn last_answer(&self) -> Option<Time> {
        self.answered
    }

    /// Some of what counts is not what it says now: it leaves out whom it named before, or has not answered in this life.
    pub(super) fn is_kept(&self) -> bool {
        self.remembered || !self.left_out.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(60);

    fn at(seconds: u64) -> Time {
        Time::from_epoch(Duration::from_secs(seconds))
    }

    fn set(addrs: &[&str]) -> BTreeSet<Addr> {
        addrs.iter().map(|addr| addr.parse().unwrap()).collect()
    }

    fn whole(addrs: &[&str]) -> Answer {
        Answer {
            named: set(addrs),
            whole: true,
        }
    }

    fn part(addrs: &[&str]) -> Answer {
        Answer {
            whole: false,
            ..whole(addrs)
        }
    }

    #[test]
    fn a_part_of_an_answer_names_nodes_and_leaves_nobody_out_until_it_is_all_there_ever_is() {
        let mut known = Known::default();
        known.answered(at(0), part(&["a:1"]), INTERVAL);
        assert_eq!(known.found(), &set(&["a:1"]));
        assert!(!known.is_complete(), "the other family may name more");
        known.answered(at(60), whole(&["a:1", "b:1"]), INTERVAL);
        assert!(known.is_complete());
        for seconds in [120, 180, 299] {
            known.answered(at(seconds), part(&["a:1"]), INTERVAL);
            assert!(!known.is_kept(), "{seconds}: b:1 is not left out by it");
        }
        let mut one_family = Known::default();
        for seconds in [0, 60, 180] {
            one_family.answered(at(seconds), part(&["a:1"]), INTERVAL);
        }
        assert!(one_family.is_complete());
    }

    #[test]
    fn a_source_that_cannot_be_asked_never_says_nobody() {
        let mut known = Known::default();
        known.answered(at(0), whole(&["a:1", "b:1"]), INTERVAL);
        known.failed();
        assert_eq!(known.found(), &set(&["a:1", "b:1"]));
        assert!(!known.is_kept());
        known.answered(at(99_999), whole(&["b:1"]), INTERVAL);
        assert_eq!(
            known.found(),
            &set(&["a:1", "b:1"]),
            "time without answers does not count"
        );
    }

    #[test]
    fn who_is_left_out_counts_for_three_intervals_of_answers() {
        let mut known = Known::default();
        known.answered(at(0), whole(&["a:1", "b:1"]), INTERVAL);
        for seconds in [60, 120, 239] {
            known.answered(at(seconds), whole(&["b:1", "c:1"]), INTERVAL);
            assert_eq!(known.found(), &set(&["a:1", "b:1", "c:1"]), "{seconds}");
            assert!(known.is_kept());
        }
        let mut named_again = known.clone();
        named_again.answered(at(239), whole(&["a:1", "b:1", "c:1"]), INTERVAL);
        named_again.answered(at(240), whole(&["b:1", "c:1"]), INTERVAL);
        assert!(named_again.found().is_superset(&set(&["a:1"])));
        known.answered(at(240), whole(&["b:1", "c:1"]), INTERVAL);
        assert_eq!(known.found(), &set(&["b:1", "c:1"]));
        assert!(!known.is_kept());
    }

    #[test]
    fn nobody_is_believed_after_three_intervals_in_a_row() {
        let mut known = Known::default();
        known.answered(at(0), whole(&["a:1"]), INTERVAL);
        for seconds in [60, 120, 239] {
            known.answered(at(seconds), whole(&[]), INTERVAL);
            assert!(known.is_kept() && !known.found().is_empty(), "{seconds}");
        }
        known.answered(at(240), whole(&[]), INTERVAL);
        assert!(known.found().is_empty() && known.is_complete());
    }

    #[test]
    fn a_source_that_never_named_anybody_is_not_complete_at_once() {
        let mut misspelled = Known::default();
        for seconds in [0, 1, 179] {
            misspelled.answered(at(seconds), whole(&[]), INTERVAL);
            assert!(
                !misspelled.is_complete(),
                "{seconds}: a misspelled label must not make this node believe that it is alone"
            );
        }
        misspelled.answered(at(180), whole(&[]), INTERVAL);
        assert!(misspelled.is_complete());
    }

    #[test]
    fn it_is_complete_once_asked_if_it_ever_named_somebody() {
        let mut new = Known::default();
        assert!(!new.is_complete());
        new.failed();
        assert!(
            !new.is_complete(),
            "there may be nodes that nobody knows of"
        );
        new.answered(at(1), whole(&["a:1"]), INTERVAL);
        assert!(new.is_complete());
        let mut old = Known::remembered(set(&["a:1"]));
        assert!(!old.is_complete() && old.is_kept());
        old.failed();
        assert!(old.is_complete());
    }
}
