//! The state document: what every node says of itself, and the only message there is.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::addr::Addr;
use crate::identity::{Epoch, Incarnation, NodeId, Stamp};
use crate::time::Wall;

/// What `GET /state` answers, parsed and validated. `members`, `leader` and `start_time` are the reference's.
#[derive(Clone, Debug, PartialEq)]
pub struct StateDoc {
    /// The node's canonical name: `members[0]`, always its own advertised address.
    pub addr: Addr,
    /// The other members it lists.
    pub others: Vec<Addr>,
    /// Its place in the order of seniority.
    pub stamp: Stamp,
    /// Whom it leads or names as leader; `false` on the wire is `None`.
    pub leader: Option<Addr>,
    /// What only our nodes say, under the key `les`; `None` for a reference node.
    pub ext: Option<Ext>,
}

/// The key `les` of the state document (version 1).
#[derive(Clone, Debug, PartialEq)]
pub struct Ext {
    /// The installation.
    pub id: NodeId,
    /// The process.
    pub inc: Incarnation,
    /// The reign it acknowledges: its own if it leads.
    pub epoch: Epoch,
    /// Who began that reign. With `epoch` it is the *predecessor* that a confirmation is for.
    pub epoch_leader: Option<Addr>,
    /// Whether it may be elected.
    pub eligible: bool,
    /// It said goodbye and is about to exit.
    pub leaving: bool,
    /// It is asked by others and hears nobody itself: neither a nominee nor a confirmer.
    pub deaf: bool,
    /// How long ago it last heard the leader that it names; `None` if it leads itself or names nobody.
    pub leader_heard: Option<Duration>,
    /// Members that were silent to it, and that nobody whom it hears vouches for.
    pub suspects: Vec<Addr>,
    /// Who it is in the cloud's terms: provider name to target.
    pub targets: BTreeMap<String, String>,
    /// A leader's last readings: address to whether it held it, and how long ago that reading began.
    pub holds: BTreeMap<String, Holding>,
    /// Readings made for other leaders it met (rule H2).
    pub meets: Vec<MeetReading>,
    /// When its election was last at work, on its own clock, which counts within an incarnation: what comes by two ways is put in order by
    /// it, and where it stands still a dead loop is being kept on show. Zero from versions that do not say.
    pub made: Duration,
    /// The number of its latest candidacy, rising within an incarnation; 0 before the first one.
    pub ballot: u64,
    /// The candidacy of the node that it names as leader, as far as it has heard of it: a confirmation that was given *after* it began.
    pub confirms: Option<Confirmation>,
    /// R3: it led until it resigned, and waits for its successor.
    pub resigned: Option<Resignation>,
    /// How long ago its latest answered call to the provider began.
    pub reached: Option<Duration>,
    /// It leads, needs a call to the provider, and has no answer.
    pub seeks_reach: bool,
    /// Its weight as a home of the addresses; 0 is none.
    pub preference: u32,
    /// Quorum mode: a candidate asks for votes for this reign of its own.
    pub stands_for: Option<Epoch>,
    /// Quorum mode: the last vote of a voter.
    pub vote: Option<Vote>,
    /// The operators' latest wish about moves that it has heard of; `None` if there never was one.
    pub pause: Option<Pause>,
    /// Addresses that a call of this node moves just now.
    pub moving: BTreeSet<String>,
    /// The trace of the takeover that it is at work on, for whoever records such things. Nothing is decided by it.
    pub trace: Option<String>,
}

/// What a stream says while nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// How long ago the peer heard the leader that it names, when it sent this; `None` if it follows nobody.
    pub leader_heard: Option<Duration>,
    /// When its election was last at work, as [`Ext::made`]: where that stands still, a dead loop is being kept on show.
    pub made: Duration,
}

/// Which candidacy a member confirms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The candidate's process.
    pub inc: Incarnation,
    /// Its candidacy.
    pub ballot: u64,
}

/// A voter's vote: one for each epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vote {
    /// For which reign.
    pub epoch: Epoch,
    /// For whose: the candidate's process.
    pub inc: Incarnation,
}

/// A reign that its leader gave up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resignation {
    /// The reign.
    pub epoch: Epoch,
    /// Who shall follow; `None` is the most senior of the others.
    pub to: Option<Addr>,
}

/// Whether addresses may be moved: a wish of an operator that every node passes on, so that one order reaches the whole cluster. The newest one
/// is the greatest. Of two that were given at one time, unheard of each other, the pause wins, since it does no harm.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pause {
    /// Counts the orders: each one is above all that its node had heard of.
    pub serial: u64,
    /// No moves; `false` is the order that ended a pause.
    pub paused: bool,
    /// The node that took the order.
    pub by: Addr,
    /// When, by that node's clock. For people.
    pub at: Wall,
}

impl Pause {
    /// The greatest serial that is read: no row of orders comes near it.
    pub const MAX_SERIAL: u64 = 1 << 53;
}

/// Who held an address when a leader read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeldBy {
    /// The version of the node that read it does not say.
    Unsaid,
    /// Nobody.
    Nobody,
    /// This target.
    Target(String),
}

/// A leader's last reading of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Whether the address was its own.
    pub mine: bool,
    /// Who held it.
    pub holder: HeldBy,
    /// How long ago the reading began.
    pub age: Duration,
}

/// The result of the reading that a leader made because it met another leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeetReading {
    /// The other leader.
    pub with: Incarnation,
    /// The other leader's reign.
    pub epoch: Epoch,
    /// Whether the first configured address was its own; `None` if that could not be found out.
    pub mine: Option<bool>,
}
