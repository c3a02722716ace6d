//! The loops of an address against a provider that counts: what waits for the cloud's allowance, and what never does.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use les_core::{
    Election, ElectionConfig, Epoch, Identity, Incarnation, Leadership, NodeId, Reign, View,
};
use les_provider::Target;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::clock::Clock;
use crate::config::AddressConfig;
use crate::events::Events;
use crate::fake_provider::Fake;
use crate::metrics::Metrics;
use crate::takeover::Takeovers;

const TICK: Duration = Duration::from_millis(50);

/// One node's loop, and everything that it is connected to.
struct Bench {
    fake: Arc<Fake>,
    clock: Clock,
    events: Events,
    view: watch::Sender<Arc<View>>,
    wiring: Wiring,
    /// What the loop tells the election: kept, so that it has somebody to tell.
    _inputs: mpsc::Receiver<les_core::Input>,
}

impl Bench {
    fn new(fake: Fake) -> Self {
        let (clock, events, fake) = (Clock::start(), Events::default(), Arc::new(fake));
        let (view, views) = watch::channel(Arc::new(view(clock)));
        let (inputs, told) = mpsc::channel(1000);
        let known = ProviderStatus {
            target: Some("me".into()),
            ..ProviderStatus::default()
        };
        let wiring = Wiring {
            provider: fake.clone(),
            clock,
            view: views,
            identified: watch::channel(known).1,
            inputs,
            metrics: Metrics::default(),
            takeovers: Takeovers::new(
                &"10.0.0.1:4000".parse().unwrap(),
                1,
                Metrics::default(),
                events.clone(),
            ),
            events: events.clone(),
            stop: CancellationToken::new(),
        };
        Self {
            fake,
            clock,
            events,
            view,
            wiring,
            _inputs: told,
        }
    }

    fn publish(&self, leadership: Leadership) {
        self.view.send_modify(|view| {
            let mut changed = View::clone(view);
            changed.leadership = leadership;
            *view = Arc::new(changed);
        });
    }

    fn told(&self, name: &str) -> Vec<String> {
        let events = self.events.latest(crate::events::KEPT);
        let named = events.iter().filter(|e| e.entry.name == name);
        named.map(|e| e.entry.text.clone()).collect()
    }
}

fn view(clock: Clock) -> View {
    let me = Identity {
        addr: "10.0.0.1:4000".parse().unwrap(),
        id: NodeId(1),
        inc: Incarnation(1),
    };
    Election::new(me, ElectionConfig::default(), clock.now()).view(clock.now())
}

fn leads_since(clock: Clock) -> Leadership {
    Leadership {
        reign: Some(Reign {
            epoch: Epoch(1),
            since: clock.mono(),
            predecessor: None,
            rank: 0,
            blind: None,
            meeting: None,
        }),
        ..Leadership::default()
    }
}

fn next_in_line() -> Leadership {
    Leadership {
        next_in_line: true,
        ..Leadership::default()
    }
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let waiting = async {
        let mut looks = tokio::time::interval(Duration::from_millis(5));
        while !holds() {
            looks.tick().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), waiting).await;
    assert!(waited.is_ok(), "waited in vain: {what}");
}

#[tokio::test]
async fn a_routine_reading_waits_for_the_allowance_and_a_takeovers_does_not() {
    let fake = Fake {
        holder: Some(Target("me".into())).into(),
        routine_pause: Duration::from_secs(3600),
        ..Fake::default()
    };
    let bench = Bench::new(fake);
    let config = AddressConfig {
        id: "203.0.113.7".into(),
        on_stranger: les_core::OnStranger::Repair,
        probe: None,
    };
    let (reconciler, _status) = Reconciler::new(&config, TICK, true, 1, bench.wiring.clone());
    let running = tokio::spawn(reconciler.run());
    bench.publish(leads_since(bench.clock));
    until("the first reading", || bench.fake.readings() == 1).await;
    let ticks = bench.clock.mono() + TICK * 6;
    until("some ticks", || bench.clock.mono() > ticks).await;
    assert_eq!(bench.fake.readings(), 1, "at rest it waits");
    bench.publish(leads_since(bench.clock));
    until("the reading of a new reign", || bench.fake.readings() == 2).await;
    bench.wiring.stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn a_move_under_way_is_dropped_as_soon_as_this_node_does_not_lead() {
    let fake = Fake {
        moves_hang: true,
        ..Fake::default()
    };
    let bench = Bench::new(fake);
    let config = AddressConfig {
        id: "203.0.113.7".into(),
        on_stranger: les_core::OnStranger::Repair,
        probe: None,
    };
    let (reconciler, _status) = Reconciler::new(&config, TICK, true, 1, bench.wiring.clone());
    let running = tokio::spawn(reconciler.run());
    let moving = || bench.fake.moving.load(Ordering::Relaxed);
    bench.publish(Leadership {
        seeds: les_core::SeedsHeard::All,
        ..leads_since(bench.clock)
    });
    until("it moves the address", || moving() == 1).await;
    bench.publish(Leadership::default());
    until("it does not any more", || moving() == 0).await;
    assert_eq!(bench.fake.moves.load(Ordering::Relaxed), 1);
    assert_eq!(*bench.fake.holder.lock().unwrap(), None);
    assert_eq!(bench.told("assign_cancelled").len(), 1);
    bench.wiring.stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn only_the_next_in_line_reads_and_it_stops_when_it_leads() {
    let bench = Bench::new(Fake {
        hangs: true,
        ..Fake::default()
    });
    let (standby, status) = Standby::new("203.0.113.7", TICK, 1, bench.wiring.clone());
    let running = tokio::spawn(standby.run());
    bench.publish(Leadership::default());
    bench.publish(next_in_line());
    until("a reading", || bench.fake.readings() == 1).await;
    assert!(status.borrow().next_in_line);
    bench.publish(leads_since(bench.clock));
    // The reading hangs for ever, and is dropped.
    until("it to stop", || !status.borrow().next_in_line).await;
    assert_eq!(bench.fake.readings(), 1);
    bench.wiring.stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn whether_it_could_take_over_is_told_when_that_changes() {
    let bench = Bench::new(Fake {
        fails: true.into(),
        ..Fake::default()
    });
    let (standby, status) = Standby::new("203.0.113.7", TICK, 1, bench.wiring.clone());
    let running = tokio::spawn(standby.run());
    bench.publish(next_in_line());
    until("some readings", || bench.fake.readings() >= 3).await;
    let told = bench.told("standby_failed");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("could not take over") && told[0].contains("the cloud is down"));
    assert_eq!(status.borrow().last_ok, None);
    *bench.fake.fails.lock().unwrap() = false;
    until("a success", || status.borrow().last_ok.is_some()).await;
    until("that it is told", || bench.told("standby_ok").len() == 1).await;
    bench.wiring.stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn it_ends_with_the_election() {
    let bench = Bench::new(Fake::default());
    let (standby, _status) = Standby::new("203.0.113.7", TICK, 1, bench.wiring.clone());
    let running = tokio::spawn(standby.run());
    bench.publish(next_in_line());
    drop(bench);
    running.await.unwrap();
}
