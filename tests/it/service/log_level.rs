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
    let shown = order(&socket, &["log-level"]);
    assert_eq!((shown.code, &*shown.output), (Some(0), "logs info\n"));

    let set = order(&socket, &["log-level", "error"]);
    assert_eq!((set.code, &*set.output), (Some(0), "logs error\n"));
    drains();
    let reset = order(&socket, &["log-level", "--reset"]);
    assert_eq!((reset.code, &*reset.output), (Some(0), "logs info\n"));
    drains();
    // The order that silenced it, and what came after the silence. Of what came between nothing, and not the order that ended it.
    let told = wait_for("the orders", PATIENCE, || {
        let orders = node.events("admin_order");
        let text = |order: &serde_json::Value| order["message"].as_str().unwrap().to_owned();
        let told: Vec<String> = orders.iter().map(text).collect();
        told.last()?.contains("undrains").then_some(told)
    });
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].contains("error"), "{told:?}");
}

#[test]
fn a_filter_that_makes_no_sense_changes_nothing() {
    let dir = Dir::new();
    let node = Node::spawn(Node::command("").env("LES_NODE__STATE_DIR", &dir.0));
    let socket = dir.0.join("admin.sock");
    let refused = order(&socket, &["log-level", "les=loud"]);
    assert_eq!(refused.code, Some(1), "{}", refused.output);
    assert!(refused.output.contains("les=loud"), "{}", refused.output);
    wait_for("the refusal in the log", PATIENCE, || {
        node.events("admin_refused").pop()
    });
    assert_eq!(order(&socket, &["log-level"]).output, "logs info\n");
}
