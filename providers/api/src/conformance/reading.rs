//! What a reading tells.

use super::{Harness, Locking, ends};
use crate::memory::Machine;
use crate::provider::Observation;

pub(super) async fn run<H: Harness>(fresh: &impl AsyncFn() -> H) {
    the_target_is_this_machine(&fresh().await).await;
    a_free_address_is_free(&fresh().await).await;
    every_holder_is_named(&fresh().await).await;
    no_reading_is_cached(&fresh().await).await;
    the_version_changes_with_every_move(&fresh().await).await;
    a_locked_address_is_busy(&fresh().await).await;
    a_holder_that_is_down_is_told(&fresh().await).await;
}

async fn observe<H: Harness>(world: &H) -> Observation {
    ends(world.provider().observe(&world.names().address))
        .await
        .expect("observe works")
}

async fn the_target_is_this_machine<H: Harness>(world: &H) {
    let target = ends(world.provider().target()).await.expect("target works");
    assert_eq!(target, world.names().me);
}

async fn a_free_address_is_free<H: Harness>(world: &H) {
    let seen = observe(world).await;
    assert_eq!(
        (seen.holder, seen.busy, seen.holder_down),
        (None, false, false),
        "a free address"
    );
}

async fn every_holder_is_named<H: Harness>(world: &H) {
    for holder in [&world.names().me, &world.names().other] {
        world.set_holder(Some(holder)).await;
        let seen = observe(world).await;
        assert_eq!(
            (seen.holder.as_ref(), seen.busy, seen.holder_down),
            (Some(holder), false, false),
            "a held address"
        );
    }
}

async fn no_reading_is_cached<H: Harness>(world: &H) {
    let names = world.names();
    for holder in [
        Some(&names.me),
        Some(&names.other),
        None,
        Some(&names.me),
        None,
    ] {
        world.set_holder(holder).await;
        assert_eq!(
            observe(world).await.holder.as_ref(),
            holder,
            "a reading right after a move by hand"
        );
    }
}

async fn the_version_changes_with_every_move<H: Harness>(world: &H) {
    let names = world.names();
    let mut versions = vec![observe(world).await.version];
    for holder in [Some(&names.me), Some(&names.other), Some(&names.me), None] {
        world.set_holder(holder).await;
        versions.push(observe(world).await.version);
    }
    if versions.iter().all(Option::is_none) {
        return;
    }
    // Some clouds number what an address is on, and not the address: a free one has no version.
    let of_free_ones = versions[0].is_some();
    if !of_free_ones {
        assert_eq!(
            versions[4], None,
            "a free address has a version always or never"
        );
    }
    assert_eq!(
        observe(world).await.version,
        versions[4],
        "the version of an address at rest stays"
    );
    versions.retain(|version| of_free_ones || version.is_some());
    let states = if of_free_ones { 5 } else { 3 };
    versions.sort();
    versions.dedup();
    assert_eq!(
        versions.len(),
        states,
        "so many states of an address have so many versions: {versions:?}"
    );
}

async fn a_locked_address_is_busy<H: Harness>(world: &H) {
    if world.names().locking != Locking::Shown {
        return;
    }
    world.set_locked(true).await;
    assert!(observe(world).await.busy, "an action is under way");
    world.set_locked(false).await;
    assert!(!observe(world).await.busy, "the action is over");
}

async fn a_holder_that_is_down_is_told<H: Harness>(world: &H) {
    if !world.names().tells_holder_down {
        return;
    }
    let other = &world.names().other;
    world.set_holder(Some(other)).await;
    world.set_machine(other, Machine::Stopped).await;
    let seen = observe(world).await;
    assert_eq!(
        (seen.holder.as_ref(), seen.holder_down),
        (Some(other), true),
        "a stopped holder"
    );
    world.set_machine(other, Machine::Running).await;
    assert!(!observe(world).await.holder_down, "the holder runs again");
}
