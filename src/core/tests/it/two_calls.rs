//! Clouds that free an address in one call and assign it in another: who may take it in between.

use std::time::Duration;

use les_core::*;

use crate::support::readings::*;

/// A cloud that needs two calls for a move.
fn in_two_calls() -> Arbiter {
    arbiter(ArbiterConfig {
        moves_in_one_call: false,
        free_may_be_moving: true,
        ..config()
    })
}

#[test]
fn an_address_freed_by_a_leader_that_is_not_heard_is_left_to_it_for_the_time_of_a_move() {
    let heard = lead(vec![]);
    let unheard = Leadership {
        seeds: SeedsHeard::Unheard,
        ..lead(vec![])
    };
    // The same for a job that readings do not tell of.
    let mut a = arbiter(ArbiterConfig {
        free_may_be_moving: true,
        ..config()
    });
    reads(&mut a, 100, &heard, held_by(Some(ME)));
    assert_eq!(why(&a.next(t(120), &heard)), &Why::Mine);
    reads(&mut a, 5_200, &unheard, held_by(None));
    assert_eq!(why(&a.next(t(5_220), &unheard)), &Why::OnItsWay);
    for ms in [10_300, 15_400] {
        reads(&mut a, ms, &unheard, held_by(None));
        assert_eq!(why(&a.next(t(ms + 20), &unheard)), &Why::OnItsWay, "{ms}");
    }
    reads(&mut a, 17_300, &unheard, held_by(None));
    assert_eq!(licence(&a.next(t(17_320), &unheard)), &Licence::Free);
}

#[test]
fn where_everybody_is_heard_nobody_can_be_moving_a_free_address() {
    let heard = lead(vec![]);
    let mut a = in_two_calls();
    reads(&mut a, 100, &heard, held_by(Some(ME)));
    assert_eq!(why(&a.next(t(120), &heard)), &Why::Mine);
    reads(&mut a, 5_200, &heard, held_by(None));
    assert_eq!(licence(&a.next(t(5_220), &heard)), &Licence::Free);
}

#[test]
fn an_address_that_this_node_may_have_freed_itself_is_taken_at_once() {
    let unheard = Leadership {
        seeds: SeedsHeard::Unheard,
        ..lead(vec![node(
            "a",
            Standing::Follows {
                epoch: Epoch(10),
                asked: t(6_000),
            },
        )])
    };
    let mut a = in_two_calls();
    reads(&mut a, 100, &unheard, held_by(Some(ME)));
    assert_eq!(why(&a.next(t(120), &unheard)), &Why::Mine);
    reads(&mut a, 5_200, &unheard, held_by(Some("m-a")));
    let step = a.next(t(5_220), &unheard);
    assert!(matches!(licence(&step), Licence::Drift(_)), "{step:?}");
    let failed = Failed {
        kind: FailureKind::MaybeApplied,
        retry_in: Duration::ZERO,
    };
    a.write_done(t(5_220), t(5_400), Err(failed));
    reads(&mut a, 7_500, &unheard, held_by(None));
    assert_eq!(licence(&a.next(t(7_520), &unheard)), &Licence::Free);
}
