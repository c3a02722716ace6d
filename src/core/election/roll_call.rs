//! Whether everybody is heard: only then is an unknown holder a stranger, and not a member beyond a partition.

use std::collections::{BTreeMap, BTreeSet};

use crate::addr::Addr;
use crate::election::Election;
use crate::election::leadership::SeedsHeard;
use crate::election::member::Seed;
use crate::time::Time;

impl Seed {
    /// The node's own name where it is known.
    fn node(&self) -> &Addr {
        self.name.as_ref().unwrap_or(&self.addr)
    }
}

impl Election {
    /// Seeds that neither answered nor refused since the start, members that missed a poll, and members lost on silence: each with the start of its silence, if it
    /// was tried at all.
    fn unheard(&self) -> BTreeMap<&Addr, Option<Time>> {
        // One that was admitted before it was found is heard, or lost, as a member.
        let seeds = self.seeds.iter().filter(|s| !s.heard && self.is_retried(s));
        // A member that just missed a poll, or some beats, may be behind a partition that has just begun.
        let missed = self
            .members
            .iter()
            .filter(|(_, m)| m.missed > 0 || !m.probing.is_quiet());
        let missed = missed.map(|(name, m)| (name, Some(m.heard)));
        let lost = self.lost.iter().filter(|(_, l)| l.is_unproven());
        let lost = lost.map(|(name, l)| (name, Some(l.since)));
        seeds
            .map(|s| (s.node(), s.failing_since))
            .chain(missed)
            .chain(lost)
            .collect()
    }

    /// This node counts as one of all, whether it lists itself or not.
    fn hears_majority(&self) -> bool {
        if !self.seeds_known {
            return false;
        }
        let unheard = self.unheard();
        let seeds = self.seeds.iter().filter(|s| !s.is_self).map(Seed::node);
        let others: BTreeSet<&Addr> = seeds
            .chain(self.members.keys())
            .chain(unheard.keys().copied())
            .collect();
        let heard = others.len() - unheard.len() + 1;
        heard * 2 > others.len() + 1
    }

    /// The silence of the rest counts only while a majority is heard: right after a partition has healed, whoever is heard last must not
    /// be taken for long gone.
    pub(super) fn call_the_roll(&mut self, now: Time) {
        self.majority_since = self
            .hears_majority()
            .then(|| self.majority_since.unwrap_or(now));
    }

    pub(super) fn seeds_heard(&self) -> SeedsHeard {
        if !self.seeds_known {
            return SeedsHeard::Unheard;
        }
        let unheard = self.unheard();
        if unheard.is_empty() {
            return SeedsHeard::All;
        }
        // One that was not even tried leaves the question open.
        let silent_since = unheard.values().copied().collect::<Option<Vec<_>>>();
        let silent_since = silent_since.and_then(|since| since.into_iter().max());
        match (silent_since, self.majority_since) {
            (Some(silent), Some(majority)) => SeedsHeard::Majority {
                rest_silent_since: silent.max(majority),
            },
            _ => SeedsHeard::Unheard,
        }
    }
}
