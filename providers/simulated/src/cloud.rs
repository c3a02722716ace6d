//! The simulated cloud as its owner sees it.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use les_provider::memory::{Behaviour, Clock, Machine, MemoryCloud};
use les_provider::{Secret, Target};
use tokio::net::TcpListener;

use crate::droplet::Droplet;
use crate::handlers;

/// How the cloud is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The only token that it accepts at first.
    pub token: Secret,
    /// From the acceptance of a move to its effect. The real one takes about 11 s.
    pub action_takes: Duration,
    /// The token lacks the scope to see droplets: readings have no holder in them.
    pub hide_droplets: bool,
}

/// A DigitalOcean of one's own. Clones share it.
#[derive(Clone, Debug)]
pub struct SimulatedCloud {
    shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) world: MemoryCloud,
    pub(crate) settings: Settings,
    tokens: Mutex<Vec<Secret>>,
    droplets: Mutex<BTreeMap<Target, Droplet>>,
}

impl Shared {
    /// Whether this token is accepted now.
    pub(crate) fn accepts(&self, token: &str) -> bool {
        let accepted = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        accepted.iter().any(|accepted| accepted.expose() == token)
    }

    /// What was said of each droplet.
    pub(crate) fn droplets(&self) -> MutexGuard<'_, BTreeMap<Target, Droplet>> {
        self.droplets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SimulatedCloud {
    /// An empty cloud. Its log is written by `clock`.
    #[must_use]
    pub fn new(settings: Settings, clock: Clock) -> Self {
        let world = MemoryCloud::new(clock);
        let behaviour = Behaviour {
            action_takes: settings.action_takes,
            one_address_per_machine: true,
            ..Behaviour::default()
        };
        world.with(|world, _| world.set_behaviour(behaviour));
        Self {
            shared: Arc::new(Shared {
                world,
                tokens: Mutex::new(vec![settings.token.clone()]),
                settings,
                droplets: Mutex::default(),
            }),
        }
    }

    /// The world behind the API: addresses, machines, faults to come and the log of what was asked, confirmed and moved.
    #[must_use]
    pub fn world(&self) -> &MemoryCloud {
        &self.shared.world
    }

    /// From now on it accepts these tokens: while one is rotated there are two.
    pub fn set_tokens(&self, tokens: Vec<Secret>) {
        let accepted = &self.shared.tokens;
        *accepted.lock().unwrap_or_else(PoisonError::into_inner) = tokens;
    }

    /// Says by which tags a droplet is found and at which addresses. It runs if it is new.
    pub fn set_droplet(&self, id: u64, droplet: Droplet) {
        let target = Target(id.to_string());
        self.shared.world.with(|world, _| {
            if world.machine(&target).is_none() {
                world.set_machine(target.clone(), Machine::Running);
            }
        });
        self.shared.droplets().insert(target, droplet);
    }

    /// The API, to be served by whoever has a listener.
    pub fn router(&self) -> Router {
        handlers::router(Arc::clone(&self.shared))
    }

    /// Answers until `shutdown` is ready. Calls that hang then are dropped.
    ///
    /// # Errors
    /// If the listener fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        // Without this an answer may wait for the acknowledgement of the one before, and times measured here would show it.
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        tokio::select! {
            ended = axum::serve(listener, self.router()).into_future() => ended,
            () = shutdown => Ok(()),
        }
    }
}
