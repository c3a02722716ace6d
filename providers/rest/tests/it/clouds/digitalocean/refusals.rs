//! What becomes of a call that DigitalOcean refuses, and what the operator is told.

use les_provider::{ErrorKind, Provider, ProviderError};
use serde_json::json;

use super::{ME, OTHER, provider_of};
use crate::clouds::stage::{answering, fixture};
use crate::support::{TOKEN, address, droplet};

/// What a move ends on if the write is refused so; readings work, and another droplet has the address.
async fn refused_move(status: u16, message: &'static str) -> ProviderError {
    let base = answering(move |method, _| match method {
        "GET" => (200, fixture("digitalocean/reserved_ip.json")),
        _ => (status, json!({ "id": "refused", "message": message })),
    })
    .await;
    let provider = provider_of(&base, ME, TOKEN);
    let moved = provider.assign(&address(), &droplet(OTHER), None).await;
    moved.expect_err("the move is refused")
}

#[tokio::test]
async fn every_refusal_tells_the_caller_what_it_may_do() {
    let pending = "Droplet already has a pending event.";
    let refusals = [
        (
            401,
            "Unable to authenticate you",
            ErrorKind::Denied,
            "not revoked",
        ),
        (
            403,
            "You are not authorized",
            ErrorKind::Denied,
            "reserved_ip:update",
        ),
        (404, "not found", ErrorKind::NotFound, "not found"),
        (422, pending, ErrorKind::InProgress, pending),
        (
            422,
            "Region mismatch",
            ErrorKind::Conflict,
            "of the address's region",
        ),
        (500, "Unexpected", ErrorKind::MaybeApplied, "Unexpected"),
        (503, "Maintenance", ErrorKind::Transient, "Maintenance"),
    ];
    for (status, message, kind, said) in refusals {
        let error = refused_move(status, message).await;
        assert_eq!(error.kind, kind, "{status} {message}: {error}");
        assert!(error.message.contains(said), "{status} {message}: {error}");
    }
}

/// Each call needs scopes of its own, and the metadata service none.
#[tokio::test]
async fn a_missing_scope_is_named_where_it_is_missing() {
    let base = answering(|_, _| (403, json!({ "id": "forbidden", "message": "no" }))).await;
    let provider = provider_of(&base, ME, TOKEN);
    let observed = provider.observe(&address()).await.unwrap_err();
    assert!(observed.message.contains("reserved_ip:read"), "{observed}");
    let discovered = provider.discover("les").await.unwrap_err();
    assert!(discovered.message.contains("tag:read"), "{discovered}");
    let target = provider.target().await.unwrap_err();
    assert!(!target.message.contains("scope"), "{target}");
}

#[tokio::test]
async fn an_action_that_may_not_be_followed_names_the_scope_and_is_ambiguous() {
    let base = answering(|method, path| match (method, path.contains("/actions")) {
        ("GET", false) => (200, fixture("digitalocean/reserved_ipv6.json")),
        ("GET", true) => (403, json!({ "id": "forbidden", "message": "no" })),
        _ => {
            let mut begun = fixture("digitalocean/reserved_ipv6_action.json");
            begun["action"]["status"] = json!("in-progress");
            (201, begun)
        }
    })
    .await;
    let provider = provider_of(&base, ME, TOKEN);
    let moved = provider
        .assign(&super::ipv6::address(), &droplet(OTHER), None)
        .await;
    let error = moved.unwrap_err();
    assert_eq!(error.kind, ErrorKind::MaybeApplied, "{error}");
    let told = crate::support::shown(&error);
    assert!(told.contains("actions:read"), "{told}");
}
