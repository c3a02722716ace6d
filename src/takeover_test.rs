use les_core::{Epoch, Evidence, StepDown};

use super::*;
use crate::events::KEPT;
use crate::metrics::Facts;

const ADDRESS: &str = "203.0.113.7";

fn ms(n: u64) -> Time {
    Time::from_epoch(Duration::from_millis(n))
}

fn addr(n: u8) -> Addr {
    format!("10.0.0.{n}:4000").parse().unwrap()
}

struct Bench {
    takeovers: Takeovers,
    metrics: Metrics,
    events: Events,
}

/// A follower of node 1.
fn following() -> Bench {
    following_with(1)
}

/// The same, of a node that looks after so many addresses.
fn following_with(addresses: usize) -> Bench {
    let (metrics, events) = (Metrics::default(), Events::default());
    let takeovers = Takeovers::new(&addr(2), addresses, metrics.clone(), events.clone());
    let (leader, epoch) = (addr(1), Epoch(7));
    takeovers.notice(&Notice::Following { leader, epoch }, ms(0));
    Bench {
        takeovers,
        metrics,
        events,
    }
}

impl Bench {
    fn suspects(&self, at: u64) {
        let evidence = Evidence::Silent;
        let addr = addr(1);
        self.takeovers
            .notice(&Notice::Suspected { addr, evidence }, ms(at));
    }

    fn loses(&self, at: u64) {
        let notice = Notice::MemberLost {
            addr: addr(1),
            loss: les_core::Loss::Dead,
            was_leader: true,
        };
        self.takeovers.notice(&notice, ms(at));
    }

    fn is_elected(&self, at: u64, after: Option<u8>) -> Option<&'static str> {
        let notice = Notice::Elected {
            epoch: Epoch(8),
            predecessor: after.map(addr),
        };
        self.takeovers.notice(&notice, ms(at))
    }

    fn told(&self) -> Vec<(String, Vec<u128>)> {
        let told = self.events.latest(KEPT);
        let phases =
            |e: &crate::events::Event| e.entry.phases.iter().map(|p| p.1.as_millis()).collect();
        told.iter()
            .map(|e| (e.entry.text.clone(), phases(e)))
            .collect()
    }

    fn shows(&self, line: &str) -> bool {
        let page = self.metrics.render(&Facts::default()).unwrap();
        page.lines().any(|l| l == line)
    }
}

#[test]
fn each_phase_of_a_takeover_is_told_from_the_first_sign_to_the_reading_that_confirms_it() {
    let bench = following();
    bench.suspects(100);
    bench.suspects(102);
    bench.loses(110);
    assert_eq!(bench.is_elected(113, Some(1)), Some("dead"));
    bench.takeovers.written(ADDRESS, ms(153));
    bench.takeovers.is_here(ADDRESS, ms(160));
    bench.takeovers.is_here(ADDRESS, ms(5_160));
    let text = "203.0.113.7 is here, 60 ms after the first sign that 10.0.0.1:4000 was gone";
    assert_eq!(bench.told(), [(text.to_owned(), vec![10, 3, 40, 7])]);
    assert!(bench.shows("les_takeover_seconds_count{phase=\"total\"} 1"));
    assert!(bench.shows("les_elections_total{reason=\"dead\"} 1"));
}

#[test]
fn a_sign_that_was_a_false_one_does_not_lengthen_the_next_takeover() {
    let bench = following();
    bench.suspects(100);
    bench.takeovers.leader_heard(ms(90));
    bench.takeovers.leader_heard(ms(150));
    bench.suspects(60_000);
    bench.loses(60_010);
    bench.is_elected(60_010, Some(1));
    bench.takeovers.is_here(ADDRESS, ms(60_020));
    assert_eq!(bench.told()[0].1, [10, 0, 0, 10], "no write was needed");
}

#[test]
fn silence_is_counted_from_the_last_sign_of_life() {
    let bench = following();
    bench.takeovers.leader_heard(ms(1_000));
    let notice = Notice::MemberLost {
        addr: addr(1),
        loss: les_core::Loss::LoneSilence,
        was_leader: true,
    };
    bench.takeovers.notice(&notice, ms(2_040));
    bench.is_elected(2_041, Some(1));
    bench.takeovers.is_here(ADDRESS, ms(2_050));
    assert_eq!(bench.told()[0].1, [1_040, 1, 0, 9]);
}

#[test]
fn a_hand_over_is_told_from_a_reign_that_is_taken_up_again() {
    assert_eq!(following().is_elected(10, Some(1)), Some("resigned"));
    assert_eq!(following().is_elected(10, Some(2)), Some("again"));
}

#[test]
fn a_first_election_is_no_takeover_and_its_move_is_told() {
    let (metrics, events) = (Metrics::default(), Events::default());
    let takeovers = Takeovers::new(&addr(2), 1, metrics.clone(), events.clone());
    let bench = Bench {
        takeovers,
        metrics,
        events,
    };
    assert_eq!(bench.is_elected(10, None), Some("first"));
    bench.takeovers.written(ADDRESS, ms(50));
    bench.takeovers.is_here(ADDRESS, ms(60));
    let text = "203.0.113.7 is here, 50 ms after the election";
    assert_eq!(bench.told(), [(text.to_owned(), vec![40, 10])]);
    assert!(bench.shows("les_takeover_seconds_count{phase=\"total\"} 0"));
}

#[test]
fn what_an_operator_or_a_rule_holds_up_is_no_long_takeover() {
    let bench = following();
    bench.loses(110);
    bench.is_elected(113, Some(1));
    bench.takeovers.held_up(ADDRESS, "paused");
    bench.takeovers.written(ADDRESS, ms(3_600_000));
    bench.takeovers.is_here(ADDRESS, ms(3_600_010));
    assert_eq!(bench.told(), []);
    assert!(bench.shows("les_takeover_seconds_count{phase=\"total\"} 0"));
}

#[test]
fn an_address_that_is_held_up_does_not_end_the_takeover_of_another() {
    let bench = following_with(2);
    bench.loses(110);
    bench.is_elected(113, Some(1));
    bench.takeovers.held_up("198.51.100.1", "stranger_left");
    bench.takeovers.written(ADDRESS, ms(150));
    bench.takeovers.is_here(ADDRESS, ms(160));
    assert_eq!(bench.told()[0].1, [0, 3, 37, 10]);
}

#[test]
fn a_move_whose_call_did_not_say_how_it_ended_is_counted_as_one() {
    let bench = following();
    bench.loses(100);
    bench.is_elected(100, Some(1));
    let _span = bench.takeovers.call(ADDRESS, Call::Assign);
    bench.takeovers.is_here(ADDRESS, ms(400));
    assert_eq!(bench.told()[0].1, [0, 0, 300, 0]);
}

#[test]
fn a_reign_that_ends_early_confirms_nothing() {
    let bench = following();
    bench.loses(110);
    bench.is_elected(113, Some(1));
    let why = StepDown::LostMeeting;
    bench
        .takeovers
        .notice(&Notice::SteppedDown { why }, ms(120));
    bench.takeovers.is_here(ADDRESS, ms(130));
    assert_eq!(bench.told(), []);
    assert!(bench.shows("les_step_downs_total{reason=\"lost_meeting\"} 1"));
}
