//! The simulated cloud as a process, for tests that put it elsewhere than the nodes (`tests/netns`).
//!
//! Beside DigitalOcean's API it serves `GET /log`: who holds the address, every move of it and every write that was asked for, in order.
//! It answers until it is killed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::routing::get;
use axum::{Json, Router};
use clap::Parser;
use les_provider::memory::{Clock, Machine, MemoryCloud, What, World};
use les_provider::{AddressId, Secret, Target};
use les_provider_simulated::{Settings, SimulatedCloud};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A DigitalOcean with one address.
#[derive(Parser)]
struct Options {
    /// Where it listens.
    #[arg(long)]
    listen: SocketAddr,
    /// The only token that it accepts.
    #[arg(long)]
    token: String,
    /// The address that moves; held by nobody at first.
    #[arg(long)]
    address: String,
    /// How many droplets there are, numbered from 1.
    #[arg(long)]
    droplets: u64,
    /// From the acceptance of a move to its effect, in milliseconds.
    #[arg(long, default_value_t = 50)]
    action_takes_ms: u64,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let options = Options::parse();
    let settings = Settings {
        token: Secret::new(options.token),
        action_takes: Duration::from_millis(options.action_takes_ms),
        hide_droplets: false,
    };
    let address = AddressId(options.address);
    let simulated = SimulatedCloud::new(settings, clock());
    simulated.world().with(|world, _| {
        world.add_address(address.clone());
        for droplet in 1..=options.droplets {
            world.set_machine(Target(droplet.to_string()), Machine::Running);
        }
    });
    let cloud = simulated.world().clone();
    let log = Router::new().route("/log", get(async move || Json(log(&cloud, &address))));
    let listener = TcpListener::bind(options.listen).await?;
    axum::serve(listener, simulated.router().merge(log)).await
}

fn log(cloud: &MemoryCloud, address: &AddressId) -> Value {
    cloud.with(|world, now| {
        let holder = world.read(address).ok().and_then(|reading| reading.holder);
        json!({
            "now_ms": millis(now),
            "holder": holder.map(|target| target.0),
            "moves": moves(world),
            "writes": writes(world),
        })
    })
}

fn moves(world: &World) -> Vec<Value> {
    let shown = world.events(0).filter_map(|event| match &event.what {
        What::Moved { from, to, .. } => {
            let name = |target: &Option<Target>| target.as_ref().map(|target| target.0.clone());
            Some(json!({ "at_ms": millis(event.at), "from": name(from), "to": name(to) }))
        }
        _ => None,
    });
    shown.collect()
}

/// Every write that was received, whatever came of it.
fn writes(world: &World) -> Vec<Value> {
    let shown = world.events(0).filter_map(|event| match &event.what {
        What::Asked {
            operation, target, ..
        } if operation.writes() => {
            let target = target.as_ref().map(|target| &target.0);
            Some(
                json!({ "at_ms": millis(event.at), "operation": operation.as_str(), "to": target }),
            )
        }
        _ => None,
    });
    shown.collect()
}

/// To the microsecond: a takeover is a matter of few milliseconds.
fn millis(at: Duration) -> f64 {
    at.as_micros() as f64 / 1000.0
}

#[expect(
    clippy::disallowed_methods,
    reason = "the simulated cloud's log, which no node sees"
)]
fn clock() -> Clock {
    let start = Instant::now();
    Arc::new(move || start.elapsed())
}
