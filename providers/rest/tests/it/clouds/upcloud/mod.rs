//! The `upcloud` preset: the suite, and what is particular to that cloud.

mod fake;

use les_provider::conformance::{self, Harness};
use les_provider::{AddressId, ErrorKind, Operation, Provider, Target};
use serde_json::json;

use super::stage::answering;

use self::fake::{
    DELEGATED, ELSEWHERE, MAINTAINED, ME, NOT_FLOATING, OTHER, PASSWORD, TOKEN, USER, fresh, mac,
    wiring,
};

const BY_TOKEN: &[(&str, &str)] = &[("UPCLOUD_TOKEN", TOKEN)];
const BY_PASSWORD: &[(&str, &str)] = &[("UPCLOUD_USERNAME", USER), ("UPCLOUD_PASSWORD", PASSWORD)];

#[tokio::test]
async fn passes_the_suite_with_a_token() {
    conformance::run(async || fresh(BY_TOKEN).await).await;
}

#[tokio::test]
async fn passes_the_suite_with_a_user_and_a_password() {
    conformance::run(async || fresh(BY_PASSWORD).await).await;
}

#[tokio::test]
async fn the_target_is_the_interface_that_can_bear_a_floating_ip() {
    let stage = fresh(BY_TOKEN).await;
    // The utility and the private network's interfaces, and the public one with IPv6, cannot.
    assert_eq!(stage.provider.target().await.unwrap(), mac(ME));
}

#[tokio::test]
async fn two_public_interfaces_are_told_and_none_is_guessed() {
    let stage = fresh(BY_TOKEN).await;
    let (api, node) = (
        format!("{}/1.3", stage.base),
        format!("{}/several", stage.base),
    );
    let error = wiring(&api, &node, BY_TOKEN).provider().target().await;
    let error = error.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured, "{error}");
    assert!(error.message.contains("target"), "{error}");
}

#[tokio::test]
async fn a_server_without_a_mac_is_no_free_address() {
    let base = answering(|_, _| {
        let named = json!({"address": "203.0.113.7", "floating": "yes", "server": "00798b85-efdc-41ca-8021-f6ef457b8531"});
        (200, json!({"ip_address": named}))
    })
    .await;
    let provider = wiring(&base, &base, BY_TOKEN).provider();
    let error = provider.observe(&AddressId("203.0.113.7".to_owned())).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Transient, "{error}");
    assert!(error.message.contains("no MAC"), "{error}");
}

#[tokio::test]
async fn a_move_is_one_request_whoever_has_the_address() {
    let stage = fresh(BY_TOKEN).await;
    stage.set_holder(Some(&mac(OTHER))).await;
    let address = &stage.names.address;
    stage
        .provider
        .assign(address, &mac(ME), None)
        .await
        .unwrap();
    assert_eq!(stage.moves(), [Some(mac(OTHER)), Some(mac(ME))]);
    assert_eq!(stage.asked(Operation::Assign), 1);
    assert_eq!(stage.asked(Operation::Release), 0);
}

#[tokio::test]
async fn an_address_that_is_no_floating_ip_is_told_and_left_alone() {
    let stage = fresh(BY_TOKEN).await;
    for (ip, hint) in [
        (NOT_FLOATING, "name a floating IP"),
        (DELEGATED, "load balancer"),
    ] {
        let address = AddressId(ip.to_owned());
        let error = stage.provider.observe(&address).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Misconfigured, "{error}");
        assert!(error.message.contains(hint), "{error}");
    }
    assert_eq!(stage.moves(), []);
}

#[tokio::test]
async fn refusals_say_what_a_person_can_do() {
    let stage = fresh(BY_TOKEN).await;
    let cases = [
        (mac(ELSEWHERE), ErrorKind::Misconfigured, "own zone"),
        (mac(MAINTAINED), ErrorKind::InProgress, "maintenance"),
        (
            stage.names.unknown_target.clone(),
            ErrorKind::NotFound,
            "public IPv4 interface",
        ),
    ];
    for (to, kind, hint) in cases {
        let moved = stage.provider.assign(&stage.names.address, &to, None).await;
        let error = moved.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.message.contains(hint), "{error}");
    }
    let error = stage.refused.observe(&stage.names.address).await;
    let error = error.unwrap_err();
    assert!(error.message.contains("allowed_ip_ranges"), "{error}");
    assert_eq!(stage.holder().await, None);
}

#[tokio::test]
async fn a_target_in_capitals_is_refused_before_anything_is_sent() {
    // UpCloud answers in lower case: the holder would never be this machine.
    let stage = fresh(BY_TOKEN).await;
    let to = Target(ME.to_uppercase());
    let moved = stage.provider.assign(&stage.names.address, &to, None).await;
    let error = moved.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured, "{error}");
    assert_eq!(stage.asked(Operation::Assign), 0);
}
