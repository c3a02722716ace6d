use std::sync::mpsc::Receiver;
use std::time::Duration;

use les_core::Time;

use super::*;
use crate::lone_view::lone_view;
use crate::pulse::{Pulse, TURN};

/// Enough for whatever would be said to be said, on the test's own clock.
const WHILE: Duration = Duration::from_secs(60);

/// A manager with a watchdog, and what it was told.
fn manager(
    heartbeat: Heartbeat,
    view: watch::Receiver<Arc<View>>,
) -> (ServiceManager, Receiver<String>) {
    let (messages, told) = sync_channel(MESSAGES);
    let manager = ServiceManager {
        messages,
        watched: true,
        heartbeat,
        view,
        leave: CancellationToken::new(),
        told: String::new(),
    };
    (manager, told)
}

#[tokio::test(start_paused = true)]
async fn only_a_loop_that_turns_feeds_the_watchdog() {
    let (pulse, heartbeat) = Pulse::new(Time::ZERO);
    let (changes, watched) = watch::channel(Arc::new(lone_view()));
    let (manager, told) = manager(heartbeat, watched);
    let running = tokio::spawn(manager.run());
    // The view may change, requests may be answered: nothing of that is the loop.
    changes.send_modify(|_| {});
    tokio::time::sleep(WHILE).await;
    assert_eq!(
        told.try_iter().count(),
        0,
        "not ready before the first turn"
    );
    for turns in 1..=3 {
        pulse.turned(Time::ZERO + TURN * turns);
        tokio::time::sleep(WHILE).await;
        let new: Vec<String> = told.try_iter().collect();
        assert_eq!(new[0] == "READY=1", turns == 1, "{new:?}");
        let fed = new.iter().filter(|line| *line == "WATCHDOG=1").count();
        assert_eq!(fed, 1, "{new:?}");
    }
    // It stalls.
    changes.send_modify(|_| {});
    tokio::time::sleep(WHILE).await;
    assert_eq!(told.try_iter().count(), 0);
    drop(pulse);
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_service_manager_that_takes_nothing_holds_nothing_up() {
    let (pulse, heartbeat) = Pulse::new(Time::ZERO);
    let (_changes, watched) = watch::channel(Arc::new(lone_view()));
    let (manager, _taken_by_nobody) = manager(heartbeat, watched);
    let running = tokio::spawn(manager.run());
    for turns in 1..=100 {
        pulse.turned(Time::ZERO + TURN * turns);
        tokio::time::sleep(TURN).await;
    }
    drop(pulse);
    running.await.unwrap();
}
