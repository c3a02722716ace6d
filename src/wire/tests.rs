//! The bodies byte by byte (golden files), what is refused, and what is tolerated.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use les_core::{
    Addr, ArbiterStatus, Epoch, Ext, FailureKind, Holding, Identity, Incarnation, Leadership, Loss,
    LostView, MeetReading, MemberView, NodeId, Pace, Resignation, Role, Seen, Stamp, StateDoc,
    Time, View, Why,
};

use super::*;
use crate::discovery::{SourceError, SourceStatus};
use crate::events::{Entry, Event};
use crate::reconcile::{AddressStatus, Call, LastError, ProviderStatus, StandbyStatus};

fn addr(text: &str) -> Addr {
    text.parse().unwrap()
}

fn secs(secs: u64) -> Time {
    Time::from_epoch(Duration::from_secs(secs))
}

/// Compares with a file in tests/golden; `LES_UPDATE_GOLDEN=1` writes it instead, for a person to review the difference.
pub(crate) fn assert_golden(name: &str, actual: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("LES_UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    assert_eq!(actual, golden, "{}", path.display());
}

pub(in crate::wire) fn reference_doc() -> StateDoc {
    StateDoc {
        addr: addr("10.0.0.2:4000"),
        others: vec![addr("10.0.0.1:4000")],
        stamp: Stamp::from_micros(1_627_515_915_703_066),
        leader: None,
        ext: None,
    }
}

pub(in crate::wire) fn full_doc() -> StateDoc {
    StateDoc {
        addr: addr("10.0.0.1:4000"),
        others: vec![addr("10.0.0.2:4000"), addr("[2001:db8::3]:4000")],
        stamp: Stamp::from_micros(1_795_000_000_000_001),
        leader: Some(addr("10.0.0.1:4000")),
        ext: Some(Ext {
            id: NodeId(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef),
            inc: Incarnation(1),
            epoch: Epoch(1_795_000_000_123),
            epoch_leader: Some(addr("10.0.0.1:4000")),
            eligible: true,
            leaving: false,
            deaf: false,
            leader_heard: Some(Duration::from_millis(250)),
            suspects: vec![addr("10.0.0.9:4000")],
            targets: BTreeMap::from([("digitalocean".into(), "3164494".into())]),
            holds: BTreeMap::from([(
                "203.0.113.7".into(),
                Holding {
                    mine: true,
                    holder: les_core::HeldBy::Target("3164494".into()),
                    age: Duration::from_millis(1200),
                },
            )]),
            meets: vec![MeetReading {
                with: Incarnation(2),
                epoch: Epoch(1_795_000_000_100),
                mine: None,
            }],
            made: Duration::from_micros(61_000_001),
            ballot: 3,
            confirms: Some(les_core::Confirmation {
                inc: Incarnation(5),
                ballot: 2,
            }),
            pause: None,
            moving: Default::default(),
            trace: None,
            resigned: None,
            reached: Some(Duration::from_millis(1200)),
            seeks_reach: false,
            preference: 10,
            stands_for: None,
            vote: Some(les_core::Vote {
                epoch: Epoch(1_795_000_000_064),
                inc: Incarnation(5),
            }),
        }),
    }
}

#[test]
fn the_state_document_is_as_recorded_and_survives_the_wire() {
    for (name, doc) in [
        ("state.json", full_doc()),
        ("state-reference.json", reference_doc()),
    ] {
        let json = serde_json::to_string_pretty(&StateBody::from(&doc)).unwrap() + "\n";
        assert_golden(name, &json);
        assert_eq!(parse_state(json.as_bytes()).unwrap(), doc, "{name}");
    }
}

fn view() -> View {
    let doc = full_doc();
    let me = Identity {
        addr: doc.addr.clone(),
        id: NodeId(7),
        inc: Incarnation(8),
    };
    View {
        made: Time::ZERO,
        me: me.clone(),
        stamp: doc.stamp,
        ineligible: Vec::new(),
        role: Role::Leader {
            epoch: Epoch(1_795_000_000_123),
            since: secs(90),
        },
        named: Some(me.addr.clone()),
        predecessor: (Epoch(1_795_000_000_123), Some(me.addr)),
        leader_heard: None,
        members: vec![MemberView {
            addr: addr("10.0.0.2:4000"),
            doc: reference_doc().into(),
            told: secs(99),
            heard: secs(99),
            missed: 1,
            silent: false,
            zombie: false,
            stream: les_core::StreamView::Open,
        }],
        lost: vec![LostView {
            addr: addr("10.0.0.9:4000"),
            id: Some(NodeId(9)),
            loss: Loss::Dead,
            at: secs(90),
        }],
        suspects: vec![addr("10.0.0.9:4000")],
        targets: BTreeMap::from([("digitalocean".into(), "3164494".into())]),
        holds: BTreeMap::from([(
            "203.0.113.7".into(),
            les_core::Held {
                mine: true,
                holder: les_core::HeldBy::Target("3164494".into()),
                at: secs(98),
            },
        )]),
        moving: Default::default(),
        pause: None,
        meets: Vec::new(),
        ballot: 2,
        confirms: None,
        resigned: Some(Resignation {
            epoch: Epoch(1_795_000_000_100),
            to: Some(addr("10.0.0.2:4000")),
        }),
        heirs: vec![addr("10.0.0.2:4000")],
        leaving: false,
        reached: None,
        seeks_reach: false,
        preference: 0,
        stands_for: None,
        vote: None,
        leadership: Leadership::default(),
    }
}

fn standby() -> StandbyStatus {
    StandbyStatus {
        next_in_line: false,
        last_ok: Some(secs(70)),
        last_error: None,
    }
}

fn source() -> SourceStatus {
    SourceStatus {
        source: "dns:les.test".into(),
        found: vec!["10.0.0.2:4000".parse().unwrap()],
        kept: false,
        answered: Some(secs(60)),
        last_error: Some(SourceError {
            message: "no answer about les.test within 2500 ms".into(),
            at: secs(30),
        }),
    }
}

/// A reading that shows another member, at work on the next one.
fn awaiting_answer() -> AddressStatus {
    let arbiter = ArbiterStatus {
        address: "203.0.113.7".into(),
        target: Some("3164494".into()),
        seen: Some((
            Seen {
                holder: Some("2".into()),
                version: None,
                busy: false,
                holder_down: false,
            },
            secs(98),
        )),
        resting: Some(Why::AwaitingAnswer(addr("10.0.0.2:4000"))),
        seen_ended: None,
        last_seen: None,
        rested: None,
        moving: None,
        moved: None,
        on_stranger: les_core::OnStranger::Repair,
        attempts: 1,
        moves: 2,
    };
    let error = LastError {
        kind: FailureKind::Throttled,
        message: "observe: 429 Too Many Requests".into(),
        at: secs(95),
    };
    AddressStatus {
        arbiter,
        call: Some((Call::Observe, secs(99))),
        held_since: Some(secs(98)),
        last_error: Some(error),
    }
}

#[test]
fn the_diag_page_is_as_recorded() {
    let provider = ProviderStatus {
        name: "digitalocean".into(),
        target: Some("3164494".into()),
        last_error: None,
    };
    let events = [Arc::new(Event {
        wall: les_core::Wall(0),
        at: Some(secs(90)),
        entry: Entry::new("elected", "leads in epoch 1795000000123".into()),
    })];
    let body = DiagBody::new(&DiagInputs {
        situation: crate::why::Situation {
            view: &view(),
            provider: Some(&provider),
            pace: Some(Pace::within(Duration::from_secs(5), 1, Some(5000))),
            addresses: &[awaiting_answer()],
            standbys: &[standby()],
            now: les_core::Now {
                mono: secs(100),
                wall: les_core::Wall(0),
            },
        },
        discovery: &[source()],
        events: &events,
    });
    let json = body.to_json().unwrap();
    assert_golden(
        "diag.json",
        &json.replace(env!("CARGO_PKG_VERSION"), "VERSION"),
    );
    let keys: Vec<_> = [
        "{\n  \"state\": {",
        "\n  \"member_states\": {",
        "\n  \"les\": {",
    ]
    .iter()
    .map(|key| json.find(key).unwrap())
    .collect();
    assert!(
        keys.is_sorted() && keys[0] == 0 && json.ends_with("}\n"),
        "state, then member_states, then les"
    );
}

/// A document of ours in which one value is replaced, at the top or in `les`.
fn with(pointer: &str, value: serde_json::Value) -> Vec<u8> {
    let mut json = serde_json::to_value(StateBody::from(&full_doc())).unwrap();
    *json.pointer_mut(pointer).unwrap() = value;
    serde_json::to_vec(&json).unwrap()
}

#[test]
fn malformed_documents_are_refused() {
    for body in [
        "",
        "[]",
        "{}",
        "null",
        "3",
        "{\"members\":[]}",
        "<html>",
        "{\"members\":[\"a:1\"],\"leader\":false}",
        r#"{"members":[],"leader":false,"start_time":1700000000.0}"#,
        r#"{"members":["no port"],"leader":false,"start_time":1700000000.0}"#,
        r#"{"members":["a:1"],"leader":false,"start_time":NaN}"#,
        r#"{"members":["a:1"],"leader":false,"start_time":-Infinity}"#,
        r#"{"members":["a:1"],"leader":false,"start_time":1e999}"#,
    ] {
        assert!(parse_state(body.as_bytes()).is_err(), "{body}");
    }
    use serde_json::json;
    for (pointer, value) in [
        ("/members", json!("a:1")),
        ("/members", json!({})),
        ("/members", json!(null)),
        ("/members/1", json!(3)),
        ("/leader", json!(true)),
        ("/leader", json!(1)),
        ("/leader", json!([])),
        ("/start_time", json!(0)),
        ("/start_time", json!(1)),
        ("/start_time", json!(true)),
        ("/start_time", json!(-5)),
        ("/start_time", json!("1")),
        ("/start_time", json!(null)),
        ("/start_time", json!(1e300)),
        ("/les", json!(1)),
        ("/les", json!("x")),
        ("/les", json!([])),
        ("/les", json!({})),
        ("/les", json!({"v": 1})),
        ("/les/v", json!("1")),
        ("/les/id", json!("x")),
        ("/les/inc", json!(7)),
        ("/les/epoch", json!(-1)),
        ("/les/epoch", json!(u64::MAX)),
        ("/les/epoch_leader", json!("x")),
        ("/les/eligible", json!(1)),
        ("/les/suspects", json!(["http://x"])),
        ("/les/targets", json!({"a": 1})),
        ("/les/leader_heard_ms", json!(-1)),
        ("/les/targets", json!({"a": "x".repeat(10_000)})),
        ("/les/holds", json!({"a": {"mine": 1, "age_ms": 1}})),
        ("/les/meets/0/with", json!("")),
        ("/les/meets/0/epoch", json!(Epoch::MAX.0 + 1)),
        ("/les/suspects", json!(vec!["a:1"; 1025])),
        ("/members", json!(vec!["a:1"; 4097])),
    ] {
        let body = with(pointer, value.clone());
        assert!(
            parse_state(&body).is_err(),
            "{pointer} = {}",
            value.to_string().chars().take(60).collect::<String>()
        );
    }
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    for key in ["leader", "members", "les"] {
        let body = format!(r#"{{"members":["a:1"],"start_time":1700000000,"{key}":{deep}}}"#);
        assert!(parse_state(body.as_bytes()).is_err(), "{key}");
    }
}

#[test]
fn what_a_reference_node_may_say_is_tolerated() {
    use serde_json::json;
    let leader = |value| parse_state(&with("/leader", value)).unwrap().leader;
    assert_eq!(leader(json!(false)), None);
    assert_eq!(leader(json!(null)), None);
    assert_eq!(leader(json!("not an address")), None);
    assert_eq!(
        leader(json!("localhost:4000")),
        Some(addr("localhost:4000"))
    );
    assert_eq!(
        parse_state(&with("/start_time", json!(1_700_000_000)))
            .unwrap()
            .stamp,
        Stamp::from_micros(1_700_000_000_000_000)
    );

    let members = json!([
        "10.0.0.1:4000",
        "http://evil/",
        "user:pw@host:80",
        "10.0.0.2:4000",
        "10.0.0.2:4000",
        "10.0.0.1:4000"
    ]);
    assert_eq!(
        parse_state(&with("/members", members)).unwrap().others,
        [addr("10.0.0.2:4000")]
    );

    let extra =
        r#"{"members":["a:1"],"leader":false,"start_time":1700000000.5,"zone":{"deep":[1,2]}}"#;
    assert_eq!(parse_state(extra.as_bytes()).unwrap().ext, None);
}

#[test]
fn a_later_version_of_our_key_is_ignored() {
    let doc = parse_state(&with("/les", serde_json::json!({"v": 2, "anything": []}))).unwrap();
    assert_eq!((doc.addr, doc.ext), (full_doc().addr, None));
}
