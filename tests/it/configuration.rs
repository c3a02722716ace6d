//! What a person is told when the configuration is wrong, and what is taken from where.

use std::net::TcpListener;

use crate::support::{Dir, Finished, Node, les};

/// Runs `les run` with a configuration that cannot start.
#[track_caller]
fn refused(args: &[&str], env: &[(&str, &str)], code: i32, parts: &[&str]) {
    let finished = Finished::run(
        les()
            .arg("run")
            .args(args)
            .envs(env.iter().copied())
            .env("LES_LOG_FORMAT", "human"),
    );
    assert_eq!(finished.code, Some(code), "{}", finished.output);
    for part in parts {
        assert!(
            finished.output.contains(part),
            "{part:?} is missing in {}",
            finished.output
        );
    }
    assert_eq!(
        finished.output.trim().lines().count(),
        1,
        "one message: {}",
        finished.output
    );
}

#[test]
fn bad_values_are_named_with_key_value_rule_and_origin() {
    refused(
        &["--bind-port", "70000"],
        &[],
        64,
        &["node.bind_port", "70000", "0 to 65535", "flag --bind-port"],
    );
    refused(
        &[],
        &[("LES_NODE__LOOP_RATE", "fast")],
        64,
        &[
            "node.loop_rate",
            "fast",
            "duration",
            "environment variable LES_NODE__LOOP_RATE",
        ],
    );
    refused(
        &["--seeds", "a:1,node-b"],
        &[],
        64,
        &["node.seeds", "node-b", "port is missing", "flag --seeds"],
    );
    refused(
        &["--advertise-addr", "0.0.0.0:4000"],
        &[],
        64,
        &[
            "node.advertise_addr",
            "0.0.0.0:4000",
            "unspecified",
            "flag --advertise-addr",
        ],
    );
    refused(
        &[],
        &[("LES_PROVIDER__KIND", "nocloud")],
        64,
        &[
            "provider.kind",
            "nocloud",
            "environment variable LES_PROVIDER__KIND",
        ],
    );
    refused(
        &[],
        &[
            ("LES_PROVIDER__KIND", "hetzner-robot"),
            ("LES_NODE__DISCOVERY", "dns:les.test, tag:les"),
        ],
        64,
        &[
            "node.discovery",
            "tag:les",
            "lists no machines",
            "LES_NODE__DISCOVERY",
        ],
    );
    refused(
        &[],
        &[("LES_LOG", "les=loud")],
        64,
        &["les=loud", "environment variable LES_LOG", "levels"],
    );
    refused(
        &[],
        &[("LES_NODE__STATE_DIR", "/proc/les")],
        64,
        &["node.state_dir", "/proc/les", "LES_NODE__STATE_DIR"],
    );
}

#[test]
fn unknown_keys_are_refused_wherever_they_are_written() {
    let dir = Dir::new();
    let file = dir.file("les.toml", "[node]\nbind_prot = 4000\n");
    refused(
        &["--config", &file],
        &[],
        64,
        &["node.bind_prot", "bind_port", &file],
    );
    refused(
        &[],
        &[("LES_NODE__BIND_PROT", "1")],
        64,
        &["node.bind_prot", "LES_NODE__BIND_PROT"],
    );
    refused(
        &["--config", "/nonexistent/les.toml"],
        &[],
        64,
        &["/nonexistent/les.toml"],
    );
    let usage = Finished::run(les().args(["run", "--bind-prot", "1"]));
    assert_eq!(usage.code, Some(64), "{}", usage.output);
}

#[test]
fn a_port_in_use_is_one_clear_message() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    refused(
        &["--bind-interface", "127.0.0.1", "--bind-port", &port],
        &[],
        1,
        &["node.bind_port", &port, "in use", "flag --bind-port"],
    );
    refused(
        &["--bind-interface", "192.0.2.1", "--bind-port", "0"],
        &[],
        1,
        &["node.bind_interface", "192.0.2.1", "flag --bind-interface"],
    );
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let dir = Dir::new();
    let file = dir.file(
        "les.toml",
        "[node]\nbind_interface = \"192.0.2.1\"\nbind_port = 1\n",
    );
    let mut command = les();
    command
        .args(["run", "--config", &file, "--bind-port", "0"])
        .env("LES_NODE__BIND_INTERFACE", "127.0.0.1")
        .env("LES_NODE__BIND_PORT", "2");
    let node = Node::spawn(&mut command);
    assert!(
        node.socket.ip().is_loopback() && node.socket.port() > 2,
        "{}",
        node.socket
    );
}

#[test]
fn a_state_dir_keeps_the_id_over_restarts() {
    let dir = Dir::new();
    let id = || {
        let mut command = Node::command("");
        Node::spawn(command.env("LES_NODE__STATE_DIR", &dir.0)).state()["les"]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(id(), id());
    assert_ne!(Node::start("").state()["les"]["id"], *id());
}

#[test]
#[cfg(target_os = "linux")]
fn a_crash_leaves_no_core_dump_unless_that_is_wanted() {
    let limit = |process: &str| {
        let limits = std::fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
        let line = limits.lines().find(|l| l.starts_with("Max core file size"));
        line.unwrap()
            .split_whitespace()
            .skip(4)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let node = Node::start("");
    assert_eq!(limit(&node.pid().to_string()), ["0", "0", "bytes"]);
    let node = Node::spawn(Node::command("").env("LES_NODE__CORE_DUMPS", "true"));
    assert_eq!(limit(&node.pid().to_string()), limit("self"));
}

#[test]
fn check_shows_the_profile_and_where_each_timing_comes_from() {
    let mut command = les();
    command.args(["check", "--advertise-addr", "10.0.0.1:4000"]);
    command.env("LES_ELECTION__PROFILE", "wan");
    command.env("LES_ELECTION__BEAT", "150ms");
    let check = Finished::run(&mut command);
    for part in [
        "profile        wan; members are watched by streams",
        "election.beat (150ms, environment variable LES_ELECTION__BEAT)",
        "election.silence_after (2s 500ms, election.profile = \"wan\")",
        "election.polled_silence_after (3s, the default)",
    ] {
        assert!(check.output.contains(part), "{part}: {}", check.output);
    }
}

#[test]
fn check_and_version_answer_on_stdout() {
    let check = Finished::run(les().args(["check", "--advertise-addr", "10.0.0.1:4000"]));
    assert_eq!(check.code, Some(0), "{}", check.output);
    assert!(
        check.output.contains("valid")
            && check.output.contains("10.0.0.1:4000")
            && check.output.contains("none"),
        "{}",
        check.output
    );
    assert_eq!(
        Finished::run(les().args(["check", "--bind-port", "x"])).code,
        Some(64)
    );
    let version = Finished::run(les().arg("version"));
    assert!(
        version.code == Some(0)
            && version
                .output
                .starts_with(&format!("les {} (", env!("CARGO_PKG_VERSION"))),
        "{}",
        version.output
    );
}
