//! What a write does.

use super::{Harness, ends, fails};
use crate::error::ErrorKind;

pub(super) async fn run<H: Harness>(fresh: &impl AsyncFn() -> H) {
    a_free_address_is_assigned(&fresh().await).await;
    a_held_address_is_moved(&fresh().await).await;
    a_blind_takeover_moves(&fresh().await).await;
    assigning_to_the_holder_succeeds(&fresh().await).await;
    releasing_frees_and_may_be_repeated(&fresh().await).await;
    releasing_leaves_others_alone(&fresh().await).await;
    a_write_by_an_old_version_is_refused(&fresh().await).await;
}

async fn a_free_address_is_assigned<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    let seen = ends(provider.observe(&names.address))
        .await
        .expect("observe works");
    ends(provider.assign(&names.address, &names.me, Some(&seen)))
        .await
        .expect("a free address can be had");
    assert_eq!(
        world.holder().await.as_ref(),
        Some(&names.me),
        "the move is over when `assign` returns"
    );
    let after = ends(provider.observe(&names.address))
        .await
        .expect("observe works");
    assert_eq!(
        after.holder.as_ref(),
        Some(&names.me),
        "and the next reading shows it"
    );
}

async fn a_held_address_is_moved<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    world.set_holder(Some(&names.other)).await;
    let seen = ends(provider.observe(&names.address))
        .await
        .expect("observe works");
    ends(provider.assign(&names.address, &names.me, Some(&seen)))
        .await
        .expect("an address can be taken over");
    assert_eq!(world.holder().await.as_ref(), Some(&names.me));
}

async fn a_blind_takeover_moves<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    if !provider.capabilities().moves_in_one_call {
        return;
    }
    world.set_holder(Some(&names.other)).await;
    ends(provider.assign(&names.address, &names.me, None))
        .await
        .expect("a blind takeover works");
    assert_eq!(world.holder().await.as_ref(), Some(&names.me));
}

async fn assigning_to_the_holder_succeeds<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    world.set_holder(Some(&names.me)).await;
    ends(provider.assign(&names.address, &names.me, None))
        .await
        .expect("the address is where it shall be");
    assert_eq!(
        world.holder().await.as_ref(),
        Some(&names.me),
        "and stays there"
    );
}

async fn releasing_frees_and_may_be_repeated<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    world.set_holder(Some(&names.me)).await;
    for round in ["first", "second"] {
        ends(provider.release(&names.address, &names.me))
            .await
            .unwrap_or_else(|error| panic!("the {round} release: {error}"));
        assert_eq!(world.holder().await, None, "after the {round} release");
    }
}

async fn releasing_leaves_others_alone<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    world.set_holder(Some(&names.other)).await;
    ends(provider.release(&names.address, &names.me))
        .await
        .expect("there is nothing to release");
    assert_eq!(
        world.holder().await.as_ref(),
        Some(&names.other),
        "an address of somebody else stays with it"
    );
}

async fn a_write_by_an_old_version_is_refused<H: Harness>(world: &H) {
    let (provider, names) = (world.provider(), world.names());
    // Both by a reading of a free address and by one of a held one: some clouds have versions only for the latter.
    for before in [None, Some(&names.other)] {
        world.set_holder(before).await;
        let seen = ends(provider.observe(&names.address))
            .await
            .expect("observe works");
        if seen.version.is_none() {
            continue;
        }
        world.set_holder(None).await;
        world.set_holder(Some(&names.other)).await;
        fails(
            provider.assign(&names.address, &names.me, Some(&seen)),
            ErrorKind::Conflict,
            "a write by an old reading",
        )
        .await;
        assert_eq!(
            world.holder().await.as_ref(),
            Some(&names.other),
            "a refused write changes nothing"
        );
        ends(provider.take_over(&names.address, &names.me, &seen))
            .await
            .map_or_else(
                |error| assert_eq!(error.kind, ErrorKind::Conflict, "{error}"),
                drop,
            );
    }
}
