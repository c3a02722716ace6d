//! What an election asks of its driver: a closed set, drained to the end after every call.

use std::net::SocketAddr;

use crate::addr::Addr;
use crate::election::input::{Evidence, PollId, WatchEnd, WatchId};
use crate::identity::{Epoch, NodeId, Stamp};
use crate::state::Pause;

/// Something to do or to tell.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Ask `GET /state/<own addr>` of a peer over a fresh connection, and report [`crate::Input::Answer`] or
    /// [`crate::Input::Failed`] within the poll timeout.
    Poll {
        /// To be given back with the outcome.
        poll: PollId,
        /// Whom to ask.
        addr: Addr,
        /// Where: an open question to the very socket that fell silent. `None` is wherever the address leads now.
        at: Option<SocketAddr>,
        /// Say that we have news, so that it asks us back at once.
        look: bool,
    },
    /// Open `GET /watch/<own addr>` at a peer, or, as a canary, a connection on which nothing is sent; report [`crate::Input::Watched`] and
    /// [`crate::Input::Beat`] as they come, and [`crate::Input::WatchEnded`] once, unless [`Output::Unwatch`] came first.
    Watch {
        /// To be given back with everything that comes of it.
        watch: WatchId,
        /// Whom to watch.
        addr: Addr,
        /// Where, once it has been heard there.
        at: SocketAddr,
        /// Which kind of connection.
        kind: WatchKind,
    },
    /// Close a stream or a canary. Nothing more is reported of it.
    Unwatch {
        /// Which one.
        watch: WatchId,
    },
    /// Something that a person may want to know.
    Notice(Notice),
}

/// What a connection to a peer is kept open for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchKind {
    /// `GET /watch`: documents and beats.
    Stream,
    /// A reference node has no stream; but the kernel closes an idle connection of its process when that dies.
    Canary,
}

/// How a member was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// E1: proof of death: a fresh connection to its IP and port was refused, or another incarnation answers there.
    Dead,
    /// It said goodbye.
    Goodbye,
    /// E2: silent here and to another observer, and nobody vouches for it.
    Silent,
    /// E3: silent here, and nobody else to ask.
    LoneSilence,
    /// It answers, but its own loop is dead.
    Zombie,
    /// It is heard, and does not lead any more.
    Resigned,
}

impl Loss {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::Dead,
        Self::Goodbye,
        Self::Silent,
        Self::LoneSilence,
        Self::Zombie,
        Self::Resigned,
    ];

    /// Proof, as against silence.
    #[must_use]
    pub const fn is_proof(self) -> bool {
        matches!(self, Self::Dead | Self::Goodbye)
    }

    /// One word for logs and `/diag/`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::Goodbye => "goodbye",
            Self::Silent => "silent",
            Self::LoneSilence => "lone_silence",
            Self::Zombie => "zombie",
            Self::Resigned => "resigned",
        }
    }
}

/// Why a leader stopped leading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepDown {
    /// H2: the other leader holds the address, or has the newer reign.
    LostMeeting,
    /// H4: a live member followed a newer leader.
    NewerEpoch,
    /// A more senior node is there, in a cluster with reference nodes.
    MoreSenior,
    /// It became ineligible.
    Ineligible,
    /// It is about to exit.
    Leaving,
    /// R3: the operator asked for it (hand-over, or drain).
    Resigned,
    /// Quorum mode: it does not hear a majority of the voters any more.
    NoQuorum,
    /// The cloud does not answer it, and answers another node.
    Unreachable,
    /// Another node is preferred, and everything is calm.
    Preferred,
}

impl StepDown {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::LostMeeting,
        Self::NewerEpoch,
        Self::MoreSenior,
        Self::Ineligible,
        Self::Leaving,
        Self::Resigned,
        Self::NoQuorum,
        Self::Unreachable,
        Self::Preferred,
    ];

    /// One word for logs and `/diag/`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LostMeeting => "lost_meeting",
            Self::NewerEpoch => "newer_epoch",
            Self::MoreSenior => "more_senior",
            Self::Ineligible => "ineligible",
            Self::Leaving => "leaving",
            Self::Resigned => "resigned",
            Self::NoQuorum => "no_quorum",
            Self::Unreachable => "cloud_unreachable",
            Self::Preferred => "preferred",
        }
    }
}

/// What happened, for events and logs. Each one is emitted on a change, never repeated while nothing changes.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// The join window ended; the node has its place.
    Joined {
        /// Its stamp.
        stamp: Stamp,
        /// Rule R1 applied: a live cluster was found, and the node went behind it.
        behind: bool,
    },
    /// A member was heard for the first time.
    MemberJoined {
        /// Who.
        addr: Addr,
        /// It speaks the reference's protocol only.
        reference: bool,
    },
    /// The first poll of a member failed.
    Suspected {
        /// Who.
        addr: Addr,
        /// What was seen.
        evidence: Evidence,
    },
    /// The stream or canary of a member ended by itself.
    StreamEnded {
        /// Whose.
        addr: Addr,
        /// How.
        end: WatchEnd,
    },
    /// A member was removed.
    MemberLost {
        /// Who.
        addr: Addr,
        /// On which evidence.
        loss: Loss,
        /// It was the leader.
        was_leader: bool,
    },
    /// Its leader is silent, nobody else can be asked, and the shared address answers: it stays.
    HeldBack {
        /// The leader.
        leader: Addr,
    },
    /// This node nominates itself and waits for the others.
    Candidate {
        /// The members whose confirmation is awaited.
        waiting_for: Vec<Addr>,
    },
    /// This node leads.
    Elected {
        /// Its reign.
        epoch: Epoch,
        /// Whom it followed before.
        predecessor: Option<Addr>,
    },
    /// This node follows.
    Following {
        /// Whom.
        leader: Addr,
        /// In which reign; [`Epoch::NONE`] for a reference node.
        epoch: Epoch,
    },
    /// This node stopped leading.
    SteppedDown {
        /// Why.
        why: StepDown,
    },
    /// This node goes to the end of the order (rules R2 and R5).
    Restamped {
        /// Its new stamp.
        stamp: Stamp,
    },
    /// Another leader is heard.
    MetLeader {
        /// Who.
        addr: Addr,
        /// Its reign.
        epoch: Epoch,
    },
    /// This node remains leader after a meeting.
    WonMeeting {
        /// Its new reign.
        epoch: Epoch,
    },
    /// Two nodes have one id: both are ineligible until a person mends it.
    Clone {
        /// The id.
        id: NodeId,
        /// Where.
        at: Vec<Addr>,
    },
    /// An operator's wish about moves was heard of: given here, or at another node.
    Pause(Pause),
    /// This node is asked but hears nobody (or hears again).
    Deaf(bool),
    /// A peer was excluded: what it says cannot be right.
    Excluded {
        /// Who.
        addr: Addr,
        /// The rule it broke.
        why: Exclusion,
    },
}

/// Why a peer is not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exclusion {
    /// It calls itself by this node's address, or by another's.
    WrongName,
    /// The member list is full.
    TooMany,
    /// It must not be contacted.
    Forbidden,
}

impl Exclusion {
    /// One word for logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WrongName => "wrong_name",
            Self::TooMany => "too_many",
            Self::Forbidden => "forbidden",
        }
    }
}
