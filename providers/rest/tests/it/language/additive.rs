//! Clouds where an address can have several holders: it is given first, and then taken from the others.

use les_provider::{ErrorKind, Provider};
use les_provider_rest::RestProvider;
use serde_json::json;

use crate::acme::{Acme, Client, Reply, address, machine, seen};

const PARTS: [(&str, &str); 2] = [
    (
        "describe",
        r#"
[[describe.step]]
name = "machines"
path = "/machines"
value = "body.machines | map(attribute='id') | list"
[[describe.step]]
name = "details"
for_each = "found.machines"
path = "/machines/{{ item }}"
value = "body"
[describe]
holder = "found.details | selectattr('has_address') | map(attribute='id') | list"
"#,
    ),
    (
        "assign",
        r#"
[[assign.step]]
when = "target not in holders"
method = "POST"
path = "/ips/{{ id }}:attach"
json = "{'server': target}"
[[assign.step]]
for_each = "holders | reject('equalto', target) | list"
method = "POST"
path = "/ips/{{ id }}:detach"
json = "{'server': item}"
"#,
    ),
];

/// Machines m1, m2 and m7; this one is m7.
async fn additive(holders: &[&str]) -> (Acme, RestProvider) {
    let acme = Acme::new().await;
    acme.set_holders(holders);
    acme.with(|world| world.additive = true);
    acme.hook(|received, world| {
        let path = received.path.strip_prefix("/machines")?;
        let body = match path.strip_prefix('/') {
            None => json!({"machines": [{"id": "m7"}, {"id": "m1"}, {"id": "m2"}]}),
            Some(id) => json!({"id": id, "has_address": world.holders.iter().any(|h| h == id)}),
        };
        Some(Reply::json(200, &body))
    });
    let mut client = Client::new(&acme, &PARTS);
    client.target = Some("m7".to_owned());
    let provider = client.provider();
    (acme, provider)
}

#[tokio::test]
async fn each_machine_is_asked_and_it_is_ones_own_only_when_nobody_else_holds_it() {
    for (holders, holder) in [
        (&[][..], None),
        (&["m2"], Some("m2")),
        (&["m7"], Some("m7")),
        (&["m7", "m1"], Some("m1")),
        (&["m1", "m7"], Some("m1")),
    ] {
        let (acme, provider) = additive(holders).await;
        let read = provider.observe(&address()).await.unwrap();
        assert_eq!(read.holder, holder.map(machine), "{holders:?}");
        assert_eq!(
            acme.server.lines(),
            [
                "GET /machines",
                "GET /machines/m7",
                "GET /machines/m1",
                "GET /machines/m2"
            ]
        );
    }
}

#[tokio::test]
async fn it_is_given_and_then_taken_from_all_others() {
    let (acme, provider) = additive(&["m1", "m2"]).await;
    provider
        .assign(&address(), &machine("m7"), Some(&seen(Some("m1"))))
        .await
        .unwrap();
    assert_eq!(acme.holders(), ["m7"]);
    let posts: Vec<_> = acme
        .server
        .received()
        .iter()
        .filter(|r| r.method == "POST")
        .map(|r| format!("{} {}", r.path, r.body))
        .collect();
    assert_eq!(
        posts,
        [
            r#"/ips/ip1:attach {"server":"m7"}"#,
            r#"/ips/ip1:detach {"server":"m1"}"#,
            r#"/ips/ip1:detach {"server":"m2"}"#,
        ]
    );
}

#[tokio::test]
async fn a_move_that_ended_half_way_is_finished_by_the_next() {
    let (acme, provider) = additive(&["m1"]).await;
    acme.hook({
        let mut refused = false;
        move |received, world| {
            if received.path.starts_with("/machines/") {
                let id = received.path.rsplit('/').next().unwrap_or_default();
                return Some(Reply::json(
                    200,
                    &json!({"id": id, "has_address": world.holders.iter().any(|h| h == id)}),
                ));
            }
            if received.path == "/machines" {
                return Some(Reply::json(
                    200,
                    &json!({"machines": [{"id": "m7"}, {"id": "m1"}]}),
                ));
            }
            let first = received.path.ends_with(":detach")
                && !std::mem::replace(&mut refused, received.path.ends_with(":detach"));
            first.then(|| Reply::json(503, &json!({"message": "later"})))
        }
    });
    let error = provider
        .assign(&address(), &machine("m7"), Some(&seen(Some("m1"))))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::MaybeApplied, "{error}");
    assert_eq!(acme.holders(), ["m1", "m7"]);
    let read = provider.observe(&address()).await.unwrap();
    assert_eq!(read.holder, Some(machine("m1")), "not done yet");
    provider
        .assign(&address(), &machine("m7"), Some(&read))
        .await
        .unwrap();
    assert_eq!(
        (acme.holders(), acme.count(":attach")),
        (vec!["m7".to_owned()], 1)
    );
}

#[tokio::test]
async fn a_release_takes_it_from_one_and_leaves_the_others() {
    let (acme, provider) = additive(&["m1", "m7"]).await;
    provider.release(&address(), &machine("m7")).await.unwrap();
    assert_eq!(acme.holders(), ["m1"]);
    provider.release(&address(), &machine("m7")).await.unwrap();
    assert_eq!(
        acme.count("POST"),
        1,
        "who does not hold it is not freed of it"
    );
}
