//! Every rule and every role, in golden paragraphs: `tests/golden/paragraphs.txt` is there to be read.

use std::fmt::Write as _;
use std::time::Duration;

use les_core::{
    Addr, ArbiterStatus, Epoch, Ext, FailureKind, HeldBy, Holding, Incarnation, KnownNode, Licence,
    Loss, LostView, MemberView, NodeId, OnStranger, Pause, Role, Seen, Stamp, Standing, StateDoc,
    StreamView, Time, Undecided, View, Wall, Why,
};

use super::*;
use crate::lone_view::lone_view;
use crate::reconcile::{Call, LastError};

mod leaders;
mod others;

const ID: &str = "203.0.113.7";

fn addr(text: &str) -> Addr {
    text.parse().unwrap()
}

fn secs(secs: u64) -> Time {
    Time::from_epoch(Duration::from_secs(secs))
}

/// Everything that a verdict depends on. This node is 127.0.0.1:1, target 1, and it is 1000 s old.
struct Scene {
    view: View,
    provider: ProviderStatus,
    status: AddressStatus,
    standby: StandbyStatus,
}

impl Scene {
    /// This node has led for 500 s, beside 127.0.0.1:2, and knows of 127.0.0.1:3.
    fn leader() -> Self {
        let mut view = lone_view();
        view.role = Role::Leader {
            epoch: Epoch(7),
            since: secs(500),
        };
        view.ineligible.clear();
        view.targets.insert("cloud".into(), "1".into());
        view.members = vec![member("127.0.0.1:2")];
        view.leadership.nodes = vec![known("127.0.0.1:2", "2"), known("127.0.0.1:3", "3")];
        let arbiter = ArbiterStatus {
            address: ID.into(),
            target: Some("1".into()),
            seen: Some((seen(Some("1")), secs(999))),
            resting: None,
            seen_ended: None,
            last_seen: None,
            rested: Some((Why::Mine, Some(secs(1004)))),
            moving: None,
            moved: None,
            on_stranger: OnStranger::Repair,
            attempts: 0,
            moves: 0,
        };
        Self {
            view,
            provider: ProviderStatus {
                name: "cloud".into(),
                target: Some("1".into()),
                last_error: None,
            },
            status: AddressStatus {
                arbiter,
                call: None,
                held_since: Some(secs(520)),
                last_error: None,
            },
            standby: StandbyStatus::default(),
        }
    }

    /// The same, and `holder` has the address for 10 s.
    fn held_by(holder: Option<&str>, why: Why) -> Self {
        let mut scene = Self::leader();
        scene.status.arbiter.seen = Some((seen(holder), secs(999)));
        scene.status.held_since = Some(secs(990));
        scene.status.arbiter.rested = Some((why, Some(secs(1003))));
        scene
    }

    /// This node follows 127.0.0.1:2, which read the address a second ago.
    fn follower(holding: Option<Holding>) -> Self {
        let mut scene = Self::leader();
        scene.view.role = Role::Follower {
            leader: addr("127.0.0.1:2"),
            epoch: Epoch(7),
            since: secs(500),
        };
        scene.view.members[0].doc = document("127.0.0.1:2", holding).into();
        scene.status.arbiter.seen = None;
        scene.status.arbiter.rested = Some((Why::NotLeader, None));
        scene.status.held_since = None;
        scene
    }

    fn undecided(why: Undecided) -> Self {
        let mut scene = Self::follower(None);
        scene.view.role = Role::Undecided(why);
        scene
    }

    fn fails(mut self, kind: FailureKind, message: &str) -> Self {
        self.status.arbiter.attempts = 3;
        self.status.last_error = Some(error(kind, message));
        self
    }

    fn paused(mut self) -> Self {
        self.view.pause = Some(Pause {
            serial: 1,
            paused: true,
            by: addr("127.0.0.1:3"),
            at: Wall(1_700_000_700_000_000),
        });
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn verdict(&self) -> Verdict {
        let situation = Situation {
            view: &self.view,
            provider: Some(&self.provider),
            pace: Some(Pace::within(Duration::from_secs(5), 1, None)),
            addresses: std::slice::from_ref(&self.status),
            standbys: std::slice::from_ref(&self.standby),
            now: Now {
                mono: secs(1000),
                wall: Wall(1_700_001_000_000_000),
            },
        };
        assert_eq!(situation.why("198.51.100.1"), None);
        situation.why(ID).unwrap()
    }
}

fn seen(holder: Option<&str>) -> Seen {
    Seen {
        holder: holder.map(str::to_owned),
        version: None,
        busy: false,
        holder_down: false,
    }
}

fn error(kind: FailureKind, message: &str) -> LastError {
    LastError {
        kind,
        message: message.into(),
        at: secs(996),
    }
}

fn known(name: &str, target: &str) -> KnownNode {
    KnownNode {
        addr: addr(name),
        targets: [("cloud".to_owned(), target.to_owned())].into(),
        standing: Standing::Member,
        licence: None,
        heard_again: false,
        refused: None,
    }
}

fn lost(name: &str, loss: Loss) -> LostView {
    LostView {
        addr: addr(name),
        id: None,
        loss,
        at: secs(990),
    }
}

fn member(name: &str) -> MemberView {
    MemberView {
        addr: addr(name),
        doc: document(name, None).into(),
        told: secs(1000),
        heard: secs(1000),
        missed: 0,
        silent: false,
        zombie: false,
        stream: StreamView::Open,
    }
}

/// A reading of a leader: a second old.
fn holding(mine: bool, holder: HeldBy) -> Holding {
    Holding {
        mine,
        holder,
        age: Duration::from_secs(1),
    }
}

fn document(name: &str, holding: Option<Holding>) -> StateDoc {
    let lone = lone_view().doc(Time::ZERO);
    let holds = holding.map(|holding| (ID.to_owned(), holding));
    StateDoc {
        addr: addr(name),
        stamp: Stamp::from_micros(1_600_000_000_000_000),
        ext: lone.ext.map(|ext| Ext {
            id: NodeId(2),
            inc: Incarnation(2),
            holds: holds.into_iter().collect(),
            ..ext
        }),
        ..lone
    }
}

/// One row: the name of the scene, whether the address is here and right, and the code.
type Row = (&'static str, Scene, (bool, bool, &'static str));

#[test]
fn every_paragraph_is_as_recorded() {
    let mut text = String::new();
    let rows = [
        leaders::at_rest(),
        leaders::waits(),
        leaders::beyond_reach(),
        leaders::strangers(),
        leaders::calls(),
        leaders::failures(),
        others::followers(),
        others::without_a_leader(),
    ];
    for (name, scene, (here, right, code)) in rows.into_iter().flatten() {
        let verdict = scene.verdict();
        assert_eq!(
            (verdict.here, verdict.right, verdict.code),
            (here, right, code),
            "{name}: {}",
            verdict.text
        );
        assert!(!verdict.text.contains("  "), "{name}: {}", verdict.text);
        writeln!(text, "{name} ({code})\n    {}\n", verdict.text).unwrap();
    }
    crate::wire::assert_golden("paragraphs.txt", &text);
}
