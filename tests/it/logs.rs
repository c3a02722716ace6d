//! Logs, from outside.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Node, PATIENCE, wait_for};

#[test]
fn a_node_outlives_the_reader_of_its_log() {
    let mut command = Node::command("");
    let mut unread = command.stderr(Stdio::piped()).spawn().unwrap();
    let log = BufReader::new(unread.stderr.take().unwrap());
    let mut events = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let listening = events.find(|event| event["event"] == "listening").unwrap();
    drop(events);
    // What it is told of now it cannot log.
    let other = Node::start(listening["addr"].as_str().unwrap());
    let leader = wait_for("a leader", PATIENCE, || {
        assert_eq!(unread.try_wait().unwrap(), None, "it died with its log");
        other.leader()
    });
    assert!([listening["addr"].as_str().unwrap(), &other.addr].contains(&&*leader));
    unread.kill().unwrap();
    unread.wait().unwrap();
}
