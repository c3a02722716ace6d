//! What one source is known to say: its good answers, for as long as they count.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use les_core::{Addr, Time};

/// An answer that leaves out who was named before may be a mistake, such as a lost label: the node counts for so many intervals of answers without it.
const BELIEVED_AFTER: u32 = 3;

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
    pub(super) fn answered(&mut self, now: Time, named: BTreeSet<Addr>, interval: Duration) {
        let long = interval * BELIEVED_AFTER;
        self.asked = true;
        self.answered = Some(now);
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

    #[test]
    fn a_source_that_cannot_be_asked_never_says_nobody() {
        let mut known = Known::default();
        known.answered(at(0), set(&["a:1", "b:1"]), INTERVAL);
        known.failed();
        assert_eq!(known.found(), &set(&["a:1", "b:1"]));
        assert!(!known.is_kept());
        known.answered(at(99_999), set(&["b:1"]), INTERVAL);
        assert_eq!(
            known.found(),
            &set(&["a:1", "b:1"]),
            "time without answers does not count"
        );
    }

    #[test]
    fn who_is_left_out_counts_for_three_intervals_of_answers() {
        let mut known = Known::default();
        known.answered(at(0), set(&["a:1", "b:1"]), INTERVAL);
        for seconds in [60, 120, 239] {
            known.answered(at(seconds), set(&["b:1", "c:1"]), INTERVAL);
            assert_eq!(known.found(), &set(&["a:1", "b:1", "c:1"]), "{seconds}");
            assert!(known.is_kept());
        }
        let mut named_again = known.clone();
        named_again.answered(at(239), set(&["a:1", "b:1", "c:1"]), INTERVAL);
        named_again.answered(at(240), set(&["b:1", "c:1"]), INTERVAL);
        assert!(named_again.found().is_superset(&set(&["a:1"])));
        known.answered(at(240), set(&["b:1", "c:1"]), INTERVAL);
        assert_eq!(known.found(), &set(&["b:1", "c:1"]));
        assert!(!known.is_kept());
    }

    #[test]
    fn nobody_is_believed_after_three_intervals_in_a_row() {
        let mut known = Known::default();
        known.answered(at(0), set(&["a:1"]), INTERVAL);
        for seconds in [60, 120, 239] {
            known.answered(at(seconds), set(&[]), INTERVAL);
            assert!(known.is_kept() && !known.found().is_empty(), "{seconds}");
        }
        known.answered(at(240), set(&[]), INTERVAL);
        assert!(known.found().is_empty() && known.is_complete());
    }

    #[test]
    fn a_source_that_never_named_anybody_is_not_complete_at_once() {
        let mut misspelled = Known::default();
        for seconds in [0, 1, 179] {
            misspelled.answered(at(seconds), set(&[]), INTERVAL);
            assert!(
                !misspelled.is_complete(),
                "{seconds}: a misspelled label must not make this node believe that it is alone"
            );
        }
        misspelled.answered(at(180), set(&[]), INTERVAL);
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
        new.answered(at(1), set(&["a:1"]), INTERVAL);
        assert!(new.is_complete());
        let mut old = Known::remembered(set(&["a:1"]));
        assert!(!old.is_complete() && old.is_kept());
        old.failed();
        assert!(old.is_complete());
    }
}
