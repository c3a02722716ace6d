//! Keystone and Neutron in processes of their own (tests/openstack), and providers that speak with them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use les_provider::{AddressId, Target};
use les_provider_rest::{Credentials, Options, Preset, RestProvider, Settings, Timing};
use serde_json::Value;

/// SQLite on a busy machine: a request may take seconds here that takes milliseconds in a cloud.
const PATIENT: Timing = Timing {
    request_timeout: Some(Duration::from_secs(60)),
    call_timeout: Some(Duration::from_secs(180)),
    ..Timing::UNCHANGED
};

/// Both services with one project in them, one for all tests. They end when their standard input does: with this process.
pub(crate) struct Services {
    _process: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// What `cloud.py` made.
    made: Value,
}

impl Services {
    fn start(folder: &PathBuf) -> Self {
        let mut process = Command::new(folder.join(".venv/bin/python"))
            .arg("serve.py")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python starts");
        let output = process.stdout.take().expect("a pipe");
        let mut services = Self {
            orders: process.stdin.take().expect("a pipe"),
            answers: BufReader::new(output).lines(),
            _process: process,
            made: Value::Null,
        };
        services.made = services.answer();
        services
    }

    /// The next line. `serve.py` has deadlines of its own: it answers or ends.
    fn answer(&mut self) -> Value {
        let line = self
            .answers
            .next()
            .expect("the services run")
            .expect("text");
        serde_json::from_str(&line).expect("JSON")
    }

    /// Has `serve.py` do something; returns who has the floating IP then, as an administrator sees it.
    pub(crate) fn order(&mut self, order: &str) -> Option<Target> {
        writeln!(self.orders, "{order}").expect("the services run");
        self.answer().as_str().map(|port| Target(port.to_owned()))
    }

    pub(crate) fn text(&self, pointer: &str) -> String {
        let value = self.made.pointer(pointer).and_then(Value::as_str);
        value.expect(pointer).to_owned()
    }

    pub(crate) fn port(&self, whose: &str) -> Target {
        Target(self.text(&format!("/{whose}/port")))
    }

    pub(crate) fn address(&self) -> AddressId {
        AddressId(self.text("/floating_ip/id"))
    }

    pub(crate) fn credential(&self, name: &str) -> Environment {
        vec![
            (
                "OS_APPLICATION_CREDENTIAL_ID",
                self.text(&format!("/{name}/id")),
            ),
            (
                "OS_APPLICATION_CREDENTIAL_SECRET",
                self.text(&format!("/{name}/secret")),
            ),
        ]
    }

    /// A provider with this environment beside what every openrc file has.
    pub(crate) fn provider(
        &self,
        environment: Environment,
        options: &[(&str, &str)],
    ) -> RestProvider {
        self.provider_on("http://127.0.0.1:9", environment, options)
    }

    pub(crate) fn provider_on(
        &self,
        metadata_base: &str,
        mut environment: Environment,
        options: &[(&str, &str)],
    ) -> RestProvider {
        environment.push(("OS_AUTH_URL", self.text("/auth_url")));
        let lookup = |wanted: &str| {
            let given = environment.iter().find(|(name, _)| *name == wanted);
            given.map(|(_, value)| value.clone())
        };
        let preset = Preset::builtin("openstack").expect("it is built in");
        let credentials = Credentials::lookup(&preset, &lookup).expect("credentials");
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let configured: BTreeMap<String, String> = options.iter().map(owned).collect();
        let options = Options {
            settings: Settings::lookup(&preset, &configured, &lookup).expect("settings"),
            metadata_base: Some(metadata_base.to_owned()),
            timing: PATIENT,
            ..Options::new(credentials)
        };
        RestProvider::new(preset, options).expect("the options fit")
    }

    /// As an operator would set it up.
    pub(crate) fn usual_provider(&self) -> RestProvider {
        self.provider(self.credential("application_credential"), &[])
    }
}

pub(crate) type Environment = Vec<(&'static str, String)>;

/// The services for one test alone, with a free floating IP; `None`, and a loud line, where they are not installed. In CI that is a failure.
fn services() -> Option<MutexGuard<'static, Option<Services>>> {
    static SERVICES: LazyLock<Mutex<Option<Services>>> = LazyLock::new(|| {
        let folder = PathBuf::from(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/openstack"
        ));
        if folder.join(".venv/.installed").exists() {
            return Mutex::new(Some(Services::start(&folder)));
        }
        assert!(
            std::env::var_os("CI").is_none_or(|ci| ci.is_empty()),
            "Keystone and Neutron are not installed, and this is CI: run tests/setup.sh"
        );
        // Not `eprintln`, which the test runner would swallow.
        let skipped =
            "\n*** SKIPPED: Keystone and Neutron are not installed (`make test` does it)\n";
        let _ = writeln!(std::io::stderr(), "{skipped}");
        Mutex::new(None)
    });
    let mut taken = SERVICES.lock().unwrap_or_else(PoisonError::into_inner);
    taken.as_mut()?.order("give");
    Some(taken)
}

/// Runs a test with the services to itself.
pub(crate) fn with_services(test: impl AsyncFnOnce(&mut Services)) {
    let Some(mut taken) = services() else { return };
    let services = taken.as_mut().expect("they are installed");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(test(services));
}
