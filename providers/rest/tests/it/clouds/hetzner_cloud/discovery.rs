//! Servers by label.

use std::time::Duration;

use les_provider::{Operation, Provider};
use serde_json::{Value, json};

use super::{ID, with};
use crate::clouds::stage::{Stage, fixture};

fn labelled(servers: &Value) -> Vec<Value> {
    let mut servers = servers.as_array().expect("a list").clone();
    for server in &mut servers {
        server["labels"] = json!({ "les": "web" });
    }
    servers
}

async fn discovered(stage: &Stage, selector: &str) -> Vec<String> {
    let found = stage.provider.discover(selector).await.expect("a list");
    let mut found: Vec<String> = found.iter().map(ToString::to_string).collect();
    found.sort();
    found
}

#[tokio::test]
async fn servers_are_discovered_by_label_with_the_address_in_their_network_first() {
    let mut servers = labelled(&fixture("hetzner-cloud/servers.json")["servers"]);
    let mut public_only = servers[0].clone();
    public_only["private_net"] = json!([]);
    public_only["public_net"]["ipv4"]["ip"] = json!("192.0.2.7");
    let mut neither = public_only.clone();
    neither["public_net"]["ipv4"] = Value::Null;
    let mut of_another_cluster = public_only.clone();
    of_another_cluster["labels"] = json!({ "les": "mail" });
    servers.extend([public_only, neither, of_another_cluster]);
    let stage = with(Duration::ZERO, ID, servers).await;
    assert_eq!(
        discovered(&stage, "les=web").await,
        ["10.1.1.5", "10.1.1.7", "192.0.2.7"]
    );
    assert!(discovered(&stage, "les=none").await.is_empty());
}

#[tokio::test]
async fn every_page_of_servers_is_read() {
    let server = fixture("hetzner-cloud/servers.json")["servers"][0].take();
    let many = (0..120).map(|number| {
        let mut server = server.clone();
        server["private_net"][0]["ip"] = json!(format!("10.0.0.{number}"));
        server
    });
    let many = labelled(&many.collect());
    let stage = with(Duration::ZERO, ID, many).await;
    assert_eq!(discovered(&stage, "les=web").await.len(), 120);
    assert_eq!(stage.asked(Operation::Discover), 3);
}
