//! Pictures, to the letter.

use serde_json::{Value, json};

use super::*;

fn page() -> Value {
    json!({
        "version": "0.1.0", "now": "2026-11-27T09:18:27.123Z", "addr": "10.0.0.2:4000", "id": "x", "role": "follower",
        "leader": "10.0.0.1:4000", "epoch": 7, "since": "2026-11-27T09:00:00.000Z", "why": null, "mode": "open", "ineligible": [],
        "ready": true, "paused": null,
        "members": [
            {"addr": "10.0.0.1:4000", "me": false, "seniority": 1, "role": "leader", "state": "ok", "reference": false, "eligible": true,
             "evidence": "its stream is open", "heard_ms": 103},
            {"addr": "10.0.0.2:4000", "me": true, "seniority": 2, "role": "follower", "state": "ok", "reference": false, "eligible": true,
             "evidence": null, "heard_ms": 0},
            {"addr": "10.0.0.3:4000", "me": false, "seniority": 3, "role": "undecided", "state": "silent", "reference": true, "eligible": false,
             "evidence": "the last poll was not answered", "heard_ms": 1250}],
        "lost": [],
        "provider": {"name": "digitalocean", "target": "1002", "tick_ms": 5000, "budget_remaining": 4990, "last_error": null},
        "addresses": [{"id": "203.0.113.7", "wanted": {"node": "10.0.0.1:4000", "target": "1001"},
            "observed": {"node": "10.0.0.1:4000", "target": "1001", "age_ms": 900, "by": "10.0.0.1:4000", "since": "2026-11-26T09:00:01.000Z"},
            "here": false, "right": true, "moving": false, "code": "followed",
            "why": "This node follows 10.0.0.1:4000, which says that it holds the address, by a reading of 0.9 s ago."}],
        "events_kept": true,
    })
}

fn shown(page: Value, paint: Paint) -> String {
    text(&serde_json::from_value(page).unwrap(), paint, 80)
}

#[test]
fn all_is_as_it_should_be() {
    let expected = "\
10.0.0.1:4000 leads in epoch 7 since 09:00:00 UTC
asked: 10.0.0.2:4000, a follower (les 0.1.0, mode open)

   member         role       state   heard   evidence
1  10.0.0.1:4000  leader     ok      103 ms  its stream is open
2  10.0.0.2:4000  follower   ok      -       the node that was asked
3  10.0.0.3:4000  undecided  silent  1.2 s   the last poll was not answered; a
                                             reference node; may not lead

provider digitalocean: that node is 1002, 4990 calls left

203.0.113.7: as it should be (followed)
  wanted    10.0.0.1:4000 (1001)
  observed  10.0.0.1:4000 (1001) since 2026-11-26 09:00:01 UTC; read 900 ms ago
            by 10.0.0.1:4000
  why       This node follows 10.0.0.1:4000, which says that it holds the
            address, by a reading of 0.9 s ago.
";
    let text = shown(page(), Paint::OFF);
    assert_eq!(text, expected);
    assert!(text.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn nothing_is_as_it_should_be() {
    let mut page = page();
    page["leader"] = Value::Null;
    page["role"] = "undecided".into();
    page["why"] = "waiting for the seeds to answer before taking a place in the order".into();
    page["ready"] = false.into();
    page["ineligible"] = json!(["joining", "no_target"]);
    page["paused"] = json!({"by": "10.0.0.2:4000", "since": "2026-11-27T09:10:00.000Z", "unaware": ["10.0.0.1:4000"], "unable": ["10.0.0.3:4000"]});
    page["members"] = json!([]);
    page["lost"] = json!([{"addr": "10.0.0.9:4000", "loss": "dead", "ago_ms": 1200}]);
    page["provider"] = json!({"name": "digitalocean", "target": null, "tick_ms": null, "budget_remaining": null,
        "last_error": {"kind": "throttled", "meaning": "the cloud asked for fewer calls", "message": "429", "ago_ms": 12}});
    page["addresses"] = json!([{"id": "203.0.113.7", "wanted": null, "observed": {"node": null, "target": "77", "age_ms": 61_000, "by": null, "since": null},
        "right": false, "moving": false, "code": "no_leader", "why": ""}, {"id": "203.0.113.8", "moving": true}]);
    let expected = "\
NOBODY LEADS: waiting for the seeds to answer before taking a place in the
  order
asked: 10.0.0.2:4000, undecided (les 0.1.0, mode open), not ready
that node may not lead: joining, no_target
MOVES ARE PAUSED by 10.0.0.2:4000 since 09:10:00 UTC; `les resume` ends it
  NOT YET known to 10.0.0.1:4000
  reference nodes know no pauses and move addresses: 10.0.0.3:4000

  member  role  state  heard  evidence
lost: 10.0.0.9:4000 (dead), 1.2 s ago

provider digitalocean: who that node is there is not known
  trouble   12 ms ago, the cloud asked for fewer calls: 429 (throttled)

203.0.113.7: NOT AS IT SHOULD BE (no_leader)
  wanted    nowhere: nobody leads who would know
  observed  an unknown machine (77); read 1 min ago

203.0.113.8: on the move
  wanted    nowhere: nobody leads who would know
  observed  not read yet
";
    assert_eq!(shown(page, Paint::OFF), expected);
}

#[test]
fn what_is_wrong_and_who_leads_stand_out_and_columns_stay_straight() {
    let text = shown(page(), Paint::ON);
    for painted in [
        "\x1b[1m10.0.0.1:4000 leads",
        "\x1b[1mleader   \x1b[0m  ok      103 ms",
        "\x1b[31msilent\x1b[0m  1.2 s",
        "\x1b[32mas it should be (followed)\x1b[0m",
    ] {
        assert!(text.contains(painted), "{painted:?}: {text:?}");
    }
}

#[test]
fn a_free_address_is_held_by_nobody() {
    let mut page = page();
    page["role"] = "leader".into();
    assert!(shown(page.clone(), Paint::OFF).contains("1002, reads every 5 s"));
    page["addresses"][0]["observed"] =
        json!({"node": null, "target": null, "age_ms": 5, "by": "10.0.0.1:4000", "since": null});
    page["provider"] = Value::Null;
    let text = shown(page, Paint::OFF);
    assert!(
        text.contains("observed  nobody; read 5 ms ago by 10.0.0.1:4000\n"),
        "{text}"
    );
    assert!(!text.contains("provider"), "{text}");
}

#[test]
fn well_is_a_leader_and_every_address_where_it_should_be() {
    let is_well = |page: &Value| {
        let page: StatusPage = serde_json::from_value(page.clone()).unwrap();
        page.is_well()
    };
    let mut odd = page();
    assert!(is_well(&odd));
    odd["paused"] = json!({"by": "a:1"});
    assert!(is_well(&odd), "the address is in its place");
    odd["addresses"][0]["right"] = false.into();
    assert!(!is_well(&odd));
    odd["addresses"] = json!([]);
    assert!(is_well(&odd));
    odd["leader"] = Value::Null;
    assert!(!is_well(&odd));
}
