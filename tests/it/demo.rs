//! `les demo`, as a person or a script runs it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::support::{Finished, PATIENCE, les, wait_for};

/// A demo that tells what happens in JSON. Ended when it is dropped.
struct Demo {
    process: Child,
    lines: BufReader<ChildStdout>,
    events: Vec<Value>,
}

impl Demo {
    fn start(args: &[&str]) -> Self {
        let mut command = les();
        command.args(["demo", "--json"]).args(args);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap());
        Self {
            process,
            lines,
            events: Vec::new(),
        }
    }

    /// Reads on until an event of this name; the demo has deadlines of its own.
    #[track_caller]
    fn read_until(&mut self, name: &str) {
        while self.events.last().is_none_or(|last| last["event"] != name) {
            self.read_event(name);
        }
    }

    fn read_event(&mut self, wanted: &str) {
        let mut line = String::new();
        let read = self.lines.read_line(&mut line).unwrap();
        assert!(read > 0, "no {wanted} in {:#?}", self.events);
        self.events.push(serde_json::from_str(&line).unwrap());
    }

    fn named(&self, name: &str) -> Vec<&Value> {
        let events = self.events.iter();
        events.filter(|event| event["event"] == name).collect()
    }

    /// The processes of the nodes that were started so far.
    fn node_pids(&self) -> Vec<u64> {
        let started = self.named("started").into_iter();
        started
            .map(|event| event["pid"].as_u64().unwrap())
            .collect()
    }

    fn signal(&self, name: &str) {
        signal(name, u64::from(self.process.id()));
    }

    #[track_caller]
    fn wait(&mut self) -> Option<i32> {
        let ended = wait_for("the demo to end", PATIENCE, || {
            self.process.try_wait().unwrap()
        });
        ended.code()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn signal(name: &str, pid: u64) {
    // A shell's own kill: no package has to be there for it.
    let command = format!("kill -{name} {pid}");
    let sent = Command::new("sh").args(["-c", &command]).status().unwrap();
    assert!(sent.success(), "{command}");
}

/// The states of a process's threads, as `ps` writes them. Small Linux images have no `ps`, others no `/proc`.
fn states(pid: u64) -> Vec<char> {
    if Path::new("/proc/self/task").exists() {
        let threads = std::fs::read_dir(format!("/proc/{pid}/task"));
        let state = |thread: std::io::Result<std::fs::DirEntry>| {
            let stat = std::fs::read_to_string(thread.ok()?.path().join("stat")).ok()?;
            stat.rsplit_once(')')?.1.trim().chars().next()
        };
        threads.into_iter().flatten().filter_map(state).collect()
    } else {
        let listed = Command::new("ps")
            .args(["-o", "stat=", "-p", &pid.to_string()])
            .output();
        let state = String::from_utf8(listed.unwrap().stdout).unwrap();
        state.trim().chars().take(1).collect()
    }
}

/// Whether a process is there and not just waiting to be reaped by whoever inherited it.
fn runs(pid: u64) -> bool {
    states(pid).iter().any(|state| *state != 'Z')
}

/// A signal to stop is sent at once and obeyed thread by thread.
#[track_caller]
fn stop(pid: u64) {
    signal("STOP", pid);
    wait_for("the process to stop", PATIENCE, || {
        states(pid).iter().all(|state| *state == 'T').then_some(())
    });
}

#[track_caller]
fn all_gone(pids: &[u64]) {
    assert!(
        runs(u64::from(std::process::id())),
        "processes can be looked at"
    );
    wait_for("the nodes to be gone", PATIENCE, || {
        pids.iter().all(|pid| !runs(*pid)).then_some(())
    });
}

/// Runs a demo to its end; returns its events.
#[track_caller]
fn whole(args: &[&str]) -> Demo {
    let mut demo = Demo::start(args);
    demo.read_until("summary");
    assert_eq!(demo.wait(), Some(0));
    demo
}

/// The summary says what the events said.
#[track_caller]
fn agrees_with_itself(demo: &Demo, nodes: u64) {
    let summary = demo.named("summary")[0];
    assert_eq!(summary["ok"], true, "{summary}");
    assert_eq!(summary["nodes"], nodes, "{summary}");
    let leaders = demo.named("elected");
    let leaders: Vec<&Value> = leaders.iter().map(|event| &event["node"]).collect();
    // On a busy machine there may be others while the nodes find each other.
    let expected = [&summary["killed"], &summary["new_leader"]];
    assert!(leaders.ends_with(&expected), "{leaders:?}");
    assert_ne!(expected[0], expected[1]);
    assert_eq!(demo.named("killed")[0]["node"], summary["killed"]);
    assert_eq!(summary["holder_before"], summary["killed"], "{summary}");
    assert_eq!(summary["holder_after"], summary["new_leader"], "{summary}");
    assert_eq!(
        summary["returned_follows"], summary["new_leader"],
        "{summary}"
    );
    assert_eq!(summary["assigns_after_return"], 0, "{summary}");
    assert!(summary["ticks_watched"].as_u64() >= Some(3), "{summary}");
    let moves = demo.named("moved");
    let holders: Vec<&Value> = moves.iter().map(|event| &event["to"]).collect();
    assert!(holders.ends_with(&expected), "{holders:?}");
    assert_eq!(
        summary["holders"],
        Value::from(expected.map(Clone::clone).to_vec())
    );
    let step = |name: &str| summary["timings"][name].as_f64().unwrap();
    let steps = [
        "noticed_ms",
        "elected_ms",
        "cloud_asked_ms",
        "cloud_confirmed_ms",
    ]
    .map(step);
    assert!(steps[0] > 0.0 && steps.is_sorted(), "{summary}");
    let started = demo.node_pids();
    assert_eq!(started.len() as u64, nodes + 1, "the killed one twice");
    all_gone(&started);
}

#[test]
fn the_demo_shows_the_main_job() {
    agrees_with_itself(&whole(&[]), 3);
}

#[test]
fn the_demo_works_with_five_nodes() {
    agrees_with_itself(&whole(&["--nodes", "5"]), 5);
}

#[test]
fn a_signal_leaves_no_process_behind() {
    for (name, when, code) in [("INT", "elected", 130), ("TERM", "killed", 143)] {
        let mut demo = Demo::start(&[]);
        demo.read_until(when);
        // Two may elect one of them before the third one is there.
        while demo.node_pids().len() < 3 {
            demo.read_event("started");
        }
        let pids = demo.node_pids();
        demo.signal(name);
        assert_eq!(demo.wait(), Some(code));
        all_gone(&pids);
    }
}

#[test]
fn nodes_do_not_outlive_a_demo_that_is_killed_even_if_one_is_stopped() {
    let mut demo = Demo::start(&[]);
    demo.read_until("elected");
    let pids = demo.node_pids();
    stop(pids[0]);
    demo.signal("KILL");
    demo.wait();
    all_gone(&pids);
}

#[test]
fn a_demo_that_goes_on_starts_again_what_was_killed() {
    let mut demo = Demo::start(&["--keep-running"]);
    demo.read_until("playground");
    let nodes = demo.events.last().unwrap()["nodes"].clone();
    let leader = nodes
        .as_array()
        .unwrap()
        .iter()
        .find(|node| node["leads"] == true)
        .unwrap();
    signal("KILL", leader["pid"].as_u64().unwrap());
    demo.read_until("gone");
    demo.read_until("moved");
    assert_ne!(demo.events.last().unwrap()["to"], leader["node"]);
    demo.read_until("started");
    assert_eq!(demo.events.last().unwrap()["node"], leader["node"]);
    let pids = demo.node_pids();
    demo.signal("INT");
    assert_eq!(demo.wait(), Some(0));
    all_gone(&pids);
}

#[test]
fn a_number_of_nodes_that_cannot_be_is_refused() {
    for count in ["1", "10", "many"] {
        let finished = Finished::run(les().args(["demo", "--nodes", count]));
        assert_eq!(finished.code, Some(64), "{}", finished.output);
        assert!(finished.output.contains("--nodes"), "{}", finished.output);
    }
}
