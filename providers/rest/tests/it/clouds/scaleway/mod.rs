//! The `scaleway` preset against a fake Scaleway: the suite, and what is particular to that cloud.

mod fake;

use std::time::Duration;

use les_provider::conformance::{self, Harness};
use les_provider::memory::Fault;
use les_provider::{ErrorKind, Operation, Provider, ProviderError};
use les_provider_rest::Preset;

use super::stage::Stage;
use super::two_calls::{Moment, TwoCalls};
use fake::{KEY, ME, OTHER, RIVAL, Setting, USUAL, ZONE, fresh, server, with_preset};

const DIRECT: &[(&str, &str)] = &[("zone", ZONE), ("direct", "yes")];

/// Moves the address from `OTHER` to `ME` by what is read first, as the reconciler does.
async fn take(stage: &Stage) -> Result<(), ProviderError> {
    stage.set_holder(Some(&server(OTHER))).await;
    let seen = stage.provider.observe(&stage.address).await;
    let seen = seen.expect("a reading");
    stage
        .provider
        .assign(&stage.address, &server(ME), Some(&seen))
        .await
}

#[tokio::test]
async fn passes_the_suite_when_moves_take_time() {
    let setting = Setting {
        action_takes: Duration::from_millis(20),
        ..USUAL
    };
    conformance::run(async || fresh(setting).await).await;
}

#[tokio::test]
async fn passes_the_suite_when_the_cloud_takes_an_address_from_nobody() {
    let setting = Setting {
        direct_moves: false,
        ..USUAL
    };
    conformance::run(async || fresh(setting).await).await;
}

#[tokio::test]
async fn passes_the_suite_when_the_operator_wants_one_call() {
    let setting = Setting {
        options: DIRECT,
        ..USUAL
    };
    conformance::run(async || fresh(setting).await.0).await;
}

#[tokio::test]
async fn a_move_is_two_calls_unless_the_operator_says_otherwise() {
    let TwoCalls(stage) = fresh(USUAL).await;
    take(&stage).await.expect("a move");
    let in_two = [Some(server(OTHER)), None, Some(server(ME))];
    assert_eq!(stage.moves(), in_two);

    let TwoCalls(stage) = fresh(Setting {
        options: DIRECT,
        ..USUAL
    })
    .await;
    take(&stage).await.expect("a move");
    assert_eq!(stage.moves(), [Some(server(OTHER)), Some(server(ME))]);
}

#[tokio::test]
async fn a_direct_move_that_the_cloud_refuses_is_told_and_changes_nothing() {
    let TwoCalls(stage) = fresh(Setting {
        options: DIRECT,
        direct_moves: false,
        ..USUAL
    })
    .await;
    let error = take(&stage).await.expect_err("refused");
    assert_eq!(error.kind, ErrorKind::Conflict, "{error}");
    assert!(error.to_string().contains("precondition"), "{error}");
    assert_eq!(stage.holder().await, Some(server(OTHER)));
}

/// Whoever holds it in the meantime keeps it, though this cloud would take it away.
#[tokio::test]
async fn a_rival_that_comes_in_the_midst_of_a_move_keeps_the_address() {
    for (moment, detached) in [(Moment::TargetRead, 0), (Moment::Detached, 1)] {
        let TwoCalls(stage) = fresh(Setting {
            rival: Some(moment),
            ..USUAL
        })
        .await;
        let error = take(&stage).await.expect_err("a rival has it");
        assert_eq!(error.kind, ErrorKind::Conflict, "{moment:?}: {error}");
        assert_eq!(stage.holder().await, Some(server(RIVAL)), "{moment:?}");
        assert_eq!(stage.asked(Operation::Release), detached, "{moment:?}");
        assert_eq!(stage.asked(Operation::Assign), 0, "{moment:?}");
    }
}

#[tokio::test]
async fn an_address_left_free_between_the_calls_is_taken_in_one() {
    let TwoCalls(stage) = fresh(USUAL).await;
    stage.inject(Operation::Assign, Fault::Unavailable).await;
    let error = take(&stage).await.expect_err("the second call fails");
    assert_eq!(
        error.kind,
        ErrorKind::MaybeApplied,
        "read it again: {error}"
    );
    assert_eq!(stage.holder().await, None);
    stage
        .provider
        .assign(&stage.address, &server(ME), None)
        .await
        .expect("the next try, by whomever");
    assert_eq!(stage.holder().await, Some(server(ME)));
    assert_eq!(stage.asked(Operation::Release), 1);
}

/// A reading that says `pending` names the holder; one that never ends must not keep the address.
#[tokio::test]
async fn a_pending_address_is_held_and_can_be_taken_over() {
    let TwoCalls(stage) = fresh(Setting {
        pending: true,
        ..USUAL
    })
    .await;
    take(&stage).await.expect("a move");
    let seen = stage.provider.observe(&stage.address).await;
    let seen = seen.expect("a reading");
    assert_eq!((seen.holder, seen.busy), (Some(server(ME)), false));
}

#[tokio::test]
async fn nothing_is_freed_for_an_instance_that_is_not_in_the_zone() {
    let TwoCalls(stage) = fresh(USUAL).await;
    stage.set_holder(Some(&server(OTHER))).await;
    let error = stage
        .provider
        .assign(&stage.address, &stage.names.unknown_target, None)
        .await
        .expect_err("no such Instance");
    assert_eq!(error.kind, ErrorKind::NotFound, "{error}");
    assert!(
        error.to_string().contains("provider.options.zone"),
        "{error}"
    );
    assert_eq!(stage.asked(Operation::Release), 0);
}

#[tokio::test]
async fn another_zone_is_told() {
    let TwoCalls(stage) = fresh(Setting {
        options: &[("zone", "nl-ams-1")],
        ..USUAL
    })
    .await;
    let error = stage.provider.observe(&stage.address).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound, "{error}");
    assert!(error.to_string().contains("zone"), "{error}");
}

/// The fake is strict: what it accepts is what the API documents.
#[tokio::test]
async fn the_fake_refuses_what_breaks_the_documentation() {
    let TwoCalls(stage) = fresh(USUAL).await;
    let text = include_str!("../../../../presets/scaleway.toml");
    for (from, to) in [
        ("{'server': target}", "{'server': 7}"),
        ("{'server': target}", "{'server_id': target}"),
        ("{'server': target}", "{'server': {'id': target}}"),
    ] {
        let mutated = text.replacen(from, to, 1);
        assert_ne!(mutated, text);
        let preset = Preset::parse("mutated", &mutated).expect("a preset");
        let provider = with_preset(&stage.base, KEY, USUAL.options, preset);
        let error = provider
            .assign(&stage.address, &server(ME), None)
            .await
            .expect_err(to);
        assert!(error.to_string().contains("Validation Error"), "{error}");
    }
    assert_eq!(stage.holder().await, None);
}
