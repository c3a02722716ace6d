//! Why an address is where it is: one paragraph for a person who was just woken up.
//!
//! A pure function of snapshots and of the time. It says where the address is, as of which reading, where it should be, which rule keeps it from
//! there, until when, and what to do. A leader speaks of its own readings, a follower of what its leader published, and a node without a leader of
//! what it waits for.

mod failures;
mod following;
mod leaderless;
mod leading;
mod phrases;
mod rules;
mod sight;

use les_core::{Now, Pace, Role, View};

use crate::reconcile::{AddressStatus, ProviderStatus, StandbyStatus};

pub use sight::{Holder, Sight};

/// What is known at one moment: all of it snapshots.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The election.
    pub view: &'a View,
    /// The provider, if there is one.
    pub provider: Option<&'a ProviderStatus>,
    /// How often addresses at rest are read, if there is a provider.
    pub pace: Option<Pace>,
    /// The addresses, in the order of the configuration.
    pub addresses: &'a [AddressStatus],
    /// Their readings while this node is the next in line, in the same order.
    pub standbys: &'a [StandbyStatus],
    /// The moment.
    pub now: Now,
}

/// What there is to say of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// This node holds it, by a reading that is not older than two ticks.
    pub here: bool,
    /// The leader holds it, by a reading that is not older than two ticks.
    pub right: bool,
    /// The state in one word.
    pub code: &'static str,
    /// The paragraph.
    pub text: String,
}

impl Situation<'_> {
    /// The verdict on a configured address; `None` on any other.
    #[must_use]
    pub fn why(&self, id: &str) -> Option<Verdict> {
        let is = |status: &&AddressStatus| status.arbiter.address == id;
        self.addresses.iter().find(is).map(|s| self.verdict(s))
    }

    /// The verdict on the address of which `status` tells.
    #[must_use]
    pub fn verdict(&self, status: &AddressStatus) -> Verdict {
        let (code, text) = match &self.view.role {
            _ if self.provider.is_none() => ("no_provider", self.without_provider(status)),
            Role::Leader { since, .. } => self.leading(status, *since),
            Role::Follower { leader, .. } => self.following(status, leader),
            Role::Undecided(why) => self.leaderless(status, why),
        };
        let sight = self.fresh_sight(status);
        let holder = sight.as_ref().and_then(Sight::node);
        Verdict {
            here: holder == Some(&self.view.me.addr),
            right: holder.is_some() && holder == self.leader(),
            code,
            text,
        }
    }
}

impl Situation<'_> {
    /// The configuration refuses an address without a provider: this is for whoever makes snapshots otherwise.
    fn without_provider(&self, status: &AddressStatus) -> String {
        format!(
            "This node, {}, has no provider (provider.kind), so it neither reads nor moves {}. Ask a node that has one.",
            self.view.me.addr, status.arbiter.address
        )
    }
}

#[cfg(test)]
mod tests;
