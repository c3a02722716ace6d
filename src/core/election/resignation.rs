//! R3: giving up the lead on purpose, so that a successor has it at once and holds the addresses before anybody exits.

use std::time::Duration;

use crate::addr::Addr;
use crate::election::member::Member;
use crate::election::output::StepDown;
use crate::election::{Election, Ineligible};
use crate::state::Resignation;
use crate::time::{Now, Time};

/// A chosen successor that does not lead after this long is no longer waited for.
const CHOSEN_PATIENCE: Duration = Duration::from_secs(3);
/// After this long a resignation is history, whether anybody followed it or not.
const RESIGNATION_PUBLISHED: Duration = Duration::from_secs(30);

impl Election {
    /// The others that may lead now, the most senior first.
    pub(super) fn heirs(&self, now: Time) -> Vec<Addr> {
        let may = |m: &&Member| self.may_follow_me(m, now);
        let mut heirs: Vec<&Member> = self.members.values().filter(may).collect();
        heirs.sort_by_key(|m| m.rank());
        heirs.into_iter().map(|m| m.doc.addr.clone()).collect()
    }

    fn may_follow_me(&self, member: &Member, now: Time) -> bool {
        member.may_lead() && self.is_observer(member, now) && !self.is_clone(member)
    }

    /// The operator asks for a hand-over. It is not begun unless somebody can take over; where reference nodes are members the most
    /// senior leads, whoever is chosen.
    pub(super) fn resign(&mut self, now: Now, to: Option<Addr>) {
        let heirs = self.heirs(now.mono);
        let mixed = self.members.values().any(Member::is_reference);
        let possible = match &to {
            None => !heirs.is_empty(),
            Some(to) if mixed => heirs.first() == Some(to),
            Some(to) => heirs.contains(to),
        };
        if self.reign().is_some() && possible {
            self.give_up(now, StepDown::Resigned, to);
        }
    }

    /// Gives up the lead for a successor.
    pub(super) fn give_up(&mut self, now: Now, why: StepDown, to: Option<Addr>) {
        self.step_down(now, why);
        if let Some((resignation, _)) = &mut self.resigned {
            resignation.to = to;
        }
    }

    pub(super) fn drain(&mut self, now: Now, drained: bool) {
        let ends = self.drained && !drained;
        self.drained = drained;
        // Whoever comes back goes behind those who stayed.
        if ends && self.joined {
            self.go_to_tail(now.wall);
        }
    }

    /// The reason for which an ineligible leader steps down.
    pub(super) fn why_ineligible(&self) -> StepDown {
        let reasons = self.ineligible();
        if reasons.contains(&Ineligible::Leaving) {
            StepDown::Leaving
        } else if reasons.contains(&Ineligible::Drained) {
            StepDown::Resigned
        } else {
            StepDown::Ineligible
        }
    }

    /// Tells the others that this reign was given up.
    pub(super) fn publish_resignation(&mut self, now: Time) {
        if let Some(reign) = self.reign() {
            let epoch = reign.epoch;
            self.resigned = Some((Resignation { epoch, to: None }, now));
        }
    }

    pub(super) fn forget_resignation(&mut self, now: Time) {
        let Some((resignation, at)) = &mut self.resigned else {
            return;
        };
        if now.since(*at) >= CHOSEN_PATIENCE {
            resignation.to = None;
        }
        if now.since(*at) >= RESIGNATION_PUBLISHED {
            self.resigned = None;
        }
    }

    /// Whom the leader that resigned last has chosen, if that node may lead.
    pub(super) fn chosen_successor(&self, now: Time) -> Option<Addr> {
        let own = self.resigned.as_ref().map(|(resignation, _)| resignation);
        let theirs = self
            .members
            .values()
            .filter(|m| self.is_observer(m, now))
            .filter_map(|m| m.ext()?.resigned.as_ref());
        let latest = theirs
            .chain(own)
            .filter(|r| r.epoch >= self.predecessor.epoch)
            .max_by_key(|r| r.epoch)?;
        let to = latest.to.as_ref()?;
        let may = if *to == self.me.addr {
            self.is_eligible()
        } else {
            self.members
                .get(to)
                .is_some_and(|m| self.may_follow_me(m, now))
        };
        may.then(|| to.clone())
    }

    /// When something about a resignation changes by itself.
    pub(super) fn resignation_wake(&self) -> Option<Time> {
        let (resignation, at) = self.resigned.as_ref()?;
        let patience = if resignation.to.is_some() {
            CHOSEN_PATIENCE
        } else {
            RESIGNATION_PUBLISHED
        };
        Some(*at + patience)
    }
}
