//! The course of a reconciliation: when it reads, waits, yields and tries again; F24, F25, H1 and H2.

use std::collections::BTreeMap;
use std::time::Duration;

use les_core::*;

use crate::support::addr;
use crate::support::readings::*;

#[test]
fn h1_a_leader_that_was_overwritten_yields_even_when_the_address_is_free_later() {
    let mut a = arbiter(config());
    let lost = lead(vec![node("b", Standing::Lost(Loss::Silent))]);
    reads(&mut a, 100, &lost, held_by(Some(ME)));
    assert_eq!(why(&a.next(t(120), &lost)), &Why::Mine);
    reads(&mut a, 6_000, &lost, held_by(Some("m-b")));
    assert_eq!(
        why(&a.next(t(6_020), &lost)),
        &Why::Confirming("m-b".into())
    );
    reads(&mut a, 8_000, &lost, held_by(Some("m-b")));
    assert_eq!(
        why(&a.next(t(8_020), &lost)),
        &Why::Yielded("m-b".into(), Some(addr("b:2")))
    );
    reads(&mut a, 14_000, &lost, held_by(None));
    assert_eq!(
        why(&a.next(t(14_020), &lost)),
        &Why::Yielded("m-b".into(), Some(addr("b:2"))),
        "it may be on its way"
    );
    let follows = lead(vec![node(
        "b",
        Standing::Follows {
            epoch: Epoch(10),
            asked: t(14_500),
        },
    )]);
    assert_eq!(
        licence(&a.next(t(14_600), &follows)),
        &Licence::Free,
        "the holder is heard, and follows"
    );
}

#[test]
fn f24_a_late_call_of_the_predecessor_is_moved_back_twice_and_then_respected() {
    let mut a = arbiter(config());
    let lost = KnownNode {
        licence: Some((Epoch(9), Loss::Silent)),
        heard_again: false,
        ..node("a", Standing::Lost(Loss::Silent))
    };
    let lead = lead(vec![lost]);
    let mut ms = 100;
    reads(&mut a, ms, &lead, held_by(Some("m-a")));
    for moved_back in 0..=2 {
        assert_eq!(
            licence(&a.next(t(ms + 20), &lead)),
            &Licence::Succession(addr("a:2"), Loss::Silent),
            "{moved_back}"
        );
        a.write_done(t(ms + 20), t(ms + 30), Ok(()));
        reads(&mut a, ms + 2_100, &lead, held_by(Some(ME)));
        assert_eq!(why(&a.next(t(ms + 2_120), &lead)), &Why::Mine);
        ms += 5_000;
        reads(&mut a, ms, &lead, held_by(Some("m-a")));
    }
    assert_eq!(
        why(&a.next(t(ms + 20), &lead)),
        &Why::Confirming("m-a".into())
    );
}

#[test]
fn a_machine_that_took_the_address_needs_a_proof_of_death_from_after_that() {
    let mut a = arbiter(config());
    let dead = |since, latest| {
        lead(vec![KnownNode {
            licence: Some((Epoch(9), Loss::Dead)),
            heard_again: false,
            refused: Some(Refusals {
                since: t(since),
                latest: t(latest),
            }),
            ..node("a", Standing::Lost(Loss::Dead))
        }])
    };
    reads(&mut a, 100, &dead(50, 90), held_by(Some(ME)));
    assert_eq!(why(&a.next(t(120), &dead(50, 90))), &Why::Mine);
    // It refused before, and refuses still: no process of it can have moved the address, unless a firewall refuses in its name.
    let ms = 700_000;
    reads(&mut a, ms, &dead(50, 90), held_by(Some("m-a")));
    let step = a.next(t(ms + 20), &dead(50, ms + 15));
    assert_eq!(why(&step), &Why::Confirming("m-a".into()));
    reads(
        &mut a,
        ms + 2_000,
        &dead(50, ms + 1_900),
        held_by(Some("m-a")),
    );
    let step = a.next(t(ms + 2_020), &dead(50, ms + 2_015));
    assert_eq!(why(&step), &Why::Yielded("m-a".into(), Some(addr("a:2"))));
    // For an hour it refuses all the time: taken for dead.
    let hour = ms + 3_602_100;
    reads(&mut a, hour, &dead(50, hour), held_by(Some("m-a")));
    let step = a.next(t(hour + 20), &dead(50, hour + 15));
    assert_eq!(
        licence(&step),
        &Licence::Succession(addr("a:2"), Loss::Dead)
    );
    // It was not refusing for a while (it lived, or was cut off), and refuses since: it is dead now.
    let step = a.next(t(hour + 40), &dead(hour - 500, hour + 30));
    assert_eq!(
        licence(&step),
        &Licence::Succession(addr("a:2"), Loss::Dead)
    );
}

#[test]
fn f25_a_failed_call_is_tried_again_after_its_pause() {
    let mut a = arbiter(config());
    let lead = lead(vec![]);
    assert_eq!(a.next(t(100), &lead), Step::Observe(Urgency::Now));
    a.read_done(
        t(100),
        t(200),
        Err(Failed {
            kind: FailureKind::Throttled,
            retry_in: Duration::from_secs(3),
        }),
    );
    let rest = a.next(t(300), &lead);
    assert_eq!(
        rest,
        Step::Rest {
            why: Why::BackingOff(FailureKind::Throttled),
            until: Some(t(3_200))
        }
    );
    assert_eq!(a.status().attempts, 1);
    reads(&mut a, 3_200, &lead, held_by(None));
    assert_eq!(licence(&a.next(t(3_220), &lead)), &Licence::Free);
    assert_eq!(a.status().attempts, 0);
}

#[test]
fn an_ambiguous_write_is_followed_by_a_reading_and_a_foreign_one_is_not_believed_before_it_settled()
{
    let mut a = arbiter(config());
    let lead = lead(vec![]);
    reads(&mut a, 100, &lead, held_by(None));
    assert!(matches!(a.next(t(120), &lead), Step::Assign { .. }));
    a.write_done(
        t(120),
        t(1_000),
        Err(Failed {
            kind: FailureKind::MaybeApplied,
            retry_in: Duration::from_millis(100),
        }),
    );
    assert!(matches!(
        why(&a.next(t(1_050), &lead)),
        Why::BackingOff(FailureKind::MaybeApplied)
    ));
    reads(&mut a, 1_200, &lead, held_by(None));
    assert_eq!(why(&a.next(t(1_220), &lead)), &Why::Settling);
    reads(&mut a, 3_100, &lead, held_by(None));
    assert_eq!(licence(&a.next(t(3_120), &lead)), &Licence::Free);
}

#[test]
fn h2_while_another_leader_is_heard_it_reads_once_anew_and_writes_nothing() {
    let mut a = arbiter(config());
    let calm = lead(vec![]);
    reads(&mut a, 100, &calm, held_by(None));
    let meeting = Leadership {
        reign: Some(Reign {
            meeting: Some(t(110)),
            ..reign()
        }),
        ..calm.clone()
    };
    reads(&mut a, 120, &meeting, held_by(None));
    assert_eq!(why(&a.next(t(140), &meeting)), &Why::Meeting);
    let later = Leadership {
        reign: Some(Reign {
            meeting: Some(t(141)),
            ..reign()
        }),
        ..calm.clone()
    };
    let busy = Seen {
        busy: true,
        ..held_by(None)
    };
    reads(&mut a, 142, &later, busy);
    let step = a.next(t(160), &later);
    assert_eq!(
        step,
        Step::Rest {
            why: Why::Meeting,
            until: Some(t(1_152))
        },
        "on its way"
    );
    reads(&mut a, 1_152, &later, held_by(None));
    assert_eq!(licence(&a.next(t(1_170), &calm)), &Licence::Free);
}

#[test]
fn more_senior_orphans_have_the_first_turn() {
    let mut a = arbiter(config());
    let third = Leadership {
        reign: Some(Reign { rank: 2, ..reign() }),
        ..lead(vec![])
    };
    assert_eq!(
        a.next(t(0), &third),
        Step::Rest {
            why: Why::WaitingTurn,
            until: Some(t(24_000))
        }
    );
    assert_eq!(a.next(t(24_000), &third), Step::Observe(Urgency::Now));
}

#[test]
fn a_blind_takeover_reads_nothing_first_once_and_only_if_the_predecessor_held_it_a_tick_ago() {
    let blind = |held: u64| {
        let held = BTreeMap::from([("203.0.113.7".to_owned(), t(held))]);
        Leadership {
            reign: Some(Reign {
                blind: Some(BlindTakeover { held }),
                ..reign()
            }),
            ..lead(vec![])
        }
    };
    let mut a = arbiter(config());
    assert_eq!(
        licence(&a.next(t(60_000), &blind(55_000))),
        &Licence::Blind(addr("a:2"))
    );
    a.write_done(
        t(60_000),
        t(60_100),
        Err(Failed {
            kind: FailureKind::Transient,
            retry_in: Duration::ZERO,
        }),
    );
    assert_eq!(
        a.next(t(60_200), &blind(55_000)),
        Step::Observe(Urgency::Now),
        "once"
    );
    let mut a = arbiter(config());
    assert_eq!(
        a.next(t(60_000), &blind(1_000)),
        Step::Observe(Urgency::Now),
        "not on an old reading"
    );
    let mut a = arbiter(ArbiterConfig {
        moves_in_one_call: false,
        ..config()
    });
    assert_eq!(
        a.next(t(60_000), &blind(55_000)),
        Step::Observe(Urgency::Now),
        "not where a move takes two calls"
    );
}

#[test]
fn at_rest_the_address_is_read_once_a_tick() {
    let mut a = arbiter(config());
    let lead = lead(vec![]);
    reads(&mut a, 100, &lead, held_by(Some(ME)));
    assert_eq!(
        a.next(t(120), &lead),
        Step::Rest {
            why: Why::Mine,
            until: Some(t(5_110))
        }
    );
    assert_eq!(a.next(t(5_110), &lead), Step::Observe(Urgency::Routine));
}

/// Runs the arbiter against a cloud that only changes by the clock, until it assigns; gives when.
fn drive(
    until: u64,
    lead_at: impl Fn(u64) -> Leadership,
    seen_at: impl Fn(u64) -> Seen,
) -> Option<u64> {
    let mut a = arbiter(config());
    let mut ms = 300;
    while ms < until {
        match a.next(t(ms), &lead_at(ms)) {
            Step::Observe(_) => {
                a.read_done(t(ms), t(ms + 100), Ok(seen_at(ms)));
                ms += 100;
            }
            Step::Rest { .. } => ms += 10,
            Step::Assign { .. } => return Some(ms),
        }
    }
    None
}

#[test]
fn drift_is_repaired_also_where_members_are_asked_seldom() {
    for poll in [250, 1000, 2500, 4000_u64] {
        // Asked every `poll`, answered 200 ms later.
        let asked = |ms: u64| (ms.saturating_sub(200) / poll) * poll;
        let follows = |ms| {
            let standing = Standing::Follows {
                epoch: Epoch(10),
                asked: t(asked(ms)),
            };
            lead(vec![node("b", standing)])
        };
        let repaired = drive(30_000, follows, |_| held_by(Some("m-b")));
        assert!(repaired.is_some(), "asked every {poll} ms");
    }
}

#[test]
fn an_address_that_stays_free_is_taken_by_whoever_was_deposed_before() {
    let seen = |ms| {
        held_by(match ms {
            0..5_000 => Some(ME),
            5_000..35_000 => Some("m-b"),
            _ => None,
        })
    };
    let lost = |_| lead(vec![node("b", Standing::Lost(Loss::Silent))]);
    let taken = drive(120_000, lost, seen).expect("free for ever");
    assert!(
        taken > 35_000 + 12_000,
        "not while it may be on its way: {taken}"
    );
}

#[test]
fn a_holder_that_is_down_is_overwritten_whoever_deposed_this_node_before() {
    let seen = |ms| match ms {
        0..5_000 => held_by(Some(ME)),
        5_000..35_000 => held_by(Some("m-b")),
        _ => Seen {
            holder_down: true,
            ..held_by(Some("m-c"))
        },
    };
    let lost = |_| {
        let silent = Standing::Lost(Loss::Silent);
        lead(vec![node("b", silent), node("c", silent)])
    };
    assert!(drive(120_000, lost, seen).is_some());
}
