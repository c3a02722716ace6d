//! How requests are authorised: as they are, or with a token that is fetched first.

use les_provider::Provider;
use serde_json::{Value, json};

use crate::acme::{Acme, Client, Reply, TOKEN, address};

/// The headers of the first request for the address.
async fn sent(auth: &str, environment: &[(&str, &str)], header: &str) -> String {
    let acme = Acme::new().await;
    let provider = Client::new(&acme, &[("auth", auth)])
        .given(environment)
        .provider();
    provider.observe(&address()).await.expect("it works");
    acme.server.received()[0].header(header).to_owned()
}

#[tokio::test]
async fn a_token_is_sent_as_bearer_in_a_header_of_its_own_or_as_user_and_password() {
    let bearer = "[[auth]]\nkind = 'bearer'\ncredentials.token = ['ACME_TOKEN']";
    assert_eq!(
        sent(bearer, &[("ACME_TOKEN", TOKEN)], "authorization").await,
        format!("Bearer {TOKEN}")
    );
    let header =
        "[[auth]]\nkind = 'header'\nheader = 'X-Auth-Token'\ncredentials.token = ['ACME_TOKEN']";
    assert_eq!(
        sent(header, &[("ACME_TOKEN", TOKEN)], "x-auth-token").await,
        TOKEN
    );
    assert_eq!(
        sent(header, &[("ACME_TOKEN", TOKEN)], "authorization").await,
        ""
    );
    let basic = "[[auth]]\nkind = 'basic'\ncredentials.user = ['ACME_USER']\ncredentials.password = ['ACME_PASSWORD']";
    let given = [("ACME_USER", "Aladdin"), ("ACME_PASSWORD", "open sesame")];
    // The example of RFC 7617.
    assert_eq!(
        sent(basic, &given, "authorization").await,
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    );
}

#[tokio::test]
async fn the_first_way_whose_credentials_are_all_given_is_used() {
    let both = "
[[auth]]
kind = 'basic'
credentials.user = ['ACME_USER']
credentials.password = ['ACME_PASSWORD']
[[auth]]
kind = 'bearer'
credentials.token = ['ACME_TOKEN']";
    let all = [
        ("ACME_USER", "u"),
        ("ACME_PASSWORD", "p"),
        ("ACME_TOKEN", TOKEN),
    ];
    assert_eq!(sent(both, &all, "authorization").await, "Basic dTpw");
    assert_eq!(
        sent(both, &all[1..], "authorization").await,
        format!("Bearer {TOKEN}")
    );
    let acme = Acme::new().await;
    let text = Client::new(&acme, &[("auth", both)])
        .given(&all[..1])
        .build()
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("ACME_PASSWORD and ACME_USER, or ACME_TOKEN"),
        "{text}"
    );
}

/// What the issuer received: its method and path, a header and its body; and what the API then received in `header`.
struct Exchange {
    line: String,
    kind: String,
    body: String,
    granted: String,
}

async fn fetched(
    auth: &str,
    environment: &[(&str, &str)],
    answer: fn() -> Reply,
    header: &str,
) -> Exchange {
    let acme = Acme::new().await;
    acme.hook(move |received, _| received.path.starts_with("/token").then(answer));
    let option = "[option.auth_url]\nabout = 'where tokens are given'\ngrammar = 'url'";
    let client = Client::new(&acme, &[("auth", auth), ("option", option)]).given(environment);
    let provider = client.set("auth_url", &acme.server.base()).provider();
    for _ in 0..3 {
        provider.observe(&address()).await.expect("it works");
    }
    let received = acme.server.received();
    assert_eq!(acme.count("/token"), 1, "it is kept");
    assert_eq!(received.len(), 4);
    Exchange {
        line: received[0].line(),
        kind: received[0].header("content-type").to_owned(),
        body: received[0].body.clone(),
        granted: received[3].header(header).to_owned(),
    }
}

#[tokio::test]
async fn a_token_is_fetched_with_json_and_found_in_a_header() {
    let keystone = r#"
[[auth]]
kind = "header"
header = "X-Auth-Token"
credentials.id = ["OS_ID"]
credentials.secret = ["OS_SECRET"]
[auth.fetch]
base_option = "auth_url"
path = "/token/auth"
json = "{'auth': {'id': credentials.id, 'secret': credentials.secret}}"
token = "headers['x-subject-token']"
expires_at = "body.token.expires_at"
"#;
    let answer = || {
        let headers = vec![("X-Subject-Token", "gAAAA-1".to_owned())];
        let body = json!({"token": {"expires_at": "2999-01-01T00:00:00.000000Z"}});
        Reply::Answer(201, headers, body.to_string())
    };
    let given = [("OS_ID", "app"), ("OS_SECRET", "5ecre7\"'")];
    let exchange = fetched(keystone, &given, answer, "x-auth-token").await;
    assert_eq!(exchange.line, "POST /token/auth");
    let body: Value = serde_json::from_str(&exchange.body).unwrap();
    assert_eq!(body, json!({"auth": {"id": "app", "secret": "5ecre7\"'"}}));
    assert_eq!(exchange.granted, "gAAAA-1");
}

#[tokio::test]
async fn a_token_is_fetched_with_a_form() {
    let oauth = |form: &str, credentials: &str| {
        format!(
            "[[auth]]\nkind = 'bearer'\n{credentials}\n[auth.fetch]\nbase_option = 'auth_url'\npath = '/token'\nform = \"{form}\"\ntoken = 'body.access_token'\nexpires_in = 'body.expires_in'"
        )
    };
    let answer = || {
        Reply::json(
            200,
            &json!({"access_token": "short-lived", "expires_in": 3599, "token_type": "Bearer"}),
        )
    };
    let client = oauth(
        "{'grant_type': 'client_credentials', 'client_id': credentials.id, 'client_secret': credentials.secret}",
        "credentials.id = ['ACME_ID']\ncredentials.secret = ['ACME_SECRET']",
    );
    let exchange = fetched(
        &client,
        &[("ACME_ID", "me"), ("ACME_SECRET", "a&b=c d")],
        answer,
        "authorization",
    )
    .await;
    assert_eq!(exchange.line, "POST /token");
    assert_eq!(exchange.kind, "application/x-www-form-urlencoded");
    assert_eq!(
        exchange.body,
        "client_id=me&client_secret=a%26b%3Dc+d&grant_type=client_credentials"
    );
    assert_eq!(exchange.granted, "Bearer short-lived");

    let refresh = oauth(
        "{'grant_type': 'refresh_token', 'refresh_token': credentials.refresh_token}",
        "credentials.refresh_token = ['ACME_REFRESH']",
    );
    let exchange = fetched(
        &refresh,
        &[("ACME_REFRESH", "1//long-lived")],
        answer,
        "authorization",
    )
    .await;
    assert_eq!(
        exchange.body,
        "grant_type=refresh_token&refresh_token=1%2F%2Flong-lived"
    );
}

#[tokio::test]
async fn a_token_is_fetched_from_the_metadata_service_without_any_credentials() {
    let acme = Acme::new().await;
    let metadata = Acme::new().await;
    metadata.hook(|_, _| {
        Some(Reply::json(
            200,
            &json!({"access_token": "instance", "expires_in": 3600}),
        ))
    });
    let auth = "[[auth]]\nkind = 'bearer'\ncredentials = {}\n[auth.fetch]\non = 'metadata'\nmethod = 'GET'\npath = '/service-accounts/default/token'\nheaders = { Metadata-Flavor = 'Google' }\ntoken = 'body.access_token'\nexpires_in = 'body.expires_in'";
    let mut client = Client::new(&acme, &[("auth", auth)]).given(&[]);
    client.metadata_base = Some(metadata.server.base());
    client.provider().observe(&address()).await.unwrap();
    let asked = &metadata.server.received()[0];
    assert_eq!(asked.line(), "GET /service-accounts/default/token");
    assert_eq!(
        (
            asked.header("metadata-flavor"),
            asked.header("authorization")
        ),
        ("Google", "")
    );
    assert_eq!(
        acme.server.received()[0].header("authorization"),
        "Bearer instance"
    );
}

#[tokio::test]
async fn where_the_api_is_can_be_told_with_the_token() {
    let issuer = Acme::new().await;
    let acme = Acme::new().await;
    let base = acme.server.base();
    issuer.hook(move |_, _| {
        Some(Reply::json(
            200,
            &json!({"token": "t-1", "api": format!("{base}/")}),
        ))
    });
    let auth = format!(
        "[[auth]]\nkind = 'bearer'\ncredentials.token = ['ACME_TOKEN']\n[auth.fetch]\nbase_url = '{}'\npath = '/token'\ntoken = 'body.token'\napi_base_url = 'body.api'",
        issuer.server.base()
    );
    let mut client = Client::new(&issuer, &[("auth", &auth), ("base_url", "")]);
    client.base_url = None;
    client.provider().observe(&address()).await.unwrap();
    assert_eq!(acme.server.lines(), ["GET /ips/ip1"]);
    assert_eq!(
        acme.server.received()[0].header("authorization"),
        "Bearer t-1"
    );
}
