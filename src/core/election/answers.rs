//! What a poll's outcome means: admission, names, aliases, clones, and the end of an incarnation.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::addr::Addr;
use crate::election::Election;
use crate::election::input::{Evidence, PollId};
use crate::election::member::{Asks, Member, Outstanding, Schedule, Subject};
use crate::election::output::{Exclusion, Loss, Notice};
use crate::election::probing::Probing;
use crate::election::watching::Watching;
use crate::state::StateDoc;
use crate::time::{Now, Time};

/// How long a clone that answers no more keeps this node from leading: longer than any pause between polls.
const CLONE_REMEMBERED: Duration = Duration::from_secs(60);

/// How often an excluded address is named again.
const EXCLUSION_REPEATED: Duration = Duration::from_secs(600);
/// How many excluded addresses are remembered; what exceeds that is not named.
const MAX_EXCLUDED: usize = 256;

impl Election {
    pub(super) fn answered(
        &mut self,
        now: Now,
        poll: PollId,
        from: SocketAddr,
        doc: Arc<StateDoc>,
    ) {
        let Some(done) = self.finish_poll(now.mono, poll, true) else {
            return;
        };
        if let Subject::Seed(addr) = &done.subject
            && let Some(seed) = self.seed_mut(addr)
        {
            seed.heard = true;
            seed.tried = Some(done.sent);
            seed.failing_since = None;
            seed.name = Some(doc.addr.clone());
        }
        if self.is_own_answer(&done, &doc) || !self.is_named_right(now.mono, &done, &doc) {
            self.wrong_answer(now.mono, &done);
            return;
        }
        if doc.ext.as_ref().is_some_and(|e| e.leaving) {
            self.lose(now.mono, &doc.addr, Loss::Goodbye);
            self.lost.entry(doc.addr.clone()).and_modify(|l| {
                l.loss = Loss::Goodbye;
                l.said_goodbye = true;
                l.tried = Some(done.sent);
            });
            return;
        }
        if self.is_still_zombie(&doc) || self.has_left(&doc) {
            return;
        }
        self.receive(now.mono, &done.route, Some(done.sent), from, doc);
    }

    /// This node's own incarnation answered: an alias of itself, or, under another name, a machine cloned while this process ran.
    fn is_own_answer(&mut self, done: &Outstanding, doc: &StateDoc) -> bool {
        if doc.ext.as_ref().is_none_or(|e| e.inc != self.me.inc) {
            return false;
        }
        if doc.addr != self.me.addr {
            self.found_clone(vec![self.me.addr.clone(), doc.addr.clone()]);
        } else if let Subject::Seed(addr) = &done.subject
            && let Some(seed) = self.seed_mut(addr)
        {
            seed.is_self = true;
        }
        true
    }

    pub(super) fn found_clone(&mut self, at: Vec<Addr>) {
        let first = !self.is_cloned();
        self.clone_seen = Some(self.last_seen);
        if first {
            self.notice(Notice::Clone { id: self.me.id, at });
        }
    }

    /// A clone was heard lately. It is mended when no clone answers any more.
    pub(super) fn is_cloned(&self) -> bool {
        self.clone_seen
            .is_some_and(|at| self.last_seen.since(at) < CLONE_REMEMBERED)
    }

    /// A node is known by the name it gives itself. Only a configured seed may lead to a node of another name; anybody else who is
    /// called differently is asked again at the name it gave.
    fn is_named_right(&mut self, now: Time, done: &Outstanding, doc: &StateDoc) -> bool {
        if doc.addr == self.me.addr {
            self.exclude(now, done.route.clone(), Exclusion::WrongName);
            return false;
        }
        if doc.addr == done.route {
            return true;
        }
        let known_elsewhere = self
            .members
            .get(&doc.addr)
            .is_some_and(|m| m.route != done.route);
        match &done.subject {
            Subject::Seed(addr) => !known_elsewhere && self.seed_mut(addr).is_some(),
            Subject::Member(name) | Subject::Probe(name) | Subject::Lost(name)
                if *name == doc.addr =>
            {
                true
            }
            // An alias (a seed that leads to several nodes) may lead elsewhere now: the member is asked at its own name.
            Subject::Member(name) => {
                if let Some(member) = self.members.get_mut(name) {
                    member.route = name.clone();
                }
                false
            }
            Subject::Probe(_) => false,
            Subject::Lost(_) | Subject::Discovered(_) => {
                self.remember_failed_discovery(now, done.route.clone());
                self.discover_from_gossip(now, doc.addr.clone());
                false
            }
        }
    }

    /// Somebody else answered: no proof of anything, and no answer of the one who was asked.
    fn wrong_answer(&mut self, now: Time, done: &Outstanding) {
        match &done.subject {
            Subject::Member(name) => self.missed(now, name, Evidence::BadAnswer, None, done.sent),
            Subject::Discovered(addr) => self.remember_failed_discovery(now, addr.clone()),
            Subject::Lost(_) | Subject::Seed(_) | Subject::Probe(_) => {}
        }
    }

    /// Said once for an address, and again when it is an old story.
    pub(super) fn exclude(&mut self, now: Time, addr: Addr, why: Exclusion) {
        self.excluded
            .retain(|_, at| now.since(*at) < EXCLUSION_REPEATED);
        if self.excluded.len() < MAX_EXCLUDED && !self.excluded.contains_key(&addr) {
            self.excluded.insert(addr.clone(), now);
            self.notice(Notice::Excluded { addr, why });
        }
    }

    /// A valid document came: as the answer to a request that was sent at `asked`, or by a stream.
    pub(super) fn receive(
        &mut self,
        now: Time,
        route: &Addr,
        asked: Option<Time>,
        from: SocketAddr,
        doc: Arc<StateDoc>,
    ) {
        let name = doc.addr.clone();
        let told = asked.map_or_else(|| self.sent_by_stream(now), |_| now);
        let retired = self.retire_other_incarnation(now, &doc);
        if !self.members.contains_key(&name) && !self.admit(now, route, asked, from, &doc) {
            return;
        }
        self.contact = true;
        let Some(member) = self.members.get_mut(&name) else {
            return;
        };
        if let Some(watching) = retired {
            member.watching = watching;
        }
        if name == *route {
            member.route = route.clone();
        }
        member.at = from;
        member.asked = member.asked.max(asked.unwrap_or_default());
        if let Some(ext) = &doc.ext {
            member.at_work(now, ext.made);
        }
        if member.made() <= doc.ext.as_ref().map(|e| e.made) {
            let leader_heard = doc.ext.as_ref().and_then(|e| e.leader_heard);
            member.leader_heard = leader_heard.map(|ago| told - ago);
            member.told = told;
            member.doc = doc;
        }
        self.shows_life(now, &name, asked);
        if asked.is_some() {
            self.replace_stuck_stream(now, &name);
        }
        self.learn_from(now, &name);
    }

    /// A new member, unless the list is full.
    fn admit(
        &mut self,
        now: Time,
        route: &Addr,
        asked: Option<Time>,
        from: SocketAddr,
        doc: &Arc<StateDoc>,
    ) -> bool {
        let name = doc.addr.clone();
        if self.members.len() >= self.config.max_members {
            self.exclude(now, name, Exclusion::TooMany);
            self.remember_failed_discovery(now, route.clone());
            return false;
        }
        let lost = self.lost.remove(&name).filter(|_| doc.ext.is_none());
        let watching = lost.map_or_else(
            || Watching::begun(now),
            |lost| lost.watching.of_readmitted(now),
        );
        if let Some(licence) = self.licences.get_mut(&name) {
            licence.heard_again = true;
        }
        self.discovered.remove(&name);
        self.notice(Notice::MemberJoined {
            addr: name.clone(),
            reference: doc.ext.is_none(),
        });
        let pause = if doc.ext.is_none() {
            self.config.reference_poll_interval
        } else {
            self.config.poll_interval
        };
        let member = Member {
            route: route.clone(),
            doc: Arc::clone(doc),
            at: from,
            admitted: now,
            told: now,
            worked: (Duration::ZERO, now),
            heard: now,
            leader_heard: None,
            asked: asked.unwrap_or_default(),
            silent_from: now,
            missed: 0,
            asks: Asks::begun(now),
            names_dead_since: None,
            passed_over_until: None,
            schedule: Schedule::at(now + pause),
            watching,
            probing: Probing::default(),
        };
        self.members.insert(name, member);
        true
    }

    /// A zombie answers, always: only when it asks is its loop alive again.
    fn is_still_zombie(&self, doc: &StateDoc) -> bool {
        let same_life =
            |old: &StateDoc| old.ext.as_ref().map(|e| e.inc) == doc.ext.as_ref().map(|e| e.inc);
        let lost = self.lost.get(&doc.addr);
        lost.is_some_and(|l| l.loss == Loss::Zombie && !l.asked_us && same_life(&l.doc))
    }

    /// It said goodbye, and this is of the life that ended by that: another connection brought it later.
    fn has_left(&self, doc: &StateDoc) -> bool {
        let inc = |doc: &StateDoc| doc.ext.as_ref().map(|e| e.inc);
        let lost = self.lost.get(&doc.addr);
        lost.is_some_and(|l| l.said_goodbye && inc(&l.doc) == inc(doc))
    }

    /// Another incarnation at the same name proves that the one before is dead. Returns how the new one is watched: where each connection
    /// reaches another process, not at once.
    fn retire_other_incarnation(&mut self, now: Time, doc: &StateDoc) -> Option<Watching> {
        let is_other = |old: &StateDoc| match (&old.ext, &doc.ext) {
            (Some(old), Some(new)) => old.inc != new.inc,
            // A reference node's stamp is fixed for its life.
            (None, None) => old.stamp != doc.stamp,
            _ => true,
        };
        let retired = self.members.get(&doc.addr).filter(|m| is_other(&m.doc))?;
        let watching = retired.watching.of_next_life(now, retired.admitted);
        self.lose(now, &doc.addr, Loss::Dead);
        Some(watching)
    }

    /// Members it lists, suspicions it has, a newer reign it acknowledges.
    fn learn_from(&mut self, now: Time, name: &Addr) {
        let Some(member) = self.members.get(name) else {
            return;
        };
        let others = member.doc.others.clone();
        let suspects = member.ext().map(|e| e.suspects.clone()).unwrap_or_default();
        let acknowledged = member.acknowledged();
        let same_id = member.ext().is_some_and(|e| e.id == self.me.id);
        if same_id {
            self.found_clone(vec![self.me.addr.clone(), name.clone()]);
        }
        if self
            .licences
            .get(name)
            .is_some_and(|licence| acknowledged.epoch > licence.epoch)
        {
            self.licences.remove(name);
        }
        for other in others {
            self.discover_from_gossip(now, other);
        }
        // Whoever believes that this node is silent learns by a request that only its own are lost.
        let suspects_us = suspects.contains(&self.me.addr);
        for suspect in suspects.iter().chain(suspects_us.then_some(name)) {
            self.poll_soon(now, suspect);
        }
    }
}
