//! Clouds that lock out who repeats a wrong password: a refusal is not repeated.

use std::time::Duration;

use les_provider::{ErrorKind, Provider};
use les_provider_rest::RestProvider;
use serde_json::json;

use crate::acme::{Acme, Client, Reply, address, machine, text};
use crate::folder::Folder;

const BASIC: &str = "[[auth]]\nkind = 'basic'\ncredentials.user = ['ACME_USER']\ncredentials.password = ['ACME_PASSWORD']";

/// A cloud that accepts `me:right-password` alone, and counts.
async fn strict(folder: &Folder, password: &str) -> (Acme, RestProvider) {
    let acme = Acme::new().await;
    acme.hook(|received, _| {
        let good = received.header("authorization") == "Basic bWU6cmlnaHQtcGFzc3dvcmQ=";
        (!good).then(|| Reply::json(401, &json!({"message": "no"})))
    });
    let whole = text(&[]);
    let limits = whole
        .lines()
        .skip_while(|line| *line != "[limits]")
        .take(6)
        .collect::<Vec<_>>()
        .join("\n");
    let limits = format!("{limits}\nhold_after_refused_login = '10m'");
    let file = folder.write("password", password);
    let given = [("ACME_USER", "me"), ("ACME_PASSWORD_FILE", file.as_str())];
    let client = Client::new(&acme, &[("auth", BASIC), ("limits", &limits)]);
    (acme, client.given(&given).provider())
}

#[tokio::test]
async fn after_a_refusal_nothing_is_sent_until_the_file_changes() {
    let folder = Folder::new();
    let (acme, provider) = strict(&folder, "wrong").await;
    assert_eq!(
        provider.observe(&address()).await.unwrap_err().kind,
        ErrorKind::Denied
    );
    for _ in 0..5 {
        let error = provider
            .assign(&address(), &machine("m7"), None)
            .await
            .unwrap_err();
        assert_eq!((error.kind, error.operation), (ErrorKind::Denied, "assign"));
        let text = error.to_string();
        assert!(
            text.contains("ACME_PASSWORD and ACME_USER were refused")
                && text.contains("unless they change"),
            "{text}"
        );
        provider.observe(&address()).await.unwrap_err();
        provider
            .release(&address(), &machine("m7"))
            .await
            .unwrap_err();
    }
    assert_eq!(acme.server.lines().len(), 1, "one wrong login and no more");
    folder.replace("password", "right-password\n");
    provider.observe(&address()).await.unwrap();
    assert_eq!(acme.server.lines().len(), 2);
}

#[tokio::test]
async fn a_second_wrong_password_is_held_as_the_first_was() {
    let folder = Folder::new();
    let (acme, provider) = strict(&folder, "wrong").await;
    provider.observe(&address()).await.unwrap_err();
    folder.replace("password", "wrong again");
    for _ in 0..3 {
        provider.observe(&address()).await.unwrap_err();
    }
    assert_eq!(acme.server.lines().len(), 2);
}

#[tokio::test]
async fn calls_at_the_same_time_do_not_repeat_a_wrong_password() {
    let folder = Folder::new();
    let (acme, provider) = strict(&folder, "wrong").await;
    let address = address();
    let observe = || provider.observe(&address);
    let (a, b, c, d) = tokio::join!(observe(), observe(), observe(), observe());
    for result in [a, b, c, d] {
        assert_eq!(result.unwrap_err().kind, ErrorKind::Denied);
    }
    assert_eq!(acme.server.lines().len(), 1);
    folder.replace("password", "right-password");
    let (a, b, c, d) = tokio::join!(observe(), observe(), observe(), observe());
    for result in [a, b, c, d] {
        result.unwrap();
    }
    assert_eq!(acme.server.lines().len(), 5);
}

#[tokio::test]
async fn when_the_time_is_over_it_is_tried_again() {
    let folder = Folder::new();
    let (acme, provider) = strict(&folder, "wrong").await;
    provider.observe(&address()).await.unwrap_err();
    for (seconds, requests) in [(590, 1), (20, 2), (590, 2)] {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(seconds)).await;
        tokio::time::resume();
        provider.observe(&address()).await.unwrap_err();
        assert_eq!(
            acme.server.lines().len(),
            requests,
            "after {seconds} s more"
        );
    }
}

#[tokio::test]
async fn a_refusal_of_something_else_holds_nothing() {
    let folder = Folder::new();
    let (acme, provider) = strict(&folder, "right-password").await;
    acme.hook(|_, _| Some(Reply::json(403, &json!({}))));
    for _ in 0..3 {
        provider.observe(&address()).await.unwrap_err();
    }
    assert_eq!(acme.server.lines().len(), 3);
}

#[tokio::test]
async fn an_issuer_that_refuses_is_not_asked_again() {
    let acme = Acme::new().await;
    acme.hook(|received, _| (received.path == "/token").then(|| Reply::json(401, &json!({}))));
    let auth = format!(
        "[[auth]]\nkind = 'bearer'\ncredentials.key = ['ACME_KEY']\n[auth.fetch]\nbase_url = '{}'\npath = '/token'\njson = \"{{'key': credentials.key}}\"\ntoken = 'body.token'",
        acme.server.base()
    );
    let limits = "[limits]\nmoves_in_one_call = true\nsettle = '0s'\nconnect_timeout = '5s'\nrequest_timeout = '10s'\ncall_timeout = '90s'\nhold_after_refused_login = '10m'";
    let client = Client::new(&acme, &[("auth", &auth), ("limits", limits)]);
    let provider = client.given(&[("ACME_KEY", "wrong")]).provider();
    for _ in 0..3 {
        assert_eq!(
            provider.observe(&address()).await.unwrap_err().kind,
            ErrorKind::Denied
        );
    }
    assert_eq!(acme.server.lines(), ["POST /token"]);
}
