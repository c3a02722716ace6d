//! The `hetzner-cloud` preset against a fake Hetzner Cloud: the suite, and what is particular to that cloud.

mod answers;
mod discovery;
mod fake;
mod refusals;

use std::time::Duration;

use les_provider::conformance::{self, Harness, Locking, Names};
use les_provider::memory::{Behaviour, Fault};
use les_provider::{AddressId, ErrorKind, Operation, Provider, Target};
use les_provider_rest::{Preset, RestProvider, builtin_text};
use serde_json::{Value, json};

use super::stage::{Stage, Wiring, cloud, fixture, serve};
use fake::{Fake, TOKEN};

const WRONG: &str = "hcwr0nghcwr0nghcwr0nghcwr0nghcwr0nghcwr0nghcwr0nghcwr0nghcwr0ng0";

/// From the client library's fixtures: the first floating IP, by its id and by its address.
const ID: &str = "4711";
const IP: &str = "131.232.99.1";

fn server(id: u64) -> Target {
    Target(id.to_string())
}

fn wiring<'a>(base: &'a str, metadata: &'a str, token: &'a [(&'a str, &'a str)]) -> Wiring<'a> {
    Wiring {
        preset: "hetzner-cloud",
        base_url: base,
        metadata_base: metadata,
        target: None,
        settings: &[],
        environment: token,
    }
}

fn provider(base: &str, token: &str) -> RestProvider {
    let metadata = format!("{base}/node/42");
    let base = format!("{base}/v1");
    wiring(&base, &metadata, &[("HCLOUD_TOKEN", token)]).provider()
}

/// A project with servers 42 and 43, and floating IPs of which one is free; the provider is given the address in this form.
async fn fresh(action_takes: Duration, address: &str) -> Stage {
    with(action_takes, address, Vec::new()).await
}

async fn with(action_takes: Duration, address: &str, servers: Vec<Value>) -> Stage {
    let in_world = AddressId(ID.to_owned());
    let names = Names {
        address: AddressId(address.to_owned()),
        unknown_address: AddressId(
            if address == ID {
                "4799"
            } else {
                "131.232.99.99"
            }
            .to_owned(),
        ),
        me: server(42),
        other: server(43),
        unknown_target: server(99),
        secrets: vec![TOKEN.to_owned(), WRONG.to_owned()],
        locking: Locking::Hidden,
        tells_holder_down: false,
    };
    let behaviour = Behaviour {
        action_takes,
        ..Behaviour::default()
    };
    let cloud = cloud(behaviour, &in_world, &[&names.me, &names.other]);
    let mut floating_ips = fixture("hetzner-cloud/floating_ips.json")["floating_ips"]
        .as_array()
        .expect("a list")
        .clone();
    let mut network = floating_ips[0].clone();
    network["id"] = json!(4713);
    network["ip"] = json!("2001:db8::/64");
    network["type"] = json!("ipv6");
    floating_ips.push(network);
    cloud.with(|world, _| {
        world.add_address(AddressId("4712".to_owned()));
        world.add_address(AddressId("4713".to_owned()));
    });
    let base = serve(fake::router(Fake {
        cloud: cloud.clone(),
        floating_ips,
        servers,
    }))
    .await;
    Stage {
        cloud,
        address: in_world,
        names,
        provider: provider(&base, TOKEN),
        refused: provider(&base, WRONG),
        base,
    }
}

#[tokio::test]
async fn passes_the_suite_with_the_address_as_an_id() {
    conformance::run(async || fresh(Duration::from_millis(20), ID).await).await;
}

#[tokio::test]
async fn passes_the_suite_with_the_address_as_an_ip() {
    conformance::run(async || fresh(Duration::ZERO, IP).await).await;
}

#[tokio::test]
async fn an_address_is_located_once() {
    let stage = fresh(Duration::ZERO, IP).await;
    let address = AddressId(IP.to_owned());
    for _ in 0..3 {
        stage.provider.observe(&address).await.unwrap();
    }
    stage
        .provider
        .assign(&address, &server(42), None)
        .await
        .unwrap();
    assert_eq!(stage.asked(Operation::Locate), 1);
    assert_eq!(stage.moves(), [Some(server(42))]);
}

#[tokio::test]
async fn an_ipv6_network_is_found_by_its_first_address() {
    let stage = fresh(Duration::ZERO, IP).await;
    let network = AddressId("2001:db8::".to_owned());
    stage
        .provider
        .assign(&network, &server(42), None)
        .await
        .unwrap();
    let moves = |id: &str| {
        let id = AddressId(id.to_owned());
        stage.cloud.with(|world, _| world.moves(&id))
    };
    assert_eq!(moves("4713"), [Some(server(42))]);
    assert!(moves(ID).is_empty() && moves("4712").is_empty());
}

#[tokio::test]
async fn an_address_beyond_the_first_page_is_found() {
    let stage = fresh(Duration::ZERO, IP).await;
    let many = (0..120).map(
        |number| json!({ "id": 5_000 + number, "ip": format!("192.0.2.{number}"), "server": null }),
    );
    stage
        .cloud
        .with(|world, _| world.add_address(AddressId("5119".to_owned())));
    let base = serve(fake::router(Fake {
        cloud: stage.cloud.clone(),
        floating_ips: many.collect(),
        servers: Vec::new(),
    }))
    .await;
    let last = AddressId("192.0.2.119".to_owned());
    let seen = provider(&base, TOKEN).observe(&last).await.unwrap();
    assert_eq!(seen.holder, None);
    assert_eq!(stage.asked(Operation::Locate), 3);
}

#[tokio::test]
async fn a_server_as_text_is_refused_by_the_fake() {
    let stage = fresh(Duration::ZERO, ID).await;
    let text = builtin_text("hetzner-cloud").expect("it is built in");
    let mutated = text.replacen("target | int", "target", 1);
    assert_ne!(mutated, text);
    let preset = Preset::parse("mutated", &mutated).unwrap();
    let base = format!("{}/v1", stage.base);
    let provider = wiring(&base, &base, &[("HCLOUD_TOKEN", TOKEN)]);
    let error = provider
        .with_preset(preset)
        .assign(&stage.names.address, &server(42), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured, "{error}");
    assert!(stage.moves().is_empty());
}

#[tokio::test]
async fn an_action_is_followed_to_its_end_through_faults_of_the_polls() {
    let stage = fresh(Duration::from_millis(100), ID).await;
    stage.inject_times(Operation::Poll, Fault::Unavailable, 2);
    stage.inject_times(Operation::Poll, Fault::Throttled { retry_after: None }, 2);
    stage
        .provider
        .assign(&stage.names.address, &server(42), None)
        .await
        .unwrap();
    assert_eq!(stage.holder().await, Some(server(42)));
    assert!(stage.asked(Operation::Poll) >= 5);
    assert_eq!(stage.asked(Operation::Assign), 1);
}

#[tokio::test]
async fn readings_that_can_wait_do_so_when_the_cloud_says_that_little_is_left() {
    let stage = fresh(Duration::ZERO, ID).await;
    let address = &stage.names.address;
    stage.provider.observe(address).await.unwrap();
    assert_eq!(stage.provider.routine_pause(), Duration::ZERO);
    stage.inject_times(
        Operation::Observe,
        Fault::Throttled { retry_after: None },
        1,
    );
    stage.provider.observe(address).await.unwrap_err();
    assert!(stage.provider.routine_pause() > Duration::ZERO);
    let calls_per_hour = stage.provider.capabilities().calls_per_hour;
    assert_eq!(calls_per_hour, Some(3_600));
}
