use std::time::Duration;

use les_core::{Addr, Epoch, Time, Undecided};
use tokio::sync::{mpsc, watch};

use super::*;
use crate::clock::Clock;
use crate::events::Events;
use crate::lone_view::lone_view;
use crate::pulse::Pulse;

#[test]
fn ready_is_who_knows_the_leader_and_stays() {
    let leader: Addr = "127.0.0.1:2".parse().unwrap();
    let (epoch, since) = (Epoch(7), Time::ZERO);
    let mut view = lone_view();
    for (role, ok) in [
        (Role::Undecided(Undecided::Joining), false),
        (Role::Undecided(Undecided::NoContact), false),
        (Role::Undecided(Undecided::Nominated(leader.clone())), false),
        (Role::Leader { epoch, since }, true),
        (
            Role::Follower {
                leader,
                epoch,
                since,
            },
            true,
        ),
    ] {
        view.role = role;
        let health = readiness(&view);
        assert_eq!(health.ok, ok, "{:?}: {}", view.role, health.why);
    }
    assert!(readiness(&view).why.contains("127.0.0.1:2"));
    view.leaving = true;
    assert!(
        !readiness(&view).ok,
        "it still follows, and is about to exit"
    );
}

#[tokio::test]
async fn a_loop_that_has_stalled_is_neither_live_nor_ready() {
    let clock = Clock::start();
    let mut view = lone_view();
    view.role = Role::Leader {
        epoch: Epoch(7),
        since: Time::ZERO,
    };
    let (view_sender, view) = watch::channel(Arc::new(view));
    let (requests, _received) = mpsc::channel(1);
    let (pulse, heartbeat) = Pulse::new(clock.mono());
    let shared = |heartbeat, clock| {
        State(Arc::new(Shared {
            clock,
            heartbeat,
            view: view.clone(),
            mode: les_core::Mode::Open,
            requests: requests.clone(),
            provider: None,
            pace: None,
            addresses: Vec::new(),
            standbys: Vec::new(),
            discovery: None,
            events: Events::default(),
            streams: None,
            metrics: crate::metrics::Metrics::default(),
            cloud: None,
            pages: crate::server::Places::of_pages(),
            started: 0.0,
            trace: watch::channel(None).1,
        }))
    };
    assert_eq!(live(shared(heartbeat.clone(), clock)).await.status(), 200);
    assert_eq!(ready(shared(heartbeat.clone(), clock)).await.status(), 200);
    let later = clock.advanced(STALLED);
    assert_eq!(live(shared(heartbeat.clone(), later)).await.status(), 503);
    assert_eq!(ready(shared(heartbeat.clone(), later)).await.status(), 503);
    pulse.turned(later.mono() + Duration::from_secs(1));
    assert_eq!(live(shared(heartbeat, later)).await.status(), 200);
    drop(view_sender);
}
