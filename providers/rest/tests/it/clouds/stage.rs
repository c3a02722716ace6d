//! What the fakes of all clouds share: a memory cloud behind HTTP, and a provider that speaks with it.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use les_provider::conformance::{Harness, Names};
use les_provider::memory::{Behaviour, Clock, Fault, Machine, MemoryCloud, What};
use les_provider::{AddressId, Operation, Provider, Target};
use les_provider_rest::{Credentials, Options, Preset, RestProvider, Settings, Timing};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::support::quick;

/// A clock for tests.
pub(super) fn clock() -> Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests have no clock of the product's to take"
    )]
    let start = tokio::time::Instant::now();
    Arc::new(move || start.elapsed())
}

/// A cloud with one free address and running machines.
pub(super) fn cloud(
    behaviour: Behaviour,
    address: &AddressId,
    machines: &[&Target],
) -> MemoryCloud {
    let cloud = MemoryCloud::new(clock());
    cloud.with(|world, _| {
        world.set_behaviour(behaviour);
        world.add_address(address.clone());
        for machine in machines {
            world.set_machine((*machine).clone(), Machine::Running);
        }
    });
    cloud
}

/// Serves a fake on a port of its own for the rest of the test; returns its base URL, without a slash at the end.
pub(super) async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let base = format!("http://{}", listener.local_addr().expect("it is bound"));
    // Without this an answer may wait for the acknowledgement of the one before.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    tokio::spawn(axum::serve(listener, router).into_future());
    base
}

/// A server that answers every request with a function of its method and of its path and query; returns its base URL.
pub(super) async fn answering(
    answer: impl Fn(&str, &str) -> (u16, Value) + Clone + Send + Sync + 'static,
) -> String {
    let respond = async move |method: Method, uri: Uri| {
        let (status, body) = answer(method.as_str(), &uri.to_string());
        let status = StatusCode::from_u16(status).expect("a status");
        (status, Json(body))
    };
    serve(Router::new().fallback(respond)).await
}

/// A body as the cloud documents it: `tests/fixtures/{path}`. Sources and licences: `tests/fixtures/README.md`.
pub(super) fn fixture(path: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let text = std::fs::read_to_string(folder.join(path)).expect(path);
    serde_json::from_str(&text).expect(path)
}

/// The one value of a header, if it is text.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The token of `Authorization: Bearer`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    header(headers, "authorization")?.strip_prefix("Bearer ")
}

/// How a provider is connected with a fake. The environment is this one alone, never the test's own.
#[derive(Clone, Copy)]
pub(super) struct Wiring<'a> {
    pub(super) preset: &'a str,
    /// Empty where the preset learns it elsewhere.
    pub(super) base_url: &'a str,
    pub(super) metadata_base: &'a str,
    pub(super) target: Option<&'a str>,
    /// `provider.options`.
    pub(super) settings: &'a [(&'a str, &'a str)],
    pub(super) environment: &'a [(&'a str, &'a str)],
}

impl Wiring<'_> {
    /// The built-in preset with patience for tests.
    pub(super) fn provider(&self) -> RestProvider {
        self.with_preset(Preset::builtin(self.preset).expect("it is built in"))
    }

    /// The same for a changed preset.
    pub(super) fn with_preset(&self, preset: Preset) -> RestProvider {
        self.with_timing(preset, quick())
    }

    /// The same with other times.
    pub(super) fn with_timing(&self, preset: Preset, timing: Timing) -> RestProvider {
        let lookup = |wanted: &str| {
            let given = self.environment.iter().find(|(name, _)| *name == wanted);
            given.map(|(_, value)| (*value).to_owned())
        };
        let credentials = Credentials::lookup(&preset, &lookup).expect("credentials");
        let configured = self.settings.iter();
        let configured = configured
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let settings = Settings::lookup(&preset, &configured, &lookup).expect("settings");
        let options = Options {
            settings,
            base_url: (!self.base_url.is_empty()).then(|| self.base_url.to_owned()),
            metadata_base: Some(self.metadata_base.to_owned()),
            target: self.target.map(str::to_owned),
            timing,
            ..Options::new(credentials)
        };
        RestProvider::new(preset, options).expect("the options fit")
    }
}

/// One fresh cloud with a provider that speaks with it, for the conformance suite and for tests of one's own.
pub(super) struct Stage {
    pub(super) cloud: MemoryCloud,
    /// What the memory cloud calls the address; `names.address` is what the provider is given.
    pub(super) address: AddressId,
    pub(super) names: Names,
    pub(super) provider: RestProvider,
    pub(super) refused: RestProvider,
    pub(super) base: String,
}

impl Stage {
    /// The next `times` calls of this kind meet this fault.
    pub(super) fn inject_times(&self, on: Operation, fault: Fault, times: usize) {
        self.cloud.with(|world, _| world.inject(on, fault, times));
    }

    /// How often the cloud was asked for this.
    pub(super) fn asked(&self, wanted: Operation) -> usize {
        let is_wanted =
            |what: &What| matches!(what, What::Asked { operation, .. } if *operation == wanted);
        let events = self.cloud.events(0);
        events.iter().filter(|event| is_wanted(&event.what)).count()
    }

    /// Where the address went, from the first move to the last.
    pub(super) fn moves(&self) -> Vec<Option<Target>> {
        self.cloud.with(|world, _| world.moves(&self.address))
    }
}

#[async_trait]
impl Harness for Stage {
    fn names(&self) -> &Names {
        &self.names
    }
    fn provider(&self) -> &dyn Provider {
        &self.provider
    }
    fn refused_provider(&self) -> &dyn Provider {
        &self.refused
    }
    /// Hetzner Cloud only says when its whole allowance will be back.
    fn tells_how_long_to_wait(&self) -> bool {
        self.provider.name() != "hetzner-cloud"
    }
    async fn set_holder(&self, holder: Option<&Target>) {
        self.cloud
            .with(|world, now| world.set_holder(now, &self.address, holder.cloned()));
    }
    async fn holder(&self) -> Option<Target> {
        let reading = self.cloud.with(|world, _| world.read(&self.address));
        reading.expect("it exists").holder
    }
    async fn set_machine(&self, target: &Target, state: Machine) {
        self.cloud
            .with(|world, _| world.set_machine(target.clone(), state));
    }
    async fn set_locked(&self, locked: bool) {
        self.cloud
            .with(|world, _| world.set_locked(&self.address, locked));
    }
    async fn inject(&self, on: Operation, fault: Fault) {
        self.inject_times(on, fault, 1);
    }
}
