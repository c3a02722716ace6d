//! A pause of all moves: an operator tells one node, and every node passes on the latest wish that it has heard of, as long as it lives. So it reaches who
//! joins later, and outlives the node that was told.

use crate::election::Election;
use crate::election::member::Member;
use crate::election::output::Notice;
use crate::state::Pause;
use crate::time::Now;

impl Election {
    /// The operator's order. Nothing changes if that is the state of things already.
    pub(super) fn order_pause(&mut self, now: Now, paused: bool) {
        if self.pause.as_ref().is_some_and(|p| p.paused) == paused {
            return;
        }
        let serial = self.pause.as_ref().map_or(0, |p| p.serial);
        self.hear_of_pause(Pause {
            serial: (serial + 1).min(Pause::MAX_SERIAL),
            paused,
            by: self.me.addr.clone(),
            at: now.wall,
        });
    }

    /// Takes over a wish that is newer than what is known.
    pub(super) fn hear_of_pause(&mut self, pause: Pause) {
        if self.pause.as_ref() >= Some(&pause) {
            return;
        }
        let changes = self.pause.as_ref().is_some_and(|p| p.paused) != pause.paused;
        if changes {
            self.notice(Notice::Pause(pause.clone()));
        }
        self.pause = Some(pause);
    }

    /// From the members' documents.
    pub(super) fn pass_on_pauses(&mut self) {
        let heard = self.members.values().filter_map(Member::ext);
        let newest = heard.filter_map(|ext| ext.pause.as_ref()).max();
        if let Some(newest) = newest.filter(|newest| self.pause.as_ref() < Some(newest)) {
            let newest = newest.clone();
            self.hear_of_pause(newest);
        }
    }
}
