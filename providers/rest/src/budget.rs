//! How many calls are left of a cloud's allowance, so that readings never use up what a takeover needs.
//!
//! What can wait has a bucket of half an hour's allowance, which is refilled with half the allowance in an hour. Every request takes one
//! from it, and none is ever held back here: what a takeover takes, what can wait pays back by asking [`Budget::routine_pause`] first.
//! Where answers say how much the cloud's own window has left, only what is above half of the allowance counts: others may use the
//! same token.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::clock;

const HOUR: f64 = 3_600.0;

/// The calls left to this process.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Half of the calls that are allowed in an hour; `None`: nothing is known of a limit.
    half: Option<f64>,
    routine: Mutex<Routine>,
}

/// The bucket; less than none after a takeover.
#[derive(Debug)]
struct Routine {
    calls: f64,
    at: Instant,
}

impl Budget {
    pub(crate) fn new(calls_per_hour: Option<u32>) -> Self {
        let half = calls_per_hour.map(|calls| f64::from(calls) / 2.0);
        Self {
            half,
            routine: Mutex::new(Routine {
                calls: half.unwrap_or_default(),
                at: clock::now(),
            }),
        }
    }

    /// A request is sent.
    pub(crate) fn spend(&self) {
        self.update(|routine, half| routine.calls = (routine.calls - 1.0).max(-half));
    }

    /// The cloud says how many calls its own window has left.
    pub(crate) fn heard(&self, remaining: u32) {
        self.update(|routine, half| {
            routine.calls = routine.calls.min(f64::from(remaining) - half);
        });
    }

    /// How long what can wait should wait; an hour at most.
    pub(crate) fn routine_pause(&self) -> Duration {
        let pause = self.update(|routine, half| {
            let missing = (1.0_f64.min(half) - routine.calls).max(0.0);
            (missing / half * HOUR).min(HOUR)
        });
        Duration::from_secs_f64(pause.unwrap_or_default())
    }

    /// The calls that are left of an hour's allowance, those for takeovers included.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between zero and the allowance, which is a u32"
    )]
    pub(crate) fn remaining(&self) -> Option<u32> {
        self.update(|routine, half| (routine.calls + half).max(0.0) as u32)
    }

    fn update<T>(&self, change: impl FnOnce(&mut Routine, f64) -> T) -> Option<T> {
        let half = self.half?;
        let mut routine = self.routine.lock().unwrap_or_else(PoisonError::into_inner);
        let now = clock::now();
        let refilled = (now - routine.at).as_secs_f64() * half / HOUR;
        routine.calls = (routine.calls + refilled).min(half);
        routine.at = now;
        Some(change(&mut routine, half))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Budget;

    /// Calls that can wait, made as early as they may, in this time.
    async fn routine_calls(budget: &Budget, time: Duration) -> u32 {
        let mut calls = 0;
        let mut left = time;
        while let Some(rest) = left.checked_sub(budget.routine_pause()) {
            tokio::time::advance(left - rest).await;
            left = rest;
            budget.spend();
            calls += 1;
        }
        tokio::time::advance(left).await;
        calls
    }

    #[tokio::test(start_paused = true)]
    async fn what_can_wait_never_takes_more_than_half_in_the_long_run() {
        let budget = Budget::new(Some(3_600));
        let hour = Duration::from_secs(3_600);
        assert_eq!(
            routine_calls(&budget, hour).await,
            1_800 + 1_800,
            "half at once, half in the hour"
        );
        assert_eq!(routine_calls(&budget, hour).await, 1_800);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_left_is_told_and_never_less_than_none() {
        let budget = Budget::new(Some(100));
        assert_eq!(budget.remaining(), Some(100));
        for _ in 0..30 {
            budget.spend();
        }
        assert_eq!(budget.remaining(), Some(70));
        budget.heard(20);
        assert_eq!(budget.remaining(), Some(20), "others use the same token");
        for _ in 0..200 {
            budget.spend();
        }
        assert_eq!(budget.remaining(), Some(0));
        assert_eq!(Budget::new(None).remaining(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_takeover_takes_is_paid_back() {
        let budget = Budget::new(Some(3_600));
        for _ in 0..2_000 {
            budget.spend();
        }
        assert_eq!(
            budget.routine_pause(),
            Duration::from_secs(402),
            "201 calls, one in 2 s"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_cloud_says_counts_if_it_is_less() {
        let budget = Budget::new(Some(3_600));
        budget.heard(4_000);
        assert_eq!(budget.routine_pause(), Duration::ZERO);
        budget.heard(1_701);
        assert_eq!(budget.routine_pause(), Duration::from_secs(200));
        budget.heard(0);
        for _ in 0..10 {
            budget.spend();
        }
        assert_eq!(
            budget.routine_pause(),
            Duration::from_secs(3_600),
            "an hour at most"
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
