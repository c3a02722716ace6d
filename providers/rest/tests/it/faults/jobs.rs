//! Writes that begin a job: it fails, never ends, or cannot be followed.

use les_provider::{ErrorKind, Provider};
use les_provider_rest::RestProvider;
use serde_json::{Value, json};

use crate::acme::{Acme, Client, Reply, address, chain, machine, seen};

const JOBS: &str = "[action]\npath = '/jobs/{{ body.job.id }}'\nstatus = 'body.job.state'\npending = ['running', 'queued']\nok = ['done']\nfailed = ['failed']\ninterval = '1ms'\ndeadline = '20s'";

fn provider(acme: &Acme, deadline: &str) -> RestProvider {
    let jobs = JOBS.replace("20s", deadline);
    Client::new(acme, &[("action", &jobs)]).provider()
}

/// A cloud that accepts every write, does it or not, and answers polls with these bodies, the last one for ever.
async fn accepting(does: bool, polls: Vec<(u16, Value)>) -> Acme {
    let acme = Acme::new().await;
    acme.set_holders(&["m1"]);
    let mut polls = polls.into_iter();
    let mut last = (200, json!({"job": {"state": "running"}}));
    acme.hook(move |received, world| {
        if received.path == "/jobs/5" {
            last = polls.next().unwrap_or_else(|| last.clone());
            return Some(Reply::json(last.0, &last.1));
        }
        (received.method == "POST").then(|| {
            if does {
                let _ = world.answer(received);
            }
            Reply::json(201, &json!({"job": {"id": 5, "state": "queued"}}))
        })
    });
    acme
}

fn state(state: &str) -> (u16, Value) {
    (
        200,
        json!({"job": {"id": 5, "state": state, "error": {"code": "ignored"}}}),
    )
}

#[tokio::test]
async fn a_job_is_followed_to_its_end() {
    let acme = accepting(true, vec![state("queued"), state("running"), state("done")]).await;
    provider(&acme, "20s")
        .assign(&address(), &machine("m7"), Some(&seen(Some("m1"))))
        .await
        .unwrap();
    assert_eq!(
        (acme.count("/jobs/5"), acme.holders()),
        (3, vec!["m7".to_owned()])
    );
    provider(&acme, "20s")
        .release(&address(), &machine("m7"))
        .await
        .unwrap();
    assert_eq!(acme.holders(), Vec::<String>::new());
}

#[tokio::test]
async fn a_job_that_fails_changed_nothing_unless_the_address_is_there() {
    let acme = accepting(false, vec![state("running"), state("failed")]).await;
    let provider_of = |acme: &Acme| provider(acme, "20s");
    let error = provider_of(&acme)
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Transient);
    assert!(
        error
            .to_string()
            .contains("accepted it and then reports that it failed"),
        "{error}"
    );
    assert_eq!(
        (acme.holders(), acme.count("POST")),
        (vec!["m1".to_owned()], 1)
    );
    let acme = accepting(true, vec![state("failed")]).await;
    provider_of(&acme)
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap();
    assert_eq!(acme.holders(), ["m7"]);
}

#[tokio::test]
async fn a_job_that_never_ends_is_ambiguous_at_its_deadline() {
    let acme = accepting(true, vec![]).await;
    let error = provider(&acme, "60ms")
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::MaybeApplied);
    assert!(
        error
            .to_string()
            .contains("the cloud is still at work on it after 60ms"),
        "{error}"
    );
    assert!(acme.count("/jobs/5") > 0);
}

#[tokio::test]
async fn a_job_that_cannot_be_followed_is_ambiguous_and_told_why() {
    for (poll, told) in [
        (
            state("exploded\u{7}"),
            "its state \"exploded\" is not one that the preset knows",
        ),
        ((200, json!({"job": null})), "its state \"\" is not one"),
        (
            (200, json!({"job": {"state": ["done"]}})),
            "its state \"\" is not one",
        ),
        ((200, json!("done")), "its state \"\" is not one"),
        (
            (403, json!({"message": "no right to read jobs"})),
            "no right to read jobs",
        ),
        ((404, json!({})), "does not tell how it ends"),
        ((302, json!({})), "redirects are not followed"),
    ] {
        let acme = accepting(true, vec![poll.clone()]).await;
        let error = provider(&acme, "20s")
            .assign(&address(), &machine("m7"), None)
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::MaybeApplied, "{poll:?}: {error}");
        let text = chain(&error);
        assert!(text.contains(told), "{poll:?}: {text}");
        assert_eq!(acme.holders(), ["m7"]);
    }
}

#[tokio::test]
async fn an_answer_without_its_job_is_ambiguous() {
    for body in [
        json!({}),
        json!({"job": {}}),
        json!({"job": {"state": "running"}}),
        json!({"job": {"id": {}, "state": "running"}}),
        json!([1]),
    ] {
        let acme = Acme::new().await;
        acme.hook(move |received, world| {
            (received.method == "POST").then(|| {
                let _ = world.answer(received);
                Reply::json(201, &body)
            })
        });
        let error = provider(&acme, "20s")
            .assign(&address(), &machine("m7"), None)
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::MaybeApplied, "{}", chain(&error));
        assert_eq!(acme.holders(), ["m7"]);
    }
}

#[tokio::test]
async fn only_the_steps_that_begin_a_job_are_followed() {
    let steps = "
[[assign.step]]
name = 'reading'
method = 'GET'
path = '/ips/{{ id }}'
[[assign.step]]
method = 'POST'
path = '/ips/{{ id }}/detach'
json = \"{'server': found.reading.ip.server}\"
action = false
[[assign.step]]
method = 'POST'
path = '/ips/{{ id }}/attach'
json = \"{'server': target}\"";
    let acme = Acme::new().await;
    acme.set_holders(&["m1"]);
    acme.hook(|received, world| match received.path.as_str() {
        // No job in it: following it would fail.
        "/ips/ip1/detach" => {
            let _ = world.answer(received);
            Some(Reply::text(204, ""))
        }
        "/ips/ip1/attach" => {
            let _ = world.answer(received);
            Some(Reply::json(
                201,
                &json!({"job": {"id": 5, "state": "running"}}),
            ))
        }
        "/jobs/5" => Some(Reply::json(
            200,
            &json!({"job": {"id": 5, "state": "done"}}),
        )),
        _ => None,
    });
    let provider = Client::new(&acme, &[("assign", steps), ("action", JOBS)]).provider();
    provider
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap();
    assert_eq!(
        acme.server.lines(),
        [
            "GET /ips/ip1",
            "POST /ips/ip1/detach",
            "POST /ips/ip1/attach",
            "GET /jobs/5"
        ]
    );
    assert_eq!(acme.holders(), ["m7"]);
}

#[tokio::test]
async fn a_job_that_fails_is_told_with_the_clouds_reason_and_without_secrets() {
    let failed = |why: Value| (200, json!({"job": {"state": "failed", "error": why}}));
    for (why, told) in [
        (
            json!("the server\nis locked"),
            "failed: the server is locked",
        ),
        (json!(crate::acme::TOKEN), "failed: [secret]"),
        (json!(null), "reports that it failed"),
        (json!({"code": 7}), "reports that it failed"),
    ] {
        let acme = accepting(false, vec![failed(why.clone())]).await;
        let jobs = format!("{JOBS}\nmessage = 'body.job.error'");
        let provider = Client::new(&acme, &[("action", &jobs)]).provider();
        let assigned = provider.assign(&address(), &machine("m7"), None).await;
        let error = assigned.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Transient);
        let text = chain(&error);
        assert!(text.contains(told), "{why}: {text}");
        assert!(!text.contains(crate::acme::TOKEN), "{text}");
        assert_eq!(acme.holders(), ["m1"]);
    }
}
