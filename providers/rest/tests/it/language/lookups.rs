//! From what a person configures to what the cloud calls it: addresses and this machine.

use les_provider::{AddressId, ErrorKind, Provider};
use les_provider_rest::RestProvider;
use serde_json::{Value, json};

use crate::acme::{Acme, Client, Reply, TOKEN, chain, machine};

const LOCATE: &str = r#"
[locate]
path = "/all?page={{ page }}"
next_page = "body.next"
value = "body.ips | selectattr('ip', 'equalto', address) | map(attribute='id') | list"
"#;

fn ip() -> AddressId {
    AddressId("203.0.113.7".to_owned())
}

/// A cloud that lists these addresses; `/ips/7` and `/ips/8` are there while `known` is.
async fn listing(ips: Value) -> (Acme, RestProvider) {
    let acme = Acme::new().await;
    acme.hook(move |received, _| {
        received
            .path
            .starts_with("/all")
            .then(|| Reply::json(200, &json!({"ips": ips, "next": null})))
    });
    let provider = Client::new(&acme, &[("locate", LOCATE)]).provider();
    (acme, provider)
}

#[tokio::test]
async fn an_address_is_located_once_and_used_by_its_id() {
    let ips = json!([{"ip": "203.0.113.6", "id": "6"}, {"ip": "203.0.113.7", "id": 7}]);
    let (acme, provider) = listing(ips).await;
    provider.observe(&ip()).await.unwrap();
    provider.assign(&ip(), &machine("m7"), None).await.unwrap();
    assert_eq!(
        acme.server.lines(),
        ["GET /all?page=1", "GET /ips/7", "POST /ips/7/move"]
    );
}

#[tokio::test]
async fn none_is_not_found_and_several_are_named() {
    let (_, provider) = listing(json!([{"ip": "203.0.113.6", "id": "6"}])).await;
    let error = provider.observe(&ip()).await.unwrap_err();
    assert_eq!(
        (error.kind, error.operation),
        (ErrorKind::NotFound, "observe")
    );
    assert!(
        error
            .to_string()
            .contains("203.0.113.7 among those that these credentials can see: there is none"),
        "{error}"
    );

    let twice = json!([{"ip": "203.0.113.7", "id": 7}, {"ip": "203.0.113.7", "id": "8b"}]);
    let (acme, provider) = listing(twice).await;
    let error = provider
        .assign(&ip(), &machine("m7"), None)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.operation),
        (ErrorKind::Misconfigured, "assign")
    );
    assert!(
        error
            .to_string()
            .contains("there are 2, and one is expected: 7, 8b"),
        "{error}"
    );
    assert_eq!(acme.count("POST"), 0);
}

#[tokio::test]
async fn an_id_of_another_form_is_told_and_never_used() {
    for id in [
        json!(null),
        json!(1.5),
        json!({}),
        json!(["7"]),
        json!(true),
        json!(""),
    ] {
        let (acme, provider) = listing(json!([{"ip": "203.0.113.7", "id": id}])).await;
        let error = provider.observe(&ip()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Misconfigured, "{id}: {error}");
        assert_eq!(acme.count("/ips/"), 0, "{id}");
    }
}

#[tokio::test]
async fn an_id_that_the_cloud_does_not_know_any_more_is_looked_up_again() {
    let acme = Acme::new().await;
    acme.hook(|received, world| {
        let id = if world.revision == 0 { "7" } else { "8" };
        match received.path.as_str() {
            "/all?page=1" => Some(Reply::json(
                200,
                &json!({"ips": [{"ip": "203.0.113.7", "id": id}], "next": null}),
            )),
            path if path != format!("/ips/{id}") => Some(Reply::json(404, &json!({}))),
            _ => None,
        }
    });
    let provider = Client::new(&acme, &[("locate", LOCATE)]).provider();
    provider.observe(&ip()).await.unwrap();
    // Deleted, and made anew under another id.
    acme.with(|world| world.revision = 1);
    assert_eq!(
        provider.observe(&ip()).await.unwrap_err().kind,
        ErrorKind::NotFound
    );
    provider.observe(&ip()).await.unwrap();
    assert_eq!(
        acme.server.lines(),
        [
            "GET /all?page=1",
            "GET /ips/7",
            "GET /ips/7",
            "GET /all?page=1",
            "GET /ips/8"
        ]
    );
}

const CHAIN: &str = r#"
[identity]
metadata_base = "http://169.254.169.254"
[[identity.step]]
name = "token"
method = "PUT"
path = "/v1/token"
headers = { Token-Expiry-Seconds = "3600" }
secret = true
value = "text"
[[identity.step]]
name = "id"
path = "/v1/instance"
headers = { Metadata-Token = "{{ found.token }}" }
value = "body.id"
[[identity.step]]
from = "api"
path = "/ports?server={{ found.id }}"
value = "body.ports | map(attribute='id') | list"
"#;

async fn chained(ports: Value) -> (Acme, RestProvider) {
    let acme = Acme::new().await;
    acme.hook(move |received, _| match received.path.as_str() {
        "/v1/token" => Some(Reply::text(200, "metadata-5ecre7\n")),
        "/v1/instance" => Some(Reply::json(200, &json!({"id": 31}))),
        "/ports?server=31" => Some(Reply::json(200, &json!({ "ports": ports }))),
        _ => None,
    });
    let provider = Client::new(&acme, &[("identity", CHAIN)]).provider();
    (acme, provider)
}

#[tokio::test]
async fn this_machine_is_found_by_a_metadata_token_then_its_id_then_the_api() {
    let (acme, provider) = chained(json!([{"id": "port-1"}])).await;
    assert_eq!(provider.target().await.unwrap(), machine("port-1"));
    let [token, id, ports] = &acme.server.received()[..] else {
        panic!("three requests: {:?}", acme.server.lines());
    };
    assert_eq!(
        (token.line().as_str(), token.header("token-expiry-seconds")),
        ("PUT /v1/token", "3600")
    );
    assert_eq!(id.header("metadata-token"), "metadata-5ecre7");
    assert_eq!(
        (token.header("authorization"), id.header("authorization")),
        ("", "")
    );
    assert_eq!(ports.header("authorization"), format!("Bearer {TOKEN}"));
}

#[tokio::test]
async fn a_machine_with_no_port_or_several_is_told_what_to_do() {
    for (ports, told) in [
        (json!([]), "this machine's id: there is none"),
        (
            json!([{"id": "p1"}, {"id": "p2"}]),
            "there are 2, and one is expected: p1, p2",
        ),
        (
            json!([{"id": "../admin"}]),
            "the cloud names something else: a target must consist of",
        ),
    ] {
        let (_, provider) = chained(ports).await;
        let error = provider.target().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Misconfigured);
        let text = chain(&error);
        assert!(text.contains(told), "{text}");
        assert!(
            text.contains("configure its target") || told.starts_with("there"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_metadata_service_that_is_another_clouds_is_told_as_that() {
    let acme = Acme::new().await;
    acme.hook(|_, _| Some(Reply::text(404, "<html>")));
    let error = Client::new(&acme, &[("identity", CHAIN)])
        .provider()
        .target()
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(
        error
            .to_string()
            .contains("if this machine is not one of the cloud's, configure its target"),
        "{error}"
    );
}
