//! The simulated cloud, and its clock: all times of a measurement are read from it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use les_provider::memory::{Clock, Machine, What};
use les_provider::{AddressId, Operation, Secret, Target};
use les_provider_simulated::{Settings, SimulatedCloud};
use tokio::net::TcpListener;
use tokio::time::timeout;

/// What the nodes send; it opens nothing.
pub(crate) const TOKEN: &str = "dop_v1_of_the_bench";
/// The address that is moved.
pub(crate) const ADDRESS: &str = "203.0.113.7";

/// How long a take-over may take before the measurement is given up.
const PATIENCE: Duration = Duration::from_secs(120);

/// One address and a droplet for each node.
pub(crate) struct Cloud {
    simulated: SimulatedCloud,
    clock: Clock,
    pub(crate) socket: SocketAddr,
}

impl Cloud {
    pub(crate) async fn start(nodes: usize) -> Result<Self> {
        let clock = clock();
        let settings = Settings {
            token: Secret::new(TOKEN),
            action_takes: Duration::from_millis(100),
            hide_droplets: false,
        };
        let simulated = SimulatedCloud::new(settings, Arc::clone(&clock));
        simulated.world().with(|world, _| {
            world.add_address(AddressId(ADDRESS.to_owned()));
            for node in 0..nodes {
                world.set_machine(droplet(node), Machine::Running);
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let socket = listener.local_addr()?;
        tokio::spawn(simulated.clone().serve(listener, std::future::pending()));
        Ok(Self {
            simulated,
            clock,
            socket,
        })
    }

    /// The time on the clock that the cloud's log is written by.
    pub(crate) fn now(&self) -> Duration {
        (self.clock)()
    }

    /// Where the log ends now.
    pub(crate) fn next_event(&self) -> u64 {
        self.simulated
            .world()
            .with(|world, _| world.next_event_number())
    }

    /// Whether the address is at this node's droplet.
    pub(crate) fn is_held_by(&self, node: usize) -> bool {
        let read = self
            .simulated
            .world()
            .with(|world, _| world.read(&AddressId(ADDRESS.to_owned())));
        read.is_ok_and(|reading| reading.holder == Some(droplet(node)))
    }

    /// When the first call to assign, from this place in the log on, was received.
    pub(crate) async fn next_assignment(&self, mut first: u64) -> Result<Duration> {
        let search = async {
            loop {
                for event in self.simulated.world().next_events(first).await {
                    first = event.number + 1;
                    if let What::Asked {
                        operation: Operation::Assign,
                        ..
                    } = event.what
                    {
                        return event.at;
                    }
                }
            }
        };
        timeout(PATIENCE, search)
            .await
            .context("nobody took over: the cloud was not asked to assign the address")
    }
}

/// The id of a node's droplet.
fn droplet(node: usize) -> Target {
    Target((node + 1).to_string())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a measurement reads the clock; no node sees this one"
)]
fn clock() -> Clock {
    let start = Instant::now();
    Arc::new(move || start.elapsed())
}
