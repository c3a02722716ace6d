//! The simulated cloud's answers have the form of the examples in DigitalOcean's description.

use std::time::Duration;

use les_provider::conformance::Harness;
use les_provider::{AddressId, Secret};
use les_provider_simulated::{Droplet, Settings, SimulatedCloud};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{ME, fresh, ipv6};
use crate::clouds::stage::{clock, fixture, serve};
use crate::support::{TOKEN, address, droplet};

/// The body of the answer to a request with the right token.
async fn request(base: &str, line: &str, body: &str) -> Value {
    let authority = base.strip_prefix("http://").expect("plain HTTP");
    let mut stream = TcpStream::connect(authority).await.expect("it listens");
    let request = format!(
        "{line} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answered");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    serde_json::from_str(body).expect("JSON")
}

/// `shown` has everything that `example` has, of the same type. What may be null may be so on either side.
fn has_the_form_of(example: &Value, shown: &Value, at: &str) {
    match (example, shown) {
        (Value::Object(example), Value::Object(shown)) => {
            for (key, example) in example {
                let at = format!("{at}.{key}");
                let shown = shown.get(key);
                has_the_form_of(example, shown.unwrap_or_else(|| panic!("no {at}")), &at);
            }
        }
        (Value::Array(example), Value::Array(shown)) => {
            for (example, shown) in example.iter().zip(shown) {
                has_the_form_of(example, shown, &format!("{at}[]"));
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        (example, shown) => assert_eq!(
            std::mem::discriminant(example),
            std::mem::discriminant(shown),
            "{at}: {shown}"
        ),
    }
}

#[tokio::test]
async fn readings_and_actions_have_the_form_of_the_examples() {
    let families: [(AddressId, &str, &str); 2] = [
        (address(), "reserved_ips", "reserved_ip"),
        (ipv6::address(), "reserved_ipv6", "reserved_ipv6"),
    ];
    for (address, path, example) in families {
        let stage = fresh(&address, Duration::ZERO).await;
        stage.set_holder(Some(&droplet(ME))).await;
        let line = format!("GET /v2/{path}/{address}");
        let reading = request(&stage.base, &line, "").await;
        has_the_form_of(
            &fixture(&format!("digitalocean/{example}.json")),
            &reading,
            example,
        );

        let line = format!("POST /v2/{path}/{address}/actions");
        let begun = request(&stage.base, &line, r#"{"type":"unassign"}"#).await;
        has_the_form_of(
            &fixture("digitalocean/reserved_ipv6_action.json"),
            &begun,
            "action",
        );
        assert_eq!(begun["action"]["resource_type"], example);
    }
}

#[tokio::test]
async fn the_list_of_droplets_has_the_form_of_the_example() {
    let settings = Settings {
        token: Secret::new(TOKEN),
        action_takes: Duration::ZERO,
        hide_droplets: false,
    };
    let simulated = SimulatedCloud::new(settings, clock());
    for id in [1, 2] {
        let droplet = Droplet {
            tags: vec!["web".to_owned()],
            private: Some([127, 0, 0, 1].into()),
            public: Some([192, 0, 2, 1].into()),
        };
        simulated.set_droplet(id, droplet);
    }
    let base = serve(simulated.router()).await;
    let listed = request(&base, "GET /v2/droplets?tag_name=web", "").await;
    has_the_form_of(&fixture("digitalocean/droplets.json"), &listed, "");
}
