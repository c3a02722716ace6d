//! The simulated cloud.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use les_provider::memory::{Machine, What};
use les_provider::{AddressId, Operation, Secret, Target};
use les_provider_simulated::{Settings, SimulatedCloud};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::clock;
use crate::system::Act;

/// What the nodes send; it opens nothing.
pub(crate) const TOKEN: &str = "dop_v1_of_the_bench";
/// The address that is moved.
pub(crate) const ADDRESS: &str = "203.0.113.7";

/// One address and a droplet for each node.
pub(crate) struct Cloud {
    simulated: SimulatedCloud,
    serving: JoinHandle<std::io::Result<()>>,
    pub(crate) socket: SocketAddr,
}

impl Cloud {
    pub(crate) async fn start(listen: IpAddr, nodes: usize) -> Result<Self> {
        let settings = Settings {
            token: Secret::new(TOKEN),
            action_takes: Duration::from_millis(100),
            hide_droplets: false,
        };
        let simulated = SimulatedCloud::new(settings, Arc::new(clock::now));
        simulated.world().with(|world, _| {
            world.add_address(AddressId(ADDRESS.to_owned()));
            for node in 0..nodes {
                world.set_machine(droplet(node), Machine::Running);
            }
        });
        let listener = TcpListener::bind((listen, 0)).await?;
        let socket = listener.local_addr()?;
        let serving = tokio::spawn(simulated.clone().serve(listener, std::future::pending()));
        Ok(Self {
            simulated,
            serving,
            socket,
        })
    }

    /// Whether the address is at this node's droplet.
    pub(crate) fn is_held_by(&self, node: usize) -> bool {
        let read = self
            .simulated
            .world()
            .with(|world, _| world.read(&AddressId(ADDRESS.to_owned())));
        read.is_ok_and(|reading| reading.holder == Some(droplet(node)))
    }

    /// Every call to assign the address that was received, whatever came of it.
    pub(crate) fn assignments(&self) -> Vec<Act> {
        self.simulated.world().with(|world, _| {
            let calls = world.events(0).filter_map(|event| match &event.what {
                What::Asked {
                    operation: Operation::Assign,
                    target: Some(target),
                    ..
                } => Some(Act {
                    at: event.at,
                    node: target.0.parse::<usize>().ok()?.checked_sub(1)?,
                }),
                _ => None,
            });
            calls.collect()
        })
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The id of a node's droplet.
fn droplet(node: usize) -> Target {
    Target((node + 1).to_string())
}
