//! What a fault tells the caller of a release, and what it leaves of the address.

use std::time::Duration;

use super::{Harness, Locking, ends, fails};
use crate::error::ErrorKind;
use crate::memory::Fault;
use crate::operation::Operation;

pub(super) async fn run<H: Harness>(fresh: &impl AsyncFn() -> H) {
    a_refused_release_changes_nothing(&fresh().await).await;
    a_locked_address_is_not_released(&fresh().await).await;
    a_release_without_an_answer_is_ambiguous(&fresh().await, Fault::TimeoutWithoutEffect, false)
        .await;
    a_release_without_an_answer_is_ambiguous(&fresh().await, Fault::TimeoutAfterSuccess, true)
        .await;
}

async fn a_refused_release_changes_nothing<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    let wish = Some(Duration::from_secs(7)).filter(|_| world.tells_how_long_to_wait());
    world.set_holder(Some(&names.me)).await;
    for (fault, kind) in [
        (
            Fault::Throttled { retry_after: wish },
            ErrorKind::Throttled { retry_after: wish },
        ),
        (Fault::Unavailable, ErrorKind::Transient),
    ] {
        world.inject(Operation::Release, fault).await;
        let released = provider.release(&names.address, &names.me);
        fails(released, kind, "a release that is refused").await;
        assert_eq!(world.holder().await.as_ref(), Some(&names.me), "{fault:?}");
    }
    ends(provider.release(&names.address, &names.me))
        .await
        .expect("the fault is over");
    assert_eq!(world.holder().await, None);
}

async fn a_locked_address_is_not_released<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    if names.locking == Locking::Absent {
        return;
    }
    world.set_holder(Some(&names.me)).await;
    world.set_locked(true).await;
    let released = provider.release(&names.address, &names.me);
    fails(
        released,
        ErrorKind::InProgress,
        "releasing a locked address",
    )
    .await;
    assert_eq!(world.holder().await.as_ref(), Some(&names.me));
}

async fn a_release_without_an_answer_is_ambiguous<H: Harness>(
    world: &H,
    fault: Fault,
    applied: bool,
) {
    let (provider, names) = (world.provider(), world.names());
    world.set_holder(Some(&names.me)).await;
    world.inject(Operation::Release, fault).await;
    let released = provider.release(&names.address, &names.me);
    fails(
        released,
        ErrorKind::MaybeApplied,
        "a release without an answer",
    )
    .await;
    let holder = (!applied).then_some(&names.me);
    assert_eq!(world.holder().await.as_ref(), holder, "{fault:?}");
}
