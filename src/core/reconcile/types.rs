//! What reconciliation sees, does and says.

use std::time::Duration;

use crate::addr::Addr;
use crate::election::Loss;
use crate::identity::Epoch;
use crate::state::HeldBy;
use crate::time::Time;

/// What to do about an address that a machine outside the cluster holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OnStranger {
    /// Take it back, at most once an hour, and only if no member can be hidden behind it.
    #[default]
    Repair,
    /// Take it back whenever no member can be hidden behind it, at most once a minute.
    Always,
    /// Only say so.
    Report,
}

/// How one address is reconciled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArbiterConfig {
    /// The address's identity at the provider.
    pub address: String,
    /// The provider's name, the key of `targets`.
    pub provider: String,
    /// The reconcile tick: how often an address at rest is read.
    pub tick: Duration,
    /// How long after a write the provider's readings may still be old.
    pub settle: Duration,
    /// How long one request to the provider takes at most: this and `settle` after another node began a write, a reading shows it,
    /// as moved or as busy.
    pub request_timeout: Duration,
    /// The provider moves an address from one holder to another in one call.
    pub moves_in_one_call: bool,
    /// A reading may show the address as free while another node moves it: a move is two calls, or a job that readings do not tell of.
    pub free_may_be_moving: bool,
    /// What to do about strangers.
    pub on_stranger: OnStranger,
}

/// One reading of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The target that holds it; `None` if it is free.
    pub holder: Option<String>,
    /// What changes with every move, where the cloud has that.
    pub version: Option<String>,
    /// An action on it is under way: neither free nor settled.
    pub busy: bool,
    /// The cloud reports the holder as stopped or gone.
    pub holder_down: bool,
}

impl Seen {
    /// Who holds it, as the others are told.
    #[must_use]
    pub fn held_by(&self) -> HeldBy {
        let holder = self.holder.clone();
        holder.map_or(HeldBy::Nobody, HeldBy::Target)
    }
}

/// What a failed call tells its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// Too many calls: later.
    Throttled,
    /// A fault that may pass: again.
    Transient,
    /// There was no answer: again.
    Unreachable,
    /// Another action is under way: wait for it.
    InProgress,
    /// The call may or may not have taken effect: read before anything else.
    MaybeApplied,
    /// The address was not as expected: read before anything else.
    Conflict,
    /// The credentials may not do this: a person must grant it.
    Denied,
    /// The address or target does not exist: a person must mend the configuration.
    NotFound,
    /// The configuration cannot work.
    Misconfigured,
}

/// A call that failed, with the pause that the driver's back-off (or the cloud's Retry-After) asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    /// What the caller may do.
    pub kind: FailureKind,
    /// Not before this long.
    pub retry_in: Duration,
}

/// The next thing to do for an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing, until the moment given (or until leadership changes).
    Rest {
        /// Why.
        why: Why,
        /// Ask again then; `None`: only a change of leadership matters.
        until: Option<Time>,
    },
    /// Read the address.
    Observe(Urgency),
    /// Move the address to this node.
    Assign {
        /// What was read; `None` in a blind takeover.
        seen: Option<Seen>,
        /// The reign it is done in.
        epoch: Epoch,
        /// What allows it.
        licence: Licence,
    },
}

/// What `/diag/` shows of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArbiterStatus {
    /// The address's identity.
    pub address: String,
    /// This node's own target.
    pub target: Option<String>,
    /// The last reading that is still believed, and when it began.
    pub seen: Option<(Seen, Time)>,
    /// When that reading ended.
    pub seen_ended: Option<Time>,
    /// The latest reading of this reign, believed or not, and when it began: a write ends the belief in what was read before.
    pub last_seen: Option<(Seen, Time)>,
    /// Why nothing is done, if so.
    pub resting: Option<Why>,
    /// The latest rest of this reign, kept while the address is read again: why, and until when. A move ends it.
    pub rested: Option<(Why, Option<Time>)>,
    /// What allows the move that is under way.
    pub moving: Option<Licence>,
    /// What allowed the latest move that succeeded since this node started, and when it ended.
    pub moved: Option<(Licence, Time)>,
    /// What is configured for strangers.
    pub on_stranger: OnStranger,
    /// Failed calls since the last success.
    pub attempts: u32,
    /// Times this node moved the address to itself since its start.
    pub moves: u64,
}

/// Whether a reading can wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A takeover, a repair or a meeting depends on it: at once.
    Now,
    /// The address was here and at rest: [`crate::Arbiter::postpone`] may put it off, once.
    Routine,
}

/// What allows a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Licence {
    /// Nobody holds the address.
    Free,
    /// The holder follows this node: somebody moved the address by hand, or the node was just elected.
    Drift(Addr),
    /// The holder led this node and was lost.
    Succession(Addr, Loss),
    /// The holder is proven dead or said goodbye.
    Departed(Addr),
    /// Quorum mode: the holder is beyond reach of the majority that elected this node.
    Majority(Addr),
    /// The cloud reports the holder as stopped or gone.
    HolderDown,
    /// The holder is outside the cluster, and the configuration says to repair that.
    Stranger,
    /// The predecessor is proven dead, held the address a tick ago, and everybody else is heard.
    Blind(Addr),
}

impl Licence {
    /// The holder's own time is over, and not only this reading of it: it may be overwritten in whatever way is quickest. The others are repairs, which must
    /// not undo what somebody else did meanwhile.
    #[must_use]
    pub const fn is_takeover(&self) -> bool {
        match self {
            Self::Succession(..)
            | Self::Departed(_)
            | Self::Majority(_)
            | Self::HolderDown
            | Self::Blind(_) => true,
            Self::Free | Self::Drift(_) | Self::Stranger => false,
        }
    }

    /// One word for logs and `/diag/`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Drift(_) => "drift",
            Self::Succession(..) => "succession",
            Self::Departed(_) => "departed",
            Self::Majority(_) => "majority",
            Self::HolderDown => "holder_down",
            Self::Stranger => "stranger",
            Self::Blind(_) => "blind_takeover",
        }
    }
}

/// Why nothing is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// This node does not lead.
    NotLeader,
    /// The provider has not yet said who this node is.
    NoTarget,
    /// The address is where it should be.
    Mine,
    /// The cloud is at work on it.
    Busy,
    /// It is elsewhere, and an operator wants no moves.
    Paused,
    /// A write just ended: what is read differently may be old.
    Settling,
    /// It is free, and another leader that is not heard may be moving it: see `free_may_be_moving`.
    OnItsWay,
    /// A call failed; the pause before the next try runs.
    BackingOff(FailureKind),
    /// Another leader is heard (rule H2).
    Meeting,
    /// More senior orphans have the first turn.
    WaitingTurn,
    /// A member holds it that has not (yet) said, asked after the reading began, that it follows this node.
    AwaitingAnswer(Addr),
    /// A member beyond reach holds it, and this node never followed it: not taken.
    UnreachableMember(Addr),
    /// H1: this node held it and was overwritten by that holder, which is that node as far as is known: it yields.
    Yielded(String, Option<Addr>),
    /// H1: a second reading is awaited, a settle time after the first.
    Confirming(String),
    /// An unknown machine holds it, and these seeds were never heard, or members were lost on silence: it may be a member beyond a partition.
    StrangerSeedsUnheard(String, Vec<Addr>),
    /// An unknown machine holds it, and the configuration says to leave it there, or it was taken back less than an hour ago.
    StrangerLeft(String),
}

impl Why {
    /// It is about a holder outside the cluster.
    #[must_use]
    pub const fn is_about_stranger(&self) -> bool {
        matches!(self, Self::StrangerLeft(_) | Self::StrangerSeedsUnheard(..))
    }

    /// One word for logs and `/diag/`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotLeader => "not_leader",
            Self::NoTarget => "no_target",
            Self::Paused => "paused",
            Self::Settling => "settling",
            Self::OnItsWay => "on_its_way",
            Self::Mine => "mine",
            Self::Busy => "busy",
            Self::BackingOff(_) => "backing_off",
            Self::Meeting => "meeting",
            Self::WaitingTurn => "waiting_turn",
            Self::AwaitingAnswer(_) => "awaiting_answer",
            Self::UnreachableMember(_) => "unreachable_member",
            Self::Yielded(..) => "yielded",
            Self::Confirming(_) => "confirming",
            Self::StrangerSeedsUnheard(..) => "stranger_seeds_unheard",
            Self::StrangerLeft(_) => "stranger_left",
        }
    }
}
