//! Tokens that are fetched: how long they are kept, when they are renewed, and what is told when they are not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use les_provider::{ErrorKind, Provider};
use les_provider_rest::RestProvider;
use serde_json::json;

use crate::acme::{Acme, Client, Reply, address, chain};

const AUTH: &str = r#"
[[auth]]
kind = "bearer"
credentials.key = ["ACME_KEY"]
[auth.fetch]
base_option = "auth_url"
path = "/token"
form = "{'key': credentials.key}"
token = "body.token"
expires_in = "body.expires_in"
"#;

fn provider(acme: &Acme) -> RestProvider {
    let option = "[option.auth_url]\nabout = 'where tokens are given'\ngrammar = 'url'";
    let client = Client::new(acme, &[("auth", AUTH), ("option", option)]);
    let client = client.given(&[("ACME_KEY", "k-5ecre7")]);
    client.set("auth_url", &acme.server.base()).provider()
}

/// A cloud whose issuer numbers its tokens, which are good for `life` seconds; the API takes those of at least `oldest`.
async fn numbering(life: u32, oldest: usize) -> (Acme, Arc<AtomicUsize>) {
    let acme = Acme::new().await;
    let oldest = Arc::new(AtomicUsize::new(oldest));
    let accepted = Arc::clone(&oldest);
    let mut given = 0;
    acme.hook(move |received, _| {
        if received.path == "/token" {
            given += 1;
            return Some(Reply::json(
                200,
                &json!({"token": format!("t-{given}"), "expires_in": life}),
            ));
        }
        let number = received
            .header("authorization")
            .rsplit('-')
            .next()
            .and_then(|n| n.parse().ok());
        let good = number.is_some_and(|number: usize| number >= accepted.load(Ordering::SeqCst));
        (!good).then(|| Reply::json(401, &json!({"message": "expired"})))
    });
    (acme, oldest)
}

/// Moves tokio's clock on; nothing is in flight meanwhile.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_token_is_renewed_shortly_before_it_expires() {
    // A minute before, or at nine tenths of a short life.
    for (life, kept, then) in [(1_000, 930, 20), (100, 85, 10), (50, 42, 5)] {
        let (acme, _) = numbering(life, 1).await;
        let provider = provider(&acme);
        provider.observe(&address()).await.unwrap();
        pass(Duration::from_secs(kept)).await;
        provider.observe(&address()).await.unwrap();
        assert_eq!(acme.count("/token"), 1, "{life}: not before the margin");
        pass(Duration::from_secs(then)).await;
        provider.observe(&address()).await.unwrap();
        assert_eq!(acme.count("/token"), 2, "{life}: before it expires");
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_fetched_anew_once() {
    let (acme, oldest) = numbering(3_600, 1).await;
    let provider = provider(&acme);
    provider.observe(&address()).await.unwrap();
    oldest.store(2, Ordering::SeqCst);
    provider.observe(&address()).await.unwrap();
    assert_eq!(acme.count("/token"), 2);
    oldest.store(99, Ordering::SeqCst);
    let error = provider.observe(&address()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Denied);
    assert!(chain(&error).contains("ACME_KEY"), "{error}");
    assert_eq!(acme.count("/token"), 3, "one more, and no circle");
    assert_eq!(
        acme.count("/ips"),
        5,
        "a refused request is sent once more, and not again"
    );
}

#[tokio::test]
async fn calls_at_the_same_time_share_one_fetch() {
    let (acme, oldest) = numbering(3_600, 1).await;
    let provider = provider(&acme);
    let address = address();
    let eight = async || {
        let calls = std::array::from_fn::<_, 8, _>(|_| provider.observe(&address));
        let [a, b, c, d, e, f, g, h] = calls;
        let all = tokio::join!(a, b, c, d, e, f, g, h);
        for result in [all.0, all.1, all.2, all.3, all.4, all.5, all.6, all.7] {
            result.unwrap();
        }
    };
    eight().await;
    assert_eq!(acme.count("/token"), 1);
    oldest.store(2, Ordering::SeqCst);
    eight().await;
    assert_eq!(acme.count("/token"), 2, "eight refusals, one renewal");
}

#[tokio::test]
async fn a_token_is_used_to_its_end_if_it_cannot_be_renewed() {
    let acme = Acme::new().await;
    let mut given = 0;
    acme.hook(move |received, _| {
        (received.path == "/token").then(|| {
            given += 1;
            match given {
                1 => Reply::json(200, &json!({"token": "t-1", "expires_in": 1_000})),
                _ => Reply::json(503, &json!({"message": "the issuer is asleep"})),
            }
        })
    });
    let provider = provider(&acme);
    provider.observe(&address()).await.unwrap();
    pass(Duration::from_secs(960)).await;
    for _ in 0..3 {
        provider.observe(&address()).await.unwrap();
    }
    assert_eq!(
        acme.count("/token"),
        2,
        "an issuer that is asleep is not woken for every call"
    );
    pass(Duration::from_secs(50)).await;
    let error = provider.observe(&address()).await.unwrap_err();
    assert_eq!(
        (error.kind, error.operation),
        (ErrorKind::Transient, "observe")
    );
    assert!(
        error
            .to_string()
            .contains("no token: HTTP 503: the issuer is asleep"),
        "{error}"
    );
    assert_eq!(acme.count("/ips"), 4, "an expired token is not sent");
}

#[tokio::test]
async fn an_issuers_refusal_is_told_with_what_to_do_and_a_token_in_use_outlives_it() {
    let acme = Acme::new().await;
    let mut given = 0;
    acme.hook(move |received, _| {
        (received.path == "/token").then(|| {
            given += 1;
            match given {
                1 => Reply::json(200, &json!({"token": "t-1", "expires_in": 1_000})),
                _ => Reply::json(401, &json!({"message": "the key k-5ecre7 was revoked"})),
            }
        })
    });
    let provider = provider(&acme);
    provider.observe(&address()).await.unwrap();
    pass(Duration::from_secs(960)).await;
    provider.observe(&address()).await.unwrap();
    provider.observe(&address()).await.unwrap();
    pass(Duration::from_secs(50)).await;
    let error = provider.observe(&address()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Denied);
    let text = chain(&error);
    assert!(
        text.contains("the key [secret] was revoked") && text.contains("ACME_KEY_FILE"),
        "{text}"
    );
}

#[tokio::test]
async fn an_issuers_answer_of_another_form_is_told_without_its_text() {
    let odd = [
        json!({"access_token": "t-5ecre7", "expires_in": 3600}),
        json!({"token": null, "expires_in": 3600}),
        json!({"token": "", "expires_in": 3600}),
        json!({"token": {"id": "t-5ecre7"}, "expires_in": 3600}),
        json!({"token": "t-5ecre7\r\nx: y", "expires_in": 3600}),
        json!({"token": "t-5ecre7"}),
        json!({"token": "t-5ecre7", "expires_in": "soon"}),
        json!({"token": "t-5ecre7", "expires_in": -5}),
        json!("t-5ecre7"),
    ];
    for body in odd {
        let acme = Acme::new().await;
        let text = body.to_string();
        acme.hook(move |_, _| Some(Reply::text(200, &text)));
        let error = provider(&acme).observe(&address()).await.unwrap_err();
        assert_eq!(
            (error.kind, error.operation),
            (ErrorKind::Misconfigured, "observe"),
            "{body}"
        );
        assert!(
            !chain(&error).contains("5ecre7"),
            "{body}: {}",
            chain(&error)
        );
        assert_eq!(acme.count("/ips"), 0);
    }
}
