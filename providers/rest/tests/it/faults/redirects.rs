//! Redirects are not followed, and nothing secret goes where nobody configured it.

use les_provider::{ErrorKind, Provider};
use serde_json::json;

use crate::acme::{Acme, Client, Reply, address, machine, seen};

/// A server to which all others send their callers.
async fn elsewhere() -> Acme {
    let acme = Acme::new().await;
    acme.set_holders(&["elsewhere"]);
    acme
}

fn to(acme: &Acme, status: u16, path: &str) -> Reply {
    let location = format!("{}{path}", acme.server.base());
    Reply::Answer(status, vec![("Location", location)], String::new())
}

#[tokio::test]
async fn neither_a_reading_nor_a_move_follows_a_redirect() {
    for status in [301, 302, 303, 307, 308] {
        let (acme, other) = (Acme::new().await, elsewhere().await);
        acme.set_holders(&["m1"]);
        let base = other.server.base();
        acme.hook(move |received, _| {
            let location = format!("{base}{}", received.path);
            Some(Reply::Answer(
                status,
                vec![("Location", location)],
                String::new(),
            ))
        });
        let provider = Client::new(&acme, &[]).provider();
        let observed = provider.observe(&address()).await.unwrap_err();
        let assigned = provider
            .assign(&address(), &machine("m7"), Some(&seen(Some("m1"))))
            .await
            .unwrap_err();
        for error in [observed, assigned] {
            assert_eq!(error.kind, ErrorKind::Misconfigured);
            assert!(
                error.to_string().contains(&format!(
                    "HTTP {status} (redirects are not followed: is base_url right?)"
                )),
                "{error}"
            );
        }
        assert_eq!(acme.holders(), ["m1"]);
        assert_eq!(other.server.lines(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn neither_an_issuer_nor_the_metadata_service_sends_anybody_elsewhere() {
    let (acme, other) = (Acme::new().await, elsewhere().await);
    let auth = format!(
        "[[auth]]\nkind = 'bearer'\ncredentials.key = ['ACME_KEY']\n[auth.fetch]\nbase_url = '{}'\npath = '/token'\njson = \"{{'key': credentials.key}}\"\ntoken = 'body.token'",
        acme.server.base()
    );
    let token = other.server.base();
    acme.hook(move |received, _| {
        let location = format!("{token}{}", received.path);
        Some(Reply::Answer(
            307,
            vec![("Location", location)],
            String::new(),
        ))
    });
    let provider = Client::new(&acme, &[("auth", &auth)])
        .given(&[("ACME_KEY", "5ecre7")])
        .provider();
    let error = provider.observe(&address()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(error.to_string().contains("no token: HTTP 307"), "{error}");
    assert_eq!(
        provider.target().await.unwrap_err().kind,
        ErrorKind::Misconfigured
    );
    assert_eq!(acme.server.lines(), ["POST /token", "GET /me"]);
    assert_eq!(other.server.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn a_job_that_is_elsewhere_is_not_followed_there() {
    let (acme, other) = (Acme::new().await, elsewhere().await);
    let jobs = "[action]\npath = '/jobs/{{ body.job.id }}'\nstatus = 'body.job.state'\npending = ['running']\nok = ['done']\nfailed = ['failed']\ninterval = '1ms'\ndeadline = '20s'";
    let provider = Client::new(&acme, &[("action", jobs)]).provider();
    // An id that would change the host, were it put into the URL as it is.
    let id = format!("@{}/x", other.server.authority);
    let sent = to(&other, 308, "/jobs/5");
    let mut sent = Some(sent);
    acme.hook(move |received, _| match received.method.as_str() {
        "POST" => Some(Reply::json(
            201,
            &json!({"job": {"id": id, "state": "running"}}),
        )),
        _ => sent.take(),
    });
    let error = provider
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::MaybeApplied, "{error}");
    assert!(
        acme.server.lines()[1].starts_with("GET /jobs/%40127.0.0.1%3A"),
        "{:?}",
        acme.server.lines()
    );
    assert_eq!(other.server.lines(), Vec::<String>::new());
}
