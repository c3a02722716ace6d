//! Cuts and losses between nodes.

use std::time::Duration;

use les_sim::faults::Fault;
use les_sim::network::Cut;
use les_sim::node::{Node, Power, target_of};

use crate::support::*;

#[test]
fn f01_to_f03_a_partition_moves_the_address_once_and_its_heal_never() {
    for nodes in 2..=5 {
        for (side, cut) in [
            (vec![0], Cut::Drop),
            (vec![0], Cut::Reset),
            ((1..nodes).collect(), Cut::Drop),
        ] {
            each(nodes, |world| {
                part(world, &side, cut);
                run(world, 60);
                assert_eq!(
                    world.cloud.moves.len(),
                    1,
                    "the orphans act: {:?}",
                    world.cloud.moves
                );
                let holder = world.cloud.holder(0).map(str::to_owned);
                inflict(world, &Fault::Heal);
                run(world, 60);
                assert_eq!(
                    world.cloud.holder(0),
                    holder.as_deref(),
                    "the heal moves nothing"
                );
            });
        }
    }
}

#[test]
fn f04_repeated_partitions_move_it_at_most_once_each() {
    for nodes in 2..=5 {
        each(nodes, |world| {
            for partition in 1..=6 {
                let hold = world.rng.u64(1..40);
                let side = vec![world.rng.usize(0..nodes)];
                part(world, &side, Cut::Drop);
                run(world, hold);
                inflict(world, &Fault::Heal);
                run(world, 25);
                assert!(
                    world.cloud.moves.len() <= partition,
                    "{:?}",
                    world.cloud.moves
                );
            }
        });
    }
}

#[test]
fn a_firewall_that_refuses_in_a_nodes_name_makes_three_moves_at_most_and_no_ping_pong() {
    for nodes in 2..=5 {
        each(nodes, |world| {
            part(world, &[0], Cut::Refuse);
            run(world, 60);
            let moves = world.cloud.moves.len();
            assert!(moves <= 3, "{:?}", world.cloud.moves);
            run(world, 600);
            assert_eq!(world.cloud.moves.len(), moves, "settled");
            inflict(world, &Fault::Heal);
            run(world, 60);
            assert_eq!(world.cloud.moves.len(), moves, "the heal moves nothing");
        });
    }
}

#[test]
fn a_short_partition_moves_nothing() {
    for nodes in 2..=5 {
        each(nodes, |world| {
            part(world, &[0], Cut::Drop);
            let end = world.now.after(Duration::from_millis(400));
            world.run_until(end);
            inflict(world, &Fault::Heal);
            run(world, 30);
            assert!(world.cloud.moves.is_empty(), "{:?}", world.cloud.moves);
        });
    }
}

#[test]
fn t1_a_minority_that_hears_others_doubts_itself_before_it_acts() {
    each(5, |world| {
        part(world, &[3, 4], Cut::Drop);
        run(world, 7);
        world.network.heal();
        run(world, 30);
        assert!(world.cloud.moves.is_empty(), "{:?}", world.cloud.moves);
    });
}

#[test]
fn f02_the_holder_dies_after_the_heal_and_the_other_takes_it() {
    for nodes in 2..=5 {
        each(nodes, |world| {
            part(world, &[0], Cut::Drop);
            run(world, 40);
            inflict(world, &Fault::Heal);
            run(world, 20);
            let leader = world.nodes.iter().position(Node::leads).unwrap();
            world.set_power(leader, Power::Crashed);
            run(world, 30);
            assert_eq!(world.cloud.moves.len(), 2);
        });
    }
}

#[test]
fn f09_one_way_cuts_deadlock_nobody() {
    for nodes in 2..=4 {
        for (from, to) in (0..nodes)
            .flat_map(|a| (0..nodes).map(move |b| (a, b)))
            .filter(|(a, b)| a != b)
        {
            each(nodes, |world| {
                world.network.set(from, to, Some(Cut::Drop));
                run(world, 90);
                let leaders = world.nodes.iter().filter(|n| n.leads()).count();
                assert_eq!(
                    leaders, 1,
                    "{from} cannot reach {to}: one leads all the same"
                );
                assert!(world.cloud.moves.len() <= 1);
                inflict(world, &Fault::Heal);
                run(world, 60);
                assert!(world.cloud.moves.len() <= 1, "{:?}", world.cloud.moves);
            });
        }
    }
}

#[test]
fn a_cut_that_a_third_node_does_not_see_moves_nothing() {
    for nodes in 3..=5 {
        each(nodes, |world| {
            world.network.set(0, 1, Some(Cut::Drop));
            world.network.set(1, 0, Some(Cut::Drop));
            run(world, 120);
            assert!(world.nodes[0].leads() && world.cloud.moves.is_empty());
            inflict(world, &Fault::Heal);
            run(world, 30);
        });
    }
}

#[test]
fn f24_a_call_of_the_old_leader_that_lands_late_is_moved_back() {
    for nodes in 2..=5 {
        each(nodes, |world| {
            part(world, &[0], Cut::Drop);
            run(world, 22);
            let holder = world.cloud.holder(0).map(str::to_owned);
            assert_ne!(
                holder.as_deref(),
                Some(&*target_of(0)),
                "the others took it"
            );
            world
                .cloud
                .apply(world.now, 0, Some(target_of(0)), true, false);
            run(world, 6);
            assert_eq!(
                world.cloud.holder(0),
                holder.as_deref(),
                "moved back at the next verification or tick"
            );
            inflict(world, &Fault::Heal);
            run(world, 60);
            assert_eq!(world.cloud.holder(0), holder.as_deref());
        });
    }
}

#[test]
fn two_percent_loss_for_an_hour_moves_nothing() {
    for nodes in 2..=5 {
        let mut world = settled(nodes, nodes as u64);
        world.network.loss = 0.02;
        run(&mut world, 3600);
        assert!(world.stats.lost_messages > 100);
        assert!(
            world.cloud.moves.is_empty(),
            "{nodes} nodes: {:?}",
            world.cloud.moves
        );
    }
}

#[test]
fn five_nodes_cut_for_ten_minutes_move_it_once_in_all() {
    for side in [vec![0, 1], vec![0]] {
        each(5, |world| {
            part(world, &side, Cut::Drop);
            run(world, 600);
            inflict(world, &Fault::Heal);
            run(world, 60);
            assert_eq!(world.cloud.moves.len(), 1, "{:?}", world.cloud.moves);
        });
    }
}

#[test]
fn a_fresh_side_of_a_partition_that_never_met_the_holder_takes_nothing() {
    for seed in 0..SEEDS {
        let mut world = settled(4, seed);
        for fresh in [2, 3] {
            world.set_power(fresh, Power::Crashed);
        }
        run(&mut world, 10);
        part(&mut world, &[2, 3], Cut::Drop);
        world.start(2, 0);
        world.start(3, 0);
        run(&mut world, 300);
        assert!(
            world.nodes[2].leads() || world.nodes[3].leads(),
            "seed {seed}: they elect"
        );
        assert!(
            world.cloud.moves.is_empty(),
            "seed {seed}: {:?}",
            world.cloud.moves
        );
        inflict(&mut world, &Fault::Heal);
        run(&mut world, 60);
        assert!(
            world.cloud.moves.is_empty(),
            "seed {seed}: {:?}",
            world.cloud.moves
        );
    }
}
