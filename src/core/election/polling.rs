//! Who is asked when: members, lost members, seeds, and addresses learned from others.

use std::time::Duration;

use crate::addr::Addr;
use crate::election::Election;
use crate::election::input::PollId;
use crate::election::member::{Discovered, Lost, Outstanding, Schedule, Seed, Subject};
use crate::election::output::Output;
use crate::election::watching::MAX_WATCHED;
use crate::identity::Stamp;
use crate::state::{MeetReading, Resignation};
use crate::time::Time;

/// Addresses learned from others are tried at most this often: a forged member list must not make this node a port scanner.
const DISCOVERY_SPACING: Duration = Duration::from_millis(100);
/// How long a failed one is left alone.
const DISCOVERY_PAUSE: Duration = Duration::from_secs(30);
/// How long a failed one is left alone that asks *us*.
const DISCOVERY_PAUSE_ASKED: Duration = Duration::from_secs(1);
/// How many of them are remembered: as many as a full member list.
const MAX_DISCOVERED: usize = 256;
/// How often a peer can make us ask it.
const LOOK_SPACING: Duration = Duration::from_millis(20);
/// How soon a member that is awaited, or was just missed, is asked again.
const EAGER: Duration = Duration::from_millis(50);
/// How soon an awaited reference node is asked again: each request costs it a thread.
const EAGER_REFERENCE: Duration = Duration::from_millis(500);
/// How often a member is asked whose stream is open: it learns by that that this node's loop is alive.
const WATCHED_POLL: Duration = Duration::from_secs(5);
/// How often a seed is retried before and after the first contact (rule 3).
const SEED_RETRY: Duration = Duration::from_secs(1);
/// Bounds of the pause between attempts to hear a lost member again, a twelfth of its absence: a proof of death that licenses a write
/// must come while the reading that it follows is fresh.
const REJOIN_RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(4));

/// The published facts that others act upon. When they change, everybody is asked with the `look` flag and so asks back at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct News {
    named: Option<Addr>,
    stamp: Option<Stamp>,
    predecessor: super::Predecessor,
    standing: (bool, bool, bool),
    suspects: Vec<Addr>,
    meets: Vec<MeetReading>,
    resigned: Option<Resignation>,
}

impl Election {
    /// Sends every poll that is due.
    pub(super) fn send_due_polls(&mut self, now: Time) {
        for subject in self.due_subjects(now) {
            self.send_poll(now, subject, false);
        }
        if self.next_discovery <= now
            && let Some(addr) = self
                .discovered
                .iter()
                .find(|(_, d)| d.in_flight.is_none())
                .map(|(a, _)| a.clone())
        {
            self.next_discovery = now + DISCOVERY_SPACING;
            self.send_poll(now, Subject::Discovered(addr), false);
        }
    }

    fn due_subjects(&self, now: Time) -> Vec<Subject> {
        let due = |s: &Schedule| s.in_flight.is_none() && s.next <= now;
        let members = self
            .members
            .iter()
            .filter(|(_, m)| due(&m.schedule))
            .map(|(a, _)| Subject::Member(a.clone()));
        let lost = self
            .lost
            .iter()
            .filter(|(_, l)| due(&l.schedule))
            .map(|(a, _)| Subject::Lost(a.clone()));
        let seeds = self
            .seeds
            .iter()
            .filter(|s| self.is_retried(s) && due(&s.schedule))
            .map(|s| Subject::Seed(s.addr.clone()));
        members.chain(lost).chain(seeds).collect()
    }

    /// A seed is retried unless it leads to this node, or to a node that is polled anyway.
    pub(super) fn is_retried(&self, seed: &Seed) -> bool {
        let polled = |name: &Addr| self.members.contains_key(name) || self.lost.contains_key(name);
        !seed.is_self && !polled(&seed.addr) && !seed.name.as_ref().is_some_and(polled)
    }

    pub(super) fn send_poll(&mut self, now: Time, subject: Subject, look: bool) {
        let poll = PollId(self.next_poll_id);
        self.next_poll_id += 1;
        let route = match &subject {
            Subject::Member(name) | Subject::Probe(name) => {
                self.members.get(name).map(|m| m.route.clone())
            }
            Subject::Lost(name) => self.lost.get(name).map(|l| l.route.clone()),
            Subject::Seed(addr) | Subject::Discovered(addr) => Some(addr.clone()),
        };
        let Some(route) = route else { return };
        // What fell silent is asked where it was heard, wherever its name leads now.
        let at = match &subject {
            Subject::Probe(name) => self.members.get(name).map(|m| m.at),
            _ => None,
        };
        match &subject {
            Subject::Discovered(addr) => {
                if let Some(d) = self.discovered.get_mut(addr) {
                    d.in_flight = Some(poll);
                }
            }
            _ => {
                if let Some(schedule) = self.schedule_mut(&subject) {
                    schedule.in_flight = Some(poll);
                    schedule.last_sent = Some(now);
                }
            }
        }
        self.polls.insert(
            poll,
            Outstanding {
                subject,
                route: route.clone(),
                sent: now,
            },
        );
        self.outputs.push_back(Output::Poll {
            poll,
            addr: route,
            at,
            look,
        });
    }

    fn schedule_mut(&mut self, subject: &Subject) -> Option<&mut Schedule> {
        match subject {
            Subject::Member(name) => self.members.get_mut(name).map(|m| &mut m.schedule),
            Subject::Lost(name) => self.lost.get_mut(name).map(|l| &mut l.schedule),
            Subject::Seed(addr) => self.seed_mut(addr).map(|s| &mut s.schedule),
            Subject::Probe(_) | Subject::Discovered(_) => None,
        }
    }

    /// Takes an outstanding poll off the books and plans the next one to the same subject. `None` if it is not outstanding (any more).
    pub(super) fn finish_poll(
        &mut self,
        now: Time,
        poll: PollId,
        answered: bool,
    ) -> Option<Outstanding> {
        let done = self.polls.remove(&poll)?;
        if let Subject::Discovered(addr) = &done.subject {
            self.discovered.remove(addr);
            if !answered {
                self.remember_failed_discovery(now, addr.clone());
            }
            return Some(done);
        }
        if let Subject::Probe(_) = &done.subject {
            return Some(done);
        }
        let pause = self.pause_after(now, &done.subject, answered);
        let again = self.schedule_mut(&done.subject).and_then(|schedule| {
            schedule.in_flight = None;
            schedule.next = now + pause;
            schedule.again.take()
        });
        match (again, &done.subject) {
            (Some(true), subject) => self.send_poll(now, subject.clone(), true),
            (Some(false), Subject::Member(name)) => self.poll_soon(now, name),
            (Some(false), _) | (None, _) => {}
        }
        Some(done)
    }

    fn pause_after(&self, now: Time, subject: &Subject, answered: bool) -> Duration {
        match subject {
            Subject::Member(name) => {
                let reference = self.members.get(name).is_some_and(|m| m.is_reference());
                let awaited = self
                    .candidacy
                    .as_ref()
                    .is_some_and(|c| c.waiting_for.contains(name));
                match (answered && !awaited, reference) {
                    (true, false) if self.needs_no_polls(name) => WATCHED_POLL,
                    (true, false) => self.config.poll_interval,
                    (true, true) => self.config.reference_poll_interval,
                    (false, false) => EAGER.min(self.config.poll_interval),
                    (false, true) => EAGER_REFERENCE,
                }
            }
            Subject::Lost(name) if self.seeds.iter().any(|s| s.addr == *name) => SEED_RETRY,
            Subject::Lost(name) => {
                let absent = self
                    .lost
                    .get(name)
                    .map_or(Duration::ZERO, |l| now.since(l.since));
                (absent / 12).clamp(REJOIN_RETRY.0, REJOIN_RETRY.1)
            }
            Subject::Seed(_) | Subject::Probe(_) | Subject::Discovered(_) => SEED_RETRY,
        }
    }

    /// It is watched, and does not believe that this node is silent or that it hears nobody (who does must be asked, to learn better).
    fn needs_no_polls(&self, name: &Addr) -> bool {
        self.members.get(name).is_some_and(|m| {
            let suspects_us = m.ext().is_some_and(|e| e.suspects.contains(&self.me.addr));
            m.watching.is_open() && !suspects_us && !m.is_deaf()
        })
    }

    /// A driver that never reports a poll's outcome must not keep it for ever.
    pub(super) fn expire_polls(&mut self, now: Time) {
        let limit = self.config.poll_timeout * 2;
        // Ids rise with time, so the overdue ones come first.
        while let Some(poll) = self
            .polls
            .iter()
            .next()
            .filter(|(_, p)| now.since(p.sent) >= limit)
            .map(|(id, _)| *id)
        {
            self.unanswered(now, poll, crate::Evidence::Silent);
        }
    }

    /// Somebody asked us.
    pub(super) fn polled_by(&mut self, now: Time, addr: Addr, look: bool) {
        if addr == self.me.addr {
            return;
        }
        let heard = self
            .members
            .get(&addr)
            .is_some_and(|m| !self.is_silent(m, now));
        let Some(member) = self.members.get_mut(&addr) else {
            if let Some(lost) = self.lost.get_mut(&addr) {
                lost.asked_us = true;
                lost.asks.again(now, false);
                let earliest = lost.schedule.last_sent.map_or(now, |s| s + LOOK_SPACING);
                lost.schedule.next = lost.schedule.next.min(earliest);
            }
            self.retry_seed_soon(now, &addr);
            self.discover(now, addr, DISCOVERY_PAUSE_ASKED);
            return;
        };
        member.asks.again(now, heard);
        if look {
            if member.schedule.in_flight.is_some() {
                member.schedule.again.get_or_insert(false);
            } else {
                let earliest = member
                    .schedule
                    .last_sent
                    .map_or(now, |sent| sent + LOOK_SPACING);
                member.schedule.next = member.schedule.next.min(earliest);
            }
        }
    }

    /// A seed that asks is there: it need not wait for its next turn.
    fn retry_seed_soon(&mut self, now: Time, addr: &Addr) {
        for seed in self.seeds.iter_mut().filter(|s| s.addr == *addr) {
            let earliest = seed
                .schedule
                .last_sent
                .map_or(now, |sent| sent + LOOK_SPACING);
            seed.schedule.next = seed.schedule.next.min(earliest);
        }
    }

    /// An address was named by somebody else: it is tried, and becomes a member only by a valid answer of its own.
    pub(super) fn discover_from_gossip(&mut self, now: Time, addr: Addr) {
        self.discover(now, addr, DISCOVERY_PAUSE);
    }

    fn discover(&mut self, now: Time, addr: Addr, pause: Duration) {
        let known = addr == self.me.addr
            || self.members.contains_key(&addr)
            || self.discovered.contains_key(&addr)
            || self
                .seeds
                .iter()
                .any(|s| s.addr == addr && self.is_retried(s))
            || self
                .lost
                .get(&addr)
                .is_some_and(|l| now.since(l.since) < pause);
        let failed_lately = self
            .failed_discoveries
            .get(&addr)
            .is_some_and(|at| now.since(*at) < pause);
        if !known && !failed_lately && self.discovered.len() < MAX_DISCOVERED {
            self.discovered.insert(addr, Discovered { in_flight: None });
        }
    }

    pub(super) fn remember_failed_discovery(&mut self, now: Time, addr: Addr) {
        self.failed_discoveries
            .retain(|_, at| now.since(*at) < DISCOVERY_PAUSE);
        if self.failed_discoveries.len() < MAX_DISCOVERED {
            self.failed_discoveries.insert(addr, now);
        }
    }

    /// Asks a member now, because somebody else suspects it.
    pub(super) fn poll_soon(&mut self, now: Time, name: &Addr) {
        if let Some(member) = self.members.get_mut(name) {
            let earliest = member
                .schedule
                .last_sent
                .map_or(now, |sent| sent + LOOK_SPACING);
            member.schedule.next = member.schedule.next.min(earliest);
        }
    }

    /// An address is elsewhere: whoever holds it must be asked *after* that reading whether it follows.
    pub(super) fn ask_holders(&mut self, now: Time) {
        let names: Vec<Addr> = self.members.keys().cloned().collect();
        for name in names {
            self.poll_soon(now, &name);
        }
    }

    /// Tells everybody to look, if what this node publishes has changed in a way that they act upon.
    pub(super) fn spread_news(&mut self, now: Time) {
        let news = News {
            named: self.named(),
            stamp: Some(self.published_stamp()),
            predecessor: self.predecessor.clone(),
            standing: (self.is_eligible(), self.leaving, self.liveness.deaf),
            suspects: self.published_suspects(now),
            meets: self.meetings.readings(),
            resigned: self.resigned.as_ref().map(|(r, _)| r.clone()),
        };
        if news == self.news {
            return;
        }
        self.news = news;
        // Who is watched by this node watches it, and is told by that.
        let all_watch = self.members.len() <= MAX_WATCHED;
        let ours: Vec<Addr> = self
            .members
            .iter()
            .filter(|(_, m)| !m.is_reference() && (!all_watch || !m.watching.is_open()))
            .map(|(a, _)| a.clone())
            .collect();
        for name in ours {
            let Some(member) = self.members.get_mut(&name) else {
                continue;
            };
            if member.schedule.in_flight.is_some() {
                member.schedule.again = Some(true);
            } else {
                self.send_poll(now, Subject::Member(name), true);
            }
        }
    }
}

impl Lost {
    /// A member that fell silent may be alive beyond a partition; one that is proven dead or said goodbye is not.
    pub(super) fn is_unproven(&self) -> bool {
        !self.loss.is_proof()
    }
}
