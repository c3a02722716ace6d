//! The `linode` preset against a fake Linode: the suite, and what is particular to that cloud.

mod fake;

use std::time::Duration;

use les_provider::conformance::{self, Harness};
use les_provider::memory::{Fault, What};
use les_provider::{ErrorKind, Operation, Provider};
use les_provider_rest::Preset;

use super::stage::Stage;
use fake::{Address, ME, OTHER, Setting, TOKEN, USUAL, fresh, linode, with_preset};

const PRESET: &str = include_str!("../../../../presets/linode.toml");

/// The preset with something else in the place of a text that it has.
fn mutated(from: &str, to: &str) -> Preset {
    let text = PRESET.replacen(from, to, 1);
    assert_ne!(text, PRESET, "the preset has no {from:?}");
    Preset::parse("mutated", &text).expect("a preset")
}

async fn with_address(address: Address) -> Stage {
    fresh(Setting { address, ..USUAL }).await
}

#[tokio::test]
async fn passes_the_suite_when_moves_take_time() {
    let setting = || Setting {
        action_takes: Duration::from_millis(20),
        ..USUAL
    };
    conformance::run(async || fresh(setting()).await).await;
}

#[tokio::test]
async fn passes_the_suite_when_moves_are_done_at_once() {
    conformance::run(async || fresh(USUAL).await).await;
}

#[tokio::test]
async fn a_move_is_one_call_and_nobody_is_without_in_between() {
    let stage = fresh(USUAL).await;
    stage.set_holder(Some(&linode(OTHER))).await;
    stage
        .provider
        .assign(&stage.address, &linode(ME), None)
        .await
        .expect("the address can be taken over");
    assert_eq!(stage.moves(), [Some(linode(OTHER)), Some(linode(ME))]);
    assert_eq!(stage.asked(Operation::Assign), 1);
    assert_eq!(stage.asked(Operation::Release), 0);
}

#[tokio::test]
async fn an_address_that_is_where_it_shall_be_is_not_assigned_again() {
    let stage = fresh(USUAL).await;
    stage.set_holder(Some(&linode(ME))).await;
    stage
        .provider
        .assign(&stage.address, &linode(ME), None)
        .await
        .expect("it is where it shall be");
    assert_eq!(stage.asked(Operation::Assign), 0);
}

#[tokio::test]
async fn a_released_address_stays_in_the_account() {
    let stage = fresh(USUAL).await;
    stage.set_holder(Some(&linode(ME))).await;
    stage
        .provider
        .release(&stage.address, &linode(ME))
        .await
        .expect("a reserved address can be released");
    let seen = stage.provider.observe(&stage.address).await;
    assert_eq!(seen.expect("it exists").holder, None);
    let from = |what: &What| match what {
        What::Asked {
            operation: Operation::Release,
            target,
            ..
        } => target.clone(),
        _ => None,
    };
    let asked: Vec<_> = stage
        .cloud
        .events(0)
        .iter()
        .filter_map(|event| from(&event.what))
        .collect();
    assert_eq!(asked, [linode(ME)], "the call names whom it is taken from");
}

#[tokio::test]
async fn an_address_that_is_not_reserved_moves_and_is_never_released() {
    let stage = with_address(Address::Ephemeral).await;
    stage.set_holder(Some(&linode(OTHER))).await;
    stage
        .provider
        .assign(&stage.address, &linode(ME), None)
        .await
        .expect("it moves as any other");
    let error = stage
        .provider
        .release(&stage.address, &linode(ME))
        .await
        .expect_err("a release would destroy it");
    assert_eq!(error.kind, ErrorKind::Misconfigured, "{error}");
    assert!(error.to_string().contains("would destroy it"), "{error}");
    assert_eq!(stage.asked(Operation::Release), 0);
    let seen = stage.provider.observe(&stage.address).await;
    assert_eq!(seen.expect("it still exists").holder, Some(linode(ME)));
}

/// The fake would destroy it: without the preset's guards the test above would fail.
#[tokio::test]
async fn without_its_guards_the_preset_would_destroy_an_address() {
    let stage = with_address(Address::Ephemeral).await;
    stage.set_holder(Some(&linode(ME))).await;
    let text = PRESET
        .replacen(
            "on = [\"release\"]\nstatus = [\"200\"]",
            "on = [\"poll\"]\nstatus = [\"200\"]",
            1,
        )
        .replacen("when = \"found.reserved is true\"\n", "", 1);
    let preset = Preset::parse("unguarded", &text).expect("a preset");
    let unguarded = with_preset(&stage.base, TOKEN, preset);
    let _ = unguarded.release(&stage.address, &linode(ME)).await;
    let error = stage.provider.observe(&stage.address).await;
    assert_eq!(error.expect_err("gone").kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn an_address_of_a_nodebalancer_does_not_read_as_free() {
    let stage = with_address(Address::OfNodeBalancer).await;
    let error = stage.provider.observe(&stage.address).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured, "{error}");
    assert!(error.to_string().contains("NodeBalancer"), "{error}");
    let moved = stage
        .provider
        .assign(&stage.address, &linode(ME), None)
        .await;
    moved.expect_err("it is in use");
    assert_eq!(stage.asked(Operation::Assign), 0);
}

#[tokio::test]
async fn a_linode_whose_only_address_it_is_keeps_it_and_the_cloud_is_quoted() {
    let stage = fresh(Setting {
        bare: Some(OTHER),
        ..USUAL
    })
    .await;
    stage.set_holder(Some(&linode(OTHER))).await;
    let error = stage
        .provider
        .assign(&stage.address, &linode(ME), None)
        .await
        .expect_err("OTHER would have none");
    assert_eq!(error.kind, ErrorKind::Conflict, "{error}");
    let text = error.to_string();
    assert!(text.contains("at least one public IPv4"), "{text}");
    assert!(text.contains("must keep a public IPv4"), "{text}");
    assert_eq!(stage.holder().await, Some(linode(OTHER)));
}

#[tokio::test]
async fn a_busy_linode_is_waited_for() {
    let stage = fresh(USUAL).await;
    stage.inject(Operation::Assign, Fault::Locked).await;
    let error = stage
        .provider
        .assign(&stage.address, &linode(ME), None)
        .await
        .expect_err("busy");
    assert_eq!(error.kind, ErrorKind::InProgress, "{error}");
    assert!(error.to_string().contains("Linode busy"), "{error}");
}

/// The header is of a minute's window, and the allowance is of an hour.
#[tokio::test]
async fn what_a_minute_has_left_does_not_slow_readings_down() {
    let stage = fresh(USUAL).await;
    let read = stage.provider.observe(&stage.address).await;
    read.expect("a reading");
    assert_eq!(stage.provider.routine_pause(), Duration::ZERO);

    let misled = mutated(
        "reset_header = ",
        "remaining_header = \"x-ratelimit-remaining\"\nreset_header = ",
    );
    let misled = with_preset(&stage.base, TOKEN, misled);
    let read = misled.observe(&stage.address).await;
    read.expect("a reading");
    assert!(
        misled.routine_pause() > Duration::from_secs(60),
        "the fake sends it"
    );
}

/// The fake is strict: what it accepts is what the API documents.
#[tokio::test]
async fn the_fake_refuses_what_breaks_the_documentation() {
    let stage = fresh(USUAL).await;
    let cases = [
        ("target | int", "target", "must be an integer"),
        ("found.region", "'us-east'", "region is not valid"),
        (
            "[{'address': address, 'linode_id': target | int}]",
            "{'address': address, 'linode_id': target | int}",
            "must be an array",
        ),
    ];
    for (from, to, told) in cases {
        let provider = with_preset(&stage.base, TOKEN, mutated(from, to));
        let error = provider
            .assign(&stage.address, &linode(ME), None)
            .await
            .expect_err(told);
        assert!(error.to_string().contains(told), "{error}");
    }
    assert_eq!(stage.holder().await, None);
}

#[tokio::test]
async fn the_metadata_token_is_asked_for_and_the_answer_is_json() {
    let stage = fresh(USUAL).await;
    assert_eq!(stage.provider.target().await.expect("who am I"), linode(ME));
    for (from, to) in [
        ("\"Metadata-Token\" = ", "\"Metadata-Tokens\" = "),
        (", Accept = \"application/json\"", ""),
        ("-Expiry-Seconds\" = \"3600\"", "-Expiry-Seconds\" = \"0\""),
    ] {
        let provider = with_preset(&stage.base, TOKEN, mutated(from, to));
        let error = provider.target().await.expect_err(from);
        let text = error.to_string();
        assert!(!text.contains("the token"), "not the API's: {text}");
    }
}
