//! How long a move took, part by part, counted from the kill. Everything is measured: by the nodes' log lines and the cloud's log.

use std::time::Duration;

use les_provider::memory::CallId;
use serde::Serialize;

use super::happening::Name;

/// What was seen of a move so far. Moments are since the Unix epoch.
#[derive(Clone, Debug)]
pub(super) struct Takeover {
    killed: Duration,
    noticed: Option<(Duration, Name)>,
    elected: Option<(Duration, Name)>,
    asked: Option<(Duration, CallId)>,
    accepted_calls: Vec<CallId>,
    confirmed: Option<Duration>,
}

impl Takeover {
    pub(super) const fn of_leader_killed_at(killed: Duration) -> Self {
        Self {
            killed,
            noticed: None,
            elected: None,
            asked: None,
            accepted_calls: Vec::new(),
            confirmed: None,
        }
    }

    /// A node did not get an answer from the killed one.
    pub(super) fn noticed(&mut self, at: Duration, by: Name) {
        if at >= self.killed {
            keep_first(&mut self.noticed, at, by);
        }
    }

    pub(super) fn elected(&mut self, at: Duration, node: Name) {
        if at >= self.killed {
            keep_first(&mut self.elected, at, node);
        }
    }

    /// The cloud received a call to move the address.
    pub(super) fn asked(&mut self, at: Duration, call: CallId) {
        if at >= self.killed {
            keep_first(&mut self.asked, at, call);
            self.accepted_calls.push(call);
        }
    }

    /// The cloud moved it.
    pub(super) fn confirmed(&mut self, at: Duration, call: CallId) {
        if self.accepted_calls.contains(&call) {
            self.confirmed.get_or_insert(at);
        }
    }

    /// All parts, once there are all.
    pub(super) fn timings(&self) -> Option<Timings> {
        let since = |at: Duration| milliseconds(self.killed, at);
        let ((noticed, noticed_by), (elected, elected_node)) = (self.noticed?, self.elected?);
        Some(Timings {
            noticed_ms: since(noticed),
            noticed_by,
            elected_ms: since(elected),
            elected: elected_node,
            cloud_asked_ms: since(self.asked?.0),
            cloud_confirmed_ms: since(self.confirmed?),
        })
    }
}

/// Reports of one batch are in order, those of two need not be.
fn keep_first<T>(kept: &mut Option<(Duration, T)>, at: Duration, what: T) {
    if kept.as_ref().is_none_or(|(first, _)| at < *first) {
        *kept = Some((at, what));
    }
}

/// Milliseconds from the kill of the leader to each step.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Timings {
    /// The first survivor knew that something was wrong.
    pub(super) noticed_ms: f64,
    pub(super) noticed_by: Name,
    /// The new leader led.
    pub(super) elected_ms: f64,
    pub(super) elected: Name,
    /// The cloud received the call.
    pub(super) cloud_asked_ms: f64,
    /// The address was at the new leader.
    pub(super) cloud_confirmed_ms: f64,
}

/// Milliseconds from one moment to a later one, to the microsecond.
pub(super) fn milliseconds(from: Duration, to: Duration) -> f64 {
    // Exact up to 2^53 microseconds.
    to.saturating_sub(from).as_micros() as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn parts_count_from_the_kill_and_the_first_of_each_counts() {
        let mut takeover = Takeover::of_leader_killed_at(ms(1000));
        takeover.noticed(ms(990), Name(1));
        takeover.noticed(ms(1003), Name(1));
        takeover.noticed(ms(1002), Name(2));
        takeover.elected(ms(1005), Name(1));
        takeover.asked(ms(1006), CallId(7));
        takeover.confirmed(ms(1100), CallId(6));
        assert!(takeover.timings().is_none());
        takeover.confirmed(ms(1306), CallId(7));
        let timings = takeover.timings().unwrap();
        assert_eq!((timings.noticed_by, timings.elected), (Name(2), Name(1)));
        let steps = [
            timings.noticed_ms,
            timings.elected_ms,
            timings.cloud_asked_ms,
            timings.cloud_confirmed_ms,
        ];
        assert_eq!(steps, [2.0, 5.0, 6.0, 306.0]);
    }
}
