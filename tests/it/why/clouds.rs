//! The cloud hangs, refuses, or is asked for something that is not there.

use std::time::Duration;

use les_provider::Operation;
use les_provider::memory::Fault;

use super::Scene;

#[test]
fn the_cloud_hangs() {
    let scene = Scene::settled(2, "");
    scene.cloud.fault(Operation::Observe, Some(Fault::Hang));
    scene.says(0, "reading", false, "hangs");
    scene.says(1, "not_leader", false, "hangs-from-a-follower");
}

#[test]
fn the_cloud_asks_for_fewer_calls() {
    let scene = Scene::settled(2, "");
    let retry_after = Some(Duration::from_secs(90));
    let throttled = Fault::Throttled { retry_after };
    scene.cloud.fault(Operation::Observe, Some(throttled));
    scene.says(0, "backing_off", false, "throttled");
}

#[test]
fn nobody_holds_it_and_the_cloud_cannot_move_it() {
    let scene = Scene::settled(2, "");
    scene
        .cloud
        .fault(Operation::Assign, Some(Fault::Unavailable));
    scene.cloud.release_by_hand();
    scene.says(0, "backing_off", false, "free");
}

#[test]
fn the_credentials_are_refused() {
    let scene = Scene::settled(2, "");
    scene.cloud.set_tokens(&["another"]);
    scene.says(0, "backing_off", false, "denied");
}

#[test]
fn the_cloud_does_not_know_the_address() {
    let scene = Scene::settled(2, "[[address]]\nid = \"203.0.113.99\"");
    let told = scene.told_of("203.0.113.99", 0, "backing_off", false);
    scene.is_golden(&told, "not-found");
}

#[test]
fn the_cloud_does_not_know_the_target() {
    let scene = Scene::started(2, "", |_, command| {
        command.env("LES_PROVIDER__TARGET", "99");
    });
    scene.says(0, "backing_off", false, "wrong-target");
}

#[test]
fn a_move_takes_long() {
    let scene = Scene::settled(2, "");
    scene.cloud.set_action_takes(Duration::from_secs(3600));
    scene.cloud.move_by_hand(2);
    scene.says(0, "moving", false, "moving");
}
