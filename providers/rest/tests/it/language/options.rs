//! A preset's options: configured, from the environment, by default.

use les_provider::Provider;

use crate::acme::{Acme, Client, TOKEN, address};

const OPTION: &str = r#"
[option.zone]
about = "the zone of the address"
env = ["ACME_ZONE", "ACME_DEFAULT_ZONE"]
default = "fr-par-1"
grammar = "name"
[option.project]
about = "the project"
env = ["ACME_PROJECT"]
grammar = "uuid"
[option.note]
about = "anything"
required = false
"#;

const PARTS: [(&str, &str); 2] = [
    ("option", OPTION),
    (
        "describe",
        "[describe]\npath = '/ips/{{ options.zone }}?project={{ options.project }}{% if options.note %}&note={{ options.note }}{% endif %}'\nholder = 'none'",
    ),
];

const PROJECT: &str = "746c6152-2fa2-11ed-92d3-27aaa54e4988";

async fn asked(environment: &[(&str, &str)], set: &[(&str, &str)]) -> Result<String, String> {
    let acme = Acme::new().await;
    let given = [environment, &[("ACME_TOKEN", TOKEN)]].concat();
    let client = Client::new(&acme, &PARTS).given(&given);
    let client = set
        .iter()
        .fold(client, |client, (option, value)| client.set(option, value));
    let provider = client.build().map_err(|error| error.to_string())?;
    provider.observe(&address()).await.expect("it works");
    Ok(acme.server.lines()[0].replace(PROJECT, "P"))
}

#[tokio::test]
async fn an_option_is_configured_else_in_the_environment_else_the_default() {
    let project = ("ACME_PROJECT", PROJECT);
    assert_eq!(
        asked(&[project], &[]).await.unwrap(),
        "GET /ips/fr-par-1?project=P"
    );
    assert_eq!(
        asked(&[project, ("ACME_DEFAULT_ZONE", "b")], &[])
            .await
            .unwrap(),
        "GET /ips/b?project=P"
    );
    assert_eq!(
        asked(
            &[project, ("ACME_DEFAULT_ZONE", "b"), ("ACME_ZONE", " a\n")],
            &[]
        )
        .await
        .unwrap(),
        "GET /ips/a?project=P"
    );
    assert_eq!(
        asked(
            &[project, ("ACME_ZONE", " "), ("ACME_DEFAULT_ZONE", "b")],
            &[]
        )
        .await
        .unwrap(),
        "GET /ips/b?project=P"
    );
    let set = [("zone", "c"), ("note", "x&y")];
    assert_eq!(
        asked(&[project, ("ACME_ZONE", "a")], &set).await.unwrap(),
        "GET /ips/c?project=P&note=x%26y"
    );
}

#[tokio::test]
async fn what_is_wrong_with_an_option_is_told() {
    let project = ("ACME_PROJECT", PROJECT);
    let text = asked(&[], &[]).await.unwrap_err();
    assert_eq!(
        text,
        "option `project` (the project) is needed: set provider.options.project, or the environment variable ACME_PROJECT"
    );
    let text = asked(&[("ACME_PROJECT", "mine")], &[]).await.unwrap_err();
    assert_eq!(
        text,
        "option `project` = \"mine\": must be a UUID in lower case"
    );
    let text = asked(&[project], &[("zone", "../admin")])
        .await
        .unwrap_err();
    assert!(
        text.starts_with("option `zone` = \"../admin\": must consist of letters"),
        "{text}"
    );
    let text = asked(&[project], &[("zoen", "a")]).await.unwrap_err();
    assert_eq!(
        text,
        "acme has no option `zoen`; it has: note, project, zone"
    );
}
