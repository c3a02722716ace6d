//! A snapshot of an election: what the server shows and the reconciler acts on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::addr::Addr;
use crate::election::config::Identity;
use crate::election::leadership::Leadership;
use crate::election::output::Loss;
use crate::identity::{Epoch, NodeId, Stamp};
use crate::state::{
    Beat, Confirmation, Ext, HeldBy, Holding, MeetReading, Pause, Resignation, StateDoc, Vote,
};
use crate::time::Time;

/// What this node is in the election.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// It leads.
    Leader {
        /// Its reign.
        epoch: Epoch,
        /// Since when.
        since: Time,
    },
    /// It follows a node that leads.
    Follower {
        /// Whom.
        leader: Addr,
        /// In which reign; [`Epoch::NONE`] for a reference node.
        epoch: Epoch,
        /// Since when.
        since: Time,
    },
    /// There is no leader yet.
    Undecided(Undecided),
}

/// Why there is no leader yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undecided {
    /// The join window is open.
    Joining,
    /// Rule 5: no other node was ever met.
    NoContact,
    /// Nobody who is heard may lead.
    NobodyEligible,
    /// Another node is nominated and does not lead yet.
    Nominated(Addr),
    /// This node is nominated and waits for these members to confirm it.
    Candidate(Vec<Addr>),
    /// Quorum mode: this node is confirmed, and has so many votes of so many that are needed.
    NoQuorum {
        /// Votes, its own included.
        votes: usize,
        /// A majority of the voters.
        needed: usize,
    },
    /// It is about to exit.
    Leaving,
}

/// Why this node may not be elected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ineligible {
    /// The join window is open.
    Joining,
    /// The provider did not yet say who this node is.
    NoTarget,
    /// Another node has the same id.
    Clone,
    /// It is asked but hears nobody.
    Deaf,
    /// It is about to exit.
    Leaving,
    /// The operator drained it.
    Drained,
    /// It is configured to confirm and never to lead.
    Witness,
    /// Quorum mode: it is not on its own list of voters.
    NotVoter,
}

impl Ineligible {
    /// One word for `/diag/`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Joining => "joining",
            Self::NoTarget => "no_target",
            Self::Clone => "clone",
            Self::Deaf => "deaf",
            Self::Leaving => "leaving",
            Self::Drained => "drained",
            Self::Witness => "witness",
            Self::NotVoter => "not_voter",
        }
    }
}

/// Another member, as this node sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberView {
    /// Its canonical name.
    pub addr: Addr,
    /// Its last valid document.
    pub doc: Arc<StateDoc>,
    /// When that document arrived.
    pub told: Time,
    /// The last sign of life: an answer, a document or a beat.
    pub heard: Time,
    /// Polls missed since.
    pub missed: u32,
    /// Silent here (`missed_polls` and `silence_after` both passed).
    pub silent: bool,
    /// It answers, but its own loop seems dead.
    pub zombie: bool,
    /// How it is watched.
    pub stream: StreamView,
}

/// How a member is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamView {
    /// By a stream of documents; a reference node by a canary.
    Open,
    /// A stream was asked for and brought nothing yet.
    Opening,
    /// There is none now: it is polled until the next one is tried.
    Closed,
    /// It does not know `/watch`: it is polled.
    Unsupported,
}

impl StreamView {
    /// One word for `/diag/`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Opening => "opening",
            Self::Closed => "closed",
            Self::Unsupported => "unsupported",
        }
    }
}

/// A member that was lost and is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostView {
    /// Its canonical name.
    pub addr: Addr,
    /// Its id, if it is one of ours.
    pub id: Option<NodeId>,
    /// How it was lost.
    pub loss: Loss,
    /// When.
    pub at: Time,
}

/// This node's last reading of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The address was its own.
    pub mine: bool,
    /// Who held it.
    pub holder: HeldBy,
    /// When the reading began.
    pub at: Time,
}

/// The snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Who this node is.
    pub me: Identity,
    /// Its published stamp.
    pub stamp: Stamp,
    /// Why it may not be elected; empty if it may.
    pub ineligible: Vec<Ineligible>,
    /// It said goodbye.
    pub leaving: bool,
    /// Its role.
    pub role: Role,
    /// Whom it names on the wire.
    pub named: Option<Addr>,
    /// The reign it acknowledges, and who began it.
    pub predecessor: (Epoch, Option<Addr>),
    /// When it last heard the leader that it names.
    pub leader_heard: Option<Time>,
    /// The other members.
    pub members: Vec<MemberView>,
    /// Members that were lost.
    pub lost: Vec<LostView>,
    /// Members it suspects.
    pub suspects: Vec<Addr>,
    /// Who it is in the cloud's terms.
    pub targets: BTreeMap<String, String>,
    /// Its last readings, by address.
    pub holds: BTreeMap<String, Held>,
    /// Its readings for leaders that it met.
    pub meets: Vec<MeetReading>,
    /// When the election was at work for this.
    pub made: Time,
    /// The number of its latest candidacy.
    pub ballot: u64,
    /// Whose candidacy it confirms.
    pub confirms: Option<Confirmation>,
    /// The reign that it gave up, until a successor is followed.
    pub resigned: Option<Resignation>,
    /// The others that may lead and are heard, the most senior first: who could take over now.
    pub heirs: Vec<Addr>,
    /// When the latest call to the provider began that was answered.
    pub reached: Option<Time>,
    /// It leads, needs a call to the provider, and has no answer.
    pub seeks_reach: bool,
    /// Its weight as a home of the addresses.
    pub preference: u32,
    /// Quorum mode: the reign for which it asks for votes.
    pub stands_for: Option<Epoch>,
    /// Quorum mode: its last vote.
    pub vote: Option<Vote>,
    /// Addresses that a call of this node moves just now.
    pub moving: BTreeSet<String>,
    /// The operators' latest wish about moves.
    pub pause: Option<Pause>,
    /// What the reconciler acts on.
    pub leadership: Leadership,
}

impl View {
    /// The document to answer `GET /state` with at the moment `now`: ages are counted then, so that a node that was paused does not
    /// vouch for what it heard before.
    #[must_use]
    pub fn doc(&self, now: Time) -> StateDoc {
        StateDoc {
            addr: self.me.addr.clone(),
            others: self.members.iter().map(|m| m.addr.clone()).collect(),
            stamp: self.stamp,
            leader: self.named.clone(),
            ext: Some(Ext {
                id: self.me.id,
                inc: self.me.inc,
                epoch: self.predecessor.0,
                epoch_leader: self.predecessor.1.clone(),
                eligible: self.ineligible.is_empty(),
                leaving: self.leaving,
                deaf: self.ineligible.contains(&Ineligible::Deaf),
                leader_heard: self.leader_heard.map(|at| now.since(at)),
                suspects: self.suspects.clone(),
                targets: self.targets.clone(),
                holds: self
                    .holds
                    .iter()
                    .map(|(k, held)| {
                        (
                            k.clone(),
                            Holding {
                                mine: held.mine,
                                holder: held.holder.clone(),
                                age: now.since(held.at),
                            },
                        )
                    })
                    .collect(),
                meets: self.meets.clone(),
                made: self.made.since_epoch(),
                ballot: self.ballot,
                confirms: self.confirms,
                resigned: self.resigned.clone(),
                reached: self.reached.map(|at| now.since(at)),
                seeks_reach: self.seeks_reach,
                preference: self.preference,
                stands_for: self.stands_for,
                vote: self.vote,
                pause: self.pause.clone(),
                moving: self.moving.clone(),
                trace: None,
            }),
        }
    }

    /// Whether a watcher that was last told `told` must be told this: everything but the ages that grow by themselves.
    #[must_use]
    pub fn is_news_to(&self, told: &Self) -> bool {
        let ageless = |view: &Self| {
            let mut doc = view.doc(Time::ZERO);
            if let Some(ext) = &mut doc.ext {
                ext.made = Duration::ZERO;
            }
            doc
        };
        let moments = |view: &Self| (view.holds.clone(), view.reached);
        ageless(self) != ageless(told) || moments(self) != moments(told)
    }

    /// What a watcher is told while there is no news.
    #[must_use]
    pub fn beat(&self, now: Time) -> Beat {
        Beat {
            leader_heard: self.leader_heard.map(|at| now.since(at)),
            made: self.made.since_epoch(),
        }
    }

    /// Whether this node leads.
    #[must_use]
    pub const fn leads(&self) -> bool {
        matches!(self.role, Role::Leader { .. })
    }

    /// Whether an operator wants no moves.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.pause.as_ref().is_some_and(|pause| pause.paused)
    }

    /// How long ago `member` was heard, at the moment `now`.
    #[must_use]
    pub fn heard_ago(&self, member: &MemberView, now: Time) -> Duration {
        now.since(member.heard)
    }
}
