//! Storms of 429: what is told, and that a takeover ends in spite of them.

use std::time::Duration;

use les_provider::{ErrorKind, Provider};
use serde_json::json;

use crate::acme::{Acme, Client, Reply, World, address, chain, machine, seen};

const JOBS: (&str, &str) = (
    "action",
    "[action]\npath = '/jobs/{{ body.job.id }}'\nstatus = 'body.job.state'\npending = ['running']\nok = ['done']\nfailed = ['failed']\ninterval = '1ms'\ndeadline = '20s'",
);

fn throttled(retry_after: Option<&str>) -> Reply {
    let headers = retry_after.map(|wish| ("Retry-After", wish.to_owned()));
    let body = json!({"message": "too many requests"}).to_string();
    Reply::Answer(429, headers.into_iter().collect(), body)
}

#[tokio::test]
async fn a_storm_is_told_with_the_clouds_wish_and_the_takeover_ends_after_it() {
    for (wish, seconds) in [(None, None), (Some("17"), Some(17))] {
        let acme = Acme::new().await;
        acme.set_holders(&["m1"]);
        let mut left = 5;
        acme.hook(move |_, _| {
            left -= 1;
            (left >= 0).then(|| throttled(wish))
        });
        let provider = Client::new(&acme, &[]).provider();
        let retry_after = seconds.map(Duration::from_secs);
        for _ in 0..5 {
            let error = provider
                .assign(&address(), &machine("m7"), None)
                .await
                .unwrap_err();
            assert_eq!(error.kind, ErrorKind::Throttled { retry_after });
            assert!(
                error.to_string().contains("HTTP 429: too many requests"),
                "{error}"
            );
            assert_eq!(acme.holders(), ["m1"]);
        }
        provider
            .assign(&address(), &machine("m7"), None)
            .await
            .unwrap();
        assert_eq!(
            (acme.holders(), acme.with(|world| world.moves)),
            (vec!["m7".to_owned()], 1)
        );
    }
}

#[tokio::test]
async fn a_job_is_followed_through_a_storm() {
    let acme = Acme::new().await;
    let mut polls = 0;
    acme.hook(
        move |received, world: &mut World| match received.path.as_str() {
            "/ips/ip1/move" => {
                world.holders = vec!["m7".to_owned()];
                Some(Reply::json(
                    201,
                    &json!({"job": {"id": 5, "state": "running"}}),
                ))
            }
            "/jobs/5" => {
                polls += 1;
                Some(match polls {
                    1..=3 => throttled(None),
                    4 => throttled(Some("0")),
                    5 => Reply::json(503, &json!({})),
                    6 => Reply::HangUp,
                    _ => Reply::json(200, &json!({"job": {"state": "done"}})),
                })
            }
            _ => None,
        },
    );
    let provider = Client::new(&acme, &[JOBS]).provider();
    provider
        .assign(&address(), &machine("m7"), Some(&seen(None)))
        .await
        .unwrap();
    assert_eq!((acme.count("/jobs/5"), acme.count("POST")), (7, 1));
}

#[tokio::test]
async fn a_wish_that_is_longer_than_the_jobs_deadline_ends_the_call_there() {
    let acme = Acme::new().await;
    acme.hook(|received, _| match received.method.as_str() {
        "POST" => Some(Reply::json(
            201,
            &json!({"job": {"id": 5, "state": "running"}}),
        )),
        _ => Some(throttled(Some("3600"))),
    });
    let short = JOBS.1.replace("20s", "50ms");
    let provider = Client::new(&acme, &[("action", &short)]).provider();
    let error = provider
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::MaybeApplied);
    assert!(
        chain(&error).contains("still at work on it after 50ms"),
        "{error}"
    );
    assert_eq!(acme.count("/jobs/5"), 1, "the wish is obeyed meanwhile");
}

#[tokio::test]
async fn a_storm_between_two_steps_is_waited_through_where_the_preset_waits() {
    let steps = "
[[assign.step]]
method = 'POST'
path = '/ips/{{ id }}/detach'
json = \"{'server': holder}\"
[[assign.step]]
until = 'holder is none'
interval = '1ms'
deadline = '20s'
[[assign.step]]
method = 'POST'
path = '/ips/{{ id }}/attach'
json = \"{'server': target}\"";
    let acme = Acme::new().await;
    acme.set_holders(&["m1"]);
    let mut left = 4;
    acme.hook(move |received, world| {
        let storm = received.method == "GET" && world.moves == 1 && left > 0;
        left -= i32::from(storm);
        storm.then(|| throttled(None))
    });
    let provider = Client::new(&acme, &[("assign", steps)]).provider();
    provider
        .assign(&address(), &machine("m7"), Some(&seen(Some("m1"))))
        .await
        .unwrap();
    assert_eq!(acme.holders(), ["m7"]);
}
