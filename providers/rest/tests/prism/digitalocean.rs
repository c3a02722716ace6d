//! The `digitalocean` preset against DigitalOcean's own description.

use les_provider::{AddressId, ErrorKind, Provider};

use crate::server::{prism, without_credentials};
use crate::support::{assert_each_refused, mutated, provider, target};

const DESCRIPTION: &str = "digitalocean.openapi.json";
const PRESET: &str = include_str!("../../presets/digitalocean.toml");

/// From the description's examples: an address of each family and the droplet that holds them.
const ADDRESSES: [&str; 2] = ["45.55.96.47", "2409:40d0:f7:1017:74b4:3a96:105e:4c6e"];
const HOLDER: &str = "3164444";
const ANOTHER: &str = "758604968";

fn addresses() -> [AddressId; 2] {
    ADDRESSES.map(|address| AddressId(address.to_owned()))
}

#[tokio::test]
async fn the_holder_is_read_from_the_described_answer() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    for address in addresses() {
        let seen = provider(&base, PRESET, ANOTHER)
            .observe(&address)
            .await
            .expect("an observation");
        assert_eq!(seen.holder, Some(target(HOLDER)), "{address}");
        assert!(!seen.busy && !seen.holder_down, "{address}");
    }
}

#[tokio::test]
async fn an_assignment_is_as_described() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    for address in addresses() {
        let moved = provider(&base, PRESET, ANOTHER)
            .assign(&address, &target(ANOTHER), None)
            .await;
        moved.expect("accepted, and followed to its end");
    }
}

#[tokio::test]
async fn a_release_is_as_described() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    for address in addresses() {
        let freed = provider(&base, PRESET, ANOTHER)
            .release(&address, &target(HOLDER))
            .await;
        freed.expect("accepted, and followed to its end");
    }
}

#[tokio::test]
async fn assignments_that_break_the_description_are_refused() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    let mutations = [
        ("the droplet's id as text", "target | int", "target"),
        ("no droplet", ", 'droplet_id': target | int", ""),
        ("another verb", "'assign'", "'reassign'"),
        (
            "a list",
            "{'type': 'assign', 'droplet_id': target | int}",
            "[]",
        ),
        ("no type", "'type': 'assign', 'droplet_id'", "'droplet_id'"),
    ];
    for address in addresses() {
        let assign = async |preset: &str| {
            provider(&base, preset, ANOTHER)
                .assign(&address, &target(ANOTHER), None)
                .await
        };
        assert_each_refused(PRESET, &mutations, assign, |error| {
            error.kind == ErrorKind::Conflict
        })
        .await;
    }
}

#[tokio::test]
async fn paths_that_the_description_does_not_have_are_refused() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    for (from, to) in [
        ("'reserved_ips'", "'reserved_ip'"),
        ("'reserved_ipv6'", "'reserved_ipv6s'"),
    ] {
        let mutated = mutated(PRESET, from, to);
        let provider = provider(&base, &mutated, ANOTHER);
        let mut refused = 0;
        for address in addresses() {
            refused += usize::from(provider.observe(&address).await.is_err());
        }
        assert_eq!(refused, 1, "{from}");
    }
}

#[tokio::test]
async fn droplets_are_listed_as_described() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    let found = provider(&base, PRESET, ANOTHER)
        .discover("env:prod")
        .await
        .expect("a list");
    let private = ["10.128.192.124", "10.128.192.138"];
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        found, private,
        "the private addresses of the example's droplets"
    );

    let too_many = mutated(PRESET, "per_page=50", "per_page=201");
    let refused = provider(&base, &too_many, ANOTHER)
        .discover("env:prod")
        .await;
    refused.expect_err("200 is the most that a page may have");
}

#[test]
fn a_request_without_a_token_is_refused() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    for path in [
        "/v2/reserved_ips/45.55.96.47",
        "/v2/droplets?tag_name=env:prod",
    ] {
        let answer = without_credentials(&base, path);
        assert!(answer.starts_with("HTTP/1.1 401 "), "{path}: {answer}");
    }
}
