//! Where it should be, and how it came there; or moved away by hand.

use super::Scene;
use crate::support::Cloud;

#[test]
fn at_rest_on_the_leader_and_seen_from_a_follower() {
    let scene = Scene::settled(2, "");
    scene.says(0, "mine", true, "at-rest");
    scene.says(1, "followed", true, "at-rest-from-a-follower");
    let answer = scene.cluster.nodes[0].get("/why/198.51.100.1/");
    assert_eq!(answer.status, 404);
    let why = answer.json()["why"].as_str().unwrap().to_owned();
    assert!(why.ends_with(Cloud::ADDRESS), "{why}");
}

#[test]
fn taken_over_from_a_leader_that_was_killed() {
    let mut scene = Scene::settled(3, "");
    scene.kill(0);
    let leader = scene.cluster.agreed();
    scene.moves(&[1, leader as u64 + 2]);
    let told = scene.told(leader, "mine", true);
    // On a machine that is busy the last reading may be too old for a blind takeover.
    let blind = told["text"].as_str().unwrap().contains("without reading");
    scene.is_golden(
        &told,
        if blind {
            "after-a-kill"
        } else {
            "after-a-kill-and-a-reading"
        },
    );
    scene.says(1 - leader, "followed", true, "after-a-kill-from-a-follower");
}

#[test]
fn taken_over_from_a_leader_that_fell_silent() {
    let scene = Scene::settled(3, "");
    scene.cluster.nodes[0].signal("STOP");
    scene.moves(&[1, 2]);
    scene.says(1, "mine", true, "after-a-silence");
}

#[test]
fn moved_by_hand_to_a_follower_and_back() {
    let scene = Scene::settled(2, "");
    scene.cloud.move_by_hand(2);
    scene.moves(&[1, 2, 1]);
    scene.says(0, "mine", true, "repaired-drift");
}

#[test]
fn moved_by_hand_to_a_stranger_back_and_away_again() {
    let scene = Scene::settled(2, "");
    scene.cloud.move_by_hand(77);
    scene.moves(&[1, 77, 1]);
    scene.says(0, "mine", true, "repaired-stranger");
    scene.cloud.move_by_hand(77);
    scene.says(0, "stranger_left", false, "stranger-again");
}

#[test]
fn a_stranger_that_is_only_reported() {
    let scene = Scene::settled(2, "on_stranger = \"report\"");
    scene.cloud.move_by_hand(77);
    scene.says(0, "stranger_left", false, "stranger-reported");
    scene.says(1, "elsewhere", false, "stranger-reported-from-a-follower");
}

#[test]
fn the_status_says_the_same() {
    let scene = Scene::settled(2, "");
    let leader = &scene.cluster.nodes[0];
    for (index, role, code) in [(0, "leader", "mine"), (1, "follower", "followed")] {
        let answer = scene.cluster.nodes[index].get("/status");
        assert_eq!(answer.status, 200);
        let page = answer.json();
        assert_eq!(
            (&page["role"], &page["ready"]),
            (&role.into(), &true.into())
        );
        assert_eq!(page["leader"], *leader.addr, "{page}");
        let address = &page["addresses"][0];
        assert_eq!(address["code"], code, "{page}");
        assert_eq!(address["wanted"]["target"], "1", "{page}");
        assert_eq!(address["observed"]["node"], *leader.addr, "{page}");
        assert_eq!(
            (&address["right"], &address["here"]),
            (&true.into(), &(index == 0).into())
        );
        assert_eq!(page["members"][0]["addr"], *leader.addr, "{page}");
        assert_eq!(page["members"][1]["seniority"], 2, "{page}");
        assert_eq!(
            page["provider"]["target"],
            (index + 1).to_string(),
            "{page}"
        );
    }
}
