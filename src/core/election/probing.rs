//! Suspicion and its proof: fresh connections to where a member was heard, while it shows no life.
//!
//! Silence on one TCP stream is not death (at 5 % loss a stream stalls for more than 800 ms some four times an hour), and neither is its
//! end. A fresh connection tells: any answer clears the suspicion; a refusal after an orderly end proves death (E1).

use std::time::Duration;

use crate::addr::Addr;
use crate::election::Election;
use crate::election::member::{Member, Subject};
use crate::time::Time;

/// After the end of a stream the listener of a dying process may still be there: the first refusal decides.
const STAGGER: [Duration; 6] = [
    Duration::ZERO,
    Duration::from_millis(1),
    Duration::from_millis(3),
    Duration::from_millis(8),
    Duration::from_millis(20),
    Duration::from_millis(50),
];
/// So many beats without life are suspicious.
const SUSPICIOUS_BEATS: u32 = 3;
/// So many probes without an answer make silence.
const PROBES_BEFORE_SILENCE: u32 = 4;
/// Probes at the rate of beats, until everybody has judged. Whoever is still a member then (others hear it) is probed at the rate of polls.
const MANY_PROBES: u32 = 32;

/// The present suspicion of a member, if any.
#[derive(Clone, Debug, Default)]
pub(super) struct Probing {
    /// When the next probe is due, unless a sign of life comes first.
    pub(super) next: Option<Time>,
    /// When the first probe without an answer was sent.
    first: Option<Time>,
    sent: u32,
    /// When its stream ended.
    ended: Option<Time>,
    /// Its stream was reset, not closed in order: whoever did that may refuse connections in its name as well.
    pub(super) broken: bool,
}

impl Probing {
    /// Nothing is suspicious before `next`.
    fn quiet(next: Option<Time>) -> Self {
        Self {
            next,
            ..Self::default()
        }
    }

    pub(super) const fn is_quiet(&self) -> bool {
        self.first.is_none() && self.ended.is_none() && !self.broken
    }

    /// Its stream ended: suspicion starts at once.
    pub(super) fn after_end(&mut self, now: Time, broken: bool) {
        *self = Self {
            next: Some(now),
            ended: Some(now),
            broken: self.broken || broken,
            ..Self::default()
        };
    }

    /// This node was stopped: what it missed proves nothing.
    pub(super) fn restart(&mut self, now: Time) {
        *self = Self {
            next: self.next.map(|_| now),
            broken: self.broken,
            ..Self::default()
        };
    }

    fn sent(&mut self, now: Time, beat: Duration, poll_interval: Duration) {
        self.first.get_or_insert(now);
        self.sent = self.sent.saturating_add(1);
        let staggered = self.ended.and_then(|ended| {
            let mut moments = STAGGER.iter().map(|after| ended + *after);
            moments.find(|at| *at > now)
        });
        let pause = if self.sent < MANY_PROBES {
            beat / 2
        } else {
            poll_interval
        };
        self.next = Some(staggered.unwrap_or(now + pause));
    }
}

impl Election {
    /// It was heard: by a document, a beat, or an answer to a request that was sent at `asked`.
    pub(super) fn shows_life(&mut self, now: Time, name: &Addr, asked: Option<Time>) {
        let Some(member) = self.members.get_mut(name) else {
            return;
        };
        member.heard = now;
        member.silent_from = now;
        member.missed = 0;
        member.asks.are_heard();
        // What was asked before the stream ended may have been answered before it, too.
        let ended = member.probing.ended;
        if asked.is_some() && asked < ended {
            return;
        }
        let next = member
            .watching
            .streams
            .then(|| now + self.config.suspicious_after(member));
        member.probing = Probing::quiet(next);
    }

    /// Sends the probes that are due.
    pub(super) fn send_due_probes(&mut self, now: Time) {
        let is_due = |m: &Member| m.probing.next.is_some_and(|next| next <= now);
        let due: Vec<Addr> = self
            .members
            .iter()
            .filter(|(_, m)| is_due(m))
            .map(|(name, _)| name.clone())
            .collect();
        for name in due {
            let (beat, poll_interval) = (self.config.beat, self.config.poll_interval);
            if let Some(member) = self.members.get_mut(&name) {
                member.probing.sent(now, beat, poll_interval);
            }
            self.send_poll(now, Subject::Probe(name), false);
        }
    }

    /// No sign of life for long enough, and fresh connections brought none either.
    pub(super) fn is_silent(&self, member: &Member, now: Time) -> bool {
        let silence = now.since(member.silent_from);
        if !member.watching.streams {
            return member.missed >= self.config.missed_polls
                && silence >= self.config.polled_silence_after;
        }
        let probed = member
            .probing
            .first
            .is_some_and(|first| now.since(first) >= self.config.beat);
        silence >= self.config.silence_after
            && probed
            && member.probing.sent >= PROBES_BEFORE_SILENCE
    }

    /// When it will be silent, if it shows no life until then.
    pub(super) fn silent_at(&self, member: &Member) -> Option<Time> {
        let suspected = member.watching.streams && member.probing.first.is_some();
        suspected.then(|| member.silent_from + self.config.silence_after)
    }

    /// A refusal proves death unless the connections to it are tampered with: an open stream without an end, or one that was reset.
    pub(super) fn refusal_is_proof(member: &Member) -> bool {
        !member.watching.is_open() && !member.probing.broken
    }

    /// The time for which `name` may be unheard before it counts as silent.
    pub(super) fn silence_of(&self, name: &Addr) -> Duration {
        let streams = self.members.get(name).map(|m| m.watching.streams);
        let streams = streams.or_else(|| self.lost.get(name).map(|l| l.watching.streams));
        if streams == Some(true) {
            self.config.silence_after
        } else {
            self.config.polled_silence_after
        }
    }
}

impl super::ElectionConfig {
    /// How long a member that streams may show no life before it is probed.
    fn suspicious_after(&self, member: &Member) -> Duration {
        let beats = self.beat * SUSPICIOUS_BEATS;
        if member.watching.is_open() {
            beats
        } else {
            beats + self.poll_interval
        }
    }

    /// A driver that calls this much later than asked was stopped or starved: what it missed proves nothing about others.
    pub(super) fn stall(&self) -> Duration {
        if self.watch {
            (self.silence_after / 4).max(Duration::from_millis(100))
        } else {
            Duration::from_millis(500)
        }
    }
}
