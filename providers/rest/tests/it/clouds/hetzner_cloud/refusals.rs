//! What becomes of a move that Hetzner refuses, by its code.

use les_provider::{AddressId, ErrorKind, Provider, ProviderError};
use serde_json::json;

use super::fake::TOKEN;
use super::{ID, server, wiring};
use crate::clouds::stage::{answering, fixture};

/// Each code of the documentation that a floating IP's calls can have: status, code, on what a move ends, and what is said.
const REFUSALS: &[(u16, &str, ErrorKind, &str)] = &[
    (
        401,
        "unauthorized",
        ErrorKind::Denied,
        "the token is refused",
    ),
    (403, "forbidden", ErrorKind::Denied, "the cloud's words"),
    (403, "token_readonly", ErrorKind::Denied, "Read & Write"),
    (
        403,
        "resource_limit_exceeded",
        ErrorKind::Misconfigured,
        "limit of the account",
    ),
    (
        404,
        "not_found",
        ErrorKind::NotFound,
        "in the token's project",
    ),
    (409, "conflict", ErrorKind::Conflict, "the cloud's words"),
    (
        410,
        "deprecated_api_endpoint",
        ErrorKind::Misconfigured,
        "newer les",
    ),
    (
        422,
        "floating_ip_assigned",
        ErrorKind::Conflict,
        "the cloud's words",
    ),
    (
        422,
        "invalid_input",
        ErrorKind::Misconfigured,
        "id of a server",
    ),
    (423, "locked", ErrorKind::InProgress, "the cloud's words"),
    (423, "resource_locked", ErrorKind::Denied, "support"),
    (
        429,
        "rate_limit_exceeded",
        ErrorKind::Throttled { retry_after: None },
        "the cloud's words",
    ),
    (
        500,
        "server_error",
        ErrorKind::MaybeApplied,
        "the cloud's words",
    ),
    (
        502,
        "bad_gateway",
        ErrorKind::MaybeApplied,
        "the cloud's words",
    ),
    (
        503,
        "maintenance",
        ErrorKind::Transient,
        "the cloud's words",
    ),
    (
        503,
        "robot_unavailable",
        ErrorKind::Transient,
        "the cloud's words",
    ),
    (504, "timeout", ErrorKind::MaybeApplied, "the cloud's words"),
    // The documentation promises the codes rather than the statuses.
    (409, "locked", ErrorKind::InProgress, "the cloud's words"),
    (
        422,
        "resource_unavailable",
        ErrorKind::Transient,
        "the cloud's words",
    ),
    (400, "conflict", ErrorKind::Conflict, "the cloud's words"),
    (
        403,
        "rate_limit_exceeded",
        ErrorKind::Throttled { retry_after: None },
        "the cloud's words",
    ),
];

/// What a move ends on if the write is refused so; readings work, and somebody else holds the address.
async fn refused_move(status: u16, code: &str) -> ProviderError {
    let refusal =
        json!({ "error": { "code": code, "message": "the cloud's words", "details": null } });
    let base = answering(move |method, _| match method {
        "GET" => (200, fixture("hetzner-cloud/floating_ip.json")),
        _ => (status, refusal.clone()),
    })
    .await;
    let id = AddressId(ID.to_owned());
    let provider = wiring(&base, &base, &[("HCLOUD_TOKEN", TOKEN)]).provider();
    let moved = provider.assign(&id, &server(43), None).await;
    moved.expect_err("the move is refused")
}

#[tokio::test]
async fn every_code_tells_the_caller_what_it_may_do() {
    for (status, code, kind, said) in REFUSALS {
        let error = refused_move(*status, code).await;
        assert_eq!(error.kind, *kind, "{status} {code}: {error}");
        assert!(error.message.contains(said), "{status} {code}: {error}");
    }
}
