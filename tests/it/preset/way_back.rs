//! `les preset try --assign`, when something goes wrong while the address is away.

use std::process::Command;
use std::time::Duration;

use les_provider::Operation;
use les_provider::memory::{Fault, Machine};

use super::kit::{Running, Said, quick, trying};
use crate::support::{Cloud, Dir, PATIENCE, TOKEN, les, wait_for};

/// Starts a trip from 3 to 2, and returns once the cloud has received the first move.
#[track_caller]
fn on_the_way(cloud: &Cloud, preset: &str) -> Running {
    cloud.move_by_hand(3);
    let running = Running::start(&mut trying(cloud, preset, &["--assign"]));
    wait_for("the move to be asked for", PATIENCE, || {
        (cloud.asked(Some(Operation::Assign)) == 1).then_some(())
    });
    running
}

#[test]
fn an_interrupt_brings_it_back() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let (cloud, dir) = (Cloud::start(""), Dir::new());
        cloud.set_action_takes(Duration::from_secs(1));
        let running = on_the_way(&cloud, &quick(&dir, "10ms"));
        running.signal(signal);
        let said = running.end();
        assert_eq!(said.code, Some(code), "{said:?}");
        said.tells(&["interrupted", "held by 3", "is where it was"]);
        assert_eq!(cloud.history(), [Some(3), Some(2), Some(3)]);
    }
}

#[test]
fn a_second_interrupt_leaves_it_and_says_how_to_bring_it_back() {
    let (cloud, dir) = (Cloud::start(""), Dir::new());
    cloud.set_action_takes(Duration::from_secs(3600));
    let mut running = on_the_way(&cloud, &quick(&dir, "10ms"));
    // Signals that are pending together are one: more are sent until a second has come.
    wait_for("the end", PATIENCE, || {
        running.signal("INT");
        running.has_ended().then_some(())
    });
    let said = running.end();
    assert_eq!(said.code, Some(130), "{said:?}");
    said.tells(&[
        "interrupted",
        "this brings it there: les preset try",
        "--target 3",
    ]);
    assert_eq!(cloud.asked(Some(Operation::Assign)), 1);
}

#[test]
fn a_move_that_fails_or_whose_answer_is_lost_ends_where_it_began() {
    for (fault, kind, history) in [
        (Fault::ActionFails, "the move", &[Some(3)][..]),
        (Fault::Unavailable, "transient", &[Some(3)]),
        (
            Fault::TimeoutAfterSuccess,
            "maybe_applied",
            &[Some(3), Some(2), Some(3)],
        ),
        (
            Fault::LateLanding {
                after: Duration::from_secs(4),
            },
            "maybe_applied",
            &[Some(3), Some(2), Some(3)],
        ),
    ] {
        let (cloud, dir) = (Cloud::start(""), Dir::new());
        cloud.fault_once(Operation::Assign, fault);
        let said = on_the_way(&cloud, &quick(&dir, "10ms")).end();
        assert_eq!(said.code, Some(1), "{fault:?}: {said:?}");
        said.tells(&["the move", "is where it was"]);
        assert!(said.stdout.contains(kind), "{fault:?}: {said:?}");
        assert_eq!(cloud.history(), history, "{fault:?}");
    }
}

#[test]
fn a_move_that_was_never_seen_may_land_after_the_end_and_the_command_that_is_told_undoes_it() {
    let (cloud, dir) = (Cloud::start(""), Dir::new());
    let preset = std::fs::read_to_string(quick(&dir, "10ms")).unwrap();
    let preset = dir.file("my 'cloud'.toml", &preset);
    cloud.fault_once(Operation::Assign, Fault::TimeoutWithoutEffect);
    let said = on_the_way(&cloud, &preset).end();
    assert_eq!(said.code, Some(1), "{said:?}");
    said.tells(&[
        "maybe_applied",
        "reads as held by 3, as before",
        "may still land",
    ]);
    assert!(!said.stdout.contains("is where it was"), "{said:?}");
    cloud.move_by_hand(2);
    let told = said.stdout.lines().last().unwrap();
    let (_, told) = told.split_once("this brings it there: les ").unwrap();
    let mut shell = Command::new("sh");
    let told = format!("exec {} {told}", env!("CARGO_BIN_EXE_les"));
    shell.args(["-c", &told]).env("DIGITALOCEAN_TOKEN", TOKEN);
    let said = Said::of(&mut shell);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(cloud.history(), [Some(3), Some(2), Some(3)]);
}

#[test]
fn a_way_back_that_stumbles_is_tried_again() {
    let (cloud, dir) = (Cloud::start(""), Dir::new());
    for fault in [
        Fault::Latency(Duration::ZERO),
        Fault::Unavailable,
        Fault::Locked,
    ] {
        cloud.fault_once(Operation::Assign, fault);
    }
    let said = on_the_way(&cloud, &quick(&dir, "10ms")).end();
    assert_eq!(said.code, Some(0), "{said:?}");
    said.tells(&[
        "held by 2",
        "the way back   transient",
        "the way back   in_progress",
        "is where it was",
    ]);
    assert_eq!(cloud.history(), [Some(3), Some(2), Some(3)]);
}

#[test]
fn where_no_way_leads_back_the_command_that_is_told_does_it_later() {
    let (cloud, dir) = (Cloud::start(""), Dir::new());
    let preset = quick(&dir, "10ms");
    cloud.move_by_hand(77);
    cloud.set_machine(77, Machine::Gone);
    let said = Said::of(&mut trying(&cloud, &preset, &["--assign"]));
    assert_eq!(said.code, Some(1), "{said:?}");
    said.tells(&["held by 2", "the way back   not_found"]);
    assert_eq!(cloud.history(), [Some(77), Some(2)]);
    let last = said.stdout.lines().last().unwrap();
    let (_, told) = last.split_once("this brings it there: les ").unwrap();
    cloud.set_machine(77, Machine::Running);
    let mut command = les();
    command
        .args(told.split(' '))
        .env("DIGITALOCEAN_TOKEN", TOKEN);
    let said = Said::of(&mut command);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(cloud.history(), [Some(77), Some(2), Some(77)]);
}

#[test]
fn a_reader_that_goes_away_is_no_reason_to_leave_it() {
    let (cloud, dir) = (Cloud::start(""), Dir::new());
    cloud.move_by_hand(3);
    let mut command = trying(&cloud, &quick(&dir, "10ms"), &["--assign"]);
    let mut running = Running::start(&mut command);
    running.close_stdout();
    wait_for("the end", PATIENCE, || running.has_ended().then_some(()));
    assert_eq!(cloud.history(), [Some(3), Some(2), Some(3)]);
}

#[test]
fn whoever_takes_it_meanwhile_keeps_it() {
    let (cloud, dir) = (Cloud::start(""), Dir::new());
    // Long enough to step in between the move and the reading after it.
    let running = on_the_way(&cloud, &quick(&dir, "4s"));
    wait_for("the move", PATIENCE, || {
        (cloud.holder() == Some(2)).then_some(())
    });
    cloud.move_by_hand(4);
    let said = running.end();
    assert_eq!(said.code, Some(1), "{said:?}");
    said.tells(&[
        "4 has taken the address meanwhile: it is left there",
        "this brings it there",
    ]);
    assert_eq!(cloud.history(), [Some(3), Some(2), Some(4)]);
}
