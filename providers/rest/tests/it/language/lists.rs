//! Lists that come in pages, by number or by cursor, and their bounds.

use les_provider::{ErrorKind, Provider};
use les_provider_rest::RestProvider;
use serde_json::{Value, json};

use crate::acme::{Acme, Client, Reply, chain};

fn provider(acme: &Acme, next_page: &str) -> RestProvider {
    let discovery = format!(
        "[discovery]\nabout = 'a tag'\npath = '/machines?tag={{{{ selector }}}}&page={{{{ page }}}}'\nnext_page = \"{next_page}\"\nvalue = \"body.machines\""
    );
    Client::new(acme, &[("discovery", &discovery)]).provider()
}

/// Answers with these pages in their order.
fn pages(acme: &Acme, pages: Vec<Value>) {
    let mut pages = pages.into_iter();
    acme.hook(move |_, _| {
        Some(
            pages
                .next()
                .map_or(Reply::HangUp, |page| Reply::json(200, &page)),
        )
    });
}

#[tokio::test]
async fn pages_are_joined_by_number() {
    let acme = Acme::new().await;
    pages(
        &acme,
        vec![
            json!({"machines": ["10.0.0.2", "10.0.0.1"], "next": 2}),
            json!({"machines": [], "next": 3}),
            json!({"machines": ["fd00::3", "10.0.0.1"], "next": null}),
        ],
    );
    let found = provider(&acme, "body.next")
        .discover("env=a b")
        .await
        .unwrap();
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        ["10.0.0.1", "10.0.0.2", "fd00::3"],
        "sorted, and each one once"
    );
    let line = |page: u8| format!("GET /machines?tag=env%3Da%20b&page={page}");
    assert_eq!(acme.server.lines(), [line(1), line(2), line(3)]);
}

#[tokio::test]
async fn pages_are_joined_by_cursor() {
    let acme = Acme::new().await;
    pages(
        &acme,
        vec![
            json!({"machines": ["10.0.0.1"], "cursor": "bmV4dA=="}),
            json!({"machines": ["10.0.0.2"], "cursor": ""}),
        ],
    );
    let found = provider(&acme, "body.cursor")
        .discover("web")
        .await
        .unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(
        acme.server.lines()[1],
        "GET /machines?tag=web&page=bmV4dA%3D%3D"
    );
}

#[tokio::test]
async fn a_list_without_an_end_is_given_up() {
    let acme = Acme::new().await;
    acme.hook(|_, _| {
        Some(Reply::json(
            200,
            &json!({"machines": ["10.0.0.1"], "next": 2}),
        ))
    });
    let error = provider(&acme, "body.next")
        .discover("web")
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(error.to_string().contains("more than 20 pages"), "{error}");
    assert_eq!(acme.server.lines().len(), 20);
}

#[tokio::test]
async fn a_list_that_is_too_long_is_refused_whole() {
    let of = |count: u32| {
        (0..count)
            .map(|n| std::net::Ipv4Addr::from_bits(n).to_string())
            .collect::<Vec<_>>()
    };
    let acme = Acme::new().await;
    pages(&acme, vec![json!({"machines": of(1_001), "next": null})]);
    let error = provider(&acme, "body.next")
        .discover("web")
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("more than 1000 entries"),
        "{error}"
    );
    let acme = Acme::new().await;
    pages(
        &acme,
        vec![
            json!({"machines": of(600), "next": 2}),
            json!({"machines": of(600), "next": null}),
        ],
    );
    let error = provider(&acme, "body.next")
        .discover("web")
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("more than 1000 entries"),
        "{error}"
    );
    let acme = Acme::new().await;
    pages(&acme, vec![json!({"machines": of(257), "next": null})]);
    let error = provider(&acme, "body.next")
        .discover("web")
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("more than 256 machines"),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_no_list_of_addresses_is_told() {
    for odd in [
        json!({"machines": null, "next": null}),
        json!({"machines": "10.0.0.1", "next": null}),
        json!({"machines": {"10.0.0.1": 1}, "next": null}),
        json!({"machines": ["web-1"], "next": null}),
        json!({"machines": [7], "next": null}),
        json!({"machines": [null], "next": null}),
        json!({"machines": ["10.0.0.1"]}),
        json!([]),
    ] {
        let acme = Acme::new().await;
        pages(&acme, vec![odd.clone()]);
        let error = provider(&acme, "body.next")
            .discover("web")
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Transient, "{odd}: {}", chain(&error));
        assert!(error.to_string().contains("expects"), "{odd}: {error}");
    }
}

#[tokio::test]
async fn a_preset_without_discovery_says_so() {
    let acme = Acme::new().await;
    let error = Client::new(&acme, &[])
        .provider()
        .discover("web")
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(
        error
            .to_string()
            .contains("acme cannot list machines by label"),
        "{error}"
    );
    assert!(acme.server.lines().is_empty());
}
