//! The simulated DigitalOcean of the demo: one address, and a droplet for each node.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use les_provider::memory::{Machine, What};
use les_provider::{AddressId, Secret, Target};
use les_provider_simulated::{Settings, SimulatedCloud};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::clock::DemoClock;
use super::report::{Report, Source};

/// The address that moves; from a range reserved for documentation (RFC 5737).
pub(super) const ADDRESS: &str = "203.0.113.7";
/// How long the cloud takes to move it. The real one takes about 11 s, longer than anybody wants to watch.
pub(super) const ACTION_TAKES: Duration = Duration::from_millis(300);
/// What the nodes send; it opens nothing else.
pub(super) const TOKEN: &str = "dop_v1_of_the_demo";

/// A cloud that answers until the demo ends.
#[derive(Debug)]
pub(super) struct Cloud {
    simulated: SimulatedCloud,
    pub(super) socket: SocketAddr,
}

impl Cloud {
    /// Starts it; its log goes to `reports` as it grows.
    pub(super) async fn start(
        nodes: usize,
        clock: DemoClock,
        reports: mpsc::Sender<Report>,
    ) -> std::io::Result<Self> {
        let settings = Settings {
            token: Secret::new(TOKEN),
            action_takes: ACTION_TAKES,
            hide_droplets: false,
        };
        let simulated = SimulatedCloud::new(settings, Arc::new(move || clock.now()));
        simulated.world().with(|world, _| {
            world.add_address(address());
            for node in 0..nodes {
                world.set_machine(droplet_of(node), Machine::Running);
            }
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let socket = listener.local_addr()?;
        tokio::spawn(simulated.clone().serve(listener, std::future::pending()));
        tokio::spawn(forward_log(simulated.clone(), reports));
        Ok(Self { simulated, socket })
    }

    /// Where its log ends now.
    pub(super) fn log_end(&self) -> u64 {
        self.simulated
            .world()
            .with(|world, _| world.next_event_number())
    }

    /// The calls to move the address that were received from this place in the log on.
    pub(super) fn assigns_since(&self, log_end: u64) -> usize {
        let is_assign = |event: &les_provider::memory::Event| matches!(event.what, What::Asked { operation, .. } if operation.writes());
        let events = self.simulated.world().events(log_end);
        events.iter().filter(|event| is_assign(event)).count()
    }

    /// The node at whose droplet the address is.
    pub(super) fn holder(&self) -> Option<usize> {
        let reading = self
            .simulated
            .world()
            .with(|world, _| world.read(&address()));
        node_of(&reading.ok()?.holder?)
    }

    /// Every node that ever held the address, in order.
    pub(super) fn moves(&self) -> Vec<usize> {
        let moves = self
            .simulated
            .world()
            .with(|world, _| world.moves(&address()));
        moves
            .into_iter()
            .flatten()
            .filter_map(|to| node_of(&to))
            .collect()
    }
}

async fn forward_log(cloud: SimulatedCloud, reports: mpsc::Sender<Report>) {
    let mut first = 0;
    loop {
        for event in cloud.world().next_events(first).await {
            first = event.number + 1;
            let report = Report {
                at: event.at,
                source: Source::Cloud(event.what),
            };
            if reports.send(report).await.is_err() {
                return;
            }
        }
    }
}

fn address() -> AddressId {
    AddressId(ADDRESS.to_owned())
}

/// The number of a node's droplet: that of the node, counted from 1.
pub(super) const fn droplet_number(node: usize) -> usize {
    node + 1
}

fn droplet_of(node: usize) -> Target {
    Target(droplet_number(node).to_string())
}

/// The node that runs on a droplet.
pub(super) fn node_of(droplet: &Target) -> Option<usize> {
    droplet.0.parse::<usize>().ok()?.checked_sub(1)
}
