//! What an election licenses the reconciler to do: who leads, and whom a leader may overwrite.

use std::collections::BTreeMap;

use crate::addr::Addr;
use crate::election::output::Loss;
use crate::identity::Epoch;
use crate::time::Time;

/// The part of a [`crate::View`] on which address reconciliation depends.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Leadership {
    /// This node's own reign, if it leads.
    pub reign: Option<Reign>,
    /// Every other node that is or was a member, whose targets are no strangers'.
    pub nodes: Vec<KnownNode>,
    /// An operator wants no moves.
    pub paused: bool,
    /// A majority of configured voters elected this node and is heard by it: who is beyond reach does not lead, or is about to give up.
    pub by_majority: bool,
    /// How far the seeds were heard.
    pub seeds: SeedsHeard,
    /// As far as this node knows, it would lead next if the leader that it follows vanished, or is to be handed the addresses.
    pub next_in_line: bool,
    /// Its leader has no answer from the cloud, and asks who has.
    pub reach_wanted: bool,
    /// Its leader is silent, nobody else can be asked, and the shared address may tell.
    pub probes_wanted: bool,
    /// Seeds that were never heard, for people.
    pub unheard_seeds: Vec<Addr>,
}

impl Leadership {
    /// The node that is known to be `target` at the provider.
    #[must_use]
    pub fn node_at(&self, provider: &str, target: &str) -> Option<Addr> {
        let is = |n: &&KnownNode| n.targets.get(provider).is_some_and(|t| t == target);
        self.nodes.iter().find(is).map(|n| n.addr.clone())
    }
}

/// A reign of this node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reign {
    /// Its epoch: with the node's id the fencing token.
    pub epoch: Epoch,
    /// Since when this node leads without a break. A meeting that is won raises the epoch and keeps this.
    pub since: Time,
    /// Whom this node followed before.
    pub predecessor: Option<Addr>,
    /// Members that are more senior, were lost on silence, and might take over too: how many turns to wait before the first reading.
    pub rank: u32,
    /// Every other member is heard or proven dead, and so is the predecessor: the takeover may read nothing first.
    pub blind: Option<BlindTakeover>,
    /// Other leaders are heard (rule H2): a reading begun after this moment is wanted, and nothing is written.
    pub meeting: Option<Time>,
}

/// The licence to take over without reading first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlindTakeover {
    /// Address to when the predecessor's last reading that showed it as its own began, on this node's clock.
    pub held: BTreeMap<String, Time>,
}

/// Another node that is or was a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownNode {
    /// Its canonical name.
    pub addr: Addr,
    /// Who it is in the cloud's terms: provider name to target.
    pub targets: BTreeMap<String, String>,
    /// How it stands to this node.
    pub standing: Standing,
    /// The reign in which this node followed it and how it was lost, if it was lost and has not acknowledged a newer reign since: the licence to
    /// overwrite it (never passed on by gossip).
    pub licence: Option<(Epoch, Loss)>,
    /// It was heard since that loss: what it does now is no late call.
    pub heard_again: bool,
    /// The latest unbroken row of refusals where this node listened.
    pub refused: Option<Refusals>,
}

/// Requests to a lost member, each refused at its IP and port: it was dead then, or a firewall refuses in its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusals {
    /// When the first one was sent.
    pub since: Time,
    /// When the latest one was sent.
    pub latest: Time,
}

/// How another node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its latest answer names this node as leader in `epoch`; it was asked at `asked`.
    Follows {
        /// The reign it acknowledges.
        epoch: Epoch,
        /// When the request was sent.
        asked: Time,
    },
    /// A member that does not (yet) follow this node.
    Member,
    /// Lost.
    Lost(Loss),
}

/// How far the other nodes are heard: every seed since this node started, and nobody lost on silence meanwhile. Where somebody is
/// missing, an unknown machine may be a member beyond a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SeedsHeard {
    /// Some were not, and no majority was or not for long enough.
    #[default]
    Unheard,
    /// All answered or refused.
    All,
    /// A majority did; the rest have been silent since this moment.
    Majority {
        /// The start of their silence, or of the majority's being heard if that is later.
        rest_silent_since: Time,
    },
}
