//! Quorum mode: a majority of a configured list of voters must vote for a leader, and go on to be heard by it.
//!
//! A voter's vote is for one reign of one candidate, and its votes rise. It is kept in memory alone, so a voter that starts again has forgotten it;
//! an epoch has one leader at most all the same, because each voter numbers its reigns in a residue class of its own (as ballots are numbered in
//! Paxos). What is not promised is that the old leader has noticed before the new one begins: that takes leases.

use std::collections::BTreeSet;

use crate::addr::Addr;
use crate::election::candidacy::LAPSE;
use crate::election::config::{MAX_VOTERS, Mode};
use crate::election::member::{Lost, Member};
use crate::election::output::StepDown;
use crate::election::{Election, Undecided};
use crate::identity::Epoch;
use crate::state::Vote;
use crate::time::{Now, Time};

/// Turns of [`LAPSE`] for which a voter waits at most before it outbids another candidate.
const MOST_TURNS: u64 = 7;

/// A majority of `voters`.
const fn majority_of(voters: usize) -> usize {
    voters / 2 + 1
}

impl Election {
    /// The configured list; `None` in open mode.
    pub(super) fn voters(&self) -> Option<&BTreeSet<Addr>> {
        match &self.config.mode {
            Mode::Open => None,
            Mode::Quorum(voters) => Some(voters),
        }
    }

    /// It is on its own list of voters, or there is none.
    pub(super) fn is_voter_or_open(&self) -> bool {
        self.voters().is_none_or(|v| v.contains(&self.me.addr))
    }

    fn place(&self) -> Option<u64> {
        let place = self.voters()?.iter().position(|a| *a == self.me.addr)?;
        u64::try_from(place).ok()
    }

    /// A candidacy asks for votes, and has this node's own. Where somebody has voted for a later reign it asks for a later one still; candidates that
    /// outbid each other do so ever more slowly, each in its own time.
    pub(super) fn bid_for_votes(&mut self, now: Now) {
        if self.voters().is_none() || self.next_bid().is_some_and(|at| now.mono < at) {
            return;
        }
        let outbid = |epoch: Epoch| self.votes_seen().any(|seen| seen > epoch);
        if self.stands_for().is_some_and(|epoch| !outbid(epoch)) {
            return;
        }
        let epoch = self.next_epoch(now, &self.predecessor);
        let inc = self.me.inc;
        if let Some(candidacy) = &mut self.candidacy {
            candidacy.bid = Some((epoch, now.mono));
            self.vote = Some(Vote { epoch, inc });
        }
    }

    /// When this candidate may ask for votes again.
    pub(super) fn next_bid(&self) -> Option<Time> {
        let (_, since) = self.candidacy.as_ref()?.bid?;
        let turns = 1 + self.place().unwrap_or_default().min(MOST_TURNS);
        Some(since + LAPSE * u32::try_from(turns).unwrap_or(1))
    }

    /// The first number from `epoch` on that no other voter gives to a reign.
    pub(super) fn own_number(&self, epoch: Epoch) -> Epoch {
        let Some(place) = self.place() else {
            return epoch;
        };
        let ahead = (MAX_VOTERS + place - epoch.0 % MAX_VOTERS) % MAX_VOTERS;
        Epoch(epoch.0.saturating_add(ahead))
    }

    /// The reign for which this node asks for votes.
    pub(super) fn stands_for(&self) -> Option<Epoch> {
        let (epoch, _) = self.candidacy.as_ref()?.bid?;
        Some(epoch)
    }

    /// Every epoch for which a vote was given, as far as it was heard of.
    pub(super) fn votes_seen(&self) -> impl Iterator<Item = Epoch> {
        let theirs = self.members.values().filter_map(|m| m.ext()?.vote);
        theirs.chain(self.vote).map(|vote| vote.epoch)
    }

    /// A vote for the nominee's candidacy, unless one was given for that epoch or a later one.
    pub(super) fn vote_for_nominee(&mut self, now: Time) {
        if self.awaits_last_leader(now) {
            return;
        }
        let Some((nominee, _)) = self.nominee.as_ref().filter(|_| self.voters().is_some()) else {
            return;
        };
        let candidacy = |m: &Member| {
            let ext = m.ext()?;
            let (epoch, inc) = (ext.stands_for?, ext.inc);
            Some(Vote { epoch, inc })
        };
        let Some(vote) = self.members.get(nominee).and_then(candidacy) else {
            return;
        };
        let newest = self.vote.map(|v| v.epoch).max(Some(self.predecessor.epoch));
        if Some(vote.epoch) > newest {
            self.vote = Some(vote);
        }
    }

    /// How many voters are known to vote for this candidacy *now*: a vote of who is not heard any more may be followed by another one.
    fn count_votes(&self, now: Time) -> Option<usize> {
        let voters = self.voters()?;
        let mine = Vote {
            epoch: self.stands_for()?,
            inc: self.me.inc,
        };
        let votes_for_me = |voter: &&Addr| {
            // Who names somebody else by now is about to vote for that one.
            let counts = |m: &&Member| {
                let named = m.doc.leader.as_ref();
                self.is_observer(m, now) && named.is_none_or(|l| *l == self.me.addr)
            };
            let member = self.members.get(*voter);
            let vote = match member {
                Some(_) => member.filter(counts).and_then(|m| m.ext()?.vote),
                None => self.vote.filter(|_| **voter == self.me.addr),
            };
            vote == Some(mine)
        };
        Some(voters.iter().filter(votes_for_me).count())
    }

    /// A majority of the voters votes for this candidacy; always in open mode.
    pub(super) fn has_quorum_of_votes(&self, now: Time) -> bool {
        let Some(voters) = self.voters() else {
            return true;
        };
        if self.awaits_last_leader(now) {
            return false;
        }
        self.count_votes(now) >= Some(majority_of(voters.len()))
    }

    pub(super) fn note_majority(&mut self, now: Time) {
        let Some(voters) = self.voters() else {
            return;
        };
        let heard = |voter: &&Addr| {
            let member = self.members.get(*voter);
            **voter == self.me.addr || member.is_some_and(|m| self.is_observer(m, now))
        };
        if voters.iter().filter(heard).count() < majority_of(voters.len()) {
            self.majority_was_lost |= self.majority_heard_since.take().is_some();
        } else {
            self.majority_heard_since.get_or_insert(now);
        }
    }

    /// A majority hears each other again just now, and the last leader, which fell silent, may be heard in a moment too: a network that heals does
    /// not heal everywhere at once, and most likely the address is there still.
    fn awaits_last_leader(&self, now: Time) -> bool {
        let silent = |leader: &Addr| self.lost.get(leader).is_some_and(Lost::is_unproven);
        let until = self.last_leader_awaited_until();
        self.majority_was_lost
            && self.predecessor.leader.as_ref().is_some_and(silent)
            && until.is_none_or(|until| now < until)
    }

    /// Until when the last leader is awaited; `None` where no majority is heard.
    pub(super) fn last_leader_awaited_until(&self) -> Option<Time> {
        let again = (self.config.poll_timeout + self.config.poll_interval) * 2;
        Some(self.majority_heard_since? + again)
    }

    /// Everybody who is asked confirms this candidate; what lacks is votes.
    pub(super) fn lacks_votes(&self) -> Option<Undecided> {
        let candidacy = self.candidacy.as_ref()?;
        let votes = self.count_votes(self.last_seen)?;
        let needed = majority_of(self.voters()?.len());
        let lacks = candidacy.waiting_for.is_empty() && votes < needed;
        lacks.then_some(Undecided::NoQuorum { votes, needed })
    }

    /// A leader that does not hear a majority of the voters any more, itself included, gives up: beyond the partition another one is elected.
    /// A voter that names another leader was heard, and is lost to this one.
    pub(super) fn keep_quorum(&mut self, now: Now) {
        let Some(voters) = self.voters().filter(|_| self.reign().is_some()) else {
            return;
        };
        let stays = |m: &Member| {
            let elsewhere = m.doc.leader.as_ref().is_some_and(|l| *l != self.me.addr);
            self.is_observer(m, now.mono) && !elsewhere
        };
        let keeps =
            |voter: &&Addr| **voter == self.me.addr || self.members.get(*voter).is_some_and(stays);
        if voters.iter().filter(keeps).count() < majority_of(voters.len()) {
            self.step_down(now, StepDown::NoQuorum);
        }
    }
}
