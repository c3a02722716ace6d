//! Whom a leader may overwrite: every licence and every refusal.

use les_core::*;

use crate::support::addr;
use crate::support::readings::*;

#[test]
fn a_follower_does_nothing() {
    let mut arbiter = arbiter(config());
    let idle = Leadership {
        reign: None,
        ..lead(vec![])
    };
    assert_eq!(
        arbiter.next(t(1), &idle),
        Step::Rest {
            why: Why::NotLeader,
            until: None
        }
    );
}

#[test]
fn a_free_address_is_taken_and_an_own_one_left_alone() {
    assert_eq!(
        licence(&first_step(&lead(vec![]), held_by(None))),
        &Licence::Free
    );
    assert_eq!(
        why(&first_step(&lead(vec![]), held_by(Some(ME)))),
        &Why::Mine
    );
    let busy = Seen {
        busy: true,
        ..held_by(None)
    };
    assert_eq!(
        why(&first_step(&lead(vec![]), busy)),
        &Why::Busy,
        "on its way is not free"
    );
}

#[test]
fn drift_is_repaired_only_after_an_answer_asked_for_since_the_reading() {
    let follows = |asked| {
        lead(vec![node(
            "b",
            Standing::Follows {
                epoch: Epoch(10),
                asked,
            },
        )])
    };
    let held = || held_by(Some("m-b"));
    assert_eq!(
        licence(&first_step(&follows(t(101)), held())),
        &Licence::Drift(addr("b:2"))
    );
    assert_eq!(
        why(&first_step(&follows(t(100)), held())),
        &Why::AwaitingAnswer(addr("b:2"))
    );
    let older = lead(vec![node(
        "b",
        Standing::Follows {
            epoch: Epoch(9),
            asked: t(101),
        },
    )]);
    assert_eq!(
        why(&first_step(&older, held())),
        &Why::AwaitingAnswer(addr("b:2")),
        "it follows another reign"
    );
}

#[test]
fn silence_licenses_only_whom_this_node_followed_itself() {
    let lost = node("a", Standing::Lost(Loss::Silent));
    let followed = KnownNode {
        licence: Some((Epoch(9), Loss::Silent)),
        heard_again: false,
        ..lost.clone()
    };
    let held = || held_by(Some("m-a"));
    assert_eq!(
        licence(&first_step(&lead(vec![followed]), held())),
        &Licence::Succession(addr("a:2"), Loss::Silent)
    );
    assert_eq!(
        why(&first_step(&lead(vec![lost]), held())),
        &Why::UnreachableMember(addr("a:2"))
    );
}

#[test]
fn the_dead_and_the_stopped_may_be_overwritten() {
    let held = || held_by(Some("m-a"));
    for loss in [Loss::Dead, Loss::Goodbye] {
        let step = first_step(&lead(vec![node("a", Standing::Lost(loss))]), held());
        assert_eq!(licence(&step), &Licence::Departed(addr("a:2")));
    }
    let unreachable = lead(vec![node("a", Standing::Lost(Loss::Silent))]);
    let down = Seen {
        holder_down: true,
        ..held()
    };
    assert_eq!(
        licence(&first_step(&unreachable, down)),
        &Licence::HolderDown
    );
}

#[test]
fn a_stranger_is_repaired_once_an_hour_and_only_if_no_member_can_hide_behind_it() {
    let held = || held_by(Some("m-stranger"));
    assert_eq!(
        licence(&first_step(&lead(vec![]), held())),
        &Licence::Stranger
    );
    let unheard = Leadership {
        seeds: SeedsHeard::Unheard,
        ..lead(vec![])
    };
    assert_eq!(
        why(&first_step(&unheard, held())),
        &Why::StrangerSeedsUnheard("m-stranger".into(), Vec::new())
    );
    let majority = |ms| Leadership {
        seeds: SeedsHeard::Majority {
            rest_silent_since: t(ms),
        },
        ..lead(vec![])
    };
    let mut patient = arbiter(config());
    reads(&mut patient, 59_000, &majority(0), held());
    assert!(matches!(
        why(&patient.next(t(59_100), &majority(0))),
        Why::StrangerSeedsUnheard(..)
    ));
    assert_eq!(
        licence(&patient.next(t(60_010), &majority(0))),
        &Licence::Stranger
    );

    for (on_stranger, a_minute_later) in [
        (OnStranger::Repair, false),
        (OnStranger::Always, true),
        (OnStranger::Report, false),
    ] {
        let mut a = arbiter(ArbiterConfig {
            on_stranger,
            ..config()
        });
        let lead = lead(vec![]);
        reads(&mut a, 100, &lead, held());
        if on_stranger == OnStranger::Report {
            assert_eq!(
                why(&a.next(t(120), &lead)),
                &Why::StrangerLeft("m-stranger".into())
            );
            continue;
        }
        assert_eq!(licence(&a.next(t(120), &lead)), &Licence::Stranger);
        a.write_done(t(120), t(130), Ok(()));
        for (at, again) in [(59_000, false), (61_000, a_minute_later)] {
            reads(&mut a, at, &lead, held());
            let step = a.next(t(at + 20), &lead);
            assert_eq!(
                matches!(step, Step::Assign { .. }),
                again,
                "{on_stranger:?} after {at} ms: {step:?}"
            );
        }
        reads(&mut a, 3_700_000, &lead, held());
        assert_eq!(
            licence(&a.next(t(3_700_020), &lead)),
            &Licence::Stranger,
            "an hour later"
        );
    }
}
