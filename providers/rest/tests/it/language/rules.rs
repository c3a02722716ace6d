//! Rules that tell answers apart by status and body, and what answers say about the cloud's allowance.

use std::time::Duration;

use les_provider::{ErrorKind, Provider};
use les_provider_rest::RestProvider;
use serde_json::{Value, json};

use crate::acme::{Acme, Client, Reply, address, machine, seen};

const RULES: &str = r#"
[errors]
message = "body.error.message"
reset_header = "X-Reset"
remaining_header = "X-Remaining"
[[errors.rule]]
on = ["assign"]
status = ["409"]
when = "body.error.code == 'ALREADY_ROUTED'"
kind = "success"
[[errors.rule]]
status = ["409"]
when = "body.error.code == 'LOCKED'"
kind = "in_progress"
[[errors.rule]]
status = ["403"]
when = "body.error.code == 'RATE_LIMIT_EXCEEDED'"
kind = "throttled"
retry_after = "body.error.interval"
[[errors.rule]]
status = ["2xx"]
when = "body.error is defined"
kind = "denied"
hint = "look at the account"
[[errors.rule]]
status = ["4xx"]
when = "headers['x-reason'] == 'quota' or text == 'busy' or status == 418"
kind = "transient"
"#;

fn provider(acme: &Acme) -> RestProvider {
    let limits = crate::acme::text(&[])
        .lines()
        .skip_while(|line| *line != "[limits]")
        .take(6)
        .collect::<Vec<_>>()
        .join("\n");
    let limits = format!("{limits}\ncalls_per_hour = 3600\n");
    Client::new(acme, &[("errors", RULES), ("limits", &limits)]).provider()
}

async fn told(
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Value,
) -> (ErrorKind, String) {
    let acme = Acme::new().await;
    acme.hook(move |_, _| Some(Reply::Answer(status, headers.clone(), body.to_string())));
    let error = provider(&acme)
        .observe(&address())
        .await
        .expect_err("it must fail");
    (error.kind, error.to_string())
}

fn coded(code: &str) -> Value {
    json!({"error": {"code": code, "message": "as the cloud says", "interval": 90}})
}

#[tokio::test]
async fn an_answer_is_told_by_status_and_body_and_headers() {
    let none = Vec::new;
    let (kind, text) = told(409, none(), coded("LOCKED")).await;
    assert_eq!(
        (kind, text.as_str()),
        (
            ErrorKind::InProgress,
            "observe: HTTP 409: as the cloud says"
        )
    );
    assert_eq!(
        told(409, none(), coded("OTHER")).await.0,
        ErrorKind::Conflict
    );
    assert_eq!(
        told(409, none(), coded("ALREADY_ROUTED")).await.0,
        ErrorKind::Conflict,
        "a rule for another call"
    );
    let (kind, text) = told(200, none(), coded("SUSPENDED")).await;
    assert_eq!(
        (kind, text.as_str()),
        (
            ErrorKind::Denied,
            "observe: HTTP 200: as the cloud says (look at the account)"
        )
    );
    assert_eq!(
        told(400, vec![("X-Reason", "quota".to_owned())], json!({}))
            .await
            .0,
        ErrorKind::Transient
    );
    assert_eq!(told(418, none(), json!({})).await.0, ErrorKind::Transient);
    assert_eq!(
        told(400, none(), json!({})).await.0,
        ErrorKind::Misconfigured
    );
}

#[tokio::test]
async fn when_to_come_again_is_in_a_header_or_in_the_body() {
    let limit = || coded("RATE_LIMIT_EXCEEDED");
    let seconds = |s| ErrorKind::Throttled {
        retry_after: Some(Duration::from_secs(s)),
    };
    assert_eq!(told(403, vec![], limit()).await.0, seconds(90), "the body");
    assert_eq!(
        told(403, vec![("Retry-After", "7".to_owned())], limit())
            .await
            .0,
        seconds(7),
        "the header comes first"
    );
    let date = ("Date", "Thu, 15 Oct 2015 17:57:13 GMT".to_owned());
    assert_eq!(
        told(
            429,
            vec![date, ("X-Reset", "1444931873".to_owned())],
            json!({})
        )
        .await
        .0,
        seconds(40),
        "the preset's own"
    );
    let absurd = json!({"error": {"code": "RATE_LIMIT_EXCEEDED", "interval": 1e12}});
    assert_eq!(told(403, vec![], absurd).await.0, seconds(3_600));
    for odd in [json!("soon"), json!(-1), json!(null), json!({})] {
        let body = json!({"error": {"code": "RATE_LIMIT_EXCEEDED", "interval": odd}});
        assert_eq!(
            told(403, vec![], body).await.0,
            ErrorKind::Throttled { retry_after: None }
        );
    }
}

#[tokio::test]
async fn a_success_in_an_errors_clothes_is_one() {
    let acme = Acme::new().await;
    acme.hook(|received, _| {
        (received.method == "POST").then(|| Reply::json(409, &coded("ALREADY_ROUTED")))
    });
    provider(&acme)
        .assign(&address(), &machine("m7"), Some(&seen(None)))
        .await
        .unwrap();
    assert_eq!(
        acme.server.lines(),
        ["POST /ips/ip1/move"],
        "there is nothing to look at again"
    );
}

#[tokio::test]
async fn what_the_cloud_has_left_makes_readings_wait() {
    let acme = Acme::new().await;
    acme.hook(|_, world| {
        let Reply::Answer(status, mut headers, body) = world.describe() else {
            return None;
        };
        headers.push(("X-Remaining", "900".to_owned()));
        Some(Reply::Answer(status, headers, body))
    });
    let provider = provider(&acme);
    assert_eq!(provider.routine_pause(), Duration::ZERO);
    provider.observe(&address()).await.unwrap();
    let pause = provider.routine_pause();
    // Half of 3,600 an hour is for takeovers. What can wait lacks another 900, and one to be spent: half an hour, and a moment.
    let expected = Duration::from_secs(1_790)..=Duration::from_secs(1_802);
    assert!(expected.contains(&pause), "{pause:?}");
    provider
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap_or(());
    assert!(acme.count("POST") == 1, "a takeover is not held back");
    assert_eq!(provider.capabilities().calls_per_hour, Some(3_600));
}

#[tokio::test]
async fn a_refusal_whatever_a_rule_calls_it_is_looked_at_again_unless_it_says_later() {
    let verdict = async |status: u16, kind: &str| {
        let rules = format!("[[errors.rule]]\nstatus = ['{status}']\nkind = '{kind}'");
        let acme = Acme::new().await;
        acme.set_holders(&["m7"]);
        acme.hook(move |received, _| {
            (received.method == "POST").then(|| Reply::json(status, &json!({})))
        });
        let provider = Client::new(&acme, &[("errors", &rules)]).provider();
        let assigned = provider.assign(&address(), &machine("m7"), None).await;
        (
            assigned.map_err(|error| error.kind.as_str()),
            acme.count("GET"),
        )
    };
    for status in [409, 412, 422] {
        for kind in ["misconfigured", "denied", "not_found", "conflict"] {
            assert_eq!(verdict(status, kind).await, (Ok(()), 1), "{status} {kind}");
        }
        for kind in ["in_progress", "throttled"] {
            let expected = (Err(kind), 0);
            assert_eq!(verdict(status, kind).await, expected, "{status} {kind}");
        }
    }
    assert_eq!(verdict(400, "conflict").await, (Ok(()), 1));
    assert_eq!(verdict(400, "denied").await, (Err("denied"), 0));
}
