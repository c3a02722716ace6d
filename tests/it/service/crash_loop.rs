//! A node that something starts again and again, as systemd does.

use std::process::Command;

use crate::support::{Dir, Node, PATIENCE, wait_for};

/// What starts a node under a unit with a `StateDirectory=`.
fn unit(dir: &Dir) -> Command {
    let mut command = Node::command("");
    command
        .env("INVOCATION_ID", "0123456789abcdef0123456789abcdef")
        .env("STATE_DIRECTORY", &dir.0);
    command
}

fn crashes(dir: &Dir) -> Option<String> {
    std::fs::read_to_string(dir.0.join("crashes")).ok()
}

#[test]
fn the_second_crash_in_a_row_costs_a_pause_and_an_operators_stop_ends_the_row() {
    let dir = Dir::new();
    for life in ["0\n", "1\n"] {
        let node = Node::spawn(&mut unit(&dir));
        wait_for("the mark of this life", PATIENCE, || {
            (crashes(&dir)? == life).then_some(())
        });
        // Dropped, it is killed.
        drop(node);
    }
    let log = dir.0.join("log");
    let mut paused = unit(&dir)
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    wait_for("the pause to be told", PATIENCE, || {
        let told = std::fs::read_to_string(&log).ok()?;
        assert!(!told.contains("\"listening\""), "it joined at once: {told}");
        told.contains("crash_loop").then_some(())
    });
    let stopped = Command::new("sh")
        .args(["-c", &format!("kill -TERM {}", paused.id())])
        .status();
    assert!(stopped.unwrap().success());
    let ended = wait_for("it to end", PATIENCE, || paused.try_wait().unwrap());
    assert_eq!(ended.code(), Some(0));
    assert_eq!(crashes(&dir), None);
    assert!(Node::spawn(&mut unit(&dir)).events("crash_loop").is_empty());
}

#[test]
fn a_clean_end_is_no_crash_and_who_starts_a_node_by_hand_does_not_wait() {
    let dir = Dir::new();
    let mut node = Node::spawn(&mut unit(&dir));
    wait_for("the mark of this life", PATIENCE, || crashes(&dir));
    node.signal("TERM");
    assert_eq!(node.wait().code(), Some(0));
    assert_eq!(crashes(&dir), None);
    std::fs::write(dir.0.join("crashes"), "7\n").unwrap();
    let by_hand = Node::spawn(Node::command("").env("LES_NODE__STATE_DIR", &dir.0));
    assert!(by_hand.events("crash_loop").is_empty());
}
