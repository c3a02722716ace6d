//! The `scaleway` preset against a copy of Scaleway's own description of the API. Its answers are made up ("string"), and always the
//! same: a move that is accepted ends as one whose end never came.

use std::time::Duration;

use les_provider::{AddressId, ErrorKind, Provider, ProviderError};
use les_provider_rest::{RestProvider, Timing};

use crate::server::{prism, without_credentials};
use crate::support::{Mutation, assert_each_refused, configured_provider, mutated, target};

const DESCRIPTION: &str = "scaleway.openapi.json";
const PRESET: &str = include_str!("../../presets/scaleway.toml");
const ADDRESS: &str = "51.15.236.240";
const ME: &str = "699d9a45-968e-408e-bdd7-41546870c373";
/// The holder in every answer.
const HOLDER: &str = "string";

/// The holder never changes, so a move is not waited for long.
const TIMING: Timing = Timing {
    action_interval: Some(Duration::from_millis(1)),
    action_deadline: Some(Duration::from_millis(20)),
    ..Timing::UNCHANGED
};

fn provider(base: &str, preset: &str, direct: &str) -> RestProvider {
    let options = [("zone", "fr-par-1"), ("direct", direct)];
    configured_provider(base, preset, ME, &options, TIMING)
}

fn address() -> AddressId {
    AddressId(ADDRESS.to_owned())
}

async fn assign(base: &str, preset: &str, direct: &str) -> Result<(), ProviderError> {
    provider(base, preset, direct)
        .assign(&address(), &target(ME), None)
        .await
}

#[tokio::test]
async fn the_holder_is_read_from_the_described_answer() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    let seen = provider(&base, PRESET, "no")
        .observe(&address())
        .await
        .expect("an observation");
    assert_eq!(seen.holder, Some(target(HOLDER)));
}

#[tokio::test]
async fn both_ways_of_a_move_are_as_described() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    for direct in ["no", "yes"] {
        let moved = assign(&base, PRESET, direct).await;
        let error = moved.expect_err("the holder never changes");
        assert_eq!(error.kind, ErrorKind::MaybeApplied, "{error}");
        assert!(error.message.contains("waits for"), "{error}");
    }
}

#[tokio::test]
async fn a_release_is_as_described() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    let any_target = mutated(
        PRESET,
        "[target]\ngrammar = \"uuid\"",
        "[target]\ngrammar = \"text\"",
    );
    let freed = provider(&base, &any_target, "no")
        .release(&address(), &target(HOLDER))
        .await;
    let error = freed.expect_err("accepted, but the holder never changes");
    assert_eq!(error.kind, ErrorKind::MaybeApplied, "{error}");
    assert!(error.message.contains("waits for"), "{error}");
}

#[tokio::test]
async fn moves_that_break_the_description_are_refused() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    let in_one_call: [Mutation; _] = [
        ("a number", "{'server': target}", "{'server': 7}"),
        (
            "an object",
            "{'server': target}",
            "{'server': {'id': target}}",
        ),
        ("a list", "{'server': target}", "[]"),
    ];
    let in_two: [Mutation; _] = [
        (
            "a number instead of nobody",
            "{'server': none}",
            "{'server': 0}",
        ),
        ("another verb", "method = \"PATCH\"", "method = \"PUT\""),
        (
            "another path",
            "/servers/{{ target }}",
            "/server/{{ target }}",
        ),
    ];
    for (direct, mutations) in [("yes", in_one_call), ("no", in_two)] {
        let assign = async |preset: &str| assign(&base, preset, direct).await;
        assert_each_refused(PRESET, &mutations, assign, |error| {
            error.kind != ErrorKind::MaybeApplied && error.message.contains("HTTP 4")
        })
        .await;
    }
}

#[test]
fn a_request_without_a_key_is_refused() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    let path = format!("/instance/v1/zones/fr-par-1/ips/{ADDRESS}");
    let answer = without_credentials(&base, &path);
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}
