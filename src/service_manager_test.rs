use std::sync::Mutex;
use std::time::Duration;

use les_core::{Election, ElectionConfig, Identity, Incarnation, NodeId, Now, Time, Wall};

use super::*;
use crate::pulse::{Pulse, TURN};

/// Enough for whatever would be said to be said, on the test's own clock.
const WHILE: Duration = Duration::from_secs(60);

fn view() -> View {
    let me = Identity {
        addr: "127.0.0.1:1".parse().unwrap(),
        id: NodeId(1),
        inc: Incarnation(2),
    };
    let now = Now {
        mono: Time::ZERO,
        wall: Wall(1_700_000_000_000_000),
    };
    Election::new(me, ElectionConfig::default(), now).view(now)
}

/// A manager with a watchdog, and what it was told.
fn manager(
    heartbeat: Heartbeat,
    view: watch::Receiver<Arc<View>>,
) -> (ServiceManager, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let deliver = move |message: &str| {
        heard.lock().unwrap().push(message.to_owned());
        Ok(())
    };
    let manager = ServiceManager {
        deliver: Arc::new(deliver),
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
    let (changes, watched) = watch::channel(Arc::new(view()));
    let (manager, told) = manager(heartbeat, watched);
    let running = tokio::spawn(manager.run());
    let fed = || {
        let told = told.lock().unwrap();
        told.iter().filter(|line| *line == "WATCHDOG=1").count()
    };
    // The view may change, requests may be answered: nothing of that is the loop.
    changes.send_modify(|_| {});
    tokio::time::sleep(WHILE).await;
    assert_eq!(
        *told.lock().unwrap(),
        [""; 0],
        "not ready before the first turn"
    );
    for turns in 1..=3 {
        pulse.turned(Time::ZERO + TURN * turns);
        tokio::time::sleep(WHILE).await;
        assert_eq!(fed(), turns as usize);
    }
    // It stalls.
    changes.send_modify(|_| {});
    tokio::time::sleep(WHILE).await;
    assert_eq!(fed(), 3);
    assert_eq!(told.lock().unwrap()[0], "READY=1");
    drop(pulse);
    running.await.unwrap();
}
