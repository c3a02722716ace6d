//! S4: nobody leads without contact, its own eligibility, and the confirmation of every member it hears.

use les_core::{Epoch, LostView, StateDoc};

use crate::node::{Node, Power};
use crate::world::World;

/// It names nobody who leads and whom it could hear, or does not run, or names one whose death is proven to the elected node (by a firewall
/// perhaps): a wait for it may lapse. (Who hears a leader vetoes.)
fn is_undecided(world: &World, elected: &Node, member: &StateDoc) -> bool {
    let proven =
        |lost: &LostView| Some(&lost.addr) == member.leader.as_ref() && lost.loss.is_proof();
    if elected.view.lost.iter().any(proven) {
        return true;
    }
    let named = |n: &&Node| member.leader.as_ref() == Some(&n.addr);
    let Some(index) = world.nodes.iter().position(|n| n.addr == member.addr) else {
        return false;
    };
    let heard = |leader: usize| world.network.cut(index, leader).is_none();
    let mut leaders = (0..world.nodes.len()).filter(|i| named(&&world.nodes[*i]));
    world.nodes[index].power != Power::Running
        || !leaders.any(|i| world.nodes[i].leads() && heard(i))
}

/// Panics if the node that was just elected had no right to be. It is judged by what the *others* publish at this moment, so a
/// confirmation that was given and taken back within one exchange is excused by a member that is not reachable both ways.
pub(super) fn leader_is_confirmed(world: &World, elected: usize, epoch: Epoch) {
    let node = &world.nodes[elected];
    assert!(
        node.view.ineligible.is_empty(),
        "S4: {} leads and is {:?}",
        node.addr,
        node.view.ineligible
    );
    let had_contact = !node.view.members.is_empty() || !node.view.lost.is_empty();
    assert!(had_contact, "S4: {} leads and never met anybody", node.addr);
    for member in node.view.members.iter().filter(|m| !m.silent && !m.zombie) {
        let deaf = member.doc.ext.as_ref().is_some_and(|e| e.deaf);
        let confirms = member.doc.leader.as_ref() == Some(&node.addr);
        assert!(
            deaf || confirms || is_undecided(world, node, &member.doc),
            "S4: {} leads in {epoch} and {} names {:?}",
            node.addr,
            member.addr,
            member.doc.leader
        );
    }
    for (index, other) in world
        .nodes
        .iter()
        .enumerate()
        .filter(|(i, n)| *i != elected && n.power == Power::Running)
    {
        if world.network.is_clean(elected, index)
            && other.leads()
            && node
                .view
                .members
                .iter()
                .any(|m| m.addr == other.addr && !m.silent)
        {
            assert!(
                other.view.leadership.reign.as_ref().is_none_or(|r| world
                    .now
                    .time()
                    .since(r.since)
                    .as_secs()
                    < 3),
                "S4: {} is elected beside {}",
                node.addr,
                other.addr
            );
        }
    }
}
