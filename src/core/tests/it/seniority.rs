//! The order of seniority: the failures F5, F10, F14, F19, F20 and F22, F23 of the reference, and the rules R1 to R5.

use std::time::Duration;

use les_core::*;

use crate::support::*;

const SOON: Duration = Duration::from_secs(3);

#[test]
fn f05_a_lone_node_waits_unless_it_is_told_when_to_stop_waiting() {
    let mut table = Table::new(&["a:2"], &[]);
    table.run(Duration::from_secs(600));
    assert_eq!(table.view().role, Role::Undecided(Undecided::NoContact));

    let mut table = Table::with(&["a:2"], &[], |c| {
        c.alone_after = Some(Duration::from_secs(60));
    });
    table.run(Duration::from_secs(59));
    assert_eq!(table.view().role, Role::Undecided(Undecided::NoContact));
    table.until("leads alone", SOON, View::leads);
}

#[test]
fn f05_a_node_that_had_contact_leads_when_the_others_are_dead() {
    let leader = in_reign(ours("a:2", 2, -100, Some("a:2")), 7, "a:2");
    let mut table = Table::new(&["a:2"], &[("a:2", Peer::answering(leader))]);
    table.until("follows", SOON, |v| matches!(v.role, Role::Follower { .. }));
    table.peer("a:2").manner = Manner::Refuses;
    table.until("leads alone", SOON, View::leads);
    assert!(table.notices.iter().any(|n| matches!(
        n,
        Notice::MemberLost {
            loss: Loss::Dead,
            was_leader: true,
            ..
        }
    )));
}

#[test]
fn f10_equal_stamps_part_and_one_leads() {
    // Ours gives way where its address is the higher one ("me:1" > "a:2"), and always to a reference node.
    for twin in [ours("a:2", 2, 0, None), reference("z:2", 0, None)] {
        let name = twin.addr.to_string();
        let mut table = Table::new(&[&name], &[(&name, Peer::answering(twin))]);
        table.until("restamps", SOON, |v| v.stamp == stamp(0).next());
        assert_eq!(table.view().named, Some(addr(&name)));
    }
    let mut table = Table::new(
        &["z:2"],
        &[("z:2", Peer::answering(ours("z:2", 2, 0, None)))],
    );
    table.run(SOON);
    assert_eq!(
        table.view().stamp,
        stamp(0),
        "the lower address keeps its stamp"
    );
}

#[test]
fn f14_a_rogue_that_never_leads_is_passed_over() {
    // Most senior of all, answers, asks us, and never takes the lead.
    let rogue = ours("rogue:2", 2, -1_000_000, None);
    let mut other = ours("b:3", 3, 100, Some("rogue:2"));
    other.others = vec![addr("rogue:2")];
    let mut table = Table::new(
        &["b:3"],
        &[
            ("rogue:2", Peer::answering(rogue)),
            ("b:3", Peer::answering(other)),
        ],
    );
    table.until("nominates the rogue", SOON, |v| {
        v.named == Some(addr("rogue:2"))
    });
    table.all_name("me:1");
    table.until("leads in spite of it", Duration::from_secs(40), View::leads);
}

#[test]
fn f19_a_node_with_a_wrong_clock_joins_behind_a_live_cluster() {
    let leader = in_reign(ours("a:2", 2, 3600, Some("a:2")), 7, "a:2");
    let mut table = Table::new(&["a:2"], &[("a:2", Peer::answering(leader))]);
    table.until("joins", SOON, |v| v.ineligible.is_empty());
    assert_eq!(
        table.view().stamp,
        stamp(3600).next(),
        "R1: behind the most junior, though its own clock says older"
    );
    assert_eq!(table.view().named, Some(addr("a:2")));
    table.run(Duration::from_secs(60));
    assert_eq!(table.view().stamp, stamp(3600).next(), "once");
}

#[test]
fn r1_at_a_cold_start_everybody_keeps_the_wall_clock_and_the_oldest_leads() {
    let mut table = Table::new(
        &["a:2", "b:3"],
        &[
            ("a:2", Peer::answering(ours("a:2", 2, 5, None))),
            ("b:3", Peer::answering(ours("b:3", 3, 9, None))),
        ],
    );
    table.until("joins", SOON, |v| v.ineligible.is_empty());
    assert!(table.view().stamp < stamp(5));
    table.all_name("me:1");
    table.until("leads", SOON, View::leads);
}

#[test]
fn f20_a_clock_step_after_the_start_changes_nothing() {
    let mut table = Table::new(
        &["a:2"],
        &[("a:2", Peer::answering(ours("a:2", 2, 5, Some("me:1"))))],
    );
    table.until("leads", SOON, View::leads);
    let before = table.view();
    table.now.wall.0 -= 3_600_000_000;
    table.run(Duration::from_secs(30));
    table.now.wall.0 += 7_200_000_000;
    table.run(Duration::from_secs(30));
    let after = table.view();
    assert_eq!((before.stamp, before.role), (after.stamp, after.role));
}

#[test]
fn f22_another_incarnation_at_the_same_address_proves_the_old_one_dead() {
    let leader = in_reign(ours("a:2", 2, -100, Some("a:2")), 7, "a:2");
    let mut table = Table::new(&["a:2"], &[("a:2", Peer::answering(leader))]);
    table.until("follows", SOON, |v| matches!(v.role, Role::Follower { .. }));
    let mut reborn = ours("a:2", 2, 50, Some("me:1"));
    reborn.ext.as_mut().unwrap().inc = inc(22);
    reborn.ext.as_mut().unwrap().id = NodeId(2);
    table.peer("a:2").manner = answers(in_reign(reborn, 7, "a:2"));
    table.until("leads", SOON, View::leads);
    let licence = table
        .view()
        .leadership
        .nodes
        .iter()
        .find(|n| n.addr.as_str() == "a:2")
        .unwrap()
        .licence;
    assert_eq!(
        licence,
        Some((Epoch(7), Loss::Dead)),
        "the dead incarnation's machine may be overwritten"
    );
}

#[test]
fn f23_a_senior_that_comes_back_does_not_take_the_lead_back() {
    let mut table = Table::new(
        &["a:2"],
        &[("a:2", Peer::answering(ours("a:2", 2, 5, Some("me:1"))))],
    );
    table.until("leads", SOON, View::leads);
    let Role::Leader { epoch, .. } = table.view().role else {
        panic!()
    };
    // More senior by its stamp, and a mere follower of this reign: the sitting leader stays.
    let senior = in_reign(ours("senior:3", 3, -1000, Some("me:1")), epoch.0, "me:1");
    table
        .peers
        .insert("senior:3".into(), Peer::answering(senior));
    table.run(Duration::from_secs(60));
    assert!(table.view().leads());
    assert_eq!(table.view().members.len(), 2);
}

#[test]
fn c3_a_more_senior_reference_node_is_obeyed() {
    let mut table = Table::new(
        &["a:2"],
        &[("a:2", Peer::answering(ours("a:2", 2, 5, Some("me:1"))))],
    );
    table.until("leads", SOON, View::leads);
    table.peers.insert(
        "ref:3".into(),
        Peer::answering(reference("ref:3", -1000, Some("ref:3"))),
    );
    table.until(
        "follows",
        SOON,
        |v| matches!(&v.role, Role::Follower { leader, .. } if leader.as_str() == "ref:3"),
    );
    assert!(table.notices.contains(&Notice::SteppedDown {
        why: StepDown::MoreSenior
    }));
}

#[test]
fn r4_a_node_without_a_target_ranks_last_and_still_confirms() {
    let candidate = ours("a:2", 2, 5, None);
    let mut table = Table::with(&["a:2"], &[("a:2", Peer::answering(candidate))], |c| {
        c.needs_target = true;
    });
    table.run(SOON);
    let view = table.view();
    assert_eq!((view.stamp, view.named), (Stamp::LAST, Some(addr("a:2"))));
    table.node.handle(
        table.now,
        Input::Target {
            provider: "x".into(),
            target: "7".into(),
        },
    );
    assert_eq!(table.view().stamp, stamp(0));
}
