//! What is remembered of other nodes: members, seeds, discovered addresses, the lost, and licences.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::addr::Addr;
use crate::election::input::PollId;
use crate::election::leadership::Refusals;
use crate::election::output::Loss;
use crate::election::probing::Probing;
use crate::election::watching::Watching;
use crate::identity::{Epoch, Incarnation, Stamp};
use crate::state::{Ext, StateDoc};
use crate::time::Time;

/// When an address is polled next, and whether a poll is under way.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    pub(super) next: Time,
    pub(super) in_flight: Option<PollId>,
    /// When the last poll was sent.
    pub(super) last_sent: Option<Time>,
    /// Poll again as soon as the one under way ends, saying that we have news if the flag is set.
    pub(super) again: Option<bool>,
}

impl Schedule {
    pub(super) fn at(next: Time) -> Self {
        Self {
            next,
            in_flight: None,
            last_sent: None,
            again: None,
        }
    }
}

/// A node that was heard.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// The address it is polled at; differs from its name where only an alias in the seeds reaches it.
    pub(super) route: Addr,
    pub(super) doc: Arc<StateDoc>,
    /// The IP and port that answered: a refusal proves death only there.
    pub(super) at: SocketAddr,
    /// When it was admitted.
    pub(super) admitted: Time,
    /// When its document arrived.
    pub(super) told: Time,
    /// The latest moment, on its own clock, at which its election was at work, and when this node learned of that.
    pub(super) worked: (Duration, Time),
    /// The last sign of life: an answer, a document or a beat.
    pub(super) heard: Time,
    /// When it last heard the leader that it names.
    pub(super) leader_heard: Option<Time>,
    /// When the latest request was sent that it has answered.
    pub(super) asked: Time,
    /// From when silence is counted: `heard`, or later if this node itself was stopped meanwhile.
    pub(super) silent_from: Time,
    pub(super) missed: u32,
    /// Its requests to this node.
    pub(super) asks: Asks,
    /// Since when it names a leader that is proven dead.
    pub(super) names_dead_since: Option<Time>,
    /// Until then it is passed over as nominee: it was nominated for long and did not lead.
    pub(super) passed_over_until: Option<Time>,
    pub(super) schedule: Schedule,
    pub(super) watching: Watching,
    pub(super) probing: Probing,
}

impl Member {
    pub(super) fn ext(&self) -> Option<&Ext> {
        self.doc.ext.as_ref()
    }

    /// When its document was made, on its own clock.
    pub(super) fn made(&self) -> Option<Duration> {
        self.ext().map(|e| e.made)
    }

    /// It says that its election was at work at that moment of its own clock.
    pub(super) fn at_work(&mut self, now: Time, made: Duration) {
        if made > self.worked.0 {
            self.worked = (made, now);
        }
    }

    pub(super) fn inc(&self) -> Option<Incarnation> {
        self.ext().map(|e| e.inc)
    }

    pub(super) fn is_reference(&self) -> bool {
        self.doc.ext.is_none()
    }

    /// It says that it leads.
    pub(super) fn claims(&self) -> bool {
        self.doc.leader.as_ref() == Some(&self.doc.addr) && self.may_lead()
    }

    /// It does not exclude itself from leading.
    pub(super) fn may_lead(&self) -> bool {
        self.ext()
            .is_none_or(|e| e.eligible && !e.leaving && !e.deaf)
            && self.doc.stamp < Stamp::LAST
    }

    pub(super) fn is_deaf(&self) -> bool {
        self.ext().is_some_and(|e| e.deaf)
    }

    /// The reign it acknowledges and who began it; nothing for a reference node.
    pub(super) fn acknowledged(&self) -> Predecessor {
        self.ext()
            .map_or_else(Predecessor::default, |e| Predecessor {
                epoch: e.epoch,
                leader: e.epoch_leader.clone(),
            })
    }
}

/// A reign and who began it, ordered so that the newest is highest. Two sides of a partition may begin reigns of one number: the name
/// breaks the tie, the same way everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Predecessor {
    pub(super) epoch: Epoch,
    pub(super) leader: Option<Addr>,
}

/// A member that was lost.
#[derive(Clone, Debug)]
pub(super) struct Lost {
    pub(super) route: Addr,
    pub(super) doc: Arc<StateDoc>,
    pub(super) at: SocketAddr,
    /// When the last document arrived.
    pub(super) told: Time,
    /// How it was watched.
    pub(super) watching: Watching,
    /// The connections to it were tampered with when it was lost: a refusal alone proves nothing.
    pub(super) tampered: bool,
    pub(super) loss: Loss,
    /// Its process has no more to say.
    pub(super) said_goodbye: bool,
    pub(super) since: Time,
    /// The latest unbroken row of refusals where it listened.
    pub(super) refused: Option<Refusals>,
    /// When the latest request was sent that has an outcome.
    pub(super) tried: Option<Time>,
    /// Its requests to this node.
    pub(super) asks: Asks,
    /// It asked us since it was lost: a zombie is readmitted then, and not before.
    pub(super) asked_us: bool,
    pub(super) schedule: Schedule,
}

/// For how long a request tells that somebody is there: twice the time from one to the next where a stream is open.
pub(super) const ASKED_LATELY: Duration = Duration::from_secs(12);

/// When a node asked this one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asks {
    /// The latest request, or the admission.
    pub(super) latest: Time,
    /// Since when it asks although it does not answer.
    unheard_since: Option<Time>,
}

impl Asks {
    pub(super) const fn begun(now: Time) -> Self {
        Self {
            latest: now,
            unheard_since: None,
        }
    }

    /// It asks; `heard` says whether it answers, too.
    pub(super) fn again(&mut self, now: Time, heard: bool) {
        if heard || now.since(self.latest) >= ASKED_LATELY {
            self.unheard_since = None;
        }
        if !heard {
            self.unheard_since.get_or_insert(now);
        }
        self.latest = now;
    }

    /// It has been asking for that long and does not answer: only this node's own requests are lost.
    pub(super) fn go_unheard(&self, now: Time, long: Duration) -> bool {
        now.since(self.latest) < ASKED_LATELY
            && self
                .unheard_since
                .is_some_and(|since| now.since(since) >= long)
    }

    pub(super) const fn unheard_since(&self) -> Option<Time> {
        self.unheard_since
    }

    pub(super) const fn are_heard(&mut self) {
        self.unheard_since = None;
    }
}

/// The licence to overwrite a leader that this node followed itself and lost.
#[derive(Clone, Copy, Debug)]
pub(super) struct LicenceRecord {
    pub(super) epoch: Epoch,
    pub(super) loss: Loss,
    /// It was heard after that, and may be following this node since.
    pub(super) heard_again: bool,
}

/// An address that is always tried.
#[derive(Clone, Debug)]
pub(super) struct Seed {
    pub(super) addr: Addr,
    pub(super) source: SeedSource,
    /// The name of the node that answered there.
    pub(super) name: Option<Addr>,
    /// It leads to this node itself.
    pub(super) is_self: bool,
    /// It answered or refused since this node started.
    pub(super) heard: bool,
    /// When the latest request was sent that ended, with whatever outcome.
    pub(super) tried: Option<Time>,
    /// Since when it has only been failing.
    pub(super) failing_since: Option<Time>,
    pub(super) schedule: Schedule,
}

/// Who named a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SeedSource {
    /// The configuration: it is a seed for ever.
    Configured,
    /// The latest discovery: it is a seed until one does not name it.
    Discovery,
}

/// An address learned from others.
#[derive(Clone, Debug)]
pub(super) struct Discovered {
    pub(super) in_flight: Option<PollId>,
}

/// What an outstanding poll was sent for.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    Member(Addr),
    /// A member that shows no life: one of several requests under way.
    Probe(Addr),
    Lost(Addr),
    /// By address, since discoveries change the list while polls are in flight.
    Seed(Addr),
    Discovered(Addr),
}

/// A poll that was sent and has no outcome yet.
#[derive(Clone, Debug)]
pub(super) struct Outstanding {
    pub(super) subject: Subject,
    pub(super) route: Addr,
    pub(super) sent: Time,
}
