//! What an election needs to know before it starts. Values arrive validated: the rules are in `les`'s `config`.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::addr::Addr;
use crate::identity::{Incarnation, NodeId};

/// Who this node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The advertised address.
    pub addr: Addr,
    /// The installation.
    pub id: NodeId,
    /// The process.
    pub inc: Incarnation,
}

/// Most voters of a quorum.
pub const MAX_VOTERS: u64 = 64;

/// Who must confirm a leader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Every live member: a side of a partition acts, however small it is.
    #[default]
    Open,
    /// A majority of these nodes as well: a side without it does not act. Every node has the same list, by advertised addresses, at most
    /// [`MAX_VOTERS`] of them.
    Quorum(BTreeSet<Addr>),
}

/// Timings and bounds of an election.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElectionConfig {
    /// Addresses that are always retried (rule 3).
    pub seeds: Vec<Addr>,
    /// More seeds come by [`crate::Input::Seeds`]: until they are complete a starting node has not tried all of its seeds (rule R1).
    pub discovers: bool,
    /// Members are watched by streams, and not just polled. Without it this node speaks the protocol of the versions before `/watch`.
    pub watch: bool,
    /// How often a stream shows life while nothing changes (`h`).
    pub beat: Duration,
    /// From one answer of a member that has no stream to the next request to it.
    pub poll_interval: Duration,
    /// The same for a reference member, which pays a thread for every request.
    pub reference_poll_interval: Duration,
    /// After which an unanswered poll is a missed one. The driver ends the exchange by then.
    pub poll_timeout: Duration,
    /// Polls missed in a row, at least, before a member that never had a stream is silent.
    pub missed_polls: u32,
    /// The same as `silence_after` for members that never had a stream.
    pub polled_silence_after: Duration,
    /// Time without a sign of life, at least, before a member is silent (`T_s`).
    pub silence_after: Duration,
    /// Who must confirm a leader.
    pub mode: Mode,
    /// It confirms and never leads.
    pub witness: bool,
    /// Silence is acted on even where nobody else can be asked about it (E3).
    pub acts_on_lone_silence: bool,
    /// The node's own weight as a home of the addresses; 0 is none.
    pub preference: u32,
    /// How long everything must have been well before the addresses are handed over to a node of a higher weight.
    pub preference_hold: Duration,
    /// How long a node that lost everyone at once doubts itself before it believes that (three or more nodes).
    pub lone_wait: Duration,
    /// After which a peer that answers but never asks, or that is nominated and never leads, is a zombie.
    pub zombie_after: Duration,
    /// How long a starting node waits for its seeds before it takes its place (rule R1).
    pub join_window: Duration,
    /// Lead without ever having met anybody after this long; `None` is never (rule 5).
    pub alone_after: Option<Duration>,
    /// Most members besides oneself.
    pub max_members: usize,
    /// The node moves addresses: it must know its own target before it may lead.
    pub needs_target: bool,
}

impl Default for ElectionConfig {
    /// The shipped defaults, without seeds.
    fn default() -> Self {
        Self {
            seeds: Vec::new(),
            discovers: false,
            watch: true,
            beat: Duration::from_millis(100),
            poll_interval: Duration::from_millis(250),
            reference_poll_interval: Duration::from_secs(2),
            poll_timeout: Duration::from_secs(1),
            missed_polls: 3,
            polled_silence_after: Duration::from_secs(3),
            silence_after: Duration::from_millis(800),
            mode: Mode::Open,
            witness: false,
            acts_on_lone_silence: true,
            preference: 0,
            preference_hold: Duration::from_secs(300),
            lone_wait: Duration::from_secs(5),
            zombie_after: Duration::from_secs(30),
            join_window: Duration::from_secs(1),
            alone_after: None,
            max_members: 256,
            needs_target: false,
        }
    }
}
