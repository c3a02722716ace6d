//! Clouds that move in steps: what is done, in which order, and what is told when it ends in the middle.

use les_provider::{ErrorKind, Provider};
use les_provider_rest::RestProvider;
use serde_json::json;

use crate::acme::{Acme, Client, Reply, World, address, chain, machine, seen};

const DETACH_WAIT_ATTACH: &str = r#"
[[assign.step]]
when = "holder is not none"
method = "POST"
path = "/ips/{{ id }}/detach"
json = "{'server': holder}"
[[assign.step]]
until = "holder is none and not busy"
interval = "1ms"
deadline = "20s"
[[assign.step]]
method = "POST"
path = "/ips/{{ id }}/attach"
json = "{'server': target}"
[[assign.step]]
until = "holder == target"
interval = "1ms"
deadline = "20s"
"#;

fn provider(acme: &Acme) -> RestProvider {
    Client::new(acme, &[("assign", DETACH_WAIT_ATTACH)]).provider()
}

async fn held_by(holder: &str) -> Acme {
    let acme = Acme::new().await;
    acme.set_holders(&[holder]);
    acme
}

#[tokio::test]
async fn an_address_is_taken_from_its_holder_and_then_given() {
    let acme = held_by("m1").await;
    provider(&acme)
        .assign(&address(), &machine("m7"), Some(&seen(Some("m1"))))
        .await
        .unwrap();
    let posts: Vec<_> = acme
        .server
        .lines()
        .into_iter()
        .filter(|line| line.starts_with("POST"))
        .collect();
    assert_eq!(posts, ["POST /ips/ip1/detach", "POST /ips/ip1/attach"]);
    assert_eq!(
        acme.server.received()[1].json(),
        json!({"server": "m1"}),
        "from whom it was"
    );
    assert_eq!(acme.holders(), ["m7"]);
}

#[tokio::test]
async fn a_write_that_sends_nothing_is_no_success() {
    let acme = held_by("m1").await;
    let never = r#"
[[assign.step]]
name = "address"
method = "GET"
path = "/ips/{{ id }}"
[[assign.step]]
when = "found.address.nothing"
method = "POST"
path = "/ips/{{ id }}/attach"
json = "{'server': target}"
"#;
    let error = Client::new(&acme, &[("assign", never)])
        .provider()
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured, "{error}");
    assert!(error.message.contains("sent nothing"), "{error}");
    assert_eq!(acme.holders(), ["m1"]);
}

#[tokio::test]
async fn a_step_whose_condition_fails_is_left_out() {
    let acme = Acme::new().await;
    provider(&acme)
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap();
    assert_eq!((acme.count("detach"), acme.count("attach")), (0, 1));
    provider(&acme)
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap();
    assert_eq!(
        (acme.count("detach"), acme.count("attach")),
        (0, 1),
        "it is there already"
    );
}

#[tokio::test]
async fn a_reading_that_is_not_true_any_more_is_no_licence() {
    let acme = held_by("rival").await;
    let provider = provider(&acme);
    for stale in [Some("m1"), None] {
        let error = provider
            .assign(&address(), &machine("m7"), Some(&seen(stale)))
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conflict);
        assert!(
            error.to_string().contains("is held by rival now"),
            "{error}"
        );
    }
    acme.with(|world| world.locked = true);
    let error = provider
        .assign(&address(), &machine("m7"), Some(&seen(Some("rival"))))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::InProgress, "{error}");
    assert_eq!(acme.count("POST"), 0);
    assert_eq!(acme.holders(), ["rival"]);
}

#[tokio::test]
async fn in_a_blind_takeover_an_old_reading_is_no_rival() {
    let acme = held_by("m1").await;
    let moved = r#"
[[assign.step]]
method = "POST"
path = "/ips/{{ id }}/move"
json = "{'server': target}"
[[assign.step]]
until = "holder == target"
interval = "1ms"
deadline = "20s"
"#;
    let mut old_readings = 2;
    acme.hook(move |received, _| {
        let is_old = received.method == "GET" && old_readings > 0;
        old_readings -= u32::from(is_old);
        let ip = json!({"server": "m1", "servers": ["m1"], "revision": 0, "locked": false});
        is_old.then(|| Reply::json(200, &json!({ "ip": ip })))
    });
    Client::new(&acme, &[("assign", moved)])
        .provider()
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap();
    assert_eq!(acme.holders(), ["m7"]);
}

/// Each step fails in turn: what is told, and who holds the address then.
#[tokio::test]
async fn a_failure_in_the_middle_is_told_as_ambiguous_with_the_step() {
    let refuse = |part: &'static str, status: u16| {
        move |received: &crate::acme::Received, _: &mut World| {
            (received.path.contains(part) && received.method == "POST")
                .then(|| Reply::json(status, &json!({"message": "no"})))
        }
    };
    let told = async |part, status| {
        let acme = held_by("m1").await;
        acme.hook(refuse(part, status));
        let error = provider(&acme)
            .assign(&address(), &machine("m7"), Some(&seen(Some("m1"))))
            .await
            .unwrap_err();
        (error.kind, error.to_string(), acme.holders())
    };
    let before = |kind| (kind, vec!["m1".to_owned()]);
    let after = |kind| (kind, Vec::<String>::new());
    for (part, status, (kind, holders)) in [
        ("detach", 503, before(ErrorKind::Transient)),
        ("detach", 409, before(ErrorKind::Conflict)),
        ("detach", 423, before(ErrorKind::InProgress)),
        ("detach", 500, before(ErrorKind::MaybeApplied)),
        ("detach", 403, before(ErrorKind::Denied)),
        ("attach", 503, after(ErrorKind::MaybeApplied)),
        ("attach", 409, after(ErrorKind::MaybeApplied)),
        ("attach", 423, after(ErrorKind::MaybeApplied)),
        ("attach", 500, after(ErrorKind::MaybeApplied)),
        ("attach", 403, after(ErrorKind::Denied)),
        ("attach", 404, after(ErrorKind::NotFound)),
        (
            "attach",
            429,
            after(ErrorKind::Throttled { retry_after: None }),
        ),
    ] {
        let (told_kind, text, now) = told(part, status).await;
        assert_eq!((told_kind, now), (kind, holders), "{part} {status}: {text}");
        let ambiguous = part == "attach" && status != 500;
        assert_eq!(
            text.contains("step 3 of 4 failed after an earlier one had its effect"),
            ambiguous,
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_rival_between_two_steps_keeps_the_address() {
    let acme = held_by("m1").await;
    acme.hook(|received, world| {
        if received.method == "GET" && world.moves == 1 {
            world.holders = vec!["rival".to_owned()];
        }
        None
    });
    let error = provider(&acme)
        .assign(&address(), &machine("m7"), Some(&seen(Some("m1"))))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(
        error
            .to_string()
            .contains("rival took the address between two steps"),
        "{error}"
    );
    assert_eq!(
        (acme.holders(), acme.count("attach")),
        (vec!["rival".to_owned()], 0)
    );
}

#[tokio::test]
async fn a_wait_survives_faults_and_stale_readings_and_ends_at_its_deadline() {
    let acme = held_by("m1").await;
    let mut readings = 0;
    acme.hook(move |received, world| {
        readings += u32::from(received.method == "GET");
        match readings {
            2 => Some(Reply::json(503, &json!({}))),
            3 => Some(Reply::text(200, "<html>")),
            4 => Some(Reply::json(
                200,
                &json!({"ip": {"server": "m1", "revision": 0, "locked": false}}),
            )),
            5 => Some(Reply::HangUp),
            _ => {
                let _ = world;
                None
            }
        }
    });
    provider(&acme)
        .assign(&address(), &machine("m7"), Some(&seen(Some("m1"))))
        .await
        .unwrap();
    assert_eq!(acme.holders(), ["m7"]);

    let acme = held_by("m1").await;
    let stuck = || {
        Some(Reply::json(
            200,
            &json!({"ip": {"server": "m1", "revision": 0, "locked": false}}),
        ))
    };
    acme.hook(move |received, _| (received.method == "GET").then(stuck).flatten());
    let short = DETACH_WAIT_ATTACH.replace("deadline = \"20s\"", "deadline = \"100ms\"");
    let provider = Client::new(&acme, &[("assign", &short)]).provider();
    let error = provider
        .assign(&address(), &machine("m7"), Some(&seen(Some("m1"))))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::MaybeApplied);
    let text = chain(&error);
    assert!(
        text.contains("step 2 of 4") && text.contains("not as the preset waits for after 100ms"),
        "{text}"
    );
    assert_eq!(
        (acme.holders(), acme.count("attach")),
        (vec![], 0),
        "nothing is given before it is free"
    );
}

#[tokio::test]
async fn a_wait_ends_at_once_where_a_person_is_needed() {
    for (status, kind) in [(403, ErrorKind::Denied), (404, ErrorKind::NotFound)] {
        let acme = held_by("m1").await;
        acme.hook(move |received, world| {
            (received.method == "GET" && world.moves == 1).then(|| Reply::json(status, &json!({})))
        });
        let error = provider(&acme)
            .assign(&address(), &machine("m7"), Some(&seen(Some("m1"))))
            .await
            .unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert_eq!(acme.count("attach"), 0);
    }
}
