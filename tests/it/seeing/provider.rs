//! `les provider`: an address by hand.

use serde_json::Value;

use super::shows;
use crate::handover::Droplets;
use crate::support::{Cloud, Finished, TOKEN, les};

/// `les provider observe` on the droplet `index` + 1, as its operator runs it.
fn observe(cloud: &Cloud, index: usize, args: &[&str]) -> Finished {
    let mut command = les();
    command.args(["provider", "observe"]).args(args);
    cloud.configure(index, &mut command);
    Finished::run(&mut command)
}

#[test]
fn observing_asks_the_cloud_itself() {
    let cloud = Cloud::start("");
    let free = observe(&cloud, 1, &[Cloud::ADDRESS]);
    assert_eq!(free.code, Some(0), "{}", free.output);
    assert_eq!(
        free.output,
        "203.0.113.7 is held by nobody; this machine is 2\n"
    );
    cloud.move_by_hand(2);
    let mine = observe(&cloud, 1, &[Cloud::ADDRESS, "--json"]);
    let seen: Value = serde_json::from_str(&mine.output).unwrap();
    assert_eq!(
        (&seen["holder"], &seen["mine"], &seen["busy"]),
        (&"2".into(), &true.into(), &false.into())
    );
    let unknown = observe(&cloud, 1, &["203.0.113.8"]);
    assert_eq!(unknown.code, Some(64), "{}", unknown.output);
    assert!(
        unknown.output.contains("configured are 203.0.113.7"),
        "{}",
        unknown.output
    );
    cloud.set_tokens(&["another"]);
    let denied = observe(&cloud, 1, &[Cloud::ADDRESS]);
    assert_eq!(denied.code, Some(1), "{}", denied.output);
    assert!(denied.output.contains("(denied)") && !denied.output.contains(TOKEN));
}

#[test]
fn without_a_cloud_there_is_nobody_to_ask() {
    let none = Finished::run(les().args(["provider", "observe", "203.0.113.7"]));
    assert_eq!(none.code, Some(64), "{}", none.output);
    assert!(
        none.output.contains("provider.kind is none"),
        "{}",
        none.output
    );
}

#[test]
fn an_address_is_moved_by_hand_only_while_moves_are_paused() {
    let droplets = Droplets::settled(2);
    let by_hand = |index, args: &[&str]| {
        let args = [&["provider"], args, &[Cloud::ADDRESS]].concat();
        droplets.les(index, &args)
    };
    for order in ["assign", "release"] {
        let refused = by_hand(1, &[order]);
        assert_eq!(refused.code, Some(1), "{}", refused.output);
        assert!(
            refused.output.contains("nothing was changed"),
            "{}",
            refused.output
        );
        let dry = by_hand(1, &[order, "--dry-run"]);
        assert_eq!(dry.code, Some(0), "{}", dry.output);
    }
    assert_eq!(droplets.cloud.history(), [Some(1)], "nothing was changed");

    assert_eq!(droplets.les(0, &["pause"]).code, Some(0));
    let dry = by_hand(1, &["assign", "--dry-run", "--json"]);
    let body: Value = serde_json::from_str(&dry.output).unwrap();
    assert_eq!(
        (&body["dry_run"], &body["done"], &body["before"]),
        (&true.into(), &false.into(), &"1".into())
    );
    let assigned = by_hand(1, &["assign"]);
    assert_eq!(assigned.code, Some(0), "{}", assigned.output);
    assert_eq!(droplets.cloud.history(), [Some(1), Some(2)]);
    let released = by_hand(1, &["release"]);
    assert_eq!(released.code, Some(0), "{}", released.output);
    assert_eq!(droplets.cloud.history(), [Some(1), Some(2), None]);
    shows(&droplets.cluster.nodes[0], 1, &["observed  nobody"]);

    assert_eq!(droplets.les(0, &["resume"]).code, Some(0));
    droplets.held_by(1);
    let history = droplets.cloud.history();
    assert_eq!(history, [Some(1), Some(2), None, Some(1)]);
}

#[test]
fn an_address_that_is_not_configured_is_refused() {
    let droplets = Droplets::settled(2);
    let refused = droplets.les(0, &["provider", "assign", "203.0.113.99", "--dry-run"]);
    assert_eq!(refused.code, Some(1), "{}", refused.output);
    assert!(
        refused.output.contains("203.0.113.99") || refused.output.contains(Cloud::ADDRESS),
        "{}",
        refused.output
    );
}
