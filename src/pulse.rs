//! The sign of life of the election's loop: what `GET /health/live` and systemd's watchdog go by.
//!
//! A process may answer requests while the loop that decides hangs: the others would see a node that is alive and does nothing. So the loop
//! itself shows that it turns, at least every [`TURN`], also when nothing happens.

use std::time::Duration;

use les_core::Time;
use tokio::sync::watch;

/// The loop turns at least so often.
pub const TURN: Duration = Duration::from_millis(500);
/// A loop that has not turned for so long has stalled. A turn takes less than a millisecond; ten missed ones are no busy machine any more.
pub const STALLED: Duration = Duration::from_secs(5);

/// The loop's end: it shows each turn.
#[derive(Debug)]
pub struct Pulse(watch::Sender<Time>);

/// The other end: when did it turn last?
#[derive(Clone, Debug)]
pub struct Heartbeat(watch::Receiver<Time>);

impl Pulse {
    /// Both ends, for a loop that begins at `now`.
    #[must_use]
    pub fn new(now: Time) -> (Self, Heartbeat) {
        let (sender, receiver) = watch::channel(now);
        (Self(sender), Heartbeat(receiver))
    }

    /// The loop has turned. Wakes those who wait for it twice in a [`TURN`] at most: busy loops turn a thousand times a second.
    pub fn turned(&self, now: Time) {
        self.0.send_if_modified(|last| {
            let due = now.since(*last) >= TURN / 2;
            if due {
                *last = now;
            }
            due
        });
    }

    /// When the loop must turn next, if nothing happens.
    #[must_use]
    pub fn due(&self) -> Time {
        *self.0.borrow() + TURN
    }
}

impl Heartbeat {
    /// How long ago the loop turned, give or take half a [`TURN`].
    #[must_use]
    pub fn age(&self, now: Time) -> Duration {
        now.since(*self.0.borrow())
    }

    /// Whether it has not turned for [`STALLED`].
    #[must_use]
    pub fn has_stalled(&self, now: Time) -> bool {
        self.age(now) >= STALLED
    }

    /// Waits for the next turn. `false`: the loop has ended.
    pub async fn next(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_that_does_not_turn_has_stalled_and_one_that_turns_again_has_not() {
        let at = |ms| Time::from_epoch(Duration::from_millis(ms));
        let (pulse, heartbeat) = Pulse::new(at(0));
        assert!(!heartbeat.has_stalled(at(4999)));
        assert!(heartbeat.has_stalled(at(5000)));
        assert_eq!(pulse.due(), at(500));
        pulse.turned(at(5000));
        assert!(!heartbeat.has_stalled(at(9999)));
        assert_eq!(heartbeat.age(at(5200)), Duration::from_millis(200));
    }

    #[test]
    fn a_busy_loop_wakes_nobody_a_thousand_times_a_second() {
        let (pulse, heartbeat) = Pulse::new(Time::ZERO);
        let mut woken = 0;
        for ms in 0..1000 {
            let mut heard = heartbeat.0.clone();
            heard.mark_unchanged();
            pulse.turned(Time::from_epoch(Duration::from_millis(ms)));
            woken += usize::from(heard.has_changed().unwrap());
        }
        assert_eq!(woken, 3);
    }
}
