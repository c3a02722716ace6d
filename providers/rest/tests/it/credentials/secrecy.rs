//! No credential, token or metadata token in any error, `Debug`, trace or log line, whatever the cloud does.

use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};

use les_provider::{Provider, ProviderError};
use les_provider_rest::{RestProvider, Trace};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::acme::{Acme, Client, Received, Reply, address, chain, machine};

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("it is whole").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("it is whole")).into_owned()
    }
}

/// Forms of the secrets below that must appear nowhere. The password is the user and more, with what JSON, URLs and forms escape.
const SECRETS: [&str; 8] = [
    "hunter-2",
    // What remains of the password if the user in it is masked first.
    "[secret]-2",
    "aHVudGVyOmh1bnRlci0yIFwiw6Q=",
    "hunter-2%20",
    "hunter-2+",
    "issued-token",
    "m3tadata-value",
    "client-secret",
];

const FETCH: &str = r#"
[[auth]]
kind = "header"
header = "X-Auth-Token"
credentials.user = ["ACME_USER"]
credentials.password = ["ACME_PASSWORD"]
credentials.secret = ["ACME_SECRET"]
[auth.fetch]
base_option = "auth_url"
path = "/token/{{ credentials.secret }}?password={{ credentials.password }}"
headers = { X-Secret = "{{ credentials.secret }}" }
json = "{'user': credentials.user, 'password': credentials.password}"
token = "body.token"
"#;

const BASIC: &str = "
[[auth]]
kind = 'basic'
credentials.user = ['ACME_USER']
credentials.password = ['ACME_PASSWORD']";

const IDENTITY: &str = r#"
[identity]
metadata_base = "http://169.254.169.254"
[[identity.step]]
name = "token"
method = "PUT"
path = "/metadata"
secret = true
value = "text"
[[identity.step]]
path = "/me"
headers = { Metadata-Token = "{{ found.token }}" }
value = "text"
"#;

/// What the cloud answers to everything but a token request, with all that it was sent.
fn echo(status: u16, received: &Received) -> Reply {
    let echo = format!("{} {:?} {}", received.path, received.headers, received.body);
    let body =
        json!({"message": echo, "ip": {"server": {"echo": echo}, "locked": echo}}).to_string();
    Reply::Answer(status, vec![("X-Echo", received.path.clone())], body)
}

/// Calls everything, and notes all that is told.
async fn call_everything(provider: &RestProvider, told: &mut String) {
    let failed = |result: Result<(), ProviderError>| {
        result.err().map(|error| chain(&error)).unwrap_or_default()
    };
    let _ = write!(told, "{provider:?} {provider:#?}");
    told.push_str(&failed(provider.target().await.map(drop)));
    told.push_str(&failed(provider.observe(&address()).await.map(drop)));
    told.push_str(&failed(
        provider.assign(&address(), &machine("m7"), None).await,
    ));
    told.push_str(&failed(provider.release(&address(), &machine("m7")).await));
    told.push_str(&failed(provider.discover("tag").await.map(drop)));
}

#[tokio::test]
async fn nothing_that_is_told_traced_or_logged_holds_a_secret() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    // For all threads: with one for this thread alone, others decide in a race whether an event is of interest to anybody.
    tracing::subscriber::set_global_default(subscriber)
        .expect("this is the only test that has one");
    let mut told = String::new();
    let traced = Arc::new(Mutex::new(String::new()));
    for (auth, token_status, status) in [
        (FETCH, 200, 200),
        (FETCH, 200, 400),
        (FETCH, 200, 401),
        (FETCH, 200, 500),
        (FETCH, 400, 200),
        (FETCH, 401, 200),
        (BASIC, 200, 200),
        (BASIC, 200, 401),
        (BASIC, 200, 409),
    ] {
        let acme = Acme::new().await;
        acme.hook(move |received, _| {
            Some(match received.path.as_str() {
                "/metadata" => Reply::text(200, "m3tadata-value"),
                path if path.starts_with("/token") && token_status == 200 => {
                    Reply::json(200, &json!({"token": "issued-token"}))
                }
                path if path.starts_with("/token") => echo(token_status, received),
                _ => echo(status, received),
            })
        });
        let option = "[option.auth_url]\nabout = 'where tokens are given'\ngrammar = 'url'";
        let mut client = Client::new(
            &acme,
            &[("auth", auth), ("option", option), ("identity", IDENTITY)],
        );
        client = client.given(&[
            ("ACME_USER", "hunter"),
            ("ACME_PASSWORD", "hunter-2 \"ä"),
            ("ACME_SECRET", "client-secret"),
        ]);
        let kept = Arc::clone(&traced);
        client.trace = Some(Trace::new(move |exchanged| {
            let _ = write!(kept.lock().unwrap(), "{exchanged:?}");
        }));
        let provider = client.set("auth_url", &acme.server.base()).provider();
        call_everything(&provider, &mut told).await;
        // The cloud did receive what nobody may see.
        assert!(acme.count("/ips") > 0 || token_status != 200);
    }
    let (traced, logged) = (traced.lock().unwrap().clone(), log.text());
    for (what, text) in [("told", &told), ("traced", &traced), ("logged", &logged)] {
        assert!(
            text.contains("[secret]"),
            "{what}: it is shown, and masked: {text}"
        );
        for secret in SECRETS {
            let at = text.find(secret).map(|at| {
                &text[text.floor_char_boundary(at.saturating_sub(200))
                    ..text.ceil_char_boundary((at + 80).min(text.len()))]
            });
            assert_eq!(at, None, "{what}: {secret}");
        }
    }
    assert!(
        logged.contains("/token/[secret]"),
        "what was logged is of this test"
    );
}

#[tokio::test]
async fn a_trace_shows_what_was_sent_and_answered_and_why_nothing_was() {
    let acme = Acme::new().await;
    let shown = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&shown);
    let mut client = Client::new(&acme, &[]);
    client.trace = Some(Trace::new(move |exchanged| {
        kept.lock().unwrap().push(exchanged.clone());
    }));
    let provider = client.provider();
    provider
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap();
    acme.hook(|_, _| Some(Reply::HangUp));
    provider.observe(&address()).await.unwrap_err();
    let shown = shown.lock().unwrap();
    let [moved, silent] = &shown[..] else {
        panic!("two exchanges: {shown:?}")
    };
    assert_eq!(
        (moved.method.as_str(), moved.body.as_str()),
        ("POST", r#"{"server":"m7"}"#)
    );
    assert_eq!(moved.url, format!("{}/ips/ip1/move", acme.server.base()));
    assert!(
        moved
            .headers
            .contains(&("authorization".to_owned(), "[secret]".to_owned())),
        "{moved:?}"
    );
    assert_eq!(moved.answer.as_ref().unwrap().0, 200);
    assert_eq!(silent.answer.as_ref().unwrap_err(), "no answer");
}
