//! Who is alive: silence and its corroboration, zombies, and the doubt about oneself.

use std::time::Duration;

use crate::addr::Addr;
use crate::election::Election;
use crate::election::candidacy::Candidacy;
use crate::election::member::{ASKED_LATELY, Asks, Lost, Member, Schedule};
use crate::election::output::{Loss, Notice};
use crate::time::Time;

/// How long a loss is published among the suspects, so that others who see the same need no second observer.
const LOSS_PUBLISHED: Duration = Duration::from_secs(60);
/// How many lost members are remembered: as many as a full member list.
const MAX_LOST: usize = 256;
/// A node corroborates a loss also by not listing the member; not before it had time to learn of it.
const TIME_TO_LEARN: Duration = Duration::from_secs(10);

/// A stop that begins the doubt anew.
const LONG_STOP: Duration = Duration::from_secs(1);

/// What this node thinks of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Liveness {
    /// Asked by others, hearing nobody.
    pub(super) deaf: bool,
    /// No more than half of the members (this node included) are heard, since this moment: this side may be the one that is cut off.
    pub(super) minority_since: Option<Time>,
    /// This node was stopped and has not asked everybody since: it accuses nobody and writes nothing.
    pub(super) doubt_since: Option<Time>,
    /// Before that stop: what streams bring during the doubt may have waited for this node since then.
    stopped_at: Time,
    /// When the latest stop was noticed: requests from before it that failed prove nothing.
    pub(super) latest_stop: Option<Time>,
}

impl Election {
    /// A late call means that this node was stopped or starved. What it missed meanwhile proves nothing: all timers start anew.
    pub(super) fn notice_stall(&mut self, now: Time) -> bool {
        self.last_seen = self.last_seen.max(now);
        let Some(by) = self
            .wanted_by
            .filter(|by| now.since(*by) >= self.config.stall())
        else {
            return false;
        };
        if self.liveness.doubt_since.is_none() {
            self.liveness.stopped_at = by;
        }
        for seed in &mut self.seeds {
            seed.schedule = Schedule::at(now);
        }
        for lost in self.lost.values_mut() {
            lost.schedule = Schedule::at(now);
        }
        for member in self.members.values_mut() {
            member.silent_from = now;
            member.missed = 0;
            member.asks = Asks::begun(now);
            member.worked.1 = now;
            member.names_dead_since = None;
            member.schedule = Schedule::at(now);
            member.probing.restart(now);
        }
        self.nominee = self.nominee.take().map(|(addr, _)| (addr, now));
        self.candidacy = self.candidacy.take().map(|_| Candidacy::begun(now));
        self.ballot += 1;
        self.liveness.minority_since = None;
        self.liveness.latest_stop = Some(now);
        // Who is starved all the time must get through its doubt all the same, by answers that come between two stalls.
        if self.liveness.doubt_since.is_none() || now.since(by) >= LONG_STOP {
            self.liveness.doubt_since = Some(now);
        }
        true
    }

    /// It answers, but its own loop seems dead: it never asks us, or keeps naming a leader that is proven dead.
    pub(super) fn is_zombie(&self, member: &Member, now: Time) -> bool {
        let long = |since: Time| now.since(since) > self.config.zombie_after;
        // Where only its requests are lost, its stream shows that its election is at work.
        let stands_still = !member.watching.is_open() || long(member.worked.1);
        let never_asks =
            long(member.asks.latest) && stands_still && !self.lives_elsewhere(member, now);
        never_asks || member.names_dead_since.is_some_and(long)
    }

    /// It does not ask us since it cannot reach us, and does not list us either: alive in a cluster that this node is cut off from.
    fn lives_elsewhere(&self, member: &Member, now: Time) -> bool {
        let lists_us = member.doc.others.contains(&self.me.addr);
        self.knows_leader(member, now) && !lists_us
    }

    /// Heard, and in a state to judge others or to confirm a candidate.
    pub(super) fn is_observer(&self, member: &Member, now: Time) -> bool {
        !self.is_silent(member, now) && !self.is_zombie(member, now) && !member.is_deaf()
    }

    /// Whether `observer` is silent's witness: it follows `name`, and heard it lately.
    fn vouches(&self, observer: &Member, name: &Addr, now: Time) -> bool {
        observer.doc.leader.as_ref() == Some(name) && self.hears_its_leader(observer, now)
    }

    /// It follows somebody, whom it has heard lately.
    pub(super) fn hears_its_leader(&self, member: &Member, now: Time) -> bool {
        let limit = member.doc.leader.as_ref().map(|l| self.silence_of(l));
        let heard = member.leader_heard;
        heard
            .zip(limit)
            .is_some_and(|(heard, limit)| now.since(heard) < limit)
    }

    /// Members that this node accuses: silent or zombie here, and nobody whom it hears vouches for them.
    fn suspects(&self, now: Time) -> Vec<Addr> {
        if self.liveness.deaf || self.liveness.doubt_since.is_some() {
            return Vec::new();
        }
        let accused = self
            .members
            .iter()
            .filter(|(_, m)| self.is_silent(m, now) || self.is_zombie(m, now));
        // A zombie answers, so everybody who follows it hears it: hearing vouches against silence only.
        let unvouched = accused.filter(|(name, m)| {
            !self.is_silent(m, now)
                || !self
                    .observers(now, name)
                    .any(|o| self.vouches(o, name, now))
        });
        unvouched.map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn observers<'a>(
        &'a self,
        now: Time,
        besides: &'a Addr,
    ) -> impl Iterator<Item = &'a Member> {
        self.members
            .iter()
            .filter(move |(name, m)| *name != besides && self.is_observer(m, now))
            .map(|(_, m)| m)
    }

    /// What is published: the accused, and those lost lately, so that another observer's suspicion is corroborated.
    pub(super) fn published_suspects(&self, now: Time) -> Vec<Addr> {
        let mut suspects = self.suspects(now);
        let lost = self
            .lost
            .iter()
            .filter(|(_, l)| now.since(l.since) < LOSS_PUBLISHED);
        suspects.extend(lost.map(|(name, _)| name.clone()));
        suspects.sort();
        suspects.dedup();
        suspects
    }

    /// Removes whom the evidence condemns.
    pub(super) fn judge_evidence(&mut self, now: Time) {
        self.end_doubt();
        self.note_names_of_the_dead(now);
        self.judge_own_hearing(now);
        let condemned: Vec<(Addr, Loss)> = self
            .suspects(now)
            .into_iter()
            .filter_map(|name| self.verdict(now, &name).map(|loss| (name, loss)))
            .collect();
        for (name, loss) in condemned {
            self.lose(now, &name, loss);
        }
    }

    /// When what a stream brings now was sent, at the earliest.
    pub(super) fn sent_by_stream(&self, now: Time) -> Time {
        self.liveness
            .doubt_since
            .map_or(now, |_| self.liveness.stopped_at)
    }

    /// The doubt after a stop ends when every member has answered or failed since, and so has every seed and everybody who was ever lost:
    /// while this node stood still, the dead may have started again and lead.
    fn end_doubt(&mut self) {
        let asked_anew = |since: Time| {
            let mut members = self.members.values();
            let mut lost = self.lost.values();
            let mut seeds = self.seeds.iter().filter(|s| self.is_retried(s));
            members.all(|m| m.asked >= since || m.missed > 0)
                && lost.all(|l| l.tried >= Some(since))
                && seeds.all(|s| s.tried >= Some(since))
        };
        if self.liveness.doubt_since.is_some_and(asked_anew) {
            self.liveness.doubt_since = None;
        }
    }

    fn note_names_of_the_dead(&mut self, now: Time) {
        let dead: Vec<Addr> = self
            .lost
            .iter()
            .filter(|(_, l)| l.loss.is_proof())
            .map(|(name, _)| name.clone())
            .collect();
        for member in self.members.values_mut() {
            if member
                .doc
                .leader
                .as_ref()
                .is_some_and(|leader| dead.contains(leader))
            {
                member.names_dead_since.get_or_insert(now);
            } else {
                member.names_dead_since = None;
            }
        }
    }

    /// Half of the members or more silent at once: this side may be the one that is cut off, and waits longer before it believes
    /// that they are gone. All of them silent while they still ask: only this node's own requests are lost.
    fn judge_own_hearing(&mut self, now: Time) {
        let silent = self
            .members
            .values()
            .filter(|m| self.is_silent(m, now))
            .count();
        if silent > 0 && silent * 2 > self.members.len() {
            self.liveness.minority_since.get_or_insert(now);
        } else {
            self.liveness.minority_since = None;
        }
        let unheard = |asks: &Asks| asks.go_unheard(now, self.config.poll_timeout * 2);
        let mut members = self.members.values().filter(|m| self.is_silent(m, now));
        // Lost on silence, it was asked again since it asks, and that failed too.
        let in_vain = |l: &&Lost| {
            matches!(l.loss, Loss::Silent | Loss::LoneSilence) && l.tried >= l.asks.unheard_since()
        };
        let mut lost = self.lost.values().filter(in_vain);
        let nobody_heard = silent == self.members.len();
        let deaf =
            nobody_heard && (members.any(|m| unheard(&m.asks)) || lost.any(|l| unheard(&l.asks)));
        let deaf = deaf || self.is_deaf_since_before_stop(now);
        if deaf != self.liveness.deaf {
            self.liveness.deaf = deaf;
            self.notice(Notice::Deaf(deaf));
        }
    }

    /// A stop cures nobody: who was deaf before it is deaf until it hears somebody, or those who ask had time to ask again.
    fn is_deaf_since_before_stop(&self, now: Time) -> bool {
        let lately = |stop: Time| {
            now.since(stop) < ASKED_LATELY && !self.members.values().any(|m| m.heard >= stop)
        };
        self.liveness.deaf && self.liveness.latest_stop.is_some_and(lately)
    }

    /// Whether the evidence against an accused member suffices.
    fn verdict(&self, now: Time, name: &Addr) -> Option<Loss> {
        let member = self.members.get(name)?;
        let silent = self.is_silent(member, now);
        let doubted = self
            .liveness
            .minority_since
            .is_none_or(|since| now.since(since) >= self.config.lone_wait);
        let mut observers = self.observers(now, name).peekable();
        if observers.peek().is_some() {
            let corroborated = observers.any(|o| self.corroborates(now, o, name));
            return (corroborated && doubted).then_some(if silent {
                Loss::Silent
            } else {
                Loss::Zombie
            });
        }
        if !silent {
            return Some(Loss::Zombie);
        }
        let due = self.lone_silence_due(name, member);
        self.acts_alone(now, name, member, due)
            .then_some(Loss::LoneSilence)
    }

    /// When a member that is silent to this node, which has nobody to ask, has been so for long enough.
    fn lone_silence_due(&self, name: &Addr, member: &Member) -> Option<Time> {
        if self.members.len() > 1 {
            return self
                .liveness
                .minority_since
                .map(|since| since + self.config.lone_wait);
        }
        let probed = member.watching.streams || member.missed >= self.config.missed_polls * 2;
        probed.then(|| member.silent_from + self.silence_of(name) * 2)
    }

    fn acts_alone(&self, now: Time, name: &Addr, member: &Member, due: Option<Time>) -> bool {
        let Some(due) = due.filter(|due| now >= *due) else {
            return false;
        };
        self.config.acts_on_lone_silence
            && !self.is_asked_by_the_silent(now)
            && !self.shared_address_vouches(name, member.silent_from, due, now)
    }

    /// A member that shows no life has just asked this node: only this node's own requests are lost, and it is about to find itself deaf.
    fn is_asked_by_the_silent(&self, now: Time) -> bool {
        let asks = |m: &Member| {
            let lately = now.since(m.asks.latest) < self.silence_of(&m.doc.addr);
            lately && m.asks.latest > m.silent_from && self.is_silent(m, now)
        };
        self.members.values().any(asks)
    }

    /// It accuses the member too, or does not list it although it had time to learn of it.
    fn corroborates(&self, now: Time, observer: &Member, name: &Addr) -> bool {
        let does_not_list =
            now.since(observer.admitted) > TIME_TO_LEARN && !observer.doc.others.contains(name);
        does_not_list || observer.ext().is_some_and(|e| e.suspects.contains(name))
    }

    pub(super) fn remember_lost(&mut self, now: Time, member: Member, loss: Loss) {
        if self.lost.len() >= MAX_LOST
            && let Some(oldest) = self
                .lost
                .iter()
                .min_by_key(|(_, l)| l.since)
                .map(|(name, _)| name.clone())
        {
            self.lost.remove(&oldest);
            // Its target is forgotten with it, so the licence could not be used either.
            self.licences.remove(&oldest);
        }
        let name = member.doc.addr.clone();
        let retry = now + self.config.poll_interval;
        let tampered = !Self::refusal_is_proof(&member);
        let lost = Lost {
            route: member.route,
            doc: member.doc,
            at: member.at,
            told: member.told,
            watching: member.watching,
            tampered,
            loss,
            said_goodbye: loss == Loss::Goodbye,
            since: now,
            refused: None,
            tried: None,
            asked_us: false,
            asks: member.asks,
            schedule: Schedule::at(retry),
        };
        self.lost.insert(name, lost);
    }
}
