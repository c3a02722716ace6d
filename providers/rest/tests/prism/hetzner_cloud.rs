//! The `hetzner-cloud` preset against the description that Hetzner publishes, cleaned up.

use les_provider::{AddressId, ErrorKind, Provider};

use crate::server::{prism, without_credentials};
use crate::support::{assert_each_refused, mutated, provider, target};

const DESCRIPTION: &str = "hetzner-cloud.openapi.json";
const PRESET: &str = include_str!("../../presets/hetzner-cloud.toml");

/// From the description's examples: an id and the server that holds it.
const ID: &str = "42";
const HOLDER: &str = "42";
const ANOTHER: &str = "4711";

/// Prism's example of a page always has a next one.
fn only_first_pages() -> String {
    let first =
        "next_page = \"body.meta.pagination.next_page if body.floating_ips is defined else none\"";
    let preset = mutated(PRESET, first, "next_page = \"none\"");
    mutated(
        &preset,
        "next_page = \"body.meta.pagination.next_page\"",
        "next_page = \"none\"",
    )
}

fn address() -> AddressId {
    AddressId(ID.to_owned())
}

#[tokio::test]
async fn the_holder_is_read_from_the_described_answer() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    let seen = provider(&base, PRESET, ANOTHER)
        .observe(&address())
        .await
        .expect("an observation");
    assert_eq!(seen.holder, Some(target(HOLDER)));
}

#[tokio::test]
async fn an_address_is_looked_for_as_described() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    // The example of every floating IP in the list, which is an IPv6 network.
    let network = AddressId("2001:db8::".to_owned());
    let seen = provider(&base, &only_first_pages(), ANOTHER)
        .observe(&network)
        .await
        .expect("an observation");
    assert_eq!(seen.holder, Some(target(HOLDER)));
}

#[tokio::test]
async fn an_assignment_is_as_described() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    let moved = provider(&base, PRESET, ANOTHER)
        .assign(&address(), &target(ANOTHER), None)
        .await;
    moved.expect("accepted, and followed to its end");
}

#[tokio::test]
async fn a_release_is_as_described() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    let freed = provider(&base, PRESET, ANOTHER)
        .release(&address(), &target(HOLDER))
        .await;
    freed.expect("accepted, and followed to its end");
}

#[tokio::test]
async fn assignments_that_break_the_description_are_refused() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    let mutations = [
        ("the server's id as text", "target | int", "target"),
        ("another key", "{'server'", "{'server_id'"),
        ("a list", "{'server': target | int}", "[]"),
        ("nothing", "json = \"{'server': target | int}\"", ""),
    ];
    let assign = async |preset: &str| {
        provider(&base, preset, ANOTHER)
            .assign(&address(), &target(ANOTHER), None)
            .await
    };
    assert_each_refused(PRESET, &mutations, assign, |error| {
        matches!(error.kind, ErrorKind::Conflict | ErrorKind::Misconfigured)
    })
    .await;
}

#[tokio::test]
async fn paths_that_the_description_does_not_have_are_refused() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    let another_verb = mutated(PRESET, "actions/assign\"", "actions/attach\"");
    let provider = provider(&base, &another_verb, ANOTHER);
    let refused = provider.assign(&address(), &target(ANOTHER), None).await;
    refused.expect_err("no such path");
}

#[tokio::test]
async fn servers_are_listed_as_described() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    let preset = only_first_pages();
    let found = provider(&base, &preset, ANOTHER).discover("les=web").await;
    assert!(!found.expect("a list").is_empty());

    let selector = "/servers?label_selector={{ selector }}&per_page=";
    let odd = mutated(&preset, &format!("{selector}50"), &format!("{selector}all"));
    let refused = provider(&base, &odd, ANOTHER).discover("les=web").await;
    refused.expect_err("a page's size is a number");
}

#[test]
fn a_request_without_a_token_is_refused() {
    let Some(base) = prism(DESCRIPTION) else {
        return;
    };
    let answer = without_credentials(&base, "/floating_ips/42");
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}
