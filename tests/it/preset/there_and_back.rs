//! `les preset try --assign`, when all goes well.

use les_provider::Operation;
use les_provider::memory::Machine;

use super::kit::{Said, quick, trying};
use crate::support::{Cloud, Dir};

#[test]
fn it_moves_the_address_here_and_back_and_says_so_before() {
    let (cloud, dir) = (Cloud::start(""), Dir::new());
    cloud.move_by_hand(3);
    let said = Said::of(&mut trying(&cloud, &quick(&dir, "10ms"), &["--assign"]));
    assert_eq!(said.code, Some(0), "{said:?}");
    said.tells(&[
        "held by 3",
        "goes from 3 to 2 (this machine), is read, and goes back to 3",
        "stop them first",
        "--target 3",
        "[assign]\n> POST",
        "> authorization: [secret]\n> {\"droplet_id\": 2, \"type\": \"assign\"}\n< 201\n",
        "[poll]\n",
        "203.0.113.7    held by 2\n",
        "> {\"droplet_id\": 3, \"type\": \"assign\"}\n< 201\n",
        "203.0.113.7    held by 3\n",
        "is where it was",
    ]);
    said.keeps_secrets();
    assert_eq!(cloud.history(), [Some(3), Some(2), Some(3)]);
}

#[test]
fn an_address_that_nobody_held_is_freed_again() {
    let (cloud, dir) = (Cloud::start(""), Dir::new());
    let said = Said::of(&mut trying(&cloud, &quick(&dir, "10ms"), &["--assign"]));
    assert_eq!(said.code, Some(0), "{said:?}");
    said.tells(&[
        "from nobody to 2",
        "is freed again",
        "cloud's console",
        "{\"type\": \"unassign\"}",
    ]);
    assert_eq!(cloud.history(), [Some(2), None]);
}

#[test]
fn without_a_way_to_free_it_an_address_that_nobody_holds_is_not_touched() {
    let (cloud, dir) = (Cloud::start(""), Dir::new());
    let text = std::fs::read_to_string(quick(&dir, "10ms")).unwrap();
    let (before, rest) = text.split_once("[unassign]").unwrap();
    let (_, after) = rest.split_once("[action]").unwrap();
    let file = dir.file("stuck.toml", &format!("{before}[action]{after}"));
    let said = Said::of(&mut trying(&cloud, &file, &["--assign"]));
    assert_eq!(said.code, Some(64), "{said:?}");
    assert!(said.stderr.contains("[unassign]"), "{said:?}");
    assert_eq!(cloud.asked(Some(Operation::Assign)), 0);
    let kept = Said::of(&mut trying(&cloud, &file, &["--assign", "--keep"]));
    assert_eq!(kept.code, Some(0), "{kept:?}");
    assert_eq!(cloud.history(), [Some(2)]);
}

#[test]
fn what_this_machine_holds_is_not_moved() {
    let cloud = Cloud::start("");
    cloud.move_by_hand(2);
    let said = Said::of(&mut trying(&cloud, "digitalocean", &["--assign"]));
    assert_eq!(said.code, Some(0), "{said:?}");
    said.tells(&["held by 2", "would move it here and back"]);
    assert_eq!(cloud.asked(Some(Operation::Assign)), 0);
}

#[test]
fn a_holder_that_is_down_and_a_cloud_at_work_are_told() {
    let cloud = Cloud::start("");
    cloud.move_by_hand(3);
    cloud.set_machine(3, Machine::Stopped);
    let said = Said::of(&mut trying(&cloud, "digitalocean", &[]));
    said.tells(&["held by 3; its holder is down"]);
    cloud.set_locked(true);
    let said = Said::of(&mut trying(&cloud, "digitalocean", &["--assign"]));
    assert_eq!(said.code, Some(1), "{said:?}");
    said.tells(&["the cloud is at work on it", "nothing is moved now"]);
    assert_eq!(cloud.asked(Some(Operation::Assign)), 0);
}
