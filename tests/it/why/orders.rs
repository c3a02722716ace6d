//! What the commands make of it: `les why`, and a pause.

use super::Scene;
use crate::support::{Cloud, Dir, Finished, les};

#[test]
fn the_command_prints_the_paragraph() {
    let scene = Scene::settled(2, "");
    let url = format!("http://{}", scene.cluster.nodes[0].socket);
    let said = Finished::run(les().args(["why", Cloud::ADDRESS, "--url", &url]));
    assert_eq!(said.code, Some(0), "{}", said.output);
    assert!(
        said.output.lines().all(|line| line.len() <= 80),
        "{}",
        said.output
    );
    let words: Vec<_> = said.output.split_whitespace().collect();
    let text = words.join(" ");
    let well = "203.0.113.7 is where it should be: on this node";
    assert!(text.contains(well), "{text}");
}

#[test]
fn paused_while_it_should_move() {
    let dir = Dir::new();
    let socket = dir.0.join("admin.sock");
    let scene = Scene::started(2, "", |index, command| {
        if index == 0 {
            command.env("LES_NODE__ADMIN_SOCKET", &socket);
        }
    });
    scene.told(0, "mine", true);
    let order = |name: &str| {
        let done = Finished::run(les().args([name, "--socket"]).arg(&socket));
        assert_eq!(done.code, Some(0), "{}", done.output);
    };
    order("pause");
    scene.says(0, "mine", true, "at-rest-while-paused");
    scene.cloud.move_by_hand(2);
    scene.says(0, "paused", false, "paused");
    scene.says(1, "elsewhere", false, "paused-from-a-follower");
    order("resume");
    scene.moves(&[1, 2, 1]);
}
