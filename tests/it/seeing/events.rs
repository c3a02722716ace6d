//! `les events`.

use serde_json::Value;

use super::ask;
use crate::handover::Droplets;
use crate::support::{Cloud, Finished, PATIENCE, les, wait_for};

#[test]
fn a_takeover_is_a_line_with_its_cause_and_phases() {
    let mut droplets = Droplets::settled(2);
    let killed = droplets.cluster.take_leader();
    let gone = killed.addr.clone();
    drop(killed);
    let survivor = &droplets.cluster.nodes[0];
    let line = wait_for("the takeover", PATIENCE, || {
        let events = ask(survivor, &["events"]);
        assert_eq!(events.code, Some(0), "{}", events.output);
        let mut lines = events.output.lines();
        lines
            .find(|line| line.contains("  took_over "))
            .map(str::to_owned)
    });
    assert!(line.get(..24).is_some_and(|at| at.ends_with('Z')), "{line}");
    for text in [
        Cloud::ADDRESS,
        "[dead; ",
        "detect ",
        ", elect ",
        ", move ",
        " ms",
    ] {
        assert!(line.contains(text), "{text}: {line}");
    }
    let all = ask(survivor, &["events"]).output;
    let lost = all.lines().find(|line| line.contains("  member_lost "));
    assert!(lost.is_some_and(|line| line.contains(&gone)), "{all}");
    // What different tasks saw may be a millisecond out of order; what follows from another is not.
    let position = |name: &str| all.find(&format!("  {name} ")).unwrap();
    let story = [
        "member_lost",
        "elected",
        "assign_begun",
        "assign_done",
        "took_over",
    ];
    assert!(story.map(position).is_sorted(), "oldest first: {all}");
    assert!(
        all.contains("is lost (dead)\n"),
        "a cause is said once: {all}"
    );

    let json = ask(survivor, &["events", "--json", "--limit", "1000"]);
    let events: Vec<Value> = json
        .output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let takeover = events
        .iter()
        .find(|event| event["event"] == "took_over")
        .unwrap();
    assert!(
        takeover["phases"]["move"].as_f64() > Some(0.0),
        "{takeover}"
    );
    assert_eq!(
        ask(survivor, &["events", "--limit", "1"])
            .output
            .lines()
            .count(),
        1
    );
}

#[test]
fn a_limit_that_cannot_be_is_wrong_usage() {
    for limit in ["0", "1001", "all"] {
        let wrong = Finished::run(les().args(["events", "--limit", limit]));
        assert_eq!(wrong.code, Some(64), "{limit}: {}", wrong.output);
    }
}
