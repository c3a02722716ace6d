//! The `digitalocean` preset against DigitalOcean's own API description, served by Prism (tests/prism): requests that break the
//! description are refused. Prism keeps no state, so this says nothing about how the cloud behaves.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use les_provider::{AddressId, ErrorKind, Provider, Target};
use les_provider_rest::{Credentials, Options, Preset, RestProvider, Timing};

/// From the description's examples: an address and the droplet that holds it.
const ADDRESS: &str = "45.55.96.47";
const HOLDER: &str = "3164444";
const ANOTHER: &str = "758604968";

/// Prism takes about a second to start; this only ends a test that has failed.
const START_DEADLINE: Duration = Duration::from_secs(60);

const PRESET: &str = include_str!("../presets/digitalocean.toml");

/// A running Prism, one for all tests. It ends when its standard input does: with this process, however that ends.
struct Prism {
    base: String,
    _process: Child,
    _standard_input: ChildStdin,
}

impl Prism {
    fn start(folder: &PathBuf) -> Self {
        let mut process = Command::new("node")
            .args(["serve.mjs", "digitalocean.reserved-ips.openapi.json"])
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
            base: receiver.recv_timeout(START_DEADLINE).expect("Prism starts"),
            _standard_input: process.stdin.take().expect("a pipe"),
            _process: process,
        }
    }
}

/// Where Prism listens; `None`, and a loud line, where it is not installed. In CI that is a failure.
fn prism() -> Option<&'static str> {
    static PRISM: OnceLock<Option<Prism>> = OnceLock::new();
    let started = PRISM.get_or_init(|| {
        let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/prism"));
        if folder.join("node_modules/.installed").exists() {
            return Some(Prism::start(&folder));
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
    });
    started.as_ref().map(|prism| prism.base.as_str())
}

/// A provider that talks to Prism, from a preset's text.
fn provider(base: &str, preset: &str) -> RestProvider {
    let preset = Preset::parse("the preset under test", preset).expect("a preset");
    let token = |_: &str| Some("dop_v1_of_no_account".to_owned());
    let credentials = Credentials::lookup(&preset, &token).expect("a token");
    let options = Options {
        base_url: Some(base.to_owned()),
        target: Some(ANOTHER.to_owned()),
        timing: Timing {
            settle: Some(Duration::from_millis(1)),
            action_interval: Some(Duration::from_millis(1)),
            ..Timing::UNCHANGED
        },
        ..Options::new(credentials)
    };
    RestProvider::new(preset, options).expect("a provider")
}

fn address() -> AddressId {
    AddressId(ADDRESS.to_owned())
}

fn target(id: &str) -> Target {
    Target(id.to_owned())
}

#[tokio::test]
async fn the_holder_is_read_from_the_described_answer() {
    let Some(base) = prism() else { return };
    let seen = provider(base, PRESET)
        .observe(&address())
        .await
        .expect("an observation");
    assert_eq!(seen.holder, Some(target(HOLDER)));
    assert!(!seen.busy);
    assert!(!seen.holder_down);
}

#[tokio::test]
async fn an_assignment_is_as_described() {
    let Some(base) = prism() else { return };
    let moved = provider(base, PRESET)
        .assign(&address(), &target(ANOTHER), None)
        .await;
    moved.expect("accepted, and followed to its end");
}

#[tokio::test]
async fn a_release_is_as_described() {
    let Some(base) = prism() else { return };
    let freed = provider(base, PRESET)
        .release(&address(), &target(HOLDER))
        .await;
    freed.expect("accepted, and followed to its end");
}

/// The oracle can say no: each mutation of the preset is refused.
#[tokio::test]
async fn assignments_that_break_the_description_are_refused() {
    let Some(base) = prism() else { return };
    let mutations = [
        ("the droplet's id as text", "target | int", "target"),
        ("no droplet", ", 'droplet_id': target | int", ""),
        ("another verb", "'assign'", "'reassign'"),
        (
            "a list",
            "{'type': 'assign', 'droplet_id': target | int}",
            "[]",
        ),
        ("no type", "'type': 'assign', 'droplet_id'", "'droplet_id'"),
    ];
    for (what, from, to) in mutations {
        let mutated = PRESET.replacen(from, to, 1);
        assert_ne!(mutated, PRESET, "{what}: the preset has no {from:?}");
        let refused = provider(base, &mutated)
            .assign(&address(), &target(ANOTHER), None)
            .await;
        let kind = refused.expect_err(what).kind;
        assert!(matches!(kind, ErrorKind::Conflict), "{what}: {kind:?}");
    }
}

#[tokio::test]
async fn a_path_that_the_description_does_not_have_is_refused() {
    let Some(base) = prism() else { return };
    let mutated = PRESET.replacen("/v2/reserved_ips/", "/v2/reserved_ip/", 1);
    let refused = provider(base, &mutated).observe(&address()).await;
    refused.expect_err("no such path");
}

#[test]
fn a_request_without_a_token_is_refused() {
    let Some(base) = prism() else { return };
    let authority = base.strip_prefix("http://").expect("plain HTTP");
    let mut stream = TcpStream::connect(authority).expect("Prism listens");
    let request = format!(
        "GET /v2/reserved_ips/{ADDRESS} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}
