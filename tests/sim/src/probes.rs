//! The probes of the shared address. They take the public network, which a cut between the nodes does not touch: that is what makes them worth
//! something.

use std::time::Duration;

use les_core::Input;

use crate::event::Event;
use crate::node::{Power, address_name, target_of};
use crate::time::At;
use crate::world::World;

/// Between two probes in calm times.
const CALM: Duration = Duration::from_secs(1);
/// Between two probes while their outcome is waited for.
const WANTED: Duration = Duration::from_millis(250);
/// How long a probe takes that is answered, and one that is not.
const ANSWERED: Duration = Duration::from_millis(50);
const UNANSWERED: Duration = Duration::from_millis(500);

impl World {
    /// A node starts.
    pub(crate) fn begin_probes(&mut self, node: usize) {
        if self.common.probe {
            let life = self.nodes[node].life;
            self.at(self.now, Event::Probes { node, life });
        }
    }

    pub(crate) fn probe(&mut self, node: usize, life: u64) {
        let holder = self.cloud.holder(0);
        let holder = (0..self.nodes.len()).find(|i| holder == Some(&*target_of(*i)));
        let answered = match holder {
            // It would answer itself.
            Some(holder) if holder == node => None,
            Some(holder) => Some(self.nodes[holder].power == Power::Running),
            None => Some(false),
        };
        let took = if answered == Some(false) {
            UNANSWERED
        } else {
            ANSWERED
        };
        let begun = self.now;
        let ended = Event::Probed {
            node,
            life,
            begun,
            answered,
        };
        self.at(begun.after(took), ended);
    }

    pub(crate) fn probed(&mut self, node: usize, life: u64, begun: At, answered: Option<bool>) {
        let probed = Input::AddressProbed {
            address: address_name(0),
            begun: begun.time(),
            answered,
        };
        self.input(node, probed);
        let wanted = self.nodes[node].view.leadership.probes_wanted;
        let pause = if wanted { WANTED } else { CALM };
        self.at(self.now.after(pause), Event::Probes { node, life });
    }
}
