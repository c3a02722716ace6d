//! T2, T3, T4: an address moves only for a reason, at most once per reason: at most once per partition, never on the heal, never for
//! the event of a node that neither leads nor holds it.

use les_core::OnStranger;

use crate::faults::Fault;
use crate::network::Cut;
use crate::node::Power;
use crate::world::World;

/// Moves that the faults so far excuse, for each address.
#[derive(Clone, Debug, Default)]
pub struct MoveBudget {
    /// How many.
    pub allowed: usize,
}

/// How many moves a fault excuses.
pub(super) fn excused_by(world: &World, fault: &Fault) -> usize {
    match fault {
        // On each side of a partition a leader finds the holder down.
        Fault::PowerOff(node) if !world.network.is_whole() => {
            2 * usize::from(matters(world, *node))
        }
        // Whoever dies or leaves behind a one-way cut may have been the only one who vouched for a leader: it is replaced by a node that is deaf, and takes back.
        // Who is stopped behind such a cut forgets who asked it, with the same end.
        Fault::Crash(node) | Fault::Goodbye(node) | Fault::Pause(node, _)
            if world.network.is_cut_one_way() =>
        {
            1 + usize::from(matters(world, *node))
        }
        Fault::Crash(node)
        | Fault::PowerOff(node)
        | Fault::Pause(node, _)
        | Fault::Retire(node, _)
        | Fault::HandOver(node, _)
        | Fault::Drain(node, _)
        | Fault::Goodbye(node) => usize::from(matters(world, *node)),
        // Each side has false proof of the other's death: the orphans take the address, the old leader takes it back once, they once more.
        // Where strangers are always taken back, a node that started on the other side takes it for a stranger's as well.
        Fault::Partition(_, Cut::Refuse, _) if world.network.is_whole() => {
            match world.common.on_stranger {
                OnStranger::Always => 5,
                OnStranger::Repair | OnStranger::Report => 3,
            }
        }
        // A node that starts on one side of a partition: the other side has proof of its death, once true, and takes what it took for a late
        // call of the dead, twice; so does it with whom it never hears. With `always` it takes it for a stranger's as well.
        Fault::Restart(..) if !world.network.is_whole() => match world.common.on_stranger {
            OnStranger::Always => 4,
            OnStranger::Repair | OnStranger::Report => 3,
        },
        // While the sides are cut, each of them may take it back from where it was moved to.
        Fault::HandMove(_) if !world.network.is_whole() => 3,
        // A third side, and proofs that are false: each of the three takes it from the others as often.
        Fault::Partition(_, Cut::Refuse, _) => 6,
        Fault::Partition(..) if world.network.refuses() => 6,
        // What a pause held up.
        Fault::ResumeMoves => 1,
        Fault::Partition(..) | Fault::OneWay(..) | Fault::HandMove(_) => 1,
        // Streams stall, and fresh probes say that it lives.
        Fault::Heal
        | Fault::Loss(..)
        | Fault::EndLoss
        | Fault::Resume(_)
        | Fault::Restart(..)
        | Fault::Exit(_)
        | Fault::Undrain(_)
        | Fault::PauseMoves(..)
        | Fault::CloseStreams(_)
        | Fault::ApiCut(..)
        | Fault::EndApiCut(_)
        | Fault::Cloud(..)
        | Fault::EndCloud => 0,
    }
}

/// The node leads or holds an address, or nobody (or more than one node) leads just now.
fn matters(world: &World, node: usize) -> bool {
    let leaders: Vec<usize> = (0..world.nodes.len())
        .filter(|i| world.nodes[*i].leads())
        .collect();
    let holds = (0..world.common.addresses)
        .any(|a| world.cloud.holder(a) == Some(&world.nodes[node].target));
    let paused = world.nodes.iter().any(|n| n.power == Power::Paused);
    holds || leaders != [leaders.first().copied().unwrap_or(node)] || leaders == [node] || paused
}

/// Moves of one address that need an excuse.
fn needed(world: &World, address: usize) -> usize {
    let moves = world.cloud.moves.iter().filter(|m| m.address == address);
    // Where a cloud needs two calls, the first one leads to nobody: the move is the second.
    moves
        .filter(|m| !m.late && !m.by_hand && m.to.is_some())
        .count()
}

/// What earlier faults excused and did not cause does not pay for later moves: at most six are carried on, as many as one fault excuses.
pub(super) fn forget_unused(world: &mut World) {
    let late = world
        .cloud
        .moves
        .iter()
        .filter(|m| m.late && m.address == 0)
        .count();
    let used = needed(world, 0).saturating_sub(1 + late);
    world.watch.budget.allowed = world.watch.budget.allowed.min(used + 6);
}

/// Panics if an address moved more often than the faults excuse.
pub fn bounded_moves(world: &World) {
    for address in 0..world.common.addresses {
        let moves = world.cloud.moves.iter().filter(|m| m.address == address);
        let late = moves.filter(|m| m.late).count();
        let needed = needed(world, address);
        // The first move of a free address, and one move back for each call that landed late.
        // The first address decides between leaders that meet; the winner may then move the others after it (H2).
        let each = if address == 0 { 1 } else { 2 };
        // At a cold start with loss two may lead before they have heard of each other, and each takes what is free.
        let cold = usize::from(address > 0 && world.met_a_leader());
        // Handed over to a preferred node in calm times.
        let preferred = world.count("step_down_preferred");
        let allowed = 1 + world.watch.budget.allowed * each + late + cold + preferred;
        assert!(
            needed <= allowed,
            "T3: address {address} moved {needed} times, {allowed} are excused: {:#?}",
            world.cloud.moves
        );
    }
}
