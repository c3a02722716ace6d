//! What can happen to an election: a closed set.

use std::net::SocketAddr;

use crate::addr::{Addr, Forbidden};
use crate::state::{Beat, HeldBy, Pause, StateDoc};
use crate::time::Time;

/// Most seeds, configured and discovered: each one is a request in every round for ever, and a gossiped member list does the rest.
pub const MAX_SEEDS: usize = 256;

/// One poll, so that a late or doubled answer is told from the awaited one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PollId(pub u64);

/// One stream, so that what comes late from an old one is told from the awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WatchId(pub u64);

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// A poll was answered with a valid document.
    Answer {
        /// Which poll.
        poll: PollId,
        /// The IP and port that answered.
        from: SocketAddr,
        /// The document.
        doc: Box<StateDoc>,
    },
    /// A poll was not answered.
    Failed {
        /// Which poll.
        poll: PollId,
        /// What was seen instead.
        evidence: Evidence,
    },
    /// A document arrived on a stream: the first one, or one that changed.
    Watched {
        /// Which stream.
        watch: WatchId,
        /// The IP and port at its other end.
        from: SocketAddr,
        /// The document.
        doc: Box<StateDoc>,
    },
    /// A stream showed life: nothing has changed.
    Beat {
        /// Which stream.
        watch: WatchId,
        /// What it says.
        beat: Beat,
    },
    /// A stream or a canary ended, or could not be opened. Nothing more comes from it.
    WatchEnded {
        /// Which one.
        watch: WatchId,
        /// How.
        end: WatchEnd,
    },
    /// Somebody asked us for `/state/<addr>`.
    PolledBy {
        /// The address it gave. Unverified: anybody can write anything there.
        addr: Addr,
        /// It asks to be looked at, since it has news.
        look: bool,
    },
    /// The provider said who this node is.
    Target {
        /// The provider's name.
        provider: String,
        /// This node there.
        target: String,
    },
    /// A cloud address was read (or could not be).
    AddressRead {
        /// The address's identity.
        address: String,
        /// It is the first configured one, which decides rule H2.
        first: bool,
        /// When the reading began.
        begun: Time,
        /// Whether the address was ours; `None` if the reading failed.
        mine: Option<bool>,
        /// Who held it, for those who follow this node.
        holder: HeldBy,
    },
    /// A call that moves an address begins, or has ended.
    AddressMoving {
        /// The address's identity.
        address: String,
        /// It is under way.
        moving: bool,
    },
    /// A call to the provider ended.
    CloudCalled {
        /// When it began.
        begun: Time,
        /// There was an answer, if only a refusal.
        answered: bool,
        /// The address needs something done that depends on such calls: it is not known to be here.
        needed: bool,
    },
    /// A probe of a shared address ended.
    AddressProbed {
        /// The address's identity.
        address: String,
        /// When it began.
        begun: Time,
        /// Whether anybody answered; `None` if this node itself would have.
        answered: Option<bool>,
    },
    /// A discovery ended. What it found replaces what the one before found; at most [`MAX_SEEDS`] count, the configured seeds among them.
    Seeds {
        /// The addresses, this node's own perhaps among them.
        found: Vec<Addr>,
        /// Every source has been asked in this life, and has answered now or before. Until then there may be nodes that this one cannot know of.
        complete: bool,
    },
    /// Give up the lead, and let `to` take it, or the next in line. Nothing happens unless this node leads and another may.
    Resign {
        /// Who shall lead; `None` is the most senior of the others.
        to: Option<Addr>,
    },
    /// The operator wants this node never to lead (`true`), or to be eligible again. A leader resigns by it.
    Drain(bool),
    /// The operator wants no moves in the whole cluster (`true`), or moves again.
    Pause(bool),
    /// The latest wish of that kind that an earlier life of this node had heard of.
    PauseKept(Pause),
    /// The node is going to exit: it gives up the lead and confirms its successor. [`Input::Leave`] follows.
    Retire,
    /// The node is about to exit: say goodbye.
    Leave,
}

/// How a stream or a canary ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchEnd {
    /// The other end closed it in order (FIN): its process is dead, or it dropped this watcher.
    Closed,
    /// Reset, refused, unreachable, silent while it was opened, or what came was no document.
    Failed(Evidence),
    /// The peer answers, and does not know `/watch` (404): it must be polled.
    Unsupported,
}

impl WatchEnd {
    /// One word for logs and `/diag/`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Failed(evidence) => evidence.as_str(),
            Self::Unsupported => "unsupported",
        }
    }
}

/// Why a poll has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A fresh connection to this IP and port was refused: nobody listens there.
    Refused {
        /// Where.
        at: SocketAddr,
    },
    /// Nothing came within `poll_timeout`.
    Silent,
    /// The connection was reset or closed before a whole answer.
    Broken,
    /// No route, network unreachable, or the name does not resolve.
    Unreachable,
    /// The peer answered, but not with a valid document.
    BadAnswer,
    /// The address must not be contacted.
    Forbidden(Forbidden),
}

impl Evidence {
    /// One word for logs and `/diag/`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::Silent => "silent",
            Self::Broken => "broken",
            Self::Unreachable => "unreachable",
            Self::BadAnswer => "bad_answer",
            Self::Forbidden(_) => "forbidden",
        }
    }
}
