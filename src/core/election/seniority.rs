//! The order of seniority and the rules that keep it stable: R1 (join behind), R2 (the deposed go to the tail), R4, R5 (no ties).

use crate::addr::Addr;
use crate::election::Election;
use crate::election::member::Member;
use crate::election::output::Notice;
use crate::identity::{Epoch, Stamp};
use crate::time::{Now, Time, Wall};

impl Election {
    /// What is published as `start_time`: nodes that must not lead rank last everywhere, with reference nodes too (R4).
    pub(super) fn published_stamp(&self) -> Stamp {
        if self.is_eligible() {
            self.stamp
        } else {
            Stamp::LAST
        }
    }

    /// Ends the join window when every seed is known and was tried, or time is up. A node that found a cluster that has, or had, a leader goes behind
    /// it, once (R1): the order of joining is the order of seniority, whatever the clocks say. At a cold start everybody keeps the wall clock.
    pub(super) fn close_join_window(&mut self, now: Now) {
        if self.joined {
            return;
        }
        let all_tried = self.seeds_known
            && self
                .seeds
                .iter()
                .all(|s| s.tried.is_some() || !self.is_retried(s));
        if !all_tried && now.mono < self.started + self.config.join_window {
            return;
        }
        self.joined = true;
        let behind = self
            .members
            .values()
            .any(|m| self.knows_leader(m, now.mono) || m.acknowledged().epoch > Epoch::NONE);
        if behind {
            self.stamp = self.tail(now.wall);
        }
        self.notice(Notice::Joined {
            stamp: self.stamp,
            behind,
        });
    }

    /// It leads, or follows a leader that it heard lately. A reference node tells only the name.
    pub(super) fn knows_leader(&self, member: &Member, now: Time) -> bool {
        match member.ext() {
            Some(_) => member.claims() || self.hears_its_leader(member, now),
            None => member.doc.leader.is_some(),
        }
    }

    /// Behind everybody who may lead: the end of the order, or the wall clock if that is later.
    fn tail(&self, wall: Wall) -> Stamp {
        let highest = self
            .members
            .values()
            .filter(|m| m.may_lead())
            .map(|m| m.doc.stamp)
            .max();
        let behind = highest.map_or(Stamp::from_micros(0), Stamp::next);
        behind.max(Stamp::from_micros(wall.0))
    }

    /// R2: whoever was deposed goes to the tail, so that healing a partition moves nothing.
    pub(super) fn go_to_tail(&mut self, wall: Wall) {
        self.stamp = self.tail(wall);
        self.notice(Notice::Restamped { stamp: self.stamp });
    }

    /// R5: equal stamps part by a microsecond. Of two of ours the one with the higher address gives way; reference nodes cannot.
    pub(super) fn break_ties(&mut self) {
        let tied = |e: &Self| {
            let gives_way = |m: &Member| m.is_reference() || m.doc.addr < e.me.addr;
            e.members
                .values()
                .any(|m| m.doc.stamp == e.stamp && m.may_lead() && gives_way(m))
        };
        if !self.is_eligible() || !tied(self) {
            return;
        }
        let before = self.stamp;
        // Each step passes a member, or reaches the end of the stamps.
        while tied(self) && self.stamp != self.stamp.next() {
            self.stamp = self.stamp.next();
        }
        if self.stamp != before {
            self.notice(Notice::Restamped { stamp: self.stamp });
        }
    }

    /// Lower is more senior.
    pub(super) fn rank_of_me(&self) -> (Stamp, &Addr) {
        (self.stamp, &self.me.addr)
    }
}

impl Member {
    /// Lower is more senior.
    pub(super) fn rank(&self) -> (Stamp, &Addr) {
        (self.doc.stamp, &self.doc.addr)
    }
}
