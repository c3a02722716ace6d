//! Where an address was seen, when, and by whom.

use std::time::Duration;

use les_core::{Addr, HeldBy, Role, Time, Why};

use super::Situation;
use crate::reconcile::AddressStatus;

/// Without a provider nothing is read: any tick will do.
const SOME_TICK: Duration = Duration::from_secs(5);

/// Who holds an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The version of the leader that read it does not say; it is not the leader.
    Unsaid,
    /// Nobody.
    Nobody,
    /// A machine of the cloud.
    Machine {
        /// Its identity there, if it was published.
        target: Option<String>,
        /// The node that it is, if it is one that is or was a member.
        node: Option<Addr>,
    },
}

/// One reading of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Who held it.
    pub holder: Holder,
    /// When the reading began, on this node's clock.
    pub at: Time,
    /// Who read it.
    pub by: Addr,
    /// Nothing is known to have been done to the address since.
    pub believed: bool,
    /// From when two ticks are counted in which it is fresh.
    pub fresh_from: Time,
}

impl Sight {
    /// The node that holds it, if a known node does.
    #[must_use]
    pub const fn node(&self) -> Option<&Addr> {
        match &self.holder {
            Holder::Machine { node, .. } => node.as_ref(),
            Holder::Unsaid | Holder::Nobody => None,
        }
    }
}

impl Situation<'_> {
    /// Who leads, as far as this node knows: itself, or whom it follows.
    #[must_use]
    pub const fn leader(&self) -> Option<&Addr> {
        match &self.view.role {
            Role::Leader { .. } => Some(&self.view.me.addr),
            Role::Follower { leader, .. } => Some(leader),
            Role::Undecided(_) => None,
        }
    }

    /// Who a node is in the cloud's terms, if that is known here.
    #[must_use]
    pub fn target_of(&self, node: &Addr) -> Option<&String> {
        let provider = self.provider.map(|p| &p.name)?;
        if *node == self.view.me.addr {
            return self.view.targets.get(provider);
        }
        let mut nodes = self.view.leadership.nodes.iter();
        nodes.find(|n| n.addr == *node)?.targets.get(provider)
    }

    /// The node that a target is, if one that is or was a member is known to be it.
    #[must_use]
    pub fn node_of(&self, target: &str) -> Option<Addr> {
        let provider = self.provider.map(|p| &p.name)?;
        if self.view.targets.get(provider).is_some_and(|t| t == target) {
            return Some(self.view.me.addr.clone());
        }
        self.view.leadership.node_at(provider, target)
    }

    /// Where the address was seen last: by this node if it leads, or as its leader has published.
    #[must_use]
    pub fn sight(&self, status: &AddressStatus) -> Option<Sight> {
        let me = &self.view.me.addr;
        match &self.view.role {
            Role::Leader { .. } => {
                let believed = status.arbiter.seen.as_ref();
                let (seen, at) = believed.or(status.arbiter.last_seen.as_ref())?;
                Some(Sight {
                    holder: self.holder(seen.holder.as_deref()),
                    at: *at,
                    by: me.clone(),
                    believed: believed.is_some(),
                    fresh_from: self.fresh_from(status, *at),
                })
            }
            Role::Follower { leader, .. } => self.published(&status.arbiter.address, leader),
            // Only who has just given up the lead still knows.
            Role::Undecided(_) => {
                let held = self.view.holds.get(&status.arbiter.address)?;
                Some(Sight {
                    holder: self.held_by(&held.holder, held.mine, me),
                    at: held.at,
                    by: me.clone(),
                    believed: true,
                    fresh_from: held.at,
                })
            }
        }
    }

    /// The same if it is not older than two ticks.
    #[must_use]
    pub fn fresh_sight(&self, status: &AddressStatus) -> Option<Sight> {
        self.sight(status).filter(|s| self.is_fresh(s))
    }

    pub(super) fn is_fresh(&self, sight: &Sight) -> bool {
        sight.believed && self.now.mono.since(sight.fresh_from) <= self.tick() * 2
    }

    fn tick(&self) -> Duration {
        self.pace.map_or(SOME_TICK, |pace| pace.tick)
    }

    /// From when the age of a reading of one's own counts. Not from when it began: the next one is due a tick after it has ended, and takes as long
    /// again. And not yet while it is put off on purpose, to leave the cloud's allowance to takeovers: the address was here and at rest, and
    /// no call has failed since.
    fn fresh_from(&self, status: &AddressStatus, begun: Time) -> Time {
        let arbiter = &status.arbiter;
        let put_off = arbiter.resting == Some(Why::Mine) && arbiter.attempts == 0;
        match (&arbiter.rested, arbiter.seen_ended) {
            (Some((_, Some(until))), _) if put_off && self.now.mono < *until => self.now.mono,
            (_, ended) => ended.unwrap_or(begun),
        }
    }

    fn published(&self, id: &str, leader: &Addr) -> Option<Sight> {
        let member = self.view.members.iter().find(|m| m.addr == *leader)?;
        let holding = member.doc.ext.as_ref()?.holds.get(id)?;
        Some(Sight {
            holder: self.held_by(&holding.holder, holding.mine, leader),
            at: member.told - holding.age,
            by: leader.clone(),
            believed: true,
            // Its leader's readings are a call longer on their way, and the document too.
            fresh_from: member.told - holding.age + self.tick(),
        })
    }

    fn held_by(&self, held: &HeldBy, mine: bool, by: &Addr) -> Holder {
        match held {
            _ if mine => Holder::Machine {
                target: self.target_of(by).cloned(),
                node: Some(by.clone()),
            },
            HeldBy::Unsaid => Holder::Unsaid,
            HeldBy::Nobody => Holder::Nobody,
            HeldBy::Target(target) => self.holder(Some(target)),
        }
    }

    fn holder(&self, target: Option<&str>) -> Holder {
        target.map_or(Holder::Nobody, |target| Holder::Machine {
            target: Some(target.to_owned()),
            node: self.node_of(target),
        })
    }
}
