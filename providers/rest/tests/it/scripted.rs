//! The engine against answers that no cloud gives on purpose.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{TOKEN, address, digitalocean, droplet, shown};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use les_provider::{AddressId, ErrorKind, Provider};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A request as the cloud received it.
#[derive(Clone, Debug)]
struct Received {
    line: String,
    headers: HeaderMap,
    body: String,
}

/// A server that keeps what it receives and answers everything with one function.
struct Script {
    base: String,
    received: Arc<Mutex<Vec<Received>>>,
}

type Answer = fn(&Received) -> Response<Body>;

impl Script {
    async fn new(answer: Answer) -> Self {
        let received = Arc::new(Mutex::new(Vec::new()));
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let base = format!("http://{}", listener.local_addr().expect("it is bound"));
        let router = Router::new()
            .fallback(respond)
            .with_state((answer, Arc::clone(&received)));
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { base, received }
    }

    fn provider(&self) -> les_provider_rest::RestProvider {
        digitalocean(&self.base, &self.base, TOKEN)
    }

    fn received(&self) -> Vec<Received> {
        self.received.lock().expect("nobody panics with it").clone()
    }
}

async fn respond(
    State((answer, kept)): State<(Answer, Arc<Mutex<Vec<Received>>>)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let line = format!("{method} {uri}");
    let received = Received {
        line,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    kept.lock()
        .expect("nobody panics with it")
        .push(received.clone());
    answer(&received)
}

fn json(status: u16, body: &'static str) -> Response<Body> {
    Response::builder()
        .status(status)
        .body(Body::from(body))
        .expect("a response")
}

/// The kinds and texts of a failed reading and a failed move under one answer.
async fn failures(answer: Answer) -> [(ErrorKind, String); 2] {
    let script = Script::new(answer).await;
    let provider = script.provider();
    let observed = provider
        .observe(&address())
        .await
        .expect_err("the reading fails");
    let assigned = provider
        .assign(&address(), &droplet(7), None)
        .await
        .expect_err("the move fails");
    [
        (observed.kind, shown(&observed)),
        (assigned.kind, shown(&assigned)),
    ]
}

#[tokio::test]
async fn requests_are_what_the_api_asks_for() {
    let script = Script::new(|_| json(201, r#"{"action":{"id":1,"status":"completed"}}"#)).await;
    script
        .provider()
        .assign(&address(), &droplet(12_345_678_901), None)
        .await
        .unwrap();
    let received = script.received();
    assert_eq!(received.len(), 1);
    assert_eq!(
        received[0].line,
        "POST /v2/reserved_ips/203.0.113.7/actions"
    );
    assert_eq!(
        received[0].headers["authorization"],
        format!("Bearer {TOKEN}")
    );
    assert_eq!(received[0].headers["content-type"], "application/json");
    let body: serde_json::Value = serde_json::from_str(&received[0].body).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"type": "assign", "droplet_id": 12_345_678_901_u64}),
        "the id stays a number"
    );
}

#[tokio::test]
async fn statuses_tell_the_caller_what_it_may_do() {
    use ErrorKind::{
        Conflict, Denied, InProgress, MaybeApplied, Misconfigured, NotFound, Throttled, Transient,
    };
    let cases: [(Answer, ErrorKind, ErrorKind); 13] = [
        (|_| json(400, "{}"), Misconfigured, Misconfigured),
        (|_| json(401, "{}"), Denied, Denied),
        (|_| json(403, "{}"), Denied, Denied),
        (|_| json(404, "{}"), NotFound, NotFound),
        (|_| json(409, "{}"), Conflict, Conflict),
        (
            |_| {
                json(
                    422,
                    r#"{"id":"unprocessable_entity","message":"Droplet already has a pending event."}"#,
                )
            },
            Misconfigured,
            InProgress,
        ),
        (
            |_| {
                json(
                    422,
                    r#"{"id":"unprocessable_entity","message":"Droplet is in another region"}"#,
                )
            },
            Misconfigured,
            Conflict,
        ),
        (|_| json(422, "not json"), Misconfigured, Conflict),
        (
            |_| json(429, "{}"),
            Throttled { retry_after: None },
            Throttled { retry_after: None },
        ),
        (|_| json(500, "{}"), Transient, MaybeApplied),
        (|_| json(502, "<html>"), Transient, MaybeApplied),
        (|_| json(503, "{}"), Transient, Transient),
        (|_| json(504, ""), Transient, MaybeApplied),
    ];
    for (answer, on_observe, on_assign) in cases {
        let [observed, assigned] = failures(answer).await;
        assert_eq!(observed.0, on_observe, "{}", observed.1);
        assert_eq!(assigned.0, on_assign, "{}", assigned.1);
    }
}

#[tokio::test]
async fn the_clouds_wish_is_read_from_either_header() {
    let retry_after: Answer = |_| {
        Response::builder()
            .status(429)
            .header("retry-after", "7")
            .body(Body::empty())
            .unwrap()
    };
    let reset: Answer = |_| {
        let builder = Response::builder()
            .status(429)
            .header("date", "Thu, 15 Oct 2015 17:57:13 GMT");
        builder
            .header("ratelimit-reset", "1444931873")
            .body(Body::empty())
            .unwrap()
    };
    for (answer, seconds) in [(retry_after, 7), (reset, 40)] {
        let wish = ErrorKind::Throttled {
            retry_after: Some(Duration::from_secs(seconds)),
        };
        assert_eq!(failures(answer).await.map(|(kind, _)| kind), [wish, wish]);
    }
}

#[tokio::test]
async fn an_answer_of_another_form_is_never_a_free_address() {
    let odd: [Answer; 7] = [
        |_| json(200, "{}"),
        |_| json(200, "<html>Welcome to the hotel's network</html>"),
        |_| json(200, r#"{"reserved_ip":null}"#),
        |_| json(200, r#"{"reserved_ip":{"droplet":{},"locked":false}}"#),
        |_| {
            json(
                200,
                r#"{"reserved_ip":{"droplet":{"id":{}},"locked":false}}"#,
            )
        },
        |_| json(200, r#"{"reserved_ip":{"droplet":null}}"#),
        |_| json(204, ""),
    ];
    for answer in odd {
        let script = Script::new(answer).await;
        let error = script.provider().observe(&address()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Transient, "{error}");
    }
}

#[tokio::test]
async fn an_accepted_write_whose_action_cannot_be_followed_is_ambiguous() {
    let answers: [Answer; 4] = [
        |_| json(201, ""),
        |_| json(201, r#"{"action":{"id":5,"status":"exploded"}}"#),
        |_| json(201, r#"{"action":{"status":"in-progress"}}"#),
        |received| match received.line.split(' ').next() {
            Some("POST") => json(201, r#"{"action":{"id":5,"status":"in-progress"}}"#),
            _ => json(404, "{}"),
        },
    ];
    for answer in answers {
        let script = Script::new(answer).await;
        let error = script
            .provider()
            .assign(&address(), &droplet(7), None)
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::MaybeApplied, "{}", shown(&error));
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let answer: Answer = |received| match received.line.as_str() {
        "GET /elsewhere" => json(200, r#"{"reserved_ip":{"droplet":null,"locked":false}}"#),
        _ => Response::builder()
            .status(StatusCode::TEMPORARY_REDIRECT)
            .header("location", "/elsewhere")
            .body(Body::empty())
            .unwrap(),
    };
    let script = Script::new(answer).await;
    let error = script.provider().observe(&address()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert_eq!(script.received().len(), 1, "nobody asked for /elsewhere");
}

#[tokio::test]
async fn a_body_without_an_end_is_cut_off() {
    let endless: Answer = |_| Response::new(Body::from(vec![b' '; 2 * 1024 * 1024]));
    let [observed, assigned] = failures(endless).await;
    assert_eq!(
        (observed.0, assigned.0),
        (ErrorKind::Transient, ErrorKind::MaybeApplied)
    );
    assert!(observed.1.contains("longer than"), "{}", observed.1);
}

#[tokio::test]
async fn what_was_never_sent_has_no_effect_and_what_broke_off_may_have() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refused = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let provider = digitalocean(&refused, &refused, TOKEN);
    let error = provider
        .assign(&address(), &droplet(7), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable, "{}", shown(&error));
    let error = provider.target().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable, "{}", shown(&error));

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream
                .write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 99\r\n\r\n{")
                .await;
        }
    });
    let provider = digitalocean(&base, &base, TOKEN);
    let error = provider
        .assign(&address(), &droplet(7), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::MaybeApplied, "{}", shown(&error));
}

#[tokio::test]
async fn what_is_no_identity_of_this_cloud_is_never_sent() {
    let script = Script::new(|_| json(200, "{}")).await;
    let provider = script.provider();
    for odd in [
        "203.0.113.7/actions",
        "../droplets",
        "",
        "2001:db8::7/128",
        "203.0.113.7?x",
        "203.0.113.7%2f..",
    ] {
        let odd = AddressId(odd.to_owned());
        assert_eq!(
            provider.observe(&odd).await.unwrap_err().kind,
            ErrorKind::Misconfigured
        );
        assert_eq!(
            provider
                .assign(&odd, &droplet(7), None)
                .await
                .unwrap_err()
                .kind,
            ErrorKind::Misconfigured
        );
        assert_eq!(
            provider.release(&odd, &droplet(7)).await.unwrap_err().kind,
            ErrorKind::Misconfigured
        );
    }
    let not_a_number = les_provider::Target("7, 'admin': true".to_owned());
    assert_eq!(
        provider
            .assign(&address(), &not_a_number, None)
            .await
            .unwrap_err()
            .kind,
        ErrorKind::Misconfigured
    );
    assert!(script.received().is_empty());
}

#[tokio::test]
async fn a_cloud_that_echoes_the_token_does_not_put_it_into_errors() {
    let echo: Answer = |received| {
        let token = received.headers["authorization"].to_str().unwrap();
        let message = format!("{{\"id\":\"odd\",\"message\":\"who is {token}?\\nline two\"}}");
        Response::builder()
            .status(400)
            .body(Body::from(message))
            .unwrap()
    };
    for (_, text) in failures(echo).await {
        assert!(text.contains("who is Bearer [secret]? line two"), "{text}");
        assert!(!text.contains(TOKEN), "{text}");
    }
}

#[tokio::test]
async fn the_metadata_service_gets_no_token_and_names_this_machine() {
    let script = Script::new(|_| json(200, "3164444\n")).await;
    assert_eq!(
        script.provider().target().await.unwrap(),
        droplet(3_164_444)
    );
    let received = script.received();
    assert_eq!(received[0].line, "GET /metadata/v1/id");
    assert!(!received[0].headers.contains_key("authorization"));

    let odd = Script::new(|_| json(200, "<html>")).await;
    assert_eq!(
        odd.provider().target().await.unwrap_err().kind,
        ErrorKind::Misconfigured
    );
}

#[tokio::test]
async fn a_release_looks_first_and_writes_only_if_it_must() {
    let held_by_9: Answer = |_| {
        json(
            200,
            r#"{"reserved_ip":{"droplet":{"id":9,"status":"active"},"locked":false}}"#,
        )
    };
    let script = Script::new(held_by_9).await;
    script
        .provider()
        .release(&address(), &droplet(7))
        .await
        .unwrap();
    let lines: Vec<_> = script
        .received()
        .into_iter()
        .map(|received| received.line)
        .collect();
    assert_eq!(lines, ["GET /v2/reserved_ips/203.0.113.7"]);
}
