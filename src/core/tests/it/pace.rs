//! What readings cost, and which of them can wait.

use std::time::Duration;

use les_core::*;

use crate::support::readings::*;

const S: Duration = Duration::from_secs(1);

#[test]
fn half_of_the_allowance_is_left_for_takeovers() {
    for allowance in [60, 200, 400, 1_000, 3_600, 5_000] {
        for addresses in [1, 2, 8, 64] {
            let pace = Pace::within(5 * S, addresses, Some(allowance));
            let an_hour = |pause: Duration| 3600.0 / pause.as_secs_f64() * addresses as f64;
            let calls = an_hour(pace.tick) + an_hour(pace.standby);
            let what =
                format!("{addresses} addresses, {allowance} an hour: {pace:?} makes {calls}");
            assert!(calls <= f64::from(allowance) / 2.0 + 0.01, "{what}");
            assert!(
                pace.tick >= 5 * S && pace.standby >= STANDBY_PAUSE,
                "{what}"
            );
            let slower = pace.tick > 5 * S;
            assert!(
                !slower || calls > f64::from(allowance) / 2.0 - 1.0,
                "no slower than needed: {what}"
            );
        }
    }
}

#[test]
fn where_the_allowance_suffices_or_is_unknown_the_configuration_holds() {
    let wanted = Pace {
        tick: 5 * S,
        standby: 30 * S,
    };
    assert_eq!(Pace::within(5 * S, 1, Some(5_000)), wanted);
    assert_eq!(Pace::within(5 * S, 64, None), wanted);
    assert_eq!(Pace::within(5 * S, 0, Some(0)), wanted);
    assert_eq!(Pace::within(60 * S, 1, None).standby, 60 * S);
    assert!(Pace::within(5 * S, 1, Some(0)).tick >= 3600 * S);
}

#[test]
fn a_reading_at_rest_is_put_off_once() {
    let mut a = arbiter(config());
    let lead = lead(vec![]);
    assert_eq!(
        a.next(t(100), &lead),
        Step::Observe(Urgency::Now),
        "the first reading of a reign"
    );
    a.read_done(t(100), t(110), Ok(held_by(Some(ME))));
    assert_eq!(a.next(t(5_110), &lead), Step::Observe(Urgency::Routine));
    a.postpone(t(9_000));
    let rests = Step::Rest {
        why: Why::Mine,
        until: Some(t(9_000)),
    };
    assert_eq!(a.next(t(6_000), &lead), rests);
    assert_eq!(
        a.next(t(9_000), &lead),
        Step::Observe(Urgency::Now),
        "and not for ever"
    );
    a.read_done(t(9_000), t(9_010), Ok(held_by(Some(ME))));
    assert_eq!(a.next(t(14_010), &lead), Step::Observe(Urgency::Routine));
}

#[test]
fn a_reading_that_a_takeover_a_repair_or_a_meeting_needs_is_never_put_off() {
    let mut a = arbiter(config());
    let succession = |nodes| Leadership {
        reign: Some(Reign {
            since: t(6_000),
            ..reign()
        }),
        ..lead(nodes)
    };
    reads(&mut a, 100, &lead(vec![]), held_by(Some(ME)));
    assert_eq!(
        a.next(t(5_110), &lead(vec![])),
        Step::Observe(Urgency::Routine)
    );
    a.postpone(t(60_000));
    let meeting = Leadership {
        reign: Some(Reign {
            meeting: Some(t(5_500)),
            ..reign()
        }),
        ..lead(vec![])
    };
    assert_eq!(a.next(t(5_600), &meeting), Step::Observe(Urgency::Now));
    assert_eq!(
        a.next(t(6_100), &succession(vec![])),
        Step::Observe(Urgency::Now),
        "another reign"
    );
    for seen in [
        held_by(None),
        held_by(Some("m-b")),
        Seen {
            busy: true,
            ..held_by(Some(ME))
        },
    ] {
        let mut a = arbiter(config());
        let member = lead(vec![node("b", Standing::Member)]);
        a.next(t(100), &member);
        a.read_done(t(100), t(110), Ok(seen));
        a.postpone(t(60_000));
        let step = a.next(t(9_000), &member);
        assert_eq!(step, Step::Observe(Urgency::Now));
    }
}

#[test]
fn after_a_write_nothing_is_put_off_until_it_is_verified() {
    let mut a = arbiter(config());
    let lead = lead(vec![]);
    reads(&mut a, 100, &lead, held_by(None));
    assert_eq!(licence(&a.next(t(120), &lead)), &Licence::Free);
    a.write_done(t(120), t(200), Ok(()));
    let mut urgencies = Vec::new();
    for ms in (210..30_000).step_by(10) {
        if let Step::Observe(urgency) = a.next(t(ms), &lead) {
            urgencies.push(urgency);
            a.read_done(t(ms), t(ms), Ok(held_by(Some(ME))));
        }
    }
    let routine = urgencies
        .iter()
        .position(|u| *u == Urgency::Routine)
        .unwrap();
    assert!(routine >= 4, "{urgencies:?}");
    assert!(
        urgencies[routine..].iter().all(|u| *u == Urgency::Routine),
        "{urgencies:?}"
    );
}

#[test]
fn with_a_long_tick_a_blind_takeover_believes_a_reading_of_the_last_minute_only() {
    let blind_at = |held: u64| {
        let mut a = arbiter(ArbiterConfig {
            tick: 600 * S,
            ..config()
        });
        let held = std::collections::BTreeMap::from([("203.0.113.7".to_owned(), t(held))]);
        let blind = Some(BlindTakeover { held });
        let reign = Reign {
            blind,
            since: t(100_000),
            ..reign()
        };
        let lead = Leadership {
            reign: Some(reign),
            ..lead(vec![])
        };
        matches!(a.next(t(100_000), &lead), Step::Assign { .. })
    };
    assert!(blind_at(41_000));
    assert!(!blind_at(39_000), "two ticks would be twenty minutes");
}
