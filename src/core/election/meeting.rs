//! Two leaders meet (H2), and a leader meets the follower of a newer one (H4).
//!
//! Both sides of a healed partition may have a leader. The cloud decides: each reads the first configured address anew and publishes
//! what it saw, and both compute the same outcome from the same four facts. Who holds the address stays, so the heal moves nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::addr::Addr;
use crate::election::member::{Member, Predecessor};
use crate::election::output::{Notice, StepDown};
use crate::election::{Election, Post};
use crate::identity::{Epoch, Incarnation, Stamp};
use crate::state::MeetReading;
use crate::time::{Now, Time};

/// After this long a reading that keeps failing counts as "could not be found out".
const READING_PATIENCE: Duration = Duration::from_secs(15);
/// After this long a meeting is decided without the other's reading: by epoch, then seniority.
const MEETING_PATIENCE: Duration = Duration::from_secs(60);

/// A leader that raised its epoch is met anew, not before this long.
const REOPENED_AFTER: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
struct Meeting {
    addr: Addr,
    epoch: Epoch,
    since: Time,
    /// The outcome of a reading begun since; `None` while there is none.
    reading: Option<Option<bool>>,
}

/// The other leaders that are heard, by incarnation, and what they were told.
#[derive(Clone, Debug, Default)]
pub(super) struct Meetings {
    open: BTreeMap<Incarnation, Meeting>,
    /// Readings stay published after a defeat, so that the winner can come to the same conclusion.
    published: Vec<MeetReading>,
    /// At least one was won: the reign gets a new number when none is open any more.
    won: bool,
    /// Since when a newer reign is heard of, and no leader of it.
    newer_since: Option<Time>,
}

impl Meetings {
    pub(super) fn readings(&self) -> Vec<MeetReading> {
        let open = self.open.iter().filter_map(|(with, m)| {
            m.reading.map(|mine| MeetReading {
                with: *with,
                epoch: m.epoch,
                mine,
            })
        });
        let mut readings: Vec<MeetReading> = open.collect();
        readings.extend(
            self.published
                .iter()
                .filter(|old| !self.open.contains_key(&old.with)),
        );
        readings
    }

    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Keeps what was published, and ends everything else: this node does not lead any more.
    fn close(&mut self) {
        self.published = self.readings();
        self.open.clear();
        self.won = false;
        self.newer_since = None;
    }
}

/// What decides between two leaders: exactly one "mine" wins, whatever the other read; then the higher epoch; then seniority.
fn outcome(
    mine: Option<bool>,
    epoch: Epoch,
    rank: (Stamp, &Addr),
) -> (bool, Epoch, std::cmp::Reverse<(Stamp, Addr)>) {
    (
        mine == Some(true),
        epoch,
        std::cmp::Reverse((rank.0, rank.1.clone())),
    )
}

impl Election {
    /// A reading of an address ended.
    pub(super) fn address_read(&mut self, now: Time, first: bool, begun: Time, mine: Option<bool>) {
        if mine == Some(false) && self.reign().is_some() {
            self.ask_holders(now);
        }
        if !first {
            return;
        }
        for meeting in self.meetings.open.values_mut() {
            let patient = now.since(meeting.since) < READING_PATIENCE;
            if meeting.reading.is_none() && begun > meeting.since && (mine.is_some() || !patient) {
                meeting.reading = Some(mine);
            }
        }
    }

    /// Meets every other leader that is heard; yields to the one that the readings favour.
    pub(super) fn hold_meetings(&mut self, now: Now) {
        let Some(reign) = self.reign().cloned() else {
            self.meetings.open.clear();
            return;
        };
        self.open_meetings(now.mono);
        self.close_meetings_of_followers();
        if self.loses_a_meeting(now.mono, reign.epoch) {
            self.meetings.close();
            self.step_down(now, StepDown::LostMeeting);
            return;
        }
        if self.meetings.won && self.meetings.open.is_empty() {
            self.meetings.won = false;
            self.begin_new_reign(now);
        }
        self.publish_meeting(now.mono);
    }

    fn open_meetings(&mut self, now: Time) {
        let silent: Vec<Incarnation> = self
            .members
            .values()
            .filter(|m| self.is_silent(m, now))
            .filter_map(Member::inc)
            .collect();
        let claimants: Vec<(Incarnation, Addr, Epoch)> = self
            .members
            .values()
            .filter(|m| m.claims())
            .filter_map(|m| m.ext().map(|e| (e.inc, m.doc.addr.clone(), e.epoch)))
            .filter(|(inc, ..)| !silent.contains(inc))
            .collect();
        for (inc, addr, epoch) in claimants {
            let open = self.meetings.open.get(&inc);
            // A claimant that changes its reign all the time must not keep this node reading.
            if open.is_some_and(|m| m.epoch == epoch || now.since(m.since) < REOPENED_AFTER) {
                continue;
            }
            let new = open.is_none();
            // Without addresses there is nothing to read.
            let reading = if self.config.needs_target {
                None
            } else {
                Some(None)
            };
            self.meetings.open.insert(
                inc,
                Meeting {
                    addr: addr.clone(),
                    epoch,
                    since: now,
                    reading,
                },
            );
            if new {
                self.notice(Notice::MetLeader { addr, epoch });
            }
        }
    }

    /// A leader that was met and leads no more has yielded; one that is gone does not matter any more.
    fn close_meetings_of_followers(&mut self) {
        let members = &self.members;
        let mut yielded = false;
        self.meetings.open.retain(|inc, meeting| {
            match members.get(&meeting.addr).filter(|m| m.inc() == Some(*inc)) {
                Some(m) if m.claims() => true,
                Some(_) => {
                    yielded = true;
                    false
                }
                None => false,
            }
        });
        self.meetings.won |= yielded;
    }

    fn loses_a_meeting(&self, now: Time, epoch: Epoch) -> bool {
        self.meetings.open.iter().any(|(inc, meeting)| {
            let Some(other) = self
                .members
                .get(&meeting.addr)
                .filter(|m| m.inc() == Some(*inc))
            else {
                return false;
            };
            let theirs = other
                .ext()
                .and_then(|e| {
                    e.meets
                        .iter()
                        .find(|r| r.with == self.me.inc && r.epoch == epoch)
                })
                .map(|r| r.mine);
            let (mine, theirs) = match (meeting.reading, theirs) {
                // The majority has decided: the newer reign has its votes.
                _ if self.voters().is_some() => (None, None),
                (Some(mine), Some(theirs)) => (mine, theirs),
                _ if now.since(meeting.since) >= MEETING_PATIENCE => (None, None),
                _ => return false,
            };
            outcome(theirs, meeting.epoch, other.rank()) > outcome(mine, epoch, self.rank_of_me())
        })
    }

    /// Only the winner raises the epoch, above everything seen.
    fn begin_new_reign(&mut self, now: Now) {
        let epoch = match &self.post {
            // It has its votes for this one, and it is the newest.
            Post::Leading(reign) if self.voters().is_some() => reign.epoch,
            _ => self.next_epoch(now, &self.predecessor.clone()),
        };
        self.predecessor = Predecessor {
            epoch,
            leader: Some(self.me.addr.clone()),
        };
        if let Post::Leading(reign) = &mut self.post {
            reign.epoch = epoch;
        }
        self.notice(Notice::WonMeeting { epoch });
    }

    /// While another leader (or a newer reign, or the doubt after a stop) is unresolved, the reconciler reads once and writes nothing.
    fn publish_meeting(&mut self, now: Time) {
        let open = self.meetings.open.values().map(|m| m.since);
        let meeting = open
            .chain(self.meetings.newer_since)
            .chain(self.liveness.doubt_since)
            .max();
        if let Post::Leading(reign) = &mut self.post {
            reign.meeting = meeting.map(|since| since.min(now));
        }
    }

    /// H4: a leader that hears a live member of a newer reign, and for a while no leader of it, makes room: else, with that leader dead,
    /// nobody could be elected, since the predecessors never agree.
    pub(super) fn heed_newer_reign(&mut self, now: Now) {
        self.adopt_as_confirmer(now.mono);
        if self.reign().is_none() {
            return;
        }
        // A newer leader may have lost its part of a meeting of several: who wins all of it begins a reign that is newer still.
        if !self.meetings.open.is_empty() {
            self.meetings.newer_since = None;
            return;
        }
        let own = &self.predecessor;
        let newer = |m: &&Member| self.is_observer(m, now.mono) && m.acknowledged() > *own;
        let leader_heard = |m: &Member| {
            let begun_by = m.ext().and_then(|e| e.epoch_leader.as_ref());
            begun_by
                .and_then(|leader| self.members.get(leader))
                .is_some_and(|l| l.claims() && !self.is_silent(l, now.mono))
        };
        if !self
            .members
            .values()
            .filter(newer)
            .any(|m| !leader_heard(m))
        {
            self.meetings.newer_since = None;
            return;
        }
        let since = *self.meetings.newer_since.get_or_insert(now.mono);
        // The newer leader may be just about to be heard: it is met then, and the cloud decides.
        if now.mono.since(since) >= self.config.poll_timeout * 2 {
            self.meetings.close();
            self.step_down(now, StepDown::NewerEpoch);
        } else {
            self.publish_meeting(now.mono);
        }
    }
}
