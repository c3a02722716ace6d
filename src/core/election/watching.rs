//! Streams: members of ours are watched, not asked. A canary watches the process of a reference node.
//!
//! A stream is one-way, so that a killed process closes it in order (FIN), which no firewall forges. What that proves, and what silence
//! proves, is judged in `probing` and `evidence`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::addr::Addr;
use crate::election::input::{Evidence, WatchEnd, WatchId};
use crate::election::member::Member;
use crate::election::output::{Loss, Notice, Output, WatchKind};
use crate::election::{Election, StreamView};
use crate::state::{Beat, StateDoc};
use crate::time::{Now, Time};

/// Everybody watches everybody up to this many members; beyond, the most senior and the leader are watched and the rest is polled.
pub(super) const MAX_WATCHED: usize = 16;
/// Pause before a stream is opened again: doubled with each one that did not live for [`SHORT_LIFE`].
const REOPEN: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));
/// A stream that ended sooner counts as a failure: a proxy may be closing each of them.
const SHORT_LIFE: Duration = Duration::from_secs(1);
/// A process that lived a shorter life was perhaps another one behind the same address (a load balancer, a virtual IP).
const SHORT_PROCESS: Duration = Duration::from_secs(10);
/// A peer that does not know `/watch` may be upgraded; as a rule that is seen by its new incarnation.
const UNSUPPORTED_RETRY: Duration = Duration::from_secs(60);
/// How long a reference node is left alone that did not answer while it had a canary.
const HARMFUL_RETRY: Duration = Duration::from_secs(600);

/// How a member is watched.
#[derive(Clone, Debug)]
pub(super) struct Watching {
    pub(super) stream: Stream,
    /// It has sent a document by a stream in this life: its silence is counted in beats.
    pub(super) streams: bool,
    /// Streams in a row that failed, or ended too soon.
    failures: u32,
    /// When the present stream was asked for.
    since: Time,
    /// When anything came by a stream.
    last: Time,
}

/// A stream (or canary) of one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// There is none; the next one is opened then.
    Closed { retry: Time },
    /// Asked for; nothing came yet.
    Opening(WatchId),
    /// Documents come, or it is a canary, of which nothing is expected.
    Open(WatchId),
    /// It is polled: it does not know `/watch`.
    Unsupported { retry: Time },
}

impl Watching {
    pub(super) fn begun(now: Time) -> Self {
        Self {
            stream: Stream::Closed { retry: now },
            streams: false,
            failures: 0,
            since: now,
            last: now,
        }
    }

    /// Of another process at the same name: at once, unless the one before lived a short life, too.
    pub(super) fn of_next_life(&self, now: Time, admitted: Time) -> Self {
        let mut next = Self::begun(now);
        if now.since(admitted) < SHORT_PROCESS {
            next.failures = self.failures.saturating_add(1);
            let retry = now + next.pause();
            next.stream = Stream::Closed { retry };
        }
        next
    }

    /// Of the same reference node, after it was lost: what its canary did to it is not forgotten.
    pub(super) fn of_readmitted(&self, now: Time) -> Self {
        let mut next = Self::begun(now);
        if let Stream::Unsupported { .. } = self.stream {
            next.stream = self.stream;
        }
        next
    }

    fn pause(&self) -> Duration {
        (REOPEN.0 * 2_u32.saturating_pow(self.failures.min(16))).min(REOPEN.1)
    }

    pub(super) const fn id(&self) -> Option<WatchId> {
        match self.stream {
            Stream::Opening(id) | Stream::Open(id) => Some(id),
            Stream::Closed { .. } | Stream::Unsupported { .. } => None,
        }
    }

    pub(super) const fn view(&self) -> StreamView {
        match self.stream {
            Stream::Open(_) => StreamView::Open,
            Stream::Opening(_) => StreamView::Opening,
            Stream::Closed { .. } => StreamView::Closed,
            Stream::Unsupported { .. } => StreamView::Unsupported,
        }
    }

    pub(super) const fn is_open(&self) -> bool {
        matches!(self.stream, Stream::Open(_))
    }

    pub(super) const fn retry(&self) -> Option<Time> {
        match self.stream {
            Stream::Closed { retry } | Stream::Unsupported { retry } => Some(retry),
            Stream::Opening(_) | Stream::Open(_) => None,
        }
    }

    fn close(&mut self, now: Time) {
        let short = now.since(self.since) < SHORT_LIFE || !self.is_open();
        self.failures = if short {
            self.failures.saturating_add(1)
        } else {
            0
        };
        let retry = now + self.pause();
        self.stream = Stream::Closed { retry };
    }
}

impl Election {
    /// Opens the streams that are due.
    pub(super) fn open_due_watches(&mut self, now: Time) {
        if !self.config.watch {
            return;
        }
        // A canary is for a reference node that was asked more than once, so that it is known to answer.
        let due = |m: &Member| {
            let asked = !m.is_reference() || m.asked > m.admitted;
            asked && m.watching.retry().is_some_and(|retry| retry <= now)
        };
        let due: Vec<Addr> = self
            .members
            .iter()
            .filter(|(name, m)| due(m) && self.is_watched(name))
            .map(|(name, _)| name.clone())
            .collect();
        for name in due {
            self.open_watch(now, &name);
        }
    }

    /// Few enough to watch all, or one of those that matter most.
    pub(super) fn is_watched(&self, name: &Addr) -> bool {
        if self.members.len() <= MAX_WATCHED || self.named().as_ref() == Some(name) {
            return true;
        }
        let Some(member) = self.members.get(name) else {
            return false;
        };
        let more_senior = self
            .members
            .values()
            .filter(|m| m.rank() < member.rank())
            .take(MAX_WATCHED)
            .count();
        more_senior < MAX_WATCHED
    }

    fn open_watch(&mut self, now: Time, name: &Addr) {
        let watch = WatchId(self.next_watch_id);
        let Some(member) = self.members.get_mut(name) else {
            return;
        };
        self.next_watch_id += 1;
        let kind = if member.is_reference() {
            WatchKind::Canary
        } else {
            WatchKind::Stream
        };
        member.watching.since = now;
        member.watching.stream = match kind {
            WatchKind::Canary => Stream::Open(watch),
            WatchKind::Stream => Stream::Opening(watch),
        };
        self.watches.insert(watch, name.clone());
        self.outputs.push_back(Output::Watch {
            watch,
            addr: member.route.clone(),
            at: member.at,
            kind,
        });
    }

    /// Whatever still comes from a stream that is closed here is nobody's.
    pub(super) fn unwatch(&mut self, watch: WatchId) {
        if self.watches.remove(&watch).is_some() {
            self.outputs.push_back(Output::Unwatch { watch });
        }
    }

    fn watched_member(&mut self, watch: WatchId) -> Option<&mut Member> {
        let name = self.watches.get(&watch)?;
        self.members
            .get_mut(name)
            .filter(|m| m.watching.id() == Some(watch))
    }

    /// A document came by a stream.
    pub(super) fn watched(
        &mut self,
        now: Now,
        watch: WatchId,
        from: SocketAddr,
        doc: Arc<StateDoc>,
    ) {
        let Some(member) = self.watched_member(watch) else {
            return;
        };
        let name = member.doc.addr.clone();
        let same_life = doc.addr == name
            && doc.ext.is_some()
            && doc.ext.as_ref().map(|e| e.inc) == member.inc();
        if same_life {
            member.watching.stream = Stream::Open(watch);
            member.watching.streams = true;
            member.watching.last = now.mono;
        } else if doc.addr != name || doc.ext.is_none() {
            self.unwatch(watch);
            return self.watch_failed(now.mono, &name, Evidence::BadAnswer);
        }
        if doc.ext.as_ref().is_some_and(|e| e.leaving) {
            return self.lose(now.mono, &name, Loss::Goodbye);
        }
        self.receive(now.mono, &name, None, from, doc);
    }

    /// A stream showed life. Nothing else changed, so nothing else is considered, unless there was a suspicion.
    pub(super) fn beat(&mut self, now: Time, watch: WatchId, beat: Beat) -> bool {
        let sent = self.sent_by_stream(now);
        let Some(member) = self.watched_member(watch) else {
            return true;
        };
        if !member.watching.is_open() {
            return true;
        }
        member.watching.last = now;
        member.leader_heard = beat.leader_heard.map(|ago| sent - ago);
        member.at_work(now, beat.made);
        let routine = member.missed == 0 && member.probing.is_quiet();
        let name = member.doc.addr.clone();
        self.shows_life(now, &name, None);
        routine
    }

    pub(super) fn watch_ended(&mut self, now: Time, watch: WatchId, end: WatchEnd) {
        let opening = self.config.poll_timeout;
        let Some(member) = self.watched_member(watch) else {
            self.watches.remove(&watch);
            return;
        };
        let name = member.doc.addr.clone();
        let since = member.watching.since;
        // Of a canary nothing is heard until it ends: one that failed at once was never open.
        let could_not_open =
            member.is_reference() && end != WatchEnd::Closed && now.since(since) <= opening;
        let was_open = member.watching.is_open() && !could_not_open;
        match end {
            WatchEnd::Unsupported => {
                let retry = now + UNSUPPORTED_RETRY;
                member.watching.stream = Stream::Unsupported { retry };
            }
            WatchEnd::Closed if was_open => {
                member.watching.close(now);
                member.probing.after_end(now, false);
                let addr = name.clone();
                self.notice(Notice::StreamEnded { addr, end });
            }
            WatchEnd::Closed => member.watching.close(now),
            WatchEnd::Failed(evidence) => {
                if was_open {
                    member.probing.after_end(now, true);
                    let addr = name.clone();
                    self.notice(Notice::StreamEnded { addr, end });
                }
                self.watch_failed(now, &name, evidence);
                if let Evidence::Refused { at } = evidence {
                    self.missed(now, &name, evidence, Some(at), since);
                }
            }
        }
        self.watches.remove(&watch);
    }

    fn watch_failed(&mut self, now: Time, name: &Addr, evidence: Evidence) {
        let Some(member) = self.members.get_mut(name) else {
            return;
        };
        member.watching.close(now);
        if evidence == Evidence::BadAnswer {
            // It answers, and not as one of ours does: asking again at once would not help.
            member.watching.stream = Stream::Closed {
                retry: now + REOPEN.1,
            };
        }
    }

    /// A reference node that fell silent as soon as it had a canary may serve one connection at a time: it gets no other for a while.
    pub(super) fn drop_harmful_canary(&mut self, now: Time, name: &Addr, asked: Time) {
        let Some(member) = self.members.get_mut(name) else {
            return;
        };
        let first_since = member.asked < member.watching.since && asked >= member.watching.since;
        if member.is_reference()
            && member.watching.is_open()
            && first_since
            && let Some(watch) = member.watching.id()
        {
            let retry = now + HARMFUL_RETRY;
            member.watching.stream = Stream::Unsupported { retry };
            self.unwatch(watch);
        }
    }

    /// It answers requests, and its stream brings nothing: that connection is dead, not the peer.
    pub(super) fn replace_stuck_stream(&mut self, now: Time, name: &Addr) {
        let Some(member) = self.members.get_mut(name) else {
            return;
        };
        let stuck = member.watching.streams
            && member.watching.is_open()
            && now.since(member.watching.last) >= self.config.silence_after;
        if stuck && let Some(watch) = member.watching.id() {
            member.watching.close(now);
            self.unwatch(watch);
        }
    }
}
