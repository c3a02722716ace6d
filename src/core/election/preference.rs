//! Where the addresses should live in calm times: a leader hands over to a node of a higher weight, when everything has been well for long.

use std::cmp::Reverse;
use std::time::Duration;

use crate::addr::Addr;
use crate::election::Election;
use crate::election::member::Member;
use crate::election::output::StepDown;
use crate::time::{Now, Time};

/// A node that had no answer from the cloud for so long may not reach it: the address is not sent there.
const REACHED_WITHIN: Duration = Duration::from_secs(300);

impl Election {
    /// Hands over to the preferred node once it has been that, and everything calm, for the hold-down.
    pub(super) fn prefer(&mut self, now: Now) {
        let Some(to) = self.preferred(now.mono) else {
            self.calm = None;
            return;
        };
        match &self.calm {
            Some((addr, since)) if *addr == to => {
                if now.mono >= *since + self.config.preference_hold {
                    self.calm = None;
                    self.give_up(now, StepDown::Preferred, Some(to));
                }
            }
            _ => self.calm = Some((to, now.mono)),
        }
    }

    /// When the hold-down ends.
    pub(super) fn preference_wake(&self) -> Option<Time> {
        let (_, since) = self.calm.as_ref()?;
        Some(*since + self.config.preference_hold)
    }

    /// The follower of the highest weight above this leader's own, the most senior of equals, if it could take over and nothing is amiss anywhere.
    fn preferred(&self, now: Time) -> Option<Addr> {
        let reign = self.reign()?;
        let mixed = self.members.values().any(Member::is_reference);
        if mixed || reign.meeting.is_some() || !self.holds_all() || !self.is_calm(now) {
            return None;
        }
        let reaches = |m: &&Member| {
            let lately = |at: Time| now.since(at) < REACHED_WITHIN;
            !self.config.needs_target || m.reached_at().is_some_and(lately)
        };
        let heirs = self.heirs(now);
        let heirs = heirs.iter().filter_map(|addr| self.members.get(addr));
        let above = heirs.filter(|m| m.preference() > self.config.preference);
        let best = above
            .filter(reaches)
            .min_by_key(|m| Reverse(m.preference()));
        best.map(|m| m.doc.addr.clone())
    }

    /// This node is the follower whom its leader would prefer: it keeps its access to the cloud warm, as the next in line does.
    pub(super) fn is_preferred(&self) -> bool {
        let mine = self.config.preference;
        let Some(leader) = self.followed() else {
            return false;
        };
        let others = self.members.values().filter(|m| m.may_lead());
        self.is_eligible()
            && mine > leader.preference()
            && others.map(Member::preference).max() <= Some(mine)
    }

    /// The last reading of every address showed it here.
    fn holds_all(&self) -> bool {
        let mut holds = self.holds.values();
        !self.config.needs_target || (!self.holds.is_empty() && holds.all(|held| held.mine))
    }

    /// Everybody is heard and follows this node, and nobody was lost within the hold-down.
    fn is_calm(&self, now: Time) -> bool {
        let follows = |m: &Member| m.doc.leader.as_ref() == Some(&self.me.addr);
        let well = |m: &Member| {
            follows(m) && m.missed == 0 && m.probing.is_quiet() && self.is_observer(m, now)
        };
        let lost_lately = self
            .lost
            .values()
            .any(|l| now.since(l.since) < self.config.preference_hold);
        let doubts = self.liveness.deaf || self.liveness.doubt_since.is_some();
        !doubts && !lost_lately && self.members.values().all(well)
    }
}

impl Member {
    fn preference(&self) -> u32 {
        self.ext().map_or(0, |e| e.preference)
    }
}
