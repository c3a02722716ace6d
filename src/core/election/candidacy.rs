//! From nominee to leader: rule 7, the confirmation of every live member for this candidate and this predecessor.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::addr::Addr;
use crate::election::leadership::{BlindTakeover, Reign};
use crate::election::member::{Lost, Member, Predecessor};
use crate::election::output::{Loss, Notice};
use crate::election::{Election, Post};
use crate::identity::Epoch;
use crate::state::Confirmation;
use crate::time::{Now, Time};

/// Members lost on silence so long ago are not orphans of the same loss: they do not take over now.
const ORPHANED_TOGETHER: Duration = Duration::from_secs(60);

/// How long a candidate waits for who neither confirms nor vetoes, and who confirmed one candidate waits before it confirms another.
pub(super) const LAPSE: Duration = Duration::from_millis(200);

/// This node nominates itself and waits for the others.
#[derive(Clone, Debug)]
pub(super) struct Candidacy {
    /// Only answers to requests sent after this moment confirm: an older one may be overtaken (the reference's failure F21).
    pub(super) since: Time,
    /// Quorum mode: the reign for which it asks for votes, and since when.
    pub(super) bid: Option<(Epoch, Time)>,
    pub(super) waiting_for: BTreeSet<Addr>,
}

impl Candidacy {
    pub(super) fn begun(since: Time) -> Self {
        Self {
            since,
            bid: None,
            waiting_for: BTreeSet::new(),
        }
    }
}

impl Election {
    pub(super) fn seek_confirmation(&mut self, now: Now) {
        let Some(since) = self.candidacy.as_ref().map(|c| c.since) else {
            return;
        };
        let awaited = |m: &&Member| self.is_observer(m, now.mono) && !self.confirms(m, since);
        let waiting_for: BTreeSet<Addr> = self
            .members
            .values()
            .filter(awaited)
            .map(|m| m.doc.addr.clone())
            .collect();
        if self.liveness.doubt_since.is_some() {
            return;
        }
        let confirmed = waiting_for.is_empty() || self.waiting_lapses(now.mono, &waiting_for);
        if confirmed && self.has_quorum_of_votes(now.mono) {
            self.take_the_lead(now);
            return;
        }
        let Some(candidacy) = &mut self.candidacy else {
            return;
        };
        if candidacy.waiting_for == waiting_for {
            return;
        }
        let first = candidacy.waiting_for.is_empty();
        let awaited: Vec<Addr> = waiting_for.iter().cloned().collect();
        candidacy.waiting_for = waiting_for;
        for name in &awaited {
            self.poll_soon(now.mono, name);
        }
        if first {
            self.notice(Notice::Candidate {
                waiting_for: awaited,
            });
        }
    }

    /// Since the candidacy began (it was asked since, or has heard of the candidacy) it names this node, and follows on the same
    /// predecessor. A reference node knows no predecessor.
    fn confirms(&self, member: &Member, since: Time) -> bool {
        let same_predecessor = member.is_reference() || member.acknowledged() == self.predecessor;
        let this_candidacy = Confirmation {
            inc: self.me.inc,
            ballot: self.ballot,
        };
        let since_then =
            member.asked >= since || member.ext().and_then(|e| e.confirms) == Some(this_candidacy);
        since_then && member.doc.leader.as_ref() == Some(&self.me.addr) && same_predecessor
    }

    /// Nobody waits long for a member that neither confirms nor vetoes: where the predecessor is proven dead or has resigned, a majority of
    /// those who were members with it suffices. In quorum mode the votes of a majority do.
    fn waiting_lapses(&self, now: Time, waiting_for: &BTreeSet<Addr>) -> bool {
        if self.lapses_at().is_none_or(|at| at > now) {
            return false;
        }
        let since = self.candidacy.as_ref().map(|c| c.since);
        let confirming = |m: &&Member| {
            self.is_observer(m, now) && since.is_some_and(|since| self.confirms(m, since))
        };
        let confirmed = 1 + self.members.values().filter(confirming).count();
        let all = 1 + self.members.len() + self.count_lost_with_predecessor(now);
        let mut awaited = waiting_for.iter().filter_map(|name| self.members.get(name));
        let suffices = self.voters().is_some() || confirmed * 2 > all;
        suffices && !awaited.any(|m| self.vetoes(m, now))
    }

    /// The predecessor, if it is lost, and who fell silent lately: they count against a majority, since they may be a side of their own.
    fn count_lost_with_predecessor(&self, now: Time) -> usize {
        let predecessor = self.predecessor.leader.as_ref();
        let silent = |l: &Lost| l.is_unproven() && now.since(l.since) < ORPHANED_TOGETHER;
        let counts = |(name, l): &(&Addr, &Lost)| Some(*name) == predecessor || silent(l);
        self.lost.iter().filter(counts).count()
    }

    /// It leads, or still hears a leader: another one, or the predecessor after that was lost here.
    fn vetoes(&self, member: &Member, now: Time) -> bool {
        let Some(named) = member.doc.leader.as_ref().filter(|l| **l != self.me.addr) else {
            return false;
        };
        if member.claims() || self.predecessor.leader.as_ref() != Some(named) {
            return member.claims() || self.hears_its_leader(member, now);
        }
        let lost = self.lost.get(named).map(|l| l.since);
        lost.is_some() && member.leader_heard > lost
    }

    /// When the wait for the undecided lapses.
    pub(super) fn lapses_at(&self) -> Option<Time> {
        let predecessor = self.predecessor.leader.as_ref();
        let proven = |p: &Addr| self.lost.get(p).is_some_and(|l| l.loss.is_proof());
        let gone = predecessor.is_some_and(|p| proven(p) || self.resigned_reign(p).is_some());
        let candidacy = self.candidacy.as_ref();
        candidacy
            .filter(|_| gone || self.voters().is_some())
            .map(|c| c.since + LAPSE)
    }

    /// The predecessor is heard, and says that it gave up the reign that this node acknowledges.
    fn resigned_reign(&self, predecessor: &Addr) -> Option<&Member> {
        let epoch = self.predecessor.epoch;
        let resigned = |m: &&Member| {
            m.ext()
                .and_then(|e| e.resigned.as_ref())
                .is_some_and(|r| r.epoch == epoch)
        };
        self.members.get(predecessor).filter(resigned)
    }

    fn take_the_lead(&mut self, now: Now) {
        let bid = self.candidacy.take().and_then(|c| c.bid);
        self.resigned = None;
        // What this node read in an earlier reign is history.
        self.holds.clear();
        let blind = self.blind_takeover(now.mono);
        let predecessor = std::mem::take(&mut self.predecessor);
        let reign = Reign {
            epoch: bid.map_or_else(|| self.next_epoch(now, &predecessor), |(epoch, _)| epoch),
            since: now.mono,
            rank: self.turn(now.mono, predecessor.leader.as_ref()),
            blind,
            predecessor: predecessor.leader,
            meeting: None,
        };
        self.predecessor = Predecessor {
            epoch: reign.epoch,
            leader: Some(self.me.addr.clone()),
        };
        self.predecessor_followed = true;
        self.notice(Notice::Elected {
            epoch: reign.epoch,
            predecessor: reign.predecessor.clone(),
        });
        self.meetings.forget();
        self.post = Post::Leading(reign);
    }

    /// Above every epoch seen, and at least the wall clock in milliseconds, so that it rises over full restarts too.
    pub(super) fn next_epoch(&self, now: Now, own: &Predecessor) -> Epoch {
        let seen = self
            .members
            .values()
            .map(|m| m.acknowledged().epoch)
            .chain([own.epoch, self.predecessor.epoch])
            .chain(self.votes_seen())
            .max()
            .unwrap_or_default();
        let above = seen
            .0
            .saturating_add(1)
            .max((now.wall.0 / 1000).min(Epoch::WALL_MAX.0));
        self.own_number(Epoch(above)).min(Epoch::MAX)
    }

    /// More senior nodes that are only silent may be orphans as well and take over too: each one has its turn before this node. Not where a
    /// majority is needed.
    fn turn(&self, now: Time, predecessor: Option<&Addr>) -> u32 {
        if self.voters().is_some() || self.hears_most_orphans(now) {
            return 0;
        }
        let me = self.rank_of_me();
        let senior_members = self
            .members
            .values()
            .filter(|m| self.is_silent(m, now) && m.may_lead() && m.rank() < me)
            .map(|m| &m.doc.addr);
        let senior_lost = self
            .lost
            .values()
            .filter(|l| l.is_unproven() && now.since(l.since) < ORPHANED_TOGETHER)
            .filter(|l| (l.doc.stamp, &l.doc.addr) < me)
            .map(|l| &l.doc.addr);
        let seniors = senior_members
            .chain(senior_lost)
            .filter(|addr| Some(*addr) != predecessor)
            .count();
        u32::try_from(seniors).unwrap_or(u32::MAX)
    }

    /// More than half of those who were members a moment ago: every other side is smaller, and doubts itself for `lone_wait` first.
    fn hears_most_orphans(&self, now: Time) -> bool {
        let heard = 1 + self
            .members
            .values()
            .filter(|m| self.is_observer(m, now))
            .count();
        let lately = |l: &&Lost| now.since(l.since) < ORPHANED_TOGETHER && l.loss != Loss::Goodbye;
        let lost = self.lost.values().filter(lately).count();
        heard * 2 > 1 + self.members.len() + lost
    }

    /// Nothing need be read first if the predecessor, followed by this node itself, is proven dead or has resigned, and everybody else is heard or
    /// proven dead: then nobody else can have moved the address.
    fn blind_takeover(&self, now: Time) -> Option<BlindTakeover> {
        let leader = self.predecessor.leader.as_ref()?;
        let gone = self.lost.get(leader).filter(|l| l.loss.is_proof());
        let gone = gone.map(|l| (&l.doc, l.told));
        let resigned = self.resigned_reign(leader).map(|m| (&m.doc, m.told));
        let (doc, told) = gone.or(resigned)?;
        let all_heard = self.members.values().all(|m| !self.is_silent(m, now))
            && self.lost.values().all(|l| l.loss.is_proof());
        if !self.predecessor_followed || !all_heard {
            return None;
        }
        let holds = doc
            .ext
            .iter()
            .flat_map(|e| &e.holds)
            .filter(|(_, h)| h.mine);
        Some(BlindTakeover {
            held: holds
                .map(|(address, h)| (address.clone(), told - h.age))
                .collect(),
        })
    }
}
