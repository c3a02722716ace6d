//! Answers of another form than the preset expects: never taken for a free address, never for a success.

use les_provider::{ErrorKind, Provider};
use serde_json::{Value, json};

use crate::acme::{Acme, Client, Reply, address, chain, machine, seen};

/// What a reading of this answer gives: the holder, or the error.
async fn read(
    reply: impl Fn() -> Reply + Send + 'static,
) -> Result<Option<String>, (ErrorKind, String)> {
    let acme = Acme::new().await;
    acme.hook(move |_, _| Some(reply()));
    let read = Client::new(&acme, &[]).provider().observe(&address()).await;
    read.map(|seen| seen.holder.map(|holder| holder.0))
        .map_err(|error| (error.kind, chain(&error)))
}

async fn read_ip(ip: Value) -> Result<Option<String>, (ErrorKind, String)> {
    read(move || Reply::json(200, &json!({"ip": ip}))).await
}

#[tokio::test]
async fn what_a_cloud_may_say_is_read() {
    let ip = |server: Value| json!({"server": server, "revision": 3, "locked": false});
    for (server, holder) in [
        (json!(null), None),
        (json!(""), None),
        (json!([]), None),
        (json!("m1"), Some("m1")),
        (json!(7), Some("7")),
        (
            json!(18_446_744_073_709_551_615_u64),
            Some("18446744073709551615"),
        ),
        (json!(["m1"]), Some("m1")),
        (json!(["m1", 7]), Some("m1")),
    ] {
        assert_eq!(
            read_ip(ip(server.clone())).await.unwrap().as_deref(),
            holder,
            "{server}"
        );
    }
}

#[tokio::test]
async fn wrong_types_are_told_with_the_key_and_never_read_as_nobody() {
    for (ip, key) in [
        (json!({"revision": 3, "locked": false}), "holder"),
        (
            json!({"server": true, "revision": 3, "locked": false}),
            "holder",
        ),
        (
            json!({"server": false, "revision": 3, "locked": false}),
            "holder",
        ),
        (
            json!({"server": 1.5, "revision": 3, "locked": false}),
            "holder",
        ),
        (
            json!({"server": {}, "revision": 3, "locked": false}),
            "holder",
        ),
        (
            json!({"server": {"id": "m1"}, "revision": 3, "locked": false}),
            "holder",
        ),
        (
            json!({"server": [null], "revision": 3, "locked": false}),
            "holder",
        ),
        (
            json!({"server": ["m1", ""], "revision": 3, "locked": false}),
            "holder",
        ),
        (
            json!({"server": [["m1"]], "revision": 3, "locked": false}),
            "holder",
        ),
        (json!({"server": "m1", "locked": false}), "version"),
        (
            json!({"server": "m1", "revision": 1.5, "locked": false}),
            "version",
        ),
        (
            json!({"server": "m1", "revision": [3], "locked": false}),
            "version",
        ),
        (
            json!({"server": "m1", "revision": true, "locked": false}),
            "version",
        ),
        (json!({"server": null, "revision": 3}), "busy"),
        (json!(null), "holder"),
        (json!("m1"), "holder"),
        (json!([]), "holder"),
    ] {
        let (kind, text) = read_ip(ip.clone()).await.unwrap_err();
        assert_eq!(kind, ErrorKind::Transient, "{ip}: {text}");
        assert!(
            text.contains(&format!("describe.{key} expects")),
            "{ip}: {text}"
        );
    }
}

#[tokio::test]
async fn what_is_no_json_is_told_and_never_read_as_nobody() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for body in [
        "",
        "null",
        "<html>Welcome to the hotel's network</html>",
        "{\"ip\":{\"server\":null",
        "\u{0}",
        "[]",
        "7",
        &deep,
    ] {
        let text = body.to_owned();
        let (kind, told) = read(move || Reply::text(200, &text)).await.unwrap_err();
        assert_eq!(kind, ErrorKind::Transient, "{told}");
        assert!(
            told.contains("describe.holder expects") && told.len() < 2_000,
            "{told}"
        );
    }
    let (kind, _) = read(|| Reply::text(204, "")).await.unwrap_err();
    assert_eq!(kind, ErrorKind::Transient);
}

#[tokio::test]
async fn a_write_that_is_answered_with_a_page_of_html_still_counts_by_its_status() {
    // A 2xx is a success by HTTP, whatever stands in it; a move whose preset follows a job needs the job (see `jobs`).
    let acme = Acme::new().await;
    acme.hook(|received, world| {
        (received.method == "POST").then(|| {
            let _ = world.answer(received);
            Reply::text(200, "<html>done</html>")
        })
    });
    Client::new(&acme, &[])
        .provider()
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap();
    assert_eq!(acme.holders(), ["m7"]);
}

#[tokio::test]
async fn refusals_are_looked_at_again_and_are_successes_only_if_the_address_is_there() {
    for status in [409, 412, 422] {
        for (holders, busy, succeeds) in [
            (&["m7"][..], false, true),
            (&["m7"], true, false),
            (&["m1"], false, false),
            (&[], false, false),
            (&["m7", "m1"], false, false),
        ] {
            let acme = Acme::new().await;
            acme.set_holders(holders);
            acme.with(|world| world.locked = busy);
            acme.hook(move |received, world| {
                let several = world.holders.len() > 1;
                match received.method.as_str() {
                    "POST" => Some(Reply::json(status, &json!({"message": "already so"}))),
                    _ if several => Some(Reply::json(
                        200,
                        &json!({"ip": {"server": world.holders, "revision": 0, "locked": false}}),
                    )),
                    _ => None,
                }
            });
            let result = Client::new(&acme, &[])
                .provider()
                .assign(&address(), &machine("m7"), Some(&seen(None)))
                .await;
            assert_eq!(acme.server.lines(), ["POST /ips/ip1/move", "GET /ips/ip1"]);
            match result {
                Ok(()) => assert!(succeeds, "{status} {holders:?}"),
                Err(error) => {
                    assert!(!succeeds, "{status} {holders:?}: {error}");
                    assert_eq!(error.kind, ErrorKind::Conflict);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_stays_one_if_the_second_look_fails() {
    let acme = Acme::new().await;
    acme.set_holders(&["m7"]);
    acme.hook(|received, _| {
        Some(match received.method.as_str() {
            "POST" => Reply::json(409, &json!({"message": "no"})),
            _ => Reply::json(500, &json!({})),
        })
    });
    let error = Client::new(&acme, &[])
        .provider()
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict, "{error}");
    assert!(error.to_string().contains("HTTP 409: no"), "{error}");
}
