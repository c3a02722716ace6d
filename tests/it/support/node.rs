//! One `les` process.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::http::{self, Answer};
use super::wait::{PATIENCE, wait_for};

/// The program, in an environment without configuration.
pub(crate) fn les() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_les"));
    let inherited = std::env::vars_os().filter(|(name, _)| {
        name.to_str()
            .is_some_and(|n| n.starts_with("LES_") || n.starts_with("DIGITALOCEAN_"))
    });
    for (name, _) in inherited {
        command.env_remove(name);
    }
    // The tests may run in a service themselves.
    for of_a_unit in [
        "CREDENTIALS_DIRECTORY",
        "INVOCATION_ID",
        "NOTIFY_SOCKET",
        "RUNTIME_DIRECTORY",
        "STATE_DIRECTORY",
        "WATCHDOG_PID",
        "WATCHDOG_USEC",
    ] {
        command.env_remove(of_a_unit);
    }
    command
        .env_remove("RUST_LOG")
        .env("LES_LOG_FORMAT", "json")
        .stdin(Stdio::null());
    command
}

/// A process that ended by itself.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
}

impl Finished {
    /// Runs `command` to its end.
    pub(crate) fn run(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        Self {
            code: output.status.code(),
            output: String::from_utf8(text).unwrap(),
        }
    }
}

/// A running node. Killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Node {
    child: Child,
    log: Arc<Mutex<String>>,
    pub(crate) addr: String,
    pub(crate) socket: SocketAddr,
}

impl Node {
    /// What starts a node on loopback, on a port of the system's choice.
    pub(crate) fn command(seeds: &str) -> Command {
        let mut command = les();
        command.args(["run", "--bind-interface", "127.0.0.1", "--bind-port", "0"]);
        command.args(["--seeds", seeds]);
        command
    }

    /// Starts one.
    #[track_caller]
    pub(crate) fn start(seeds: &str) -> Self {
        Self::spawn(&mut Self::command(seeds))
    }

    /// Starts a prepared command, and waits until it has said where it listens.
    #[track_caller]
    pub(crate) fn spawn(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        collect(&mut child, Arc::clone(&log));
        let mut node = Self {
            child,
            log,
            addr: String::new(),
            socket: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        let listening = wait_for("the node to listen", PATIENCE, || {
            assert!(
                node.child.try_wait().unwrap().is_none(),
                "the node ended: {}",
                node.log()
            );
            node.events("listening").pop()
        });
        node.addr = listening["addr"].as_str().unwrap().to_owned();
        node.socket = listening["listen"].as_str().unwrap().parse().unwrap();
        node
    }

    /// Everything that it logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Its logged events of one name.
    pub(crate) fn events(&self, name: &str) -> Vec<Value> {
        let lines: Vec<Value> = self
            .log()
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        lines
            .into_iter()
            .filter(|event| event["event"] == name)
            .collect()
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Answer {
        http::get(self.socket, path)
    }

    /// Its state document.
    #[track_caller]
    pub(crate) fn state(&self) -> Value {
        self.get("/state").json()
    }

    /// Whom it names as leader.
    #[track_caller]
    pub(crate) fn leader(&self) -> Option<String> {
        self.state()["leader"].as_str().map(str::to_owned)
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name.
    #[track_caller]
    pub(crate) fn signal(&self, name: &str) {
        // A shell's own kill: no package has to be there for it.
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{name} {}", self.child.id())])
            .status()
            .unwrap();
        assert!(sent.success(), "kill -{name}");
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn wait(&mut self) -> ExitStatus {
        wait_for("the node to end", PATIENCE, || {
            self.child.try_wait().unwrap()
        })
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- log of {}\n{}", self.addr, self.log());
        }
    }
}

/// Collects what the process logs, on a thread that ends with it.
fn collect(child: &mut Child, log: Arc<Mutex<String>>) {
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    std::thread::spawn(move || {
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|n| n > 0) {
            log.lock().unwrap().push_str(&line);
            line.clear();
        }
        let _ = lines.read_to_string(&mut line);
    });
}
