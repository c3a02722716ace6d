//! V3, V4, V5: some time after the last fault one node leads, everybody names it, it holds every address, and nobody lists the dead.

use les_core::OnStranger;

use crate::faults::STRANGER;
use crate::node::{Power, address_name};
use crate::world::World;

/// Panics if the cluster has not come to rest.
pub fn one_leader_at_rest(world: &World) {
    let running: Vec<_> = world
        .nodes
        .iter()
        .filter(|n| n.power == Power::Running)
        .collect();
    let leaders: Vec<_> = running.iter().filter(|n| n.leads()).collect();
    assert_eq!(
        leaders.len(),
        1,
        "V4: leaders are {:?}; {}",
        leaders.iter().map(|n| &n.addr).collect::<Vec<_>>(),
        roles(world)
    );
    let leader = leaders[0];
    for node in &running {
        assert_eq!(
            node.view.named.as_ref(),
            Some(&leader.addr),
            "V4: {} does not name the leader; {}",
            node.addr,
            roles(world)
        );
        assert_eq!(
            node.view.members.len() + 1,
            running.len(),
            "V5: {} lists {:?}",
            node.addr,
            node.view
                .members
                .iter()
                .map(|m| &m.addr)
                .collect::<Vec<_>>()
        );
    }
    for address in 0..world.common.addresses {
        if world.left_with_a_stranger(address) || world.yielded_to_the_refusing(address) {
            continue;
        }
        let why = leader.addresses[address].arbiter.status();
        assert_eq!(
            world.cloud.holder(address),
            Some(&*leader.target),
            "V3: {} is not at the leader {}: {why:?}",
            address_name(address),
            leader.addr
        );
    }
}

fn roles(world: &World) -> String {
    world
        .nodes
        .iter()
        .map(|n| {
            format!(
                "\n  {} {:?} {:?} ineligible {:?} predecessor {:?} suspects {:?} stands for {:?}, vote {:?}, ballot {}, confirms {:?}, resigned {:?}",
                n.addr,
                n.power,
                n.view.role,
                n.view.ineligible,
                n.view.predecessor,
                n.view.suspects,
                n.view.stands_for,
                n.view.vote,
                n.view.ballot,
                n.view.confirms,
                n.view.resigned
            )
        })
        .collect()
}

impl World {
    /// Who deposed the leader behind a firewall that refused in its name, and died there, refuses still: it is believed dead after an hour,
    /// and a run is shorter.
    fn yielded_to_the_refusing(&self, address: usize) -> bool {
        let refused = self.stats.events.contains_key("fault_refuse_partition");
        let crashed = self.nodes.iter().filter(|n| n.power == Power::Crashed);
        refused
            && crashed
                .map(|n| &*n.target)
                .any(|t| self.cloud.holder(address) == Some(t))
    }

    /// `on_stranger = "repair"` takes the address back from outside the cluster once an hour. A run is shorter, and a machine that was
    /// a member before everybody else restarted is unknown too. Where half of the nodes are off, it may be one of them: it is left.
    fn left_with_a_stranger(&self, address: usize) -> bool {
        let repaired = self.stats.events.contains_key("licence_stranger");
        let left = self.common.on_stranger == OnStranger::Repair && repaired;
        let running = self.nodes.iter().filter(|n| n.power == Power::Running);
        let half_is_off = running.count() * 2 <= self.size;
        (left || half_is_off) && self.cloud.holder(address) == Some(STRANGER)
    }
}
