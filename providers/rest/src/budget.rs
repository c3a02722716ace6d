//! How many calls are left of a cloud's allowance, so that readings never use up what a takeover needs.
//!
//! A bucket holds an hour's allowance and is refilled evenly. Every request takes one; none is ever held back here. What can wait asks
//! [`Budget::routine_pause`] first and keeps to the upper half. Where answers say how much the cloud's own window has left, that counts
//! if it is less: others may use the same token.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::clock;

const HOUR: f64 = 3_600.0;

/// The calls left to this process.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Calls an hour; `None`: nothing is known of a limit.
    allowance: Option<f64>,
    left: Mutex<Left>,
}

#[derive(Debug)]
struct Left {
    calls: f64,
    at: Instant,
}

impl Budget {
    pub(crate) fn new(calls_per_hour: Option<u32>) -> Self {
        let allowance = calls_per_hour.map(f64::from);
        Self {
            allowance,
            left: Mutex::new(Left {
                calls: allowance.unwrap_or_default(),
                at: clock::now(),
            }),
        }
    }

    /// A request is sent. `remaining`: what its answer says the window has left.
    pub(crate) fn spend(&self) {
        self.update(|left, _| left.calls = (left.calls - 1.0).max(0.0));
    }

    /// The cloud says how many calls its own window has left.
    pub(crate) fn heard(&self, remaining: u32) {
        self.update(|left, _| left.calls = left.calls.min(f64::from(remaining)));
    }

    /// How long what can wait should wait.
    pub(crate) fn routine_pause(&self) -> Duration {
        let pause = self.update(|left, allowance| {
            let missing = allowance / 2.0 - left.calls;
            (missing.max(0.0) / allowance) * HOUR
        });
        Duration::from_secs_f64(pause.unwrap_or_default())
    }

    fn update<T>(&self, change: impl FnOnce(&mut Left, f64) -> T) -> Option<T> {
        let allowance = self.allowance?;
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let now = clock::now();
        let refilled = (now - left.at).as_secs_f64() * allowance / HOUR;
        left.calls = (left.calls + refilled).min(allowance);
        left.at = now;
        Some(change(&mut left, allowance))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Budget;

    #[tokio::test(start_paused = true)]
    async fn half_of_the_allowance_is_kept_for_takeovers_and_comes_back_evenly() {
        let budget = Budget::new(Some(3_600));
        for _ in 0..1_800 {
            assert_eq!(budget.routine_pause(), Duration::ZERO);
            budget.spend();
        }
        budget.spend();
        assert_eq!(
            budget.routine_pause(),
            Duration::from_secs(1),
            "one call a second comes back"
        );
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(budget.routine_pause(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_cloud_says_counts_if_it_is_less() {
        let budget = Budget::new(Some(3_600));
        budget.heard(4_000);
        assert_eq!(budget.routine_pause(), Duration::ZERO);
        budget.heard(1_700);
        assert_eq!(budget.routine_pause(), Duration::from_secs(100));
        budget.heard(0);
        for _ in 0..10 {
            budget.spend();
        }
        assert_eq!(
            budget.routine_pause(),
            Duration::from_secs(1_800),
            "never less than none"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_nothing_waits() {
        let budget = Budget::new(None);
        budget.spend();
        budget.heard(0);
        assert_eq!(budget.routine_pause(), Duration::ZERO);
    }
}
