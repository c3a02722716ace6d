//! What a start says of itself, and what a unit brings.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Dir, Finished, Node, les};

const TOKEN: &str = "0123456789abcdef-never-told";

#[test]
fn it_says_its_version_what_it_was_told_and_by_whom_and_no_secret() {
    let dir = Dir::new();
    let file = dir.file(
        "les.toml",
        "[node]\nloop_rate = 7\n[provider]\nkind = \"digitalocean\"\nbase_url = \"http://127.0.0.1:9\"\n[[address]]\nid = \"203.0.113.7\"\nprobe = \"http://203.0.113.7:80/health?key-word\"\n",
    );
    let mut command = Node::command("");
    command
        .args(["--config", &file])
        .env("DIGITALOCEAN_TOKEN", "dop-never-told")
        .env("LES_NODE__ADMIN_TOKEN", TOKEN);
    let node = Node::spawn(&mut command);
    let version = node.events("starting")[0]["version"].clone();
    let version = version.as_str().unwrap().to_owned();
    assert!(version.starts_with(env!("CARGO_PKG_VERSION")), "{version}");
    let settings = node.events("setting");
    let setting = |key: &str| {
        let found = settings.iter().find(|event| event["key"] == key);
        let text = |name: &str| found.unwrap()[name].as_str().unwrap().to_owned();
        (text("value"), text("origin"))
    };
    assert_eq!(
        setting("node.loop_rate"),
        ("7".into(), format!("file {file}"))
    );
    assert_eq!(setting("node.bind_port").1, "flag --bind-port");
    assert_eq!(setting("address[0].id").0, "\"203.0.113.7\"");
    let of_variable = "environment variable LES_NODE__ADMIN_TOKEN";
    assert_eq!(
        setting("node.admin_token"),
        ("[secret]".into(), of_variable.into())
    );
    assert_eq!(node.events("address")[0]["address"], "203.0.113.7");
    let probe = "\"http://203.0.113.7:80/health?[secret]";
    assert_eq!(setting("address[0].probe").0, probe);
    for secret in [TOKEN, "dop-never-told", "key-word"] {
        assert!(!node.log().contains(secret), "{}", node.log());
    }
}

#[test]
fn a_units_directories_are_used_unless_something_else_is_written() {
    let (state, run, written) = (Dir::new(), Dir::new(), Dir::new());
    let mut command = Node::command("");
    command
        .env("STATE_DIRECTORY", format!("{}:/nowhere", state.0.display()))
        .env("RUNTIME_DIRECTORY", &run.0);
    let node = Node::spawn(&mut command);
    assert!(state.0.join("id").exists() && run.0.join("admin.sock").exists());
    let settings = node.events("setting");
    let of_unit = |event: &&Value| event["key"] == "node.state_dir";
    let origin = settings.iter().find(of_unit).unwrap()["origin"].clone();
    assert_eq!(origin, "the systemd unit, STATE_DIRECTORY");
    drop(node);
    let file = format!("[node]\nstate_dir = \"{}\"\n", written.0.display());
    let file = written.file("les.toml", &file);
    std::fs::remove_file(state.0.join("id")).unwrap();
    let _node = Node::spawn(command.args(["--config", &file]));
    assert!(written.0.join("id").exists() && !state.0.join("id").exists());
}

/// Nobody asked for it: a directory that cannot be used is no reason not to run.
#[test]
fn a_unit_whose_runtime_directory_cannot_be_used_runs_without_an_admin_socket() {
    let run = Dir::new();
    run.file("admin.sock", "somebody's file");
    let node = Node::spawn(Node::command("").env("RUNTIME_DIRECTORY", &run.0));
    assert_eq!(node.events("no_admin_socket").len(), 1, "{}", node.log());
}

#[test]
fn a_daemon_without_a_terminal_writes_json_unless_it_is_told_otherwise() {
    let first_line = |format: Option<&str>| {
        let mut command = Node::command("");
        match format {
            Some(format) => command.env("LES_LOG_FORMAT", format),
            None => command.env_remove("LES_LOG_FORMAT"),
        };
        let mut node = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut log = BufReader::new(node.stderr.take().unwrap());
        log.read_line(&mut line).unwrap();
        node.kill().unwrap();
        node.wait().unwrap();
        line
    };
    let json = |line: &str| serde_json::from_str::<Value>(line).is_ok();
    assert!(json(&first_line(None)));
    assert!(json(&first_line(Some("auto"))));
    assert!(!json(&first_line(Some("human"))));
    let refused = Finished::run(les().arg("run").env("LES_LOG_FORMAT", "xml"));
    assert_eq!(refused.code, Some(64), "{}", refused.output);
    assert!(
        refused.output.contains("LES_LOG_FORMAT") && refused.output.contains("human"),
        "{}",
        refused.output
    );
}
