//! Clouds that are busy, and clouds whose readings are old.

use les_provider::{ErrorKind, Provider};
use serde_json::json;

use crate::acme::{Acme, Client, Reply, address, machine};

#[tokio::test]
async fn a_locked_address_is_waited_for_and_nothing_is_changed_meanwhile() {
    let acme = Acme::new().await;
    acme.set_holders(&["m1"]);
    let provider = Client::new(&acme, &[]).provider();
    // As long as the cloud is at work, however long that is: its state says so, not a clock.
    acme.with(|world| world.locked = true);
    for _ in 0..4 {
        let reading = provider.observe(&address()).await.unwrap();
        assert!(reading.busy && reading.holder == Some(machine("m1")));
        let assigned = provider
            .assign(&address(), &machine("m7"), Some(&reading))
            .await
            .unwrap_err();
        let released = provider
            .release(&address(), &machine("m1"))
            .await
            .unwrap_err();
        assert_eq!(
            (assigned.kind, released.kind),
            (ErrorKind::InProgress, ErrorKind::InProgress)
        );
        assert!(assigned.to_string().contains("locked"), "{assigned}");
        assert!(
            released.to_string().contains("at work on the address"),
            "{released}"
        );
    }
    assert_eq!(
        (acme.holders(), acme.with(|world| world.moves)),
        (vec!["m1".to_owned()], 0)
    );
    assert_eq!(acme.count("detach"), 0, "a release looks first");
    acme.with(|world| world.locked = false);
    provider
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap();
    assert_eq!(acme.holders(), ["m7"]);
}

#[tokio::test]
async fn an_old_reading_after_a_lost_answer_does_not_move_it_twice() {
    let acme = Acme::new().await;
    acme.set_holders(&["m1"]);
    let provider = Client::new(&acme, &[]).provider();
    let before = provider.observe(&address()).await.unwrap();
    let mut stale = 2;
    acme.hook(move |received, world| match received.method.as_str() {
        "POST" if world.moves == 0 => {
            let _ = world.answer(received);
            Some(Reply::HangUp)
        }
        "POST" => Some(Reply::json(409, &json!({"message": "it is there already"}))),
        _ if stale > 0 => {
            stale -= 1;
            Some(Reply::json(
                200,
                &json!({"ip": {"server": "m1", "revision": 0, "locked": false}}),
            ))
        }
        _ => None,
    });
    let error = provider
        .assign(&address(), &machine("m7"), Some(&before))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::MaybeApplied);
    assert_eq!(
        provider.observe(&address()).await.unwrap(),
        before,
        "the cloud still shows what was"
    );
    let error = provider
        .assign(&address(), &machine("m7"), Some(&before))
        .await
        .unwrap_err();
    assert_eq!(
        error.kind,
        ErrorKind::Conflict,
        "by an old reading it is not there: {error}"
    );
    provider
        .assign(&address(), &machine("m7"), Some(&before))
        .await
        .unwrap();
    assert_eq!(
        (acme.holders(), acme.with(|world| world.moves)),
        (vec!["m7".to_owned()], 1)
    );
}

#[tokio::test]
async fn a_release_by_an_old_reading_frees_nobody_else() {
    let acme = Acme::new().await;
    acme.set_holders(&["m9"]);
    let mut stale = true;
    acme.hook(move |received, _| {
        (received.method == "GET" && std::mem::take(&mut stale)).then(|| {
            Reply::json(
                200,
                &json!({"ip": {"server": "m7", "revision": 0, "locked": false}}),
            )
        })
    });
    let provider = Client::new(&acme, &[]).provider();
    provider.release(&address(), &machine("m7")).await.unwrap();
    assert_eq!(
        acme.holders(),
        ["m9"],
        "the request names whom it is taken from"
    );
    provider.release(&address(), &machine("m7")).await.unwrap();
    assert_eq!(
        acme.count("detach"),
        1,
        "who does not hold it has nothing to release"
    );
}

#[tokio::test]
async fn a_release_that_is_refused_is_a_success_if_it_is_gone() {
    for (status, holder, succeeds) in [
        (409, Some("m9"), true),
        (422, None, true),
        (409, Some("m7"), false),
    ] {
        let acme = Acme::new().await;
        acme.set_holders(&["m7"]);
        acme.hook(move |received, world| {
            (received.method == "POST").then(|| {
                world.holders = holder.map(str::to_owned).into_iter().collect();
                Reply::json(status, &json!({"message": "not yours"}))
            })
        });
        let released = Client::new(&acme, &[])
            .provider()
            .release(&address(), &machine("m7"))
            .await;
        assert_eq!(
            released.is_ok(),
            succeeds,
            "{status} {holder:?} {released:?}"
        );
    }
}

#[tokio::test]
async fn a_cloud_without_a_call_that_frees_says_so() {
    let acme = Acme::new().await;
    let error = Client::new(&acme, &[("unassign", "")])
        .provider()
        .release(&address(), &machine("m7"))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(
        error
            .to_string()
            .contains("acme has no call that frees an address"),
        "{error}"
    );
    assert!(acme.server.lines().is_empty());
}
