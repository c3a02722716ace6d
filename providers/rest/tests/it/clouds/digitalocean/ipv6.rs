//! What is particular to reserved IPv6 addresses.

use std::time::Duration;

use les_provider::conformance::Harness;
use les_provider::{AddressId, ErrorKind, Provider, Secret};
use les_provider_rest::{Preset, RestProvider, builtin_text};
use les_provider_simulated::Settings;

use super::{ME, OTHER, fresh, with};
use crate::clouds::stage::Wiring;
use crate::support::{TOKEN, address as ipv4_address, droplet};

pub(super) fn address() -> AddressId {
    AddressId("2001:db8::7".to_owned())
}

#[tokio::test]
async fn a_droplet_holds_an_address_of_each_family() {
    let stage = fresh(&address(), Duration::ZERO).await;
    stage
        .cloud
        .with(|world, _| world.add_address(ipv4_address()));
    for address in [address(), ipv4_address()] {
        stage
            .provider
            .assign(&address, &droplet(ME), None)
            .await
            .unwrap();
        let seen = stage.provider.observe(&address).await.unwrap();
        assert_eq!(seen.holder, Some(droplet(ME)), "{address}");
    }
}

#[tokio::test]
async fn a_token_that_may_not_see_droplets_is_told_so_and_no_address_reads_as_free() {
    let settings = Settings {
        token: Secret::new(TOKEN),
        action_takes: Duration::ZERO,
        hide_droplets: true,
    };
    let stage = with(settings, &address()).await;
    stage.set_holder(Some(&droplet(OTHER))).await;
    let error = stage.provider.observe(&address()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Denied);
    assert!(error.message.contains("droplet:read"), "{error}");
}

fn mutated(base: &str, from: &str, to: &str) -> RestProvider {
    let text = builtin_text("digitalocean").expect("it is built in");
    let mutated = text.replacen(from, to, 1);
    assert_ne!(mutated, text);
    let wiring = Wiring {
        preset: "digitalocean",
        base_url: base,
        metadata_base: base,
        target: None,
        settings: &[],
        environment: &[("DIGITALOCEAN_TOKEN", TOKEN)],
    };
    wiring.with_preset(Preset::parse("mutated", &mutated).expect("a preset"))
}

/// DigitalOcean's description lists `unassign` first, and so lets anything pass as one: the fake must not.
#[tokio::test]
async fn the_fake_refuses_a_droplet_as_text_for_either_family() {
    for address in [address(), ipv4_address()] {
        let stage = fresh(&address, Duration::ZERO).await;
        let text = mutated(&stage.base, "target | int", "target");
        let refused = text.assign(&address, &droplet(ME), None).await;
        assert_eq!(refused.unwrap_err().kind, ErrorKind::Conflict);
        assert!(stage.moves().is_empty());
    }
}
