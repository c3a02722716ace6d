//! A pause of all moves: an operator tells one node, and every node passes on the latest wish that it has heard of, as long as it lives. So it reaches who
//! joins later, and outlives the node that was told.

use crate::election::Election;
use crate::election::member::Member;
use crate::election::output::Notice;
use crate::state::Pause;
use crate::time::Now;

/// More orders than operators give between two documents: a forged serial must not be one that no order could outbid.
const MAX_LEAP: u64 = 1 << 20;

impl Election {
    /// The operator's order. One that was given before is given again: it is above whatever somebody else has ordered unheard meanwhile.
    pub(super) fn order_pause(&mut self, now: Now, paused: bool) {
        let known = self.pause.as_ref();
        let serial = known.map_or(0, |p| p.serial) + 1;
        let same = known.filter(|known| known.paused == paused);
        let (by, at) = same.map_or((self.me.addr.clone(), now.wall), |p| (p.by.clone(), p.at));
        self.hear_of_pause(Pause {
            serial,
            paused,
            by,
            at,
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

    /// From the members' documents. Orders that were given here, or kept, are not doubted.
    pub(super) fn pass_on_pauses(&mut self) {
        let heard = self.members.values().filter_map(Member::ext);
        let wishes: Vec<Pause> = heard.filter_map(|ext| ext.pause.clone()).collect();
        for wish in wishes {
            let known = self.pause.as_ref().map_or(0, |p| p.serial);
            if wish.serial <= known.saturating_add(MAX_LEAP) {
                self.hear_of_pause(wish);
            }
        }
    }
}
