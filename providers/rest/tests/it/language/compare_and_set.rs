//! `If-Match`: a move that is refused if the address is not what the caller read.

use les_provider::{ErrorKind, Provider};
use les_provider_rest::RestProvider;

use crate::acme::{Acme, Client, address, chain, machine};

fn provider(acme: &Acme) -> RestProvider {
    let assign = "
[assign]
method = 'POST'
path = '/ips/{{ id }}/move'
headers = { If-Match = '{% if version %}revision={{ version }}{% endif %}' }
json = \"{'server': target}\"";
    Client::new(acme, &[("assign", assign)]).provider()
}

#[tokio::test]
async fn a_move_goes_by_what_the_caller_read() {
    let acme = Acme::new().await;
    acme.set_holders(&["m1"]);
    let provider = provider(&acme);
    let read = provider.observe(&address()).await.unwrap();
    assert_eq!(read.version.as_deref(), Some("0"));
    provider
        .assign(&address(), &machine("m7"), Some(&read))
        .await
        .unwrap();
    let sent = acme.server.received();
    assert_eq!(
        sent.len(),
        2,
        "the reading is not made again: {:?}",
        acme.server.lines()
    );
    assert_eq!(sent[1].header("if-match"), "revision=0");
    assert_eq!(acme.holders(), ["m7"]);
}

#[tokio::test]
async fn a_rival_who_was_faster_is_left_alone() {
    let acme = Acme::new().await;
    let provider = provider(&acme);
    let read = provider.observe(&address()).await.unwrap();
    acme.with(|world| {
        world.holders = vec!["rival".to_owned()];
        world.revision += 1;
    });
    let error = provider
        .assign(&address(), &machine("m7"), Some(&read))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(
        chain(&error).contains("HTTP 412: the revision is another"),
        "{error}"
    );
    assert_eq!(acme.holders(), ["rival"]);
    // The same refusal is a success if the address is already where it shall be: an earlier answer was lost.
    provider
        .assign(&address(), &machine("rival"), Some(&read))
        .await
        .unwrap();
    assert_eq!(acme.with(|world| world.moves), 0);
}

#[tokio::test]
async fn a_blind_takeover_has_no_condition() {
    let acme = Acme::new().await;
    acme.set_holders(&["m1"]);
    provider(&acme)
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap();
    let sent = &acme.server.received()[0];
    assert!(!sent.headers.contains_key("if-match"), "{sent:?}");
    assert_eq!(acme.holders(), ["m7"]);
}
