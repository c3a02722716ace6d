//! What a running node logs, changed by order.

use std::path::Path;
use std::process::Command;

use crate::support::{Dir, Finished, Node, PATIENCE, les, wait_for};

fn order(socket: &Path, args: &[&str]) -> Finished {
    let mut command: Command = les();
    Finished::run(command.args(args).arg("--socket").arg(socket))
}

#[test]
fn the_level_of_a_running_node_changes_and_comes_back() {
    let dir = Dir::new();
    let node = Node::spawn(Node::command("").env("LES_NODE__STATE_DIR", &dir.0));
    let socket = dir.0.join("admin.sock");
    let drains = || {
        let drained = order(&socket, &["drain", "--force"]);
        assert_eq!(drained.code, Some(0), "{}", drained.output);
        let undrained = order(&socket, &["undrain"]);
        assert_eq!(undrained.code, Some(0), "{}", undrained.output);
    };
    let lines = || node.log().lines().count();
    let shown = order(&socket, &["log-level"]);
    assert_eq!((shown.code, &*shown.output), (Some(0), "logs info\n"));

    let set = order(&socket, &["log-level", "error"]);
    assert_eq!((set.code, &*set.output), (Some(0), "logs error\n"));
    // Events are shown by /diag/ in any case: the orders were carried out.
    let before = lines();
    drains();
    assert_eq!(lines(), before, "{}", node.log());

    let reset = order(&socket, &["log-level", "--reset"]);
    assert_eq!((reset.code, &*reset.output), (Some(0), "logs info\n"));
    let before = lines();
    drains();
    wait_for("lines", PATIENCE, || (lines() > before).then_some(()));
}

#[test]
fn a_filter_that_makes_no_sense_changes_nothing() {
    let dir = Dir::new();
    let _node = Node::spawn(Node::command("").env("LES_NODE__STATE_DIR", &dir.0));
    let socket = dir.0.join("admin.sock");
    let refused = order(&socket, &["log-level", "les=loud"]);
    assert_eq!(refused.code, Some(1), "{}", refused.output);
    assert!(refused.output.contains("les=loud"), "{}", refused.output);
    assert_eq!(order(&socket, &["log-level"]).output, "logs info\n");
}
