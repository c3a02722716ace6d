//! TLS with a certificate authority of one's own.

use std::path::PathBuf;

use les_provider::{ErrorKind, Provider};

use crate::acme::{Acme, Certified, Client, address, authority, certified, chain, machine};
use crate::folder::Folder;

/// What a move says at a cloud with this certificate when this bundle is trusted, and what the cloud received.
async fn moved(
    certified: &Certified,
    ca_file: Option<PathBuf>,
) -> (Result<(), (ErrorKind, String)>, Acme) {
    let acme = Acme::with_tls(certified).await;
    let mut client = Client::new(&acme, &[]);
    let port = acme.server.authority.rsplit(':').next().expect("it works");
    client.base_url = Some(format!("https://localhost:{port}"));
    client.ca_file = ca_file;
    let result = client
        .provider()
        .assign(&address(), &machine("m7"), None)
        .await;
    (result.map_err(|error| (error.kind, chain(&error))), acme)
}

#[tokio::test]
async fn a_private_authority_is_trusted_with_its_bundle_and_not_without() {
    let folder = Folder::new();
    let bundle = folder.path("ca.pem");
    let ours = authority(&bundle);
    let good = certified(&ours, "localhost", false);
    let (result, acme) = moved(&good, Some(bundle.clone())).await;
    result.unwrap();
    assert_eq!(acme.holders(), ["m7"]);

    let other = folder.path("other.pem");
    let _ = authority(&other);
    let elsewhere = certified(&ours, "other.example", false);
    let expired = certified(&ours, "localhost", true);
    for (certified, ca_file, told) in [
        (&good, None, "UnknownIssuer"),
        (&good, Some(&other), "UnknownIssuer"),
        (
            &elsewhere,
            Some(&bundle),
            "not valid for name \"localhost\"",
        ),
        (&expired, Some(&bundle), "expired"),
    ] {
        let (result, acme) = moved(certified, ca_file.cloned()).await;
        let (kind, text) = result.unwrap_err();
        assert_eq!(kind, ErrorKind::Unreachable, "nothing was sent: {text}");
        assert!(
            text.contains("certificate") && text.contains(told),
            "{told}: {text}"
        );
        assert_eq!((acme.server.lines().len(), acme.holders().len()), (0, 0));
    }
}

#[tokio::test]
async fn a_bundle_with_several_certificates_is_trusted_whole() {
    let folder = Folder::new();
    let (one, two) = (folder.path("one.pem"), folder.path("two.pem"));
    let _ = authority(&one);
    let ours = authority(&two);
    let both = [one, two]
        .map(|path| std::fs::read_to_string(path).unwrap())
        .concat();
    folder.write("both.pem", both);
    let (result, acme) = moved(
        &certified(&ours, "localhost", false),
        Some(folder.path("both.pem")),
    )
    .await;
    result.unwrap();
    assert_eq!(acme.holders(), ["m7"]);
}

#[tokio::test]
async fn an_issuer_of_tokens_behind_a_private_authority_is_reached_though_the_api_is_not() {
    let folder = Folder::new();
    let bundle = folder.path("ca.pem");
    let ours = authority(&bundle);
    let issuer = Acme::with_tls(&certified(&ours, "localhost", false)).await;
    issuer.hook(|_, _| Some(crate::acme::Reply::text(200, r#"{"token":"t-1"}"#)));
    let acme = Acme::new().await;
    let auth = "[[auth]]\nkind = 'bearer'\ncredentials.token = ['ACME_TOKEN']\n[auth.fetch]\nbase_option = 'auth_url'\npath = '/token'\ntoken = 'body.token'";
    let option = "[option.auth_url]\nabout = 'where tokens are given'\ngrammar = 'url'";
    let mut client = Client::new(&acme, &[("auth", auth), ("option", option)]);
    client.ca_file = Some(bundle);
    let port = issuer.server.authority.rsplit(':').next().unwrap();
    let provider = client
        .set("auth_url", &format!("https://localhost:{port}/v3"))
        .provider();
    provider.observe(&address()).await.unwrap();
    assert_eq!(issuer.server.lines(), ["POST /v3/token"]);
}

#[tokio::test]
async fn plain_http_where_tls_is_expected_is_no_answer() {
    let acme = Acme::new().await;
    let mut client = Client::new(&acme, &[]);
    client.base_url = Some(acme.server.base().replace("http", "https"));
    let error = client.provider().observe(&address()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(chain(&error).contains("no connection"), "{}", chain(&error));
    assert!(acme.server.lines().is_empty());
}

#[tokio::test]
async fn a_bundle_that_cannot_be_used_is_told_with_its_path() {
    let folder = Folder::new();
    folder.write("empty.pem", "");
    folder.write("garbage.pem", "this is no certificate");
    folder.write(
        "broken.pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    folder.write(
        "base64.pem",
        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
    );
    for name in [
        "missing.pem",
        "empty.pem",
        "garbage.pem",
        "broken.pem",
        "base64.pem",
    ] {
        let acme = Acme::new().await;
        let mut client = Client::new(&acme, &[]);
        client.base_url = Some("https://localhost:1".to_owned());
        client.ca_file = Some(folder.path(name));
        let text = client.build().unwrap_err().to_string();
        let path = folder.path(name).display().to_string();
        assert!(
            text.contains(&format!("the CA bundle {path} cannot be used: ")),
            "{name}: {text}"
        );
    }
}

#[tokio::test]
async fn credentials_are_never_sent_in_clear_text_over_a_network() {
    let acme = Acme::new().await;
    let mut client = Client::new(&acme, &[]);
    client.base_url = Some("http://api.acme.example".to_owned());
    let text = client.build().unwrap_err().to_string();
    assert!(
        text.contains("`base_url` = \"http://api.acme.example/\"")
            && text.contains("must begin with https://"),
        "{text}"
    );

    let auth = "[[auth]]\nkind = 'bearer'\ncredentials.token = ['ACME_TOKEN']\n[auth.fetch]\nbase_option = 'auth_url'\npath = '/token'\ntoken = 'body.token'\napi_base_url = 'body.api'";
    let option = "[option.auth_url]\nabout = 'where tokens are given'\ngrammar = 'url'";
    let changes = [("auth", auth), ("option", option), ("base_url", "")];
    let text = Client::new(&acme, &changes)
        .set("auth_url", "http://keystone.acme.example")
        .build()
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("`options.auth_url`") && text.contains("must begin with https://"),
        "{text}"
    );

    for (api, told) in [
        ("http://api.acme.example/v2", "is not https://"),
        (
            "https://me:pw@api.acme.example",
            "must not contain a user name",
        ),
        ("api.acme.example", "expected a URL"),
    ] {
        acme.hook(move |_, _| {
            Some(crate::acme::Reply::text(
                200,
                &format!(r#"{{"token":"t-1","api":"{api}"}}"#),
            ))
        });
        let mut client = Client::new(&acme, &changes);
        client.base_url = None;
        let error = client
            .set("auth_url", &acme.server.base())
            .provider()
            .observe(&address())
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Misconfigured);
        assert!(
            error.to_string().contains(told) && !error.to_string().contains("me:pw"),
            "{error}"
        );
    }
}
