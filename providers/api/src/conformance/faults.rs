//! What a fault of the cloud tells the caller.

use std::time::Duration;

use super::{Harness, Locking, comes_to_hold, ends, fails};
use crate::error::ErrorKind;
use crate::memory::Fault;
use crate::operation::Operation;

pub(super) async fn run<H: Harness>(fresh: &impl AsyncFn() -> H) {
    a_throttled_call_carries_the_clouds_wish(&fresh().await).await;
    an_outage_is_transient(&fresh().await).await;
    a_slow_answer_is_waited_for(&fresh().await).await;
    a_read_without_an_answer_ends(&fresh().await).await;
    another_action_is_waited_for(&fresh().await).await;
    a_failed_action_is_no_success(&fresh().await).await;
    a_write_without_an_answer_is_ambiguous(&fresh, Fault::Hang, false).await;
    a_write_without_an_answer_is_ambiguous(&fresh, Fault::TimeoutWithoutEffect, false).await;
    a_write_without_an_answer_is_ambiguous(&fresh, Fault::TimeoutAfterSuccess, true).await;
    a_late_write_lands(&fresh().await).await;
}

async fn a_throttled_call_carries_the_clouds_wish<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    for retry_after in [None, Some(Duration::from_secs(7))] {
        let fault = Fault::Throttled { retry_after };
        let told = retry_after.filter(|_| world.tells_how_long_to_wait());
        let kind = ErrorKind::Throttled { retry_after: told };
        world.inject(Operation::Observe, fault).await;
        fails(
            provider.observe(&names.address),
            kind,
            "a throttled reading",
        )
        .await;
        world.inject(Operation::Assign, fault).await;
        fails(
            provider.assign(&names.address, &names.me, None),
            kind,
            "a throttled move",
        )
        .await;
        assert_eq!(
            world.holder().await,
            None,
            "a throttled move changes nothing"
        );
    }
}

async fn an_outage_is_transient<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    world.inject(Operation::Observe, Fault::Unavailable).await;
    fails(
        provider.observe(&names.address),
        ErrorKind::Transient,
        "a reading in an outage",
    )
    .await;
    world.inject(Operation::Assign, Fault::Unavailable).await;
    fails(
        provider.assign(&names.address, &names.me, None),
        ErrorKind::Transient,
        "a move in an outage",
    )
    .await;
    assert_eq!(
        world.holder().await,
        None,
        "a move in an outage changes nothing"
    );
    ends(provider.assign(&names.address, &names.me, None))
        .await
        .expect("the outage is over");
}

async fn a_slow_answer_is_waited_for<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    world
        .inject(
            Operation::Observe,
            Fault::Latency(Duration::from_millis(20)),
        )
        .await;
    ends(provider.observe(&names.address))
        .await
        .expect("slow is not failed");
    world
        .inject(Operation::Assign, Fault::Latency(Duration::from_millis(20)))
        .await;
    ends(provider.assign(&names.address, &names.me, None))
        .await
        .expect("slow is not failed");
    assert_eq!(world.holder().await.as_ref(), Some(&names.me));
}

async fn a_read_without_an_answer_ends<H: Harness>(world: &H) {
    world.inject(Operation::Observe, Fault::Hang).await;
    let told = ends(world.provider().observe(&world.names().address)).await;
    let error = told.expect_err("a reading that hangs");
    // The provider's own deadline for the call, or the request's.
    assert!(
        matches!(error.kind, ErrorKind::Transient | ErrorKind::Unreachable),
        "a reading that hangs: {error}"
    );
}

async fn another_action_is_waited_for<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    if names.locking == Locking::Absent {
        return;
    }
    world.set_holder(Some(&names.other)).await;
    world.set_locked(true).await;
    fails(
        provider.assign(&names.address, &names.me, None),
        ErrorKind::InProgress,
        "moving a locked address",
    )
    .await;
    assert_eq!(
        world.holder().await.as_ref(),
        Some(&names.other),
        "a refused move changes nothing"
    );
    world.set_locked(false).await;
    world.inject(Operation::Assign, Fault::Locked).await;
    fails(
        provider.assign(&names.address, &names.me, None),
        ErrorKind::InProgress,
        "a move that meets a lock",
    )
    .await;
    assert_eq!(
        world.holder().await.as_ref(),
        Some(&names.other),
        "a refused move changes nothing"
    );
}

async fn a_failed_action_is_no_success<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    world.inject(Operation::Assign, Fault::ActionFails).await;
    fails(
        provider.assign(&names.address, &names.me, None),
        ErrorKind::Transient,
        "an action that fails",
    )
    .await;
    assert_eq!(
        world.holder().await,
        None,
        "a failed action changes nothing"
    );
}

async fn a_write_without_an_answer_is_ambiguous<H: Harness>(
    fresh: &&impl AsyncFn() -> H,
    fault: Fault,
    applied: bool,
) {
    let world = fresh().await;
    let (provider, names) = (world.provider(), world.names());
    world.inject(Operation::Assign, fault).await;
    fails(
        provider.assign(&names.address, &names.me, None),
        ErrorKind::MaybeApplied,
        "a move without an answer",
    )
    .await;
    let holder = applied.then_some(&names.me);
    assert_eq!(world.holder().await.as_ref(), holder, "{fault:?}");
    let seen = ends(provider.observe(&names.address))
        .await
        .expect("observe works");
    assert_eq!(
        seen.holder.as_ref(),
        holder,
        "{fault:?}: the next reading tells the truth"
    );
}

async fn a_late_write_lands<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    let after = provider.capabilities().call_timeout + Duration::from_millis(50);
    world
        .inject(Operation::Assign, Fault::LateLanding { after })
        .await;
    fails(
        provider.assign(&names.address, &names.me, None),
        ErrorKind::MaybeApplied,
        "a late move",
    )
    .await;
    comes_to_hold(world, Some(&names.me)).await;
    let seen = ends(provider.observe(&names.address))
        .await
        .expect("observe works");
    assert_eq!(
        seen.holder.as_ref(),
        Some(&names.me),
        "a reading after the late move"
    );
}
