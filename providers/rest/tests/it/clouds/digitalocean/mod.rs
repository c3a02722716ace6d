//! The `digitalocean` preset against a simulated DigitalOcean: the suite, and what is particular to that cloud.

mod behaviour;
mod discovery;
mod ipv6;
mod refusals;
mod shapes;

use std::time::Duration;

use les_provider::conformance::{self, Locking, Names};
use les_provider::memory::Machine;
use les_provider::{AddressId, Secret};
use les_provider_rest::RestProvider;
use les_provider_simulated::{Settings, SimulatedCloud};

use super::stage::{Stage, Wiring, clock, serve};
use crate::support::{TOKEN, address, droplet};

const ME: u64 = 3_164_444;
const OTHER: u64 = 3_164_445;
const WRONG: &str = "dop_v1_wr0ng";

/// A simulated cloud on a port of its own, with two droplets and one address.
async fn fresh(address: &AddressId, action_takes: Duration) -> Stage {
    let settings = Settings {
        token: Secret::new(TOKEN),
        action_takes,
        hide_droplets: false,
    };
    with(settings, address).await
}

async fn with(settings: Settings, address: &AddressId) -> Stage {
    let simulated = SimulatedCloud::new(settings, clock());
    let cloud = simulated.world().clone();
    let names = Names {
        address: address.clone(),
        unknown_address: AddressId(
            if is_ipv6(address) {
                "2001:db8::99"
            } else {
                "203.0.113.99"
            }
            .to_owned(),
        ),
        me: droplet(ME),
        other: droplet(OTHER),
        unknown_target: droplet(99),
        secrets: vec![TOKEN.to_owned(), WRONG.to_owned()],
        locking: if is_ipv6(address) {
            Locking::Hidden
        } else {
            Locking::Shown
        },
        tells_holder_down: true,
    };
    cloud.with(|world, _| {
        world.add_address(names.address.clone());
        world.set_machine(names.me.clone(), Machine::Running);
        world.set_machine(names.other.clone(), Machine::Running);
    });
    let base = serve(simulated.router()).await;
    Stage {
        cloud,
        address: address.clone(),
        provider: provider_of(&base, ME, TOKEN),
        refused: provider_of(&base, ME, WRONG),
        names,
        base,
    }
}

fn is_ipv6(address: &AddressId) -> bool {
    address.0.contains(':')
}

fn provider_of(base: &str, droplet: u64, token: &str) -> RestProvider {
    let wiring = Wiring {
        preset: "digitalocean",
        base_url: base,
        metadata_base: &format!("{base}/node/{droplet}"),
        target: None,
        settings: &[],
        environment: &[("DIGITALOCEAN_TOKEN", token)],
    };
    wiring.provider()
}

#[tokio::test]
async fn passes_the_suite_when_moves_take_time() {
    conformance::run(async || fresh(&address(), Duration::from_millis(20)).await).await;
}

#[tokio::test]
async fn passes_the_suite_when_moves_are_done_at_once() {
    conformance::run(async || fresh(&address(), Duration::ZERO).await).await;
}

#[tokio::test]
async fn passes_the_suite_with_an_ipv6_address() {
    conformance::run(async || fresh(&ipv6::address(), Duration::from_millis(20)).await).await;
}
