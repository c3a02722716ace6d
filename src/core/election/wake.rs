//! When something is due next, if nothing happens before.

use crate::election::Election;
use crate::election::member::{Member, Schedule};
use crate::time::Time;

impl Election {
    /// When something is due next.
    pub(super) fn next_wake(&self) -> Option<Time> {
        let idle = |s: &Schedule| s.in_flight.is_none().then_some(s.next);
        let members = self.members.values().filter_map(|m| idle(&m.schedule));
        let lost = self.lost.values().filter_map(|l| idle(&l.schedule));
        let seeds = self
            .seeds
            .iter()
            .filter(|s| self.is_retried(s))
            .filter_map(|s| idle(&s.schedule));
        let discovery = self
            .discovered
            .values()
            .any(|d| d.in_flight.is_none())
            .then_some(self.next_discovery);
        let expiry = self
            .polls
            .values()
            .map(|p| p.sent + self.config.poll_timeout * 2)
            .min();
        let join = (!self.joined).then_some(self.started + self.config.join_window);
        let alone = if self.contact {
            None
        } else {
            self.config.alone_after.map(|after| self.started + after)
        };
        let alone = alone.filter(|at| *at > self.last_seen);
        let probes = self.members.values().filter_map(|m| m.probing.next);
        let future = |at: &Time| *at > self.last_seen;
        let silent = self
            .members
            .values()
            .filter_map(|m| self.silent_at(m))
            .filter(future);
        let streams = self
            .members
            .iter()
            .filter(|(name, _)| self.config.watch && self.is_watched(name));
        let streams = streams.filter_map(|(_, m)| m.watching.retry());
        let lapse = self.lapses_at().filter(future);
        // While somebody is suspected, a stop of this node itself must not go unnoticed between two timers that are far apart.
        let suspects = |m: &Member| m.missed > 0 || !m.probing.is_quiet();
        let suspicious = self.members.values().any(suspects);
        let pulse = suspicious.then(|| self.last_seen + self.config.beat);
        let bid = self.next_bid().filter(future);
        let again = self.last_leader_awaited_until().filter(future);
        let preference = self.preference_wake().filter(future);
        let promise = self.promised_until().filter(future);
        let resignation = self.resignation_wake().filter(future);
        members
            .chain(lost)
            .chain(seeds)
            .chain(discovery)
            .chain(expiry)
            .chain(join)
            .chain(alone)
            .chain(probes)
            .chain(silent)
            .chain(streams)
            .chain(lapse)
            .chain(bid)
            .chain(again)
            .chain(preference)
            .chain(promise)
            .chain(pulse)
            .chain(resignation)
            .min()
    }
}
