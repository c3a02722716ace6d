//! The `scaleway` preset against a copy of Scaleway's own description of the API. Its answers are made up ("string"), and always the
//! same: a move that is accepted ends as one whose end never came.

use std::collections::BTreeMap;
use std::time::Duration;

use les_provider::{AddressId, ErrorKind, Provider, ProviderError, Target};
use les_provider_rest::{Options, Preset, RestProvider, Settings, Timing};

use crate::server::{credentials, mutated, prism, without_credentials};

const DESCRIPTION: &str = "scaleway.openapi.json";
const PRESET: &str = include_str!("../../presets/scaleway.toml");
const ADDRESS: &str = "51.15.236.240";
const ME: &str = "699d9a45-968e-408e-bdd7-41546870c373";
/// The holder in every answer.
const HOLDER: &str = "string";

fn provider(base: &str, preset: &str, direct: &str) -> RestProvider {
    let preset = Preset::parse("the preset under test", preset).expect("a preset");
    let configured = BTreeMap::from([("zone", "fr-par-1"), ("direct", direct)]);
    let configured = configured
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let options = Options {
        base_url: Some(base.to_owned()),
        target: Some(ME.to_owned()),
        settings: Settings::lookup(&preset, &configured, &|_| None).expect("settings"),
        timing: Timing {
            action_interval: Some(Duration::from_millis(1)),
            action_deadline: Some(Duration::from_millis(20)),
            ..Timing::UNCHANGED
        },
        ..Options::new(credentials(&preset))
    };
    RestProvider::new(preset, options).expect("a provider")
}

async fn assign(base: &str, preset: &str, direct: &str) -> ProviderError {
    let moved = provider(base, preset, direct)
        .assign(&AddressId(ADDRESS.to_owned()), &Target(ME.to_owned()), None)
        .await;
    moved.expect_err("the holder never changes")
}

#[tokio::test]
async fn the_holder_is_read_from_the_described_answer() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    let seen = provider(&base, PRESET, "no")
        .observe(&AddressId(ADDRESS.to_owned()))
        .await
        .expect("an observation");
    assert_eq!(seen.holder, Some(Target(HOLDER.to_owned())));
}

#[tokio::test]
async fn both_ways_of_a_move_are_as_described() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    for direct in ["no", "yes"] {
        let error = assign(&base, PRESET, direct).await;
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
        .release(&AddressId(ADDRESS.to_owned()), &Target(HOLDER.to_owned()))
        .await;
    freed.expect("accepted");
}

/// The oracle can say no: each mutation of the preset is refused.
#[tokio::test]
async fn moves_that_break_the_description_are_refused() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    let mutations = [
        ("a number", "yes", "{'server': target}", "{'server': 7}"),
        (
            "an object",
            "yes",
            "{'server': target}",
            "{'server': {'id': target}}",
        ),
        ("a list", "yes", "{'server': target}", "[]"),
        (
            "a number instead of nobody",
            "no",
            "{'server': none}",
            "{'server': 0}",
        ),
        (
            "another verb",
            "no",
            "method = \"PATCH\"",
            "method = \"PUT\"",
        ),
        (
            "another path",
            "no",
            "/servers/{{ target }}",
            "/server/{{ target }}",
        ),
    ];
    for (what, direct, from, to) in mutations {
        let error = assign(&base, &mutated(PRESET, from, to), direct).await;
        assert_ne!(error.kind, ErrorKind::MaybeApplied, "{what}: {error}");
        assert!(error.message.contains("HTTP 4"), "{what}: {error}");
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
