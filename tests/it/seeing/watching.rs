//! `les status --watch`, where there is no terminal.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::shows;
use crate::handover::Droplets;
use crate::support::{Node, PATIENCE, les, wait_for};

/// A `les status --watch`. It is killed with the test.
struct Watch {
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
    complained: Arc<Mutex<Vec<String>>>,
}

impl Watch {
    fn of(node: &Node, args: &[&str]) -> Self {
        let url = format!("http://{}", node.socket);
        let mut command = les();
        command
            .args(["status", "--watch", "--url", &url])
            .args(args);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            said: lines_of(child.stdout.take().unwrap()),
            complained: lines_of(child.stderr.take().unwrap()),
            child,
        }
    }

    /// Waits for a line of its output that this says is the one.
    #[track_caller]
    fn says(&self, what: &str, is_it: impl Fn(&str) -> bool) {
        wait_for(what, PATIENCE, || {
            let said = self.said.lock().unwrap();
            said.iter().any(|line| is_it(line)).then_some(())
        });
    }

    /// Ctrl-C, and the exit code.
    fn interrupt(mut self) -> Option<i32> {
        let mut kill = Command::new("sh");
        kill.args(["-c", &format!("kill -INT {}", self.child.id())]);
        assert!(kill.status().unwrap().success());
        wait_for("it to end", PATIENCE, || self.child.try_wait().unwrap()).code()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines_of(output: impl Read + Send + 'static) -> Arc<Mutex<Vec<String>>> {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let collected = Arc::clone(&lines);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            collected.lock().unwrap().push(line);
        }
    });
    lines
}

#[test]
fn each_change_is_a_line_of_json_and_ctrl_c_ends_it_well() {
    let mut droplets = Droplets::settled(3);
    shows(&droplets.cluster.nodes[2], 0, &["as it should be"]);
    let watch = Watch::of(&droplets.cluster.nodes[2], &["--json"]);
    let leads = |line: &str, leader: &str| {
        let page: Value = serde_json::from_str(line).unwrap();
        page["leader"] == leader && page["addresses"][0]["right"] == true
    };
    let first = droplets.cluster.nodes[0].addr.clone();
    watch.says("the first leader", |line| leads(line, &first));
    drop(droplets.cluster.take_leader());
    let second = droplets.cluster.nodes[0].addr.clone();
    watch.says("the second leader", |line| leads(line, &second));
    assert_eq!(watch.interrupt(), Some(0));
}

#[test]
fn a_node_that_does_not_answer_is_asked_on_and_told_once() {
    let mut node = Node::start("");
    let watch = Watch::of(&node, &[]);
    watch.says("the node", |line| line.starts_with("NOBODY LEADS"));
    node.signal("KILL");
    node.wait();
    let complaints = || watch.complained.lock().unwrap().clone();
    wait_for("it to say so", PATIENCE, || {
        let told =
            |line: &String| line.contains("nobody listens") && line.ends_with("still trying");
        complaints().iter().any(told).then_some(())
    });
    let mut command = les();
    command.args(["run", "--bind-interface", "127.0.0.1", "--seeds", ""]);
    command.args(["--bind-port", &node.socket.port().to_string()]);
    let _back = Node::spawn(&mut command);
    wait_for("it to see the node again", PATIENCE, || {
        let said = watch.said.lock().unwrap();
        let heads = said.iter().filter(|line| line.starts_with("NOBODY LEADS"));
        (heads.count() > 1).then_some(())
    });
    assert!(complaints().len() <= 2, "{:?}", complaints());
    assert_eq!(watch.interrupt(), Some(0));
}
