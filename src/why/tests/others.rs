//! What a follower says, and a node without a leader.

use les_core::Ineligible;

use super::*;

pub(super) fn followers() -> Vec<Row> {
    let well = (false, true, "followed");
    let wrong = |code| (false, false, code);
    let old = |scene: &mut Scene| scene.view.members[0].told = secs(900);
    let mine = || Scene::follower(Some(holding(true, HeldBy::Target("2".into()))));
    let on = |target: &str| Scene::follower(Some(holding(false, HeldBy::Target(target.into()))));
    let next_in_line = |scene: &mut Scene| {
        scene.standby = StandbyStatus {
            next_in_line: true,
            last_ok: Some(secs(900)),
            last_error: Some(error(FailureKind::Denied, "observe: 403 Forbidden")),
        };
    };
    let unidentified = |scene: &mut Scene| {
        scene.provider.target = None;
        scene.view.targets.clear();
        let message = "target: no answer from the metadata service";
        scene.provider.last_error = Some(error(FailureKind::Transient, message));
    };
    vec![
        ("followed", mine(), well),
        ("followed while paused", mine().paused(), well),
        (
            "followed by a next in line that could not take over",
            mine().with(next_in_line),
            well,
        ),
        (
            "followed by who does not know who it is",
            mine().with(unidentified),
            well,
        ),
        (
            "followed, by an older leader",
            Scene::follower(Some(holding(true, HeldBy::Unsaid))),
            well,
        ),
        ("elsewhere: a stranger", on("1009"), wrong("elsewhere")),
        ("elsewhere: a node", on("3").paused(), wrong("elsewhere")),
        ("elsewhere: here", on("1"), (true, false, "elsewhere")),
        (
            "elsewhere: nobody",
            Scene::follower(Some(holding(false, HeldBy::Nobody))),
            wrong("elsewhere"),
        ),
        (
            "elsewhere, by an older leader",
            Scene::follower(Some(holding(false, HeldBy::Unsaid))),
            wrong("elsewhere"),
        ),
        ("told long ago", mine().with(old), wrong("not_leader")),
        (
            "told long ago: a stranger",
            on("1009").with(old),
            wrong("not_leader"),
        ),
        ("never told", Scene::follower(None), wrong("not_leader")),
        (
            "a reference node leads",
            Scene::follower(None).with(|scene| {
                let mut doc = document("127.0.0.1:2", None);
                doc.ext = None;
                scene.view.members[0].doc = doc.into();
                scene.view.leadership.nodes.clear();
            }),
            wrong("not_leader"),
        ),
    ]
}

pub(super) fn without_a_leader() -> Vec<Row> {
    let undecided = Scene::undecided;
    let two = || addr("127.0.0.1:2");
    let ineligible = |why| move |scene: &mut Scene| scene.view.ineligible = vec![why];
    let gone = |scene: &mut Scene| {
        scene.view.predecessor = (Epoch(6), Some(addr("127.0.0.1:3")));
        scene.view.lost = vec![lost("127.0.0.1:3", Loss::Dead)];
    };
    let rows = [
        ("joining", undecided(Undecided::Joining)),
        ("no contact", undecided(Undecided::NoContact)),
        (
            "no contact, and a seed that is not heard",
            undecided(Undecided::NoContact)
                .with(|scene| scene.view.leadership.unheard_seeds = vec![two()]),
        ),
        (
            "drained",
            undecided(Undecided::NobodyEligible).with(ineligible(Ineligible::Drained)),
        ),
        (
            "witnesses only, without a provider",
            undecided(Undecided::NobodyEligible)
                .with(ineligible(Ineligible::Witness))
                .with(|scene| scene.view.members.clear()),
        ),
        (
            "nominated",
            undecided(Undecided::Nominated(two())).with(gone),
        ),
        (
            "candidate",
            undecided(Undecided::Candidate(vec![two()])).with(gone),
        ),
        (
            "no quorum",
            undecided(Undecided::NoQuorum {
                votes: 1,
                needed: 2,
            })
            .paused(),
        ),
        (
            "leaving",
            undecided(Undecided::Leaving).with(|scene| scene.view.heirs = vec![two()]),
        ),
        (
            "has given up the lead",
            undecided(Undecided::Nominated(two())).with(|scene| {
                let held = les_core::Held {
                    mine: true,
                    holder: HeldBy::Target("1".into()),
                    at: secs(999),
                };
                scene.view.holds.insert(ID.into(), held);
            }),
        ),
    ];
    rows.into_iter()
        .map(|(name, scene)| {
            let here = name == "has given up the lead";
            (name, scene, (here, false, "no_leader"))
        })
        .collect()
}

#[test]
fn without_a_provider_nothing_is_known() {
    let scene = Scene::leader();
    let situation = Situation {
        view: &scene.view,
        provider: None,
        pace: None,
        addresses: std::slice::from_ref(&scene.status),
        standbys: &[],
        now: Now {
            mono: secs(1000),
            wall: Wall(0),
        },
    };
    let verdict = situation.why(ID).unwrap();
    assert_eq!(
        (verdict.here, verdict.right, verdict.code),
        (false, false, "no_provider")
    );
}
