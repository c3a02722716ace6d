//! What one source is known to say: its last good answer, for as long as that counts.

use std::collections::BTreeSet;
use std::time::Duration;

use les_core::{Addr, Time};

/// A source that named nodes and now says that nobody is there may have been emptied by mistake: what it said before counts for so many intervals.
const BELIEVED_AFTER_NOBODY: u32 = 3;

/// What a source is known to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    found: BTreeSet<Addr>,
    /// It was asked in this life, with whatever outcome.
    asked: bool,
    /// When it answered last, in this life.
    answered: Option<Time>,
    /// Since when it has said that nobody is there.
    nobody_since: Option<Time>,
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

    /// It answered. Nodes replace the nodes before; nobody is believed after a while.
    pub(super) fn answered(&mut self, now: Time, found: BTreeSet<Addr>, interval: Duration) {
        self.asked = true;
        self.answered = Some(now);
        if !found.is_empty() {
            self.nobody_since = None;
            self.remembered = false;
            self.found = found;
            return;
        }
        let since = *self.nobody_since.get_or_insert(now);
        if now.since(since) >= interval * BELIEVED_AFTER_NOBODY {
            self.remembered = false;
            self.found.clear();
        }
    }

    /// It could not be asked: that says nothing about who is there.
    pub(super) const fn failed(&mut self) {
        self.asked = true;
    }

    /// Asked in this life, and has answered in this life or in an earlier one.
    pub(super) const fn is_complete(&self) -> bool {
        self.asked && (self.answered.is_some() || self.remembered)
    }

    /// Who is there, as far as is known.
    pub(super) const fn found(&self) -> &BTreeSet<Addr> {
        &self.found
    }

    /// When it answered last, in this life.
    pub(super) const fn last_answer(&self) -> Option<Time> {
        self.answered
    }

    /// What counts is not what it says now: it says that nobody is there, or has not answered in this life.
    pub(super) fn is_kept(&self) -> bool {
        self.remembered || (self.nobody_since.is_some() && !self.found.is_empty())
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
        known.answered(at(99_999), set(&["b:1"]), INTERVAL);
        assert_eq!(known.found(), &set(&["b:1"]));
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
        let mut mended = known.clone();
        mended.answered(at(230), set(&["c:1"]), INTERVAL);
        mended.answered(at(240), set(&[]), INTERVAL);
        assert_eq!(mended.found(), &set(&["c:1"]), "the row was broken");
        known.answered(at(240), set(&[]), INTERVAL);
        assert!(known.found().is_empty() && known.is_complete());
    }

    #[test]
    fn it_is_complete_once_asked_if_it_ever_answered() {
        let mut new = Known::default();
        assert!(!new.is_complete());
        new.failed();
        assert!(
            !new.is_complete(),
            "there may be nodes that nobody knows of"
        );
        new.answered(at(1), set(&[]), INTERVAL);
        assert!(new.is_complete());
        let mut old = Known::remembered(set(&["a:1"]));
        assert!(!old.is_complete() && old.is_kept());
        old.failed();
        assert!(old.is_complete());
    }
}
