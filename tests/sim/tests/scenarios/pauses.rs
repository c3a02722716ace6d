//! An operator pauses moves, and lets them go on.

use std::time::Duration;

use les_sim::faults::{Fault, STRANGER};
use les_sim::network::Cut;
use les_sim::node::{Power, target_of};
use les_sim::world::World;

use crate::support::*;

fn pause(world: &mut World, node: usize) {
    inflict(world, &Fault::PauseMoves(node, Duration::ZERO));
}

fn resume(world: &mut World) {
    inflict(world, &Fault::ResumeMoves);
}

fn leader(world: &World) -> usize {
    let leads = |index: &usize| world.nodes[*index].leads();
    (0..world.nodes.len()).find(leads).expect("a leader")
}

#[test]
fn told_at_one_node_it_holds_at_all_and_the_dead_leaders_address_stays_until_it_ends() {
    for told in 0..3 {
        each(3, |world| {
            pause(world, told);
            run(world, 2);
            assert!(world.nodes.iter().all(|node| node.view.is_paused()));
            world.set_power(0, Power::Crashed);
            run(world, 60);
            assert_ne!(leader(world), 0, "elections go on");
            assert!(world.cloud.moves.is_empty(), "{:?}", world.cloud.moves);
            resume(world);
            run(world, 5);
            let holder = target_of(leader(world));
            assert_eq!(world.cloud.holder(0), Some(&*holder));
            assert_eq!(world.cloud.moves.len(), 1);
        });
    }
}

#[test]
fn what_was_moved_by_hand_stays_where_it_is() {
    each(3, |world| {
        pause(world, 1);
        run(world, 2);
        inflict(world, &Fault::HandMove(None));
        run(world, 120);
        assert_eq!(world.cloud.holder(0), Some(STRANGER));
        resume(world);
        run(world, 30);
    });
}

#[test]
fn who_starts_again_or_was_cut_off_learns_of_it_and_who_comes_back_late_does_not_undo_the_end() {
    each(4, |world| {
        part(world, &[3], Cut::Drop);
        pause(world, 1);
        run(world, 2);
        assert!(!world.nodes[3].view.is_paused(), "out of reach");
        world.set_power(2, Power::Crashed);
        run(world, 5);
        world.start(2, 0);
        inflict(world, &Fault::Heal);
        run(world, 30);
        assert!(world.nodes.iter().all(|node| node.view.is_paused()));
        part(world, &[3], Cut::Drop);
        run(world, 1);
        resume(world);
        run(world, 5);
        assert!(world.nodes[3].view.is_paused(), "out of reach");
        inflict(world, &Fault::Heal);
        run(world, 30);
        assert!(!world.nodes.iter().any(|node| node.view.is_paused()));
    });
}
