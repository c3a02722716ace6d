//! Prism with one description.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

/// Prism takes about a second to start; this only ends a test that has failed.
const START_DEADLINE: Duration = Duration::from_secs(60);

/// A running Prism. It ends when its standard input does: with this process, however that ends.
struct Prism {
    description: &'static str,
    base: String,
    _process: Child,
    _standard_input: ChildStdin,
}

/// One for each description, for all tests.
static RUNNING: Mutex<Vec<Prism>> = Mutex::new(Vec::new());

/// Where Prism listens that serves a description of `tests/prism`; `None`, and a loud line, where it is not installed. In CI that
/// is a failure.
pub(crate) fn prism(description: &'static str) -> Option<String> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/prism"));
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(prism) = running
        .iter()
        .find(|prism| prism.description == description)
    {
        return Some(prism.base.clone());
    }
    if folder.join("node_modules/.installed").exists() {
        let prism = Prism::start(&folder, description);
        let base = prism.base.clone();
        running.push(prism);
        return Some(base);
    }
    assert!(
        std::env::var_os("CI").is_none_or(|ci| ci.is_empty()),
        "Prism is not installed, and this is CI: run tests/setup.sh"
    );
    // Not `eprintln`, which the test runner would swallow.
    let _ = writeln!(
        std::io::stderr(),
        "\n*** SKIPPED: Prism is not installed (`make test` does it)\n"
    );
    None
}

impl Prism {
    fn start(folder: &PathBuf, description: &'static str) -> Self {
        let mut process = Command::new("node")
            .args(["serve.mjs", description])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let output = BufReader::new(process.stdout.take().expect("a pipe"));
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            // Read to the end, or Prism's log would fill the pipe and stop it.
            for line in output.lines().map_while(Result::ok) {
                if let Some(base) = line.strip_prefix("listening ") {
                    let _ = sender.send(base.to_owned());
                }
            }
        });
        Self {
            description,
            base: receiver.recv_timeout(START_DEADLINE).expect("Prism starts"),
            _standard_input: process.stdin.take().expect("a pipe"),
            _process: process,
        }
    }
}

/// The status line of the answer to a request without any credential.
pub(crate) fn without_credentials(base: &str, path: &str) -> String {
    let authority = base.strip_prefix("http://").expect("plain HTTP");
    let mut stream = TcpStream::connect(authority).expect("Prism listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    answer.lines().next().unwrap_or_default().to_owned()
}
