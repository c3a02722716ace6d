//! What a leader says.

use super::*;

pub(super) fn at_rest() -> Vec<Row> {
    let moved = |licence: Licence| {
        Scene::leader().with(|scene| {
            scene.status.arbiter.moves = 1;
            scene.status.arbiter.moved = Some((licence, secs(519)));
        })
    };
    let two = || addr("127.0.0.1:2");
    let well = (true, true, "mine");
    vec![
        ("found here", Scene::leader(), well),
        ("moved: nobody held it", moved(Licence::Free), well),
        ("moved: drift", moved(Licence::Drift(two())), well),
        (
            "moved: succession",
            moved(Licence::Succession(two(), Loss::Silent)),
            well,
        ),
        ("moved: departed", moved(Licence::Departed(two())), well),
        ("moved: majority", moved(Licence::Majority(two())), well),
        ("moved: holder down", moved(Licence::HolderDown), well),
        ("moved: stranger", moved(Licence::Stranger), well),
        ("moved: blind", moved(Licence::Blind(two())), well),
        (
            "moved long before it came back by itself",
            moved(Licence::Free).with(|scene| scene.status.held_since = Some(secs(900))),
            well,
        ),
        ("at rest while paused", Scene::leader().paused(), well),
        (
            "here by an old reading",
            Scene::leader().with(|scene| {
                scene.status.arbiter.seen = Some((seen(Some("1")), secs(900)));
            }),
            (false, false, "mine"),
        ),
        (
            "here by a reading that was slow",
            Scene::leader().with(|scene| {
                scene.status.arbiter.seen = Some((seen(Some("1")), secs(985)));
                scene.status.arbiter.seen_ended = Some(secs(991));
            }),
            well,
        ),
        (
            "here while readings are put off",
            Scene::leader().with(put_off),
            well,
        ),
        (
            "put off, and a call failed since",
            Scene::leader().with(|scene| {
                put_off(scene);
                scene.status.arbiter.attempts = 1;
            }),
            (false, false, "mine"),
        ),
    ]
}

fn put_off(scene: &mut Scene) {
    scene.status.arbiter.seen = Some((seen(Some("1")), secs(900)));
    scene.status.arbiter.resting = Some(Why::Mine);
    scene.status.arbiter.rested = Some((Why::Mine, Some(secs(1_300))));
}

const fn wrong(code: &'static str) -> (bool, bool, &'static str) {
    (false, false, code)
}

fn on(target: &str, why: Why) -> Scene {
    Scene::held_by(Some(target), why)
}

fn silent(scene: &mut Scene) {
    scene.view.lost = vec![lost("127.0.0.1:3", Loss::Silent)];
}

/// What passes by itself.
pub(super) fn waits() -> Vec<Row> {
    let busy = |scene: &mut Scene| {
        if let Some((seen, _)) = &mut scene.status.arbiter.seen {
            seen.busy = true;
        }
    };
    let meets = |scene: &mut Scene| {
        let mut doc = document("127.0.0.1:2", None);
        doc.leader = Some(doc.addr.clone());
        scene.view.members[0].doc = doc.into();
    };
    let no_target = |scene: &mut Scene| {
        scene.provider.target = None;
        scene.view.targets.clear();
        scene.status.arbiter.seen = None;
    };
    vec![
        (
            "not yet looked",
            on("2", Why::NotLeader).with(|scene| scene.status.arbiter.seen = None),
            wrong("reading"),
        ),
        (
            "no target",
            on("2", Why::NoTarget).with(no_target),
            wrong("no_target"),
        ),
        ("busy", on("2", Why::Busy).with(busy), wrong("busy")),
        ("settling", on("2", Why::Settling), wrong("settling")),
        (
            "on its way",
            Scene::held_by(None, Why::OnItsWay),
            wrong("on_its_way"),
        ),
        (
            "meeting",
            on("2", Why::Meeting).with(meets),
            wrong("meeting"),
        ),
        (
            "meeting, and it is here",
            on("1", Why::Meeting).with(meets),
            (true, true, "meeting"),
        ),
        (
            "waiting turn",
            on("2", Why::WaitingTurn).with(silent),
            wrong("waiting_turn"),
        ),
    ]
}

/// Whoever holds it may be serving.
pub(super) fn beyond_reach() -> Vec<Row> {
    let two = || addr("127.0.0.1:2");
    vec![
        (
            "awaiting answer",
            on("2", Why::AwaitingAnswer(two())),
            wrong("awaiting_answer"),
        ),
        (
            "unreachable member",
            on("3", Why::UnreachableMember(addr("127.0.0.1:3"))).with(silent),
            wrong("unreachable_member"),
        ),
        (
            "yielded to a node",
            on("3", Why::Yielded("3".into(), Some(addr("127.0.0.1:3")))),
            wrong("yielded"),
        ),
        (
            "yielded to an unknown machine, and free",
            Scene::held_by(None, Why::Yielded("1009".into(), None)),
            wrong("yielded"),
        ),
        (
            "confirming",
            on("3", Why::Confirming("3".into())),
            wrong("confirming"),
        ),
        ("paused", on("2", Why::Paused).paused(), wrong("paused")),
    ]
}

pub(super) fn strangers() -> Vec<Row> {
    let stranger = |on_stranger| {
        Scene::held_by(Some("1009"), Why::StrangerLeft("1009".into())).with(|scene| {
            scene.status.arbiter.on_stranger = on_stranger;
            scene.status.arbiter.moved = Some((Licence::Stranger, secs(800)));
        })
    };
    let hidden = |seeds| Why::StrangerSeedsUnheard("1009".into(), seeds);
    vec![
        (
            "stranger, a seed unheard",
            on("1009", hidden(vec![addr("127.0.0.1:4")])),
            wrong("stranger_seeds_unheard"),
        ),
        (
            "stranger, members out of reach",
            on("1009", hidden(vec![])),
            wrong("stranger_seeds_unheard"),
        ),
        (
            "stranger, report",
            stranger(OnStranger::Report),
            wrong("stranger_left"),
        ),
        (
            "stranger, repair",
            stranger(OnStranger::Repair),
            wrong("stranger_left"),
        ),
        (
            "stranger, always",
            stranger(OnStranger::Always),
            wrong("stranger_left"),
        ),
    ]
}

fn backs_off(kind: FailureKind, message: &str) -> Scene {
    Scene::held_by(Some("2"), Why::BackingOff(kind)).fails(kind, message)
}

pub(super) fn calls() -> Vec<Row> {
    let observes =
        |since| move |scene: &mut Scene| scene.status.call = Some((Call::Observe, since));
    let assigns = |scene: &mut Scene| {
        scene.status.call = Some((Call::Assign, secs(998)));
        scene.status.arbiter.rested = None;
        scene.status.arbiter.moving = Some(Licence::Drift(addr("127.0.0.1:2")));
    };
    vec![
        (
            "moving",
            Scene::held_by(Some("2"), Why::Busy).with(assigns),
            wrong("moving"),
        ),
        (
            "moving blind",
            Scene::leader().with(assigns).with(|scene| {
                scene.status.arbiter.seen = None;
                scene.status.arbiter.moving = Some(Licence::Blind(addr("127.0.0.1:2")));
            }),
            wrong("moving"),
        ),
        (
            "being read, and at rest",
            Scene::leader().with(observes(secs(1000))),
            (true, true, "mine"),
        ),
        (
            "never read, and being read",
            Scene::leader().with(observes(secs(1000))).with(|scene| {
                scene.status.arbiter.seen = None;
                scene.status.arbiter.rested = None;
            }),
            wrong("reading"),
        ),
        (
            "the cloud hangs",
            Scene::leader()
                .with(observes(secs(960)))
                .with(|scene| scene.status.arbiter.seen = Some((seen(Some("1")), secs(950)))),
            wrong("reading"),
        ),
        (
            "the cloud has hung before",
            backs_off(FailureKind::Unreachable, "observe: no answer within 10 s")
                .with(observes(secs(993))),
            wrong("reading"),
        ),
        (
            "a move has failed",
            backs_off(FailureKind::Denied, "assign: 403 Forbidden").with(|scene| {
                scene.status.arbiter.seen = None;
                scene.status.arbiter.last_seen = Some((seen(None), secs(996)));
            }),
            wrong("backing_off"),
        ),
        (
            "here, and the latest reading failed",
            Scene::held_by(Some("1"), Why::BackingOff(FailureKind::Transient))
                .fails(FailureKind::Transient, "observe: 503 Service Unavailable"),
            (true, true, "backing_off"),
        ),
    ]
}

pub(super) fn failures() -> Vec<Row> {
    let failures = [
        (
            "throttled",
            FailureKind::Throttled,
            "observe: 429 Too Many Requests",
        ),
        (
            "transient",
            FailureKind::Transient,
            "observe: 503 Service Unavailable",
        ),
        (
            "unreachable",
            FailureKind::Unreachable,
            "observe: connection refused",
        ),
        (
            "in progress",
            FailureKind::InProgress,
            "assign: 422 pending event",
        ),
        (
            "maybe applied",
            FailureKind::MaybeApplied,
            "assign: no answer within 10 s",
        ),
        (
            "conflict",
            FailureKind::Conflict,
            "assign: it is held by another",
        ),
        ("denied", FailureKind::Denied, "assign: 403 Forbidden"),
        ("not found", FailureKind::NotFound, "observe: 404 Not Found"),
        (
            "misconfigured",
            FailureKind::Misconfigured,
            "assign: 422 Unprocessable",
        ),
    ];
    failures
        .map(|(name, kind, message)| (name, backs_off(kind, message), wrong("backing_off")))
        .into()
}
