//! A credential that is replaced while the program runs.

use std::sync::{Arc, Mutex};

use les_provider::{ErrorKind, Provider};
use les_provider_rest::RestProvider;
use serde_json::json;

use crate::acme::{Acme, Client, Reply, address, chain};
use crate::folder::Folder;

/// A cloud that accepts one token, which can be changed, and a provider with its token in a file.
async fn accepting(token: &str, folder: &Folder) -> (Acme, Arc<Mutex<String>>, RestProvider) {
    let acme = Acme::new().await;
    let accepted = Arc::new(Mutex::new(token.to_owned()));
    let good = Arc::clone(&accepted);
    acme.hook(move |received, _| {
        let expected = format!("Bearer {}", good.lock().expect("it works"));
        (received.header("authorization") != expected)
            .then(|| Reply::json(401, &json!({"message": "who is that?"})))
    });
    let file = folder.write("token", token);
    let provider = Client::new(&acme, &[])
        .given(&[("ACME_TOKEN_FILE", &file)])
        .provider();
    (acme, accepted, provider)
}

fn sent(acme: &Acme) -> Vec<String> {
    acme.server
        .received()
        .iter()
        .map(|r| r.header("authorization").replace("Bearer ", ""))
        .collect()
}

/// Another text of the same length and date: only a reading can tell.
fn replace_unnoticed(folder: &Folder, name: &str, text: &str) {
    let metadata = std::fs::metadata(folder.path(name)).expect("it is there");
    folder.write(name, text);
    let file = std::fs::File::options()
        .append(true)
        .open(folder.path(name));
    let date = metadata.modified().expect("it has a date");
    file.expect("it opens")
        .set_modified(date)
        .expect("it is set");
}

#[tokio::test]
async fn the_next_request_after_a_file_changed_uses_what_is_in_it() {
    let folder = Folder::new();
    let (acme, accepted, provider) = accepting("token-one", &folder).await;
    provider.observe(&address()).await.unwrap();
    folder.replace("token", "token-number-two\n");
    *accepted.lock().unwrap() = "token-number-two".to_owned();
    provider.observe(&address()).await.unwrap();
    assert_eq!(sent(&acme), ["token-one", "token-number-two"]);
}

#[tokio::test]
async fn a_refusal_makes_the_file_be_read_again_whatever_its_date() {
    let folder = Folder::new();
    let (acme, accepted, provider) = accepting("token-one", &folder).await;
    provider.observe(&address()).await.unwrap();
    replace_unnoticed(&folder, "token", "token-two");
    *accepted.lock().unwrap() = "token-two".to_owned();
    provider.observe(&address()).await.unwrap();
    assert_eq!(sent(&acme), ["token-one", "token-one", "token-two"]);
}

#[tokio::test]
async fn a_file_that_is_half_written_or_gone_leaves_the_old_credential_in_use() {
    let folder = Folder::new();
    let (acme, _, provider) = accepting("token-one", &folder).await;
    for half in ["", "\n", "token\nthat is no token", "to ken"] {
        folder.write("token", half);
        provider.observe(&address()).await.unwrap();
    }
    std::fs::remove_file(folder.path("token")).unwrap();
    provider.observe(&address()).await.unwrap();
    assert_eq!(sent(&acme), ["token-one"; 5]);
}

#[tokio::test]
async fn a_refusal_is_told_with_where_the_credential_is_and_sent_once_where_nothing_is_new() {
    let folder = Folder::new();
    let (acme, accepted, provider) = accepting("token-one", &folder).await;
    *accepted.lock().unwrap() = "another".to_owned();
    let error = provider.observe(&address()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Denied);
    let text = chain(&error);
    assert!(
        text.contains("who is that?")
            && text.contains("ACME_TOKEN; a changed file is read without a restart"),
        "{text}"
    );
    assert_eq!(acme.server.lines().len(), 1);

    let acme = Acme::new().await;
    acme.hook(|_, _| Some(Reply::json(401, &json!({}))));
    let error = Client::new(&acme, &[])
        .provider()
        .observe(&address())
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("a changed variable needs a restart, a file (ACME_TOKEN_FILE) does not"),
        "{text}"
    );
    assert_eq!(acme.server.lines().len(), 1);
}

#[tokio::test]
async fn credentials_that_changed_get_a_token_of_their_own() {
    let folder = Folder::new();
    let acme = Acme::new().await;
    acme.hook(|received, _| {
        let token = format!(
            "for-{}",
            received.json()["key"].as_str().unwrap_or_default()
        );
        (received.path == "/token").then(|| Reply::json(200, &json!({ "token": token })))
    });
    let auth = "[[auth]]\nkind = 'bearer'\ncredentials.key = ['ACME_KEY']\n[auth.fetch]\nbase_option = 'auth_url'\npath = '/token'\njson = \"{'key': credentials.key}\"\ntoken = 'body.token'";
    let option = "[option.auth_url]\nabout = 'where tokens are given'\ngrammar = 'url'";
    let file = folder.write("key", "one");
    let client = Client::new(&acme, &[("auth", auth), ("option", option)])
        .given(&[("ACME_KEY_FILE", &file)]);
    let provider = client.set("auth_url", &acme.server.base()).provider();
    provider.observe(&address()).await.unwrap();
    folder.replace("key", "number-two");
    provider.observe(&address()).await.unwrap();
    assert_eq!(sent(&acme), ["", "for-one", "", "for-number-two"]);
}

#[tokio::test]
async fn an_issuers_refusal_makes_the_file_be_read_again() {
    let folder = Folder::new();
    let acme = Acme::new().await;
    acme.hook(|received, _| {
        let good = received.json()["key"] == "two";
        (received.path == "/token").then(|| match good {
            true => Reply::json(200, &json!({"token": "t-2"})),
            false => Reply::json(401, &json!({})),
        })
    });
    let auth = "[[auth]]\nkind = 'bearer'\ncredentials.key = ['ACME_KEY']\n[auth.fetch]\nbase_option = 'auth_url'\npath = '/token'\njson = \"{'key': credentials.key}\"\ntoken = 'body.token'";
    let option = "[option.auth_url]\nabout = 'where tokens are given'\ngrammar = 'url'";
    let file = folder.write("key", "one");
    let client = Client::new(&acme, &[("auth", auth), ("option", option)]);
    let client = client.given(&[("ACME_KEY_FILE", &file)]);
    let provider = client.set("auth_url", &acme.server.base()).provider();
    replace_unnoticed(&folder, "key", "two");
    provider.observe(&address()).await.unwrap();
    assert_eq!(acme.count("/token"), 2);
}
