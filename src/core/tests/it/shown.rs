//! What an arbiter shows of itself: a person is told from it why the address is where it is.

use les_core::*;

use crate::support::readings::*;

#[test]
fn what_it_rested_for_stays_while_it_reads_again_and_ends_with_a_move() {
    let mut a = arbiter(config());
    let stranger = ArbiterConfig {
        on_stranger: OnStranger::Report,
        ..config()
    };
    let mut reports = arbiter(stranger);
    let lead = lead(vec![]);
    reads(&mut reports, 100, &lead, held_by(Some("x")));
    let rests = (Why::StrangerLeft("x".into()), Some(t(5_110)));
    for (ms, resting) in [(120, true), (5_200, false)] {
        let step = reports.next(t(ms), &lead);
        assert_eq!(matches!(step, Step::Rest { .. }), resting, "{step:?}");
        assert_eq!(reports.status().rested, Some(rests.clone()), "at {ms} ms");
        assert_eq!(reports.status().resting.is_some(), resting);
    }
    assert_eq!(reports.status().on_stranger, OnStranger::Report);

    reads(&mut a, 100, &lead, held_by(Some("x")));
    assert_eq!(licence(&a.next(t(120), &lead)), &Licence::Stranger);
    let status = a.status();
    assert_eq!(
        (status.rested, status.moving),
        (None, Some(Licence::Stranger))
    );
}

#[test]
fn what_was_read_before_a_move_is_shown_and_not_believed() {
    let mut a = arbiter(config());
    let lead = lead(vec![]);
    let read = Some((held_by(None), t(100)));
    reads(&mut a, 100, &lead, held_by(None));
    assert_eq!(
        (a.status().seen, a.status().last_seen),
        (read.clone(), read.clone())
    );
    assert_eq!(licence(&a.next(t(120), &lead)), &Licence::Free);
    let failed = Failed {
        kind: FailureKind::Denied,
        retry_in: config().tick,
    };
    a.write_done(t(120), t(130), Err(failed));
    let status = a.status();
    assert_eq!((status.seen, status.last_seen), (None, read));
    assert_eq!((status.moving, status.moved), (None, None));
    reads(&mut a, 6_000, &lead, held_by(None));
    assert_eq!(licence(&a.next(t(6_020), &lead)), &Licence::Free);
    a.write_done(t(6_020), t(6_030), Ok(()));
    assert_eq!(a.status().moved, Some((Licence::Free, t(6_030))));
    // The next reign knows nothing of what was read in this one.
    a.next(t(6_040), &Leadership::default());
    let next = Leadership {
        reign: Some(Reign {
            since: t(7_000),
            ..reign()
        }),
        ..lead
    };
    a.next(t(7_010), &next);
    let status = a.status();
    assert_eq!((status.last_seen, status.rested), (None, None));
}
