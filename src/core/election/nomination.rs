//! Whom this node names as leader, and what follows from that: following, standing, stepping down.

use crate::addr::Addr;
use crate::election::candidacy::{Candidacy, LAPSE};
use crate::election::member::{LicenceRecord, Member, Predecessor};
use crate::election::output::{Loss, Notice, StepDown};
use crate::election::{Election, Ineligible, Post};
use crate::identity::Epoch;
use crate::time::{Now, Time};

impl Election {
    /// Whom `leader` on the wire names: the own name only once leading, so that a confirmation cannot be mistaken for a claim.
    pub(super) fn named(&self) -> Option<Addr> {
        match &self.post {
            Post::Leading(_) => Some(self.me.addr.clone()),
            Post::Following { leader, .. } => Some(leader.clone()),
            Post::None => self
                .nominee
                .as_ref()
                .map(|(addr, _)| addr.clone())
                .filter(|addr| *addr != self.me.addr),
        }
    }

    /// Moves this node to the post that its nomination calls for.
    pub(super) fn settle_post(&mut self, now: Now) {
        if self.reign().is_some() && !self.is_eligible() {
            let why = self.why_ineligible();
            self.step_down(now, why);
        }
        self.set_aside_stalled_nominee(now.mono);
        let nominee = self.nominate(now.mono);
        if self.nominee.as_ref().map(|(addr, _)| addr) != nominee.as_ref() {
            self.nominee = nominee.clone().map(|addr| (addr, now.mono));
        }
        match nominee {
            Some(addr) if addr == self.me.addr => self.stand(now),
            Some(addr) => {
                self.candidacy = None;
                if self.reign().is_some() {
                    self.step_down(now, StepDown::MoreSenior);
                }
                self.follow_if_leading(now.mono, addr);
            }
            None => {
                self.candidacy = None;
                self.unfollow();
            }
        }
    }

    /// The nominee: in a cluster with reference nodes the most senior, always; among our own the sitting leader, then whoever leads,
    /// then whom a live member vouches for, then the most senior.
    fn nominate(&self, now: Time) -> Option<Addr> {
        if !self.joined || self.leaving {
            return None;
        }
        if !self.contact {
            let alone = self
                .config
                .alone_after
                .is_some_and(|after| now.since(self.started) >= after);
            return (alone && self.is_eligible()).then(|| self.me.addr.clone());
        }
        if self
            .members
            .values()
            .any(|m| m.is_reference() && !self.is_zombie(m, now))
        {
            return self.most_senior(now, None);
        }
        self.sitting_leader()
            .or_else(|| self.newest_claimant(now))
            .or_else(|| self.chosen_successor(now))
            .or_else(|| self.vouched_for(now))
            .or_else(|| self.promised(now))
            .or_else(|| self.last_leader(now))
            .or_else(|| self.most_senior(now, None))
    }

    /// Whom this node has just confirmed may lead by now: nobody else is confirmed until it has been heard again, names another one, or [`LAPSE`] is
    /// over. Else two candidates that have not heard of each other yet would both be confirmed by who hears both.
    fn promised(&self, now: Time) -> Option<Addr> {
        let until = self.promised_until()?;
        let (addr, _) = self.nominee.as_ref()?;
        let stands = |m: &&Member| {
            m.may_lead() && m.doc.leader.is_none() && !self.is_silent(m, now) && !self.is_clone(m)
        };
        let candidate = self.members.get(addr).filter(stands);
        candidate.filter(|_| now < until).map(|_| addr.clone())
    }

    /// When this node may confirm another candidate.
    pub(super) fn promised_until(&self) -> Option<Time> {
        let (_, since) = self.nominee.as_ref()?;
        matches!(self.post, Post::None).then_some(*since + LAPSE)
    }

    fn sitting_leader(&self) -> Option<Addr> {
        match &self.post {
            Post::Leading(_) => Some(self.me.addr.clone()),
            Post::Following { leader, .. } => self
                .members
                .get(leader)
                .filter(|m| m.claims())
                .map(|_| leader.clone()),
            Post::None => None,
        }
    }

    /// H3: a claim from a reign older than the one acknowledged is not heeded.
    fn newest_claimant(&self, now: Time) -> Option<Addr> {
        let claims = |m: &&Member| {
            m.claims() && !self.is_silent(m, now) && m.acknowledged() >= self.predecessor
        };
        let newest = self
            .members
            .values()
            .filter(claims)
            .max_by_key(|m| m.acknowledged());
        newest.map(|m| m.doc.addr.clone())
    }

    /// A leader that this node cannot hear (yet) but that a live member hears: it is named, so that nobody is elected beside it.
    fn vouched_for(&self, now: Time) -> Option<Addr> {
        let voucher = |m: &&Member| {
            self.hears_its_leader(m, now)
                && self.is_observer(m, now)
                && m.acknowledged() >= self.predecessor
        };
        let named = |m: &Member| {
            m.doc
                .leader
                .clone()
                .map(|leader| (m.acknowledged(), leader))
        };
        let proven_gone = |addr: &Addr| self.lost.get(addr).is_some_and(|l| l.loss.is_proof());
        let believable = |(_, leader): &(Predecessor, Addr)| {
            *leader != self.me.addr
                && !proven_gone(leader)
                && self.members.get(leader).is_none_or(Member::claims)
        };
        self.members
            .values()
            .filter(voucher)
            .filter_map(named)
            .filter(believable)
            .max()
            .map(|(_, leader)| leader)
    }

    /// Quorum mode: who led the newest reign that is known, and is heard again. It gave up with the majority and most likely holds the address
    /// still, so that it leads again when nobody was elected meanwhile.
    fn last_leader(&self, now: Time) -> Option<Addr> {
        self.voters()?;
        let last = self.predecessor.leader.as_ref()?;
        let resigned = |m: &Member| m.ext().is_some_and(|e| e.resigned.is_some());
        let stands = |m: &&Member| {
            let passed_over = m.passed_over_until.is_some_and(|until| now < until);
            m.may_lead()
                && !passed_over
                && !resigned(m)
                && self.is_observer(m, now)
                && !self.is_clone(m)
        };
        let me = *last == self.me.addr && self.is_eligible() && self.resigned.is_none();
        let member = self.members.get(last).filter(stands).is_some();
        (me || member).then(|| last.clone())
    }

    fn most_senior(&self, now: Time, besides: Option<&Addr>) -> Option<Addr> {
        let may = |m: &&Member| {
            let passed_over = m.passed_over_until.is_some_and(|until| now < until);
            let counts = Some(&m.doc.addr) != besides;
            counts && m.may_lead() && !passed_over && !self.is_zombie(m, now) && !self.is_clone(m)
        };
        let best = self.members.values().filter(may).map(Member::rank).min();
        let me = self.is_eligible().then(|| self.rank_of_me());
        best.into_iter()
            .chain(me)
            .min()
            .map(|(_, addr)| addr.clone())
    }

    /// It follows a leader, and is the most senior of the others.
    pub(super) fn is_next_in_line(&self, now: Time) -> bool {
        match &self.post {
            Post::Following { leader, .. } => {
                self.most_senior(now, Some(leader)).as_ref() == Some(&self.me.addr)
            }
            Post::None | Post::Leading(_) => false,
        }
    }

    /// Two members with one id: neither may lead until a person has mended it.
    pub(super) fn is_clone(&self, member: &Member) -> bool {
        let Some(id) = member.ext().map(|e| e.id) else {
            return false;
        };
        self.members
            .values()
            .any(|m| m.doc.addr != member.doc.addr && m.ext().is_some_and(|e| e.id == id))
    }

    /// A nominee that does not take the lead is passed over for a while: nobody may block the others by seniority alone.
    fn set_aside_stalled_nominee(&mut self, now: Time) {
        let Some((addr, since)) = &self.nominee else {
            return;
        };
        let patience = self.config.zombie_after;
        let waited = matches!(self.post, Post::None) && now.since(*since) >= patience;
        // Who asks for votes is not stalled: they are wanting, and a majority that votes for somebody else needs nobody's consent.
        let stalled = |m: &Member| !m.claims() && m.ext().is_none_or(|e| e.stands_for.is_none());
        if let Some(member) = self.members.get_mut(addr).filter(|m| waited && stalled(m)) {
            member.passed_over_until = Some(now + patience);
        }
    }

    fn follow_if_leading(&mut self, now: Time, addr: Addr) {
        if let Post::Following { leader, .. } = &self.post
            && *leader != addr
        {
            self.unfollow();
        }
        let Some(member) = self.members.get(&addr).filter(|m| m.claims()) else {
            self.unfollow();
            return;
        };
        let acknowledged = member.acknowledged();
        if acknowledged.epoch > Epoch::NONE && acknowledged >= self.predecessor {
            self.predecessor = acknowledged.clone();
            self.predecessor_followed = true;
        }
        match &mut self.post {
            Post::Following { leader, epoch, .. } if *leader == addr => *epoch = acknowledged.epoch,
            _ => {
                self.resigned = None;
                self.licences.remove(&addr);
                self.post = Post::Following {
                    leader: addr.clone(),
                    epoch: acknowledged.epoch,
                    since: now,
                };
                self.notice(Notice::Following {
                    leader: addr,
                    epoch: acknowledged.epoch,
                });
            }
        }
    }

    /// Stops following a leader that is still heard but does not lead any more: it resigned.
    fn unfollow(&mut self) {
        if let Post::Following { leader, .. } = &self.post {
            let leader = leader.clone();
            self.leave_leader(&leader, Loss::Resigned);
        }
    }

    /// The leader that this node followed is lost: that, and nothing else, licenses overwriting it on silence.
    pub(super) fn leave_leader(&mut self, name: &Addr, loss: Loss) {
        if let Post::Following { epoch, .. } = &self.post {
            self.licences.insert(
                name.clone(),
                LicenceRecord {
                    epoch: *epoch,
                    loss,
                    heard_again: false,
                },
            );
            self.post = Post::None;
        }
    }

    /// Stops leading; a deposed leader goes to the tail.
    pub(super) fn step_down(&mut self, now: Now, why: StepDown) {
        let deposed = matches!(
            why,
            StepDown::LostMeeting | StepDown::NewerEpoch | StepDown::MoreSenior
        );
        // Without a quorum nobody is the successor, here at least: the address is most likely its own still when the others are heard again.
        let no_quorum = matches!(why, StepDown::NoQuorum);
        if !deposed && !no_quorum {
            self.publish_resignation(now.mono);
        }
        self.post = Post::None;
        self.candidacy = None;
        self.notice(Notice::SteppedDown { why });
        if !matches!(why, StepDown::MoreSenior | StepDown::Leaving) && !no_quorum {
            self.go_to_tail(now.wall);
        }
    }

    /// This node is its own nominee.
    fn stand(&mut self, now: Now) {
        if self.reign().is_some() {
            return;
        }
        self.unfollow();
        self.adopt_newest_predecessor(now.mono);
        if self.candidacy.is_none() {
            self.candidacy = Some(Candidacy::begun(now.mono));
            self.ballot += 1;
        }
        self.bid_for_votes(now);
        self.seek_confirmation(now);
    }

    /// H4: what a confirmation is for is the newest reign that any live member followed.
    fn adopt_newest_predecessor(&mut self, now: Time) {
        let live = |m: &&Member| self.is_observer(m, now);
        let newest = self
            .members
            .values()
            .filter(live)
            .map(Member::acknowledged)
            .max();
        if let Some(newest) = newest.filter(|p| *p > self.predecessor) {
            self.predecessor = newest;
            self.predecessor_followed = false;
        }
    }

    /// What a candidate's confirmers must do too, so that they agree on the predecessor.
    pub(super) fn adopt_as_confirmer(&mut self, now: Time) {
        if matches!(self.post, Post::None) {
            self.adopt_newest_predecessor(now);
        }
    }

    pub(super) fn waits_because(&self) -> crate::Undecided {
        use crate::Undecided;
        if self.leaving {
            Undecided::Leaving
        } else if !self.joined {
            Undecided::Joining
        } else if let Some(no_quorum) = self.lacks_votes() {
            no_quorum
        } else if let Some(candidacy) = &self.candidacy {
            Undecided::Candidate(candidacy.waiting_for.iter().cloned().collect())
        } else if let Some((addr, _)) = &self.nominee {
            Undecided::Nominated(addr.clone())
        } else if !self.contact && !self.ineligible().contains(&Ineligible::NoTarget) {
            Undecided::NoContact
        } else {
            Undecided::NobodyEligible
        }
    }
}
