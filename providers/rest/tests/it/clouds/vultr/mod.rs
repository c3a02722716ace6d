//! The `vultr` preset against a fake Vultr: the suite, and what is particular to that cloud.

mod fake;

use std::time::Duration;

use les_provider::conformance::{self, Harness};
use les_provider::memory::Fault;
use les_provider::{ErrorKind, Operation, Provider, ProviderError};
use les_provider_rest::Preset;

use super::stage::Stage;
use super::two_calls::{Moment, TwoCalls};
use fake::{ID, KEY, ME, OTHER, RIVAL, Setting, USUAL, fresh, target, with_preset};

/// Moves the address to `ME` by what is read first, as the reconciler does.
async fn take(stage: &Stage) -> Result<(), ProviderError> {
    let address = &stage.names.address;
    let seen = stage.provider.observe(address).await.expect("a reading");
    stage
        .provider
        .assign(address, &target(ME), Some(&seen))
        .await
}

#[tokio::test]
async fn passes_the_suite_when_writes_take_time() {
    let setting = || Setting {
        action_takes: Duration::from_millis(20),
        ..USUAL
    };
    conformance::run(async || fresh(setting()).await).await;
}

#[tokio::test]
async fn passes_the_suite_when_writes_are_done_at_once() {
    conformance::run(async || fresh(USUAL).await).await;
}

#[tokio::test]
async fn an_address_is_found_by_its_ip_on_any_page_and_only_once() {
    let TwoCalls(stage) = fresh(Setting {
        per_page: 1,
        ..USUAL
    })
    .await;
    stage.set_holder(Some(&target(OTHER))).await;
    for _ in 0..2 {
        let seen = stage.provider.observe(&stage.names.address).await.unwrap();
        assert_eq!(seen.holder, Some(target(OTHER)));
    }
    assert_eq!(stage.asked(Operation::Locate), 3, "three pages, once");
}

#[tokio::test]
async fn an_address_is_found_by_its_id() {
    let TwoCalls(stage) = fresh(Setting {
        address: ID,
        ..USUAL
    })
    .await;
    stage.set_holder(Some(&target(OTHER))).await;
    let seen = stage.provider.observe(&stage.names.address).await.unwrap();
    assert_eq!(seen.holder, Some(target(OTHER)));
    assert_eq!(stage.asked(Operation::Locate), 0, "no list for that");
}

#[tokio::test]
async fn a_move_detaches_waits_and_attaches() {
    let TwoCalls(stage) = fresh(Setting {
        action_takes: Duration::from_millis(50),
        ..USUAL
    })
    .await;
    stage.set_holder(Some(&target(OTHER))).await;
    take(&stage).await.expect("the address can be taken over");
    let moves = [Some(target(OTHER)), None, Some(target(ME))];
    assert_eq!(stage.moves(), moves);
    assert_eq!(
        (
            stage.asked(Operation::Release),
            stage.asked(Operation::Assign)
        ),
        (1, 1),
        "the attachment waits for the end of the detachment"
    );
}

#[tokio::test]
async fn an_address_left_free_by_a_leader_that_died_between_the_calls_is_taken_in_one() {
    let TwoCalls(stage) = fresh(USUAL).await;
    // The leader before detached it from OTHER and died.
    stage.set_holder(Some(&target(OTHER))).await;
    stage.set_holder(None).await;
    take(&stage).await.expect("a free address can be had");
    assert_eq!(stage.holder().await, Some(target(ME)));
    assert_eq!(stage.asked(Operation::Release), 0, "nobody holds it");
}

#[tokio::test]
async fn a_refused_attachment_is_told_and_the_next_try_ends_the_move() {
    let TwoCalls(stage) = fresh(USUAL).await;
    stage.set_holder(Some(&target(OTHER))).await;
    stage.inject(Operation::Assign, Fault::Unavailable).await;
    let error = take(&stage).await.expect_err("the attachment is refused");
    assert_eq!(
        error.kind,
        ErrorKind::MaybeApplied,
        "read it again: {error}"
    );
    assert_eq!(stage.holder().await, None, "it was detached");
    let text = error.to_string();
    assert!(text.contains("nobody may hold the address now"), "{text}");
    assert!(text.contains("503"), "{text}");
    take(&stage).await.expect("the next try");
    assert_eq!(stage.holder().await, Some(target(ME)));
}

/// A move in whose midst a rival takes the address, which then keeps it.
async fn move_lost_to_rival(moment: Moment) -> Stage {
    let TwoCalls(stage) = fresh(Setting {
        rival: Some(moment),
        ..USUAL
    })
    .await;
    stage.set_holder(Some(&target(OTHER))).await;
    let error = take(&stage).await.expect_err("a rival has it");
    assert_eq!(error.kind, ErrorKind::Conflict, "{error}");
    assert_eq!(stage.holder().await, Some(target(RIVAL)));
    stage
}

#[tokio::test]
async fn a_holder_that_came_after_the_reading_is_not_detached() {
    let stage = move_lost_to_rival(Moment::TargetRead).await;
    assert_eq!(stage.asked(Operation::Release), 0);
}

#[tokio::test]
async fn a_holder_that_came_between_the_calls_keeps_the_address() {
    let stage = move_lost_to_rival(Moment::Detached).await;
    assert_eq!(stage.asked(Operation::Release), 1, "it is detached once");
}

#[tokio::test]
async fn nothing_is_freed_for_a_machine_that_does_not_exist() {
    let TwoCalls(stage) = fresh(USUAL).await;
    stage.set_holder(Some(&target(OTHER))).await;
    let error = stage
        .provider
        .assign(&stage.names.address, &stage.names.unknown_target, None)
        .await
        .expect_err("no such machine");
    assert_eq!(error.kind, ErrorKind::NotFound, "{error}");
    assert!(error.to_string().contains("Invalid instance ID"), "{error}");
    assert_eq!(stage.asked(Operation::Release), 0);
}

#[tokio::test]
async fn nothing_is_freed_for_a_machine_of_another_region() {
    let TwoCalls(stage) = fresh(Setting {
        region: "yto",
        ..USUAL
    })
    .await;
    stage.set_holder(Some(&target(OTHER))).await;
    let error = take(&stage).await.expect_err("another region");
    assert_eq!(error.kind, ErrorKind::Misconfigured, "{error}");
    assert!(error.to_string().contains("another region"), "{error}");
    assert_eq!(stage.holder().await, Some(target(OTHER)));
    assert_eq!(stage.asked(Operation::Release), 0);
}

#[tokio::test]
async fn a_refused_key_is_told_with_what_to_look_at() {
    let TwoCalls(stage) = fresh(USUAL).await;
    let error = stage
        .refused
        .observe(&stage.names.address)
        .await
        .expect_err("the key is wrong");
    let text = error.to_string();
    assert!(text.contains("access control list"), "{text}");
}

/// The fake is strict: what it accepts is what the API documents.
#[tokio::test]
async fn the_fake_refuses_an_instance_that_is_no_text() {
    let TwoCalls(stage) = fresh(USUAL).await;
    let text = include_str!("../../../../presets/vultr.toml");
    let mutated = text.replacen("{'instance_id': target}", "{'instance_id': 7}", 1);
    assert_ne!(mutated, text);
    let preset = Preset::parse("mutated", &mutated).expect("a preset");
    let provider = with_preset(&stage.base, KEY, preset);
    let error = provider
        .assign(&stage.names.address, &target(ME), None)
        .await
        .expect_err("a number is no UUID");
    assert!(error.to_string().contains("must be a string"), "{error}");
    assert_eq!(stage.holder().await, None);
}
