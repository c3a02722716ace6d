//! Requests as they are made: bodies, headers, paths.

use std::collections::BTreeSet;

use les_provider::{AddressId, Provider, in_trace};
use serde_json::{Value, json};

use crate::acme::{Acme, Client, Received, Reply, address, machine, seen};

/// What the cloud receives when the address is moved by this `[assign]`, whatever it answers.
async fn moved(assign: &str, to: &str) -> Vec<Received> {
    let acme = Acme::new().await;
    let provider = Client::new(&acme, &[("assign", assign)]).provider();
    let _ = provider
        .assign(&address(), &machine(to), Some(&seen(None)))
        .await;
    acme.server.received()
}

#[tokio::test]
async fn bodies_are_json_a_form_nothing_or_null() {
    let body = |received: &[Received]| {
        let last = received.last().expect("it was sent");
        (
            last.body.clone(),
            last.header("content-type").to_owned(),
            last.header("content-length").to_owned(),
        )
    };
    let json_type = "application/json".to_owned();
    let sent = moved("[assign]\nmethod = 'PUT'\npath = '/x'\njson = \"{'id': target | int, 'text': target, 'none': none, 'list': [1.5, true]}\"", "12345678901").await;
    let (text, kind, _) = body(&sent);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        value,
        json!({"id": 12_345_678_901_u64, "text": "12345678901", "none": null, "list": [1.5, true]})
    );
    assert_eq!(kind, json_type);

    let sent = moved(
        "[assign]\nmethod = 'POST'\npath = '/x'\nform = \"{'active_server_ip': target, 'n': 7}\"",
        "a-1",
    )
    .await;
    let (text, kind, _) = body(&sent);
    assert_eq!(
        (text.as_str(), kind.as_str()),
        (
            "active_server_ip=a-1&n=7",
            "application/x-www-form-urlencoded"
        )
    );

    let sent = moved("[assign]\nmethod = 'DELETE'\npath = '/x'", "m7").await;
    assert_eq!(body(&sent).0, "");
    assert_eq!(
        (body(&sent).1.as_str(), sent[0].line().as_str()),
        ("", "DELETE /x")
    );

    let sent = moved(
        "[assign]\nmethod = 'PATCH'\npath = '/x'\njson = 'none'",
        "m7",
    )
    .await;
    assert_eq!(body(&sent), ("null".to_owned(), json_type, "4".to_owned()));
    assert_eq!(sent[0].line(), "PATCH /x");
}

#[tokio::test]
async fn headers_are_templates_and_an_empty_one_is_left_out() {
    let assign = "[assign]\nmethod = 'POST'\npath = '/x'\nheaders = { X-To = 'is {{ target }}', X-Version = \"{% if version %}v={{ version }}{% endif %}\", Content-Type = 'application/vnd.acme+json' }\njson = '{}'";
    let sent = moved(assign, "m7").await;
    assert_eq!(sent[0].header("x-to"), "is m7");
    assert!(!sent[0].headers.contains_key("x-version"));
    assert_eq!(sent[0].header("content-type"), "application/vnd.acme+json");
}

#[tokio::test]
async fn each_request_has_a_fresh_uuid() {
    let assign = "[[assign.step]]\nmethod = 'POST'\npath = '/ips/{{ id }}/detach?request={{ uuid }}'\nheaders = { X-Request-Id = '{{ uuid }}' }\n[[assign.step]]\nmethod = 'POST'\npath = '/ips/{{ id }}/move'\nheaders = { X-Request-Id = '{{ uuid }}' }\njson = \"{'server': target}\"";
    let acme = Acme::new().await;
    acme.hook(|_, _| Some(Reply::text(200, "{}")));
    let provider = Client::new(&acme, &[("assign", assign)]).provider();
    for _ in 0..2 {
        provider
            .assign(&address(), &machine("m7"), None)
            .await
            .unwrap();
    }
    let ids: BTreeSet<_> = acme
        .server
        .received()
        .iter()
        .map(|r| r.header("x-request-id").to_owned())
        .collect();
    assert_eq!(ids.len(), 4, "{ids:?}");
    for id in &ids {
        assert_eq!(
            id.split('-').map(str::len).collect::<Vec<_>>(),
            [8, 4, 4, 4, 12],
            "{id}"
        );
    }
    let first = &acme.server.received()[0];
    assert_eq!(
        first.path.rsplit_once('=').unwrap().1,
        first.header("x-request-id"),
        "one for one request"
    );
}

#[tokio::test]
async fn a_colon_verb_stays_and_what_is_put_into_a_path_is_escaped() {
    let changes = [
        (
            "describe",
            "[describe]\npath = '/ips/{{ address }}'\nholder = 'body.ip.server'",
        ),
        (
            "assign",
            "[assign]\nmethod = 'PUT'\npath = '/elastic-ip/{{ address }}:attach?to={{ target }}'",
        ),
    ];
    for (address, segment) in [
        ("2001:db8::7", "2001%3Adb8%3A%3A7"),
        ("2001:db8::/64", "2001%3Adb8%3A%3A%2F64"),
        ("203.0.113.7/32", "203.0.113.7%2F32"),
        ("a b?c#d%2f", "a%20b%3Fc%23d%252f"),
    ] {
        let acme = Acme::new().await;
        let provider = Client::new(&acme, &changes).provider();
        let address = AddressId(address.to_owned());
        provider.observe(&address).await.unwrap();
        let _ = provider.assign(&address, &machine("m7"), None).await;
        let expected = [
            format!("GET /ips/{segment}"),
            format!("PUT /elastic-ip/{segment}:attach?to=m7"),
        ];
        assert_eq!(acme.server.lines(), expected);
    }
}

#[tokio::test]
async fn a_request_says_which_trace_it_belongs_to_if_it_does() {
    let acme = Acme::new().await;
    let provider = Client::new(&acme, &[]).provider();
    let context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let address = address();
    let traced = in_trace(Some(context.to_owned()), provider.observe(&address));
    // What is answered does not matter.
    let _ = traced.await;
    let _ = in_trace(None, provider.observe(&address)).await;
    let received = acme.server.received();
    let sent: Vec<&str> = received.iter().map(|r| r.header("traceparent")).collect();
    assert!(sent.contains(&context) && sent.contains(&""), "{sent:?}");
    let first_without = sent.iter().position(|header| header.is_empty());
    assert!(sent[..first_without.unwrap()].iter().all(|h| *h == context));
}
