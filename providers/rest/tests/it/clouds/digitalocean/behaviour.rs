//! What is particular to moves at DigitalOcean.

use std::time::Duration;

use les_provider::conformance::Harness;
use les_provider::memory::{Fault, Machine, What};
use les_provider::{AddressId, ErrorKind, Operation, Provider, Secret};
use les_provider_simulated::Settings;

use super::{ME, OTHER, fresh, provider_of, with};
use crate::support::{TOKEN, address, droplet};

#[tokio::test]
async fn an_action_is_followed_to_its_end_through_faults_of_the_polls() {
    let stage = fresh(&address(), Duration::from_millis(100)).await;
    stage.inject_times(Operation::Poll, Fault::Unavailable, 2);
    stage.inject_times(Operation::Poll, Fault::Throttled { retry_after: None }, 2);
    stage
        .provider
        .assign(&address(), &droplet(ME), None)
        .await
        .unwrap();
    assert_eq!(
        stage.holder().await,
        Some(droplet(ME)),
        "it returned after the move, not before"
    );
    assert!(stage.asked(Operation::Poll) >= 5);
    assert_eq!(
        stage.asked(Operation::Assign),
        1,
        "one write, whatever happens to the polls"
    );
}

#[tokio::test]
async fn an_action_without_an_end_is_given_up_at_the_deadline_as_ambiguous() {
    let stage = fresh(&address(), Duration::from_secs(3_600)).await;
    let error = stage
        .provider
        .assign(&address(), &droplet(ME), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::MaybeApplied, "{error}");
    assert!(
        error.message.contains("still at work"),
        "by the action's deadline: {error}"
    );
    let seen = stage.provider.observe(&address()).await.unwrap();
    assert!(
        seen.busy && seen.holder.is_none(),
        "the cloud is still at work, and the address is not free: {seen:?}"
    );
}

#[tokio::test]
async fn a_droplet_that_already_has_this_address_keeps_it_and_one_with_another_is_refused() {
    let stage = fresh(&address(), Duration::ZERO).await;
    stage.set_holder(Some(&droplet(ME))).await;
    stage
        .provider
        .assign(&address(), &droplet(ME), None)
        .await
        .expect("422, and it is where it shall be");

    let second = AddressId("203.0.113.8".to_owned());
    stage
        .cloud
        .with(|world, _| world.add_address(second.clone()));
    let error = stage
        .provider
        .assign(&second, &droplet(ME), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(
        error.message.contains("already has a reserved IP"),
        "{error}"
    );
    assert_eq!(
        stage
            .cloud
            .with(|world, _| world.read(&second))
            .unwrap()
            .holder,
        None
    );
}

#[tokio::test]
async fn a_refusal_that_cannot_be_looked_into_is_no_success() {
    let stage = fresh(&address(), Duration::ZERO).await;
    stage.set_holder(Some(&droplet(ME))).await;
    // The refusal is a conflict; the look at the address fails.
    stage.inject_times(Operation::Observe, Fault::Unavailable, 1);
    let error = stage
        .provider
        .assign(&address(), &droplet(ME), None)
        .await
        .unwrap_err();
    assert_eq!(
        error.kind,
        ErrorKind::Conflict,
        "what could not be checked is not taken for a success"
    );
}

#[tokio::test]
async fn a_token_that_may_not_see_droplets_is_told_so_and_no_address_reads_as_free() {
    let settings = Settings {
        token: Secret::new(TOKEN),
        action_takes: Duration::ZERO,
        hide_droplets: true,
    };
    let stage = with(settings, &address()).await;
    stage.set_holder(Some(&droplet(OTHER))).await;
    let error = stage.provider.observe(&address()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Denied);
    assert!(error.message.contains("droplet:read"), "{error}");
}

#[tokio::test]
async fn a_deleted_holder_is_down() {
    let stage = fresh(&address(), Duration::ZERO).await;
    stage.set_holder(Some(&droplet(OTHER))).await;
    stage.set_machine(&droplet(OTHER), Machine::Gone).await;
    let seen = stage.provider.observe(&address()).await.unwrap();
    assert_eq!(
        (seen.holder, seen.holder_down),
        (Some(droplet(OTHER)), true)
    );
}

#[tokio::test]
async fn a_machine_that_the_metadata_service_does_not_know_is_told_what_to_do() {
    let stage = fresh(&address(), Duration::ZERO).await;
    let lost = provider_of(&stage.base, 99, TOKEN);
    let error = lost.target().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(error.message.contains("configure its target"), "{error}");
}

#[tokio::test]
async fn the_log_gives_the_clouds_own_times_of_a_move() {
    let takes = Duration::from_millis(60);
    let stage = fresh(&address(), takes).await;
    stage.provider.observe(&address()).await.unwrap();
    stage
        .provider
        .assign(&address(), &droplet(ME), None)
        .await
        .unwrap();
    let events = stage.cloud.events(0);
    let at = |is: &dyn Fn(&What) -> bool| events.iter().find(|event| is(&event.what)).unwrap().at;
    let asked = at(
        &|what| matches!(what, What::Asked { operation: Operation::Assign, target: Some(to), .. } if *to == droplet(ME)),
    );
    let moved = at(&|what| matches!(what, What::Moved { to: Some(to), .. } if *to == droplet(ME)));
    let confirmed = at(&|what| matches!(what, What::Confirmed { done: true, .. }));
    assert_eq!(moved - asked, confirmed - asked);
    assert!(moved >= asked + takes);
}

#[tokio::test]
async fn readings_that_can_wait_do_so_when_the_cloud_says_that_little_is_left() {
    let stage = fresh(&address(), Duration::ZERO).await;
    stage.provider.observe(&address()).await.unwrap();
    assert_eq!(stage.provider.routine_pause(), Duration::ZERO);
    // The refusal says that nothing is left.
    stage.inject_times(
        Operation::Observe,
        Fault::Throttled { retry_after: None },
        1,
    );
    stage.provider.observe(&address()).await.unwrap_err();
    assert!(stage.provider.routine_pause() > Duration::ZERO);
    let calls_per_hour = stage.provider.capabilities().calls_per_hour;
    assert_eq!(calls_per_hour, Some(5_000));
}
