//! What a person has to mend.

use super::{Harness, fails};
use crate::error::ErrorKind;

pub(super) async fn run<H: Harness>(fresh: &impl AsyncFn() -> H) {
    an_unknown_address_is_not_found(&fresh().await).await;
    an_unknown_target_is_not_found(&fresh().await).await;
    bad_credentials_are_denied(&fresh().await).await;
}

async fn an_unknown_address_is_not_found<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    let nowhere = &names.unknown_address;
    fails(
        provider.observe(nowhere),
        ErrorKind::NotFound,
        "observing an unknown address",
    )
    .await;
    fails(
        provider.assign(nowhere, &names.me, None),
        ErrorKind::NotFound,
        "assigning an unknown address",
    )
    .await;
    fails(
        provider.release(nowhere, &names.me),
        ErrorKind::NotFound,
        "releasing an unknown address",
    )
    .await;
}

async fn an_unknown_target_is_not_found<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    world.set_holder(Some(&names.other)).await;
    fails(
        provider.assign(&names.address, &names.unknown_target, None),
        ErrorKind::NotFound,
        "assigning to an unknown target",
    )
    .await;
    assert_eq!(
        world.holder().await.as_ref(),
        Some(&names.other),
        "a refused write changes nothing"
    );
}

async fn bad_credentials_are_denied<H: Harness>(world: &H) {
    let (provider, names) = (world.refused_provider(), world.names());
    world.set_holder(Some(&names.other)).await;
    fails(
        provider.observe(&names.address),
        ErrorKind::Denied,
        "observing with bad credentials",
    )
    .await;
    fails(
        provider.assign(&names.address, &names.me, None),
        ErrorKind::Denied,
        "assigning with bad credentials",
    )
    .await;
    fails(
        provider.release(&names.address, &names.other),
        ErrorKind::Denied,
        "releasing with bad credentials",
    )
    .await;
    assert_eq!(
        world.holder().await.as_ref(),
        Some(&names.other),
        "a denied write changes nothing"
    );
}
