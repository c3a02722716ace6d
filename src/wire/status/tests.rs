//! The whole body, byte by byte.

use std::time::Duration;

use les_core::{
    ArbiterStatus, Epoch, FailureKind, Ineligible, KnownNode, Loss, LostView, MemberView, Mode,
    Now, OnStranger, Pace, Pause, Role, Seen, Stamp, Standing, StreamView, Time, Undecided, View,
    Wall, Why,
};

use super::*;
use crate::lone_view::lone_view;
use crate::reconcile::{AddressStatus, Call, LastError, ProviderStatus, StandbyStatus};
use crate::wire::assert_golden;

fn secs(secs: u64) -> Time {
    Time::from_epoch(Duration::from_secs(secs))
}

fn member(name: &str, started: u64) -> MemberView {
    let mut doc = lone_view().doc(Time::ZERO);
    doc.addr = name.parse().unwrap();
    doc.stamp = Stamp::from_micros(started * 1_000_000);
    doc.leader = Some("127.0.0.1:1".parse().unwrap());
    if let Some(ext) = &mut doc.ext {
        ext.eligible = true;
    }
    MemberView {
        addr: doc.addr.clone(),
        doc: doc.into(),
        told: secs(100),
        heard: secs(99),
        missed: 0,
        silent: false,
        zombie: false,
        stream: StreamView::Open,
    }
}

fn known(name: &str, target: &str) -> KnownNode {
    KnownNode {
        addr: name.parse().unwrap(),
        targets: [("cloud".to_owned(), target.to_owned())].into(),
        standing: Standing::Member,
        licence: None,
        heard_again: false,
        refused: None,
    }
}

fn pause() -> Pause {
    Pause {
        serial: 2,
        paused: true,
        by: "127.0.0.1:2".parse().unwrap(),
        at: Wall(1_700_000_050_000_000),
    }
}

/// A leader that started later than one of its members; a reference node and a silent one are there as well.
fn view() -> View {
    let mut view = lone_view();
    view.role = Role::Leader {
        epoch: Epoch(7),
        since: secs(90),
    };
    view.predecessor = (Epoch(7), Some(view.me.addr.clone()));
    view.ineligible.clear();
    view.stamp = Stamp::from_micros(1_700_000_000_000_000);
    view.targets.insert("cloud".into(), "1".into());
    let mut reference = member("127.0.0.1:4", 1_700_000_002);
    let mut doc = (*reference.doc).clone();
    doc.ext = None;
    reference.doc = doc.into();
    let mut aware = member("127.0.0.1:2", 1_699_999_999);
    let mut doc = (*aware.doc).clone();
    doc.ext.as_mut().unwrap().pause = Some(pause());
    aware.doc = doc.into();
    let mut silent = member("127.0.0.1:3", 1_700_000_001);
    (silent.silent, silent.missed, silent.heard) = (true, 4, secs(98));
    view.members = vec![aware, silent, reference];
    view.lost = vec![LostView {
        addr: "127.0.0.1:9".parse().unwrap(),
        id: None,
        loss: Loss::Dead,
        at: secs(90),
    }];
    view.leadership.nodes = vec![known("127.0.0.1:2", "2"), known("127.0.0.1:3", "3")];
    view.pause = Some(pause());
    view
}

fn address(id: &str, holder: Option<&str>, why: Why) -> AddressStatus {
    let seen = Seen {
        holder: holder.map(str::to_owned),
        version: None,
        busy: false,
        holder_down: false,
    };
    AddressStatus {
        arbiter: ArbiterStatus {
            address: id.into(),
            target: Some("1".into()),
            seen: Some((seen, secs(98))),
            resting: Some(why.clone()),
            seen_ended: None,
            last_seen: None,
            rested: Some((why, Some(secs(103)))),
            moving: None,
            moved: None,
            on_stranger: OnStranger::Report,
            attempts: 0,
            moves: 0,
        },
        call: None,
        held_since: Some(secs(92)),
        last_error: None,
    }
}

fn page(view: &View, addresses: &[AddressStatus], mode: &Mode) -> String {
    let provider = ProviderStatus {
        name: "cloud".into(),
        target: Some("1".into()),
        last_error: None,
    };
    let page = StatusPage::new(&StatusInputs {
        situation: Situation {
            view,
            provider: Some(&provider),
            pace: Some(Pace::within(Duration::from_secs(5), 2, None)),
            addresses,
            standbys: &[StandbyStatus::default()],
            now: Now {
                mono: secs(100),
                wall: Wall(1_700_000_100_123_456),
            },
        },
        mode,
        ready: true,
        budget_remaining: Some(4990),
        events_kept: true,
    });
    assert!(!page.to_json().unwrap().contains('\n'));
    let pretty = serde_json::to_string_pretty(&page).unwrap() + "\n";
    pretty.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn the_page_of_a_leader_is_as_recorded() {
    let mut moved = address("203.0.113.8", Some("2"), Why::Paused);
    moved.call = Some((Call::Observe, secs(99)));
    moved.last_error = Some(LastError {
        kind: FailureKind::Throttled,
        message: "observe: 429 Too Many Requests".into(),
        at: secs(95),
    });
    let addresses = [
        address("203.0.113.7", Some("1"), Why::Mine),
        moved,
        address("203.0.113.9", None, Why::Paused),
        address(
            "203.0.113.10",
            Some("1009"),
            Why::StrangerLeft("1009".into()),
        ),
    ];
    assert_golden("status.json", &page(&view(), &addresses, &Mode::Open));
}

#[test]
fn the_page_of_a_node_that_knows_nobody_is_as_recorded() {
    let mut view = view();
    view.role = Role::Undecided(Undecided::NoContact);
    view.ineligible = vec![Ineligible::Drained];
    view.stamp = Stamp::LAST;
    (view.members, view.lost, view.pause) = (Vec::new(), Vec::new(), None);
    let mut address = address("203.0.113.7", None, Why::NotLeader);
    address.arbiter.seen = None;
    let mode = Mode::Quorum([view.me.addr.clone()].into());
    assert_golden("status-alone.json", &page(&view, &[address], &mode));
}
