//! Who reaches the cloud's API: a leader that needs a call and gets no answer hands over to a node that gets one.

use crate::election::Election;
use crate::election::member::Member;
use crate::election::output::StepDown;
use crate::time::{Now, Time};

/// Calls without an answer in a row before a leader gives up.
const UNANSWERED: u32 = 3;

/// This node's own calls to the provider.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reach {
    /// When the latest call began that was answered.
    answered: Option<Time>,
    /// How many in a row had no answer, and when the first of them began.
    unanswered: u32,
    since: Option<Time>,
    /// What the address needs depends on them.
    needed: bool,
}

impl Election {
    /// A call ended: any answer counts, also one that says no.
    pub(super) fn cloud_called(&mut self, begun: Time, answered: bool, needed: bool) {
        let reach = &mut self.reach;
        if answered {
            *reach = Reach {
                answered: reach.answered.max(Some(begun)),
                ..Reach::default()
            };
        } else {
            reach.unanswered = reach.unanswered.saturating_add(1);
            reach.since.get_or_insert(begun);
            reach.needed = needed;
        }
    }

    /// When the latest answered call began.
    pub(super) const fn reached_at(&self) -> Option<Time> {
        self.reach.answered
    }

    /// It leads, needs a call, and had no answer: those who may follow it try whether they get one.
    pub(super) fn seeks_reach(&self) -> bool {
        self.reign().is_some() && self.reach.needed && self.reach.unanswered > 0
    }

    /// The leader that this node follows asks whether it reaches the cloud.
    pub(super) fn is_asked_for_reach(&self) -> bool {
        let seeks = |m: &Member| m.ext().is_some_and(|e| e.seeks_reach);
        self.is_eligible() && self.followed().is_some_and(seeks)
    }

    /// Resigns in favour of the most senior node whose latest answered call began after this node's first unanswered one. If there is none, the
    /// fault may be the cloud's, and it stays.
    pub(super) fn yield_to_who_reaches(&mut self, now: Now) {
        let Reach {
            unanswered, since, ..
        } = self.reach;
        if unanswered < UNANSWERED || !self.seeks_reach() {
            return;
        }
        let reaches = |m: &Member| m.reached_at() > since;
        let heirs = self.heirs(now.mono);
        // Where reference nodes are members the most senior leads, whoever is chosen.
        let mixed = self.members.values().any(Member::is_reference);
        let heir = heirs
            .iter()
            .take(if mixed { 1 } else { usize::MAX })
            .find(|addr| self.members.get(*addr).is_some_and(reaches));
        if let Some(to) = heir.cloned() {
            self.reach = Reach {
                answered: self.reach.answered,
                ..Reach::default()
            };
            self.give_up(now, StepDown::Unreachable, Some(to));
        }
    }
}

impl Member {
    /// When its latest answered call to the provider began, on this node's clock.
    pub(super) fn reached_at(&self) -> Option<Time> {
        Some(self.told - self.ext()?.reached?)
    }
}
