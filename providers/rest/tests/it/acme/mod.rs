//! A cloud that nobody runs: an API with one address, small enough to be read at a glance, that can be told to misbehave.

mod certificates;
mod client;
mod preset;
mod server;

use std::sync::{Arc, Mutex};

use serde_json::json;

pub(crate) use certificates::{Certified, authority, certified};
pub(crate) use client::{Client, TOKEN, address, chain, machine, seen};
pub(crate) use preset::{IMPATIENT, preset, text};
pub(crate) use server::{Received, Reply, Server};

/// The state of the cloud.
#[derive(Default)]
pub(crate) struct World {
    /// Who holds the address; more than one where it is `additive`.
    pub(crate) holders: Vec<String>,
    pub(crate) revision: u64,
    pub(crate) locked: bool,
    /// An address can have several holders; otherwise one that is held cannot be attached.
    pub(crate) additive: bool,
    /// How often it changed hands.
    pub(crate) moves: u32,
    hook: Option<Box<Hook>>,
}

/// Sees each request before the cloud does; `Some`: this is the answer, and the cloud does nothing.
type Hook = dyn FnMut(&Received, &mut World) -> Option<Reply> + Send;

impl World {
    /// What the cloud does with a request in good order.
    pub(crate) fn answer(&mut self, received: &Received) -> Reply {
        let server = received.json()["server"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let (path, verb) = received.path.rsplit_once(['/', ':']).unwrap_or_default();
        match (received.method.as_str(), verb) {
            ("GET", "me") => Reply::text(200, "m7\n"),
            ("GET", _) if path == "/ips" => self.describe(),
            ("POST", "move") => self.change(received, vec![server]),
            ("POST", "attach") if !self.additive && !self.holders.is_empty() => {
                Reply::json(409, &json!({"message": "the address is held"}))
            }
            ("POST", "attach") => {
                let mut holders = self.holders.clone();
                holders.push(server);
                self.change(received, holders)
            }
            ("POST", "detach") => {
                let mut holders = self.holders.clone();
                holders.retain(|holder| *holder != server);
                self.change(received, holders)
            }
            _ => Reply::json(404, &json!({"message": "no such path"})),
        }
    }

    pub(crate) fn describe(&self) -> Reply {
        let ip = json!({
            "server": self.holders.first(),
            "servers": self.holders,
            "revision": self.revision,
            "locked": self.locked,
        });
        Reply::json(200, &json!({ "ip": ip }))
    }

    fn change(&mut self, received: &Received, holders: Vec<String>) -> Reply {
        let expected = received.header("if-match");
        if !expected.is_empty() && expected != format!("revision={}", self.revision) {
            return Reply::json(412, &json!({"message": "the revision is another"}));
        }
        if self.locked {
            return Reply::json(423, &json!({"message": "locked"}));
        }
        self.holders = holders;
        self.revision += 1;
        self.moves += 1;
        Reply::json(200, &json!({"job": {"id": 5, "state": "done"}}))
    }
}

/// The cloud behind HTTP.
pub(crate) struct Acme {
    pub(crate) server: Server,
    world: Arc<Mutex<World>>,
}

impl Acme {
    pub(crate) async fn new() -> Self {
        Self::listen(None).await
    }

    /// Behind TLS, at `https://localhost`.
    pub(crate) async fn with_tls(certified: &Certified) -> Self {
        Self::listen(Some(certified)).await
    }

    async fn listen(certified: Option<&Certified>) -> Self {
        let world = Arc::new(Mutex::new(World::default()));
        let shared = Arc::clone(&world);
        let answer = move |received: &Received| {
            let mut world = shared.lock().expect("it is whole");
            let mut hook = world.hook.take();
            let meant = hook.as_mut().and_then(|hook| hook(received, &mut world));
            world.hook = hook;
            meant.unwrap_or_else(|| world.answer(received))
        };
        let server = match certified {
            None => Server::new(answer).await,
            Some(certified) => Server::with_tls(certified.acceptor(), answer).await,
        };
        Self { server, world }
    }

    /// From now on each request is shown to this first.
    pub(crate) fn hook(
        &self,
        hook: impl FnMut(&Received, &mut World) -> Option<Reply> + Send + 'static,
    ) {
        self.with(|world| world.hook = Some(Box::new(hook)));
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.world.lock().expect("it is whole"))
    }

    pub(crate) fn set_holders(&self, holders: &[&str]) {
        self.with(|world| {
            world.holders = holders.iter().map(|&holder| holder.to_owned()).collect();
        });
    }

    pub(crate) fn holders(&self) -> Vec<String> {
        self.with(|world| world.holders.clone())
    }

    /// How many requests were made whose path contains this.
    pub(crate) fn count(&self, part: &str) -> usize {
        let lines = self.server.lines();
        lines.iter().filter(|line| line.contains(part)).count()
    }
}
